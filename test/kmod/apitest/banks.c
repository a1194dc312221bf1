// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several regions in place of one, and places in them, as a driver asks for both: the
 * planes of a picture in two banks. For regions "a", which is given, and "b", both empty
 * and of one size.
 */
#include "apitest.h"

#include <linux/err.h>
#include <linux/pfn.h>
#include <linux/sizes.h>

#define NR_PLANES	4

struct banks {
	struct lcma_region *a;
	struct lcma_region *b;
};

/* 'a' or 'b', where a buffer lies; an errno's absolute value if there is none. */
static int bank_of(const struct banks *banks, struct lcma_buffer *buffer)
{
	const struct lcma_region_state a = apitest_state(banks->a);
	phys_addr_t phys;

	if (IS_ERR(buffer))
		return -PTR_ERR(buffer);
	phys = lcma_buffer_phys(buffer);
	return phys >= a.base && phys < a.base + ((phys_addr_t)a.nr_pages << PAGE_SHIFT) ?
	       'a' : 'b';
}

static struct lcma_buffer *plane(const char *regions, u64 bytes)
{
	return lcma_buffer_alloc(NULL, &(struct lcma_buffer_params) {
			.bytes = bytes,
			.regions = regions,
			.label = "plane",
			.flags = LCMA_QUIET,
		});
}

static void put(struct lcma_buffer *buffer)
{
	if (!IS_ERR(buffer))
		lcma_buffer_put(buffer);
}

/* Each plane in the other bank, whichever comes first. */
static void in_turn(const struct banks *banks)
{
	struct lcma_buffer *planes[NR_PLANES];
	int at[NR_PLANES];
	unsigned int i;

	for (i = 0; i < NR_PLANES; i++) {
		planes[i] = plane("a+b", SZ_1M);
		at[i] = bank_of(banks, planes[i]);
	}
	for (i = 0; i < NR_PLANES; i++)
		OK(at[i] == 'a' || at[i] == 'b', "a+b: plane %u", i);
	for (i = 1; i < NR_PLANES; i++)
		OK(at[i] != at[i - 1], "a+b: plane %u is in the other bank", i);
	for (i = 0; i < NR_PLANES; i++)
		put(planes[i]);
}

/* The second bank when the first is full, and then none. */
static void in_order(const struct banks *banks)
{
	const u64 bytes = (u64)apitest_state(banks->a).nr_pages << PAGE_SHIFT;
	struct lcma_buffer *first = plane("a,b", bytes);
	struct lcma_buffer *second = plane("a,b", bytes);
	struct lcma_buffer *third = plane("a,b", SZ_1M);

	OK(bank_of(banks, first) == 'a', "a,b: the first one has memory");
	OK(bank_of(banks, second) == 'b', "a,b: the first one is full");
	FAILS(third, -ENOSPC, "a,b: both are full");
	put(first);
	put(third);
	first = plane("a+b", SZ_1M);
	OK(bank_of(banks, first) == 'a', "a+b: one of them is full");
	put(first);
	put(second);
}

/* One device, two banks: each plane where the hardware wants it. */
static void by_name(const struct banks *banks)
{
	struct lcma_buffer *luma = plane("a", SZ_2M);
	struct lcma_buffer *chroma = plane("b", SZ_1M);

	OK(bank_of(banks, luma) == 'a' && bank_of(banks, chroma) == 'b',
	   "by name: one plane in each");
	put(luma);
	put(chroma);
}

/* Of a list, a region that has no such place does not count. */
static void by_place(const struct banks *banks)
{
	const struct lcma_region_state a = apitest_state(banks->a);
	const struct lcma_region_state b = apitest_state(banks->b);
	const phys_addr_t at = b.base + SZ_2M;
	struct lcma_buffer_params params = {
		.bytes = SZ_1M, .regions = "a,b", .flags = LCMA_QUIET,
		.limits.at = at,
	};
	struct lcma_buffer *buffer = lcma_buffer_alloc(NULL, &params);
	struct lcma_limits limits = { .boundary = SZ_1M };
	struct page *pages;

	OK(!IS_ERR(buffer) && lcma_buffer_phys(buffer) == at, "a,b: at a place in b");
	put(buffer);
	params.limits = (struct lcma_limits) { .below = max(a.base, b.base) };
	buffer = lcma_buffer_alloc(NULL, &params);
	OK(bank_of(banks, buffer) == (a.base < b.base ? 'a' : 'b'),
	   "a,b: below the upper one");
	put(buffer);
	params.limits = (struct lcma_limits) { .below = SZ_4K };
	FAILS(lcma_buffer_alloc(NULL, &params), -ENOSPC, "a,b: below both");
	params.limits = (struct lcma_limits) { .at = at + 1 };
	FAILS(lcma_buffer_alloc(NULL, &params), -EINVAL, "a,b: at no page");
	params.limits = (struct lcma_limits) { .boundary = SZ_64K };
	FAILS(lcma_buffer_alloc(NULL, &params), -EINVAL, "a,b: a boundary that is too near");

	/* The same of pages. */
	limits.at = a.base + SZ_1M;
	pages = lcma_alloc_pages_within(banks->a, SZ_1M >> PAGE_SHIFT, 0, LCMA_QUIET,
					&limits);
	OK(!IS_ERR(pages) && PFN_PHYS(page_to_pfn(pages)) == limits.at, "pages: at a place");
	FAILS(lcma_alloc_pages_within(banks->a, 1, 0, LCMA_QUIET, &limits), -ENOSPC,
	      "pages: it is used");
	OK(IS_ERR(pages) || lcma_free_pages(banks->a, pages, SZ_1M >> PAGE_SHIFT),
	   "pages: freed");
}

static void refused(struct lcma_region *a)
{
	struct lcma_buffer *buffer;

	FAILS(plane("a+c", SZ_1M), -ENOENT, "a+c: there is no c");
	FAILS(plane("c", SZ_1M), -ENOENT, "c: there is none");
	FAILS(plane("a+a", SZ_1M), -EINVAL, "a+a: one twice");
	FAILS(plane("a+", SZ_1M), -EINVAL, "a+: no name");
	FAILS(plane("+", SZ_1M), -EINVAL, "+: none at all");
	/* A region that is given is the one. */
	buffer = lcma_buffer_alloc(a, &(struct lcma_buffer_params) {
			.bytes = SZ_1M, .regions = "c" });
	OK(!IS_ERR(buffer), "a region is given: the names do not count");
	put(buffer);
}

void apitest_banks(struct lcma_region *region)
{
	const struct banks banks = { .a = region, .b = lcma_region_find("b") };
	const struct lcma_region_state a = apitest_state(region);
	struct lcma_region_state b;

	if (!OK(banks.b, "there are two"))
		return;
	b = apitest_state(banks.b);
	OK(a.cache == 1 && b.cache == 1, "both are cached");
	in_turn(&banks);
	in_order(&banks);
	by_name(&banks);
	by_place(&banks);
	refused(region);
	OK(apitest_settles(region, &a) && apitest_settles(banks.b, &b),
	   "everything came back");
}

/* The second of two banks is drained: what is asked of both comes from the first. */
void apitest_one_bank(struct lcma_region *region)
{
	const struct banks banks = { .a = region, .b = lcma_region_find("b") };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct lcma_buffer *buffer = plane("a+b", SZ_1M);

		OK(bank_of(&banks, buffer) == 'a', "a+b, b is drained: plane %u is in a", i);
		put(buffer);
	}
	FAILS(plane("b", SZ_1M), -ENOENT, "b is drained");
}
