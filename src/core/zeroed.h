/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zeroed: which pages of a region are known to be zero, how many of them are in
 * the pool, and where in the pool those may be that are not. zero.h says what
 * "zero" means and when a bit is set.
 *
 * Zeroing ahead pays only if somebody takes the page. So it is done for what the pool
 * keeps in any case; and for as many other pages as were *reused*: given back to the pool
 * by one holder, and handed out to the next. What only comes and goes, as the rest of
 * a free block does, or what is freed once, is left as it is until it is handed out.
 *
 * Where devices do not see the CPU's caches there is a state between: the kernel has
 * zeroed what it gave (init_on_alloc=1), but the zeroes may be in a cache. Such a page
 * only needs to be cleaned, when it is handed out or in the background.
 */
#ifndef LCMA_ZEROED_H
#define LCMA_ZEROED_H

#include "core/map.h"
#include "core/seam.h"

/**
 * enum lcma_zeroness - what is known of a page's content
 * @LCMA_ZERO_UNKNOWN: nothing
 * @LCMA_ZERO_CACHED: CPUs read zeroes; in memory there may be something else
 * @LCMA_ZERO_IN_MEMORY: it is zero in memory
 */
enum lcma_zeroness {
	LCMA_ZERO_UNKNOWN,
	LCMA_ZERO_CACHED,
	LCMA_ZERO_IN_MEMORY,
};

/**
 * struct lcma_zeroed - the pages of a region that are zero
 * @bits: [lock] one bit a page; it counts only while lcma has the page
 * @cached: [lock] one bit a page: zero, but perhaps only in a cache; it counts where
 *	the other one is not set
 * @nr_pooled: [lock, peeked] pages of the pool that are zero
 * @dirty_from: [lock] no page of the pool before this one, and
 * @dirty_end: [lock] none from this one on needs to be zeroed
 * @nr_expected: [lock] as many pages the pool would have if none had been taken since the
 *	last look: so a request need not count
 * @nr_returned: [lock] pages that holders gave back to the pool, and nobody has had since;
 *	at most as many as the pool has
 * @nr_reused: [lock] how many of such pages were handed out again, less those that were
 *	zeroed in the background since
 *
 * Written in: core/zeroed.c
 */
struct lcma_zeroed {
	unsigned long *bits;
	unsigned long *cached;
	unsigned long nr_pooled;
	unsigned long dirty_from;
	unsigned long dirty_end;
	unsigned long nr_expected;
	unsigned long nr_returned;
	unsigned long nr_reused;
};

size_t lcma_zeroed_bytes(unsigned long nr_pages);
void lcma_zeroed_init(struct lcma_zeroed *zeroed, void *mem,
		      unsigned long nr_pages);
void lcma_zeroed_note(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages, enum lcma_zeroness content);
bool lcma_zeroed_all(const struct lcma_zeroed *zeroed, unsigned long start,
		     unsigned long nr_pages);
unsigned long lcma_zeroed_dirty(const struct lcma_zeroed *zeroed,
				unsigned long *start, unsigned long end,
				bool *is_cached);
bool lcma_zeroed_is_cached(const struct lcma_zeroed *zeroed, unsigned long page);
void lcma_zeroed_gain(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages);
void lcma_zeroed_lose(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages, unsigned long nr_pool);
void lcma_zeroed_forget(struct lcma_zeroed *zeroed, unsigned long start,
			unsigned long nr_pages, unsigned long nr_pool);
unsigned long lcma_zeroed_next(struct lcma_zeroed *zeroed,
			       const struct lcma_map *map);
void lcma_zeroed_clean(struct lcma_zeroed *zeroed, unsigned long page);
void lcma_zeroed_note_returned(struct lcma_zeroed *zeroed, unsigned long nr_pages,
			       unsigned long nr_pool, unsigned long most);
void lcma_zeroed_note_left(struct lcma_zeroed *zeroed, unsigned long nr_pages,
			   unsigned long nr_pool);
bool lcma_zeroed_is_due(const struct lcma_zeroed *zeroed, unsigned long nr_kept);

#endif
