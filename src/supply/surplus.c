// SPDX-License-Identifier: GPL-2.0-only
/*
 * Surplus: see surplus.h. Whether a region is private, classic or in between is
 * decided here, by one number: how many idle pages it keeps.
 */
#include "supply/surplus.h"

#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "compat/timer.h"
#include "page/pageblock.h"
#include "region/poison.h"
#include "supply/claim.h"

/* After the system asked for idle pages: how long none are hoarded. */
#define PRESSED_MS		5000

/* Something has changed that the upkeep (upkeep.c) has to look at. */
static DECLARE_WAIT_QUEUE_HEAD(poked);
static bool is_poked;

/**
 * lcma_surplus_poke - a pool needs looking after
 *
 * Context: any but hard interrupts.
 */
void lcma_surplus_poke(void)
{
	if (READ_ONCE(is_poked))
		return;
	WRITE_ONCE(is_poked, true);
	wake_up(&poked);
}

/**
 * lcma_surplus_poke_soon - a pool needs looking after, in a moment
 * @region: the region
 *
 * Upkeep at once would be in the way of the caller that has just been served, and
 * waking a thread costs more than serving it. The upkeep takes region->lock, too:
 * when the timer is pending, it has not looked yet.
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_surplus_poke_soon(struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	if (!timer_pending(&region->pool.poke_timer))
		mod_timer(&region->pool.poke_timer, jiffies + LCMA_QUIET_TIME);
}

static bool is_wanted(void)
{
	return READ_ONCE(is_poked) || kthread_should_stop();
}

/**
 * lcma_surplus_await - wait until some pool needs looking after
 * @timeout: at most so long, in jiffies
 *
 * Context: a freezable kernel thread; may sleep.
 * Return: 0 when the time is up.
 */
long lcma_surplus_await(long timeout)
{
	long left;

	left = wait_event_freezable_timeout(poked, is_wanted(), timeout);
	WRITE_ONCE(is_poked, false);
	/* What was poked for before that is seen by a look after it. */
	smp_mb();
	return left;
}

static bool is_pressed(struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	if (region->pool.was_shrunk &&
	    time_after(jiffies, region->pool.shrunk_at + msecs_to_jiffies(PRESSED_MS)))
		region->pool.was_shrunk = false;
	return region->pool.was_shrunk;
}

/**
 * lcma_surplus_is_pressed - has the system recently been short of memory?
 * @region: the region
 *
 * Context: any; takes region->lock.
 * Return: true if it has, so that a refill would do harm.
 */
bool lcma_surplus_is_pressed(struct lcma_region *region)
{
	unsigned long flags;
	bool pressed;

	lcma_region_lock(region, &flags);
	pressed = is_pressed(region);
	lcma_region_unlock(region, flags);
	return pressed;
}

/* Above so many pages the pool keeps nothing now. */
static unsigned long limit_now(struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	/* A drain keeps what comes back. */
	if (region->life != LCMA_LIVE)
		return region->map.nr_pages;
	return is_pressed(region) ? region->pool.keep_low : region->pool.keep_high;
}

/**
 * lcma_surplus_room - how many pages the pool may still take in
 * @region: the region
 *
 * Context: any; the caller holds region->lock.
 * Return: pages.
 */
unsigned long lcma_surplus_room(struct lcma_region *region)
{
	const unsigned long nr_pool = lcma_region_plain_pool(region);
	const unsigned long limit = limit_now(region);

	lockdep_assert_held(&region->lock);
	return limit > nr_pool ? limit - nr_pool : 0;
}

/**
 * lcma_surplus_give_back - claimed pages to the buddy allocator
 * @region: the region
 * @start: first page; every page of the range is busy, claimed and the caller's
 * @nr_pages: how many
 *
 * Pages with a memory error are retired instead.
 *
 * Context: process, may sleep; takes region->lock.
 */
void lcma_surplus_give_back(struct lcma_region *region, unsigned long start,
			    unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	unsigned long flags, stop;

	for (; start < end; start = stop + 1) {
		stop = lcma_poison_known(region, start, end);
		lcma_unclaim(region, start, stop - start);
		lcma_region_move_own(region, start, stop - start, LCMA_BUSY,
				     LCMA_SHARED);
		if (stop == end)
			return;
		lcma_region_lock(region, &flags);
		lcma_poison_retire(region, stop, LCMA_BUSY);
		lcma_region_unlock(region, flags);
	}
}

