// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of placement (src/core/place.c): which candidates come, in which
 * order, and that there is an end to it. What limits leave: test_place_limits.c. The
 * pictures are explained in twin.h.
 */
#include "random.h"
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

/* A pool that keeps nothing is not spared: |..P...U.P.| from the left to the right */
static void mixed_runs_ascend(void)
{
	static const unsigned long starts[] = { 0, 1, 2, 3, 7 };
	struct lcma_place place;
	struct twin twin;
	unsigned int i;

	twin_draw(&twin, 1, "..P...U.P.");
	begin(&place, 3, 1, 0);
	lcma_place_mix(&place);
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		next_is(&place, &twin, starts[i]);
		lcma_place_reject(&place, starts[i], starts[i]);
	}
	next_is(&place, &twin, LCMA_NO_PAGE);
	next_is(&place, &twin, LCMA_NO_PAGE);
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

	/* A folio that begins in the candidate and ends after it. */
	begin(&place, 4, 1, 0);
	next_is(&place, &twin, 0);
	lcma_place_reject(&place, 0, 9);
	next_is(&place, &twin, 10);
	twin_free(&twin);
}

/* The page is not known: a quarter of the run further, at least one page. */
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

/* Another caller takes the candidate between two steps: |....U......| */
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

/* Pages come back where the iteration has been: they are not candidates this time. */
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

/* What is preferred comes first, as long as it is unused, islands or not. */
static void picks_come_first(void)
{
	const struct lcma_option picks[] = {
		{ .start = 8 }, { .start = 3 }, { .start = 7 }, { .start = 99 },
		{ .start = 5 },
	};
	struct lcma_place place;
	struct twin twin;
	unsigned long start;

	twin_draw(&twin, 1, "U..P...U...");
	begin(&place, 2, 1, 0);
	lcma_place_prefer(&place, picks, ARRAY_SIZE(picks));
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 8);
	/* Neither taken nor rejected: it comes again. */
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 8);
	lcma_place_reject(&place, 8, 9);
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 3);
	lcma_place_reject(&place, 3, LCMA_NO_PAGE);
	/* 7 is used, 99 does not exist, 5 fits just so. */
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 5);
	lcma_place_reject(&place, 5, 6);
	/* And then everything, from the very first page on. */
	next_is(&place, &twin, 1);
	lcma_place_reject(&place, 1, 1);
	next_is(&place, &twin, 4);
	twin_free(&twin);
}

/* Units of 4, the second is backed off: |....|....|U...|.P..| */
static void spared_units_come_last(void)
{
	unsigned long spared[] = { 0x2 };
	struct lcma_place place;
	struct twin twin;
	unsigned long start;
	static const unsigned long want[] = {
		0, 1, 2, 9, 10, 11, 14,				/* fresh */
		0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 14,		/* plain */
		12, 13,						/* islands */
	};
	int i;

	twin_draw(&twin, 1, "........U....P..");
	begin(&place, 2, 1, 0);
	lcma_place_spare(&place, spared, 4);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		if (!CHECK_EQ(lcma_place_next(&place, &twin.map, &start),
			      LCMA_PLACE_FOUND) ||
		    !CHECK_EQ(start, want[i]))
			break;
		lcma_place_reject(&place, start, start);
	}
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_NONE);

	/* With no such unit nothing comes twice. */
	spared[0] = 0;
	begin(&place, 7, 1, 0);
	lcma_place_spare(&place, spared, 4);
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 0);
	lcma_place_reject(&place, 0, 1);
	CHECK_EQ(lcma_place_next(&place, &twin.map, &start), LCMA_PLACE_FOUND);
	CHECK_EQ(start, 9);
	twin_free(&twin);
}

/*
 * Whatever is preferred, and whichever units are backed off, now or a moment later: if
 * there is a run without a pin in it, it comes.
 */
static void nothing_is_left_out(void)
{
	enum { PAGES = 600, UNIT = 64 };
	static const char states[] = "......PU";
	int round, found = 0, full = 0;

	for (round = 0; round < 500; round++) {
		unsigned long nr_pages = 1 + below_log(120), align = 1UL << below(3);
		struct lcma_option picks[LCMA_PLACE_PICKS];
		unsigned long start, page, pin, spared[1];
		bool pinned[PAGES], exists = false;
		enum lcma_place_answer answer;
		char picture[PAGES + 1];
		struct lcma_place place;
		unsigned int steps = 0;
		struct twin twin;

		for (page = 0; page < PAGES; page++) {
			picture[page] = page % 7 ? picture[page - 1] :
						   states[below(8)];
			pinned[page] = one_in(2 + round % 60);
		}
		picture[PAGES] = 0;
		twin_draw(&twin, 1, picture);
		for (page = 0; page + nr_pages <= PAGES; page += align) {
			for (pin = page; pin < page + nr_pages; pin++)
				if (picture[pin] == 'U' ||
				    (picture[pin] == '.' && pinned[pin]))
					break;
			exists |= pin == page + nr_pages;
		}

		begin(&place, nr_pages, align, 0);
		for (pin = 0; pin < ARRAY_SIZE(picks); pin++)
			picks[pin].start = below(PAGES) & ~(align - 1);
		lcma_place_prefer(&place, picks, below(ARRAY_SIZE(picks) + 1));
		spared[0] = rnd();
		if (one_in(2))
			lcma_place_spare(&place, spared, UNIT);
		do {
			if (one_in(5))
				spared[0] ^= rnd();
			answer = lcma_place_next(&place, &twin.map, &start);
			if (answer == LCMA_PLACE_NONE)
				break;
			if (answer == LCMA_PLACE_AGAIN)
				continue;
			/* The last pin of it, as obstacle.c has it. */
			for (pin = start + nr_pages; pin > start; pin--)
				if (picture[pin - 1] == '.' && pinned[pin - 1])
					break;
			if (pin == start)
				break;
			lcma_place_reject(&place, start, pin - 1);
		} while (steps++ < TOO_MANY);
		if (!CHECK_EQ(answer == LCMA_PLACE_FOUND, exists))
			round = 500;
		found += exists;
		full += !exists;
		twin_free(&twin);
	}
	CHECK(found > 100);
	CHECK(full > 20);
}

static const struct tap_case cases[] = {
	TAP_CASE(plain_runs_ascend),
	TAP_CASE(nothing_fits),
	TAP_CASE(runs_with_islands_come_last),
	TAP_CASE(mixed_runs_ascend),
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
	TAP_CASE(picks_come_first),
	TAP_CASE(spared_units_come_last),
	TAP_CASE(nothing_is_left_out),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
