/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plans: would a list of buffers fit, in that order, if every page can be moved?
 *
 * Pure: no kernel state, no lock. A plan is made on a copy of a map, and uses that
 * copy up. It makes the decisions that an allocation makes where no claim fails: a
 * run of the pool first, then what the policy prefers, then first fit. The policy
 * "cost" prefers what "best-fit" does as long as there is nothing to migrate.
 */
#ifndef LCMA_PLAN_H
#define LCMA_PLAN_H

#include "core/list.h"
#include "core/reach.h"

/**
 * struct lcma_plan_region - a region to plan in
 * @map: a copy of its map
 * @base_pfn: its first page frame, for alignments
 * @align_pages: least alignment of a buffer
 * @granule_pages: every buffer takes a multiple of this
 * @is_first_fit: its policy has no preference
 * @is_placed: an empty region begins at @base_pfn, and nowhere else
 */
struct lcma_plan_region {
	struct lcma_map *map;
	unsigned long base_pfn;
	unsigned long align_pages;
	unsigned long granule_pages;
	bool is_first_fit;
	bool is_placed;
};

/**
 * struct lcma_plan_regions - regions to plan in
 * @regions: the regions; their maps are used up
 * @nr: how many
 * @list: how their list joins them, in the same order; NULL: of each buffer the first
 *	region is asked first, then the second
 * @turn: how many requests that list has had
 */
struct lcma_plan_regions {
	const struct lcma_plan_region *regions;
	unsigned int nr;
	const struct lcma_list *list;
	unsigned int turn;
};

/**
 * struct lcma_plan_item - a buffer that is planned
 * @nr_pages: how long, at least 1
 * @align_pages: alignment, a power of two
 * @reach: where in physical memory it may lie
 * @region: the answer: in which region it lies
 * @start: the answer: its first page there; LCMA_NO_PAGE: it does not fit
 */
struct lcma_plan_item {
	unsigned long nr_pages;
	unsigned long align_pages;
	struct lcma_reach reach;
	unsigned int region;
	unsigned long start;
};

/**
 * enum lcma_plan_order - orders in which buffers may be asked for
 * @LCMA_PLAN_LARGE_FIRST: the largest first; of the same size, the most aligned
 * @LCMA_PLAN_ALIGNED_FIRST: the most aligned first; of the same alignment, the
 *	largest
 * @LCMA_PLAN_SMALL_FIRST: the smallest first; of the same size, the least aligned
 * @LCMA_PLAN_NR_ORDERS: how many there are
 */
enum lcma_plan_order {
	LCMA_PLAN_LARGE_FIRST,
	LCMA_PLAN_ALIGNED_FIRST,
	LCMA_PLAN_SMALL_FIRST,
	LCMA_PLAN_NR_ORDERS,
};

unsigned int lcma_plan(const struct lcma_plan_regions *regions,
		       struct lcma_plan_item *items, unsigned int nr_items);
void lcma_plan_sort(struct lcma_plan_item *items, unsigned int nr_items,
		    enum lcma_plan_order order);
bool lcma_plan_fits_empty(const struct lcma_plan_region *in, void *mem,
			  unsigned long nr_pages, unsigned long unit_pages,
			  struct lcma_plan_item *items, unsigned int nr_items);
unsigned long lcma_plan_ceiling(const struct lcma_plan_region *in,
				unsigned long unit_pages,
				const struct lcma_plan_item *items,
				unsigned int nr_items);
unsigned long lcma_plan_least(const struct lcma_plan_region *in, void *mem,
			      unsigned long unit_pages,
			      struct lcma_plan_item *items,
			      unsigned int nr_items);

#endif
