// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the page map (src/core/map.c). What they cannot prove: that its
 * owner really serialises the calls.
 *
 * The pictures are explained in twin.h.
 */
#include "twin.h"

/* Around every edge of words, leaves and levels. */
static const unsigned long sizes[] = {
	1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1023, 1024,
	1025, 1535, 1536, 1537, 2047, 2048, 2049, 2560, 2567, 4096, 5000,
};

static const struct lcma_fit one_page = { .nr_pages = 1 };

static unsigned long find(const struct twin *twin, enum lcma_kind kind,
			  unsigned long nr_pages, unsigned long from)
{
	const struct lcma_fit fit = { .nr_pages = nr_pages };

	return twin_find(twin, kind, &fit, from);
}

static unsigned long find_aligned(const struct twin *twin,
				  unsigned long nr_pages, unsigned long align,
				  unsigned long align_offset)
{
	const struct lcma_fit fit = {
		.nr_pages = nr_pages,
		.align_mask = align - 1,
		.align_offset = align_offset,
	};

	return twin_find(twin, LCMA_KIND_UNUSED, &fit, 0);
}

/* |....|  |PPPP|  |bbbb|  |UUUU|, of every size */
static void init_in_each_state(void)
{
	enum lcma_state state;
	struct twin twin;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (state = 0; state < LCMA_NR_STATES; state++) {
			twin_init(&twin, sizes[i], state);
			CHECK_EQ(twin.map.nr_pages, sizes[i]);
			CHECK_EQ(twin.map.nr_in[state], sizes[i]);
			twin_agree(&twin);
			twin_free(&twin);
		}
	}
}

/* Two bits a page, and summaries that are no larger. */
static void map_is_small(void)
{
	const unsigned long large = 16UL << 20;	/* 64 GiB of 4 KiB pages */

	CHECK(lcma_map_bytes(1) <= 256);
	CHECK(lcma_map_bytes(large) >= 2 * large / 8);
	CHECK(lcma_map_bytes(large) <= 4 * large / 8);
	CHECK(lcma_map_bytes(large + 1) > lcma_map_bytes(large));
	/* The largest map of all: nothing overflows, not in 32 bits either. */
	CHECK(lcma_map_bytes(LCMA_MAP_MAX_PAGES - 1) > 1UL << 28);
	CHECK(lcma_map_bytes(LCMA_MAP_MAX_PAGES - 1) < 1UL << 29);
}

/*
 *	|....................|xxxx   x: bits of the last leaf, no pages
 *	0                    nr_pages
 */
static void nothing_is_found_behind_the_end(void)
{
	struct twin twin;
	unsigned long nr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		nr = sizes[i];
		twin_init(&twin, nr, LCMA_POOL);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, nr, 0), 0);
		CHECK_EQ(find(&twin, LCMA_KIND_POOL, nr, 0), 0);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, nr + 1, 0),
			 LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_POOL, nr + 1, 0), LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, nr - 1), nr - 1);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 2, nr - 1),
			 LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, nr), LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, nr + 1),
			 LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_POOL, 1, ULONG_MAX),
			 LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, ULONG_MAX, 0),
			 LCMA_NO_PAGE);
		twin_free(&twin);
	}
}

/*
 *	|....PP..|bbUU....|        every state into every state, and itself:
 *	    ^^                     counters, bitmaps and both trees follow
 */
static void move_between_all_states(void)
{
	enum lcma_state from, to;
	struct twin twin;

	for (from = 0; from < LCMA_NR_STATES; from++) {
		for (to = 0; to < LCMA_NR_STATES; to++) {
			twin_init(&twin, 1300, LCMA_SHARED);
			CHECK(twin_move(&twin, 100, 700, LCMA_SHARED, from));
			twin_agree(&twin);
			CHECK(twin_move(&twin, 300, 400, from, to));
			twin_agree(&twin);
			CHECK(twin_move(&twin, 300, 400, to, LCMA_SHARED));
			twin_agree(&twin);
			twin_free(&twin);
		}
	}
}

/*
 *	leaf 0    leaf 1    leaf 2    leaf 3    leaf 4 (the tree has 8)
 *	|.......UU|UU.......|  ...
 *	        ^ every start around an edge, every length around an edge
 */
