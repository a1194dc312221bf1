// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reach: see reach.h.
 */
#include "core/reach.h"

/* No page of the region will do. */
static bool exclude_all(struct lcma_fit *fit, unsigned long nr_pages)
{
	fit->first = nr_pages;
	fit->end = nr_pages;
	return false;
}

/**
 * lcma_reach_apply - the limits of a fit, for the pages of one region
 * @reach: where in physical memory the run may lie
 * @nr_pages: the region's size
 * @fit: length and alignment are set; align_offset is the region's first page frame
 *
 * Return: false if no run of this length in this region meets alignment and limits,
 * whatever the states of its pages.
 */
bool lcma_reach_apply(const struct lcma_reach *reach, unsigned long nr_pages,
		      struct lcma_fit *fit)
{
	const unsigned long base = fit->align_offset;
	unsigned long at;

	fit->first = 0;
	fit->end = 0;
	fit->boundary_mask = reach->boundary ? reach->boundary - 1 : 0;
	if (reach->below) {
		if (reach->below <= base)
			return exclude_all(fit, nr_pages);
		if (reach->below - base < nr_pages)
			fit->end = reach->below - base;
	}
	if (reach->at) {
		at = reach->at - base;
		if (reach->at < base || at >= nr_pages ||
		    fit->nr_pages > nr_pages - at ||
		    (fit->end && (at >= fit->end || fit->nr_pages > fit->end - at)))
			return exclude_all(fit, nr_pages);
		fit->first = at;
		fit->end = at + fit->nr_pages;
	}
	/* A boundary of one page is no limit to a run of one. */
	if (reach->boundary && fit->nr_pages > reach->boundary)
		return false;
	at = lcma_fit_next(fit, 0);
	return at != LCMA_NO_PAGE && at < nr_pages && fit->nr_pages <= nr_pages - at;
}
