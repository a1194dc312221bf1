// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: see region.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "region/region.h"

#include <linux/align.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fault.h"
#include "page/pageblock.h"
#include "trace.h"

/*
 * All regions. One is only ever added, one at a time, and then counted; they are
 * forgotten while the module unloads, when no caller can ask. So reading needs no lock.
 */
static struct lcma_region *regions[LCMA_MAX_REGIONS];
static unsigned int nr_regions;

/* From bytes to pages; what does not fit is more than any region has. */
static unsigned long pages_of(u64 bytes)
{
	return min_t(u64, bytes >> PAGE_SHIFT, LCMA_MAP_MAX_PAGES);
}

/* The parts that need memory for each page or unit. */
enum share { MAP, ZEROED, BACKOFF, QUARANTINE, LOOSE, NR_SHARES };

/* Their memory is one piece; each share of it is aligned to a long. */
static int init_shares(struct lcma_region *region)
{
	const unsigned long nr_pages = region->carve.nr_pages;
	const unsigned long unit_pages = region->unit_pages;
	const size_t bytes[NR_SHARES] = {
		[MAP] = lcma_map_bytes(nr_pages),
		[ZEROED] = lcma_zeroed_bytes(nr_pages),
		[BACKOFF] = lcma_backoff_bytes(nr_pages, unit_pages),
		[QUARANTINE] = lcma_quarantine_bytes(nr_pages),
		[LOOSE] = lcma_loose_bytes(nr_pages),
	};
	size_t at[NR_SHARES], end = 0;
	enum share share;
	void *mem;

	for (share = 0; share < NR_SHARES; share++) {
		at[share] = end;
		end += ALIGN(bytes[share], sizeof(long));
	}
	mem = lcma_fault(REGION_PARTS) ? NULL : kvzalloc(end, GFP_KERNEL);
	if (!mem)
		return -ENOMEM;
	region->parts_memory = mem;
	region->parts_bytes = end;
	lcma_map_init(&region->map, mem + at[MAP], nr_pages, LCMA_POOL);
	lcma_zeroed_init(&region->zeroed, mem + at[ZEROED], nr_pages);
	lcma_backoff_init(&region->backoff, mem + at[BACKOFF], nr_pages,
			  unit_pages, msecs_to_jiffies(LCMA_BACKOFF_MS));
	lcma_quarantine_init(&region->quarantine, mem + at[QUARANTINE]);
	lcma_loose_init(&region->loose, mem + at[LOOSE], nr_pages);
	return 0;
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
	struct lcma_wedges wedges = {
		.unit_pages = lcma_unit_pages(),
		.offset = carve->base_pfn,
	};
	struct lcma_region *region;

	region = lcma_fault(REGION_NEW) ? NULL :
		 kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);
	strscpy(region->name, spec->name, sizeof(region->name));
	strscpy(region->heap, spec->heap, sizeof(region->heap));
	region->spec = *spec;
	region->carve = *carve;
	region->is_carved = true;
	region->unit_pages = lcma_unit_pages();
	region->align_pages = max(1UL, pages_of(spec->align_bytes));
	region->granule_pages = 1UL << spec->order;
	region->policy = spec->policy;
	spin_lock_init(&region->lock);
	mutex_init(&region->drain_lock);

	if (init_shares(region)) {
		kfree(region);
		return ERR_PTR(-ENOMEM);
	}
	wedges.nr = lcma_wedges_in(&wedges, 0, carve->nr_pages);
	lcma_pool_init(&region->pool, pages_of(spec->keep_low_bytes),
		       pages_of(spec->keep_high_bytes), spec->keep_given,
		       spec->is_wedged, &wedges);
	lcma_prepares_init(&region->prepares);
	lcma_turns_init(&region->turns);
	lcma_settling_init(&region->settling);
	lcma_buffers_init(&region->buffers);
	lcma_failures_init(&region->failures);
	lcma_failures_init(&region->slow);
	return region;
}

/**
 * lcma_region_free - the end of a region
 * @region: a region that cannot be reached any longer; its pages have been given
 *	back or written off
 *
 * Context: process, may sleep.
 */
void lcma_region_free(struct lcma_region *region)
{
	lcma_failures_free(&region->failures);
	lcma_failures_free(&region->slow);
	kvfree(region->parts_memory);
	kfree(region);
}

