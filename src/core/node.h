/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nodes: what a map's summary (map.h) knows of a stretch of pages, and how that
 * changes without a look at the pages.
 *
 * Pure: no kernel state, no lock, no allocation.
 */
#ifndef LCMA_NODE_H
#define LCMA_NODE_H

#include "core/seam.h"

/* Pages that one leaf of a summary stands for. */
#define LCMA_LEAF_PAGES	512UL

/**
 * struct lcma_node - what a summary knows of one stretch of pages
 * @prefix: pages in the run that begins at the stretch's first page
 * @suffix: pages in the run that ends at the stretch's last page
 * @longest: pages in the longest run inside the stretch
 */
struct lcma_node {
	u32 prefix;
	u32 suffix;
	u32 longest;
};

/**
 * lcma_node_join - two neighbouring stretches, seen as one
 * @node: the answer; may be one of them
 * @left: the first one
 * @right: the other one
 * @nr_pages: how long each of them is
 */
static __always_inline void lcma_node_join(struct lcma_node *node,
					   const struct lcma_node *left,
					   const struct lcma_node *right,
					   u32 nr_pages)
{
	const struct lcma_node l = *left, r = *right;

	node->prefix = l.prefix == nr_pages ? l.prefix + r.prefix : l.prefix;
	node->suffix = r.suffix == nr_pages ? r.suffix + l.suffix : r.suffix;
	node->longest = max3(l.longest, r.longest, l.suffix + r.prefix);
}

/* Do two nodes say the same? */
static __always_inline bool lcma_node_same(const struct lcma_node *a,
					   const struct lcma_node *b)
{
	return a->prefix == b->prefix && a->suffix == b->suffix &&
	       a->longest == b->longest;
}

/**
 * lcma_node_shrink - pages of a leaf that were open are taken now
 * @node: the leaf's node; afterwards as it is now
 * @start: the first of the pages, in the leaf
 * @end: their exclusive end
 *
 * First fit takes the front of a run, so most small allocations lie at an edge, in the
 * only longest run or in one that is shorter.
 *
 * Return: false if that is not so, and the leaf's bits have to be looked at.
 */
static __always_inline bool lcma_node_shrink(struct lcma_node *node, u32 start,
					     u32 end)
{
	const u32 leaf = LCMA_LEAF_PAGES;
	u32 length, left, right;

	if (end <= node->prefix) {
		length = node->prefix;
		left = start;
		right = length - end;
		node->prefix = left;
		if (length == leaf)
			node->suffix = right;
	} else if (leaf - start <= node->suffix) {
		length = node->suffix;
		left = start - (leaf - length);
		right = leaf - end;
		node->suffix = right;
	} else {
		return false;
	}
	if (length < node->longest)
		return true;
	node->longest = max(left, right);
	/* No other run is longer than what lies beside this one. */
	return node->longest >= leaf - length;
}

#endif
