// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes below /dev/dma_heap: see heapnode.h.
 */
#include "front/heapnode.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "compat/heap.h"
#include "fault.h"

/* Written while the module loads and unloads, and by one arriving region at a time. */
static struct class *class;
static dev_t first;
static unsigned int nr_added;

/* The nodes of the class, by minor number; NULL as long as adding it can fail. */
static struct lcma_heapnode *nodes[LCMA_MAX_REGIONS];

static char *node_path(LCMA_COMPAT_DEVNODE_DEVICE *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "dma_heap/%s", dev_name(dev));
}

/* By this attribute a rule tells our heaps from others. */
static ssize_t lcma_region_show(struct device *dev,
				struct device_attribute *attribute, char *to)
{
	const struct lcma_heapnode *node = dev_get_drvdata(dev);

	return sysfs_emit(to, "%s\n", node->region);
}
static DEVICE_ATTR_RO(lcma_region);

static struct attribute *node_attrs[] = {
	&dev_attr_lcma_region.attr,
	NULL
};
ATTRIBUTE_GROUPS(node);

/**
 * lcma_heapnodes_init - before the first node
 *
 * Context: process, may sleep; there is no node.
 * Return: 0; -ENOMEM; what class_create() and alloc_chrdev_region() return.
 */
int lcma_heapnodes_init(void)
{
	int err;

	nr_added = 0;
	memset(nodes, 0, sizeof(nodes));
	if (!lcma_compat_heap_class_is_free())
		return 0;
	err = lcma_fault(HEAP_REGISTER) ?:
	      alloc_chrdev_region(&first, 0, LCMA_MAX_REGIONS, "dma_heap");
	if (err)
		return err;
	class = ERR_PTR(lcma_fault(HEAP_REGISTER)) ?:
		lcma_compat_class_create("dma_heap");
	if (IS_ERR(class)) {
		err = PTR_ERR(class);
		class = NULL;
		unregister_chrdev_region(first, LCMA_MAX_REGIONS);
		return err;
	}
	class->devnode = node_path;
	return 0;
}

/**
 * lcma_heapnodes_exit - after the last node
 *
 * Context: process, may sleep; there is no node. Harmless without lcma_heapnodes_init().
 */
void lcma_heapnodes_exit(void)
{
	if (!class)
		return;
	class_destroy(class);
	class = NULL;
	unregister_chrdev_region(first, LCMA_MAX_REGIONS);
}

static int add_misc(struct lcma_heapnode *node)
{
	snprintf(node->misc_name, sizeof(node->misc_name), "lcma-heap-%s",
		 node->name);
	node->misc.minor = MISC_DYNAMIC_MINOR;
	node->misc.name = node->misc_name;
	node->misc.nodename = node->path;
	node->misc.fops = node->fops;
	return lcma_fault(HEAP_REGISTER) ?: misc_register(&node->misc);
}

static int add_in_class(struct lcma_heapnode *node)
{
	const dev_t devt = first + nr_added;
	int err;

	if (nr_added == LCMA_MAX_REGIONS)
		return -ENOSPC;
	node->cdev = lcma_fault(HEAP_CDEV) ? NULL : cdev_alloc();
	if (!node->cdev)
		return -ENOMEM;
	node->cdev->ops = node->fops;
	node->cdev->owner = THIS_MODULE;
	err = lcma_fault(HEAP_REGISTER) ?: cdev_add(node->cdev, devt, 1);
	if (err) {
		kobject_put(&node->cdev->kobj);
		return err;
	}
	node->dev = ERR_PTR(lcma_fault(HEAP_REGISTER)) ?:
		    device_create_with_groups(class, NULL, devt, node,
					      node_groups, "%s", node->name);
	if (IS_ERR(node->dev)) {
		cdev_del(node->cdev);
		return PTR_ERR(node->dev);
	}
	/* Pairs with lcma_heapnode_opened(). */
	smp_store_release(&nodes[nr_added], node);
	nr_added++;
	return 0;
}

/**
 * lcma_heapnode_add - let a node appear
 * @node: name, region and fops are set
 *
 * Context: process, may sleep, after lcma_heapnodes_init().
 * Return: 0; what the kernel's functions return.
 */
int lcma_heapnode_add(struct lcma_heapnode *node)
{
	snprintf(node->path, sizeof(node->path), "dma_heap/%s", node->name);
	return class ? add_in_class(node) : add_misc(node);
}

/**
 * lcma_heapnode_remove - remove the node
 * @node: what lcma_heapnode_add() took
 *
 * Context: while the module unloads. No file is open.
 */
void lcma_heapnode_remove(struct lcma_heapnode *node)
{
	if (!class) {
		misc_deregister(&node->misc);
		return;
	}
	device_destroy(class, node->cdev->dev);
	cdev_del(node->cdev);
}

/**
 * lcma_heapnode_opened - which node is being opened?
 * @inode: what the file's open is told
 * @file: the same
 *
 * Context: in the open of the node's fops, while doors are open: before that, and
 * after, the node may be gone.
 * Return: the node; NULL if it is only about to appear.
 */
struct lcma_heapnode *lcma_heapnode_opened(const struct inode *inode,
					   const struct file *file)
{
	if (imajor(inode) == MISC_MAJOR)
		return container_of(file->private_data, struct lcma_heapnode,
				    misc);
	/* Pairs with add_in_class(). */
	return smp_load_acquire(&nodes[iminor(inode) - MINOR(first)]);
}
