// SPDX-License-Identifier: GPL-2.0-only
/*
 * Free blocks: see buddy.h. All of this reads pages that belong to others and
 * change meanwhile (compat/page.h); nothing relies on it.
 */
#include "page/buddy.h"

#include <linux/minmax.h>
#include <linux/mmzone.h>

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
	unsigned int order;
	int found;

	for (order = 0; 1UL << order <= most; order++) {
		/* A block of this order would have the head of one below it. */
		if (order && !(pfn & (1UL << (order - 1))))
			continue;
		*first_pfn = pfn & ~((1UL << order) - 1);
		found = lcma_page_buddy_order(*first_pfn);
		if (found < 0)
			continue;
		/* Free, but the block ends before the page: it is not in it. */
		if ((unsigned int)found < order || 1UL << found > most)
			return 0;
		return 1UL << found;
	}
	return 0;
}

/**
 * lcma_buddy_taken - what a claim of a page takes of the free block around it
 * @pfn: a page that has a struct page, as have all of its unit
 * @first_pfn: the first page of it
 *
 * alloc_contig_range() isolates pageblocks. A free block that is larger than one is
 * split where the pageblock ends.
 *
 * Context: any; takes no lock.
 * Return: how many pages; 0: the page does not look free.
 */
unsigned long lcma_buddy_taken(unsigned long pfn, unsigned long *first_pfn)
{
	const unsigned long most = pageblock_nr_pages;
	const unsigned long nr_block = lcma_buddy_block(pfn, first_pfn);

	if (nr_block > most)
		*first_pfn = rounddown(pfn, most);
	return min(nr_block, most);
}