static void move_across_leaf_edges(void)
{
	static const unsigned long around[] = {
		0, 1, 63, 64, 510, 511, 512, 513, 1022, 1023, 1024, 1025,
		1535, 1536, 2046, 2047, 2048, 2049, 2300, 2306,
	};
	const unsigned long nr = 2307;
	unsigned long start, end;
	struct twin twin;
	size_t i, k;

	twin_init(&twin, nr, LCMA_SHARED);
	for (i = 0; i < ARRAY_SIZE(around); i++) {
		for (k = i; k < ARRAY_SIZE(around); k++) {
			start = around[i];
			end = around[k] + 1;
			CHECK(twin_move(&twin, start, end - start, LCMA_SHARED,
					LCMA_USED));
			twin_agree(&twin);
			CHECK(twin_move(&twin, start, end - start, LCMA_USED,
					LCMA_POOL));
			twin_agree(&twin);
			CHECK(twin_move(&twin, start, end - start, LCMA_POOL,
					LCMA_SHARED));
		}
	}
	twin_agree(&twin);
	CHECK_EQ(twin.map.nr_in[LCMA_SHARED], nr);
	twin_free(&twin);
}

static void check_refused(struct twin *twin, unsigned long start,
			  unsigned long nr_pages, enum lcma_state from,
			  enum lcma_state to)
{
	const size_t bytes = lcma_map_bytes(twin->map.nr_pages);
	void *before = malloc(bytes);
	struct lcma_map map = twin->map;

	memcpy(before, twin->mem, bytes);
	CHECK(!lcma_map_move(&twin->map, start, nr_pages, from, to));
	CHECK(!memcmp(before, twin->mem, bytes));
	CHECK(!memcmp(&map, &twin->map, sizeof(map)));
	free(before);
}

/*
 *	|UUUU..PP|bb......|UUUU....|   x100: refused whole, nothing changes
 */
static void refused_moves_change_nothing(void)
{
	static const char picture[] = "UUUU..PPbb......UUUU....";
	const unsigned long nr = 100 * strlen(picture);
	enum lcma_state from, to, bad;
	struct twin twin;
	unsigned long i;

	twin_draw(&twin, 100, picture);
	/* Outside the region, or empty. */
	check_refused(&twin, 0, 0, LCMA_USED, LCMA_POOL);
	check_refused(&twin, nr, 0, LCMA_SHARED, LCMA_POOL);
	check_refused(&twin, nr, 1, LCMA_SHARED, LCMA_POOL);
	check_refused(&twin, nr, 1, LCMA_BUSY, LCMA_POOL);
	check_refused(&twin, nr - 1, 2, LCMA_SHARED, LCMA_POOL);
	check_refused(&twin, nr - 100, 101, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, nr + 1000, 1, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, nr - 1, ULONG_MAX, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, nr - 1, ULONG_MAX - nr + 2, LCMA_SHARED,
		      LCMA_USED);
	check_refused(&twin, ULONG_MAX, 1, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, ULONG_MAX, 2, LCMA_SHARED, LCMA_USED);
	/* One page too many at either end. */
	check_refused(&twin, 399, 201, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, 400, 201, LCMA_SHARED, LCMA_USED);
	check_refused(&twin, 0, 401, LCMA_USED, LCMA_POOL);
	twin_looks_like(&twin, 100, picture);
	twin_free(&twin);

	/* One page in a wrong state: first, last, in each word, in the middle. */
	for (from = 0; from < LCMA_NR_STATES; from++) {
		for (bad = 0; bad < LCMA_NR_STATES; bad++) {
			if (bad == from)
				continue;
			twin_init(&twin, 700, from);
			for (i = 100; i < 600; i += i < 570 ? 43 : 1) {
				twin_move(&twin, i, 1, from, bad);
				for (to = 0; to < LCMA_NR_STATES; to++)
					check_refused(&twin, 100, 500, from,
						      to);
				twin_move(&twin, i, 1, bad, from);
			}
			twin_agree(&twin);
			twin_free(&twin);
		}
	}
}

/*
 *	|UU.UU..UU|...UU....|UU        the lowest run that is long enough
 *	   1    2    3     4
 */
