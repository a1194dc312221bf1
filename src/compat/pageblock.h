/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the kernel keeps the type of a pageblock. Its accessors are not
 * exported; the bitmap is reachable through public structures, and the type is
 * in the low three bits of a block's entry on every kernel from 6.1 on.
 * Only pageblock.c uses this.
 */
#ifndef LCMA_COMPAT_PAGEBLOCK_H
#define LCMA_COMPAT_PAGEBLOCK_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pageblock-flags.h>

#define LCMA_PAGEBLOCK_TYPE_MASK	7UL

/* The word that holds a block's entry; *shift: where in it the entry begins. */
static inline unsigned long *lcma_compat_pageblock_word(unsigned long pfn,
							unsigned int *shift)
{
	unsigned long *map;
	unsigned long bit;

#ifdef CONFIG_SPARSEMEM
	map = section_to_usemap(__pfn_to_section(pfn));
	pfn &= PAGES_PER_SECTION - 1;
#else
	struct zone *zone = page_zone(pfn_to_page(pfn));

	map = zone->pageblock_flags;
	pfn -= round_down(zone->zone_start_pfn, pageblock_nr_pages);
#endif
	bit = (pfn >> pageblock_order) * NR_PAGEBLOCK_BITS;
	*shift = bit % BITS_PER_LONG;
	return &map[bit / BITS_PER_LONG];
}

#endif
