// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of placement (src/place.c): which candidates come, in which
 * order, and that there is an end to it. The pictures are explained in twin.h.
 */
#include "twin.h"

/* No iteration below has any business to be longer. */
#define TOO_MANY	10000

static void begin(struct lcma_place *place, unsigned long nr_pages,
		  unsigned long align, unsigned long align_offset)
{
	const struct lcma_fit fit = {
		.nr_pages = nr_pages,
		.align_mask = align - 1,
		.align_offset = align_offset,
	};

	lcma_place_init(place, &fit);
}

/* The next candidate is the one wanted, and the naive twin thinks so too. */
static bool next_is(struct lcma_place *place, const struct twin *twin,
		    unsigned long want)
{
	struct lcma_place naive = *place;
	unsigned long got = LCMA_NO_PAGE, twins = LCMA_NO_PAGE;

	CHECK_EQ(lcma_place_next(place, &twin->map, &got),
		 naive_place_next(&naive, twin, &twins));
	CHECK_EQ(got, twins);
	CHECK_EQ(place->islands, naive.islands);
	return CHECK_EQ(got, want);
}

/* Each candidate, rejected at its first page, in the order they come. */
static void check_order(struct twin *twin, unsigned long nr_pages,
			unsigned long align, unsigned long align_offset,
			const unsigned long *want, size_t nr_want)
{
	struct lcma_place place;
	size_t i;

	begin(&place, nr_pages, align, align_offset);
	for (i = 0; i < nr_want; i++) {
		if (!next_is(&place, twin, want[i]))
			return;
		lcma_place_reject(&place, want[i], want[i]);
	}
	next_is(&place, twin, LCMA_NO_PAGE);
}

#define CHECK_ORDER(twin, nr_pages, align, offset, ...) do {		\
	const unsigned long order_[] = { __VA_ARGS__ };			\
									\
	check_order(twin, nr_pages, align, offset, order_,		\
		    ARRAY_SIZE(order_));				\
} while (0)

/* |U...U..U....| plain runs, from the left to the right */
static void plain_runs_ascend(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "U...U..U....");
	CHECK_ORDER(&twin, 2, 1, 0, 1, 2, 5, 8, 9, 10);
	CHECK_ORDER(&twin, 3, 1, 0, 1, 8, 9);
	CHECK_ORDER(&twin, 4, 1, 0, 8);
	twin_free(&twin);
}

/* |UUbb|: nothing, in either pass; and |...| for four */
static void nothing_fits(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 300, "UUbb");
	begin(&place, 1, 1, 0);
	next_is(&place, &twin, LCMA_NO_PAGE);
	next_is(&place, &twin, LCMA_NO_PAGE);
	twin_free(&twin);

	twin_draw(&twin, 1, "...");
	begin(&place, 4, 1, 0);
	next_is(&place, &twin, LCMA_NO_PAGE);
	begin(&place, ULONG_MAX, 1, 0);
	next_is(&place, &twin, LCMA_NO_PAGE);
	twin_free(&twin);
}

/* The first pass avoids the islands, the second wants them: |..P...U.P.| */
static void runs_with_islands_come_last(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "..P...U.P.");
	CHECK_ORDER(&twin, 3, 1, 0, 3, 0, 1, 2, 7);
	CHECK_ORDER(&twin, 2, 1, 0, 0, 3, 4, 1, 2, 7, 8);
	CHECK_ORDER(&twin, 6, 1, 0, 0);
	CHECK_ORDER(&twin, 1, 1, 0, 0, 1, 3, 4, 5, 7, 9, 2, 8);
	twin_free(&twin);
}

/* An island that touches a run from outside is not in it: |P...P| */
static void islands_at_the_edges(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "P...P");
	CHECK_ORDER(&twin, 3, 1, 0, 1, 0, 2);
	CHECK_ORDER(&twin, 4, 1, 0, 0, 1);
	CHECK_ORDER(&twin, 5, 1, 0, 0);
	twin_free(&twin);

	/* Claimed and used is no island, it is a wall. */
	twin_draw(&twin, 1, "U...UP");
	CHECK_ORDER(&twin, 3, 1, 0, 1);
	twin_free(&twin);
}

