/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/lcma/NAME: a region's numbers, and drain.
 */
#ifndef LCMA_SYSFS_H
#define LCMA_SYSFS_H

int lcma_sysfs_init(void);
void lcma_sysfs_exit(void);

#endif
