// SPDX-License-Identifier: GPL-2.0-only
/*
 * Free blocks: see buddy.h. All of this reads pages that belong to others and
 * change meanwhile (compat/page.h); nothing relies on it.
 */
#include "page/buddy.h"

#include "page/pageblock.h"

#include "compat/page.h"

/**
 * lcma_buddy_block - the free block around a page
 * @pfn: a page that has a struct page, as have all of its unit
 * @first_pfn: the block's first page
 *
 * The head of a block of order n is the page whose number has n zero bits at
 * its end: there are few places to look.
 *
 * Context: any; takes no lock.
 * Return: how many pages the block has; 0: the page does not look free.
 */
unsigned long lcma_buddy_block(unsigned long pfn, unsigned long *first_pfn)
{
	const unsigned long most = lcma_unit_pages();
	struct lcma_page_look look;
	unsigned int order;

	for (order = 0; 1UL << order <= most; order++) {
		/* A block of this order would have the head of one below it. */
		if (order && !(pfn & (1UL << (order - 1))))
			continue;
		*first_pfn = pfn & ~((1UL << order) - 1);
		lcma_page_look(*first_pfn, &look);
		if (look.buddy_order < 0)
			continue;
		/* Free, but the block ends before the page: it is not in it. */
		if ((unsigned int)look.buddy_order < order ||
		    1UL << look.buddy_order > most)
			return 0;
		return 1UL << look.buddy_order;
	}
	return 0;
}
