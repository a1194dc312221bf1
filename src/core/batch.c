// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: see batch.h.
 */
#include "core/batch.h"

/* A pool whose runs are shorter than this in the mean is scattered. */
#define SCATTERED_PAGES		64

/**
 * lcma_wedges_in - how many units begin in a range
 * @wedges: where units begin; NULL: nowhere
 * @start: first page
 * @nr_pages: how many
 *
 * Return: pages of the range that are the first of a unit.
 */
unsigned long lcma_wedges_in(const struct lcma_wedges *wedges,
			     unsigned long start, unsigned long nr_pages)
{
	unsigned long before;

	if (!wedges)
		return 0;
	start += wedges->offset;
	/* From the page before it to the first page of the next unit. */
	before = -start & (wedges->unit_pages - 1);
	return before < nr_pages ?
	       1 + ((nr_pages - 1 - before) >> __fls(wedges->unit_pages)) : 0;
}

/*
 * The mean length of the pool's runs without wedges; or more, since a wedge may be a
 * part of a longer run.
 */
static unsigned long mean_run(const struct lcma_map *map,
			      const struct lcma_wedges *wedges)
{
	const unsigned long nr = wedges ? wedges->nr : 0;
	const unsigned long nr_runs = map->nr_pool_runs;

	return (map->nr_in[LCMA_POOL] - nr) / (nr_runs > nr ? nr_runs - nr : 1);
}

/**
 * lcma_batch_next - the stretches of the next piece of a range
 * @map: the map
 * @from: first page
 * @end: exclusive end of the range, after @from and inside the region
 * @batch: the answer; a stretch that is longer than a piece is cut
 *
 * Return: the first page after the piece.
 */
unsigned long lcma_batch_next(const struct lcma_map *map, unsigned long from,
			      unsigned long end, struct lcma_batch *batch)
{
	const unsigned long stop = min(end, from + LCMA_HOLD_PAGES);
	struct lcma_stretch *s = batch->stretches;

	batch->nr = 0;
	while (batch->nr < LCMA_HOLD_STRETCHES &&
	       lcma_map_stretch(map, from, stop, s)) {
		from += s->nr_pages;
		batch->nr++;
		s++;
	}
	return from;
}

/* The end of a run, or of its part before the next unit. */
static unsigned long before_wedge(const struct lcma_wedges *wedges,
				  unsigned long start, unsigned long end)
{
	if (!wedges)
		return end;
	return min(end, start + wedges->unit_pages -
		   ((start + wedges->offset) & (wedges->unit_pages - 1)));
}

/**
 * lcma_batch_surplus - which pages of the pool to give back first
 * @map: the map; its pool is not empty
 * @nr_pages: how many pages at most, at least 1
 * @wedges: pages of the pool that are not given back; NULL: there are none
 * @from: where the last search ended, 0 at first; afterwards where this one did
 * @batch: the answer; possibly nothing, then there is more to look at
 *
 * Those that lie scattered: runs no longer than the mean. So what remains of a
 * pool is its longest runs. One run of the pool always qualifies, and a search
 * that is called again and again gets to it.
 */
void lcma_batch_surplus(const struct lcma_map *map, unsigned long nr_pages,
			const struct lcma_wedges *wedges, unsigned long *from,
			struct lcma_batch *batch)
{
	const unsigned long mean = mean_run(map, wedges);
	const struct lcma_fit one = { .nr_pages = 1 };
	const unsigned long first = *from;
	struct lcma_stretch *s = batch->stretches;
	unsigned int looks;
	bool is_round = !first;
	unsigned long start, end;

	nr_pages = min(nr_pages, LCMA_HOLD_PAGES);
	batch->nr = 0;
	/* A run is judged as a whole, after the others if need be. */
	if (first && first < map->nr_pages &&
	    lcma_map_state(map, first - 1) == LCMA_POOL)
		*from = lcma_map_run_end(map, LCMA_KIND_POOL, first);
	for (looks = 0; looks < LCMA_HOLD_STRETCHES && nr_pages; looks++) {
		start = lcma_map_find(map, LCMA_KIND_POOL, &one, *from, NULL);
		if (start == LCMA_NO_PAGE && !is_round) {
			is_round = true;
			*from = 0;
			continue;
		}
		/* No page twice. */
		if (start == LCMA_NO_PAGE || (first && is_round && start >= first)) {
			*from = 0;
			return;
		}
		end = lcma_map_run_end(map, LCMA_KIND_POOL, start);
		*from = end;
		if (end - start - lcma_wedges_in(wedges, start, end - start) > mean)
			continue;
		start += lcma_wedges_in(wedges, start, 1);
		if (start == end)
			continue;
		*from = end = before_wedge(wedges, start, end);
		s->start = start;
		s->nr_pages = min(end - start, nr_pages);
		s->state = LCMA_POOL;
		nr_pages -= s->nr_pages;
		batch->nr++;
		s++;
	}
}

/**
 * lcma_batch_is_scattered - would the pool serve better in one piece?
 * @map: the map
 * @wedges: pages of the pool that lie where they should; NULL: there are none
 *
 * Return: true if its runs are short, and a longer one could be made of shared
 * pages.
 */
bool lcma_batch_is_scattered(const struct lcma_map *map,
			     const struct lcma_wedges *wedges)
{
	unsigned long mean;

	if (map->nr_pool_runs < 2 + (wedges ? wedges->nr : 0))
		return false;
	mean = mean_run(map, wedges);
	return mean < SCATTERED_PAGES &&
	       lcma_map_longest(map, LCMA_KIND_SHARED) > 2 * mean;
}
