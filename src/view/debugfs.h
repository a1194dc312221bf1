/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/lcma/NAME: a region for people.
 */
#ifndef LCMA_DEBUGFS_H
#define LCMA_DEBUGFS_H

struct lcma_region;

void lcma_debugfs_init(void);
void lcma_debugfs_add(struct lcma_region *region);
void lcma_debugfs_exit(void);

#endif