static void find_the_lowest_run(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "UU.UU..UU...UU....UU");
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, 0), 2);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 2, 0), 5);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 3, 0), 9);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 4, 0), 14);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 5, 0), LCMA_NO_PAGE);
	twin_free(&twin);
}

/* From inside a run, its rest counts: |..UU.......UU...| */
static void find_from_inside_a_run(void)
{
	struct twin twin;

	twin_draw(&twin, 100, "..UU.......UU...");
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 100, 150), 400);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 50, 150), 150);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 500, 600), 600);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 500, 601), LCMA_NO_PAGE);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 300, 601), 601);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 300, 1300), 1300);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 300, 1301), LCMA_NO_PAGE);
	twin_free(&twin);
}

/*
 * Runs across the edges of leaves and of subtrees, of each height:
 *
 *	|UUUU|UUU.|.UUU|UUU.|....|...U|UUUU|
 */
static void find_across_edges(void)
{
	static const unsigned long edges[] = { 512, 1024, 1536, 2048, 2560 };
	unsigned long before, behind, edge, n, from;
	struct twin twin;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		edge = edges[i];
		for (before = 1; before <= 513; before += 256) {
			for (behind = 1; behind <= 513; behind += 256) {
				n = before + behind;
				if (before > edge || edge + behind > 3000)
					continue;
				twin_init(&twin, 3000, LCMA_USED);
				twin_move(&twin, edge - before, n, LCMA_USED,
					  LCMA_POOL);
				twin_agree(&twin);
				CHECK_EQ(find(&twin, LCMA_KIND_POOL, n, 0),
					 edge - before);
				CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, n, 0),
					 edge - before);
				CHECK_EQ(find(&twin, LCMA_KIND_POOL, n + 1, 0),
					 LCMA_NO_PAGE);
				for (from = edge - before; from < edge + behind;
				     from++)
					find(&twin, LCMA_KIND_POOL,
					     edge + behind - from, from);
				twin_free(&twin);
			}
		}
	}
}

/* A leaf that is one run joins what lies on both sides: |..U|...|...|U..| */
static void find_through_whole_leaves(void)
{
	struct twin twin;
	unsigned long from, n;

	twin_draw(&twin, 256, "..U........U.U..");
	for (n = 1; n <= 8 * 256 + 1; n += n % 256 == 1 ? 254 : 1)
		for (from = 0; from < twin.map.nr_pages; from += 85)
			find(&twin, LCMA_KIND_UNUSED, n, from);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 8 * 256, 0), 3 * 256);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 8 * 256 + 1, 0), LCMA_NO_PAGE);
	twin_free(&twin);
}

/* Each start, each length: |..UU.P|PPb....|...U.UU| in a map of three leaves */
static void find_from_everywhere(void)
{
	static const unsigned long lengths[] = {
		1, 2, 60, 64, 65, 119, 120, 121, 180, 240, 420, 421,
	};
	struct twin twin;
	unsigned long from;
	size_t i;

	twin_draw(&twin, 60, "..UU.PPPb.......U.UU");
	for (from = 0; from <= twin.map.nr_pages; from++) {
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			find(&twin, LCMA_KIND_UNUSED, lengths[i], from);
			find(&twin, LCMA_KIND_POOL, lengths[i], from);
		}
	}
	twin_free(&twin);
}

/* Unused runs are made of shared and pool pages alike: |U..PP.b.P.UU| */
static void kinds_of_runs(void)
{
	struct twin twin;

	twin_draw(&twin, 300, "U..PP.b.P.UU");
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 5 * 300, 0), 300);
	CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 3 * 300, 6 * 300), 2100);
	CHECK_EQ(find(&twin, LCMA_KIND_POOL, 600, 0), 900);
	CHECK_EQ(find(&twin, LCMA_KIND_POOL, 300, 901), 901);
	CHECK_EQ(find(&twin, LCMA_KIND_POOL, 300, 1201), 2400);
	CHECK_EQ(find(&twin, LCMA_KIND_POOL, 601, 0), LCMA_NO_PAGE);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 1500);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_POOL), 600);
	/* Busy and used pages are in no run, whichever call claimed them. */
	twin_move(&twin, 900, 600, LCMA_POOL, LCMA_BUSY);
	CHECK_EQ(find(&twin, LCMA_KIND_POOL, 300, 0), 2400);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 900);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_POOL), 300);
	twin_free(&twin);
}

