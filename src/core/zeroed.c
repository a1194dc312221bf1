// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zeroed: see zeroed.h.
 */
#include "core/zeroed.h"

#include "core/bits.h"

/* Stretches that one search for a page to zero looks at. */
#define LOOK_STRETCHES	32

/* How far it looks in one of them. */
#define LOOK_PAGES	8192UL

static size_t bytes_of_bits(unsigned long nr_pages)
{
	return DIV_ROUND_UP(nr_pages, BITS_PER_LONG) * sizeof(unsigned long);
}

/**
 * lcma_zeroed_bytes - memory that a region's bits need
 * @nr_pages: pages in the region
 *
 * Return: how many bytes lcma_zeroed_init() wants.
 */
size_t lcma_zeroed_bytes(unsigned long nr_pages)
{
	return 2 * bytes_of_bits(nr_pages);
}

/**
 * lcma_zeroed_init - no page is known to be zero
 * @zeroed: the pages
 * @mem: lcma_zeroed_bytes() bytes, aligned to a long; stays the owner's
 * @nr_pages: pages in the region; all of them are in the pool
 */
void lcma_zeroed_init(struct lcma_zeroed *zeroed, void *mem,
		      unsigned long nr_pages)
{
	memset(mem, 0, lcma_zeroed_bytes(nr_pages));
	*zeroed = (struct lcma_zeroed) {
		.bits = mem,
		.cached = mem + bytes_of_bits(nr_pages),
		.dirty_end = nr_pages,
		.nr_expected = nr_pages,
	};
}

/**
 * lcma_zeroed_note - what is known of pages from now on
 * @zeroed: the pages
 * @start: first page; all pages of the range are the caller's, none is in the
 *	pool
 * @nr_pages: how many
 * @content: what it is
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_note(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages, enum lcma_zeroness content)
{
	if (content == LCMA_ZERO_IN_MEMORY)
		bitmap_set(zeroed->bits, start, nr_pages);
	else
		bitmap_clear(zeroed->bits, start, nr_pages);
	if (content == LCMA_ZERO_CACHED)
		bitmap_set(zeroed->cached, start, nr_pages);
	else
		bitmap_clear(zeroed->cached, start, nr_pages);
}

/**
 * lcma_zeroed_all - are all pages of a range zero?
 * @zeroed: the pages
 * @start: first page
 * @nr_pages: how many
 *
 * Context: the caller holds the lock that protects @zeroed.
 * Return: true if they are known to be.
 */
bool lcma_zeroed_all(const struct lcma_zeroed *zeroed, unsigned long start,
		     unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;

	return find_next_zero_bit(zeroed->bits, end, start) >= end;
}

/**
 * lcma_zeroed_dirty - the next pages of a range that are not known to be zero
 * @zeroed: the pages
 * @start: where the range begins; afterwards the first such page, or @end
 * @end: exclusive end
 * @is_cached: afterwards: these pages are zero in a cache at least
 *
 * Context: the caller holds the lock that protects @zeroed.
 * Return: how many pages from *@start on are not known to be zero, and are alike.
 */
unsigned long lcma_zeroed_dirty(const struct lcma_zeroed *zeroed,
				unsigned long *start, unsigned long end,
				bool *is_cached)
{
	unsigned long stop;

	*start = find_next_zero_bit(zeroed->bits, end, *start);
	if (*start >= end)
		return 0;
	stop = find_next_bit(zeroed->bits, end, *start);
	*is_cached = lcma_zeroed_is_cached(zeroed, *start);
	stop = *is_cached ? find_next_zero_bit(zeroed->cached, stop, *start) :
			    find_next_bit(zeroed->cached, stop, *start);
	return stop - *start;
}

/**
 * lcma_zeroed_is_cached - is a page zero in a cache at least?
 * @zeroed: the pages
 * @page: one that is not known to be zero in memory
 *
 * Context: the caller holds the lock that protects @zeroed.
 * Return: true if it need only be cleaned.
 */
bool lcma_zeroed_is_cached(const struct lcma_zeroed *zeroed, unsigned long page)
{
	return test_bit(page, zeroed->cached);
}

/**
 * lcma_zeroed_gain - pages have come into the pool
 * @zeroed: the pages
 * @start: first page
 * @nr_pages: how many
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_gain(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long nr_zero = lcma_bits_weight(zeroed->bits, start,
							nr_pages);

	WRITE_ONCE(zeroed->nr_pooled, zeroed->nr_pooled + nr_zero);
	zeroed->nr_expected += nr_pages;
	if (nr_zero == nr_pages)
		return;
	if (zeroed->dirty_from >= zeroed->dirty_end) {
		zeroed->dirty_from = start;
		zeroed->dirty_end = start + nr_pages;
		return;
	}
	zeroed->dirty_from = min(zeroed->dirty_from, start);
	zeroed->dirty_end = max(zeroed->dirty_end, start + nr_pages);
}

/**
 * lcma_zeroed_lose - pages leave the pool
 * @zeroed: the pages
 * @start: first page
 * @nr_pages: how many
 * @nr_pool: how many pages the pool has, these included
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_lose(struct lcma_zeroed *zeroed, unsigned long start,
		      unsigned long nr_pages, unsigned long nr_pool)
{
	unsigned long nr_zero = nr_pages;

	/* Nothing needs to be counted in a pool that is zero throughout. */
	if (zeroed->nr_pooled != nr_pool)
		nr_zero = lcma_bits_weight(zeroed->bits, start, nr_pages);
	WRITE_ONCE(zeroed->nr_pooled, zeroed->nr_pooled - nr_zero);
}

