/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool: claimed pages that nobody uses. How many it may hold is two marks:
 * above keep_high nothing is kept; what lies above keep_low is given up when
 * nobody asks for it, or when the system is short of memory.
 */
#ifndef LCMA_POOL_H
#define LCMA_POOL_H

#include "region/region.h"

/* Give back in a worker: the caller may not sleep. */
#define LCMA_GIVE_LATER		BIT(0)

/* A mark that stays what it is. */
#define LCMA_KEEP_SAME		ULONG_MAX

void lcma_pool_init(struct lcma_region *region);
void lcma_pool_stop(struct lcma_region *region);
unsigned long lcma_pool_room(struct lcma_region *region);
unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit, bool *is_zero);
bool lcma_pool_take_rest(struct lcma_region *region, const struct lcma_fit *fit,
			 unsigned long start, bool *is_zero);
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from,
		    unsigned int give_flags);
void lcma_pool_took_in(struct lcma_region *region);
unsigned long lcma_pool_shed(struct lcma_region *region, unsigned long nr_pages);
void lcma_pool_trim(struct lcma_region *region);
void lcma_pool_share(struct lcma_region *region);
unsigned long lcma_pool_decay(struct lcma_region *region,
			      unsigned long nr_pages);
unsigned long lcma_pool_idle(struct lcma_region *region);
unsigned long lcma_pool_shrink(struct lcma_region *region,
			       unsigned long nr_pages);
bool lcma_pool_is_pressed(struct lcma_region *region);
int lcma_pool_set_keep(struct lcma_region *region, unsigned long low,
		       unsigned long high);
void lcma_pool_set_decay(struct lcma_region *region, unsigned int decay_ms);
void lcma_pool_poke(void);
long lcma_pool_await(long timeout);

#endif
