// SPDX-License-Identifier: GPL-2.0-only
/*
 * Placement: see place.h.
 */
#include "core/place.h"

#include "core/batch.h"

/*
 * A rejected run whose obstacle is not known: how far to move on, as a
 * fraction of the run. Smaller steps find more, larger ones cost fewer calls.
 */
#define BLIND_STEP_FRACTION	4

/* Runs that one call of lcma_place_options() looks at. */
#define OPTION_RUNS		64

/* Looks for an aligned run that is longer: some 20 us on a desktop machine. */
#define LONGEST_LOOKS		64

/*
 * Of all unused runs the longest that meets some limits. What is left of the longest
 * run after the first page that may be a start is one; a run that beats it must be
 * longer, so few runs are looked at.
 */
static void find_longest(const struct lcma_map *map, const struct lcma_fit *limits,
			 unsigned int *looks, struct lcma_longest *longest)
{
	const unsigned long end = longest->start + longest->nr_pages;
	const unsigned long most = limits->boundary_mask ?
				   min(longest->nr_pages, limits->boundary_mask + 1) :
				   longest->nr_pages;
	struct lcma_fit want = *limits;
	unsigned long from = 0, start;

	longest->fit_start = LCMA_NO_PAGE;
	longest->fit_pages = 0;
	want.nr_pages = 1;
	start = lcma_fit_next(&want, longest->start);
	if (start < end) {
		longest->fit_start = start;
		longest->fit_pages = lcma_fit_reach(&want, start, end) - start;
	}
	while (longest->fit_pages < most) {
		want.nr_pages = longest->fit_pages + 1;
		start = lcma_map_seek(map, LCMA_KIND_UNUSED, &want, &from, looks);
		if (start == LCMA_NO_PAGE) {
			longest->is_exact = *looks;
			return;
		}
		from = lcma_map_run_end(map, LCMA_KIND_UNUSED, start);
		from = lcma_fit_reach(&want, start, from);
		longest->fit_start = start;
		longest->fit_pages = from - start;
	}
}

/* The fit with the limits up to one of them, and no others. */
static struct lcma_fit with_limits(const struct lcma_fit *fit,
				   enum lcma_limit limit)
{
	struct lcma_fit limits = *fit;

	if (limit < LCMA_LIMIT_BOUNDARY)
		limits.boundary_mask = 0;
	if (limit < LCMA_LIMIT_WINDOW) {
		limits.first = 0;
		limits.end = 0;
	}
	return limits;
}

static bool has_limit(const struct lcma_fit *fit, enum lcma_limit limit)
{
	switch (limit) {
	case LCMA_LIMIT_ALIGN:
		return fit->align_mask;
	case LCMA_LIMIT_WINDOW:
		return fit->first || fit->end;
	default:
		return fit->boundary_mask;
	}
}

/**
 * lcma_place_longest - the longest runs of unused pages
 * @map: the region's map as it is now
 * @fit: what was asked for
 * @longest: the answer
 *
 * The number of runs that it looks at is bounded.
 */
void lcma_place_longest(const struct lcma_map *map, const struct lcma_fit *fit,
			struct lcma_longest *longest)
{
	struct lcma_fit limits = { .nr_pages = 1 };
	unsigned int looks = LONGEST_LOOKS;
	enum lcma_limit limit;

	*longest = (struct lcma_longest) {
		.start = LCMA_NO_PAGE,
		.nr_pages = lcma_map_longest(map, LCMA_KIND_UNUSED),
		.fit_start = LCMA_NO_PAGE,
		.is_exact = true,
	};
	if (longest->nr_pages) {
		limits.nr_pages = longest->nr_pages;
		longest->start = lcma_map_find(map, LCMA_KIND_UNUSED, &limits, 0,
					       NULL);
	}
	longest->fit_start = longest->start;
	longest->fit_pages = longest->nr_pages;
	for (limit = LCMA_LIMIT_ALIGN; limit <= LCMA_LIMIT_BOUNDARY; limit++) {
		if (!has_limit(fit, limit))
			continue;
		longest->limit = limit;
		limits = with_limits(fit, limit);
		if (longest->nr_pages)
			find_longest(map, &limits, &looks, longest);
		if (!longest->is_exact || longest->fit_pages < fit->nr_pages)
			return;
	}
}

