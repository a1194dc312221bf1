/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nodes below /dev/dma_heap. Where the kernel has no heaps of its own, they are
 * devices of a class dma_heap, which the rules of distributions know; else the
 * class is the kernel's, which a module cannot enter, and they are misc devices.
 */
#ifndef LCMA_HEAPNODE_H
#define LCMA_HEAPNODE_H

#include <linux/cdev.h>
#include <linux/miscdevice.h>

#include "region/region.h"

/**
 * struct lcma_heapnode - a node below /dev/dma_heap
 * @name: its name there
 * @region: its region, for rules and people
 * @fops: what it does
 * @path: where it is below /dev; filled in when it is added
 * @cdev: the character device, where the class is ours; the kernel frees it when
 *	the last open() that has found it is over
 * @dev: its device there
 * @misc: the device elsewhere
 * @misc_name: name of @misc
 */
struct lcma_heapnode {
	const char *name;
	const char *region;
	const struct file_operations *fops;
	char path[LCMA_NAME_BYTES + 16];
	struct cdev *cdev;
	struct device *dev;
	struct miscdevice misc;
	char misc_name[LCMA_NAME_BYTES + 16];
};

int lcma_heapnodes_init(void);
void lcma_heapnodes_exit(void);
int lcma_heapnode_add(struct lcma_heapnode *node);
void lcma_heapnode_remove(struct lcma_heapnode *node);
struct lcma_heapnode *lcma_heapnode_opened(const struct inode *inode,
					   const struct file *file);

#endif