/*
 *	0       8       16      24      32
 *	|U.......|..UUU...|........|...U....|    align 8, offset 0: 16
 */
static void find_aligned_runs(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "U.........UUU..............U....");
	CHECK_EQ(find_aligned(&twin, 8, 1, 0), 1);
	CHECK_EQ(find_aligned(&twin, 8, 2, 0), 2);
	CHECK_EQ(find_aligned(&twin, 8, 4, 0), 16);
	CHECK_EQ(find_aligned(&twin, 8, 8, 0), 16);
	CHECK_EQ(find_aligned(&twin, 2, 8, 0), 8);
	CHECK_EQ(find_aligned(&twin, 3, 8, 0), 16);
	CHECK_EQ(find_aligned(&twin, 8, 16, 0), 16);
	CHECK_EQ(find_aligned(&twin, 8, 32, 0), LCMA_NO_PAGE);
	/* The alignment is that of the page frame, not of the index. */
	CHECK_EQ(find_aligned(&twin, 8, 8, 0x60001), 15);
	CHECK_EQ(find_aligned(&twin, 8, 8, 0x60002), 14);
	CHECK_EQ(find_aligned(&twin, 8, 8, 0x60003), 13);
	CHECK_EQ(find_aligned(&twin, 8, 8, 0x60007), 1);
	CHECK_EQ(find_aligned(&twin, 9, 8, 0x60007), 1);
	CHECK_EQ(find_aligned(&twin, 10, 8, 0x60007), 17);
	CHECK_EQ(find_aligned(&twin, 11, 8, 0x60007), LCMA_NO_PAGE);
	twin_free(&twin);
}

/* The same at all sizes, from all over: alignments up to beyond the region. */
static void find_aligned_everywhere(void)
{
	static const unsigned long offsets[] = {
		0, 1, 3, 64, 511, 512, 513, 0x60000, 0x61234, 0xffffff,
	};
	static const unsigned long lengths[] = { 1, 7, 64, 130, 300, 512, 600 };
	struct twin twin;
	struct lcma_fit fit;
	unsigned long from;
	size_t i, k;

	twin_draw(&twin, 130, ".U..UU.U....P..b.U...U......UU");
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		fit.align_offset = offsets[i];
		for (fit.align_mask = 0; fit.align_mask < 1UL << 14;
		     fit.align_mask = 2 * fit.align_mask + 1) {
			for (k = 0; k < ARRAY_SIZE(lengths); k++) {
				fit.nr_pages = lengths[k];
				for (from = 0; from < 4000; from += 97)
					twin_find(&twin, LCMA_KIND_UNUSED,
						  &fit, from);
			}
		}
	}
	twin_free(&twin);
}

/* Alignments that no address has: an answer, and the right one. */
static void find_with_absurd_alignment(void)
{
	struct lcma_fit fit = { .nr_pages = 2 };
	struct twin twin;
	unsigned long from;

	twin_draw(&twin, 100, ".U...U");
	for (fit.align_mask = 1UL << 14; fit.align_mask;
	     fit.align_mask <<= 1) {
		const struct lcma_fit wide = {
			.nr_pages = 2,
			.align_mask = (fit.align_mask << 1) - 1,
		};
		struct lcma_fit offset = wide;

		for (from = 0; from < 600; from += 30)
			twin_find(&twin, LCMA_KIND_UNUSED, &wide, from);
		for (offset.align_offset = 1; offset.align_offset < 1UL << 24;
		     offset.align_offset = 2 * offset.align_offset + 1)
			twin_find(&twin, LCMA_KIND_UNUSED, &offset, 0);
		/* The last page below the next multiple is page 250. */
		offset.align_offset = wide.align_mask - 250 + 1;
		CHECK_EQ(twin_find(&twin, LCMA_KIND_UNUSED, &offset, 0), 250);
	}
	twin_free(&twin);
}

