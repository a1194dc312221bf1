// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of plans (src/core/plan.c): which buffers fit, in which order, and in
 * how small a region. The pictures are explained in twin.h.
 */
#include "core/plan.h"

#include "random.h"
#include "twin.h"

#define UNIT	16UL
#define ROUNDS	3000

static const struct lcma_plan_region plain = {
	.align_pages = 1,
	.granule_pages = 1,
};

static struct lcma_plan_item item(unsigned long nr_pages, unsigned long align)
{
	return (struct lcma_plan_item) {
		.nr_pages = nr_pages,
		.align_pages = align,
	};
}

static unsigned int in_one(const struct lcma_plan_region *at,
			   struct lcma_plan_item *items, unsigned int nr)
{
	return lcma_plan(&(struct lcma_plan_regions) { .regions = at, .nr = 1 },
			 items, nr);
}

static unsigned int in_two(const struct lcma_plan_region *at,
			   const struct lcma_list *list, unsigned int turn,
			   struct lcma_plan_item *items, unsigned int nr)
{
	const struct lcma_plan_regions both = {
		.regions = at,
		.nr = 2,
		.list = list,
		.turn = turn,
	};

	return lcma_plan(&both, items, nr);
}

static unsigned long least(const struct lcma_plan_region *region,
			   struct lcma_plan_item *items, unsigned int nr)
{
	void *mem = malloc(lcma_map_bytes(lcma_plan_ceiling(region, UNIT, items,
							    nr)));
	const unsigned long nr_pages = lcma_plan_least(region, mem, UNIT, items,
						       nr);

	free(mem);
	return nr_pages;
}

/* UU..U....U......: the shortest run that is long enough comes first. */
static void takes_the_shortest_run(void)
{
	struct lcma_plan_item items[] = { item(2, 1), item(6, 1), item(5, 1) };
	struct lcma_plan_region at = plain;
	struct twin twin;

	twin_init(&twin, 16, LCMA_SHARED);
	lcma_map_move(&twin.map, 0, 2, LCMA_SHARED, LCMA_USED);
	lcma_map_move(&twin.map, 4, 1, LCMA_SHARED, LCMA_USED);
	lcma_map_move(&twin.map, 9, 1, LCMA_SHARED, LCMA_USED);
	at.map = &twin.map;
	CHECK_EQ(in_one(&at, items, 3), 2);
	CHECK_EQ(items[0].start, 2);
	CHECK_EQ(items[1].start, 10);
	CHECK_EQ(items[2].start, LCMA_NO_PAGE);
	CHECK(lcma_map_check(&twin.map));
	twin_free(&twin);

	/* First fit would take the same here, but not there. */
	twin_init(&twin, 16, LCMA_SHARED);
	lcma_map_move(&twin.map, 8, 2, LCMA_SHARED, LCMA_USED);
	at.map = &twin.map;
	items[0] = item(5, 1);
	CHECK_EQ(in_one(&at, items, 1), 1);
	CHECK_EQ(items[0].start, 10);
	at.is_first_fit = true;
	items[0] = item(5, 1);
	CHECK_EQ(in_one(&at, items, 1), 1);
	CHECK_EQ(items[0].start, 0);
	twin_free(&twin);
}

/* ........PPPP....: the pool comes first; a long run may be of both. */
static void takes_the_pool_first(void)
{
	struct lcma_plan_item items[] = { item(3, 1), item(10, 1) };
	struct lcma_plan_region at = plain;
	struct twin twin;

	twin_init(&twin, 16, LCMA_SHARED);
	lcma_map_move(&twin.map, 8, 4, LCMA_SHARED, LCMA_POOL);
	at.map = &twin.map;
	CHECK_EQ(in_one(&at, items, 1), 1);
	CHECK_EQ(items[0].start, 8);
	twin_free(&twin);

	twin_init(&twin, 16, LCMA_SHARED);
	lcma_map_move(&twin.map, 8, 4, LCMA_SHARED, LCMA_POOL);
	CHECK_EQ(in_one(&at, items + 1, 1), 1);
	CHECK_EQ(twin.map.nr_in[LCMA_USED], 10);
	CHECK(lcma_map_check(&twin.map));
	twin_free(&twin);
}

