// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quarantine: see quarantine.h.
 *
 * A page that comes back with a reference count other than one may still be
 * read or written by its holder; one with a memory error (poison.h) must not
 * be. It stays used, is counted and listed,
 * and is tried again once a second; it is never pooled and never freed before
 * the other holder has let go.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "supply/quarantine.h"

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/workqueue.h>

#include "region/poison.h"
#include "region/region.h"
#include "supply/pool.h"

#define RETRY_INTERVAL	HZ

static bool page_is_free_of_others(struct lcma_region *region,
				   unsigned long page)
{
	if (!region->carve.has_pages)
		return true;
	return page_ref_count(pfn_to_page(lcma_region_pfn(region, page))) == 1 &&
	       !lcma_poison_has(region, page);
}

/* The end of the run of pages, all held or all not, that begins at @page. */
static unsigned long same_end(struct lcma_region *region, unsigned long page,
			      unsigned long end, bool ours)
{
	while (page < end && page_is_free_of_others(region, page) == ours)
		page++;
	return page;
}

static void look_again(struct lcma_region *region)
{
	schedule_delayed_work(&region->quarantine.retry_work, RETRY_INTERVAL);
}

static void hold(struct lcma_region *region, unsigned long start,
		 unsigned long nr_pages, enum lcma_state from)
{
	unsigned long flags;

	/* One by one: each is named. */
	if (lcma_poison_has(region, start)) {
		lcma_region_lock(region, &flags);
		lcma_poison_retire(region, start, from);
		lcma_region_unlock(region, flags);
		look_again(region);
		return;
	}
	lcma_region_lock(region, &flags);
	if (from != LCMA_USED)
		lcma_region_move(region, start, nr_pages, from, LCMA_USED);
	lcma_quarantine_enter(&region->quarantine, start, nr_pages);
	lcma_region_unlock(region, flags);

	pr_warn_ratelimited("region %s: %lu pages from pfn 0x%lx are still held (%d references); they are quarantined\n",
			    region->name, nr_pages,
			    lcma_region_pfn(region, start),
			    page_ref_count(pfn_to_page(lcma_region_pfn(region, start))));
	look_again(region);
}

/**
 * lcma_retire - take back the pages of a buffer that is gone
 * @region: the region
 * @start: first page; all pages of the range are claimed, and the caller's
 * @nr_pages: how many
 * @from: the state they are in: used, or busy
 * @give_flags: LCMA_GIVE_*
 *
 * What has no other holder goes to the pool or to the buddy allocator, the rest
 * into quarantine.
 *
 * The look at the pages is not under region->lock, and need not be: they are the
 * caller's, so nothing else in lcma takes or gives them. A holder that lets go
 * after the look is found by the next retry. A page without a holder gets none: to
 * take a reference, one must have the page, and only the caller had it.
 *
 * Context: process, may sleep; any with LCMA_GIVE_LATER.
 */
void lcma_retire(struct lcma_region *region, unsigned long start,
		 unsigned long nr_pages, enum lcma_state from,
		 unsigned int give_flags)
{
	const unsigned long end = start + nr_pages;
	unsigned long flags, stop;

	for (; start < end; start = stop) {
		/* No more than one hold of the lock can move. */
		stop = min(end, start + LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_zeroed_note(&region->zeroed, start, stop - start,
				 LCMA_ZERO_UNKNOWN);
		lcma_region_unlock(region, flags);
		stop = same_end(region, start, stop, true);
		if (stop > start) {
			lcma_pool_give(region, start, stop - start, from,
				       give_flags);
			continue;
		}
		stop = same_end(region, start,
				min(end, start + LCMA_HOLD_PAGES), false);
		stop = lcma_poison_has(region, start) ? start + 1 :
		       lcma_poison_next(region, start, stop);
		hold(region, start, stop - start, from);
	}
}

/**
 * lcma_quarantine_next - the next quarantined page
 * @region: the region
 * @from: first page to look at
 *
 * Context: any; takes region->lock.
 * Return: a page, or LCMA_NO_PAGE.
 */
unsigned long lcma_quarantine_next(struct lcma_region *region,
				   unsigned long from)
{
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned long page, flags, end;

	for (; READ_ONCE(region->quarantine.nr) && from < nr_pages; from = end) {
		end = min(nr_pages, from + LCMA_HOLD_LOOK_PAGES);
		lcma_region_lock(region, &flags);
		page = find_next_bit(region->quarantine.pages, end, from);
		lcma_region_unlock(region, flags);
		if (page < end)
			return page;
	}
	return LCMA_NO_PAGE;
}

/*
 * Take a page out of quarantine if it is there and has no other holder. Both are
 * looked at under the lock that takes it: between a look and a later take, another
 * retry could release the page, a new owner could be given it, pin it and free it,
 * and it would be here again, with the other holder.
 */
static bool release_held(struct lcma_region *region, unsigned long page)
{
	unsigned long flags;
	bool released;

	lcma_region_lock(region, &flags);
	released = test_bit(page, region->quarantine.pages) &&
		   page_is_free_of_others(region, page);
	if (released)
		lcma_quarantine_leave(&region->quarantine, page);
	lcma_region_unlock(region, flags);
	return released;
}

/**
 * lcma_quarantine_retry - take back what has been let go meanwhile
 * @region: the region
 *
 * Context: process, may sleep.
 */
void lcma_quarantine_retry(struct lcma_region *region)
{
	unsigned long page = 0;

	while ((page = lcma_quarantine_next(region, page)) != LCMA_NO_PAGE) {
		if (release_held(region, page))
			lcma_pool_give(region, page, 1, LCMA_USED, 0);
		page++;
	}
}

static void retry_held(struct work_struct *work)
{
	struct lcma_region *region = container_of(to_delayed_work(work),
						  struct lcma_region,
						  quarantine.retry_work);

	lcma_quarantine_retry(region);
	if (lcma_quarantine_next(region, 0) != LCMA_NO_PAGE)
		look_again(region);
}

/**
 * lcma_quarantine_start - let quarantined pages be looked at again
 * @region: a new region
 *
 * Context: process.
 */
void lcma_quarantine_start(struct lcma_region *region)
{
	INIT_DELAYED_WORK(&region->quarantine.retry_work, retry_held);
}

/**
 * lcma_quarantine_stop - no more retries
 * @region: a region without buffers
 *
 * Context: process, may sleep.
 */
void lcma_quarantine_stop(struct lcma_region *region)
{
	cancel_delayed_work_sync(&region->quarantine.retry_work);
}
