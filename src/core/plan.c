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

/* What is looked for; false: this region has no place for it, whatever is unused. */
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
	return fit->nr_pages <= in->map->nr_pages &&
	       lcma_reach_apply(&item->reach, in->map->nr_pages, fit);
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
 * @in: where
 * @items: the buffers, in the order in which they are asked for; where each lies is
 *	filled in
 * @nr_items: how many
 *
 * Return: how many fit before the first that does not; @nr_items if all fit.
 */
unsigned int lcma_plan(const struct lcma_plan_regions *in,
		       struct lcma_plan_item *items, unsigned int nr_items)
{
	unsigned int i, nth, at = 0;

	for (i = 0; i < nr_items; i++) {
		for (nth = 0; nth < in->nr; nth++) {
			at = in->list ? lcma_list_nth(in->list, nth,
						      in->turn + i) : nth;
			if (place_in(&in->regions[at], &items[i]))
				break;
		}
		if (nth == in->nr) {
			items[i].region = nth;
			return i;
		}
		items[i].region = at;
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

/* What buffers may have to begin on, or must not cross. */
static unsigned long max_step(const struct lcma_plan_region *in,
			      const struct lcma_plan_item *items,
			      unsigned int nr_items)
{
	unsigned long step = 1;
	unsigned int i;

	for (i = 0; i < nr_items; i++)
		step = max(step, max(align_of(in, &items[i]),
				     items[i].reach.boundary));
	return step;
}

/**
 * lcma_plan_fits_empty - would buffers fit into an empty region, wherever it begins?
 * @in: what holds for it; its map does not count, and its first page only if it
 *	is_placed
 * @mem: room for a map, lcma_map_bytes() of @nr_pages
 * @nr_pages: how large the region would be
 * @unit_pages: it may begin at any multiple of this, a power of two
 * @items: the buffers; afterwards as the last plan left them
 * @nr_items: how many
 *
 * Only alignments and boundaries beyond a unit make the address count. Of very large
 * ones not every address is tried.
 *
 * Return: true if they do.
 */
bool lcma_plan_fits_empty(const struct lcma_plan_region *in, void *mem,
			  unsigned long nr_pages, unsigned long unit_pages,
			  struct lcma_plan_item *items, unsigned int nr_items)
{
	const unsigned long step = max_step(in, items, nr_items);
	unsigned long i, nr_bases = max(1UL, step / unit_pages);
	struct lcma_plan_region at = *in;
	const struct lcma_plan_regions one = { .regions = &at, .nr = 1 };
	struct lcma_map map;

	at.map = &map;
	nr_bases = in->is_placed ? 1 : min(nr_bases, PLAN_BASES);
	for (i = 0; i < nr_bases; i++) {
		lcma_map_init(&map, mem, nr_pages, LCMA_SHARED);
		if (!in->is_placed)
			at.base_pfn = i * unit_pages;
		if (lcma_plan(&one, items, nr_items) < nr_items)
			return false;
	}
	return true;
}

/* How far into the region a buffer with a place or a limit reaches, at most. */
static unsigned long window_of(const struct lcma_plan_region *in,
			       const struct lcma_plan_item *item)
{
	const struct lcma_reach *reach = &item->reach;

	if (reach->at > in->base_pfn)
		return min(reach->at - in->base_pfn, LCMA_MAP_MAX_PAGES) +
		       item->nr_pages;
	return 0;
}

/**
 * lcma_plan_ceiling - up to how many pages a region for buffers is looked for
 * @in: what holds for their region
 * @unit_pages: its length is a multiple of this
 * @items: the buffers
 * @nr_items: how many
 *
 * What does not fit into so many pages fits into none, unless buffers that begin at
 * given addresses cut the region to pieces.
 *
 * Return: pages; LCMA_MAP_MAX_PAGES or more: there is no such region.
 */
unsigned long lcma_plan_ceiling(const struct lcma_plan_region *in,
				unsigned long unit_pages,
				const struct lcma_plan_item *items,
				unsigned int nr_items)
{
	const unsigned long step = max_step(in, items, nr_items);
	unsigned long nr_pages = step, window = 0;
	unsigned int i;

	for (i = 0; i < nr_items; i++) {
		if (nr_pages >= LCMA_MAP_MAX_PAGES ||
		    items[i].nr_pages >= LCMA_MAP_MAX_PAGES ||
		    step >= LCMA_MAP_MAX_PAGES)
			return LCMA_MAP_MAX_PAGES;
		nr_pages += round_up_to(items[i].nr_pages, step);
		window = max(window, window_of(in, &items[i]));
	}
	nr_pages += min(window, LCMA_MAP_MAX_PAGES);
	return round_up_to(nr_pages, unit_pages);
}

/**
 * lcma_plan_least - the smallest empty region in which buffers fit in their order
 * @in: as for lcma_plan_fits_empty()
 * @mem: room for a map, lcma_map_bytes() of lcma_plan_ceiling()
 * @unit_pages: its length is a multiple of this, and so is its address
 * @items: the buffers; afterwards as the last plan left them
 * @nr_items: how many, at least 1
 *
 * Return: its length in pages; 0: there is none up to lcma_plan_ceiling().
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
	for (; nr_pages <= most; nr_pages += unit_pages)
		if (lcma_plan_fits_empty(in, mem, nr_pages, unit_pages, items,
					 nr_items))
			return nr_pages;
	return 0;
}
