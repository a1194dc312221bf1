/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latencies: how long allocations in a region took, always counted, in a table that
 * never grows. No lock: each number counts by itself, so a reader may see one
 * allocation and not yet another that ended before it.
 */
#ifndef LCMA_LATENCY_H
#define LCMA_LATENCY_H

#include <linux/atomic.h>

#include "core/histogram.h"

/**
 * struct lcma_latency - a region's part: its histograms
 * @counts: [atomic] how many allocations
 * @sum_ns: [atomic] how long all of them took together
 *
 * Written in: region/latency.c
 */
struct lcma_latency {
	atomic_long_t counts[LCMA_NR_OUTCOMES][LCMA_SIZE_CLASSES][LCMA_TIME_CLASSES];
	atomic64_t sum_ns[LCMA_NR_OUTCOMES][LCMA_SIZE_CLASSES];
};

void lcma_latency_count(struct lcma_latency *latency, enum lcma_outcome outcome,
			unsigned long nr_pages, u64 took_ns);
int lcma_latency_emit(const struct lcma_latency *latency, char *to);

#endif
