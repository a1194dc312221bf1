/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map and its naive twin: one byte a page, every answer by looking at the
 * pages one after the other. What twin_*() does, it does to both, and the two
 * must agree.
 *
 * In pictures of memory a letter is a page, or as many as the picture says:
 *
 *	.  shared	P  pool		b  busy		U  used
 */
#ifndef LCMA_TEST_TWIN_H
#define LCMA_TEST_TWIN_H

#include "core/place.h"
#include "tap.h"

struct twin {
	struct lcma_map map;
	void *mem;
	unsigned char *page;	/* the twin: an enum lcma_state for each */
};

static const char twin_letters[LCMA_NR_STATES + 1] = ".PbU";

static inline void twin_init(struct twin *twin, unsigned long nr_pages,
			     enum lcma_state state)
{
	const size_t bytes = lcma_map_bytes(nr_pages);

	/* Exactly as many bytes, and dirty ones. */
	twin->mem = malloc(bytes);
	twin->page = malloc(nr_pages);
	if (!twin->mem || !twin->page)
		abort();
	memset(twin->mem, 0xa5, bytes);
	memset(twin->page, state, nr_pages);
	lcma_map_init(&twin->map, twin->mem, nr_pages, state);
}

static inline void twin_free(struct twin *twin)
{
	free(twin->mem);
	free(twin->page);
}

static inline bool naive_is_open(enum lcma_kind kind, unsigned char state)
{
	if (kind == LCMA_KIND_POOL)
		return state == LCMA_POOL;
	if (kind == LCMA_KIND_SHARED)
		return state == LCMA_SHARED;
	return state == LCMA_POOL || state == LCMA_SHARED;
}

/* May the run begin at this page, whatever the states are? */
static inline bool naive_may_begin(const struct lcma_fit *fit,
				   unsigned long start)
{
	const unsigned long pfn = start + fit->align_offset;
	const unsigned long last = pfn + fit->nr_pages - 1;

	if (pfn & fit->align_mask || start < fit->first)
		return false;
	if (fit->end && start + fit->nr_pages > fit->end)
		return false;
	return !fit->boundary_mask ||
	       pfn / (fit->boundary_mask + 1) == last / (fit->boundary_mask + 1);
}

static inline unsigned long naive_find(const struct twin *twin,
				       enum lcma_kind kind,
				       const struct lcma_fit *fit,
				       unsigned long from)
{
	unsigned long start, i;

	for (start = from; start < twin->map.nr_pages; start++) {
		if (fit->nr_pages > twin->map.nr_pages - start)
			break;
		if (!naive_may_begin(fit, start))
			continue;
		for (i = 0; i < fit->nr_pages; i++)
			if (!naive_is_open(kind, twin->page[start + i]))
				break;
		if (i == fit->nr_pages)
			return start;
		start += i;	/* nothing that begins before that page fits */
	}
	return LCMA_NO_PAGE;
}

/* What a node of the summary should be, for the pages of [start, end). */
static inline struct lcma_node naive_node(const struct twin *twin,
					  enum lcma_kind kind,
					  unsigned long start,
					  unsigned long end)
{
	struct lcma_node node = {};
	unsigned long i, run = 0;

	for (i = start; i < end; i++) {
		if (i < twin->map.nr_pages &&
		    naive_is_open(kind, twin->page[i]))
			run++;
		else
			run = 0;
		if (run == i - start + 1)
			node.prefix = run;
		if (run > node.longest)
			node.longest = run;
	}
	node.suffix = run;
	return node;
}

static inline bool naive_place_next(struct lcma_place *place,
				    const struct twin *twin,
				    unsigned long *start)
{
	const unsigned long nr_pages = place->fit.nr_pages;
	unsigned long run;

	for (;;) {
		run = naive_find(twin, LCMA_KIND_UNUSED, &place->fit,
				 place->from);
		if (place->islands && (place->is_mixed || run == LCMA_NO_PAGE))
			return false;
		if (run == LCMA_NO_PAGE) {
			place->islands = true;
			place->from = 0;
			continue;
		}
		place->from = run;
		if (place->is_mixed ||
		    !memchr(twin->page + run, LCMA_POOL, nr_pages) ==
		    !place->islands) {
			*start = run;
			return true;
		}
		place->from++;
	}
}