static bool batch_is_sound(const struct lcma_region *region,
			   const struct lcma_batch *batch)
{
	unsigned long end;
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		end = batch->stretches[i].start + batch->stretches[i].nr_pages;
		if (lcma_poison_known(region, batch->stretches[i].start, end) < end)
			return false;
	}
	return true;
}

/* The same for many stretches. */
static void give_back_batch(struct lcma_region *region,
			    const struct lcma_batch *batch)
{
	unsigned long flags;
	unsigned int i;

	if (!batch_is_sound(region, batch)) {
		for (i = 0; i < batch->nr; i++)
			lcma_surplus_give_back(region, batch->stretches[i].start,
					       batch->stretches[i].nr_pages);
		return;
	}
	for (i = 0; i < batch->nr; i++)
		lcma_unclaim(region, batch->stretches[i].start,
			     batch->stretches[i].nr_pages);
	lcma_region_lock(region, &flags);
	for (i = 0; i < batch->nr; i++)
		lcma_region_move(region, batch->stretches[i].start,
				 batch->stretches[i].nr_pages, LCMA_BUSY,
				 LCMA_SHARED);
	lcma_region_unlock(region, flags);
}

static unsigned long pages_in(const struct lcma_batch *batch)
{
	unsigned long nr_pages = 0;
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		nr_pages += batch->stretches[i].nr_pages;
	return nr_pages;
}

/*
 * Under the lock: pages of the pool, those that lie scattered first, no more than
 * are above @limit, nor than @max; busy now. Return: false if there are none.
 */
static bool take_surplus(struct lcma_region *region, unsigned long limit,
			 unsigned long max, struct lcma_batch *surplus)
{
	const unsigned long nr_pool = lcma_region_plain_pool(region);
	unsigned int i;

	lockdep_assert_held(&region->lock);
	if (region->life != LCMA_LIVE || nr_pool <= limit || !max ||
	    lcma_region_is_reserving(region))
		return false;
	lcma_batch_surplus(&region->map, min(nr_pool - limit, max),
			   lcma_pool_wedges(&region->pool),
			   &region->pool.surplus_from, surplus);
	for (i = 0; i < surplus->nr; i++)
		lcma_region_move(region, surplus->stretches[i].start,
				 surplus->stretches[i].nr_pages, LCMA_POOL,
				 LCMA_BUSY);
	lcma_zeroed_note_left(&region->zeroed, pages_in(surplus),
			      region->map.nr_in[LCMA_POOL]);
	return true;
}

/* Give back what the pool holds above its limit, or all above the low mark. */
static void trim(struct lcma_region *region, bool to_low)
{
	struct lcma_batch surplus;
	unsigned long flags;
	bool found;

	do {
		lcma_region_lock(region, &flags);
		found = take_surplus(region, to_low ? region->pool.keep_low :
						      limit_now(region),
				     ULONG_MAX, &surplus);
		/* After a shrink the limit is the low mark. */
		if (found && is_pressed(region))
			lcma_stats_add(&region->stats.shrunk_pages,
				       pages_in(&surplus));
		lcma_region_unlock(region, flags);
		if (found)
			give_back_batch(region, &surplus);
	} while (found);
}

/**
 * lcma_surplus_trim - give back what the pool holds above its high mark
 * @region: the region
 *
 * Context: process, may sleep.
 */
void lcma_surplus_trim(struct lcma_region *region)
{
	trim(region, false);
}

/**
 * lcma_surplus_share - give the system its share of a new region
 * @region: the region; all of its pages are in the pool
 *
 * With keep= the pool begins full; else it is as if no request had come for a long
 * time.
 *
 * Context: process, may sleep.
 */
void lcma_surplus_share(struct lcma_region *region)
{
	trim(region, !region->pool.is_warm);
}

/**
 * lcma_surplus_shed - give back what lies scattered, after a refill in one piece
 * @region: the region
 * @nr_pages: at most so many pages, none of them from below the low mark
 *
 * Context: process, may sleep.
 * Return: how many pages went back.
 */
