/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zeroing: which claimed pages are known to be zero, and how the others become
 * so. "Zero" means zero in memory, not only in a cache: on ARMv7 the first
 * transfer into a buffer invalidates its cache lines, and what was in memory
 * would show. One bit a page, of meaning only while lcma has the page:
 *
 *	set when the page has been cleared here, or was claimed from a kernel that
 *	clears what it hands out (init_on_alloc=1), and its cache lines have
 *	been cleaned since (cache.h); unset when it is claimed, and when its
 *	holder gives it back. What a holder writes meanwhile does not change it:
 *	the bit is not looked at then.
 *
 * A second bit says that a page which the first one does not name is zero in a cache at
 * least: it was claimed from a kernel that clears, and only needs to be cleaned.
 */
#ifndef LCMA_ZERO_H
#define LCMA_ZERO_H

#include "region/region.h"

int lcma_zero_fill(struct lcma_region *region, unsigned long start,
		   unsigned long nr_pages, bool may_sleep, ktime_t deadline);
int lcma_zero_touch(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, bool may_sleep, ktime_t deadline);
unsigned long lcma_zero_idle(struct lcma_region *region, unsigned int nr_pages);

#endif