/* Ends of runs, from some pages. */
static inline bool twin_agree_on_ends(const struct twin *twin,
				      enum lcma_kind kind)
{
	unsigned long page = twin->map.nr_pages, end = page;

	while (page--) {
		if (!naive_is_open(kind, twin->page[page]))
			end = page;
		if (page % 37 && page + 1 != end && page != end)
			continue;
		if (!CHECK_EQ(lcma_map_run_end(&twin->map, kind, page), end))
			return false;
	}
	return true;
}

/* All that the map knows, against the twin. */
static inline bool twin_agree(const struct twin *twin)
{
	const struct lcma_map *map = &twin->map;
	unsigned long count[LCMA_NR_STATES] = {};
	unsigned long page, node, size;
	enum lcma_kind kind;
	int state;

	if (!CHECK(lcma_map_check(map)))
		return false;
	for (page = 0; page < map->nr_pages; page++) {
		if (!CHECK_EQ(lcma_map_state(map, page), twin->page[page]))
			return false;
		count[twin->page[page]]++;
	}
	for (state = 0; state < LCMA_NR_STATES; state++)
		if (!CHECK_EQ(map->nr_in[state], count[state]))
			return false;
	for (kind = 0; kind < LCMA_NR_KINDS; kind++) {
		if (!twin_agree_on_ends(twin, kind))
			return false;
		for (node = 1; node < 2 * map->nr_leaves; node++) {
			struct lcma_node want;
			unsigned long first = node;

			size = LCMA_LEAF_PAGES;
			for (; first < map->nr_leaves; first *= 2)
				size *= 2;
			first = (first - map->nr_leaves) * LCMA_LEAF_PAGES;
			want = naive_node(twin, kind, first, first + size);
			if (!CHECK_EQ(map->tree[kind][node].prefix,
				      want.prefix) ||
			    !CHECK_EQ(map->tree[kind][node].suffix,
				      want.suffix) ||
			    !CHECK_EQ(map->tree[kind][node].longest,
				      want.longest))
				return false;
			if (node == 1 &&
			    !CHECK_EQ(lcma_map_longest(map, kind),
				      want.longest))
				return false;
		}
	}
	return true;
}

static inline bool twin_move(struct twin *twin, unsigned long start,
			     unsigned long nr_pages, enum lcma_state from,
			     enum lcma_state to)
{
	const unsigned long size = twin->map.nr_pages;
	bool legal = nr_pages && start < size && nr_pages <= size - start;
	unsigned long i;

	for (i = 0; legal && i < nr_pages; i++)
		legal = twin->page[start + i] == from;
	if (legal)
		memset(twin->page + start, to, nr_pages);
	CHECK_EQ(lcma_map_move(&twin->map, start, nr_pages, from, to), legal);
	return legal;
}

static inline unsigned long twin_find(const struct twin *twin,
				      enum lcma_kind kind,
				      const struct lcma_fit *fit,
				      unsigned long from)
{
	unsigned long want = naive_find(twin, kind, fit, from);

	CHECK_EQ(lcma_map_find(&twin->map, kind, fit, from, NULL), want);
	return want;
}

/* A map out of a picture, each letter standing for scale pages. */
static inline void twin_draw(struct twin *twin, unsigned long scale,
			     const char *picture)
{
	unsigned long i;

	twin_init(twin, strlen(picture) * scale, LCMA_SHARED);
	for (i = 0; picture[i]; i++)
		twin_move(twin, i * scale, scale, LCMA_SHARED,
			  strchr(twin_letters, picture[i]) - twin_letters);
	twin_agree(twin);
}

static inline bool twin_looks_like(const struct twin *twin,
				   unsigned long scale, const char *picture)
{
	unsigned long i;

	if (!CHECK_EQ(twin->map.nr_pages, strlen(picture) * scale))
		return false;
	for (i = 0; i < twin->map.nr_pages; i++)
		if (!CHECK_EQ(twin_letters[lcma_map_state(&twin->map, i)],
			      picture[i / scale]))
			return false;
	return twin_agree(twin);
}

#endif