/**
 * lcma_zeroed_forget - of pages of the pool nothing is known any longer
 * @zeroed: the pages
 * @start: first page; all pages of the range are in the pool
 * @nr_pages: how many
 * @nr_pool: how many pages the pool has, these included
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_forget(struct lcma_zeroed *zeroed, unsigned long start,
			unsigned long nr_pages, unsigned long nr_pool)
{
	lcma_zeroed_lose(zeroed, start, nr_pages, nr_pool);
	lcma_zeroed_note(zeroed, start, nr_pages, LCMA_ZERO_UNKNOWN);
	lcma_zeroed_gain(zeroed, start, nr_pages);
	/* They did not come; and it is not known who had other ones. */
	zeroed->nr_expected = nr_pool;
	zeroed->nr_returned = 0;
	zeroed->nr_reused = 0;
}

/**
 * lcma_zeroed_next - a page of the pool that is to be zeroed
 * @zeroed: the pages
 * @map: their states
 *
 * A call looks at some stretches only; the next call goes on after them.
 *
 * Context: the caller holds the lock that protects @zeroed and @map.
 * Return: the page; LCMA_NO_PAGE if there is none among them.
 */
unsigned long lcma_zeroed_next(struct lcma_zeroed *zeroed,
			       const struct lcma_map *map)
{
	unsigned long page, end;
	struct lcma_stretch s;
	unsigned int looks;

	for (looks = 0; looks < LOOK_STRETCHES; looks++) {
		end = min(zeroed->dirty_end, zeroed->dirty_from + LOOK_PAGES);
		page = find_next_zero_bit(zeroed->bits, end, zeroed->dirty_from);
		if (page < end) {
			zeroed->dirty_from = page;
			/* Most often; how far its run goes does not matter. */
			if (lcma_map_state(map, page) == LCMA_POOL)
				return page;
			lcma_map_stretch(map, page, end, &s);
			zeroed->dirty_from += s.nr_pages;
			continue;
		}
		zeroed->dirty_from = end;
		if (end == zeroed->dirty_end)
			break;
	}
	return LCMA_NO_PAGE;
}

/**
 * lcma_zeroed_clean - a page of the pool is zero now
 * @zeroed: the pages
 * @page: what lcma_zeroed_next() returned
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_clean(struct lcma_zeroed *zeroed, unsigned long page)
{
	bitmap_set(zeroed->bits, page, 1);
	bitmap_clear(zeroed->cached, page, 1);
	WRITE_ONCE(zeroed->nr_pooled, zeroed->nr_pooled + 1);
	zeroed->nr_reused -= !!zeroed->nr_reused;
}

/* Requests have got pages of the pool since the last look: some of them are reused. */
static void note_taken(struct lcma_zeroed *zeroed, unsigned long nr_pool)
{
	const unsigned long nr_taken = zeroed->nr_expected - nr_pool;
	const unsigned long nr = min(nr_taken, zeroed->nr_returned);

	zeroed->nr_expected = nr_pool;
	zeroed->nr_returned -= nr;
	zeroed->nr_reused += nr;
}

/**
 * lcma_zeroed_note_returned - a holder has given pages back to the pool
 * @zeroed: the pages
 * @nr_pages: how many
 * @nr_pool: how many pages the pool has, these included
 * @most: how many it keeps at most
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_note_returned(struct lcma_zeroed *zeroed, unsigned long nr_pages,
			       unsigned long nr_pool, unsigned long most)
{
	note_taken(zeroed, nr_pool);
	zeroed->nr_returned = min(zeroed->nr_returned + nr_pages, nr_pool);
	/* Pages that come and go at once are counted each time. */
	zeroed->nr_reused = min(zeroed->nr_reused, most);
}

/**
 * lcma_zeroed_note_left - pages have left the pool, and nobody had asked for them
 * @zeroed: the pages
 * @nr_pages: how many
 * @nr_pool: how many pages the pool still has
 *
 * Context: the caller holds the lock that protects @zeroed.
 */
void lcma_zeroed_note_left(struct lcma_zeroed *zeroed, unsigned long nr_pages,
			   unsigned long nr_pool)
{
	zeroed->nr_expected -= nr_pages;
	note_taken(zeroed, nr_pool);
	zeroed->nr_returned = min(zeroed->nr_returned, nr_pool);
}

/**
 * lcma_zeroed_is_due - is zeroing ahead worth it?
 * @zeroed: the pages
 * @nr_kept: pages that the pool has in any case
 *
 * Context: the caller holds the lock that protects @zeroed.
 * Return: true if the pool may have a page that is to be zeroed now; false if what is
 * not zero may as well be zeroed when it is handed out.
 */
bool lcma_zeroed_is_due(const struct lcma_zeroed *zeroed, unsigned long nr_kept)
{
	return zeroed->dirty_from < zeroed->dirty_end &&
	       (zeroed->nr_pooled < nr_kept || zeroed->nr_reused);
}
