// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plans: see plan.h.
 */
#include "core/plan.h"

#include "core/place.h"

/* Of how many places a policy chooses; it takes the first. */
#define PLAN_OPTIONS	LCMA_PLACE_PICKS

/* At so many addresses an empty region may begin, at most, are plans tried. */
#define PLAN_BASES	64UL

static unsigned long round_up_to(unsigned long n, unsigned long step)
{
	return DIV_ROUND_UP(n, step) * step;
}

static unsigned long align_of(const struct lcma_plan_region *in,
			      const struct lcma_plan_item *item)
{
	return max(item->align_pages,
		   max(in->align_pages, in->granule_pages));
}

/* What is looked for; false: larger than the region. */
static bool fit_of(const struct lcma_plan_region *in,
		   const struct lcma_plan_item *item, struct lcma_fit *fit)
{
	*fit = (struct lcma_fit) {
		.nr_pages = item->nr_pages,
		.align_mask = align_of(in, item) - 1,
		.align_offset = in->base_pfn,
	};
	if (item->nr_pages > in->map->nr_pages)
		return false;
	fit->nr_pages = round_up_to(item->nr_pages, in->granule_pages);
	return fit->nr_pages <= in->map->nr_pages;
}

/* Mark a run used, whatever its pages were. */
static void take_run(struct lcma_map *map, unsigned long start,
		     unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	struct lcma_stretch s;

	for (; lcma_map_stretch(map, start, end, &s); start += s.nr_pages)
		lcma_map_move(map, s.start, s.nr_pages, s.state, LCMA_USED);
}

/* Where an allocation would search. Return: the first page; LCMA_NO_PAGE. */
static unsigned long search(const struct lcma_plan_region *in,
			    const struct lcma_fit *fit)
{
	struct lcma_option options[PLAN_OPTIONS];
	enum lcma_place_answer answer;
	struct lcma_place place;
	unsigned long start;

	lcma_place_init(&place, fit);
	if (!in->is_first_fit)
		lcma_place_prefer(&place, options,
				  lcma_place_options(in->map, fit, options,
						     PLAN_OPTIONS));
	do {
		answer = lcma_place_next(&place, in->map, &start);
	} while (answer == LCMA_PLACE_AGAIN);
	return answer == LCMA_PLACE_FOUND ? start : LCMA_NO_PAGE;
}

static bool place_in(const struct lcma_plan_region *in,
		     struct lcma_plan_item *item)
{
	struct lcma_fit fit;

	item->start = LCMA_NO_PAGE;
	if (!fit_of(in, item, &fit))
		return false;
	item->start = lcma_map_find(in->map, LCMA_KIND_POOL, &fit, 0, NULL);
	if (item->start == LCMA_NO_PAGE)
		item->start = search(in, &fit);
	if (item->start == LCMA_NO_PAGE)
		return false;
	take_run(in->map, item->start, fit.nr_pages);
	return true;
}

/**
 * lcma_plan - plan buffers, one after the other
 * @regions: where, in the order in which an allocation tries them; their maps are
 *	used up
 * @nr_regions: how many
 * @items: the buffers, in the order in which they are asked for; where each lies is
 *	filled in
 * @nr_items: how many
 *
 * Return: how many fit before the first that does not; @nr_items if all fit.
 */
unsigned int lcma_plan(const struct lcma_plan_region *regions,
		       unsigned int nr_regions, struct lcma_plan_item *items,
		       unsigned int nr_items)
{
	unsigned int i, at;

	for (i = 0; i < nr_items; i++) {
		for (at = 0; at < nr_regions; at++)
			if (place_in(&regions[at], &items[i]))
				break;
		items[i].region = at;
		if (at == nr_regions)
			return i;
	}
	return nr_items;
}

static bool comes_before(const struct lcma_plan_item *a,
			 const struct lcma_plan_item *b,
			 enum lcma_plan_order order)
{
	switch (order) {
	case LCMA_PLAN_ALIGNED_FIRST:
		if (a->align_pages != b->align_pages)
			return a->align_pages > b->align_pages;
		return a->nr_pages > b->nr_pages;
	case LCMA_PLAN_SMALL_FIRST:
		if (a->nr_pages != b->nr_pages)
			return a->nr_pages < b->nr_pages;
		return a->align_pages < b->align_pages;
	default:
		if (a->nr_pages != b->nr_pages)
			return a->nr_pages > b->nr_pages;
		return a->align_pages > b->align_pages;
	}
}

