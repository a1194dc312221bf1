// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of placement (src/core/place.c): the places that a policy may prefer, what
 * the limits of a request leave, and which of them keeps the longest run from being long
 * enough. Candidates and their order: test_place.c. The pictures are explained in twin.h.
 */
#include "random.h"
#include "twin.h"

/* No iteration below has any business to be longer. */
#define TOO_MANY	10000

/* Options: they fit, those of short runs first, both ends of each. */
static void check_options(const struct twin *twin, unsigned long nr_pages,
			  unsigned long align, unsigned long align_offset,
			  unsigned int max, const unsigned long *want,
			  size_t nr_want)
{
	const struct lcma_fit fit = {
		.nr_pages = nr_pages, .align_mask = align - 1,
		.align_offset = align_offset,
	};
	struct lcma_option options[16];
	unsigned int i, nr;

	nr = lcma_place_options(&twin->map, &fit, options, max);
	if (!CHECK_EQ(nr, nr_want))
		return;
	for (i = 0; i < nr; i++) {
		CHECK_EQ(options[i].start, want[i]);
		CHECK(lcma_map_run_end(&twin->map, LCMA_KIND_UNUSED,
				       options[i].start) >=
		      options[i].start + nr_pages);
		CHECK_EQ((options[i].start + align_offset) % align, 0);
	}
}

#define CHECK_OPTIONS(twin, nr_pages, align, offset, max, ...) do {	\
	const unsigned long want_[] = { __VA_ARGS__ };			\
									\
	check_options(twin, nr_pages, align, offset, max, want_,	\
		      ARRAY_SIZE(want_));				\
} while (0)

/* |....U..U...P..| ends of runs, which pool pages do not divide */
static void options_at_both_ends(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "....U..U...P..");
	CHECK_OPTIONS(&twin, 3, 1, 0, 16, 0, 1, 8, 11);
	CHECK_OPTIONS(&twin, 2, 1, 0, 16, 5, 0, 2, 8, 12);
	CHECK_OPTIONS(&twin, 2, 2, 0, 16, 0, 2, 8, 12);
	/* The last aligned place is not where the run ends. */
	CHECK_OPTIONS(&twin, 3, 2, 0, 16, 0, 8, 10);
	CHECK_OPTIONS(&twin, 3, 2, 1, 16, 1, 9, 11);
	CHECK_OPTIONS(&twin, 6, 1, 0, 16, 8);
	/* If there is no room for all of them, those in long runs go. */
	CHECK_OPTIONS(&twin, 2, 1, 0, 3, 5, 0, 2);
	CHECK_OPTIONS(&twin, 2, 1, 0, 1, 5);
	CHECK_EQ(lcma_place_options(&twin.map,
				    &(struct lcma_fit){ .nr_pages = 7 },
				    (struct lcma_option[2]){}, 2), 0);
	twin_free(&twin);
}

/* |..U...U......| of 10 each: what counts is how much longer others are */
static void long_runs_are_spared(void)
{
	struct lcma_option options[16];
	struct lcma_fit fit = { .nr_pages = 20 };
	struct twin twin;

	twin_draw(&twin, 10, "..U...U......");
	CHECK_EQ(lcma_place_options(&twin.map, &fit, options, 16), 5);
	/* It fits exactly: no other run loses anything. */
	CHECK_EQ(options[0].run, 20);
	CHECK_EQ(options[0].loss, 0);
	CHECK_EQ(options[1].run, 30);
	CHECK_EQ(options[1].loss, 10);
	CHECK_EQ(options[3].run, 60);
	CHECK_EQ(options[3].loss, 20);
	fit.nr_pages = 4;
	CHECK_EQ(lcma_place_options(&twin.map, &fit, options, 16), 6);
	CHECK_EQ(options[0].loss, 1);
	CHECK_EQ(options[2].loss, 2);
	CHECK_EQ(options[4].loss, 4);
	twin_free(&twin);
}

/* Whichever option is taken, what has never been freed leaves one run. */
static void ends_leave_one_run(void)
{
	enum { PAGES = 3000 };
	int round;

	for (round = 0; round < 50; round++) {
		unsigned long left = PAGES;
		struct twin twin;

		twin_init(&twin, PAGES, LCMA_SHARED);
		while (left) {
			const struct lcma_fit fit = {
				.nr_pages = min_t(unsigned long, left,
						  1 + below(200)),
			};
			struct lcma_option options[16];
			unsigned int nr;

			nr = lcma_place_options(&twin.map, &fit, options, 16);
			if (!CHECK(nr))
				break;
			twin_move(&twin, options[below(nr)].start, fit.nr_pages,
				  LCMA_SHARED, LCMA_USED);
			left -= fit.nr_pages;
			CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED),
				 left);
		}
		twin_free(&twin);
	}
}

