/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: the queue of claims. supply/turns.h says what it is for.
 */
#ifndef LCMA_PART_TURNS_H
#define LCMA_PART_TURNS_H

#include <linux/list.h>
#include <linux/spinlock.h>

/**
 * struct lcma_turns - the queue of claims of a region
 * @lock: protects both lists; nothing else is taken inside
 * @claims: claims that run or wait for their turn, in order of arrival
 * @granted: those that may run and have not been woken yet
 *
 * Written in: supply/turns.c
 */
struct lcma_turns {
	spinlock_t lock;		/* claims, granted */
	struct list_head claims;
	struct list_head granted;
};

static inline void lcma_turns_init(struct lcma_turns *turns)
{
	spin_lock_init(&turns->lock);
	INIT_LIST_HEAD(&turns->claims);
	INIT_LIST_HEAD(&turns->granted);
}

#endif