/**
 * lcma_plan_sort - put buffers into another order
 * @items: the buffers
 * @nr_items: how many; thousands at most
 * @order: the order; of two that are alike the one that came first stays first
 */
void lcma_plan_sort(struct lcma_plan_item *items, unsigned int nr_items,
		    enum lcma_plan_order order)
{
	struct lcma_plan_item item;
	unsigned int i, j;

	for (i = 1; i < nr_items; i++) {
		item = items[i];
		for (j = i; j && comes_before(&item, &items[j - 1], order); j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static unsigned long max_align(const struct lcma_plan_region *in,
			       const struct lcma_plan_item *items,
			       unsigned int nr_items)
{
	unsigned long align = 1;
	unsigned int i;

	for (i = 0; i < nr_items; i++)
		align = max(align, align_of(in, &items[i]));
	return align;
}

/**
 * lcma_plan_fits_empty - would buffers fit into an empty region, wherever it begins?
 * @in: what holds for it; its map and its first page do not count
 * @mem: room for a map, lcma_map_bytes() of @nr_pages
 * @nr_pages: how large the region would be
 * @unit_pages: it may begin at any multiple of this, a power of two
 * @items: the buffers; afterwards as the last plan left them
 * @nr_items: how many
 *
 * Only alignments beyond a unit make the address count. Of very large ones not every
 * address is tried.
 *
 * Return: true if they do.
 */
bool lcma_plan_fits_empty(const struct lcma_plan_region *in, void *mem,
			  unsigned long nr_pages, unsigned long unit_pages,
			  struct lcma_plan_item *items, unsigned int nr_items)
{
	const unsigned long align = max_align(in, items, nr_items);
	unsigned long i, nr_bases = max(1UL, align / unit_pages);
	struct lcma_plan_region at = *in;
	struct lcma_map map;

	at.map = &map;
	nr_bases = min(nr_bases, PLAN_BASES);
	for (i = 0; i < nr_bases; i++) {
		lcma_map_init(&map, mem, nr_pages, LCMA_SHARED);
		at.base_pfn = i * unit_pages;
		if (lcma_plan(&at, 1, items, nr_items) < nr_items)
			return false;
	}
	return true;
}

/**
 * lcma_plan_ceiling - in how many pages buffers fit at any rate
 * @in: what holds for their region
 * @unit_pages: its length is a multiple of this
 * @items: the buffers
 * @nr_items: how many
 *
 * Return: pages; LCMA_MAP_MAX_PAGES or more: not in any region.
 */
unsigned long lcma_plan_ceiling(const struct lcma_plan_region *in,
				unsigned long unit_pages,
				const struct lcma_plan_item *items,
				unsigned int nr_items)
{
	const unsigned long align = max_align(in, items, nr_items);
	unsigned long nr_pages = align;
	unsigned int i;

	for (i = 0; i < nr_items; i++) {
		if (nr_pages >= LCMA_MAP_MAX_PAGES ||
		    items[i].nr_pages >= LCMA_MAP_MAX_PAGES ||
		    align >= LCMA_MAP_MAX_PAGES)
			return LCMA_MAP_MAX_PAGES;
		nr_pages += round_up_to(items[i].nr_pages, align);
	}
	return round_up_to(nr_pages, unit_pages);
}

/**
 * lcma_plan_least - the smallest empty region in which buffers fit in their order
 * @in: what holds for it; its map and its first page do not count
 * @mem: room for a map, lcma_map_bytes() of lcma_plan_ceiling()
 * @unit_pages: its length is a multiple of this, and so is its address
 * @items: the buffers; afterwards as the last plan left them
 * @nr_items: how many, at least 1
 *
 * Return: its length in pages.
 */
unsigned long lcma_plan_least(const struct lcma_plan_region *in, void *mem,
			      unsigned long unit_pages,
			      struct lcma_plan_item *items,
			      unsigned int nr_items)
{
	const unsigned long most = lcma_plan_ceiling(in, unit_pages, items,
						     nr_items);
	unsigned long nr_pages = 0;
	unsigned int i;

	for (i = 0; i < nr_items; i++)
		nr_pages += round_up_to(items[i].nr_pages,
					in->granule_pages);
	nr_pages = round_up_to(nr_pages, unit_pages);
	while (nr_pages < most &&
	       !lcma_plan_fits_empty(in, mem, nr_pages, unit_pages, items,
				     nr_items))
		nr_pages += unit_pages;
	return nr_pages;
}
