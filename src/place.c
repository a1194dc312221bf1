// SPDX-License-Identifier: GPL-2.0-only
/*
 * Placement: see place.h.
 */
#include "place.h"

/*
 * A rejected run whose obstacle nobody could name: how far to move on, as a
 * fraction of the run. Smaller steps find more, larger ones cost fewer calls.
 */
#define BLIND_STEP_FRACTION	4

/* Looks into the summaries in one call: about 100 us on a desktop machine. */
#define LOOKS			4096

/**
 * lcma_place_init - begin an iteration
 * @place: the iteration
 * @fit: length and alignment of the run that is wanted
 */
void lcma_place_init(struct lcma_place *place, const struct lcma_fit *fit)
{
	place->fit = *fit;
	place->from = 0;
	place->islands = false;
}

/* The first pool page from a page on, or LCMA_NO_PAGE. */
static unsigned long next_pool_page(const struct lcma_map *map,
				    unsigned long from)
{
	const struct lcma_fit one = { .nr_pages = 1 };

	return lcma_map_find(map, LCMA_KIND_POOL, &one, from, NULL);
}

/* The next run that holds no pool page. */
static bool next_plain(struct lcma_place *place, const struct lcma_map *map,
		       unsigned int *looks, unsigned long *start)
{
	*start = lcma_map_seek(map, LCMA_KIND_SHARED, &place->fit,
			       &place->from, looks);
	return *start != LCMA_NO_PAGE;
}

/* The next run that holds at least one pool page. */
static bool next_with_islands(struct lcma_place *place,
			      const struct lcma_map *map, unsigned int *looks,
			      unsigned long *start)
{
	const unsigned long nr_pages = place->fit.nr_pages;
	unsigned long run, island;

	for (;;) {
		run = lcma_map_seek(map, LCMA_KIND_UNUSED, &place->fit,
				    &place->from, looks);
		if (run == LCMA_NO_PAGE)
			return false;
		island = next_pool_page(map, run);
		if (island == LCMA_NO_PAGE)
			return false;
		if (island - run < nr_pages)
			break;
		/* No run that begins before this one reaches the island. */
		place->from = island - nr_pages + 1;
	}
	*start = run;
	return true;
}

/**
 * lcma_place_next - the next candidate
 * @place: the iteration; a candidate that was neither taken nor rejected comes
 *	again
 * @map: the region's map as it is now
 * @start: the candidate's first page; all pages of it are shared or pool
 *
 * Return: what was found. The time that one call takes is bounded.
 */
enum lcma_place_answer lcma_place_next(struct lcma_place *place,
				       const struct lcma_map *map,
				       unsigned long *start)
{
	unsigned int looks = LOOKS;

	if (!place->islands) {
		if (next_plain(place, map, &looks, start))
			goto found;
		if (!looks)
			return LCMA_PLACE_AGAIN;
		place->islands = true;
		place->from = 0;
	}
	if (next_with_islands(place, map, &looks, start))
		goto found;
	return looks ? LCMA_PLACE_NONE : LCMA_PLACE_AGAIN;

found:
	place->from = *start;
	return LCMA_PLACE_FOUND;
}

/**
 * lcma_place_reject - a candidate could not be emptied
 * @place: the iteration
 * @start: the candidate that lcma_place_next() gave
 * @in_the_way: the page of it that could not be moved, or LCMA_NO_PAGE if
 *	nobody knows. No candidate that contains it comes again in this pass.
 */
void lcma_place_reject(struct lcma_place *place, unsigned long start,
		       unsigned long in_the_way)
{
	if (in_the_way >= start && in_the_way - start < place->fit.nr_pages)
		place->from = in_the_way + 1;
	else
		place->from = start + max(1UL, place->fit.nr_pages /
					       BLIND_STEP_FRACTION);
}
