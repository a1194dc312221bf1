// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timeouts: see timeout.h.
 */
#include "core/timeout.h"

#define NS_PER_S	1000000000U

/**
 * lcma_timeout_jiffies - how many jiffies to wait
 * @left_ns: nanoseconds; 0 or less: the time is up
 * @hz: jiffies in a second
 * @max: the most that a wait can be told; a longer one is that long
 *
 * The kernel's own conversions wrap where a long has 32 bits: 2^32 milliseconds
 * at 1000 Hz are 0 jiffies, 2^31 a negative number.
 *
 * Context: any.
 * Return: jiffies, more than @left_ns in whole ones, as the first is a part of
 * one; 0 if the time is up.
 */
long lcma_timeout_jiffies(s64 left_ns, unsigned int hz, long max)
{
	u64 seconds, jiffies_left;
	u32 rest_ns;

	if (left_ns <= 0)
		return 0;
	seconds = div_u64_rem(left_ns, NS_PER_S, &rest_ns);
	/* Fewer than 2^34 seconds, and hz has 14 bits at most. */
	jiffies_left = seconds * hz + div_u64((u64)rest_ns * hz, NS_PER_S) + 1;
	return jiffies_left < (u64)max ? (long)jiffies_left : max;
}