/*
 *	0       8       16      24
 *	|.UUU....|...U.U...|.........|   align 8, 6 pages: two runs that lie
 *	     1st        2nd    3rd        badly, then the second's aligned part
 */
static void budget_counts_the_runs(void)
{
	const struct lcma_fit fit = { .nr_pages = 6, .align_mask = 7 };
	const struct lcma_fit none = { .nr_pages = 6, .align_mask = 63,
				       .align_offset = 1 };
	unsigned int given, budget;
	struct twin twin;

	twin_draw(&twin, 1, ".UUU.......U.U............");
	for (given = 0; given < 5; given++) {
		budget = given;
		CHECK_EQ(lcma_map_find(&twin.map, LCMA_KIND_UNUSED, &fit, 0,
				       &budget),
			 given < 3 ? LCMA_NO_PAGE : 16);
		CHECK_EQ(budget, given < 3 ? 0 : given - 3);
		/* Too few looks: it may. */
		CHECK(lcma_map_may_fit(&twin.map, LCMA_KIND_UNUSED, &fit,
				       given));
	}
	CHECK(!lcma_map_may_fit(&twin.map, LCMA_KIND_UNUSED, &none, 100));
	budget = 100;
	CHECK_EQ(lcma_map_find(&twin.map, LCMA_KIND_UNUSED, &none, 0, &budget),
		 LCMA_NO_PAGE);
	CHECK(budget > 90);
	/* No run at all is long enough: one look says so. */
	budget = 1;
	CHECK_EQ(lcma_map_find(&twin.map, LCMA_KIND_POOL, &one_page, 0,
			       &budget), LCMA_NO_PAGE);
	CHECK_EQ(budget, 0);
	twin_free(&twin);
}

/* |UU..PPP.bb..UU|  walked from end to end, and cut at both */
static void stretches(void)
{
	static const char picture[] = "UU..PPP.bbU.UU";
	static const unsigned long ends[] = { 2, 4, 7, 8, 10, 11, 12, 14 };
	struct lcma_stretch stretch;
	unsigned long at = 0;
	struct twin twin;
	size_t i;

	twin_draw(&twin, 150, picture);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!CHECK(lcma_map_stretch(&twin.map, at, 14 * 150, &stretch)))
			break;
		CHECK_EQ(stretch.start, at);
		CHECK_EQ(stretch.start + stretch.nr_pages, ends[i] * 150);
		CHECK_EQ(stretch.state, twin.page[at]);
		CHECK(lcma_map_all_in(&twin.map, at, stretch.nr_pages,
				      stretch.state));
		CHECK(!lcma_map_all_in(&twin.map, at, stretch.nr_pages,
				       stretch.state ^ 1));
		CHECK(!lcma_map_all_in(&twin.map, at, stretch.nr_pages,
				       stretch.state ^ 2));
		if (at + stretch.nr_pages < twin.map.nr_pages)
			CHECK(!lcma_map_all_in(&twin.map, at,
					       stretch.nr_pages + 1,
					       stretch.state));
		at += stretch.nr_pages;
	}
	CHECK_EQ(at, twin.map.nr_pages);
	CHECK(!lcma_map_stretch(&twin.map, at, at, &stretch));
	CHECK(!lcma_map_stretch(&twin.map, 5, 5, &stretch));
	CHECK(!lcma_map_stretch(&twin.map, 6, 5, &stretch));

	CHECK(lcma_map_stretch(&twin.map, 700, 800, &stretch));
	CHECK_EQ(stretch.start, 700);
	CHECK_EQ(stretch.nr_pages, 100);
	CHECK_EQ(stretch.state, LCMA_POOL);
	twin_free(&twin);
}

/* Neighbours that differ in one bit only: |.P| |.b| |PU| |bU|, at each edge */
static void stretches_end_at_either_bit(void)
{
	enum lcma_state left, right;
	struct lcma_stretch stretch;
	unsigned long edge;
	struct twin twin;

	for (left = 0; left < LCMA_NR_STATES; left++) {
		for (right = 0; right < LCMA_NR_STATES; right++) {
			for (edge = 62; edge < 66; edge++) {
				twin_init(&twin, 100, left);
				twin_move(&twin, edge, 100 - edge, left, right);
				lcma_map_stretch(&twin.map, 3, 90, &stretch);
				CHECK_EQ(stretch.nr_pages,
					 left == right ? 87 : edge - 3);
				CHECK_EQ(stretch.state, left);
				twin_free(&twin);
			}
		}
	}
}

