/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shrinker: idle pages go back when the system is short of memory.
 */
#ifndef LCMA_SHRINK_H
#define LCMA_SHRINK_H

int lcma_shrink_init(void);
void lcma_shrink_start(void);
void lcma_shrink_exit(void);

#endif
