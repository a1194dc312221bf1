// SPDX-License-Identifier: GPL-2.0-only
/*
 * Upkeep: see upkeep.h.
 *
 * One freezable thread of the lowest priority goes through the regions, in small
 * steps: what is above the high mark goes back, so does what is above the low
 * mark if no request has come for decay_ms; below the low mark pages are
 * claimed; pages of the pool that will be wanted are zeroed. It sleeps until the
 * next pool decays or until it is poked (surplus.c). Its CPU time is what the pools
 * cost.
 */
#include "supply/upkeep.h"

#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "fault.h"
#include "region/region.h"
#include "region/zero.h"
#include "supply/surplus.h"
#include "supply/take.h"

/* Pages in one step: one or two milliseconds on a slow machine. */
#define STEP_PAGES	512

/* A refill that takes longer than this disturbs more than it helps. */
#define REFILL_MS	1000

/* How long a scattered pool is left alone after its last use. */
#define GATHER_TIME	HZ

/* Places that one step of a refill tries. */
#define REFILL_TRIES	4

/* Pauses after steps that failed; they double. */
#define FIRST_PAUSE	(HZ / 10)
#define LAST_PAUSE	(10 * HZ)

static struct task_struct *thread;

/*
 * Under the lock: is the pool no larger than it must be, scattered, and unused
 * for a while? Then a refill makes it whole.
 */
static bool is_to_be_gathered(const struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	return lcma_region_plain_pool(region) == region->pool.keep_low &&
	       !lcma_region_until_idle(region, GATHER_TIME) &&
	       lcma_batch_is_scattered(&region->map,
				       lcma_pool_wedges(&region->pool));
}

/* Under the lock: how many pages the next step of a refill wants. */
static unsigned long missing(const struct lcma_region *region)
{
	const unsigned long nr_pool = lcma_region_plain_pool(region);
	const unsigned long longest = lcma_map_longest(&region->map,
						       LCMA_KIND_SHARED);

	lockdep_assert_held(&region->lock);
	if (region->life != LCMA_LIVE)
		return 0;
	if (is_to_be_gathered(region))
		return min3(region->pool.keep_low, longest, region->unit_pages);
	if (nr_pool >= region->pool.keep_low)
		return 0;
	return min3(region->pool.keep_low - nr_pool, longest, region->unit_pages);
}

/* Under the lock: when the pool may be scattered, jiffies until it is gathered. */
static unsigned long until_gathered(const struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	return region->life == LCMA_LIVE &&
	       lcma_region_plain_pool(region) == region->pool.keep_low &&
	       lcma_batch_is_scattered(&region->map,
				       lcma_pool_wedges(&region->pool)) ?
	       max(1UL, lcma_region_until_idle(region, GATHER_TIME)) :
	       MAX_SCHEDULE_TIMEOUT;
}

/* Pages of a refill, into the pool; what it has too many of is what is scattered. */
static void take_in(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_stats_add(&region->stats.refilled_pages, nr_pages);
	lcma_region_unlock(region, flags);
	lcma_region_move_own(region, start, nr_pages, LCMA_USED, LCMA_POOL);
	lcma_surplus_shed(region, nr_pages);
}

/*
 * Claim a run for the pool, not before page *from; it may be shorter than what
 * is missing. Return: 0; -ENOSPC if there is no place; or as lcma_take().
 */
