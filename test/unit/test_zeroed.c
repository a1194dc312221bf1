// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of zeroed (src/core/zeroed.c): which pages are zero, how many of them
 * the pool has, and that every page of the pool that is not is found, once. The
 * pictures are explained in twin.h.
 */
#include "random.h"
#include "twin.h"
#include "core/batch.h"
#include "core/zeroed.h"

static struct lcma_zeroed zeroed;
static struct twin twin;
static bool is_zero[40000];
static void *mem;

/* Exactly as many bytes as it wants, and dirty ones; all pages are in the pool. */
static void begin(unsigned long nr_pages)
{
	const size_t bytes = lcma_zeroed_bytes(nr_pages);

	twin_init(&twin, nr_pages, LCMA_POOL);
	mem = malloc(bytes);
	if (!mem)
		abort();
	memset(mem, 0xa5, bytes);
	memset(is_zero, 0, sizeof(is_zero));
	lcma_zeroed_init(&zeroed, mem, nr_pages);
}

static void end(void)
{
	twin_free(&twin);
	free(mem);
}

/* As lcma_region_move() does it. */
static void move(unsigned long start, unsigned long nr_pages,
		 enum lcma_state from, enum lcma_state to)
{
	if (from == LCMA_POOL)
		lcma_zeroed_lose(&zeroed, start, nr_pages,
				 twin.map.nr_in[LCMA_POOL]);
	else if (to == LCMA_POOL)
		lcma_zeroed_gain(&zeroed, start, nr_pages);
	twin_move(&twin, start, nr_pages, from, to);
}

static void note(unsigned long start, unsigned long nr_pages, bool zero)
{
	lcma_zeroed_note(&zeroed, start, nr_pages,
			 zero ? LCMA_ZERO_IN_MEMORY : LCMA_ZERO_UNKNOWN);
	memset(is_zero + start, zero, nr_pages);
}

/* Zero the pool; each page that is not zero must come, once, and no other. */
static void zero_all(void)
{
	const unsigned long nr_pages = twin.map.nr_pages;
	unsigned long page, nr_tries = 0;

	while (zeroed.dirty_from < zeroed.dirty_end) {
		if (!CHECK(nr_tries++ < 2 * nr_pages + 2))
			return;
		page = lcma_zeroed_next(&zeroed, &twin.map);
		if (page == LCMA_NO_PAGE)
			continue;
		if (!CHECK(page < nr_pages && twin.page[page] == LCMA_POOL &&
			   !is_zero[page]))
			return;
		lcma_zeroed_clean(&zeroed, page);
		is_zero[page] = true;
	}
	for (page = 0; page < nr_pages; page++)
		if (twin.page[page] == LCMA_POOL && !CHECK(is_zero[page]))
			return;
	CHECK_EQ(zeroed.nr_pooled, twin.map.nr_in[LCMA_POOL]);
}

static void no_page_is_zero_at_first(void)
{
	begin(100);
	CHECK_EQ(zeroed.nr_pooled, 0);
	CHECK(!lcma_zeroed_all(&zeroed, 99, 1));
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), 0);
	zero_all();
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), LCMA_NO_PAGE);
	CHECK(lcma_zeroed_all(&zeroed, 0, 100));
	end();
}

static void what_is_noted_is_told(void)
{
	unsigned long at = 0;
	bool is_cached = true;

	begin(200);
	move(0, 200, LCMA_POOL, LCMA_USED);
	note(10, 60, true);
	CHECK(lcma_zeroed_all(&zeroed, 10, 60));
	CHECK(!lcma_zeroed_all(&zeroed, 9, 61));
	CHECK(!lcma_zeroed_all(&zeroed, 10, 61));
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 200, &is_cached), 10);
	CHECK_EQ(at, 0);
	CHECK(!is_cached);
	at = 10;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 80, &is_cached), 10);
	CHECK_EQ(at, 70);
	at = 10;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 70, &is_cached), 0);
	CHECK_EQ(at, 70);
	note(20, 1, false);
	CHECK(!lcma_zeroed_all(&zeroed, 10, 60));
	end();
}

