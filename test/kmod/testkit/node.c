// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties of the device tree, while the system runs, so that one boot shows a node with
 * many of them:
 *
 *	echo PATH NAME=TEXT > node	the node has this string
 *	echo PATH NAME#NUMBER > node	or this cell
 *	echo PATH NAME > node		or no such property
 *
 * TEXT ends with the line. What is taken away stays in the kernel's list of removed
 * properties, and what is added in the node: neither is freed.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

static struct property *new_property(const char *name, const void *value,
				     size_t len_bytes)
{
	struct property *property = kzalloc(sizeof(*property), GFP_KERNEL);

	if (!property)
		return NULL;
	property->name = kstrdup(name, GFP_KERNEL);
	property->value = kmemdup(value, len_bytes, GFP_KERNEL);
	property->length = len_bytes;
	if (property->name && property->value)
		return property;
	kfree(property->name);
	kfree(property->value);
	kfree(property);
	return NULL;
}

static int set_property(struct device_node *np, const char *name,
			const void *value, size_t len_bytes)
{
	struct property *old = of_find_property(np, name, NULL);
	struct property *property = NULL;
	int err;

	if (value) {
		property = new_property(name, value, len_bytes);
		if (!property)
			return -ENOMEM;
	}
	err = old ? of_remove_property(np, old) : 0;
	if (!err && property)
		err = of_add_property(np, property);
	return err;
}

/* @what: NAME=TEXT, NAME#NUMBER or NAME */
static int change(struct device_node *np, char *what)
{
	char *value = strpbrk(what, "=#");
	const bool is_cell = value && *value == '#';
	__be32 cell;
	u32 number;
	int err;

	if (!value)
		return set_property(np, what, NULL, 0);
	*value++ = '\0';
	if (!is_cell)
		return set_property(np, what, value, strlen(value) + 1);
	err = kstrtou32(value, 0, &number);
	cell = cpu_to_be32(number);
	return err ?: set_property(np, what, &cell, sizeof(cell));
}

static ssize_t node_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES], *what = line, *path;
	struct device_node *np;
	int err = testkit_line(line, from, count);

	if (err)
		return err;
	path = strsep(&what, " ");
	if (!what)
		return -EINVAL;
	np = of_find_node_by_path(path);
	if (!np)
		return -ENOENT;
	err = change(np, what);
	of_node_put(np);
	return err ?: count;
}

static const struct file_operations node_fops = {
	.owner = THIS_MODULE,
	.write = node_write,
};

/**
 * node_init - make the file
 * @dir: the module's directory
 */
void node_init(struct dentry *dir)
{
	debugfs_create_file("node", 0600, dir, NULL, &node_fops);
}