static void cheapest_comes_first(void)
{
	struct lcma_option options[] = {
		{ .start = 0, .cost = 5 }, { .start = 1, .cost = 2 },
		{ .start = 2, .cost = ULONG_MAX }, { .start = 3, .cost = 2 },
		{ .start = 4, .cost = 0 },
	};

	lcma_place_rank(options, ARRAY_SIZE(options));
	CHECK_EQ(options[0].start, 4);
	CHECK_EQ(options[1].start, 1);
	CHECK_EQ(options[2].start, 3);
	CHECK_EQ(options[3].start, 0);
	CHECK_EQ(options[4].start, 2);
	lcma_place_rank(options, 0);
}

/* The longest of the runs that begin where the fit allows it, and do not reach too far. */
static void naive_meets(const struct twin *twin, const struct lcma_fit *fit,
			struct lcma_longest *longest)
{
	struct lcma_fit one = *fit;
	unsigned long start, i;

	longest->fit_start = LCMA_NO_PAGE;
	longest->fit_pages = 0;
	for (start = 0; start < twin->map.nr_pages; start++) {
		for (i = 0; start + i < twin->map.nr_pages; i++) {
			one.nr_pages = i + 1;
			if (!naive_is_open(LCMA_KIND_UNUSED, twin->page[start + i]) ||
			    !naive_may_begin(&one, start))
				break;
		}
		if (i > longest->fit_pages) {
			longest->fit_pages = i;
			longest->fit_start = start;
		}
	}
}

static void naive_longest(const struct twin *twin, const struct lcma_fit *fit,
			  struct lcma_longest *longest)
{
	const bool there_is[] = {
		[LCMA_LIMIT_NONE] = true,
		[LCMA_LIMIT_ALIGN] = fit->align_mask,
		[LCMA_LIMIT_WINDOW] = fit->first || fit->end,
		[LCMA_LIMIT_BOUNDARY] = fit->boundary_mask,
	};
	struct lcma_fit limits = { .nr_pages = fit->nr_pages };
	enum lcma_limit limit;

	*longest = (struct lcma_longest) { .is_exact = true };
	for (limit = LCMA_LIMIT_NONE; limit <= LCMA_LIMIT_BOUNDARY; limit++) {
		if (!there_is[limit])
			continue;
		limits.align_offset = fit->align_offset;
		if (limit >= LCMA_LIMIT_ALIGN)
			limits.align_mask = fit->align_mask;
		if (limit >= LCMA_LIMIT_WINDOW) {
			limits.first = fit->first;
			limits.end = fit->end;
		}
		if (limit >= LCMA_LIMIT_BOUNDARY)
			limits.boundary_mask = fit->boundary_mask;
		naive_meets(twin, &limits, longest);
		longest->limit = limit;
		if (limit == LCMA_LIMIT_NONE) {
			longest->start = longest->fit_start;
			longest->nr_pages = longest->fit_pages;
		} else if (longest->fit_pages < fit->nr_pages) {
			return;
		}
	}
}

static bool check_longest_fit(const struct twin *twin, const struct lcma_fit *fit,
			      bool is_exact)
{
	struct lcma_longest got, want;
	struct lcma_fit one = *fit;

	naive_longest(twin, fit, &want);
	lcma_place_longest(&twin->map, fit, &got);
	CHECK_EQ(got.start, want.start);
	CHECK_EQ(got.nr_pages, want.nr_pages);
	CHECK_EQ(got.is_exact, is_exact);
	if (!is_exact)
		return CHECK(got.fit_pages < want.fit_pages);
	CHECK_EQ(got.limit, want.limit);
	if (got.limit < LCMA_LIMIT_WINDOW) {
		one.first = 0;
		one.end = 0;
	}
	if (got.limit < LCMA_LIMIT_BOUNDARY)
		one.boundary_mask = 0;
	one.nr_pages = got.fit_pages;
	if (got.fit_pages)
		CHECK(naive_may_begin(&one, got.fit_start));
	return CHECK_EQ(got.fit_pages, want.fit_pages);
}

