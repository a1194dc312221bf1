// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns: see turns.h.
 */
#include "supply/turns.h"

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

/* Completions in one hold of the lock: each wakes a task. */
#define MOST_WAKES	16

static bool turns_overlap(const struct lcma_turn *a, const struct lcma_turn *b)
{
	return a->first_unit <= b->last_unit && b->first_unit <= a->last_unit;
}

/* Under the lock: how many entries that arrived earlier touch one of its units? */
static unsigned int count_ahead(struct lcma_turns *turns,
				const struct lcma_turn *turn)
{
	struct lcma_turn *earlier;
	unsigned int nr = 0;

	lockdep_assert_held(&turns->lock);
	list_for_each_entry(earlier, &turns->claims, link)
		nr += turns_overlap(earlier, turn);
	return nr;
}

/* Under the lock: the claims that waited for this one only may run. */
static void grant_later(struct lcma_turns *turns, struct lcma_turn *turn)
{
	struct lcma_turn *next = turn;

	lockdep_assert_held(&turns->lock);
	list_for_each_entry_continue(next, &turns->claims, link) {
		if (turns_overlap(turn, next) && !--next->nr_ahead)
			list_add_tail(&next->wake_link, &turns->granted);
	}
}

/* Wake claims that may run, a few in each hold. Return: false if there are more. */
static bool wake_some(struct lcma_turns *turns)
{
	struct lcma_turn *turn, *next;
	unsigned int nr = 0;

	lockdep_assert_held(&turns->lock);
	list_for_each_entry_safe(turn, next, &turns->granted, wake_link) {
		if (nr++ == MOST_WAKES)
			return false;
		list_del_init(&turn->wake_link);
		complete(&turn->go);
	}
	return true;
}

/**
 * lcma_turns_leave - a claim has ended: let later ones run
 * @region: the region
 * @turn: what lcma_turns_wait() entered
 *
 * One hold of the lock looks at each entry once, and wakes a few.
 *
 * Context: process; takes the queue's lock.
 */
void lcma_turns_leave(struct lcma_region *region, struct lcma_turn *turn)
{
	struct lcma_turns *turns = &region->turns;
	bool is_done;

	spin_lock(&turns->lock);
	grant_later(turns, turn);
	list_del(&turn->link);
	/* Granted at the moment when a fatal signal came. */
	list_del(&turn->wake_link);
	is_done = wake_some(turns);
	spin_unlock(&turns->lock);

	while (!is_done) {
		spin_lock(&turns->lock);
		is_done = wake_some(turns);
		spin_unlock(&turns->lock);
	}
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
	struct lcma_turns *turns = &region->turns;
	bool may_run;

	turn->first_unit = start / region->unit_pages;
	turn->last_unit = (start + nr_pages - 1) / region->unit_pages;
	turn->claimer = current;
	init_completion(&turn->go);
	INIT_LIST_HEAD(&turn->wake_link);

	spin_lock(&turns->lock);
	turn->nr_ahead = count_ahead(turns, turn);
	may_run = !turn->nr_ahead;
	list_add_tail(&turn->link, &turns->claims);
	spin_unlock(&turns->lock);

	/* Not turn->nr_ahead: from here on others change it. */
	if (may_run)
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
