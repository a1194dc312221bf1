// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loose pages: see loose.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "buffer/loose.h"

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "core/batch.h"
#include "region/region.h"
#include "supply/pool.h"
#include "supply/quarantine.h"

/* A run becomes a driver's. The first page goes first: see take_head(). */
static void hand_out(const struct lcma_run *run, unsigned long count)
{
	const unsigned long end = run->start + count;
	struct lcma_region *region = run->region;
	unsigned long at, flags, nr;

	for (at = run->start; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		if (at == run->start)
			lcma_loose_hand_out(&region->loose, at, nr);
		else
			bitmap_set(region->loose.pages, at, nr);
		lcma_region_unlock(region, flags);
	}
}

/**
 * lcma_loose_alloc - allocate pages without a buffer
 * @request: what is wanted; with LCMA_ZERO the pages are zeroed
 *
 * Context: as lcma_alloc().
 * Return: the first page; ERR_PTR of what lcma_alloc_zeroed() returns.
 */
struct page *lcma_loose_alloc(struct lcma_request *request)
{
	struct lcma_run run __uninitialized;
	int err;

	request->flags |= LCMA_LOOSE;
	err = request->flags & LCMA_ZERO ? lcma_alloc_zeroed(request, &run) :
					   lcma_alloc(request, &run);
	if (err)
		return ERR_PTR(err);
	if (!run.is_handed_out)
		hand_out(&run, request->nr_pages);
	return pfn_to_page(lcma_region_pfn(run.region, run.start));
}

/*
 * The first page leaves its driver. A free begins at a first page, so the caller
 * that took it may look at the others, and take them, piece by piece.
 * Return: false: no driver's pages begin here.
 */
static bool take_head(struct lcma_region *region, unsigned long start)
{
	unsigned long flags;
	bool taken;

	lcma_region_lock(region, &flags);
	taken = test_bit(start, region->loose.heads) &&
		__test_and_clear_bit(start, region->loose.pages);
	lcma_region_unlock(region, flags);
	return taken;
}

static void leave_head(struct lcma_region *region, unsigned long start)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	__set_bit(start, region->loose.pages);
	lcma_region_unlock(region, flags);
}

/*
 * How many pages the driver asked for whose first page was taken. The count ends at
 * @max + 1: a larger one is as wrong as any other.
 */
static unsigned long count_loose(struct lcma_region *region,
				 unsigned long start, unsigned long max)
{
	const unsigned long limit = min(region->carve.nr_pages - start, max + 1);
	const unsigned long end = start + limit;
	unsigned long at, stop, found, flags;

	for (at = start + 1; at < end; at = stop) {
		stop = min(end, at + LCMA_HOLD_LOOK_PAGES);
		lcma_region_lock(region, &flags);
		found = find_next_zero_bit(region->loose.pages, stop, at);
		found = find_next_bit(region->loose.heads, found, at);
		lcma_region_unlock(region, flags);
		if (found < stop)
			return found - start;
	}
	return limit;
}

/* The pages leave their driver, busy; the mark of the first one goes last. */
static void take_back(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	unsigned long at, flags, nr;

	for (at = start; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		bitmap_clear(region->loose.pages, at, nr);
		lcma_region_move(region, at, nr, LCMA_USED, LCMA_BUSY);
		if (at + nr == end) {
			__clear_bit(start, region->loose.heads);
			lcma_stats_add(&region->stats.frees, 1);
		}
		lcma_region_unlock(region, flags);
	}
}

static void complain(struct lcma_region *region, unsigned long pfn,
		     unsigned long count, unsigned long nr_loose, void *caller)
{
	if (nr_loose)
		pr_warn_ratelimited("region %s: %ps frees %lu pages from pfn 0x%lx, where %s%lu were allocated: nothing is freed\n",
				    region->name, caller, count, pfn,
				    nr_loose > count ? "more than " : "",
				    nr_loose > count ? count : nr_loose);
	else
		pr_warn_ratelimited("region %s: %ps frees %lu pages from pfn 0x%lx, where no driver's pages begin: nothing is freed\n",
				    region->name, caller, count, pfn);
}

static bool is_in(const struct lcma_region *region, unsigned long pfn)
{
	return pfn - region->carve.base_pfn < region->carve.nr_pages;
}

static bool free_in(struct lcma_region *region, unsigned long pfn,
		    unsigned long count, void *caller)
{
	const unsigned long start = pfn - region->carve.base_pfn;
	unsigned long nr_loose = 0, nr_pages;

	if (!is_in(region, pfn))
		return false;
	if (take_head(region, start)) {
		/* No driver has more than the region. */
		count = min(count, region->carve.nr_pages + 1);
		nr_loose = count_loose(region, start, count);
		if (nr_loose != count)
			leave_head(region, start);
	}
	if (!nr_loose || nr_loose != count) {
		complain(region, pfn, count, nr_loose, caller);
		return false;
	}
	nr_pages = ALIGN(count, region->granule_pages);
	take_back(region, start, nr_pages);
	lcma_retire(region, start, nr_pages, LCMA_BUSY, LCMA_GIVE_LATER);
	return true;
}

/**
 * lcma_loose_free - free what a driver got without a buffer
 * @region: where; NULL: in whatever region it is
 * @pages: the first page; NULL frees nothing
 * @count: how many pages the driver asked for
 * @caller: the driver's code, for the log
 *
 * Context: any but hard interrupts.
 * Return: false, and nothing is freed, unless the range is exactly one that a
 * driver got, and has not given back.
 */
bool lcma_loose_free(struct lcma_region *region, struct page *pages,
		     unsigned long count, void *caller)
{
	unsigned long pfn;
	unsigned int i;

	if (!pages)
		return false;
	pfn = page_to_pfn(pages);
	if (region)
		return free_in(region, pfn, count, caller);
	lcma_for_each_region(region, i)
		if (is_in(region, pfn))
			return free_in(region, pfn, count, caller);
	return false;
}