unsigned long lcma_surplus_shed(struct lcma_region *region, unsigned long nr_pages)
{
	struct lcma_batch surplus;
	unsigned long nr_given = 0;
	unsigned long flags;
	bool found = true;

	while (found && nr_given < nr_pages) {
		lcma_region_lock(region, &flags);
		found = take_surplus(region, region->pool.keep_low,
				     nr_pages - nr_given, &surplus);
		lcma_region_unlock(region, flags);
		if (!found)
			break;
		nr_given += pages_in(&surplus);
		give_back_batch(region, &surplus);
		cond_resched();
	}
	return nr_given;
}

static void give_back_over(struct work_struct *work)
{
	trim(container_of(work, struct lcma_region, pool.over_work), false);
}

static void poke_now(struct timer_list *timer)
{
	lcma_surplus_poke();
}

/**
 * lcma_surplus_start - let surplus pages go back from now on
 * @region: a new region
 *
 * Context: process.
 */
void lcma_surplus_start(struct lcma_region *region)
{
	INIT_WORK(&region->pool.over_work, give_back_over);
	timer_setup(&region->pool.poke_timer, poke_now, 0);
}

/**
 * lcma_surplus_stop - stop all that happens in the pool
 * @region: a region in which nothing is used
 *
 * Context: process, may sleep.
 */
void lcma_surplus_stop(struct lcma_region *region)
{
	flush_work(&region->pool.over_work);
	lcma_compat_timer_stop(&region->pool.poke_timer);
}

/* Jiffies until an idle pool decays; 0: now; MAX_SCHEDULE_TIMEOUT: never. */
static unsigned long until_decay(const struct lcma_region *region)
{
	lockdep_assert_held(&region->lock);
	if (!region->pool.decay_ms ||
	    lcma_region_plain_pool(region) <= region->pool.keep_low)
		return MAX_SCHEDULE_TIMEOUT;
	return lcma_region_until_idle(region,
				      msecs_to_jiffies(region->pool.decay_ms));
}

/**
 * lcma_surplus_decay - give back what no request has come for
 * @region: the region
 * @nr_pages: at most so many pages
 *
 * Context: process, may sleep.
 * Return: when to call again, in jiffies from now; MAX_SCHEDULE_TIMEOUT: not
 * before something has changed.
 */
unsigned long lcma_surplus_decay(struct lcma_region *region,
				 unsigned long nr_pages)
{
	struct lcma_batch surplus;
	unsigned long flags, wait;
	bool found = false;

	lcma_region_lock(region, &flags);
	wait = until_decay(region);
	if (!wait)
		found = take_surplus(region, region->pool.keep_low, nr_pages,
				     &surplus);
	if (found)
		lcma_stats_add(&region->stats.decayed_pages,
			       pages_in(&surplus));
	lcma_region_unlock(region, flags);

	if (found)
		give_back_batch(region, &surplus);
	/* Not found: it is being drained. */
	return wait || found ? wait : MAX_SCHEDULE_TIMEOUT;
}

/**
 * lcma_surplus_idle - what the pool could give up
 * @region: the region
 *
 * Context: any; takes region->lock.
 * Return: pages, as of a moment ago.
 */
unsigned long lcma_surplus_idle(struct lcma_region *region)
{
	unsigned long nr_pool, low, flags;
	bool is_live;

	lcma_region_lock(region, &flags);
	nr_pool = lcma_region_plain_pool(region);
	low = region->pool.keep_low;
	is_live = region->life == LCMA_LIVE;
	lcma_region_unlock(region, flags);
	return is_live && nr_pool > low ? nr_pool - low : 0;
}

/**
 * lcma_surplus_shrink - give up pages because the system is short of memory
 * @region: the region
 * @nr_pages: at most so many
 *
 * For some time afterwards nothing above the low mark is kept, and nothing is
 * refilled.
 *
 * Context: process, may sleep, also during memory reclaim; takes
 * region->lock and waits for nothing else.
 * Return: how many pages went back.
 */
