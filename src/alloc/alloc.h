/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocation: the decision which pages a request gets.
 */
#ifndef LCMA_ALLOC_H
#define LCMA_ALLOC_H

#include "region/owner.h"
#include "region/region.h"
#include "supply/take.h"

/* Only what can be had at once: no migration, no waiting. */
#define LCMA_ALLOC_NOWAIT	BIT(0)
/* A failure is neither recorded nor logged: the caller expects it. */
#define LCMA_ALLOC_QUIET	BIT(1)
/* lcma_alloc_zero() writes to every page, also to those that are zero. */
#define LCMA_ALLOC_TOUCH	BIT(2)
#define LCMA_ALLOC_FLAGS	(LCMA_ALLOC_NOWAIT | LCMA_ALLOC_QUIET | \
				 LCMA_ALLOC_TOUCH)

/**
 * struct lcma_request - what somebody asks for
 * @region: where; NULL: in any region
 * @nr_pages: how many pages, at least 1
 * @align_pages: alignment of the physical address, in pages, a power of two
 * @flags: LCMA_ALLOC_*
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 * @owner: which front end asks; it is told of a failure
 * @label: what it is for; NULL or "": not told
 */
struct lcma_request {
	struct lcma_region *region;
	unsigned long nr_pages;
	unsigned long align_pages;
	unsigned int flags;
	ktime_t deadline;
	enum lcma_owner owner;
	const char *label;
};

/**
 * struct lcma_run - what somebody got
 * @region: where
 * @start: first page
 * @nr_pages: how many, possibly more than were asked for (order=)
 * @is_zero: when they were got, all of them were known to be zero
 */
struct lcma_run {
	struct lcma_region *region;
	unsigned long start;
	unsigned long nr_pages;
	bool is_zero;
};

int lcma_alloc(const struct lcma_request *request, struct lcma_run *run);
void lcma_alloc_failed(const struct lcma_request *request, int err,
		       ktime_t began);
int lcma_alloc_zero(const struct lcma_request *request,
		    const struct lcma_run *run);
void lcma_free(const struct lcma_run *run);
void lcma_alloc_undo(const struct lcma_run *run);

#endif
