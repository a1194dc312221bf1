// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the classes of histograms (src/core/histogram.c).
 */
#include "core/histogram.h"

#include "tap.h"

static void every_time_has_its_class(void)
{
	u64 limit_ns;
	unsigned int i;

	CHECK_EQ(lcma_time_class(0), 0);
	CHECK_EQ(lcma_time_class(1), 0);
	for (i = 0; i < LCMA_TIME_CLASSES - 1; i++) {
		limit_ns = 1000ULL << i;
		CHECK_EQ(lcma_time_class(limit_ns), i);
		CHECK_EQ(lcma_time_class(limit_ns - 1), i);
		CHECK_EQ(lcma_time_class(limit_ns + 1), i + 1);
	}
	CHECK_EQ(lcma_time_class(U64_MAX), LCMA_TIME_CLASSES - 1);
	CHECK_EQ(lcma_time_class(3600ULL * 1000000000), LCMA_TIME_CLASSES - 1);
}

static void every_size_has_its_class(void)
{
	static const unsigned long limits[] = { 16, 256, 4096 };
	unsigned int i;

	CHECK_EQ(lcma_size_class(1), 0);
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		CHECK_EQ(lcma_size_class_pages(i), limits[i]);
		CHECK_EQ(lcma_size_class(limits[i]), i);
		CHECK_EQ(lcma_size_class(limits[i] + 1), i + 1);
	}
	CHECK_EQ(lcma_size_class_pages(LCMA_SIZE_CLASSES - 1), ULONG_MAX);
	CHECK_EQ(lcma_size_class(ULONG_MAX), LCMA_SIZE_CLASSES - 1);
}

static void every_outcome_has_a_word(void)
{
	unsigned int i;

	for (i = 0; i < LCMA_NR_OUTCOMES; i++)
		CHECK(lcma_outcome_word(i));
	CHECK(!lcma_outcome_word(LCMA_NR_OUTCOMES));
}

int main(void)
{
	static const struct tap_case cases[] = {
		TAP_CASE(every_time_has_its_class),
		TAP_CASE(every_size_has_its_class),
		TAP_CASE(every_outcome_has_a_word),
	};

	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
