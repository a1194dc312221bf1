/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: how many idle pages its pool keeps, and for how long. The pages
 * themselves are in the map. supply/pool.h and supply/surplus.h say what is done
 * with them.
 */
#ifndef LCMA_PART_POOL_H
#define LCMA_PART_POOL_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "core/batch.h"

/*
 * How long an idle pool is kept, unless decay_ms says otherwise: longer than the
 * pause between two uses of the same camera, short enough that unused memory
 * returns to the system soon.
 */
#define LCMA_DECAY_MS	10000

/**
 * struct lcma_pool - the marks and the clocks of a region's pool
 * @keep_low: [lock, peeked] pool pages that a refill aims at
 * @keep_high: [lock, peeked] pool pages above this are given back
 * @own_low: [lock] @keep_low without what was promised
 * @own_high: [lock] @keep_high without that
 * @promised: [lock] by how much groups of devices raise @keep_low
 * @is_wedged: [lock, peeked] the first page of each unit is kept besides
 * @wedges: [lock] where that is, and how many of them are in the pool, even if they
 *	need not stay there
 * @is_warm: fixed; the pool is as full from the start as it may be
 * @decay_ms: [lock, peeked] after so long without a request an idle pool is given
 *	back down to @keep_low; 0: never
 * @asked_at: [lock] when pages last entered or left the pool for a request, in
 *	jiffies
 * @shrunk_at: [lock] when the system last asked for idle pages, in jiffies
 * @was_shrunk: [lock] it has, recently: nothing above @keep_low is kept
 * @surplus_from: [lock] where the next search for surplus pages begins
 * @over_work: gives back what was freed by callers that may not sleep, and is more
 *	than the pool may keep
 * @poke_timer: wakes the upkeep, in a moment
 *
 * Written in: supply/pool.c supply/surplus.c
 */
struct lcma_pool {
	unsigned long keep_low;
	unsigned long keep_high;
	unsigned long own_low;
	unsigned long own_high;
	unsigned long promised;
	bool is_wedged;
	struct lcma_wedges wedges;
	bool is_warm;
	unsigned int decay_ms;
	unsigned long asked_at;
	unsigned long shrunk_at;
	bool was_shrunk;
	unsigned long surplus_from;
	struct work_struct over_work;
	struct timer_list poke_timer;
};

static inline void lcma_pool_init(struct lcma_pool *pool, unsigned long keep_low,
				  unsigned long keep_high, bool is_warm,
				  bool is_wedged,
				  const struct lcma_wedges *wedges)
{
	WRITE_ONCE(pool->is_wedged, is_wedged);
	pool->wedges = *wedges;
	WRITE_ONCE(pool->keep_low, keep_low);
	WRITE_ONCE(pool->keep_high, keep_high);
	pool->own_low = keep_low;
	pool->own_high = keep_high;
	WRITE_ONCE(pool->decay_ms, LCMA_DECAY_MS);
	pool->is_warm = is_warm;
	pool->asked_at = jiffies;
}

/* Under the lock: the pages of the pool that stay there; NULL: none. */
static inline const struct lcma_wedges *
lcma_pool_wedges(const struct lcma_pool *pool)
{
	return pool->is_wedged ? &pool->wedges : NULL;
}

/* Under the lock: pages have come into the pool, or left it. */
static inline void lcma_pool_note(struct lcma_pool *pool, unsigned long start,
				  unsigned long nr_pages, bool is_in)
{
	const unsigned long nr = lcma_wedges_in(&pool->wedges, start, nr_pages);

	pool->wedges.nr += is_in ? nr : -nr;
}

#endif
