// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pictures: see picture.h.
 */
#include "region/picture.h"

#include <linux/minmax.h>

#include "region/region.h"

/* Where pages are looked at, no piece is longer than this. */
#define LOOK_PAGES	4096UL

/* From a page on: pages with the same content, as far as the looks last. */
static void look_along(const struct lcma_region *region, unsigned int *looks,
		       struct lcma_piece *piece)
{
	const unsigned long first_pfn = lcma_region_pfn(region, piece->start);
	const unsigned long end_pfn = first_pfn + piece->nr_pages;
	unsigned long pfn, next_pfn;
	enum lcma_content content;

	for (pfn = first_pfn; pfn < end_pfn && *looks; pfn = next_pfn) {
		--*looks;
		next_pfn = lcma_obstacle_look(pfn, &content);
		if (pfn == first_pfn)
			piece->content = content;
		else if (content != piece->content)
			break;
	}
	piece->nr_pages = min(pfn, end_pfn) - first_pfn;
}

/**
 * lcma_picture_piece - the pages that look alike from a page on
 * @region: the region
 * @from: first page
 * @looks: how many pages of the system may be looked at, counted down; when none
 *	is left, a piece may end early. NULL: none is looked at.
 * @piece: the answer, which may be out of date as soon as it is given
 *
 * Context: any; takes region->lock. The time that it takes is bounded by @looks and
 * by what reading the map takes.
 * Return: false if there is nothing from @from on, or no look is left for it.
 */
bool lcma_picture_piece(struct lcma_region *region, unsigned long from,
			unsigned int *looks, struct lcma_piece *piece)
{
	unsigned long end = region->carve.nr_pages;
	struct lcma_stretch s;

	/* Not all of a long stretch for each short piece of it. */
	if (looks && from < end)
		end = min(end, from + LOOK_PAGES);
	if (READ_ONCE(region->life) == LCMA_DRAINED ||
	    !lcma_region_stretch(region, from, end, &s))
		return false;
	*piece = (struct lcma_piece) {
		.start = s.start,
		.nr_pages = s.nr_pages,
		.state = s.state,
		.content = LCMA_CONTENT_UNKNOWN,
	};
	if (looks && s.state == LCMA_SHARED)
		look_along(region, looks, piece);
	return piece->nr_pages;
}