static int refill_once(struct lcma_region *region, unsigned long *from)
{
	const ktime_t deadline = ktime_add_ms(ktime_get(), REFILL_MS);
	struct lcma_obstacle obstacle;
	struct lcma_fit fit = {};
	struct lcma_taking taking;
	unsigned long start = LCMA_NO_PAGE;
	unsigned long flags;
	int err;

	lcma_region_lock(region, &flags);
	fit.nr_pages = missing(region);
	/* After a failure smaller pieces, which more places have. */
	if (fit.nr_pages && region->refill.pause)
		fit.nr_pages = DIV_ROUND_UP(fit.nr_pages, 4);
	if (fit.nr_pages)
		start = lcma_map_find(&region->map, LCMA_KIND_SHARED, &fit,
				      *from, NULL);
	if (start != LCMA_NO_PAGE &&
	    !lcma_take_may_begin(region, start, fit.nr_pages))
		start = LCMA_NO_PAGE;
	if (start != LCMA_NO_PAGE) {
		lcma_take_begin(region, start, fit.nr_pages, &taking);
		/* A drain waits until they are in the pool. */
		lcma_settling_begin_take(&region->settling);
	}
	lcma_region_unlock(region, flags);
	if (start == LCMA_NO_PAGE)
		return -ENOSPC;

	*from = start + fit.nr_pages;
	err = lcma_take_reserve(region, &taking) ?
	      lcma_take(region, &taking, deadline, &obstacle) : -EBUSY;
	if (!err)
		take_in(region, start, fit.nr_pages);
	lcma_take_end(region);
	return err;
}

/* Is anything missing? *wait: if not, when that may be, in jiffies from now. */
static bool is_missing(struct lcma_region *region, unsigned long *wait)
{
	unsigned long flags;
	bool any;

	lcma_region_lock(region, &flags);
	any = missing(region);
	*wait = until_gathered(region);
	lcma_region_unlock(region, flags);
	return any;
}

/* Return: when to be called again, in jiffies from now. */
static unsigned long refill(struct lcma_region *region)
{
	unsigned long from = 0, wait;
	unsigned int tries;

	if (!is_missing(region, &wait)) {
		region->refill.pause = 0;
		return wait;
	}
	if (lcma_surplus_is_pressed(region))
		return HZ;
	if (region->refill.pause && time_before(jiffies, region->refill.at))
		return region->refill.at - jiffies;

	for (tries = 0; tries < REFILL_TRIES; tries++) {
		if (kthread_should_stop())
			return 0;
		if (!refill_once(region, &from)) {
			region->refill.pause = 0;
			return 0;
		}
	}
	region->refill.pause = clamp_t(unsigned long, 2 * region->refill.pause,
				       FIRST_PAUSE, LAST_PAUSE);
	region->refill.at = jiffies + region->refill.pause;
	return region->refill.pause;
}

/* One step for one region. Return: when the next is due, in jiffies from now. */
static unsigned long look_after(struct lcma_region *region)
{
	unsigned long wait;

	lcma_surplus_trim(region);
	wait = lcma_surplus_decay(region, STEP_PAGES);
	wait = min(wait, refill(region));
	return min(wait, lcma_zero_idle(region, STEP_PAGES));
}

static int upkeep(void *unused)
{
	struct lcma_region *region;
	unsigned long wait;
	unsigned int i;

	set_user_nice(current, MAX_NICE);
	set_freezable();
	while (!kthread_should_stop()) {
		wait = MAX_SCHEDULE_TIMEOUT;
		lcma_for_each_region(region, i)
			wait = min(wait, look_after(region));
		if (wait)
			lcma_surplus_await(wait);
		else
			try_to_freeze();
		cond_resched();
	}
	return 0;
}

/**
 * lcma_upkeep_init - make the thread
 *
 * Context: while the module loads, after the regions are there; may sleep.
 * Return: 0; what kthread_create() returns.
 */
int lcma_upkeep_init(void)
{
	thread = ERR_PTR(lcma_fault(UPKEEP_START)) ?:
		 kthread_create(upkeep, NULL, "lcma/pool");
	return PTR_ERR_OR_ZERO(thread);
}

/**
 * lcma_upkeep_start - let it begin
 *
 * It shares idle pages with the system: see lcma_attach_share().
 *
 * Context: the last step of loading.
 */
void lcma_upkeep_start(void)
{
	wake_up_process(thread);
}

/**
 * lcma_upkeep_stop - stop the upkeep
 *
 * Waits for the step that is under way: a refill takes a second at most.
 *
 * Context: while the module unloads, before the regions go; may sleep.
 */
void lcma_upkeep_stop(void)
{
	kthread_stop(thread);
}
