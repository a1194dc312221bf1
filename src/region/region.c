// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: see region.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "region/region.h"

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fault.h"
#include "page/pageblock.h"

/*
 * All regions. Written while the module loads, before anybody can ask, and
 * while it unloads, when nobody can any more; so reading needs no lock.
 */
static struct lcma_region *regions[LCMA_MAX_REGIONS];
static unsigned int nr_regions;

/* From bytes to pages; what does not fit is more than any region has. */
static unsigned long pages_of(u64 bytes)
{
	return min_t(u64, bytes >> PAGE_SHIFT, LCMA_MAP_MAX_PAGES);
}

/**
 * lcma_region_new - make a region of a carve
 * @spec: what was asked for
 * @carve: what was taken; all of its pages are claimed
 *
 * All pages are in the pool afterwards, the region is not registered.
 *
 * Context: process, may sleep.
 * Return: the region; -ENOMEM.
 */
struct lcma_region *lcma_region_new(const struct lcma_spec *spec,
				    const struct lcma_carve *carve)
{
	const unsigned long nr_pages = carve->nr_pages;
	const unsigned long nr_units = DIV_ROUND_UP(nr_pages, lcma_unit_pages());
	struct lcma_region *region;

	region = lcma_fault(REGION_NEW) ? NULL :
		 kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);
	region->map_memory = lcma_fault(REGION_MAP) ? NULL :
			     kvmalloc(lcma_map_bytes(nr_pages), GFP_KERNEL);
	if (!region->map_memory)
		goto err_free_region;
	region->held = lcma_fault(REGION_HELD) ? NULL :
		       kvcalloc(BITS_TO_LONGS(nr_pages), sizeof(long),
				GFP_KERNEL);
	if (!region->held)
		goto err_free_map;
	region->loose = lcma_fault(REGION_LOOSE) ? NULL :
			kvcalloc(BITS_TO_LONGS(nr_pages), sizeof(long),
				 GFP_KERNEL);
	if (!region->loose)
		goto err_free_held;
	region->loose_heads = lcma_fault(REGION_HEADS) ? NULL :
			      kvcalloc(BITS_TO_LONGS(nr_pages), sizeof(long),
				       GFP_KERNEL);
	if (!region->loose_heads)
		goto err_free_loose;
	region->zeroed = lcma_fault(REGION_ZEROED) ? NULL :
			 kvcalloc(BITS_TO_LONGS(nr_pages), sizeof(long),
				  GFP_KERNEL);
	if (!region->zeroed)
		goto err_free_heads;

	region->sore = lcma_fault(REGION_SORE) ? NULL :
		       kvcalloc(BITS_TO_LONGS(nr_units), sizeof(long),
				GFP_KERNEL);
	if (!region->sore)
		goto err_free_zeroed;
	region->sore_at = lcma_fault(REGION_SORE_AT) ? NULL :
			  kvcalloc(nr_units, sizeof(*region->sore_at),
				   GFP_KERNEL);
	if (!region->sore_at)
		goto err_free_sore;

	strscpy(region->name, spec->name, sizeof(region->name));
	strscpy(region->heap, spec->heap, sizeof(region->heap));
	region->carve = *carve;
	region->unit_pages = lcma_unit_pages();
	region->align_pages = max(1UL, pages_of(spec->align_bytes));
	region->granule_pages = 1UL << spec->order;
	WRITE_ONCE(region->keep_low, pages_of(spec->keep_low_bytes));
	WRITE_ONCE(region->keep_high, pages_of(spec->keep_high_bytes));
	region->is_warm = spec->keep_given;
	region->policy = spec->policy;
	region->decay_ms = LCMA_DECAY_MS;
	region->asked_at = jiffies;
	region->dirty_end = nr_pages;
	lcma_failures_init(&region->failures);
	lcma_map_init(&region->map, region->map_memory, nr_pages, LCMA_POOL);

	spin_lock_init(&region->lock);
	spin_lock_init(&region->claims_lock);
	mutex_init(&region->drain_lock);
	init_waitqueue_head(&region->settled);
	region->buffers = RB_ROOT;
	INIT_LIST_HEAD(&region->claims);
	return region;

