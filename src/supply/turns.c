// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns: see turns.h.
 */
#include "supply/turns.h"

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

static bool turns_overlap(const struct lcma_turn *a, const struct lcma_turn *b)
{
	return a->first_unit <= b->last_unit && b->first_unit <= a->last_unit;
}

/* Does an entry that arrived earlier touch one of its units? */
static bool turn_is_blocked(struct lcma_region *region, struct lcma_turn *turn)
{
	struct lcma_turn *earlier;

	list_for_each_entry(earlier, &region->turns.claims, link) {
		if (earlier == turn)
			return false;
		if (turns_overlap(earlier, turn))
			return true;
	}
	return false;
}

/**
 * lcma_turns_leave - a claim has ended: let later ones run
 * @region: the region
 * @turn: what lcma_turns_wait() entered
 *
 * Context: process; takes the queue's lock.
 */
void lcma_turns_leave(struct lcma_region *region, struct lcma_turn *turn)
{
	struct lcma_turn *next;

	spin_lock(&region->turns.lock);
	list_del(&turn->link);
	list_for_each_entry(next, &region->turns.claims, link) {
		if (!next->granted && turns_overlap(turn, next) &&
		    !turn_is_blocked(region, next)) {
			next->granted = true;
			complete(&next->go);
		}
	}
	spin_unlock(&region->turns.lock);
}

/**
 * lcma_turns_wait - enter the queue, and wait until the claim may run
 * @region: a shareable region
 * @turn: the entry; it must stay where it is until lcma_turns_leave()
 * @start: first page of the claim
 * @nr_pages: how many
 *
 * The claim is that of the current task.
 *
 * Context: process, may sleep; no lock held.
 * Return: 0; -EINTR if a fatal signal came first: then the entry is not in the
 * queue.
 */
int lcma_turns_wait(struct lcma_region *region, struct lcma_turn *turn,
		    unsigned long start, unsigned long nr_pages)
{
	bool granted;

	turn->first_unit = start / region->unit_pages;
	turn->last_unit = (start + nr_pages - 1) / region->unit_pages;
	turn->claimer = current;
	init_completion(&turn->go);

	spin_lock(&region->turns.lock);
	list_add_tail(&turn->link, &region->turns.claims);
	granted = !turn_is_blocked(region, turn);
	turn->granted = granted;
	spin_unlock(&region->turns.lock);

	/* Not turn->granted: from here on others may set it. */
	if (granted)
		return 0;
	if (!wait_for_completion_killable(&turn->go))
		return 0;
	lcma_turns_leave(region, turn);
	return -EINTR;
}

static bool claims_in(struct lcma_region *region,
		      const struct task_struct *task)
{
	const struct lcma_turn *turn;
	bool found = false;

	spin_lock(&region->turns.lock);
	list_for_each_entry(turn, &region->turns.claims, link)
		found |= turn->claimer == task;
	spin_unlock(&region->turns.lock);
	return found;
}

/**
 * lcma_turns_is_claiming - does the current task claim pages just now?
 *
 * Context: process; takes every queue's lock, one at a time.
 * Return: true if it does: then the question comes from below its own claim.
 */
bool lcma_turns_is_claiming(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		if (claims_in(region, current))
			return true;
	return false;
}
