// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pageblocks: see pageblock.h.
 */
#include "page/pageblock.h"

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>

#include "compat/pageblock.h"

static bool share_movable;
module_param(share_movable, bool, 0444);
MODULE_PARM_DESC(share_movable,
		 "share pages on a kernel without CONFIG_CMA too, although memory that cannot be moved may then enter a region (default: no)");

/**
 * lcma_unit_pages - what isolation really touches
 *
 * The larger of a pageblock and the largest block of the buddy allocator: two
 * calls of alloc_contig_range() inside one unit disturb each other.
 *
 * Context: any.
 * Return: pages, a power of two.
 */
unsigned long lcma_unit_pages(void)
{
	return max_t(unsigned long, pageblock_nr_pages, MAX_ORDER_NR_PAGES);
}

/**
 * lcma_pageblock_type - the migrate type of a pageblock
 * @pfn: a page in it; it has a struct page
 *
 * Context: any. The type can change at any time, unless the caller owns every
 * page of the block.
 * Return: one of enum migratetype.
 */
unsigned int lcma_pageblock_type(unsigned long pfn)
{
	unsigned int shift;
	unsigned long *word = lcma_compat_pageblock_word(pfn, &shift);

	return READ_ONCE(*word) >> shift & LCMA_PAGEBLOCK_TYPE_MASK;
}

/**
 * lcma_pageblock_can_share - may pages be shared at all?
 *
 * Context: any.
 * Return: true on a kernel with CONFIG_CMA, and on any other if share_movable=1
 * asks for it.
 */
bool lcma_pageblock_can_share(void)
{
	return LCMA_HAS_CMA || share_movable;
}

/**
 * lcma_pageblock_is_shareable - can pages be given back in this block?
 * @pfn: a page in it
 *
 * Context: any.
 * Return: true if only movable pages may be allocated from it.
 */
bool lcma_pageblock_is_shareable(unsigned long pfn)
{
	return LCMA_HAS_CMA && lcma_pageblock_type(pfn) == LCMA_MIGRATETYPE;
}

/**
 * lcma_pageblock_set_type - set the migrate type of a pageblock
 * @pfn: a page in it. None of the block's pages is free: the buddy allocator
 *	files free pages by type and would lose count.
 * @type: one of enum migratetype
 *
 * Context: any. The neighbours' entries stand in the same word and may be
 * changed at the same time.
 */
void lcma_pageblock_set_type(unsigned long pfn, unsigned int type)
{
	unsigned int shift;
	unsigned long *word = lcma_compat_pageblock_word(pfn, &shift);
	unsigned long old = READ_ONCE(*word);
	unsigned long new;

	do {
		new = old & ~(LCMA_PAGEBLOCK_TYPE_MASK << shift);
		new |= (unsigned long)type << shift;
	} while (!try_cmpxchg(word, &old, new));
}