/*
 *	page	10        20    30         40    50
 *		. cached  .     . zero     .     . cached 60
 */
static void what_is_zero_in_a_cache_is_told_apart(void)
{
	unsigned long at = 0;
	bool is_cached = true;

	begin(200);
	move(0, 200, LCMA_POOL, LCMA_USED);
	lcma_zeroed_note(&zeroed, 10, 10, LCMA_ZERO_CACHED);
	lcma_zeroed_note(&zeroed, 30, 10, LCMA_ZERO_IN_MEMORY);
	lcma_zeroed_note(&zeroed, 50, 10, LCMA_ZERO_CACHED);
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 200, &is_cached), 10);
	CHECK(at == 0 && !is_cached);
	at = 10;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 200, &is_cached), 10);
	CHECK(at == 10 && is_cached);
	at = 20;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 200, &is_cached), 10);
	CHECK(at == 20 && !is_cached);
	at = 30;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 55, &is_cached), 10);
	CHECK(at == 40 && !is_cached);
	at = 50;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 55, &is_cached), 5);
	CHECK(at == 50 && is_cached);

	/* It is not zero to the pool, and comes to be cleaned once. */
	CHECK(!lcma_zeroed_all(&zeroed, 10, 1));
	move(10, 10, LCMA_USED, LCMA_POOL);
	CHECK_EQ(zeroed.nr_pooled, 0);
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), 10);
	CHECK(lcma_zeroed_is_cached(&zeroed, 10));
	lcma_zeroed_clean(&zeroed, 10);
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), 11);

	/* A holder has written to them. */
	lcma_zeroed_note(&zeroed, 50, 5, LCMA_ZERO_UNKNOWN);
	at = 50;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 60, &is_cached), 5);
	CHECK(!is_cached);
	/* Nor is what was zero in memory, and has been written to. */
	lcma_zeroed_note(&zeroed, 30, 1, LCMA_ZERO_UNKNOWN);
	at = 30;
	CHECK_EQ(lcma_zeroed_dirty(&zeroed, &at, 60, &is_cached), 1);
	CHECK(!is_cached);
	end();
}

/* Pages that are zero leave the pool and come back, others come beside them. */
static void the_pool_is_counted(void)
{
	begin(100);
	zero_all();
	CHECK_EQ(zeroed.nr_pooled, 100);
	move(10, 20, LCMA_POOL, LCMA_USED);
	CHECK_EQ(zeroed.nr_pooled, 80);
	note(15, 5, false);
	move(10, 20, LCMA_USED, LCMA_POOL);
	CHECK_EQ(zeroed.nr_pooled, 95);
	move(12, 6, LCMA_POOL, LCMA_USED);
	CHECK_EQ(zeroed.nr_pooled, 92);
	move(0, 5, LCMA_POOL, LCMA_BUSY);
	CHECK_EQ(zeroed.nr_pooled, 87);
	zero_all();
	end();
}

/* What comes in before, between and after the pages that are known to be dirty. */
static void every_dirty_page_is_found(void)
{
	begin(3000);
	move(0, 3000, LCMA_POOL, LCMA_USED);
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), LCMA_NO_PAGE);
	move(1000, 1, LCMA_USED, LCMA_POOL);
	CHECK_EQ(zeroed.dirty_from, 1000);
	CHECK_EQ(zeroed.dirty_end, 1001);
	move(2000, 8, LCMA_USED, LCMA_POOL);
	move(5, 1, LCMA_USED, LCMA_POOL);
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), 5);
	zero_all();
	note(1500, 1, true);
	move(1500, 1, LCMA_USED, LCMA_POOL);
	CHECK(zeroed.dirty_from >= zeroed.dirty_end);
	end();
}