static void counts_granules_and_addresses(void)
{
	struct lcma_plan_item items[] = { item(1, 1), item(3, 1), item(4, 8) };
	struct lcma_plan_region at = plain;
	struct twin twin;

	twin_init(&twin, 32, LCMA_SHARED);
	at.map = &twin.map;
	at.granule_pages = 4;
	at.align_pages = 2;
	at.base_pfn = 1;
	CHECK_EQ(in_one(&at, items, 3), 3);
	CHECK_EQ((items[0].start + 1) % 4, 0);
	CHECK_EQ((items[1].start + 1) % 4, 0);
	CHECK_EQ((items[2].start + 1) % 8, 0);
	CHECK_EQ(twin.map.nr_in[LCMA_USED], 12);
	items[0] = item(33, 1);
	CHECK_EQ(in_one(&at, items, 1), 0);
	twin_free(&twin);
}

static void goes_on_in_the_next_region(void)
{
	struct lcma_plan_item items[] = { item(5, 1), item(6, 1), item(9, 1) };
	struct lcma_plan_region at[] = { plain, plain };
	struct twin small, large;

	twin_init(&small, 8, LCMA_SHARED);
	twin_init(&large, 16, LCMA_SHARED);
	at[0].map = &small.map;
	at[1].map = &large.map;
	CHECK_EQ(in_two(at, NULL, 0, items, 3), 3);
	CHECK_EQ(items[0].region, 0);
	CHECK_EQ(items[1].region, 1);
	CHECK_EQ(items[2].region, 1);
	CHECK_EQ(in_two(at, NULL, 0, items, 2), 0);
	CHECK_EQ(items[0].region, 2);
	CHECK_EQ(lcma_plan(&(struct lcma_plan_regions) { .regions = at }, items, 1), 0);
	twin_free(&small);
	twin_free(&large);
}

/* "a+b": each comes first in turn; "a,b": the second only when the first is full. */
static void lists_take_turns(void)
{
	struct lcma_plan_item items[] = { item(2, 1), item(2, 1), item(2, 1), item(8, 1) };
	struct lcma_plan_region at[] = { plain, plain };
	struct twin a, b;
	struct lcma_list list;

	twin_init(&a, 16, LCMA_SHARED);
	twin_init(&b, 16, LCMA_SHARED);
	at[0].map = &a.map;
	at[1].map = &b.map;
	CHECK_EQ(lcma_list_parse("a+b", &list), 0);
	CHECK_EQ(in_two(at, &list, 0, items, 3), 3);
	CHECK_EQ(items[0].region, 0);
	CHECK_EQ(items[1].region, 1);
	CHECK_EQ(items[2].region, 0);
	CHECK_EQ(in_two(at, &list, 1, items, 1), 1);
	CHECK_EQ(items[0].region, 1);
	CHECK_EQ(lcma_list_parse("a,b", &list), 0);
	items[0] = item(8, 1);
	CHECK_EQ(in_two(at, &list, 1, items, 4), 4);
	CHECK_EQ(items[0].region, 0);
	CHECK_EQ(items[3].region, 1);
	twin_free(&a);
	twin_free(&b);
}

