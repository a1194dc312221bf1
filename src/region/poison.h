/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Poison: pages in which the hardware has found a memory error (PageHWPoison).
 * Such a page is retired for good, wherever lcma comes across it: on its way out
 * of the pool, to a buffer or to the buddy allocator; when it is to be zeroed; and
 * when its buffer is gone. It stays used and in quarantine, without an owner. It is
 * neither read nor written, and only the kernel's "unpoison" brings it back.
 *
 * Each page is looked at when it comes (lcma_poison_note()). From then on the kernel
 * tells of memory errors (page/watch.h), so lcma_poison_known() looks only where there
 * may be one. The others look at each page.
 *
 * On a kernel without CONFIG_MEMORY_FAILURE there are none, and no page is looked
 * at.
 */
#ifndef LCMA_POISON_H
#define LCMA_POISON_H

#include <linux/mm.h>
#include <linux/page-flags.h>

#include "core/batch.h"
#include "page/watch.h"
#include "region/region.h"

static inline bool lcma_poison_has(const struct lcma_region *region,
				   unsigned long page)
{
	return IS_ENABLED(CONFIG_MEMORY_FAILURE) && region->carve.has_pages &&
	       PageHWPoison(pfn_to_page(lcma_region_pfn(region, page)));
}

unsigned long lcma_poison_next(const struct lcma_region *region,
			       unsigned long start, unsigned long end);
unsigned long lcma_poison_find(const struct lcma_region *region,
			       unsigned long start, unsigned long end);
void lcma_poison_note(const struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages);
void lcma_poison_retire(struct lcma_region *region, unsigned long page,
			enum lcma_state from);
unsigned long lcma_poison_count(struct lcma_region *region);

/* How many pages of a range that is claimed would lcma_poison_known() look at? */
static inline unsigned long lcma_poison_suspects(const struct lcma_region *region,
						 unsigned long start, unsigned long end)
{
	unsigned long pfn = lcma_region_pfn(region, start);
	unsigned long end_pfn = lcma_region_pfn(region, end);

	return lcma_watch_narrow(&pfn, &end_pfn) && region->carve.has_pages ?
	       end_pfn - pfn : 0;
}

/*
 * The first poisoned page of a range that is claimed, among those that are suspects
 * (page/watch.h). Return: the page, or @end.
 */
static inline unsigned long lcma_poison_known(const struct lcma_region *region,
					      unsigned long start, unsigned long end)
{
	unsigned long pfn = lcma_region_pfn(region, start);
	unsigned long end_pfn = lcma_region_pfn(region, end);
	unsigned long page;

	if (!lcma_watch_narrow(&pfn, &end_pfn))
		return end;
	page = lcma_poison_next(region, pfn - lcma_region_pfn(region, 0),
				end_pfn - lcma_region_pfn(region, 0));
	return page < end_pfn - lcma_region_pfn(region, 0) ? page : end;
}

#endif
