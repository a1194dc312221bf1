// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeing: what is not ours, or not free to go, is refused, and stays as it is.
 */
#include "apitest.h"

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/pfn.h>
#include <linux/slab.h>

#define CHUNK	64UL
#define MAX_CHUNKS	256

static struct page *nth(struct page *first, unsigned long n)
{
	return pfn_to_page(page_to_pfn(first) + n);
}

static struct lcma_region *another_region(struct lcma_region *region)
{
	static const char * const names[] = { "private", "classic", "coarse" };
	struct lcma_region *other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		other = lcma_region_find(names[i]);
		if (other && other != region)
			return other;
	}
	return NULL;
}

static void what_is_not_ours(struct lcma_region *region)
{
	const struct lcma_region_state s = apitest_state(region);
	const unsigned long base_pfn = PHYS_PFN(s.base);
	struct page *foreign = alloc_page(GFP_KERNEL);

	OK(!lcma_free_pages(region, NULL, 1), "no page");
	OK(!lcma_free_pages(NULL, NULL, 1), "no page, anywhere");
	if (foreign) {
		OK(!lcma_free_pages(region, foreign, 1), "the system's page");
		OK(!lcma_free_pages(NULL, foreign, 1),
		   "the system's page, anywhere");
		__free_page(foreign);
	}
	OK(!lcma_free_pages(region, pfn_to_page(base_pfn), 1), "an idle page");
	OK(!lcma_free_pages(region, pfn_to_page(base_pfn), s.nr_pages),
	   "the whole idle region");
	OK(!lcma_free_pages(region, pfn_to_page(base_pfn - 1), 2),
	   "a range that begins before the region");
	OK(!lcma_free_pages(region, pfn_to_page(base_pfn + s.nr_pages - 1), 2),
	   "a range that ends after the region");
	OK(!lcma_free_pages(region, pfn_to_page(base_pfn + s.nr_pages), 1),
	   "the page after the region");
	OK(apitest_settles(region, &s), "nothing was freed");
}

static void wrong_lengths(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	struct page *pages = lcma_alloc_pages(region, CHUNK, 0, 0);
	struct lcma_region_state held;

	if (!OK(!IS_ERR(pages), "pages to free"))
		return;
	held = apitest_state(region);
	OK(!lcma_free_pages(region, pages, 0), "no pages of it");
	OK(!lcma_free_pages(region, pages, ULONG_MAX), "far too many");
	OK(!lcma_free_pages(region, pages, ULONG_MAX - 14), "nearly as many");
	OK(!lcma_free_pages(region, pages, before.nr_pages), "too many");
	OK(!lcma_free_pages(region, pages, 2 * CHUNK),
	   "more than were allocated");
	OK(!lcma_free_pages(another_region(region), pages, CHUNK),
	   "in another region");
	OK(apitest_settles(region, &held), "nothing was freed");
	OK(lcma_free_pages(NULL, pages, CHUNK), "right, and no region told");
	OK(!lcma_free_pages(NULL, pages, CHUNK), "but not twice");
	OK(apitest_settles(region, &before), "once was enough");
}

/* A number that is wrong by little, and a driver's own two runs side by side. */
static void nearly_right(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	struct page *a = lcma_alloc_pages(region, CHUNK - 3, 0, 0);
	struct page *b = lcma_alloc_pages(region, CHUNK, 0, 0);
	struct lcma_region_state held;
	struct page *low, *high;
	unsigned long nr_low;

	if (!OK(!IS_ERR(a) && !IS_ERR(b), "two runs"))
		return;
	held = apitest_state(region);
	low = page_to_pfn(a) < page_to_pfn(b) ? a : b;
	high = low == a ? b : a;
	nr_low = page_to_pfn(high) - page_to_pfn(low);

	OK(!lcma_free_pages(region, a, CHUNK - 4), "a page less than there are");
	OK(!lcma_free_pages(region, a, CHUNK - 2), "a page more");
	OK(!lcma_free_pages(region, a, 1), "the first page alone");
	OK(!lcma_free_pages(region, a, (CHUNK - 3) / 2), "half of it");
	OK(!lcma_free_pages(region, nth(a, 1), CHUNK - 4),
	   "all but the first page");
	OK(!lcma_free_pages(region, nth(a, CHUNK - 4), 1), "the last page alone");
	OK(!lcma_free_pages(NULL, a, CHUNK), "rounded up, anywhere");
	OK(!lcma_free_pages(region, low, nr_low +
			    (high == b ? CHUNK : CHUNK - 3)),
	   "both at once (%lu pages from the first to the second)", nr_low);
	OK(apitest_settles(region, &held), "nothing was freed");
	OK(lcma_free_pages(region, a, CHUNK - 3), "the right number, of one");
	OK(!lcma_free_pages(region, a, CHUNK - 3), "not twice");
	OK(lcma_free_pages(region, b, CHUNK), "of the other");
	OK(apitest_settles(region, &before), "everything came back");
}

