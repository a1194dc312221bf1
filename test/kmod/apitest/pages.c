// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation of pages: sizes, alignment, what the pages are like, zeroing, and
 * every error that can be had without memory pressure.
 */
#include "apitest.h"

#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/pfn.h>
#include <linux/string.h>

static struct page *nth(struct page *first, unsigned long n)
{
	return pfn_to_page(page_to_pfn(first) + n);
}

/* Every word of @count pages. */
void apitest_fill(struct page *pages, unsigned long count, u32 value)
{
	unsigned long i;
	void *vaddr;

	for (i = 0; i < count; i++) {
		vaddr = kmap_local_page(nth(pages, i));
		memset32(vaddr, value, PAGE_SIZE / sizeof(value));
		kunmap_local(vaddr);
	}
}

/* Has every word of @count pages this value? */
bool apitest_holds(struct page *pages, unsigned long count, u32 value)
{
	bool same = true;
	unsigned long i;
	u32 *vaddr;

	for (i = 0; i < count && same; i++) {
		vaddr = kmap_local_page(nth(pages, i));
		same = vaddr[0] == value &&
		       !memcmp(vaddr, vaddr + 1, PAGE_SIZE - sizeof(value));
		kunmap_local(vaddr);
	}
	return same;
}

/* As dma_alloc_from_contiguous() gives them. */
static bool are_plain(struct page *pages, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++)
		if (page_ref_count(nth(pages, i)) != 1 ||
		    PageCompound(nth(pages, i)) ||
		    PageReserved(nth(pages, i)))
			return false;
	return true;
}

static bool lies_in(struct lcma_region *region, struct page *pages,
		    unsigned long count)
{
	struct lcma_region_state s = apitest_state(region);
	unsigned long base_pfn = PHYS_PFN(s.base);
	unsigned long pfn = page_to_pfn(pages);

	return pfn >= base_pfn && pfn + count <= base_pfn + s.nr_pages;
}

static void one_size(struct lcma_region *region, unsigned long count,
		     unsigned int align_order, unsigned long granule)
{
	const struct lcma_region_state before = apitest_state(region);
	struct page *pages = lcma_alloc_pages(region, count, align_order, 0);

	if (!OK(!IS_ERR(pages), "%lu pages, order %u", count, align_order))
		return;
	OK(IS_ALIGNED(page_to_pfn(pages), 1UL << align_order) &&
	   lies_in(region, pages, count), "%lu pages: aligned, in the region",
	   count);
	OK(are_plain(pages, count), "%lu pages: one reference, not compound",
	   count);
	OK(apitest_state(region).used_pages - before.used_pages ==
	   ALIGN(count, granule) && apitest_sums_up(region),
	   "%lu pages: counted", count);
	apitest_fill(pages, count, 0x5a000000 + count);
	OK(apitest_holds(pages, count, 0x5a000000 + count),
	   "%lu pages: hold what is written", count);
	OK(lcma_free_pages(region, pages, count), "%lu pages: freed", count);
	OK(apitest_settles(region, &before), "%lu pages: came back", count);
	OK(!lcma_free_pages(region, pages, count),
	   "%lu pages: not freed twice", count);
}

static void zeroing(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const unsigned long count = before.nr_pages;
	struct page *pages = lcma_alloc_pages(region, count, 0, 0);

	if (!OK(!IS_ERR(pages), "the whole region"))
		return;
	apitest_fill(pages, count, 0xdeadbeef);
	FAILS(lcma_alloc_pages(region, 1, 0, 0), -ENOSPC, "full: ENOSPC");
	FAILS(lcma_alloc_pages(region, 1, 0, LCMA_NOWAIT), -ENOSPC,
	      "full, NOWAIT: ENOSPC");
	OK(apitest_state(region).largest_pages == 0, "full: no run is left");
	lcma_free_pages(region, pages, count);
	OK(apitest_settles(region, &before), "the whole region comes back");

	pages = lcma_alloc_pages(region, count, 0, LCMA_ZERO);
	if (!OK(!IS_ERR(pages), "the whole region, zeroed"))
		return;
	OK(apitest_holds(pages, count, 0), "what was written is gone");
	lcma_free_pages(region, pages, count);
	OK(apitest_settles(region, &before), "and comes back");
}