/**
 * lcma_region_has_room - can one more region be registered?
 *
 * Context: process; the caller lets one region arrive at a time.
 * Return: 0; -ENOSPC if there are LCMA_MAX_REGIONS already.
 */
int lcma_region_has_room(void)
{
	return nr_regions == LCMA_MAX_REGIONS || lcma_fault(REGION_REGISTER) ?
	       -ENOSPC : 0;
}

/**
 * lcma_region_register - let a region be found
 * @region: the region; lcma_region_has_room() was asked
 *
 * Context: any; the caller lets one region arrive at a time.
 */
void lcma_region_register(struct lcma_region *region)
{
	regions[nr_regions] = region;
	/* Pairs with lcma_region_nth(): all of the region is there. */
	smp_store_release(&nr_regions, nr_regions + 1);
}

/**
 * lcma_region_uncarve - let the source forget a region's memory
 * @region: a drained region that no caller can find, or whose drain_lock is held
 *
 * Context: process, may sleep.
 */
void lcma_region_uncarve(struct lcma_region *region)
{
	if (region->is_carved)
		region->carve.source->discard(&region->carve);
	region->is_carved = false;
}

/**
 * lcma_region_recarve - memory for a drained region
 * @region: the region, whose drain_lock is held; its old memory was forgotten
 * @carve: what was taken: as many pages, at the same offset in a unit
 *
 * All pages are in the pool, as they were when it was drained. Of what they were
 * nothing is known any longer.
 *
 * Context: process, may sleep; takes region->lock, for a piece of the region at a time.
 */
void lcma_region_recarve(struct lcma_region *region,
			 const struct lcma_carve *carve)
{
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned long flags, at, nr;

	for (at = 0; at < nr_pages; at += nr) {
		nr = min(nr_pages - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_zeroed_forget(&region->zeroed, at, nr,
				   region->map.nr_in[LCMA_POOL]);
		lcma_region_unlock(region, flags);
	}
	lcma_region_lock(region, &flags);
	lcma_backoff_forget(&region->backoff, 0, nr_pages);
	region->carve = *carve;
	region->is_carved = true;
	lcma_region_unlock(region, flags);
}

/**
 * lcma_region_forget_all - from here on no region can be found
 *
 * Context: while the module unloads.
 */
void lcma_region_forget_all(void)
{
	nr_regions = 0;
}

/**
 * lcma_region_nth - a region by its place in regions=
 * @i: 0 and up; regions that were added later come last
 *
 * Context: any.
 * Return: the region; NULL after the last one.
 */
struct lcma_region *lcma_region_nth(unsigned int i)
{
	/* Pairs with lcma_region_register(). */
	return i < smp_load_acquire(&nr_regions) ? regions[i] : NULL;
}

/**
 * lcma_region_find - a region by name
 * @name: the name
 *
 * A drained region is found, too: it keeps its name, and can be brought back.
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

/**
 * lcma_region_set_life - the region serves, or does not
 * @region: the region
 * @life: whether it does
 *
 * Context: any; takes region->lock. The caller holds region->drain_lock.
 */
void lcma_region_set_life(struct lcma_region *region, enum lcma_life life)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	WRITE_ONCE(region->life, life);
	lcma_region_unlock(region, flags);
	trace_lcma_life(region->name, lcma_life_word(life));
}

/**
 * lcma_region_set_policy - choose places in another way
 * @region: the region
 * @policy: how, a number of alloc/policy.h
 *
 * Requests that have begun go on as they are.
 *
 * Context: any.
 */
void lcma_region_set_policy(struct lcma_region *region, unsigned int policy)
{
	WRITE_ONCE(region->policy, policy);
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
		lcma_zeroed_lose(&region->zeroed, start, nr_pages,
				 region->map.nr_in[LCMA_POOL]);
	else if (to == LCMA_POOL)
		lcma_zeroed_gain(&region->zeroed, start, nr_pages);
	if (from == LCMA_POOL || to == LCMA_POOL)
		lcma_pool_note(&region->pool, start, nr_pages, to == LCMA_POOL);
	WARN_ON_ONCE(!lcma_map_move(&region->map, start, nr_pages, from, to));
	lcma_settling_note(&region->settling, from, to);
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
