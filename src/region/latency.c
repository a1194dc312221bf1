// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latencies: see latency.h.
 */
#include "region/latency.h"

#include <linux/mm.h>
#include <linux/sysfs.h>

/**
 * lcma_latency_count - an allocation has ended
 * @latency: the region's
 * @outcome: what became of it
 * @nr_pages: how large it was
 * @took_ns: how long it took
 *
 * Context: any.
 */
void lcma_latency_count(struct lcma_latency *latency, enum lcma_outcome outcome,
			unsigned long nr_pages, u64 took_ns)
{
	const unsigned int size = lcma_size_class(nr_pages);

	atomic_long_inc(&latency->counts[outcome][size]
					[lcma_time_class(took_ns)]);
	atomic64_add(took_ns, &latency->sum_ns[outcome][size]);
}

static int emit_line(const struct lcma_latency *latency, unsigned int outcome,
		     unsigned int size, char *to, int at)
{
	const atomic_long_t *counts = latency->counts[outcome][size];
	const int begin = at;
	unsigned int i;

	if (size < LCMA_SIZE_CLASSES - 1)
		at += sysfs_emit_at(to, at, "%s %llu", lcma_outcome_word(outcome),
				    (u64)lcma_size_class_pages(size) << PAGE_SHIFT);
	else
		at += sysfs_emit_at(to, at, "%s more", lcma_outcome_word(outcome));
	for (i = 0; i < LCMA_TIME_CLASSES; i++)
		at += sysfs_emit_at(to, at, " %lu",
				    (unsigned long)atomic_long_read(&counts[i]));
	at += sysfs_emit_at(to, at, " %llu\n",
			    (u64)atomic64_read(&latency->sum_ns[outcome][size]));
	return at - begin;
}

/**
 * lcma_latency_emit - write a file of sysfs
 * @latency: the region's
 * @to: a page
 *
 * A line for each outcome and size: the word, the largest size in bytes or "more", and
 * how many allocations took up to 1, 2, 4, 8 ... microseconds, and longer; last, how
 * many nanoseconds they took together.
 *
 * Context: process.
 * Return: length of the text.
 */
int lcma_latency_emit(const struct lcma_latency *latency, char *to)
{
	unsigned int outcome, size;
	int at = 0;

	for (outcome = 0; outcome < LCMA_NR_OUTCOMES; outcome++)
		for (size = 0; size < LCMA_SIZE_CLASSES; size++)
			at += emit_line(latency, outcome, size, to, at);
	return at;
}