/* A call ends after 32 stretches, or after 8192 pages of one. */
static void a_search_is_short(void)
{
	unsigned long page;

	begin(40000);
	move(0, 8192, LCMA_POOL, LCMA_USED);
	move(8192, 31808, LCMA_POOL, LCMA_USED);
	for (page = 0; page < 200; page += 2)
		move(page, 1, LCMA_USED, LCMA_SHARED);
	move(300, 1, LCMA_USED, LCMA_POOL);
	zeroed.dirty_from = 0;
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), LCMA_NO_PAGE);
	CHECK_EQ(zeroed.dirty_from, 32);
	zero_all();

	note(0, 40000, true);
	note(39999, 1, false);
	move(39999, 1, LCMA_USED, LCMA_POOL);
	zeroed.dirty_from = 0;
	CHECK_EQ(lcma_zeroed_next(&zeroed, &twin.map), 39999);
	end();
}

/* Other memory has come in piece by piece: the count fits after each of them. */
static void what_was_known_is_forgotten(void)
{
	unsigned long at;

	begin(300);
	zero_all();
	for (at = 0; at < 300; at += 100) {
		lcma_zeroed_forget(&zeroed, at, 100, 300);
		memset(is_zero + at, 0, 100);
		CHECK_EQ(zeroed.nr_pooled, 200 - at);
		CHECK(!lcma_zeroed_all(&zeroed, at + 99, 1));
	}
	zero_all();

	/* Not even that it is zero in a cache. */
	move(40, 20, LCMA_POOL, LCMA_USED);
	lcma_zeroed_note(&zeroed, 40, 20, LCMA_ZERO_CACHED);
	memset(is_zero + 40, 0, 20);
	move(40, 20, LCMA_USED, LCMA_POOL);
	lcma_zeroed_forget(&zeroed, 0, 300, 300);
	memset(is_zero, 0, 300);
	CHECK(!lcma_zeroed_is_cached(&zeroed, 45));
	CHECK_EQ(zeroed.nr_pooled, 0);
	zero_all();
	end();
}

/* A holder gives pages back; the pool keeps 200 at most. */
static void give_back(unsigned long start, unsigned long nr_pages)
{
	move(start, nr_pages, LCMA_USED, LCMA_POOL);
	lcma_zeroed_note_returned(&zeroed, nr_pages, twin.map.nr_in[LCMA_POOL], 200);
}

/*
 * Of 100 pages that only came in none is worth zeroing ahead; of those that somebody
 * gave back, as many as were handed out again.
 */
static void what_is_reused_is_due(void)
{
	unsigned int i;

	begin(300);
	move(0, 300, LCMA_POOL, LCMA_USED);
	CHECK(!lcma_zeroed_is_due(&zeroed, 0));
	move(0, 100, LCMA_USED, LCMA_POOL);
	CHECK(!lcma_zeroed_is_due(&zeroed, 0));
	move(0, 40, LCMA_POOL, LCMA_USED);
	give_back(0, 40);
	CHECK_EQ(zeroed.nr_returned, 40);
	CHECK(!lcma_zeroed_is_due(&zeroed, 0));

	/* The 30 that were not given back are no reuse. */
	move(0, 70, LCMA_POOL, LCMA_USED);
	give_back(0, 70);
	CHECK_EQ(zeroed.nr_reused, 40);
	CHECK_EQ(zeroed.nr_returned, 70);
	for (i = 0; i < 40; i++) {
		CHECK(lcma_zeroed_is_due(&zeroed, 0));
		lcma_zeroed_clean(&zeroed, lcma_zeroed_next(&zeroed, &twin.map));
	}
	CHECK(!lcma_zeroed_is_due(&zeroed, 0));

	/* What the pool has in any case is zeroed in any case. */
	CHECK(!lcma_zeroed_is_due(&zeroed, 40));
	CHECK(lcma_zeroed_is_due(&zeroed, 41));
	lcma_zeroed_clean(&zeroed, lcma_zeroed_next(&zeroed, &twin.map));
	CHECK(!lcma_zeroed_is_due(&zeroed, 41));
	CHECK_EQ(zeroed.nr_reused, 0);
	end();
}

