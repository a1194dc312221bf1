// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settling: see settle.h.
 *
 * Where many allocate, pages settle all the time. If every waiter woke for each of
 * them, all would search at once, fail, and meet at the region's lock. So the wake
 * function, which runs under that lock, asks whether a search could find more than
 * before.
 */
#include "alloc/settle.h"

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "core/timeout.h"

/* Badly aligned runs that are looked at for one waiter, each time. */
#define WAKE_BUDGET	8

/**
 * struct waiter - a request that waits
 * @entry: in region->settling.queue
 * @region: where
 * @fit: the run that it wants
 * @nr_unused: region->settling.nr_unused when it found none
 */
struct waiter {
	struct wait_queue_entry entry;
	struct lcma_region *region;
	const struct lcma_fit *fit;
	unsigned long nr_unused;
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

static int wake_if_worth_it(struct wait_queue_entry *entry, unsigned int mode,
			    int flags, void *key)
{
	const struct waiter *waiter = container_of(entry, struct waiter, entry);

	return is_worth_a_look(waiter) ?
	       default_wake_function(entry, mode, flags, key) : 0;
}

static bool may_look_again(const struct waiter *waiter)
{
	unsigned long flags;
	bool may;

	lcma_region_lock(waiter->region, &flags);
	may = is_worth_a_look(waiter);
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
 *
 * Context: process, may sleep; takes region->lock.
 * Return: 0: look again, or nothing is busy; -EINTR on a fatal signal;
 * -ETIMEDOUT.
 */
int lcma_settle_wait(struct lcma_region *region, const struct lcma_fit *fit,
		     unsigned long nr_unused, ktime_t deadline)
{
	struct waiter waiter = {
		.region = region,
		.fit = fit,
		.nr_unused = nr_unused,
	};
	long left;
	int err = 0;

	init_waitqueue_func_entry(&waiter.entry, wake_if_worth_it);
	waiter.entry.private = current;
	add_wait_queue(&region->settling.queue, &waiter.entry);
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
	return err;
}