/* All of it is pool: |PPPP|, no plain run, all islands */
static void pool_only(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "PPPP");
	CHECK_ORDER(&twin, 3, 1, 0, 0, 1);
	CHECK_ORDER(&twin, 4, 1, 0, 0);
	twin_free(&twin);
}

/* Plain runs far before an island: |..........P.| step over what lacks one */
static void second_pass_skips_plain_runs(void)
{
	struct twin twin;
	struct lcma_place place;
	unsigned long start;
	int i;

	twin_draw(&twin, 500, "....U......P..");
	begin(&place, 600, 1, 0);
	for (i = 0; i < TOO_MANY && !place.islands; i++) {
		CHECK(lcma_place_next(&place, &twin.map, &start));
		lcma_place_reject(&place, start, start + 599);
	}
	CHECK_EQ(start, 5500 - 599);
	twin_free(&twin);
}

/* Both passes keep to the alignment, of the page frame: |.....PU.......P..| */
static void candidates_are_aligned(void)
{
	struct twin twin;

	twin_draw(&twin, 1, ".....PU.......P..");
	CHECK_ORDER(&twin, 4, 4, 0, 0, 8, 12);
	CHECK_ORDER(&twin, 4, 4, 1, 7, 11);
	CHECK_ORDER(&twin, 4, 4, 2, 10, 2);
	CHECK_ORDER(&twin, 4, 4, 3, 1, 9, 13);
	CHECK_ORDER(&twin, 4, 4, 0x60003, 1, 9, 13);
	twin_free(&twin);
}

/* Neither taken nor rejected: it comes again. */
static void candidate_comes_again(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 1, "U..P..");
	begin(&place, 2, 1, 0);
	next_is(&place, &twin, 1);
	next_is(&place, &twin, 1);
	lcma_place_reject(&place, 1, LCMA_NO_PAGE);
	next_is(&place, &twin, 4);
	lcma_place_reject(&place, 4, LCMA_NO_PAGE);
	next_is(&place, &twin, 2);
	next_is(&place, &twin, 2);
	CHECK(place.islands);
	twin_free(&twin);
}

/*
 *	|................|    8 pages, page 5 is pinned: 6 is the next start
 *	 ^    x^
 */
static void rejected_for_a_page(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 1, "................");
	begin(&place, 8, 1, 0);
	next_is(&place, &twin, 0);
	lcma_place_reject(&place, 0, 5);
	next_is(&place, &twin, 6);
	lcma_place_reject(&place, 6, 6);
	next_is(&place, &twin, 7);
	lcma_place_reject(&place, 7, 14);
	next_is(&place, &twin, LCMA_NO_PAGE);

	begin(&place, 4, 4, 0);
	next_is(&place, &twin, 0);
	lcma_place_reject(&place, 0, 1);
	next_is(&place, &twin, 4);
	lcma_place_reject(&place, 4, 7);
	next_is(&place, &twin, 8);
	twin_free(&twin);
}

/* Nobody knows the page: a quarter of the run further, at least one page. */
static void rejected_blindly(void)
{
	static const unsigned long sizes[][2] = {
		{ 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 7, 1 }, { 8, 2 },
		{ 400, 100 },
	};
	struct lcma_place place;
	struct twin twin;
	size_t i;

	twin_draw(&twin, 1000, "U..");
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin(&place, sizes[i][0], 1, 0);
		next_is(&place, &twin, 1000);
		lcma_place_reject(&place, 1000, LCMA_NO_PAGE);
		next_is(&place, &twin, 1000 + sizes[i][1]);
	}
	twin_free(&twin);
}

/* Somebody else takes the candidate between two steps: |....U......| */
static void candidate_is_taken_away(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 1, "....U......");
	begin(&place, 3, 1, 0);
	next_is(&place, &twin, 0);
	twin_move(&twin, 1, 1, LCMA_SHARED, LCMA_BUSY);
	next_is(&place, &twin, 5);
	lcma_place_reject(&place, 5, 6);
	twin_move(&twin, 7, 2, LCMA_SHARED, LCMA_USED);
	next_is(&place, &twin, LCMA_NO_PAGE);
	twin_free(&twin);
}