static void no_more_is_due_than_the_pool_has(void)
{
	unsigned int i;

	begin(300);
	move(0, 300, LCMA_POOL, LCMA_USED);
	give_back(0, 100);
	CHECK_EQ(zeroed.nr_returned, 100);
	lcma_zeroed_note_returned(&zeroed, 50, 100, 200);
	CHECK_EQ(zeroed.nr_returned, 100);

	/* 70 have decayed: they are no reuse. */
	move(0, 70, LCMA_POOL, LCMA_BUSY);
	lcma_zeroed_note_left(&zeroed, 70, 30);
	CHECK_EQ(zeroed.nr_returned, 30);
	CHECK_EQ(zeroed.nr_reused, 0);
	/* 10 of the others were handed out before the rest decayed. */
	move(70, 10, LCMA_POOL, LCMA_USED);
	move(80, 20, LCMA_POOL, LCMA_BUSY);
	lcma_zeroed_note_left(&zeroed, 20, 0);
	CHECK_EQ(zeroed.nr_returned, 0);
	CHECK_EQ(zeroed.nr_reused, 10);

	/* In no time, again and again. */
	for (i = 0; i < 10; i++) {
		give_back(100, 100);
		move(100, 100, LCMA_POOL, LCMA_USED);
	}
	give_back(100, 100);
	CHECK_EQ(zeroed.nr_reused, 200);

	/* And where nothing is left to be zeroed. */
	zero_all();
	CHECK_EQ(zeroed.nr_reused, 100);
	CHECK(!lcma_zeroed_is_due(&zeroed, 400));

	/* Other memory. */
	lcma_zeroed_forget(&zeroed, 100, 100, 100);
	CHECK(!lcma_zeroed_is_due(&zeroed, 0));
	CHECK(lcma_zeroed_is_due(&zeroed, 1));
	memset(is_zero + 100, 0, 100);
	move(100, 50, LCMA_POOL, LCMA_USED);
	give_back(100, 50);
	CHECK_EQ(zeroed.nr_reused, 0);
	CHECK_EQ(zeroed.nr_returned, 50);
	end();
}

static void random_moves_agree(void)
{
	unsigned long start, stop, page, nr, step;

	begin(5000);
	for (step = 0; step < 4000; step++) {
		const enum lcma_state from = twin.page[start = below(5000)];
		const enum lcma_state to = below(LCMA_NR_STATES);

		stop = start + 1 + below(one_in(4) ? 700 : 9);
		for (nr = 1; start + nr < min(stop, 5000UL); nr++)
			if (twin.page[start + nr] != from)
				break;
		if (from == to || nr > LCMA_HOLD_PAGES)
			continue;
		if (from != LCMA_POOL)
			note(start, nr, one_in(2));
		move(start, nr, from, to);
		for (page = 0, nr = 0; page < 5000; page++)
			nr += twin.page[page] == LCMA_POOL && is_zero[page];
		if (!CHECK_EQ(zeroed.nr_pooled, nr))
			break;
		if (one_in(200))
			zero_all();
	}
	zero_all();
	end();
}

int main(void)
{
	static const struct tap_case cases[] = {
		TAP_CASE(no_page_is_zero_at_first),
		TAP_CASE(what_is_noted_is_told),
		TAP_CASE(what_is_zero_in_a_cache_is_told_apart),
		TAP_CASE(the_pool_is_counted),
		TAP_CASE(every_dirty_page_is_found),
		TAP_CASE(a_search_is_short),
		TAP_CASE(what_was_known_is_forgotten),
		TAP_CASE(what_is_reused_is_due),
		TAP_CASE(no_more_is_due_than_the_pool_has),
		TAP_CASE(random_moves_agree),
	};

	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
