// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zeroing: see zero.h.
 */
#include "region/zero.h"

#include <linux/cacheflush.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "page/cache.h"
#include "region/poison.h"

/* Pages zeroed between two looks at the clock and at signals. */
#define ZERO_BATCH	64UL

/* Neighbours that are cleaned in one hold of the lock, in the background. */
#define CLEAN_BATCH	4UL

/*
 * Through the one mapping of memory without pages. Registers take neither unaligned
 * accesses nor an instruction that zeroes a cache line.
 */
static void clear_frames(struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages)
{
	const struct lcma_carve *carve = &region->carve;
	void *at = carve->vaddr + (start << PAGE_SHIFT);

	if (carve->cache == LCMA_CACHE_UNCACHED)
		memset_io((__force void __iomem *)at, 0, nr_pages << PAGE_SHIFT);
	else
		memset(at, 0, nr_pages << PAGE_SHIFT);
	wmb();	/* before a device is told of it */
}

/*
 * They are zero in memory afterwards, not only in a cache. @is_cached: in a cache they
 * are already.
 */
static void clear_run(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages, bool is_cached)
{
	const unsigned long first_pfn = lcma_region_pfn(region, start);
	unsigned long pfn;

	if (!region->carve.has_pages) {
		clear_frames(region, start, nr_pages);
		return;
	}
	for (pfn = first_pfn; !is_cached && pfn < first_pfn + nr_pages; pfn++) {
		clear_highpage(pfn_to_page(pfn));
		/* Others read it through other mappings. */
		flush_dcache_page(pfn_to_page(pfn));
	}
	lcma_cache_clean(first_pfn, nr_pages);
}

/* The first pages from *start on that are not zero, and are alike. Return: how many. */
static unsigned long next_dirty(struct lcma_region *region,
				unsigned long *start, unsigned long end,
				bool *is_cached)
{
	unsigned long flags, nr_pages, look_end;

	do {
		look_end = min(end, *start + LCMA_HOLD_LOOK_PAGES);
		/* The words also hold the bits of others. */
		lcma_region_lock(region, &flags);
		nr_pages = lcma_zeroed_dirty(&region->zeroed, start, look_end,
					     is_cached);
		lcma_region_unlock(region, flags);
	} while (*start == look_end && look_end < end);
	return nr_pages;
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
 * lcma_zero_fill - zero a run before its owner gets it
 * @region: the region
 * @start: first page; all pages of the run are used, and have no owner yet
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
	bool is_cached = false;
	unsigned long nr, stop;
	int err = 0;

	while (!err && (nr = next_dirty(region, &start, end, &is_cached))) {
		for (stop = start + nr; !err && start < stop; start += nr) {
			nr = may_sleep ? min(stop - start, ZERO_BATCH) : stop - start;
			clear_run(region, start, nr, is_cached);
			err = may_sleep ? take_breath(deadline) : 0;
		}
	}
	return err;
}

static void touch_run(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	unsigned long pfn = lcma_region_pfn(region, start);

	if (!region->carve.has_pages) {
		for (; nr_pages--; start++)
			WRITE_ONCE(*(u32 *)(region->carve.vaddr +
					    (start << PAGE_SHIFT)), 0);
		return;
	}
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
 * @start: first page; all pages of the run are used, zero, and have no owner yet
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

/*
 * Under the lock: a page of the pool becomes zero, or some neighbours that are zero in
 * a cache already. Return: how many.
 */
static unsigned long zero_from(struct lcma_region *region, unsigned long page)
{
	const bool is_cached = lcma_zeroed_is_cached(&region->zeroed, page);
	const unsigned long most = is_cached ? CLEAN_BATCH : 1;
	const unsigned long end = min(region->map.nr_pages, page + most);
	unsigned long nr = 1, i;

	lockdep_assert_held(&region->lock);
	while (page + nr < end &&
	       lcma_map_state(&region->map, page + nr) == LCMA_POOL &&
	       lcma_zeroed_is_cached(&region->zeroed, page + nr) &&
	       !lcma_poison_has(region, page + nr))
		nr++;
	clear_run(region, page, nr, is_cached);
	for (i = 0; i < nr; i++)
		lcma_zeroed_clean(&region->zeroed, page + i);
	lcma_stats_add(&region->stats.zeroed_pages, nr);
	return nr;
}

/* Some pages. Return: when the next ones are due, as for lcma_zero_idle(). */
static unsigned long zero_some(struct lcma_region *region, unsigned int *nr_pages)
{
	unsigned long page = LCMA_NO_PAGE, wait = MAX_SCHEDULE_TIMEOUT;
	unsigned long flags, nr = 1;

	lcma_region_lock(region, &flags);
	if (region->life == LCMA_LIVE &&
	    lcma_zeroed_is_due(&region->zeroed, lcma_region_kept_pool(region)))
		wait = lcma_region_until_idle(region, LCMA_QUIET_TIME);
	if (!wait)
		page = lcma_zeroed_next(&region->zeroed, &region->map);
	if (page != LCMA_NO_PAGE && lcma_poison_has(region, page))
		lcma_poison_retire(region, page, LCMA_POOL);
	else if (page != LCMA_NO_PAGE)
		nr = zero_from(region, page);
	lcma_region_unlock(region, flags);
	*nr_pages -= min_t(unsigned int, *nr_pages, nr);
	return wait;
}

/**
 * lcma_zero_idle - zero pages of the pool
 * @region: the region
 * @nr_pages: at most so many
 *
 * As many as the pool has in any case, and as many as were reused (zeroed.h).
 *
 * Page by page, each under the lock: so they can be handed out at any moment,
 * also where no caller can wait for them. That is a microsecond or two with
 * interrupts off, less than a search may take; but while others come and go they
 * would wait for it again and again, so it stops when the pool is used. What only
 * needs to be cleaned is done four pages at a time.
 *
 * Context: process, may sleep.
 * Return: when to call again, in jiffies from now: 0: there is more to do;
 * MAX_SCHEDULE_TIMEOUT: not before something has changed.
 */
unsigned long lcma_zero_idle(struct lcma_region *region, unsigned int nr_pages)
{
	unsigned long wait = 0;

	while (nr_pages && !wait) {
		wait = zero_some(region, &nr_pages);
		cond_resched();
	}
	return wait;
}
