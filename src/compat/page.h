/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A look at a struct page that is not ours. The page is copied once; the copy
 * is judged. Nothing is followed from it, no predicate is used that asserts
 * something of a page which may change under it, so the answer is a hint: good
 * for placement and for explanations, never a proof.
 *
 * A folio of several pages keeps its references, its flags and its mappings in its
 * head and in the page after that; both are copied. What its other pages say of
 * their head is not followed: kernels encode it in different ways.
 */
#ifndef LCMA_COMPAT_PAGE_H
#define LCMA_COMPAT_PAGE_H

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/version.h>

/**
 * struct lcma_page_look - a page as it was at one moment
 * @refcount: references
 * @nr_pages: pages of the folio that it heads; 1: it is alone, or heads none
 * @mapcount: how often page tables map it or a page of its folio; negative: this
 *	kernel does not let us tell
 * @buddy_order: order of the free block that it heads; -1: it heads none
 * @tail: it belongs to a larger page that begins elsewhere
 * @reserved: the kernel never frees it
 * @lru: it is on one of the reclaim lists, so migration can take it
 * @locked: its lock is held
 * @writeback: it is being written to its device
 * @movable_ops: its driver moves it, as zsmalloc's and a balloon's do
 * @anon: an anonymous page, or one of KSM
 * @file: a page of the page cache
 * @private: it has buffer heads or the like
 * @poisoned: the hardware has found a memory error in it
 * @swapcache: it is (probably) also in the swap cache
 */
struct lcma_page_look {
	int refcount;
	unsigned long nr_pages;
	int mapcount;
	int buddy_order;
	bool tail;
	bool reserved;
	bool lru;
	bool locked;
	bool writeback;
	bool movable_ops;
	bool anon;
	bool file;
	bool private;
	bool poisoned;
	bool swapcache;
};

#ifdef CONFIG_MEMORY_FAILURE
static inline bool lcma_compat_poisoned(const unsigned long *flags)
{
	return test_bit(PG_hwpoison, flags);
}
#else
static inline bool lcma_compat_poisoned(const unsigned long *flags)
{
	return false;
}
#endif

/* A page and the one after it. */
union lcma_page_copy {
	struct page page[2];
	struct folio folio;
};

/*
 * Is it a page that its driver moves? (Not by page_has_movable_ops(), which may look
 * at what stands after the copy.)
 */
#ifdef PAGE_MAPPING_MOVABLE
static inline bool lcma_page_movable_ops(const struct page *copy)
{
	return ((unsigned long)copy->mapping & PAGE_MAPPING_FLAGS) ==
	       PAGE_MAPPING_MOVABLE;
}
#else
static inline bool lcma_page_movable_ops(const struct page *copy)
{
	return test_bit(PG_movable_ops, (const unsigned long *)&copy->flags) &&
	       (PageOffline(copy) || PageZsmalloc(copy));
}
#endif

/* How often page tables map a folio of several pages. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
static inline int lcma_page_mapcount(unsigned long pfn, unsigned long nr_pages,
				     const union lcma_page_copy *copy)
{
	return folio_mapcount(&copy->folio);
}
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
static inline int lcma_page_mapcount(unsigned long pfn, unsigned long nr_pages,
				     const union lcma_page_copy *copy)
{
	const int whole = atomic_read(&copy->page[1].compound_mapcount) + 1;
	const bool is_anon = (unsigned long)copy->page[0].mapping & 3;
	const int nr = nr_pages;
	int parts = 0;
	int i;

	/* The usual case, for which no page need be counted. */
	if (page_ref_count(&copy->page[0]) <= whole + 1)
		return whole;
	for (i = 0; i < nr; i++) {
		/* A race by design: a count may change between two looks. */
		parts += data_race(atomic_read(&pfn_to_page(pfn + i)->_mapcount)) + 1;
	}
	/* There a mapping of the whole also counts as one of each page. */
	if (!is_anon)
		return whole + parts - whole * nr;
	if (test_bit(PG_double_map, &copy->page[1].flags))
		parts -= nr;
	return whole + parts;
}
#else
static inline int lcma_page_mapcount(unsigned long pfn, unsigned long nr_pages,
				     const union lcma_page_copy *copy)
{
	return -1;
}
#endif

/* The head of a folio of several pages, as far as it differs from a lone page. */
static inline void lcma_page_look_large(unsigned long pfn,
					union lcma_page_copy *copy,
					struct lcma_page_look *look)
{
	unsigned int order;

	/* A race by design: see above. */
	data_race(memcpy(&copy->page[1], pfn_to_page(pfn + 1),
			 sizeof(copy->page[1])));
	order = folio_order(&copy->folio);
	/* A torn read: no folio is as large as that. */
	if (!order || order >= BITS_PER_LONG - PAGE_SHIFT)
		return;
	/* Where struct pages of a huge page share memory, tails show a head's words. */
	if (pfn & ((1UL << order) - 1)) {
		look->tail = true;
		return;
	}
	look->nr_pages = 1UL << order;
	look->mapcount = lcma_page_mapcount(pfn, look->nr_pages, copy);
}

static inline void lcma_page_look(unsigned long pfn,
				  struct lcma_page_look *look)
{
	union lcma_page_copy copy;
	struct page *page = copy.page;
	const unsigned long *flags = (const unsigned long *)&page->flags;
	unsigned long mapping;

	/* A race by design: see above. */
	data_race(memcpy(&copy.page[0], pfn_to_page(pfn), sizeof(*page)));
	mapping = (unsigned long)page->mapping;

	look->refcount = page_ref_count(page);
	look->nr_pages = 1;
	look->buddy_order = PageBuddy(page) ? (int)page->private : -1;
	/* This word's lowest bit, whatever its name is on a kernel. */
	look->tail = (unsigned long)page->lru.next & 1;
	look->reserved = test_bit(PG_reserved, flags);
	look->lru = test_bit(PG_lru, flags);
	look->locked = test_bit(PG_locked, flags);
	look->writeback = test_bit(PG_writeback, flags);
	look->private = test_bit(PG_private, flags);
	look->poisoned = lcma_compat_poisoned(flags);
	look->swapcache = test_bit(PG_swapbacked, flags) &&
			  test_bit(PG_owner_priv_1, flags);
	look->movable_ops = !look->tail && lcma_page_movable_ops(page);
	look->anon = mapping & 3 && !look->movable_ops;
	look->file = mapping && !(mapping & 3);
	/* A page of a special type keeps its type where the count would be. */
	look->mapcount = atomic_read(&page->_mapcount) + 1;
	if (look->mapcount < 0)
		look->mapcount = 0;
	if (!look->tail && !look->reserved && test_bit(PG_head, flags))
		lcma_page_look_large(pfn, &copy, look);
}

/* The order of the free block that a page heads; -1: it heads none. Nothing else of it. */
static inline int lcma_page_buddy_order(unsigned long pfn)
{
	struct page copy;

	/* A race by design: see above. */
	data_race(memcpy(&copy, pfn_to_page(pfn), sizeof(copy)));
	return PageBuddy(&copy) ? (int)copy.private : -1;
}

/*
 * Reserved, with one reference, as the boot leaves a page: the part of a look that
 * asks for little more than this, of each page of a reservation.
 */
static inline bool lcma_page_is_as_booted(unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);
	const unsigned long flags = READ_ONCE(*(const unsigned long *)&page->flags);

	return test_bit(PG_reserved, &flags) && page_ref_count(page) == 1 &&
	       !((unsigned long)READ_ONCE(page->lru.next) & 1) &&
	       !lcma_compat_poisoned(&flags);
}

#endif
