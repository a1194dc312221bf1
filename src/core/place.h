/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placement: in which order the places where a buffer could lie are tried.
 *
 * Pure: no kernel state, no lock; the map's owner serialises. A placement is
 * an iteration that survives the map's changing under it between two steps:
 *
 *	lcma_place_init(&place, &fit);
 *	while (lcma_place_next(&place, map, &start) != LCMA_PLACE_NONE) {
 *		... LCMA_PLACE_AGAIN: let go of the lock for a moment, or
 *		... LCMA_PLACE_FOUND: try to take the run at start ...
 *		lcma_place_reject(&place, start, page in the way);
 *	}
 *
 * The order: what a policy prefers (survey.c), a few places; then first fit, which
 * is every place there is: runs without pool pages in them, which one call can
 * empty, and then those with pool islands, which need a call per stretch. Of the
 * former, those come last that lie in units in which a claim has recently failed.
 */
#ifndef LCMA_PLACE_H
#define LCMA_PLACE_H

#include "core/map.h"

/**
 * struct lcma_option - a place that a policy may choose
 * @start: first page
 * @run: how long the unused run is that it lies at one end of, in pages
 * @loss: by how much it shortens a run that longer buffers may need, in pages
 * @cost: what a policy makes of it; less is better
 */
struct lcma_option {
	unsigned long start;
	unsigned long run;
	unsigned long loss;
	unsigned long cost;
};

/* Places that a policy may prefer to all others. */
#define LCMA_PLACE_PICKS	8

/**
 * struct lcma_place - an iteration over the candidates for one allocation
 * @fit: what the run has to look like
 * @picks: places that come before all others, the best first
 * @nr_picks: how many there are
 * @next_pick: which one is next
 * @is_mixed: pages of the pool are as good as others
 * @from: no candidate begins before this page
 * @fresh: runs that touch no unit that is backed off, and only those
 * @any_spared: there were others
 * @islands: the last pass: runs that hold pool pages, and only those
 * @spared: one bit a unit, or NULL: a claim in it recently failed; may change
 *	between two steps
 * @unit_pages: how long a unit is
 */
struct lcma_place {
	struct lcma_fit fit;
	unsigned long picks[LCMA_PLACE_PICKS];
	unsigned int nr_picks;
	unsigned int next_pick;
	bool is_mixed;
	unsigned long from;
	bool fresh;
	bool any_spared;
	bool islands;
	const unsigned long *spared;
	unsigned long unit_pages;
};

/**
 * enum lcma_place_answer - what lcma_place_next() found
 * @LCMA_PLACE_NONE: there is no candidate left
 * @LCMA_PLACE_FOUND: a candidate
 * @LCMA_PLACE_AGAIN: nothing yet, and it has taken long enough for one go
 */
enum lcma_place_answer {
	LCMA_PLACE_NONE,
	LCMA_PLACE_FOUND,
	LCMA_PLACE_AGAIN,
};

/**
 * enum lcma_limit - what is asked for beside a length
 * @LCMA_LIMIT_NONE: nothing
 * @LCMA_LIMIT_ALIGN: an alignment
 * @LCMA_LIMIT_WINDOW: a place, or a last page
 * @LCMA_LIMIT_BOUNDARY: no multiple of a boundary may be crossed
 */
enum lcma_limit {
	LCMA_LIMIT_NONE,
	LCMA_LIMIT_ALIGN,
	LCMA_LIMIT_WINDOW,
	LCMA_LIMIT_BOUNDARY,
};

/**
 * struct lcma_longest - the longest runs of unused pages
 * @start: the first page of the longest one; LCMA_NO_PAGE: there is none
 * @nr_pages: how long it is
 * @limit: the first limit that no run of the length that was asked for meets, in the
 *	order of enum lcma_limit; or the last one that there is
 * @fit_start: the first page of the longest run that meets this limit and those before
 *	it; LCMA_NO_PAGE: there is none
 * @fit_pages: how long that is
 * @is_exact: there is no longer one of these; false: there may be
 */
struct lcma_longest {
	unsigned long start;
	unsigned long nr_pages;
	enum lcma_limit limit;
	unsigned long fit_start;
	unsigned long fit_pages;
	bool is_exact;
};

void lcma_place_longest(const struct lcma_map *map, const struct lcma_fit *fit,
			struct lcma_longest *longest);
void lcma_place_init(struct lcma_place *place, const struct lcma_fit *fit);
void lcma_place_mix(struct lcma_place *place);
void lcma_place_prefer(struct lcma_place *place,
		       const struct lcma_option *options, unsigned int nr);
void lcma_place_spare(struct lcma_place *place, const unsigned long *spared,
		      unsigned long unit_pages);
enum lcma_place_answer lcma_place_next(struct lcma_place *place,
				       const struct lcma_map *map,
				       unsigned long *start);
void lcma_place_reject(struct lcma_place *place, unsigned long start,
		       unsigned long in_the_way);
unsigned int lcma_place_options(const struct lcma_map *map,
				const struct lcma_fit *fit,
				struct lcma_option *options, unsigned int max);
void lcma_place_rank(struct lcma_option *options, unsigned int nr);

#endif