/* A region of 64 pages at page frame 96: where devices reach, and where they do not. */
static void keeps_within_reach(void)
{
	struct lcma_plan_item low = item(8, 1), at_place = item(4, 1);
	struct lcma_plan_item apart = item(12, 1), any = item(40, 1);
	struct lcma_plan_region at = plain;
	struct twin twin;

	twin_init(&twin, 64, LCMA_SHARED);
	at.map = &twin.map;
	at.base_pfn = 96;
	low.reach.below = 110;
	at_place.reach.at = 100;
	apart.reach.boundary = 16;
	CHECK_EQ(in_one(&at, &at_place, 1), 1);
	CHECK_EQ(at_place.start, 4);
	CHECK_EQ(in_one(&at, &at_place, 1), 0);
	/* Pages 0..3 and 8..13 are below, too short; so nothing is. */
	CHECK_EQ(in_one(&at, &low, 1), 0);
	low = item(6, 1);
	low.reach.below = 110;
	CHECK_EQ(in_one(&at, &low, 1), 1);
	CHECK_EQ(low.start, 8);
	CHECK_EQ(in_one(&at, &apart, 1), 1);
	CHECK_EQ((apart.start + 96) / 16, (apart.start + 96 + 11) / 16);
	CHECK_EQ(in_one(&at, &any, 1), 0);
	low.reach.below = 96;
	CHECK_EQ(in_one(&at, &low, 1), 0);
	CHECK(lcma_map_check(&twin.map));
	twin_free(&twin);
}

static void sorts(void)
{
	const struct lcma_plan_item given[] = {
		item(4, 1), item(8, 2), item(4, 4), item(8, 1), item(1, 16),
	};
	static const unsigned long want[LCMA_PLAN_NR_ORDERS][5][2] = {
		[LCMA_PLAN_LARGE_FIRST] = { { 8, 2 }, { 8, 1 }, { 4, 4 }, { 4, 1 }, { 1, 16 } },
		[LCMA_PLAN_ALIGNED_FIRST] = { { 1, 16 }, { 4, 4 }, { 8, 2 }, { 8, 1 }, { 4, 1 } },
		[LCMA_PLAN_SMALL_FIRST] = { { 1, 16 }, { 4, 1 }, { 4, 4 }, { 8, 1 }, { 8, 2 } },
	};
	struct lcma_plan_item items[5];
	unsigned int order, i;

	for (order = 0; order < LCMA_PLAN_NR_ORDERS; order++) {
		memcpy(items, given, sizeof(items));
		lcma_plan_sort(items, 5, order);
		for (i = 0; i < 5; i++) {
			CHECK_EQ(items[i].nr_pages, want[order][i][0]);
			CHECK_EQ(items[i].align_pages, want[order][i][1]);
		}
	}
}

static void finds_the_least_region(void)
{
	struct lcma_plan_item exact[] = { item(16, 1), item(16, 1) };
	struct lcma_plan_item one[] = { item(17, 1) };
	struct lcma_plan_item beyond[] = { item(1, 64) };
	struct lcma_plan_region coarse = plain;

	CHECK_EQ(least(&plain, exact, 2), 32);
	CHECK_EQ(least(&plain, one, 1), 32);
	/* Only if it happens to begin on 64 would 16 pages do. */
	CHECK_EQ(least(&plain, beyond, 1), 64);
	coarse.granule_pages = 16;
	one[0] = item(1, 1);
	CHECK_EQ(least(&coarse, one, 1), 16);
	one[0] = item(LCMA_MAP_MAX_PAGES, 1);
	CHECK(lcma_plan_ceiling(&plain, UNIT, one, 1) >= LCMA_MAP_MAX_PAGES);
	one[0] = item(1, LCMA_MAP_MAX_PAGES);
	CHECK(lcma_plan_ceiling(&plain, UNIT, one, 1) >= LCMA_MAP_MAX_PAGES);
	one[0] = item(ULONG_MAX, 1);
	CHECK(lcma_plan_ceiling(&plain, UNIT, one, 1) >= LCMA_MAP_MAX_PAGES);
}

