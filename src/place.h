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
 * First fit in two passes: runs without pool pages in them, which one call can
 * empty; then those with pool islands, which need a call per stretch.
 */
#ifndef LCMA_PLACE_H
#define LCMA_PLACE_H

#include "bitmap.h"

/**
 * struct lcma_place - an iteration over the candidates for one allocation
 * @fit: what the run has to look like
 * @from: no candidate begins before this page
 * @islands: pass 2: runs that hold pool pages, and only those
 */
struct lcma_place {
	struct lcma_fit fit;
	unsigned long from;
	bool islands;
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

void lcma_place_init(struct lcma_place *place, const struct lcma_fit *fit);
enum lcma_place_answer lcma_place_next(struct lcma_place *place,
				       const struct lcma_map *map,
				       unsigned long *start);
void lcma_place_reject(struct lcma_place *place, unsigned long start,
		       unsigned long in_the_way);

#endif