/**
 * lcma_place_init - begin an iteration
 * @place: the iteration
 * @fit: what the run that is wanted has to look like
 */
void lcma_place_init(struct lcma_place *place, const struct lcma_fit *fit)
{
	memset(place, 0, sizeof(*place));
	place->fit = *fit;
}

/**
 * lcma_place_mix - do not spare the pool
 * @place: an iteration that has just begun
 *
 * For a pool that keeps nothing, and has only what is on its way back: to pass over it
 * would leave a gap.
 */
void lcma_place_mix(struct lcma_place *place)
{
	place->is_mixed = true;
}

/**
 * lcma_place_prefer - places that come before all others
 * @place: an iteration that has just begun
 * @options: the places, the best first; only the first LCMA_PLACE_PICKS count
 * @nr: how many
 *
 * They need not be (or remain) places where the run fits.
 */
void lcma_place_prefer(struct lcma_place *place,
		       const struct lcma_option *options, unsigned int nr)
{
	unsigned int i;

	place->nr_picks = min_t(unsigned int, nr, LCMA_PLACE_PICKS);
	for (i = 0; i < place->nr_picks; i++)
		place->picks[i] = options[i].start;
}

/**
 * lcma_place_spare - units that come last
 * @place: an iteration that has just begun
 * @spared: one bit for each unit of the map: spare it; may change between steps
 * @unit_pages: how long a unit is
 */
void lcma_place_spare(struct lcma_place *place, const unsigned long *spared,
		      unsigned long unit_pages)
{
	place->spared = spared;
	place->unit_pages = unit_pages;
	place->fresh = true;
}

static bool is_unused(const struct lcma_map *map, unsigned long start,
		      unsigned long nr_pages)
{
	return start < map->nr_pages &&
	       lcma_map_run_end(map, LCMA_KIND_UNUSED, start) - start >= nr_pages;
}

/* The next place that is preferred and still unused. */
static bool next_pick(struct lcma_place *place, const struct lcma_map *map,
		      unsigned long *start)
{
	for (; place->next_pick < place->nr_picks; place->next_pick++) {
		*start = place->picks[place->next_pick];
		if (is_unused(map, *start, place->fit.nr_pages))
			return true;
	}
	return false;
}

/* The first pool page from a page on, or LCMA_NO_PAGE. */
static unsigned long next_pool_page(const struct lcma_map *map,
				    unsigned long from)
{
	const struct lcma_fit one = { .nr_pages = 1 };

	return lcma_map_find(map, LCMA_KIND_POOL, &one, from, NULL);
}

/* The next run that holds no pool page; if the pool is not spared, the next one. */
static bool next_plain(struct lcma_place *place, const struct lcma_map *map,
		       unsigned int *looks, unsigned long *start)
{
	*start = lcma_map_seek(map, place->is_mixed ? LCMA_KIND_UNUSED :
						      LCMA_KIND_SHARED,
			       &place->fit, &place->from, looks);
	return *start != LCMA_NO_PAGE;
}

