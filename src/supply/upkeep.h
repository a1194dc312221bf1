/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Upkeep: a thread that keeps every pool as it should be.
 */
#ifndef LCMA_UPKEEP_H
#define LCMA_UPKEEP_H

int lcma_upkeep_init(void);
void lcma_upkeep_start(void);
void lcma_upkeep_stop(void);

#endif
