/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: when the upkeep (supply/upkeep.c) refills the pool. Only its
 * thread looks at this, so there is no lock.
 */
#ifndef LCMA_PART_REFILL_H
#define LCMA_PART_REFILL_H

/**
 * struct lcma_refill - when the pool of a region is refilled
 * @at: after a failure: when to try next, in jiffies
 * @pause: how long after a failure, in jiffies; 0: the last refill succeeded
 *
 * Written in: supply/upkeep.c
 */
struct lcma_refill {
	unsigned long at;
	unsigned long pause;
};

#endif
