// SPDX-License-Identifier: GPL-2.0-only
/*
 * testkit: see testkit.h. Comes up and goes down; and reads a line.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static struct dentry *root;

/**
 * testkit_line - a line that a program wrote
 * @line: where to; TESTKIT_LINE_BYTES
 * @from: what was written
 * @len_bytes: how long it is
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if it is too long; -EFAULT.
 */
int testkit_line(char *line, const char __user *from, size_t len_bytes)
{
	if (len_bytes >= TESTKIT_LINE_BYTES)
		return -EINVAL;
	if (copy_from_user(line, from, len_bytes))
		return -EFAULT;
	line[len_bytes] = '\0';
	strim(line);
	return 0;
}

static int __init testkit_init(void)
{
	int err;

	root = debugfs_create_dir("lcma_testkit", NULL);
	err = neighbour_init(root);
	if (err) {
		debugfs_remove_recursive(root);
		return err;
	}
	pin_init(root);
	hold_init(root);
	look_init(root);
	lateness_init(root);
	scribble_init(root);
	unmap_init(root);
	frames_init(root);
	node_init(root);
	return 0;
}
module_init(testkit_init);

static void __exit testkit_exit(void)
{
	debugfs_remove_recursive(root);
	hold_exit();
	lateness_exit();
	pin_exit();
	neighbour_exit();
}
module_exit(testkit_exit);

MODULE_AUTHOR("The lcma authors");
MODULE_DESCRIPTION("Hands inside the kernel for the tests of lcma");
MODULE_LICENSE("GPL");