static bool check_longest(const struct twin *twin, unsigned long align,
			  unsigned long offset, bool is_exact)
{
	const struct lcma_fit fit = {
		.nr_pages = 7,
		.align_mask = align - 1,
		.align_offset = offset,
	};

	return check_longest_fit(twin, &fit, is_exact);
}

/* |....U........|: what keeps six pages from being had? */
static void longest_names_the_limit(void)
{
	static const struct {
		struct lcma_fit fit;
		enum lcma_limit limit;
		unsigned long pages;
	} rows[] = {
		{ { .nr_pages = 6 }, LCMA_LIMIT_NONE, 8 },
		{ { .nr_pages = 6, .align_mask = 3 }, LCMA_LIMIT_ALIGN, 5 },
		{ { .nr_pages = 6, .end = 12 }, LCMA_LIMIT_WINDOW, 7 },
		{ { .nr_pages = 6, .end = 10 }, LCMA_LIMIT_WINDOW, 5 },
		{ { .nr_pages = 6, .first = 10 }, LCMA_LIMIT_WINDOW, 3 },
		{ { .nr_pages = 6, .first = 99, .end = 99 }, LCMA_LIMIT_WINDOW, 0 },
		{ { .nr_pages = 6, .boundary_mask = 7 }, LCMA_LIMIT_BOUNDARY, 5 },
		{ { .nr_pages = 3, .boundary_mask = 3 }, LCMA_LIMIT_BOUNDARY, 4 },
		/* Of several the first that binds. */
		{ { .nr_pages = 6, .align_mask = 1, .end = 13, .boundary_mask = 7 },
		  LCMA_LIMIT_BOUNDARY, 5 },
		{ { .nr_pages = 6, .align_mask = 1, .end = 11, .boundary_mask = 7 },
		  LCMA_LIMIT_WINDOW, 5 },
		{ { .nr_pages = 6, .align_mask = 3, .end = 11, .boundary_mask = 7 },
		  LCMA_LIMIT_ALIGN, 5 },
		{ { .nr_pages = 4, .align_mask = 3, .end = 11, .boundary_mask = 7 },
		  LCMA_LIMIT_BOUNDARY, 4 },
	};
	struct lcma_longest got;
	struct twin twin;
	unsigned int i;

	twin_draw(&twin, 1, "....U........");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		lcma_place_longest(&twin.map, &rows[i].fit, &got);
		if (!CHECK_EQ(got.limit, rows[i].limit) ||
		    !CHECK_EQ(got.fit_pages, rows[i].pages) ||
		    !check_longest_fit(&twin, &rows[i].fit, true))
			printf("# row %u\n", i);
	}
	twin_free(&twin);
}

/* |U...U.....U..P.U|: the alignment decides, and pool pages are as good as others */
static void longest_runs(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "U...U.....U..P.U");
	check_longest(&twin, 1, 0, true);
	check_longest(&twin, 2, 0, true);
	check_longest(&twin, 4, 0, true);
	check_longest(&twin, 4, 3, true);
	check_longest(&twin, 16, 0, true);
	check_longest(&twin, 16, 1, true);
	check_longest(&twin, 1024, 512, true);
	twin_free(&twin);
	twin_draw(&twin, 100, "UbU");
	check_longest(&twin, 1, 0, true);
	check_longest(&twin, 64, 5, true);
	twin_free(&twin);
	twin_draw(&twin, 700, "...");
	check_longest(&twin, 1, 0, true);
	check_longest(&twin, 4096, 1, true);
	check_longest(&twin, 4096, 4095, true);
	twin_free(&twin);
}

/* Some limits, some of which nothing meets. */
static struct lcma_fit random_limits(const struct twin *twin)
{
	const unsigned long size = twin->map.nr_pages;
	struct lcma_fit fit = {
		.nr_pages = 1 + below_log(64),
		.align_mask = (1UL << below(4)) - 1,
		.align_offset = below(1000),
		.first = one_in(2) ? 0 : below(size + 20),
		.end = one_in(2) ? 0 : below(size + 20),
	};

	if (one_in(2))
		fit.boundary_mask = (1UL << (1 + below(8))) - 1;
	if (one_in(4))
		fit.end = fit.first + fit.nr_pages;
	return fit;
}

