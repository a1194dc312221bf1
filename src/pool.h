/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool: claimed pages that nobody uses.
 */
#ifndef LCMA_POOL_H
#define LCMA_POOL_H

#include "region.h"

unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit);
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from);
void lcma_pool_trim(struct lcma_region *region);

#endif