unsigned long lcma_surplus_shrink(struct lcma_region *region,
				  unsigned long nr_pages)
{
	struct lcma_batch surplus;
	unsigned long nr_given = 0;
	unsigned long flags;
	bool found = true;

	while (found && nr_given < nr_pages) {
		lcma_region_lock(region, &flags);
		found = take_surplus(region, region->pool.keep_low,
				     nr_pages - nr_given, &surplus);
		if (found) {
			region->pool.was_shrunk = true;
			region->pool.shrunk_at = jiffies;
			lcma_stats_add(&region->stats.shrunk_pages,
				       pages_in(&surplus));
			nr_given += pages_in(&surplus);
			/* Those that were zero may be gone. */
			if (region->pool.keep_low)
				lcma_surplus_poke_soon(region);
		}
		lcma_region_unlock(region, flags);
		if (found)
			give_back_batch(region, &surplus);
	}
	return nr_given;
}

/* Under the lock: the marks are what was set, and what was promised beside it. */
static void raise_marks(struct lcma_region *region)
{
	struct lcma_pool *pool = &region->pool;
	const unsigned long low = min(pool->own_low + pool->promised,
				      region->map.nr_pages);

	lockdep_assert_held(&region->lock);
	WRITE_ONCE(pool->keep_low, pool->promised ? low : pool->own_low);
	WRITE_ONCE(pool->keep_high, max(pool->own_high, pool->keep_low));
	pool->asked_at = jiffies;
}

/**
 * lcma_surplus_promise - keep more than the marks say, for as long as somebody needs it
 * @region: the region
 * @nr_pages: how much more; 0: no more
 *
 * The upkeep brings the pool there, at once. A region that keeps everything, or
 * nothing, is left alone.
 *
 * Context: any; takes region->lock.
 */
void lcma_surplus_promise(struct lcma_region *region, unsigned long nr_pages)
{
	unsigned long flags;
	bool is_new;

	if (!region->carve.shareable || !LCMA_HAS_CMA)
		return;
	lcma_region_lock(region, &flags);
	is_new = nr_pages != region->pool.promised;
	if (is_new) {
		region->pool.promised = nr_pages;
		raise_marks(region);
	}
	lcma_region_unlock(region, flags);
	if (is_new)
		lcma_surplus_poke();
}

/**
 * lcma_surplus_set_keep - other marks for the pool
 * @region: the region
 * @low: pages that a refill aims at; LCMA_KEEP_SAME: as before
 * @high: pages above which nothing is kept; LCMA_KEEP_SAME: as before
 *
 * What groups of devices were promised comes on top. The upkeep brings the pool there.
 *
 * Context: any; takes region->lock.
 * Return: 0; -EINVAL if @low would be above @high; -EOPNOTSUPP if the region
 * cannot share its pages, or only in whole units: it keeps all of them, or none.
 */
int lcma_surplus_set_keep(struct lcma_region *region, unsigned long low,
			  unsigned long high)
{
	unsigned long flags;
	int err = 0;

	if (!region->carve.shareable || !LCMA_HAS_CMA)
		return -EOPNOTSUPP;
	lcma_region_lock(region, &flags);
	low = low == LCMA_KEEP_SAME ? region->pool.own_low : low;
	high = high == LCMA_KEEP_SAME ? region->pool.own_high : high;
	if (low > high) {
		err = -EINVAL;
	} else {
		region->pool.own_low = low;
		region->pool.own_high = high;
		raise_marks(region);
	}
	lcma_region_unlock(region, flags);
	lcma_surplus_poke();
	return err;
}

/**
 * lcma_surplus_set_wedge - is the first page of each unit kept besides?
 * @region: the region
 * @is_wedged: whether it is; if so, from when it next comes back
 *
 * Context: any; takes region->lock.
 */
void lcma_surplus_set_wedge(struct lcma_region *region, bool is_wedged)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	WRITE_ONCE(region->pool.is_wedged, is_wedged);
	lcma_region_unlock(region, flags);
	lcma_surplus_poke();
}

/**
 * lcma_surplus_set_decay - how long an idle pool is kept
 * @region: the region
 * @decay_ms: milliseconds; 0: for ever
 *
 * Context: any; takes region->lock.
 */
void lcma_surplus_set_decay(struct lcma_region *region, unsigned int decay_ms)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	WRITE_ONCE(region->pool.decay_ms, decay_ms);
	lcma_region_unlock(region, flags);
	lcma_surplus_poke();
}