/* The next of these that lies in no unit that is backed off. */
static bool next_fresh(struct lcma_place *place, const struct lcma_map *map,
		       unsigned int *looks, unsigned long *start)
{
	unsigned long unit, end;

	while (next_plain(place, map, looks, start)) {
		end = DIV_ROUND_UP(*start + place->fit.nr_pages,
				   place->unit_pages);
		unit = find_next_bit(place->spared, end,
				     *start / place->unit_pages);
		if (unit >= end)
			return true;
		place->any_spared = true;
		place->from = (unit + 1) * place->unit_pages;
	}
	return false;
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
	unsigned int looks = LCMA_HOLD_LOOKS;

	if (next_pick(place, map, start))
		return LCMA_PLACE_FOUND;
	if (place->fresh) {
		if (next_fresh(place, map, &looks, start))
			goto found;
		if (!looks)
			return LCMA_PLACE_AGAIN;
		place->fresh = false;
		place->islands = !place->any_spared;
		place->from = 0;
	}
	if (!place->islands) {
		if (next_plain(place, map, &looks, start))
			goto found;
		if (!looks)
			return LCMA_PLACE_AGAIN;
		place->islands = true;
		place->from = 0;
	}
	if (place->is_mixed)
		return LCMA_PLACE_NONE;
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
 * @in_the_way: the page that could not be moved, or LCMA_NO_PAGE if that is not
 *	known; of a folio its last page, which may lie after the candidate. No
 *	candidate that contains it or a page before it comes again in this pass.
 */
void lcma_place_reject(struct lcma_place *place, unsigned long start,
		       unsigned long in_the_way)
{
	if (place->next_pick < place->nr_picks)
		place->next_pick++;
	else if (in_the_way >= start && in_the_way != LCMA_NO_PAGE)
		place->from = in_the_way + 1;
	else
		place->from = start + max(1UL, place->fit.nr_pages /
					       BLIND_STEP_FRACTION);
}

/*
 * What a run is worth to longer buffers: each page of the longest one counts, of
 * runs that are much shorter none does.
 */
static unsigned long loss_of(const struct lcma_fit *fit, unsigned long run,
			     unsigned long longest)
{
	if (run - fit->nr_pages <= fit->align_mask)
		return 0;
	if (run >= longest)
		return fit->nr_pages;
	return run >= longest / 2 ? fit->nr_pages / 2 :
	       run >= longest / 4 ? fit->nr_pages / 4 : 0;
}

/* Keep the options of the shortest runs, in order. Return: how many there are. */
static unsigned int insert_option(struct lcma_option *options, unsigned int nr,
				  unsigned int max,
				  const struct lcma_option *option)
{
	unsigned int i = nr;

	if (nr == max && option->run >= options[nr - 1].run)
		return nr;
	if (nr == max)
		i--;
	else
		nr++;
	for (; i && options[i - 1].run > option->run; i--)
		options[i] = options[i - 1];
	options[i] = *option;
	return nr;
}

/**
 * lcma_place_options - places for a policy to choose from
 * @map: the region's map as it is now
 * @fit: length, alignment and limits
 * @options: the answer, without costs, those in the shortest runs first
 * @max: how many fit
 *
 * Only both ends of runs of unused pages: then one run is left, and
 * not two. So whatever is chosen, a region from which nothing has been
 * freed has all of its unused pages in one run. The time that a call takes is
 * bounded: of very many runs the rightmost are not seen.
 *
 * Return: how many.
 */
unsigned int lcma_place_options(const struct lcma_map *map,
				const struct lcma_fit *fit,
				struct lcma_option *options, unsigned int max)
{
	const unsigned long longest = lcma_map_longest(map, LCMA_KIND_UNUSED);
	unsigned int looks = OPTION_RUNS, nr = 0;
	struct lcma_option option = {};
	unsigned long from = 0, last;

	for (;;) {
		option.start = lcma_map_seek(map, LCMA_KIND_UNUSED, fit, &from,
					     &looks);
		if (option.start == LCMA_NO_PAGE)
			return nr;
		from = lcma_map_run_end(map, LCMA_KIND_UNUSED, option.start);
		option.run = from - option.start;
		option.loss = loss_of(fit, option.run, longest);
		last = lcma_fit_last(fit, from);
		nr = insert_option(options, nr, max, &option);
		if (last == option.start)
			continue;
		option.start = last;
		nr = insert_option(options, nr, max, &option);
	}
}

/**
 * lcma_place_rank - the cheapest first
 * @options: options with costs
 * @nr: how many; few
 *
 * Of two that cost the same the one that came first stays first.
 */
void lcma_place_rank(struct lcma_option *options, unsigned int nr)
{
	struct lcma_option option;
	unsigned int i, j;

	for (i = 1; i < nr; i++) {
		option = options[i];
		for (j = i; j && options[j - 1].cost > option.cost; j--)
			options[j] = options[j - 1];
		options[j] = option;
	}
}