/* The longest run, as runs grow together and are cut: |..U....U.| */
static void longest_follows(void)
{
	struct twin twin;

	twin_draw(&twin, 512, "..U....U.");
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 4 * 512);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_POOL), 0);
	twin_move(&twin, 2 * 512, 512, LCMA_USED, LCMA_POOL);
	twin_looks_like(&twin, 512, "..P....U.");
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 7 * 512);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_POOL), 512);
	twin_move(&twin, 3 * 512 + 1, 1, LCMA_SHARED, LCMA_USED);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 4 * 512 - 2);
	twin_move(&twin, 5 * 512, 1, LCMA_SHARED, LCMA_BUSY);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_UNUSED), 3 * 512 + 1);
	twin_move(&twin, 2 * 512, 512, LCMA_POOL, LCMA_USED);
	CHECK_EQ(lcma_map_longest(&twin.map, LCMA_KIND_POOL), 0);
	twin_agree(&twin);
	twin_free(&twin);
}

/* One page in turn is the only hole of a region that is full otherwise. */
static void one_hole_anywhere(void)
{
	const unsigned long nr = 2049;
	struct twin twin;
	unsigned long page;

	twin_init(&twin, nr, LCMA_USED);
	for (page = 0; page < nr; page++) {
		twin_move(&twin, page, 1, LCMA_USED, LCMA_SHARED);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, 0), page);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, page), page);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 1, page + 1),
			 LCMA_NO_PAGE);
		CHECK_EQ(find(&twin, LCMA_KIND_UNUSED, 2, 0), LCMA_NO_PAGE);
		twin_move(&twin, page, 1, LCMA_SHARED, LCMA_USED);
	}
	twin_agree(&twin);
	twin_free(&twin);
}

/* lcma_map_check() is a judge: every single wrong bit and number is seen. */
static void check_sees_every_lie(void)
{
	static const char picture[] = "U..PP.b.P.UU";
	struct twin twin;
	unsigned char *byte;
	size_t i, bytes;
	int state;

	twin_draw(&twin, 200, picture);
	CHECK(lcma_map_check(&twin.map));
	for (i = 0; i < twin.map.nr_pages; i++) {
		const unsigned long bit = BIT(i % BITS_PER_LONG);

		twin.map.used[i / BITS_PER_LONG] ^= bit;
		CHECK(!lcma_map_check(&twin.map));
		twin.map.used[i / BITS_PER_LONG] ^= bit;
		twin.map.claimed[i / BITS_PER_LONG] ^= bit;
		CHECK(!lcma_map_check(&twin.map));
		twin.map.claimed[i / BITS_PER_LONG] ^= bit;
	}
	for (state = 0; state < LCMA_NR_STATES; state++) {
		twin.map.nr_in[state]++;
		CHECK(!lcma_map_check(&twin.map));
		twin.map.nr_in[state]--;
	}
	/* All bytes of all nodes; number 0 of each tree is not in use. */
	bytes = 2 * twin.map.nr_leaves * sizeof(struct lcma_node);
	for (state = 0; state < LCMA_NR_KINDS; state++) {
		byte = (unsigned char *)twin.map.tree[state];
		for (i = sizeof(struct lcma_node); i < bytes; i++) {
			byte[i] ^= 1;
			CHECK(!lcma_map_check(&twin.map));
			byte[i] ^= 1;
		}
	}
	CHECK(lcma_map_check(&twin.map));
	twin_free(&twin);
}

/* Both bits past the end: not pages, not in any counter or run. */
static void bits_past_the_end_stay(void)
{
	struct twin twin;
	unsigned long i;

	twin_init(&twin, 600, LCMA_SHARED);
	twin_move(&twin, 0, 600, LCMA_SHARED, LCMA_USED);
	twin_move(&twin, 0, 600, LCMA_USED, LCMA_POOL);
	twin_move(&twin, 599, 1, LCMA_POOL, LCMA_SHARED);
	for (i = 600; i < 1024; i++)
		if (!CHECK(test_bit(i, twin.map.used)))
			break;
	twin_agree(&twin);
	twin_free(&twin);
}