/* Sixteen pages where a device reaches them, or the place is named as the reason. */
static void within(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const u64 bytes = (u64)before.nr_pages << PAGE_SHIFT;
	struct lcma_limits limits = { .below = before.base + SZ_64K };
	struct lcma_buffer_params params = { .bytes = SZ_64K, .flags = LCMA_QUIET };
	struct lcma_buffer *buffer;
	struct page *pages;
	unsigned int flags;

	pages = lcma_alloc_pages_within(region, 16, 0, 0, &limits);
	if (!OK(!IS_ERR(pages) && page_to_phys(pages) == before.base,
		"below= leaves one place"))
		return;
	FAILS(lcma_alloc_pages_within(region, 1, 0, LCMA_QUIET, &limits), -ENOSPC,
	      "which is taken");
	lcma_free_pages(region, pages, 16);
	/* From the pool and from shared pages. */
	for (flags = 0; flags <= LCMA_NOWAIT; flags += LCMA_NOWAIT) {
		limits = (struct lcma_limits){ .at = before.base + bytes - SZ_64K };
		pages = lcma_alloc_pages_within(region, 16, 0, flags, &limits);
		if (flags && PTR_ERR(pages) == -EAGAIN)
			continue;
		OK(!IS_ERR(pages) && page_to_phys(pages) == limits.at,
		   "at= is the place, flags %u", flags);
		if (!IS_ERR(pages))
			lcma_free_pages(region, pages, 16);
	}
	limits = (struct lcma_limits){ .boundary = SZ_64K };
	pages = lcma_alloc_pages_within(region, 16, 0, 0, &limits);
	OK(!IS_ERR(pages) && IS_ALIGNED(page_to_phys(pages), SZ_64K),
	   "boundary= is not crossed");
	if (!IS_ERR(pages))
		lcma_free_pages(region, pages, 16);
	params.limits.at = before.base + SZ_64K;
	buffer = lcma_buffer_alloc(region, &params);
	OK(!IS_ERR(buffer) && lcma_buffer_phys(buffer) == before.base + SZ_64K,
	   "a buffer is where it was wanted");
	if (!IS_ERR(buffer))
		lcma_buffer_put(buffer);
	limits = (struct lcma_limits){ .boundary = SZ_32K };
	FAILS(lcma_alloc_pages_within(region, 16, 0, 0, &limits), -EINVAL,
	      "a boundary smaller than the pages: EINVAL");
	limits = (struct lcma_limits){ .at = before.base + 1 };
	FAILS(lcma_alloc_pages_within(region, 1, 0, 0, &limits), -EINVAL,
	      "at= between two pages: EINVAL");
	limits = (struct lcma_limits){ .below = before.base };
	FAILS(lcma_alloc_pages_within(region, 1, 0, LCMA_QUIET, &limits), -ENOSPC,
	      "below the region: ENOSPC");
	limits = (struct lcma_limits){ .at = before.base + bytes };
	FAILS(lcma_alloc_pages_within(region, 1, 0, LCMA_QUIET | LCMA_NOWAIT, &limits),
	      -ENOSPC, "after the region, NOWAIT: ENOSPC");
	OK(apitest_settles(region, &before), "nothing is left");
}

void apitest_pages(struct lcma_region *region)
{
	const unsigned long granule = apitest_granule(region);
	static const struct {
		unsigned long count;
		unsigned int align_order;
	} sizes[] = {
		{ 1, 0 }, { 2, 0 }, { 3, 2 }, { 15, 0 }, { 16, 4 }, { 17, 8 },
		{ 256, 8 }, { 1000, 10 }, { 1, 11 }, { 2048, 11 },
	};
	unsigned int i;

	if (!OK(granule, "one page takes %lu", granule))
		return;
	OK(apitest_sums_up(region), "the region's numbers add up");
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		one_size(region, sizes[i].count, sizes[i].align_order, granule);
	zeroing(region);
	within(region);
}

void apitest_errors(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const unsigned long all = before.nr_pages;

	OK(!lcma_region_find("nowhere"), "no region of an unknown name");
	OK(!lcma_region_find(""), "no region without a name");
	FAILS(lcma_alloc_pages(region, 0, 0, 0), -EINVAL, "no pages: EINVAL");
	FAILS(lcma_alloc_pages(region, 1, 0, BIT(3)), -EOPNOTSUPP,
	      "unknown flag: EOPNOTSUPP");
	FAILS(lcma_alloc_pages(region, 1, 0, BIT(31)), -EOPNOTSUPP,
	      "another one: EOPNOTSUPP");
	FAILS(lcma_alloc_pages(region, all + 1, 0, 0), -EFBIG,
	      "more than the region: EFBIG");
	FAILS(lcma_alloc_pages(region, ULONG_MAX, 0, 0), -EFBIG,
	      "far more: EFBIG");
	FAILS(lcma_alloc_pages(region, all + 1, 0, LCMA_NOWAIT), -EFBIG,
	      "more, NOWAIT: EFBIG");
	FAILS(lcma_alloc_pages(NULL, ULONG_MAX, 0, 0), -EFBIG,
	      "more than any region: EFBIG");
	FAILS(lcma_alloc_pages(region, 1, BITS_PER_LONG - 1, 0), -EINVAL,
	      "alignment that is no number of pages: EINVAL");
	FAILS(lcma_alloc_pages(region, 1, 1000, 0), -EINVAL,
	      "alignment beyond shifting: EINVAL");
	FAILS(lcma_alloc_pages(region, 1, BITS_PER_LONG - 2, 0), -ENOSPC,
	      "alignment that nothing has: ENOSPC");
	OK(apitest_settles(region, &before), "nothing has happened");
}

/* The region was drained. */
void apitest_gone(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = PAGE_SIZE };
	struct page *page;

	FAILS(lcma_alloc_pages(region, 1, 0, 0), -ENOENT, "drained: ENOENT");
	FAILS(lcma_alloc_pages(region, 1, 0, LCMA_NOWAIT), -ENOENT,
	      "drained, NOWAIT: ENOENT");
	FAILS(lcma_buffer_alloc(region, &params), -ENOENT,
	      "drained, a buffer: ENOENT");
	page = pfn_to_page(PHYS_PFN(apitest_state(region).base));
	OK(!lcma_free_pages(region, page, 1), "nothing of it can be freed");
	page = lcma_alloc_pages(NULL, 1, 0, 0);
	OK(!IS_ERR(page), "another region serves a caller that names none");
	if (!IS_ERR(page))
		OK(lcma_free_pages(NULL, page, 1), "and is found again");
}