err_free_sore:
	kvfree(region->sore);
err_free_zeroed:
	kvfree(region->zeroed);
err_free_heads:
	kvfree(region->loose_heads);
err_free_loose:
	kvfree(region->loose);
err_free_held:
	kvfree(region->held);
err_free_map:
	kvfree(region->map_memory);
err_free_region:
	kfree(region);
	return ERR_PTR(-ENOMEM);
}

/**
 * lcma_region_free - the end of a region
 * @region: a region that nobody can reach any more; its pages have been given
 *	back or written off
 *
 * Context: process, may sleep.
 */
void lcma_region_free(struct lcma_region *region)
{
	lcma_failures_free(&region->failures);
	kvfree(region->sore_at);
	kvfree(region->sore);
	kvfree(region->zeroed);
	kvfree(region->loose_heads);
	kvfree(region->loose);
	kvfree(region->held);
	kvfree(region->map_memory);
	kfree(region);
}

/**
 * lcma_region_register - let a region be found
 * @region: the region
 *
 * Context: while the module loads.
 * Return: 0; -ENOSPC if there are LCMA_MAX_REGIONS already.
 */
int lcma_region_register(struct lcma_region *region)
{
	if (nr_regions == LCMA_MAX_REGIONS || lcma_fault(REGION_REGISTER))
		return -ENOSPC;
	regions[nr_regions++] = region;
	return 0;
}

/**
 * lcma_region_forget_all - no region can be found any more
 *
 * Context: while the module unloads.
 */
void lcma_region_forget_all(void)
{
	nr_regions = 0;
}

/**
 * lcma_region_nth - a region by its place in regions=
 * @i: 0 and up
 *
 * Context: any.
 * Return: the region; NULL behind the last one.
 */
struct lcma_region *lcma_region_nth(unsigned int i)
{
	return i < nr_regions ? regions[i] : NULL;
}

/**
 * lcma_region_find - a region by name
 * @name: the name
 *
 * Context: any.
 * Return: the region, or NULL.
 */
struct lcma_region *lcma_region_find(const char *name)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		if (!strcmp(region->name, name))
			return region;
	return NULL;
}
EXPORT_SYMBOL_NS_GPL(lcma_region_find, LCMA_NS);

/* How many pages of a range are known to be zero. */
static unsigned long count_zeroed(const struct lcma_region *region,
				  unsigned long start, unsigned long nr_pages)
{
	lockdep_assert_held(&region->lock);
	return lcma_batch_weight(region->zeroed, start, nr_pages);
}

/* Accounting of the pool: pages have come. */
static void pool_gains(struct lcma_region *region, unsigned long start,
		       unsigned long nr_pages)
{
	const unsigned long nr_zeroed = count_zeroed(region, start, nr_pages);

	lockdep_assert_held(&region->lock);
	WRITE_ONCE(region->nr_zeroed, region->nr_zeroed + nr_zeroed);
	if (nr_zeroed == nr_pages)
		return;
	if (region->dirty_from >= region->dirty_end) {
		region->dirty_from = start;
		region->dirty_end = start + nr_pages;
		return;
	}
	region->dirty_from = min(region->dirty_from, start);
	region->dirty_end = max(region->dirty_end, start + nr_pages);
}

/* Accounting of the pool: pages have gone. */
static void pool_loses(struct lcma_region *region, unsigned long start,
		       unsigned long nr_pages)
{
	unsigned long nr_zeroed = nr_pages;

	lockdep_assert_held(&region->lock);
	/* Nothing needs to be counted in a pool that is zero throughout. */
	if (!lcma_region_pool_is_zero(region))
		nr_zeroed = count_zeroed(region, start, nr_pages);
	WRITE_ONCE(region->nr_zeroed, region->nr_zeroed - nr_zeroed);
}

/**
 * lcma_region_lock_contended - lcma_region_lock() when others have it
 * @region: the region
 * @flags: for lcma_region_unlock()
 *
 * Context: as for lcma_region_lock().
 */