/* Two runs without a page between them, whatever the region's granule is. */
static void side_by_side(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	struct page *runs[2], *spare;
	struct lcma_region_state held;

	spare = lcma_alloc_pages(region, 2 * CHUNK, 0, 0);
	if (!OK(!IS_ERR(spare), "a place for two"))
		return;
	lcma_free_pages(region, spare, 2 * CHUNK);
	apitest_settles(region, &before);
	runs[0] = lcma_alloc_pages(region, CHUNK, 0, 0);
	runs[1] = lcma_alloc_pages(region, CHUNK, 0, 0);
	if (!OK(!IS_ERR(runs[0]) && !IS_ERR(runs[1]), "two runs"))
		return;
	if (runs[0] > runs[1])
		swap(runs[0], runs[1]);
	held = apitest_state(region);
	OK(nth(runs[0], CHUNK) == runs[1], "they are neighbours");
	OK(!lcma_free_pages(region, runs[0], 2 * CHUNK), "both at once");
	OK(!lcma_free_pages(region, nth(runs[0], CHUNK / 2), CHUNK),
	   "a half of each");
	OK(apitest_settles(region, &held), "nothing was freed");
	OK(lcma_free_pages(region, runs[0], CHUNK), "one");
	OK(lcma_free_pages(region, runs[1], CHUNK), "and the other");
	OK(apitest_settles(region, &before), "everything came back");
}

/*
 *	| chunk | buffer | chunk |	full of chunks of 64 pages
 */
static void next_to_a_buffer(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const struct lcma_buffer_params params = { .bytes = CHUNK << PAGE_SHIFT };
	struct page **chunks, *mine, *left = NULL, *right = NULL;
	struct lcma_region_state full;
	struct lcma_buffer *buffer;
	unsigned int nr = 0;

	chunks = kcalloc(MAX_CHUNKS, sizeof(*chunks), GFP_KERNEL);
	if (!OK(chunks, "memory"))
		return;
	/* Somewhere in the middle: chunks to both sides of the buffer. */
	chunks[nr++] = lcma_alloc_pages(region, CHUNK, 0, 0);
	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(buffer), "a buffer")) {
		kfree(chunks);
		return;
	}
	mine = lcma_buffer_pages(buffer);
	while (nr < MAX_CHUNKS) {
		chunks[nr] = lcma_alloc_pages(region, CHUNK, 0, LCMA_QUIET);
		if (IS_ERR(chunks[nr]))
			break;
		if (nth(chunks[nr], CHUNK) == mine)
			left = chunks[nr];
		if (nth(mine, CHUNK) == chunks[nr])
			right = chunks[nr];
		nr++;
	}
	if (!left && nth(chunks[0], CHUNK) == mine)
		left = chunks[0];
	if (!right && nth(mine, CHUNK) == chunks[0])
		right = chunks[0];
	full = apitest_state(region);
	OK(left || right, "chunks on its sides (%s%s)", left ? "left " : "",
	   right ? "right" : "");

	OK(!lcma_free_pages(region, mine, CHUNK), "a buffer's pages");
	OK(!lcma_free_pages(NULL, mine, CHUNK), "a buffer's pages, anywhere");
	OK(!lcma_free_pages(region, mine, 1), "its first page");
	OK(!lcma_free_pages(region, nth(mine, CHUNK - 1), 1), "its last page");
	if (left)
		OK(!lcma_free_pages(region, left, CHUNK + 1),
		   "a range that ends in it");
	if (right)
		OK(!lcma_free_pages(region, nth(mine, CHUNK - 1), CHUNK + 1),
		   "a range that begins in it");
	if (left && right)
		OK(!lcma_free_pages(region, left, 3 * CHUNK),
		   "a range around it");
	OK(apitest_settles(region, &full), "nothing was freed");
	while (nr--)
		if (!lcma_free_pages(region, chunks[nr], CHUNK))
			OK(false, "chunk %u freed", nr);
	lcma_buffer_put(buffer);
	OK(apitest_settles(region, &before), "everything came back");
	kfree(chunks);
}

void apitest_release(struct lcma_region *region)
{
	what_is_not_ours(region);
	wrong_lengths(region);
	nearly_right(region);
	side_by_side(region);
	next_to_a_buffer(region);
}

void apitest_quarantine(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const unsigned long count = 32;
	struct page *pages = lcma_alloc_pages(region, count, 0, 0);
	struct lcma_region_state held;

	if (!OK(!IS_ERR(pages), "pages"))
		return;
	get_page(nth(pages, 5));
	get_page(nth(pages, 6));
	get_page(nth(pages, 6));
	OK(lcma_free_pages(region, pages, count),
	   "freed, although two of them are held");
	held = before;
	held.used_pages += 2;
	held.quarantined_pages += 2;
	if (before.pool_pages)
		held.pool_pages -= 2;
	else
		held.shared_pages -= 2;
	OK(apitest_settles(region, &held), "two are in quarantine");
	OK(!lcma_free_pages(region, nth(pages, 5), 1), "one of them: refused");
	OK(!lcma_free_pages(region, pages, count), "all again: refused");
	OK(!lcma_free_pages(region, nth(pages, 5), 2), "both: refused");
	OK(apitest_sums_up(region), "the numbers add up");
	put_page(nth(pages, 6));
	put_page(nth(pages, 5));
	msleep(1500);
	held.used_pages -= 1;
	held.quarantined_pages -= 1;
	if (before.pool_pages)
		held.pool_pages += 1;
	else
		held.shared_pages += 1;
	OK(apitest_settles(region, &held), "one is let go, and comes back");
	put_page(nth(pages, 6));
	OK(apitest_settles(region, &before), "then the other one");
}