/* Pages come back behind the iteration: they are not candidates this time. */
static void freed_pages_behind(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 1, "UUUU....UU..");
	begin(&place, 3, 1, 0);
	next_is(&place, &twin, 4);
	twin_move(&twin, 0, 4, LCMA_USED, LCMA_SHARED);
	twin_move(&twin, 8, 2, LCMA_USED, LCMA_SHARED);
	next_is(&place, &twin, 4);
	lcma_place_reject(&place, 4, 6);
	next_is(&place, &twin, 7);
	lcma_place_reject(&place, 7, 9);
	/* Freed into the pool, they come in the second pass. */
	twin_move(&twin, 1, 1, LCMA_SHARED, LCMA_POOL);
	next_is(&place, &twin, 0);
	CHECK(place.islands);
	twin_free(&twin);
}

/* A pool page appears in the candidate, then another goes: |.....| */
static void islands_come_and_go(void)
{
	struct lcma_place place;
	struct twin twin;

	twin_draw(&twin, 1, ".....U...");
	begin(&place, 3, 1, 0);
	next_is(&place, &twin, 0);
	twin_move(&twin, 2, 1, LCMA_SHARED, LCMA_POOL);
	next_is(&place, &twin, 6);
	lcma_place_reject(&place, 6, 6);
	next_is(&place, &twin, 0);
	lcma_place_reject(&place, 0, 0);
	twin_move(&twin, 2, 1, LCMA_POOL, LCMA_SHARED);
	next_is(&place, &twin, LCMA_NO_PAGE);
	twin_free(&twin);
}

static unsigned long count_to_the_end(struct twin *twin,
				      unsigned long nr_pages, bool blind)
{
	unsigned long start = 0, steps = 0, last = 0;
	struct lcma_place place;
	bool islands = false;

	begin(&place, nr_pages, 1, 0);
	while (steps < TOO_MANY &&
	       lcma_place_next(&place, &twin->map, &start)) {
		if (steps++ && islands == place.islands)
			CHECK(start > last);
		last = start;
		islands = place.islands;
		lcma_place_reject(&place, start, blind ? LCMA_NO_PAGE : start);
	}
	return steps;
}

/* Everything is rejected: every page is tried once, and then it is over. */
static void there_is_an_end(void)
{
	struct twin twin;

	twin_draw(&twin, 100, "....P....U..P.P.");
	CHECK_EQ(count_to_the_end(&twin, 1, false), 1500);
	CHECK_EQ(count_to_the_end(&twin, 900, false), 1);
	CHECK_EQ(count_to_the_end(&twin, 300, false), 601 + 301);
	CHECK(count_to_the_end(&twin, 1, true) == 1500);
	CHECK(count_to_the_end(&twin, 300, true) <= 20);
	twin_free(&twin);
}

/* The larger the run, the fewer kernel calls: 4 a length, and then the end. */
static void blind_steps_are_few(void)
{
	struct twin twin;

	twin_draw(&twin, 1000, "........");
	CHECK_EQ(count_to_the_end(&twin, 1000, true), 29);
	CHECK_EQ(count_to_the_end(&twin, 4000, true), 5);
	CHECK_EQ(count_to_the_end(&twin, 8000, true), 1);
	twin_free(&twin);
}

static const struct tap_case cases[] = {
	TAP_CASE(plain_runs_ascend),
	TAP_CASE(nothing_fits),
	TAP_CASE(runs_with_islands_come_last),
	TAP_CASE(islands_at_the_edges),
	TAP_CASE(pool_only),
	TAP_CASE(second_pass_skips_plain_runs),
	TAP_CASE(candidates_are_aligned),
	TAP_CASE(candidate_comes_again),
	TAP_CASE(rejected_for_a_page),
	TAP_CASE(rejected_blindly),
	TAP_CASE(candidate_is_taken_away),
	TAP_CASE(freed_pages_behind),
	TAP_CASE(islands_come_and_go),
	TAP_CASE(there_is_an_end),
	TAP_CASE(blind_steps_are_few),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
