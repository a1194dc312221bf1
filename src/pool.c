// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: see pool.h. Whether a region is private, classic or in between is
 * decided here, by one number: how many idle pages it keeps.
 */
#include "pool.h"

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "claim.h"

/*
 * Badly aligned runs that a search of the pool looks at before it gives up: it
 * runs with interrupts off. A caller who may sleep finds the rest by placement.
 */
#define POOL_SEARCH_BUDGET	256

/**
 * lcma_pool_take - hand out a run of the pool
 * @region: the region
 * @fit: length and alignment
 *
 * Context: any; the caller holds region->lock.
 * Return: the first page of the run, which is used now; LCMA_NO_PAGE if the
 * pool has none.
 */
unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit)
{
	unsigned int budget = POOL_SEARCH_BUDGET;
	unsigned long start;

	lockdep_assert_held(&region->lock);
	start = lcma_map_find(&region->map, LCMA_KIND_POOL, fit, 0, &budget);
	if (start != LCMA_NO_PAGE)
		lcma_region_move(region, start, fit->nr_pages, LCMA_POOL,
				 LCMA_USED);
	return start;
}

/* Under the lock: pages that the pool may still take in. */
static unsigned long pool_room(const struct lcma_region *region)
{
	const unsigned long nr_pool = region->map.nr_in[LCMA_POOL];

	lockdep_assert_held(&region->lock);
	return region->keep_high > nr_pool ? region->keep_high - nr_pool : 0;
}

/* Busy pages, claimed, to the buddy allocator. */
static void give_back(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	unsigned long flags;

	lcma_unclaim(region, start, nr_pages);
	spin_lock_irqsave(&region->lock, flags);
	lcma_region_move(region, start, nr_pages, LCMA_BUSY, LCMA_SHARED);
	spin_unlock_irqrestore(&region->lock, flags);
}

/* Pages that leave are ours: the first one can hold the note about them. */
static void give_back_later(struct lcma_region *region, unsigned long start,
			    unsigned long nr_pages)
{
	struct page *first = pfn_to_page(lcma_region_pfn(region, start));
	unsigned long flags;

	set_page_private(first, nr_pages);
	spin_lock_irqsave(&region->lock, flags);
	list_add_tail(&first->lru, &region->leaving);
	spin_unlock_irqrestore(&region->lock, flags);
	schedule_work(&region->leaving_work);
}

static struct page *next_leaving(struct lcma_region *region)
{
	struct page *first;
	unsigned long flags;

	spin_lock_irqsave(&region->lock, flags);
	first = list_first_entry_or_null(&region->leaving, struct page, lru);
	if (first)
		list_del(&first->lru);
	spin_unlock_irqrestore(&region->lock, flags);
	return first;
}

static void give_back_leaving(struct work_struct *work)
{
	struct lcma_region *region = container_of(work, struct lcma_region,
						  leaving_work);
	unsigned long nr_pages;
	struct page *first;

	while ((first = next_leaving(region))) {
		nr_pages = page_private(first);
		set_page_private(first, 0);
		give_back(region, page_to_pfn(first) - region->carve.base_pfn,
			  nr_pages);
	}
}

/**
 * lcma_pool_init - the pool of a new region
 * @region: the region
 */
void lcma_pool_init(struct lcma_region *region)
{
	INIT_LIST_HEAD(&region->leaving);
	INIT_WORK(&region->leaving_work, give_back_leaving);
}

/**
 * lcma_pool_stop - nothing leaves any more
 * @region: a region in which nothing is used
 *
 * Context: process, may sleep.
 */
void lcma_pool_stop(struct lcma_region *region)
{
	flush_work(&region->leaving_work);
}

/**
 * lcma_pool_give - give up claimed pages
 * @region: the region
 * @start: first page; every page of the range is claimed and the caller's
 * @nr_pages: how many
 * @from: the state they are in: used, or busy after a claim
 * @give_flags: LCMA_GIVE_*
 *
 * The pool keeps what it may keep; the rest goes back to the buddy allocator.
 *
 * Context: process, may sleep; any with LCMA_GIVE_LATER.
 */
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from,
		    unsigned int give_flags)
{
	unsigned long keep, back, flags;

	spin_lock_irqsave(&region->lock, flags);
	keep = min(nr_pages, pool_room(region));
	back = nr_pages - keep;
	lcma_region_move(region, start, keep, from, LCMA_POOL);
	if (from != LCMA_BUSY)
		lcma_region_move(region, start + keep, back, from, LCMA_BUSY);
	spin_unlock_irqrestore(&region->lock, flags);

	if (back && give_flags & LCMA_GIVE_LATER)
		give_back_later(region, start + keep, back);
	else if (back)
		give_back(region, start + keep, back);
}

/* The first stretch of the pool, no longer than the surplus; busy now. */
static bool take_surplus(struct lcma_region *region,
			 struct lcma_stretch *surplus)
{
	const struct lcma_fit one = { .nr_pages = 1 };
	struct lcma_map *map = &region->map;
	unsigned long start, over, flags;
	bool found = false;

	spin_lock_irqsave(&region->lock, flags);
	if (map->nr_in[LCMA_POOL] > region->keep_high) {
		over = map->nr_in[LCMA_POOL] - region->keep_high;
		start = lcma_map_find(map, LCMA_KIND_POOL, &one, 0, NULL);
		lcma_map_stretch(map, start, map->nr_pages, surplus);
		surplus->nr_pages = min(surplus->nr_pages, over);
		lcma_region_move(region, surplus->start, surplus->nr_pages,
				 LCMA_POOL, LCMA_BUSY);
		found = true;
	}
	spin_unlock_irqrestore(&region->lock, flags);
	return found;
}

/**
 * lcma_pool_trim - give back what the pool holds above its limit
 * @region: the region
 *
 * Context: process, may sleep.
 */
void lcma_pool_trim(struct lcma_region *region)
{
	struct lcma_stretch surplus;

	while (take_surplus(region, &surplus))
		give_back(region, surplus.start, surplus.nr_pages);
}
