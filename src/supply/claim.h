/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claiming: pages out of the buddy allocator, and back to it. The only caller
 * of alloc_contig_range().
 */
#ifndef LCMA_CLAIM_H
#define LCMA_CLAIM_H

#include "region/region.h"

void lcma_claim_init(void);
int lcma_claim(struct lcma_region *region, unsigned long start,
	       unsigned long nr_pages);
void lcma_unclaim(struct lcma_region *region, unsigned long start,
		  unsigned long nr_pages);
bool lcma_claim_zeroes(void);
bool lcma_unclaim_is_fast(void);

#endif
