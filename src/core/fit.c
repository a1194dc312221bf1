// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fits: see fit.h.
 */
#include "core/fit.h"

/* Does a run of the length of the fit, from this page frame on, cross a boundary? */
static bool is_across(const struct lcma_fit *fit, unsigned long pfn)
{
	const unsigned long mask = fit->boundary_mask;

	return mask && fit->nr_pages - 1 > mask - (pfn & mask);
}

/**
 * lcma_fit_next - the first page from one on at which a run may begin
 * @fit: what the run has to look like
 * @page: the first page to consider
 *
 * Of the map it knows nothing: whether the pages are there, and in which state.
 *
 * Return: the page; LCMA_NO_PAGE if there is none.
 */
unsigned long lcma_fit_next(const struct lcma_fit *fit, unsigned long page)
{
	const unsigned long from = max(page, fit->first);
	unsigned long pfn = ALIGN(from + fit->align_offset, fit->align_mask + 1);

	/* The next boundary is aligned, too; else this page lay on one, and nothing fits. */
	if (is_across(fit, pfn))
		pfn = ALIGN(pfn, fit->boundary_mask + 1);
	if (is_across(fit, pfn))
		return LCMA_NO_PAGE;
	page = pfn - fit->align_offset;
	if (page < from || (fit->end && (page >= fit->end ||
					 fit->nr_pages > fit->end - page)))
		return LCMA_NO_PAGE;
	return page;
}

/**
 * lcma_fit_last - the last page at which a run may begin
 * @fit: what the run has to look like
 * @end: the run ends before this page; there is a page at which it may begin, and
 *	then does
 *
 * Return: the page.
 */
unsigned long lcma_fit_last(const struct lcma_fit *fit, unsigned long end)
{
	const unsigned long stop = fit->end ? min(end, fit->end) : end;
	unsigned long pfn = stop - fit->nr_pages + fit->align_offset;

	pfn &= ~fit->align_mask;
	if (is_across(fit, pfn)) {
		pfn = (pfn | fit->boundary_mask) + 1 - fit->nr_pages;
		pfn &= ~fit->align_mask;
	}
	return pfn - fit->align_offset;
}

/**
 * lcma_fit_reach - how far a run may reach, whatever its length
 * @fit: what it has to look like
 * @start: a page at which it may begin
 * @end: the run of pages that it lies in ends before this page
 *
 * Return: the first page that cannot be part of it.
 */
unsigned long lcma_fit_reach(const struct lcma_fit *fit, unsigned long start,
			     unsigned long end)
{
	const unsigned long mask = fit->boundary_mask;

	if (fit->end)
		end = min(end, fit->end);
	if (mask)
		end = min(end, start + mask + 1 -
			       ((start + fit->align_offset) & mask));
	return end;
}
