/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A look at a struct page that is not ours. The page is copied once; the copy
 * is judged. Nothing is followed from it, no predicate is used that asserts
 * something of a page which may change under it, so the answer is a hint: good
 * for placement and for explanations, never a proof.
 */
#ifndef LCMA_COMPAT_PAGE_H
#define LCMA_COMPAT_PAGE_H

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>

/**
 * struct lcma_page_look - a page as it was at one moment
 * @refcount: references
 * @mapcount: page tables that map it, where that can be told from the page
 * @buddy_order: order of the free block that it heads; -1: it heads none
 * @tail: it belongs to a larger page that begins elsewhere
 * @reserved: the kernel never frees it
 * @lru: it is on one of the reclaim lists, so migration can take it
 * @locked: somebody holds its lock
 * @writeback: it is being written to its device
 * @anon: an anonymous page, or one of KSM or a movable driver page
 * @file: a page of the page cache
 * @private: it has buffer heads or the like
 * @swapcache: it is (probably) also in the swap cache
 */
struct lcma_page_look {
	int refcount;
	int mapcount;
	int buddy_order;
	bool tail;
	bool reserved;
	bool lru;
	bool locked;
	bool writeback;
	bool anon;
	bool file;
	bool private;
	bool swapcache;
};

static inline void lcma_page_look(unsigned long pfn,
				  struct lcma_page_look *look)
{
	struct page copy;
	const unsigned long *flags = (const unsigned long *)&copy.flags;
	unsigned long mapping;

	/* A race by design: see above. */
	data_race(memcpy(&copy, pfn_to_page(pfn), sizeof(copy)));
	mapping = (unsigned long)copy.mapping;

	look->refcount = page_ref_count(&copy);
	look->buddy_order = PageBuddy(&copy) ? (int)copy.private : -1;
	/* This word's lowest bit, whatever its name is on a kernel. */
	look->tail = (unsigned long)copy.lru.next & 1;
	look->reserved = test_bit(PG_reserved, flags);
	look->lru = test_bit(PG_lru, flags);
	look->locked = test_bit(PG_locked, flags);
	look->writeback = test_bit(PG_writeback, flags);
	look->private = test_bit(PG_private, flags);
	look->swapcache = test_bit(PG_swapbacked, flags) &&
			  test_bit(PG_owner_priv_1, flags);
	look->anon = mapping & 3;
	look->file = mapping && !look->anon;
	/* A page of a special type keeps its type where the count would be. */
	look->mapcount = atomic_read(&copy._mapcount) + 1;
	if (look->mapcount < 0)
		look->mapcount = 0;
}

#endif
