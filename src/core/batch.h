/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Batches: how much of a map one hold of the region's lock changes.
 *
 * The lock is held with interrupts off. So a long range is changed in pieces, and
 * the lock is let go between two of them: a piece has LCMA_HOLD_PAGES pages at
 * most, in LCMA_HOLD_STRETCHES stretches at most. The limits on searches that
 * run in one hold are here, too. test/unit/bench_hold.c measures the work of each
 * operation that runs in one hold, on a map of 16 GiB and with the worst patterns
 * that we know.
 *
 * Pure: no kernel state, no lock, no allocation.
 */
#ifndef LCMA_BATCH_H
#define LCMA_BATCH_H

#include "core/map.h"

/* Pages that change their state in one hold: a summary's work is a leaf each. */
#define LCMA_HOLD_PAGES		8192UL

/* Stretches that change their state in one hold: each of them costs a path. */
#define LCMA_HOLD_STRETCHES	16

/* Pages whose bits are read in one hold. */
#define LCMA_HOLD_LOOK_PAGES	65536UL

/*
 * Badly aligned runs that a search looks at in one hold. A search of the pool, or
 * of a caller that may not wait, ends there; a placement goes on in the next hold.
 */
#define LCMA_HOLD_LOOKS		256

/**
 * struct lcma_batch - stretches that one hold of the lock changes
 * @stretches: which
 * @nr: how many
 */
struct lcma_batch {
	struct lcma_stretch stretches[LCMA_HOLD_STRETCHES];
	unsigned int nr;
};

/**
 * struct lcma_wedges - pages of the pool that stay there: the first of each unit
 * @nr: how many of them are in the pool
 * @unit_pages: how long a unit is, a power of two
 * @offset: what to add to a page's index to get a page frame number
 *
 * A NULL pointer to it: none stay.
 */
struct lcma_wedges {
	unsigned long nr;
	unsigned long unit_pages;
	unsigned long offset;
};

unsigned long lcma_wedges_in(const struct lcma_wedges *wedges,
			     unsigned long start, unsigned long nr_pages);
unsigned long lcma_batch_next(const struct lcma_map *map, unsigned long from,
			      unsigned long end, struct lcma_batch *batch);
void lcma_batch_surplus(const struct lcma_map *map, unsigned long nr_pages,
			const struct lcma_wedges *wedges, unsigned long *from,
			struct lcma_batch *batch);
bool lcma_batch_is_scattered(const struct lcma_map *map,
			     const struct lcma_wedges *wedges);

#endif
