// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of timeouts in jiffies (src/core/timeout.c): never too short, never
 * negative, at every rate of the clock and both widths of a long.
 */
#include "core/timeout.h"
#include "tap.h"

#define NS_PER_MS	1000000LL

static const unsigned int rates[] = { 100, 250, 300, 500, 1000, 1024, 10000 };

/* The most that schedule_timeout() takes as a number: in 32 bits, and in a long. */
static const long maxima[] = { INT32_MAX - 1, LONG_MAX - 1 };

static const u64 durations_ms[] = {
	1, 2, 3, 4, 5, 9, 10, 11, 999, 1000, 1001, 60000,
	INT32_MAX - 1LL, INT32_MAX, INT32_MAX + 1LL,
	UINT32_MAX / 2 + 1000LL, UINT32_MAX - 1LL, UINT32_MAX,
	UINT32_MAX + 1LL, 10LL * UINT32_MAX,
};

static void check_rate(unsigned int hz, long max)
{
	unsigned int i;
	long last = 0, got;
	u64 whole;

	CHECK(lcma_timeout_jiffies(0, hz, max) == 0);
	CHECK(lcma_timeout_jiffies(-1, hz, max) == 0);
	CHECK(lcma_timeout_jiffies(INT64_MIN, hz, max) == 0);
	CHECK(lcma_timeout_jiffies(1, hz, max) == 1);
	for (i = 0; i < ARRAY_SIZE(durations_ms); i++) {
		got = lcma_timeout_jiffies(durations_ms[i] * NS_PER_MS, hz,
					   max);
		whole = durations_ms[i] * hz / 1000 + 1;
		CHECK(got == (whole < (u64)max ? (long)whole : max));
		CHECK(got >= last);
		CHECK(got > 0);
		last = got;
	}
	CHECK(lcma_timeout_jiffies(INT64_MAX, hz, max) >= last);
}

int main(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		for (j = 0; j < ARRAY_SIZE(maxima); j++) {
			tap_begin();
			check_rate(rates[i], maxima[j]);
			tap_end("%u Hz, at most %ld", rates[i], maxima[j]);
		}
	}
	return tap_finish();
}
