/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool: claimed pages that are idle, how they are handed out, and how they
 * come back. How many it may hold: surplus.h.
 */
#ifndef LCMA_POOL_H
#define LCMA_POOL_H

#include "region/region.h"

/* Give back in a worker: the caller may not sleep. */
#define LCMA_GIVE_LATER		BIT(0)

/* It is no allocation, and not counted as one. */
#define LCMA_TAKE_AHEAD		BIT(0)

unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit, unsigned int take_flags,
			     bool *is_zero);
bool lcma_pool_take_rest(struct lcma_region *region, const struct lcma_fit *fit,
			 unsigned long start, unsigned int take_flags,
			 bool *is_zero);
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from,
		    unsigned int give_flags);
void lcma_pool_took_in(struct lcma_region *region, unsigned int give_flags);

#endif
