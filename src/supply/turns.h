/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns: the queue of claims of a region.
 *
 * Two calls of alloc_contig_range() inside one unit make each other fail:
 * isolation scans from the unit's first page. So claims take turns, per unit:
 * each enters the region's queue with the units that it touches, and runs when
 * no earlier entry touches one of them. That is a lock per unit, taken in
 * ascending order, in one step: it cannot deadlock, it is first come first
 * served, so a large claim is not starved by small ones, and claims in
 * different units run at the same time. Giving back needs no turn.
 */
#ifndef LCMA_TURNS_H
#define LCMA_TURNS_H

#include <linux/completion.h>

#include "region/region.h"

/**
 * struct lcma_turn - a claim in the queue
 * @link: in region->turns.claims, in order of arrival
 * @wake_link: in region->turns.granted, until it is woken
 * @first_unit: first unit that the claim touches
 * @last_unit: last unit, inclusive
 * @claimer: the task that makes the call
 * @nr_ahead: earlier entries that touch one of its units; under region->turns.lock
 * @go: completed when there are none
 */
struct lcma_turn {
	struct list_head link;
	struct list_head wake_link;
	unsigned long first_unit;
	unsigned long last_unit;
	struct task_struct *claimer;
	unsigned int nr_ahead;
	struct completion go;
};

int lcma_turns_wait(struct lcma_region *region, struct lcma_turn *turn,
		    unsigned long start, unsigned long nr_pages);
void lcma_turns_leave(struct lcma_region *region, struct lcma_turn *turn);
bool lcma_turns_is_claiming(void);

#endif
