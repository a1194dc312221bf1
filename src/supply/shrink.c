// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shrinker: see shrink.h.
 *
 * What a pool holds above its low mark goes back, and for a while nothing above
 * it is kept (surplus.c). The shrinker takes the region's spinlocks and nothing
 * else; it never waits for an allocation. One may be what called it: a claim
 * migrates, migration allocates, and that reclaims; then it does nothing.
 */
#include "supply/shrink.h"

#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat/shrinker.h"
#include "fault.h"
#include "region/region.h"
#include "supply/surplus.h"
#include "supply/turns.h"

/* Loading can no longer fail, so pages may be shared. */
static bool may_share;

/* Pages in one call: half a megabyte, well under a millisecond. */
#define SHRINK_BATCH	128

/*
 * Would pages of the region help the caller that reclaims? They serve movable
 * allocations only, and only those that may use their zone. kswapd works for
 * all.
 */
static bool helps(const struct lcma_region *region,
		  const struct shrink_control *control)
{
	struct page *first;

	if (!region->carve.shareable)
		return false;
	first = pfn_to_page(region->carve.base_pfn);
	if (page_to_nid(first) != control->nid)
		return false;
	if (current->flags & PF_KSWAPD)
		return true;
	return control->gfp_mask & __GFP_MOVABLE &&
	       page_zonenum(first) <= gfp_zone(control->gfp_mask);
}

static unsigned long count_idle(struct shrinker *shrinker,
				struct shrink_control *control)
{
	struct lcma_region *region;
	unsigned long nr_pages = 0;
	unsigned int i;

	if (!READ_ONCE(may_share))
		return SHRINK_EMPTY;
	lcma_for_each_region(region, i)
		if (helps(region, control))
			nr_pages += lcma_surplus_idle(region);
	return nr_pages ?: SHRINK_EMPTY;
}

static unsigned long give_idle(struct shrinker *shrinker,
			       struct shrink_control *control)
{
	unsigned long nr_given = 0;
	struct lcma_region *region;
	unsigned int i;

	if (!READ_ONCE(may_share) || lcma_turns_is_claiming())
		return SHRINK_STOP;
	lcma_for_each_region(region, i) {
		if (nr_given >= control->nr_to_scan)
			break;
		if (helps(region, control))
			nr_given += lcma_surplus_shrink(region,
						     control->nr_to_scan - nr_given);
	}
	return nr_given ?: SHRINK_STOP;
}

static struct lcma_compat_shrinker shrinker = {
	.count = count_idle,
	.scan = give_idle,
	.batch = SHRINK_BATCH,
};

/**
 * lcma_shrink_init - let the system ask for idle pages
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; -ENOMEM.
 */
int lcma_shrink_init(void)
{
	return lcma_fault(SHRINK_REGISTER) ?:
	       lcma_compat_shrinker_add(&shrinker);
}

/**
 * lcma_shrink_start - give it what it asks for from now on
 *
 * Context: the last step of loading, see lcma_attach_share().
 */
void lcma_shrink_start(void)
{
	WRITE_ONCE(may_share, true);
}

/**
 * lcma_shrink_exit - stop the system from asking
 *
 * Waits for callers that are asking.
 *
 * Context: while the module unloads, before the regions go; may sleep.
 */
void lcma_shrink_exit(void)
{
	lcma_compat_shrinker_remove(&shrinker);
}