/* Where the region begins is known, or it may be anywhere. */
static void the_least_keeps_within_reach(void)
{
	struct lcma_plan_item items[] = { item(20, 1), item(20, 1), item(20, 1) };
	struct lcma_plan_region placed = plain;
	unsigned int i;

	CHECK_EQ(least(&plain, items, 3), 64);
	/* Between two boundaries there is room for one only. */
	for (i = 0; i < 3; i++)
		items[i].reach.boundary = 32;
	placed.is_placed = true;
	CHECK_EQ(least(&placed, items, 3), 96);
	placed.base_pfn = 16;
	CHECK_EQ(least(&placed, items, 3), 112);
	CHECK_EQ(least(&plain, items, 3), 112);
	for (i = 0; i < 3; i++)
		items[i] = item(12, 1);
	placed.base_pfn = 96;
	items[2].reach.at = 96 + 200;
	CHECK_EQ(least(&placed, items, 3), 224);
	items[2].reach.at = 95;
	CHECK_EQ(least(&placed, items, 3), 0);
	items[2].reach.at = 0;
	items[2].reach.below = 96 + 20;
	CHECK_EQ(least(&placed, items, 3), 0);
	items[2].reach.below = 96 + 36;
	CHECK_EQ(least(&placed, items, 3), 48);
}

/* Whatever the buffers: the least region holds them, one unit less does not. */
static void the_least_is_the_least(void)
{
	struct lcma_plan_region region = plain;
	struct lcma_plan_item items[12];
	unsigned long nr_pages, sum;
	unsigned int round, i, nr;
	void *mem;

	for (round = 0; round < ROUNDS; round++) {
		nr = 1 + below(12);
		region.granule_pages = 1UL << below(3);
		region.is_first_fit = below(2);
		for (i = 0, sum = 0; i < nr; i++) {
			items[i] = item(1 + below(40),
					1UL << below(7));
			if (!below(4))
				items[i].reach.boundary = 64;
			sum += items[i].nr_pages;
		}
		nr_pages = least(&region, items, nr);
		CHECK(nr_pages >= sum && nr_pages % UNIT == 0);
		CHECK(nr_pages <= lcma_plan_ceiling(&region, UNIT, items, nr));
		mem = malloc(lcma_map_bytes(nr_pages));
		CHECK(lcma_plan_fits_empty(&region, mem, nr_pages, UNIT, items,
					   nr));
		if (nr_pages > UNIT && nr_pages - UNIT >= sum)
			CHECK(!lcma_plan_fits_empty(&region, mem,
						    nr_pages - UNIT, UNIT,
						    items, nr));
		free(mem);
	}
}

/* No two overlap, none lies outside, all lie on their alignments. */
static void plans_are_possible(void)
{
	struct lcma_plan_item items[40];
	struct lcma_plan_region at = plain;
	unsigned char taken[256];
	unsigned int round, i, nr;
	unsigned long j;
	struct twin twin;

	for (round = 0; round < ROUNDS; round++) {
		twin_init(&twin, sizeof(taken), LCMA_SHARED);
		memset(taken, 0, sizeof(taken));
		at.map = &twin.map;
		at.base_pfn = below(64);
		for (i = 0; i < ARRAY_SIZE(items); i++)
			items[i] = item(1 + below(30),
					1UL << below(5));
		nr = in_one(&at, items, ARRAY_SIZE(items));
		for (i = 0; i < nr; i++) {
			CHECK_EQ((items[i].start + at.base_pfn) %
				 items[i].align_pages, 0);
			for (j = 0; j < items[i].nr_pages; j++)
				CHECK(items[i].start + j < sizeof(taken) &&
				      !taken[items[i].start + j]++);
		}
		CHECK(lcma_map_check(&twin.map));
		twin_free(&twin);
	}
}

int main(void)
{
	static const struct tap_case cases[] = {
		TAP_CASE(takes_the_shortest_run),
		TAP_CASE(takes_the_pool_first),
		TAP_CASE(counts_granules_and_addresses),
		TAP_CASE(goes_on_in_the_next_region),
		TAP_CASE(lists_take_turns),
		TAP_CASE(keeps_within_reach),
		TAP_CASE(sorts),
		TAP_CASE(finds_the_least_region),
		TAP_CASE(the_least_keeps_within_reach),
		TAP_CASE(the_least_is_the_least),
		TAP_CASE(plans_are_possible),
	};

	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
