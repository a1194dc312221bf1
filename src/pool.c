// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: see pool.h. Whether a region is private, classic or in between is
 * decided here, by one number: how many idle pages it keeps.
 */
#include "pool.h"

#include <linux/lockdep.h>

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

/* Pages that the pool may still take in. */
static unsigned long pool_room(const struct lcma_region *region)
{
	const unsigned long nr_pool = region->map.nr_in[LCMA_POOL];

	return region->keep_high > nr_pool ? region->keep_high - nr_pool : 0;
}

/**
 * lcma_pool_give - give up claimed pages
 * @region: the region
 * @start: first page; every page of the range is claimed and the caller's
 * @nr_pages: how many
 * @from: the state they are in: used, or busy after a claim
 *
 * The pool keeps what it may keep; the rest goes back to the buddy allocator.
 *
 * Context: process, may sleep, unless keep is the whole region.
 */
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from)
{
	unsigned long keep, back, flags;

	spin_lock_irqsave(&region->lock, flags);
	keep = min(nr_pages, pool_room(region));
	back = nr_pages - keep;
	lcma_region_move(region, start, keep, from, LCMA_POOL);
	if (from != LCMA_BUSY)
		lcma_region_move(region, start + keep, back, from, LCMA_BUSY);
	spin_unlock_irqrestore(&region->lock, flags);

	if (!back)
		return;
	lcma_unclaim(region, start + keep, back);
	spin_lock_irqsave(&region->lock, flags);
	lcma_region_move(region, start + keep, back, LCMA_BUSY, LCMA_SHARED);
	spin_unlock_irqrestore(&region->lock, flags);
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
	unsigned long flags;

	while (take_surplus(region, &surplus)) {
		lcma_unclaim(region, surplus.start, surplus.nr_pages);
		spin_lock_irqsave(&region->lock, flags);
		lcma_region_move(region, surplus.start, surplus.nr_pages,
				 LCMA_BUSY, LCMA_SHARED);
		spin_unlock_irqrestore(&region->lock, flags);
	}
}
