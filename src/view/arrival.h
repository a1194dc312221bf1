/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrivals: regions that are added, or brought back, while the module is loaded. A line
 * is written to /sys/kernel/lcma/add: a region as in regions=, or the name of a drained
 * one. After a write that failed, a read of the file says why.
 */
#ifndef LCMA_ARRIVAL_H
#define LCMA_ARRIVAL_H

int lcma_arrivals_init(void);
void lcma_arrivals_start(void);
void lcma_arrivals_exit(void);

#endif
