/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/lcma/NAME: a region's numbers, and drain.
 */
#ifndef LCMA_SYSFS_H
#define LCMA_SYSFS_H

struct kobject;
struct lcma_region;

int lcma_sysfs_init(void);
int lcma_sysfs_add(struct lcma_region *region);
void lcma_sysfs_remove(struct lcma_region *region);
struct kobject *lcma_sysfs_root(void);
void lcma_sysfs_exit(void);

#endif
