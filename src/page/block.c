// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks: see block.h.
 *
 * The allocator takes a block of 2^n pages by its first page. The others must have
 * no reference, which is how it hands out a block that is no compound page. So the
 * one reference of each of them is taken away first, as long as it is the only
 * one: page_ref_freeze() fails if any other holder has one, or takes one just then.
 * Nobody can take one afterwards.
 *
 * The first page keeps its reference. If another holder has one, too,
 * __free_pages() frees the others, and that holder frees the first page.
 */
#include "page/block.h"

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/sched.h>

#include "fault.h"
#include "page/pageblock.h"

/*
 * The largest block: larger ones would save nothing, because free neighbours
 * merge, and the caller reschedules between two.
 */
#define MOST_PAGES	256UL

/* Pages that are freed one by one between two offers to reschedule. */
#define FEW_PAGES	32UL

/* Freed as a part of a block, a page with a memory error could be allocated again. */
static bool freeze(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	return !PageHWPoison(page) && page_ref_freeze(page, 1);
}

/* Return: true if none of them has a reference now; else each has what it had. */
static bool freeze_all(unsigned long pfn, unsigned long end_pfn)
{
	unsigned long at = pfn;

	while (at < end_pfn && freeze(at))
		at++;
	if (at == end_pfn && !lcma_fault(UNCLAIM_BLOCK))
		return true;
	while (at-- > pfn)
		page_ref_unfreeze(pfn_to_page(at), 1);
	return false;
}

/**
 * lcma_block_free_singly - pages to the buddy allocator, one by one
 * @pfn: the first page; each page is order 0 and has a reference of the caller's
 * @nr_pages: how many
 *
 * A page that another holder references, too, is free when its holder lets go. The
 * kernel's own free_contig_range() would warn about it.
 *
 * Context: process, may sleep.
 */
void lcma_block_free_singly(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long i;

	for (i = 0; i < nr_pages; i++) {
		__free_page(pfn_to_page(pfn + i));
		if (i % FEW_PAGES == FEW_PAGES - 1)
			cond_resched();
	}
}

/**
 * lcma_block_next - how many pages can go back in one step
 * @pfn: the first page
 * @nr_pages: how many follow, at least one
 *
 * Context: any.
 * Return: the length of the block that begins there: a power of two.
 */
unsigned long lcma_block_next(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long most = min3(MOST_PAGES, lcma_unit_pages(),
				  rounddown_pow_of_two(nr_pages));

	return pfn ? min(most, pfn & -pfn) : most;
}

/**
 * lcma_block_free - a block of pages to the buddy allocator
 * @pfn: the first page; each page is order 0 and has a reference of the caller's
 * @nr_pages: what lcma_block_next() returned
 *
 * A page that another holder references, too, makes all of the block go back page by
 * page; that page is free when its holder lets go.
 *
 * Context: process, may sleep.
 */
void lcma_block_free(unsigned long pfn, unsigned long nr_pages)
{
	if (nr_pages > 1 && !PageHWPoison(pfn_to_page(pfn)) &&
	    freeze_all(pfn + 1, pfn + nr_pages))
		__free_pages(pfn_to_page(pfn), ilog2(nr_pages));
	else
		lcma_block_free_singly(pfn, nr_pages);
}