/* Few runs: the looks do. */
static bool check_longest_limited(const struct twin *twin)
{
	const struct lcma_fit fit = random_limits(twin);
	struct lcma_longest got;

	lcma_place_longest(&twin->map, &fit, &got);
	return !got.is_exact || check_longest_fit(twin, &fit, true);
}

static void longest_of_many(void)
{
	unsigned long page, nr_pages;
	struct twin twin;
	int i;

	for (i = 0; i < 200; i++) {
		twin_init(&twin, 1 + below(1500), LCMA_USED);
		for (page = 0; page < twin.map.nr_pages; page += nr_pages) {
			nr_pages = min(1 + below_log(200),
				       twin.map.nr_pages - page);
			if (!one_in(3))
				twin_move(&twin, page, nr_pages, LCMA_USED,
					  one_in(2) ? LCMA_POOL : LCMA_SHARED);
		}
		if (!check_longest(&twin, 1UL << below(8), below(1000), true) ||
		    !check_longest_limited(&twin))
			printf("# round %d\n", i);
		twin_free(&twin);
	}
}

/* Every place that keeps to the limits comes, no other, and options are among them. */
static void limits_are_kept(void)
{
	int round;

	for (round = 0; round < 300; round++) {
		static const char states[] = "......PU";
		bool comes[400] = {}, want;
		struct lcma_option options[16];
		unsigned long page, first, last;
		char picture[401];
		unsigned int i, nr, steps = 0;
		struct lcma_place place;
		struct lcma_fit fit;
		struct twin twin;

		for (page = 0; page < 400; page++)
			picture[page] = page % 9 ? picture[page - 1] :
						   states[below(8)];
		picture[400] = 0;
		twin_draw(&twin, 1, picture);
		fit = random_limits(&twin);
		lcma_place_init(&place, &fit);
		while (lcma_place_next(&place, &twin.map, &page) !=
		       LCMA_PLACE_NONE && steps++ < TOO_MANY) {
			comes[page] = true;
			lcma_place_reject(&place, page, page);
		}
		first = last = LCMA_NO_PAGE;
		for (page = 0; page < 400; page++) {
			want = naive_find(&twin, LCMA_KIND_UNUSED, &fit, page) == page;
			if (!CHECK_EQ(comes[page], want)) {
				printf("# round %d page %lu\n", round, page);
				break;
			}
			if (want && first == LCMA_NO_PAGE)
				first = page;
			if (want)
				last = page;
		}
		nr = lcma_place_options(&twin.map, &fit, options, 16);
		CHECK_EQ(!nr, first == LCMA_NO_PAGE);
		for (i = 0; i < nr; i++)
			CHECK(comes[options[i].start]);
		/* Of one long run: both ends of what the limits leave of it. */
		twin_free(&twin);
		twin_init(&twin, 400, LCMA_SHARED);
		first = naive_find(&twin, LCMA_KIND_UNUSED, &fit, 0);
		for (page = first, last = first; page != LCMA_NO_PAGE;
		     page = naive_find(&twin, LCMA_KIND_UNUSED, &fit, page + 1))
			last = page;
		nr = lcma_place_options(&twin.map, &fit, options, 16);
		if (CHECK_EQ(nr, (first != LCMA_NO_PAGE) + (last != first)) && nr) {
			CHECK_EQ(options[0].start, first);
			CHECK_EQ(options[nr - 1].start, last);
		}
		twin_free(&twin);
	}
}

/* A hundred runs that are badly aligned, and one that is not: too many to look at. */
static void longest_is_bounded(void)
{
	struct twin twin;
	int i;

	twin_init(&twin, 101 * 64 + 64, LCMA_USED);
	for (i = 0; i < 100; i++)
		twin_move(&twin, i * 64 + 1, 32, LCMA_USED, LCMA_SHARED);
	twin_move(&twin, 100 * 64, 20, LCMA_USED, LCMA_SHARED);
	check_longest(&twin, 64, 0, false);
	check_longest(&twin, 2, 1, true);
	twin_free(&twin);
}

static const struct tap_case cases[] = {
	TAP_CASE(options_at_both_ends),
	TAP_CASE(long_runs_are_spared),
	TAP_CASE(ends_leave_one_run),
	TAP_CASE(cheapest_comes_first),
	TAP_CASE(longest_runs),
	TAP_CASE(longest_of_many),
	TAP_CASE(longest_names_the_limit),
	TAP_CASE(limits_are_kept),
	TAP_CASE(longest_is_bounded),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
