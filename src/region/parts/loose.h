/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: pages that drivers have without a buffer (buffer/loose.h).
 */
#ifndef LCMA_PART_LOOSE_H
#define LCMA_PART_LOOSE_H

#include <linux/bitmap.h>
#include <linux/bitops.h>

#include "core/bits.h"

/**
 * struct lcma_loose - the loose pages of a region
 * @pages: [lock] one bit a page: a driver has it
 * @heads: [lock] one bit a page: the first one of what a driver asked for
 *
 * Written in: buffer/loose.c region/parts/loose.h
 */
struct lcma_loose {
	unsigned long *pages;
	unsigned long *heads;
};

static inline size_t lcma_loose_bytes(unsigned long nr_pages)
{
	return 2 * BITS_TO_LONGS(nr_pages) * sizeof(long);
}

/* @mem is so many bytes, all zero, and aligned to a long. */
static inline void lcma_loose_init(struct lcma_loose *loose, void *mem,
				   unsigned long nr_pages)
{
	loose->pages = mem;
	loose->heads = loose->pages + BITS_TO_LONGS(nr_pages);
}

/*
 * Under the lock: a run becomes a driver's. Only what was asked for is marked, not what
 * the region's granule added: so a free with a wrong count is noticed.
 */
static inline void lcma_loose_hand_out(struct lcma_loose *loose, unsigned long start,
				       unsigned long nr_pages)
{
	__set_bit(start, loose->heads);
	lcma_bits_fill(loose->pages, start, nr_pages, true);
}

#endif
