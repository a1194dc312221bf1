/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fits: where a run of pages may lie, by its length, alignment, boundary and limits.
 *
 * Pure: no kernel state, no lock, no allocation.
 */
#ifndef LCMA_FIT_H
#define LCMA_FIT_H

#include "core/seam.h"

/* "No such page", the answer of a search that found nothing. */
#define LCMA_NO_PAGE	ULONG_MAX

/**
 * struct lcma_fit - what a run has to look like
 * @nr_pages: how long, at least 1
 * @align_mask: alignment in pages, minus one (a power of two minus one)
 * @align_offset: what to add to a page's index before alignment and boundary are
 *	judged: the region's first page frame number, so that physical addresses count
 * @first: the run begins at this page or after it
 * @end: the run ends before this page; 0: no limit
 * @boundary_mask: the run crosses no multiple of a number of pages: that number
 *	minus one (a power of two minus one); 0: no limit
 */
struct lcma_fit {
	unsigned long nr_pages;
	unsigned long align_mask;
	unsigned long align_offset;
	unsigned long first;
	unsigned long end;
	unsigned long boundary_mask;
};

unsigned long lcma_fit_next(const struct lcma_fit *fit, unsigned long page);
unsigned long lcma_fit_last(const struct lcma_fit *fit, unsigned long end);
unsigned long lcma_fit_reach(const struct lcma_fit *fit, unsigned long start,
			     unsigned long end);

#endif
