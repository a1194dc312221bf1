// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zeroing: see zero.h.
 */
#include "region/zero.h"

#include <linux/bitmap.h>
#include <linux/cacheflush.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "page/cache.h"
#include "region/poison.h"

/* Pages zeroed between two looks at the clock and at signals. */
#define ZERO_BATCH	64UL

/* Stretches that a search for an idle page looks at, with interrupts off. */
#define LOOK_STRETCHES	32

/* How far it looks in one of them. */
#define LOOK_PAGES	8192UL

/**
 * lcma_zero_note - pages are zero, or not known to be
 * @region: the region
 * @start: first page; all pages of the range are the caller's, none is in the
 *	pool
 * @nr_pages: how many
 * @zeroed: what is known of them now
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_zero_note(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, bool zeroed)
{
	lockdep_assert_held(&region->lock);
	if (zeroed)
		bitmap_set(region->zeroed, start, nr_pages);
	else
		bitmap_clear(region->zeroed, start, nr_pages);
}

/**
 * lcma_zero_all - are all pages of a range zero?
 * @region: the region
 * @start: first page
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 * Return: true if they are known to be.
 */
bool lcma_zero_all(const struct lcma_region *region, unsigned long start,
		   unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;

	lockdep_assert_held(&region->lock);
	return find_next_zero_bit(region->zeroed, end, start) >= end;
}

/* They are zero in memory afterwards, not only in a cache. */
static void clear_run(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long first_pfn = lcma_region_pfn(region, start);
	unsigned long pfn;

	for (pfn = first_pfn; pfn < first_pfn + nr_pages; pfn++) {
		clear_highpage(pfn_to_page(pfn));
		/* Others read it through other mappings. */
		flush_dcache_page(pfn_to_page(pfn));
	}
	lcma_cache_clean(first_pfn, nr_pages);
}

/* The first pages from *start on that are not zero. Return: how many. */
static unsigned long next_dirty(struct lcma_region *region,
				unsigned long *start, unsigned long end)
{
	unsigned long flags, stop, look_end;

	do {
		look_end = min(end, *start + LCMA_HOLD_LOOK_PAGES);
		/* The words also hold the bits of others. */
		lcma_region_lock(region, &flags);
		*start = find_next_zero_bit(region->zeroed, look_end, *start);
		stop = find_next_bit(region->zeroed, look_end, *start);
		lcma_region_unlock(region, flags);
	} while (*start == look_end && look_end < end);
	return stop - *start;
}

/* May the caller go on? Return: 0; -EINTR; -ETIMEDOUT. */
static int take_breath(ktime_t deadline)
{
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	if (deadline != LCMA_FOREVER && ktime_after(ktime_get(), deadline))
		return -ETIMEDOUT;
	return 0;
}

/**
 * lcma_zero_fill - zero a run before somebody gets it
 * @region: the region
 * @start: first page; all pages of the run are used, and nobody's yet
 * @nr_pages: how many
 * @may_sleep: else it is done in one go, and the caller pays for it
 * @deadline: when to give up, on the monotonic clock; LCMA_FOREVER: never
 *
 * Pages that are known to be zero are left alone.
 *
 * Context: any; process, may sleep, with @may_sleep. Takes region->lock.
 * Return: 0; -EINTR; -ETIMEDOUT.
 */
int lcma_zero_fill(struct lcma_region *region, unsigned long start,
		   unsigned long nr_pages, bool may_sleep, ktime_t deadline)
{
	const unsigned long end = start + nr_pages;
	unsigned long nr;
	int err;

	while ((nr = next_dirty(region, &start, end))) {
		if (may_sleep)
			nr = min(nr, ZERO_BATCH);
		clear_run(region, start, nr);
		start += nr;
		err = may_sleep ? take_breath(deadline) : 0;
		if (err)
			return err;
	}
	return 0;
}

static void touch_run(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	unsigned long pfn = lcma_region_pfn(region, start);

	while (nr_pages--) {
		struct page *page = pfn_to_page(pfn++);
		u32 *word = kmap_local_page(page);

		WRITE_ONCE(*word, 0);
		kunmap_local(word);
		flush_dcache_page(page);
	}
}

/**
 * lcma_zero_touch - write a zero to every page of a run
 * @region: the region
 * @start: first page; all pages of the run are used, zero, and nobody's yet
 * @nr_pages: how many
 * @may_sleep: else it is done in one go
 * @deadline: when to give up, on the monotonic clock; LCMA_FOREVER: never
 *
 * Context: any; process, may sleep, with @may_sleep.
 * Return: 0; -EINTR; -ETIMEDOUT.
 */
int lcma_zero_touch(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, bool may_sleep, ktime_t deadline)
{
	unsigned long nr;
	int err = 0;

	for (; nr_pages && !err; start += nr, nr_pages -= nr) {
		nr = may_sleep ? min(nr_pages, ZERO_BATCH) : nr_pages;
		touch_run(region, start, nr);
		err = may_sleep ? take_breath(deadline) : 0;
	}
	return err;
}

/* Under the lock: an idle page that is not zero, or LCMA_NO_PAGE. */
static unsigned long next_idle(struct lcma_region *region)
{
	struct lcma_stretch s;
	unsigned int looks;
	unsigned long page, end;

	lockdep_assert_held(&region->lock);
	for (looks = 0; looks < LOOK_STRETCHES; looks++) {
		end = min(region->dirty_end, region->dirty_from + LOOK_PAGES);
		page = find_next_zero_bit(region->zeroed, end,
					  region->dirty_from);
		if (page < end && lcma_map_stretch(&region->map, page, end, &s)) {
			region->dirty_from = page;
			if (s.state == LCMA_POOL)
				return page;
			region->dirty_from += s.nr_pages;
			continue;
		}
		region->dirty_from = end;
		if (end == region->dirty_end)
			break;
	}
	return LCMA_NO_PAGE;
}

/* Return: when the next page is due, as for lcma_zero_idle(). */
static unsigned long zero_one(struct lcma_region *region)
{
	unsigned long page = LCMA_NO_PAGE, wait = MAX_SCHEDULE_TIMEOUT;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (region->life == LCMA_LIVE && region->dirty_from < region->dirty_end)
		wait = lcma_region_until_idle(region, LCMA_QUIET_TIME);
	if (!wait)
		page = next_idle(region);
	if (page != LCMA_NO_PAGE && lcma_poison_has(region, page)) {
		lcma_poison_retire(region, page, LCMA_POOL);
	} else if (page != LCMA_NO_PAGE) {
		clear_run(region, page, 1);
		bitmap_set(region->zeroed, page, 1);
		WRITE_ONCE(region->nr_zeroed, region->nr_zeroed + 1);
		region->stats.zeroed_pages++;
	}
	lcma_region_unlock(region, flags);
	return wait;
}

/**
 * lcma_zero_idle - zero pages of the pool
 * @region: the region
 * @nr_pages: at most so many
 *
 * Page by page, each under the lock: so they can be handed out at any moment,
 * also where nobody can wait for them. That is a microsecond or two with
 * interrupts off, less than a search may take; but while others come and go they
 * would wait for it again and again, so it stops when somebody uses the pool.
 *
 * Context: process, may sleep.
 * Return: when to call again, in jiffies from now: 0: there is more to do;
 * MAX_SCHEDULE_TIMEOUT: not before something has changed.
 */
unsigned long lcma_zero_idle(struct lcma_region *region, unsigned int nr_pages)
{
	unsigned long wait = 0;

	while (nr_pages-- && !wait) {
		wait = zero_one(region);
		cond_resched();
	}
	return wait;
}
