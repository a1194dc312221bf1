/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool: claimed pages that nobody uses.
 */
#ifndef LCMA_POOL_H
#define LCMA_POOL_H

#include "region.h"

/* Give back in a worker: the caller may not sleep. */
#define LCMA_GIVE_LATER		BIT(0)

void lcma_pool_init(struct lcma_region *region);
void lcma_pool_stop(struct lcma_region *region);
unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit);
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from,
		    unsigned int give_flags);
void lcma_pool_trim(struct lcma_region *region);

#endif
