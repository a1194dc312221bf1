/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: its counters. Every layer counts what it does, under
 * region->lock, by the functions below.
 */
#ifndef LCMA_PART_STATS_H
#define LCMA_PART_STATS_H

#include <linux/types.h>

/**
 * struct lcma_stats - a region's counters since it was made
 * @allocs: allocations that succeeded
 * @frees: runs that came back
 * @failures: allocations that failed
 * @pool_hits: allocations served from the pool alone
 * @pool_hits_zero: those of them whose pages were zero
 * @claims: calls of alloc_contig_range()
 * @claims_failed: those that failed
 * @claim_max_ns: the longest call
 * @claims_late: calls whose caller had left when they returned
 * @spared_pages: pages beside a run that a claim had to take anyway, kept
 * @refilled_pages: pages that were claimed to bring the pool to its low mark
 * @decayed_pages: pages given back because the pool was idle
 * @shrunk_pages: pages given back because the system was short of memory
 * @zeroed_pages: pages zeroed in the background
 * @prepares: preparations whose pages were held
 * @prepares_used: those that an allocation has used
 * @prepares_over: those whose time was over first
 *
 * Written in: region/parts/stats.h
 */
struct lcma_stats {
	u64 allocs;
	u64 frees;
	u64 failures;
	u64 pool_hits;
	u64 pool_hits_zero;
	u64 claims;
	u64 claims_failed;
	u64 claim_max_ns;
	u64 claims_late;
	u64 spared_pages;
	u64 refilled_pages;
	u64 decayed_pages;
	u64 shrunk_pages;
	u64 zeroed_pages;
	u64 prepares;
	u64 prepares_used;
	u64 prepares_over;
};

/* Under region->lock: so many more. */
static inline void lcma_stats_add(u64 *counter, u64 nr)
{
	*counter += nr;
}

/* Under region->lock: the largest value that was seen. */
static inline void lcma_stats_max(u64 *counter, u64 value)
{
	if (value > *counter)
		*counter = value;
}

#endif
