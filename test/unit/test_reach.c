// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of reach (src/core/reach.c): physical limits as limits of a region's
 * pages, one by one and against a naive search of every page frame.
 */
#include "core/reach.h"
#include "random.h"
#include "tap.h"

static void limits_of_a_region(void)
{
	/* A region of 100 pages from page frame 1000 on, a run of 10. */
	static const struct {
		struct lcma_reach reach;
		unsigned long align;
		bool fits;
		unsigned long first, end, boundary_mask;
	} rows[] = {
		{ { }, 1, true, 0, 0, 0 },
		{ { .below = 2000 }, 1, true, 0, 0, 0 },
		{ { .below = 1100 }, 1, true, 0, 0, 0 },
		{ { .below = 1099 }, 1, true, 0, 99, 0 },
		{ { .below = 1010 }, 1, true, 0, 10, 0 },
		{ { .below = 1009 }, 1, false, 0, 9, 0 },
		{ { .below = 1000 }, 1, false, 100, 100, 0 },
		{ { .below = 1 }, 1, false, 100, 100, 0 },
		{ { .at = 1000 }, 1, true, 0, 10, 0 },
		{ { .at = 1090 }, 1, true, 90, 100, 0 },
		{ { .at = 1091 }, 1, false, 100, 100, 0 },
		{ { .at = 1100 }, 1, false, 100, 100, 0 },
		{ { .at = 999 }, 1, false, 100, 100, 0 },
		{ { .at = 1 }, 1, false, 100, 100, 0 },
		{ { .at = 1040, .below = 1050 }, 1, true, 40, 50, 0 },
		{ { .at = 1040, .below = 1049 }, 1, false, 100, 100, 0 },
		{ { .at = 1060, .below = 1050 }, 1, false, 100, 100, 0 },
		{ { .at = 1040 }, 8, true, 40, 50, 0 },
		{ { .at = 1041 }, 8, false, 41, 51, 0 },
		{ { .boundary = 16 }, 1, true, 0, 0, 15 },
		{ { .boundary = 8 }, 1, false, 0, 0, 7 },
		{ { .boundary = 1 }, 1, false, 0, 0, 0 },
		/* 1008 is a multiple of 16. */
		{ { .at = 1000, .boundary = 16 }, 1, false, 0, 10, 15 },
		{ { .at = 1008, .boundary = 16 }, 1, true, 8, 18, 15 },
		{ { .below = 1017, .boundary = 16 }, 1, false, 0, 17, 15 },
		{ { .below = 1018, .boundary = 16 }, 1, true, 0, 18, 15 },
		{ { }, 2048, false, 0, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lcma_fit fit = {
			.nr_pages = 10, .align_mask = rows[i].align - 1,
			.align_offset = 1000,
			/* Whatever was there before. */
			.first = 7, .end = 7, .boundary_mask = 7,
		};

		if (!CHECK_EQ(lcma_reach_apply(&rows[i].reach, 100, &fit),
			      rows[i].fits) ||
		    !CHECK_EQ(fit.first, rows[i].first) ||
		    !CHECK_EQ(fit.end, rows[i].end) ||
		    !CHECK_EQ(fit.boundary_mask, rows[i].boundary_mask))
			printf("# row %u\n", i);
	}
}

/* One page meets a boundary of one page. */
static void one_page(void)
{
	struct lcma_fit fit = { .nr_pages = 1, .align_offset = 5 };

	CHECK(lcma_reach_apply(&(struct lcma_reach){ .boundary = 1 }, 1, &fit));
	CHECK(lcma_reach_apply(&(struct lcma_reach){ .at = 5 }, 1, &fit));
	CHECK(!lcma_reach_apply(&(struct lcma_reach){ .at = 6 }, 1, &fit));
	CHECK(lcma_reach_apply(&(struct lcma_reach){ .below = ULONG_MAX }, 1, &fit));
	CHECK(!lcma_reach_apply(&(struct lcma_reach){ .at = ULONG_MAX }, 1, &fit));
}

static bool naive_may(const struct lcma_reach *reach, const struct lcma_fit *fit,
		      unsigned long pfn)
{
	if (pfn & fit->align_mask || (reach->at && pfn != reach->at))
		return false;
	if (reach->below && pfn + fit->nr_pages > reach->below)
		return false;
	return !reach->boundary || pfn / reach->boundary ==
				   (pfn + fit->nr_pages - 1) / reach->boundary;
}

static void as_every_page_frame_says(void)
{
	int round, fits = 0;

	for (round = 0; round < 20000 && !tap.nr_checks_failed; round++) {
		const unsigned long base = below(300), size = 1 + below(80);
		struct lcma_fit fit = {
			.nr_pages = 1 + below_log(20),
			.align_mask = (1UL << below(6)) - 1,
			.align_offset = base,
		};
		struct lcma_reach reach = {
			.at = one_in(3) ? base + below(90) : 0,
			.below = one_in(2) ? base + below(90) : 0,
			.boundary = one_in(2) ? 1UL << below(8) : 0,
		};
		bool want = false, got;
		unsigned long page;

		got = lcma_reach_apply(&reach, size, &fit);
		for (page = 0; page + fit.nr_pages <= size; page++) {
			const bool may = naive_may(&reach, &fit, base + page);

			want |= may;
			if (got && !CHECK_EQ(lcma_fit_next(&fit, page) == page, may))
				break;
		}
		CHECK_EQ(got, want);
		fits += want;
	}
	CHECK(fits > 1000);
}

static const struct tap_case cases[] = {
	TAP_CASE(limits_of_a_region),
	TAP_CASE(one_page),
	TAP_CASE(as_every_page_frame_says),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
