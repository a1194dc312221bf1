/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page map of a region: two bits a page, and a summary of its runs.
 *
 *	state   used claimed   who may touch the page
 *	shared    0     0      the buddy allocator (movable pages only)
 *	pool      0     1      lcma; may be handed out at once
 *	used      1     1      the holder of the buffer
 *	busy      1     0      the one call that claims it, or gives it back
 *
 * Pure: no kernel state, no lock, no allocation. The owner serialises all
 * calls (region.h: the region's lock) and supplies the memory.
 *
 * A summary is a binary tree over leaves of LCMA_LEAF_PAGES pages; each node
 * knows the length of the run at its left edge, at its right edge, and the
 * longest one inside. So the first run of n pages is found, and the longest
 * one is known, without looking at the pages that lie elsewhere. There are three
 * trees: of the unused pages (shared or pool), of the pool, of the shared ones.
 */
#ifndef LCMA_MAP_H
#define LCMA_MAP_H

#include "core/fit.h"
#include "core/node.h"
#include "core/seam.h"

/* A map holds fewer pages than this: lengths in the summary are 32 bits. */
#define LCMA_MAP_MAX_PAGES	BIT(30)

enum lcma_state {
	LCMA_SHARED	= 0,
	LCMA_POOL	= 1,	/* claimed */
	LCMA_BUSY	= 2,	/* used */
	LCMA_USED	= 3,	/* claimed and used */
	LCMA_NR_STATES,
};

/* Which pages a search may take. */
enum lcma_kind {
	LCMA_KIND_UNUSED,	/* shared or pool */
	LCMA_KIND_POOL,		/* pool only */
	LCMA_KIND_SHARED,	/* shared only */
	LCMA_NR_KINDS,
};

/**
 * struct lcma_map - the states of a region's pages
 * @nr_pages: pages in the region
 * @nr_leaves: leaves of each tree, a power of two
 * @nr_in: how many pages are in each state
 * @nr_pool_runs: how many runs the pool consists of
 * @used: one bit a page; the bits past the end are set
 * @claimed: one bit a page
 * @tree: one summary per kind; node 1 is the root, the children of i are 2i
 *	and 2i + 1, the leaves stand at nr_leaves and after
 *
 * Written in: core/map.c
 */
struct lcma_map {
	unsigned long nr_pages;
	unsigned long nr_leaves;
	unsigned long nr_in[LCMA_NR_STATES];
	unsigned long nr_pool_runs;
	unsigned long *used;
	unsigned long *claimed;
	struct lcma_node *tree[LCMA_NR_KINDS];
};

/**
 * struct lcma_stretch - neighbouring pages in one state
 * @start: first page
 * @nr_pages: how many
 * @state: the state of all of them
 */
struct lcma_stretch {
	unsigned long start;
	unsigned long nr_pages;
	enum lcma_state state;
};

size_t lcma_map_bytes(unsigned long nr_pages);
void lcma_map_init(struct lcma_map *map, void *mem, unsigned long nr_pages,
		   enum lcma_state state);
bool lcma_map_move(struct lcma_map *map, unsigned long start,
		   unsigned long nr_pages, enum lcma_state from,
		   enum lcma_state to);
enum lcma_state lcma_map_state(const struct lcma_map *map, unsigned long page);
bool lcma_map_all_in(const struct lcma_map *map, unsigned long start,
		     unsigned long nr_pages, enum lcma_state state);
unsigned long lcma_map_find(const struct lcma_map *map, enum lcma_kind kind,
			    const struct lcma_fit *fit, unsigned long from,
			    unsigned int *budget);
bool lcma_map_may_fit(const struct lcma_map *map, enum lcma_kind kind,
		      const struct lcma_fit *fit, unsigned int budget);
unsigned long lcma_map_seek(const struct lcma_map *map, enum lcma_kind kind,
			    const struct lcma_fit *fit, unsigned long *from,
			    unsigned int *budget);
bool lcma_map_stretch(const struct lcma_map *map, unsigned long from,
		      unsigned long end, struct lcma_stretch *stretch);
unsigned long lcma_map_run_end(const struct lcma_map *map, enum lcma_kind kind,
			       unsigned long from);
unsigned long lcma_map_longest(const struct lcma_map *map, enum lcma_kind kind);
bool lcma_map_check(const struct lcma_map *map);

#endif
