// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settling: see settle.h.
 *
 * Where many allocate, pages settle all the time. If every waiter woke for each of
 * them, all would search at once, fail, and meet at the region's lock. So the wake
 * function, which runs under that lock, asks whether a search could find more than
 * before.
 *
 * And where many allocate, a run that has become unused is gone before a waiter runs:
 * requests that came later take it, or a piece of it, and a large request may starve.
 * So the wake function also reserves the run for the waiter, in the order in which they
 * came, real-time tasks before others: in the hold of the lock in which it became unused.
 * One run in each hold, so that none is long; other waiters wake, and search.
 */
#include "alloc/settle.h"

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "alloc/survey.h"
#include "core/timeout.h"

/* Badly aligned runs that are looked at for one waiter, each time. */
#define WAKE_BUDGET	8

/**
 * struct waiter - a request that waits
 * @entry: in region->settling.queue
 * @region: where
 * @fit: the run that it wants
 * @nr_unused: region->settling.nr_unused when it found none
 * @taking: what is reserved for it; NULL: it wants to search itself
 * @is_served: something is
 */
struct waiter {
	struct wait_queue_entry entry;
	struct lcma_region *region;
	const struct lcma_fit *fit;
	unsigned long nr_unused;
	struct lcma_taking *taking;
	bool is_served;
};

/* Under the lock: could there be a run now, or is there nothing to wait for? */
static bool is_worth_a_look(const struct waiter *waiter)
{
	const struct lcma_region *region = waiter->region;

	lockdep_assert_held(&region->lock);
	return !lcma_region_is_busy(region) ||
	       (region->settling.nr_unused != waiter->nr_unused &&
		lcma_map_may_fit(&region->map, LCMA_KIND_UNUSED, waiter->fit,
				 WAKE_BUDGET));
}

/*
 * Under the lock: reserve a run for a waiter, if there is one. A long one would be
 * reserved in pieces, and be in the way of all others until the waiter runs: that wakes
 * and searches.
 */
static void serve(struct waiter *waiter)
{
	struct lcma_region *region = waiter->region;
	const unsigned long nr_pages = waiter->fit->nr_pages;
	struct lcma_place place;
	unsigned long start;

	lockdep_assert_held(&region->lock);
	if (!waiter->taking || region->life != LCMA_LIVE ||
	    !lcma_settling_may_serve(&region->settling))
		return;
	lcma_survey_begin(region, waiter->fit, &place);
	if (lcma_place_next(&place, &region->map, &start) != LCMA_PLACE_FOUND ||
	    !lcma_take_is_short(region, start, nr_pages) ||
	    !lcma_take_may_begin(region, start, nr_pages))
		return;
	lcma_take_begin(region, start, nr_pages, waiter->taking);
	lcma_settling_served(&region->settling);
	waiter->is_served = true;
}

static int wake_if_worth_it(struct wait_queue_entry *entry, unsigned int mode,
			    int flags, void *key)
{
	struct waiter *waiter = container_of(entry, struct waiter, entry);

	if (waiter->is_served || !is_worth_a_look(waiter))
		return 0;
	serve(waiter);
	return default_wake_function(entry, mode, flags, key);
}

static bool may_look_again(const struct waiter *waiter)
{
	unsigned long flags;
	bool may;

	lcma_region_lock(waiter->region, &flags);
	may = waiter->is_served || is_worth_a_look(waiter);
	lcma_region_unlock(waiter->region, flags);
	return may;
}

/**
 * lcma_settle_jiffies - how long until a deadline
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 *
 * Context: any.
 * Return: jiffies; 0 if it has passed; MAX_SCHEDULE_TIMEOUT without one. One that
 * is too far for a long is so many jiffies away, and then still not passed.
 */
long lcma_settle_jiffies(ktime_t deadline)
{
	if (deadline == LCMA_FOREVER)
		return MAX_SCHEDULE_TIMEOUT;
	return lcma_timeout_jiffies(ktime_to_ns(ktime_sub(deadline,
							  ktime_get())),
				    HZ, MAX_SCHEDULE_TIMEOUT - 1);
}

/**
 * lcma_settle_wait - wait until a search that found no run may find one
 * @region: where
 * @fit: length and alignment
 * @nr_unused: region->settling.nr_unused when the search looked
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 * @taking: for a run that is reserved for the caller; NULL: none is to be
 *
 * Context: process, may sleep; takes region->lock.
 * Return: 1: @taking was begun, as by lcma_take_begin(), whatever came later; 0: look
 * again, or nothing is busy; -EINTR on a fatal signal; -ETIMEDOUT.
 */
int lcma_settle_wait(struct lcma_region *region, const struct lcma_fit *fit,
		     unsigned long nr_unused, ktime_t deadline,
		     struct lcma_taking *taking)
{
	struct waiter waiter = {
		.region = region,
		.fit = fit,
		.nr_unused = nr_unused,
		.taking = taking,
	};
	long left;
	int err = 0;

	init_waitqueue_func_entry(&waiter.entry, wake_if_worth_it);
	waiter.entry.private = current;
	/* Every wake-up is for all of them: this is about the order. */
	if (current->prio < MAX_RT_PRIO)
		add_wait_queue_priority(&region->settling.queue, &waiter.entry);
	else
		add_wait_queue_exclusive(&region->settling.queue, &waiter.entry);
	for (;;) {
		set_current_state(TASK_KILLABLE);
		if (may_look_again(&waiter))
			break;
		left = lcma_settle_jiffies(deadline);
		if (fatal_signal_pending(current))
			err = -EINTR;
		else if (!left)
			err = -ETIMEDOUT;
		if (err)
			break;
		schedule_timeout(left);
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&region->settling.queue, &waiter.entry);
	/* From here on the wake function does not run. */
	return waiter.is_served ? 1 : err;
}
