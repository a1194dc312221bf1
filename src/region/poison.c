// SPDX-License-Identifier: GPL-2.0-only
/*
 * Poison: see poison.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "region/poison.h"

#include <linux/bitmap.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched.h>

/**
 * lcma_poison_next - the first poisoned page of a range
 * @region: the region
 * @start: first page; all pages of the range are claimed
 * @end: exclusive end
 *
 * Each page is looked at.
 *
 * Context: any.
 * Return: the page, or @end.
 */
unsigned long lcma_poison_next(const struct lcma_region *region,
			       unsigned long start, unsigned long end)
{
	unsigned long pfn = lcma_region_pfn(region, start);

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE) || !region->carve.has_pages)
		return end;
	while (start < end && !PageHWPoison(pfn_to_page(pfn))) {
		start++;
		pfn++;
	}
	return start;
}

/**
 * lcma_poison_find - the first poisoned page of a range, however long
 * @region: the region
 * @start: first page, in any state: the answer for one that is shared may be out of
 *	date as soon as it is given
 * @end: exclusive end
 *
 * Context: process, may sleep.
 * Return: the page, or @end.
 */
unsigned long lcma_poison_find(const struct lcma_region *region,
			       unsigned long start, unsigned long end)
{
	unsigned long page, stop;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return end;
	for (; start < end; start = stop) {
		stop = min(end, start + LCMA_HOLD_LOOK_PAGES);
		page = lcma_poison_next(region, start, stop);
		if (page < stop)
			return page;
		cond_resched();
	}
	return end;
}

/**
 * lcma_poison_note - pages have come to the region
 * @region: the region
 * @start: first page; all pages of the range are claimed
 * @nr_pages: how many
 *
 * The kernel may have marked one long ago, so each is looked at. lcma_poison_known()
 * finds it from now on.
 *
 * Context: process, may sleep.
 */
void lcma_poison_note(const struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;

	for (; start < end; start++) {
		start = lcma_poison_find(region, start, end);
		if (start < end)
			lcma_watch_suspect(lcma_region_pfn(region, start));
	}
}

/**
 * lcma_poison_retire - take a poisoned page out of use for good
 * @region: the region
 * @page: the page; it is the caller's, or in the pool
 * @from: the state it is in: used, busy or pool; it is used afterwards
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_poison_retire(struct lcma_region *region, unsigned long page,
			enum lcma_state from)
{
	lockdep_assert_held(&region->lock);
	if (from != LCMA_USED)
		lcma_region_move(region, page, 1, from, LCMA_USED);
	if (test_bit(page, region->quarantine.pages))
		return;
	lcma_quarantine_enter(&region->quarantine, page, 1);
	pr_warn("region %s: pfn 0x%lx has a memory error, it is retired\n",
		region->name, lcma_region_pfn(region, page));
}

/**
 * lcma_poison_count - how many pages are retired?
 * @region: the region
 *
 * Context: process, may sleep; takes region->lock.
 * Return: pages.
 */
unsigned long lcma_poison_count(struct lcma_region *region)
{
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned long flags, page, nr = 0;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return 0;
	for (page = 0; READ_ONCE(region->quarantine.nr) && page < nr_pages;
	     page++) {
		const unsigned long end = min(nr_pages,
					      page + LCMA_HOLD_LOOK_PAGES);

		lcma_region_lock(region, &flags);
		page = find_next_bit(region->quarantine.pages, end, page);
		lcma_region_unlock(region, flags);
		if (page < end)
			nr += lcma_poison_has(region, page);
		else
			page = end - 1;
	}
	return nr;
}
