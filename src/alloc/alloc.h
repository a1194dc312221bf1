/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocation: the decision which pages a request gets.
 */
#ifndef LCMA_ALLOC_H
#define LCMA_ALLOC_H

#include "alloc/request.h"
#include "core/histogram.h"

/**
 * struct lcma_run - what a request got
 * @region: where
 * @start: first page
 * @nr_pages: how many, possibly more than were asked for (order=)
 * @is_zero: when they were got, all of them were known to be zero
 * @is_handed_out: with LCMA_LOOSE: it is marked as a driver's
 * @outcome: where they came from
 */
struct lcma_run {
	struct lcma_region *region;
	unsigned long start;
	unsigned long nr_pages;
	bool is_zero;
	bool is_handed_out;
	enum lcma_outcome outcome;
};

int lcma_alloc(const struct lcma_request *request, struct lcma_run *run);
int lcma_alloc_zeroed(const struct lcma_request *request, struct lcma_run *run);
void lcma_alloc_failed(const struct lcma_request *request, int err,
		       ktime_t began);
void lcma_free(const struct lcma_run *run);

#endif