void lcma_region_lock_contended(struct lcma_region *region,
				unsigned long *flags)
	__acquires(&region->lock)
{
	if (LCMA_TRY_LOCK)
		lcma_contend(&region->lock, &region->next_waits, flags);
	else
		spin_lock_irqsave(&region->lock, *flags);
}

/**
 * lcma_region_move - bring pages from one state into another
 * @region: the region
 * @start: first page
 * @nr_pages: how many, possibly 0, LCMA_HOLD_PAGES at most
 * @from: the state that all of them are in; anything else is a bug of ours
 * @to: the new state
 *
 * Waiters are woken when pages cease to be busy, or become unused.
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_region_move(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages, enum lcma_state from,
		      enum lcma_state to)
{
	lockdep_assert_held(&region->lock);
	if (!nr_pages)
		return;
	if (from == LCMA_POOL)
		pool_loses(region, start, nr_pages);
	else if (to == LCMA_POOL)
		pool_gains(region, start, nr_pages);
	WARN_ON_ONCE(!lcma_map_move(&region->map, start, nr_pages, from, to));
	if (from & LCMA_BUSY && !(to & LCMA_BUSY))
		region->nr_unused++;
	if (from == LCMA_BUSY || !(to & LCMA_BUSY))
		region->is_settled_due = true;
}

/**
 * lcma_region_move_own - bring the caller's own pages into another state
 * @region: the region
 * @start: first page; all pages of the range are the caller's
 * @nr_pages: how many, possibly 0
 * @from: the state that all of them are in
 * @to: the new state
 *
 * A long range is moved in pieces, so that the lock is never held for long.
 *
 * Context: any; takes region->lock.
 */
void lcma_region_move_own(struct lcma_region *region, unsigned long start,
			  unsigned long nr_pages, enum lcma_state from,
			  enum lcma_state to)
{
	unsigned long flags, nr;

	for (; nr_pages; nr_pages -= nr, start += nr) {
		nr = min(nr_pages, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_region_move(region, start, nr, from, to);
		lcma_region_unlock(region, flags);
	}
}

/**
 * lcma_region_stretch - the pages in one state from a page on
 * @region: the region
 * @from: first page
 * @end: exclusive end
 * @stretch: the answer, which may be out of date as soon as it is given,
 *	except for pages that are the caller's own
 *
 * Context: any; takes region->lock.
 * Return: false if @from is not before @end.
 */
bool lcma_region_stretch(struct lcma_region *region, unsigned long from,
			 unsigned long end, struct lcma_stretch *stretch)
{
	unsigned long flags, stop;
	struct lcma_stretch s;

	if (from >= end)
		return false;
	for (stretch->nr_pages = 0; from < end; from = stop) {
		stop = min(end, from + LCMA_HOLD_LOOK_PAGES);
		lcma_region_lock(region, &flags);
		lcma_map_stretch(&region->map, from, stop, &s);
		lcma_region_unlock(region, flags);
		if (!stretch->nr_pages)
			*stretch = s;
		else if (s.state == stretch->state)
			stretch->nr_pages += s.nr_pages;
		if (s.state != stretch->state || from + s.nr_pages < stop)
			break;
	}
	return true;
}

/**
 * lcma_region_count - how many pages are in a state
 * @region: the region
 * @state: the state
 *
 * Context: any; takes region->lock.
 * Return: pages.
 */
unsigned long lcma_region_count(struct lcma_region *region,
				enum lcma_state state)
{
	unsigned long flags, nr_pages;

	lcma_region_lock(region, &flags);
	nr_pages = region->map.nr_in[state];
	lcma_region_unlock(region, flags);
	return nr_pages;
}

/**
 * lcma_life_word - whether a region serves, as a word
 * @life: the answer
 *
 * Return: a constant string.
 */
const char *lcma_life_word(enum lcma_life life)
{
	static const char * const words[] = {
		[LCMA_LIVE] = "live",
		[LCMA_DRAINING] = "draining",
		[LCMA_DRAINED] = "drained",
	};

	return words[life];
}
