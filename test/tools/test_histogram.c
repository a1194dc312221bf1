// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms of cmactl stress. Proves where quantiles lie; not that several
 * threads can add.
 */
#include "../unit/tap.h"

#include "histogram.h"

static struct histogram histogram;

static void nothing_was_counted(void)
{
	histogram = (struct histogram){ 0 };
	CHECK_EQ(histogram_quantile(&histogram, 50), 0);
	CHECK_EQ(histogram_quantile(&histogram, 100), 0);
}

static void one_value_is_every_quantile(void)
{
	static const uint64_t values[] = {
		0, 1, 15, 16, 17, 31, 32, 1000, 123456789, UINT64_MAX - 1, UINT64_MAX,
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		histogram = (struct histogram){ 0 };
		histogram_add(&histogram, values[i]);
		CHECK_EQ(histogram.max, values[i]);
		CHECK_EQ(histogram_quantile(&histogram, 0), values[i]);
		CHECK_EQ(histogram_quantile(&histogram, 50), values[i]);
		CHECK_EQ(histogram_quantile(&histogram, 100), values[i]);
	}
}

static void small_values_are_exact(void)
{
	uint64_t i;

	histogram = (struct histogram){ 0 };
	for (i = 1; i <= 10; i++)
		histogram_add(&histogram, i);
	CHECK_EQ(histogram_quantile(&histogram, 10), 1);
	CHECK_EQ(histogram_quantile(&histogram, 11), 2);
	CHECK_EQ(histogram_quantile(&histogram, 50), 5);
	CHECK_EQ(histogram_quantile(&histogram, 99), 10);
}

static void others_are_a_sixteenth_too_large_at_most(void)
{
	uint64_t value, got;

	for (value = 16; value < 1ULL << 62; value += value / 7 + 1) {
		histogram = (struct histogram){ 0 };
		histogram_add(&histogram, value);
		histogram_add(&histogram, UINT64_MAX);
		got = histogram_quantile(&histogram, 50);
		if (!CHECK(got >= value && got <= value + value / 16))
			break;
	}
}

static void p99_leaves_one_in_a_hundred_out(void)
{
	int i;

	histogram = (struct histogram){ 0 };
	for (i = 0; i < 990; i++)
		histogram_add(&histogram, 5);
	for (i = 0; i < 10; i++)
		histogram_add(&histogram, 1000000);
	CHECK_EQ(histogram_quantile(&histogram, 99), 5);
	histogram_add(&histogram, 1000000);
	CHECK(histogram_quantile(&histogram, 99) >= 1000000);
	CHECK_EQ(histogram.nr, 1001);
}

static const struct tap_case cases[] = {
	TAP_CASE(nothing_was_counted),
	TAP_CASE(one_value_is_every_quantile),
	TAP_CASE(small_values_are_exact),
	TAP_CASE(others_are_a_sixteenth_too_large_at_most),
	TAP_CASE(p99_leaves_one_in_a_hundred_out),
};

int main(void)
{
	tap_run(cases, sizeof(cases) / sizeof(cases[0]));
	return tap_finish();
}