/* 64 GiB and one page: a deep tree that is not a power of two. */
static void large_map(void)
{
	const unsigned long nr = (16UL << 20) + 1;
	const struct lcma_fit half = { .nr_pages = 8UL << 20 };
	const struct lcma_fit rest = { .nr_pages = 3, .align_mask = 1023 };
	struct lcma_map map;
	void *mem = malloc(lcma_map_bytes(nr));

	lcma_map_init(&map, mem, nr, LCMA_SHARED);
	CHECK(lcma_map_move(&map, 100, 1, LCMA_SHARED, LCMA_USED));
	CHECK_EQ(lcma_map_find(&map, LCMA_KIND_UNUSED, &half, 0, NULL), 101);
	CHECK(lcma_map_move(&map, (8UL << 20) + 101, 1, LCMA_SHARED,
			    LCMA_BUSY));
	CHECK_EQ(lcma_map_find(&map, LCMA_KIND_UNUSED, &half, 0, NULL), 101);
	CHECK(lcma_map_move(&map, 101, 8UL << 20, LCMA_SHARED, LCMA_USED));
	CHECK_EQ(lcma_map_find(&map, LCMA_KIND_UNUSED, &half, 0, NULL),
		 LCMA_NO_PAGE);
	CHECK_EQ(lcma_map_longest(&map, LCMA_KIND_UNUSED),
		 (8UL << 20) - 101);
	CHECK_EQ(lcma_map_find(&map, LCMA_KIND_UNUSED, &rest, 50, NULL),
		 (8UL << 20) + 1024);
	CHECK_EQ(lcma_map_find(&map, LCMA_KIND_UNUSED, &one_page, nr - 1,
			       NULL), nr - 1);
	CHECK(lcma_map_check(&map));
	free(mem);
}

/* All but one page of a leaf, wherever it is, is not all of it. */
static void all_in_but_one(void)
{
	const unsigned long nr = 3 * LCMA_LEAF_PAGES;
	static const unsigned long at[] = { 0, 1, LCMA_LEAF_PAGES - 1 };
	struct lcma_map map;
	unsigned int i;
	void *mem = malloc(lcma_map_bytes(nr));

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		lcma_map_init(&map, mem, nr, LCMA_POOL);
		CHECK(lcma_map_all_in(&map, 0, nr, LCMA_POOL));
		CHECK(lcma_map_move(&map, LCMA_LEAF_PAGES + at[i], 1, LCMA_POOL,
				    LCMA_USED));
		CHECK(!lcma_map_all_in(&map, 0, nr, LCMA_POOL));
		CHECK(!lcma_map_move(&map, 0, nr, LCMA_POOL, LCMA_USED));
	}
	free(mem);
}

static const struct tap_case cases[] = {
	TAP_CASE(all_in_but_one),
	TAP_CASE(init_in_each_state),
	TAP_CASE(map_is_small),
	TAP_CASE(nothing_is_found_behind_the_end),
	TAP_CASE(move_between_all_states),
	TAP_CASE(move_across_leaf_edges),
	TAP_CASE(refused_moves_change_nothing),
	TAP_CASE(find_the_lowest_run),
	TAP_CASE(find_from_inside_a_run),
	TAP_CASE(find_across_edges),
	TAP_CASE(find_through_whole_leaves),
	TAP_CASE(find_from_everywhere),
	TAP_CASE(kinds_of_runs),
	TAP_CASE(find_aligned_runs),
	TAP_CASE(find_aligned_everywhere),
	TAP_CASE(find_with_absurd_alignment),
	TAP_CASE(budget_counts_the_runs),
	TAP_CASE(stretches),
	TAP_CASE(stretches_end_at_either_bit),
	TAP_CASE(longest_follows),
	TAP_CASE(one_hole_anywhere),
	TAP_CASE(check_sees_every_lie),
	TAP_CASE(bits_past_the_end_stay),
	TAP_CASE(large_map),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
