/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking one run: shared and pool pages become used, or nothing changes.
 */
#ifndef LCMA_TAKE_H
#define LCMA_TAKE_H

#include <linux/ktime.h>

#include "page/obstacle.h"
#include "region/region.h"

/**
 * struct lcma_taking - a run that has been reserved, to be taken
 * @start: first page
 * @nr_pages: how many
 * @nr_before: pages before it that a claim has to take anyway
 * @nr_after: pages after it of that kind
 * @at: all pages before this one are reserved
 * @nr_calls: how many calls it takes to claim what is reserved
 * @is_proof: the caller's: if the run cannot be taken, a claim of its own is to
 *	prove which page is in the way
 */
struct lcma_taking {
	unsigned long start;
	unsigned long nr_pages;
	unsigned long nr_before;
	unsigned long nr_after;
	unsigned long at;
	unsigned long nr_calls;
	bool is_proof;
};

bool lcma_take_is_short(const struct lcma_region *region, unsigned long start,
			unsigned long nr_pages);
bool lcma_take_may_begin(const struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages);
void lcma_take_begin(struct lcma_region *region, unsigned long start,
		     unsigned long nr_pages, struct lcma_taking *taking);
bool lcma_take_reserve(struct lcma_region *region, struct lcma_taking *taking);
bool lcma_take_is_stuck(struct lcma_region *region,
			const struct lcma_taking *taking, bool is_picky,
			struct lcma_obstacle *obstacle);
void lcma_take_cancel(struct lcma_region *region, const struct lcma_taking *taking);
int lcma_take(struct lcma_region *region, const struct lcma_taking *taking,
	      ktime_t deadline, struct lcma_obstacle *obstacle);
void lcma_take_end(struct lcma_region *region);

#endif
