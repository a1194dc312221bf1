// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of batches (src/core/batch.c): pieces that cover a range and are never
 * larger than one hold may move, and which pages a pool gives back first. The
 * pictures are explained in twin.h.
 */
#include "random.h"
#include "twin.h"
#include "core/batch.h"
#include "core/bits.h"

/* Random stretches, most of them short. */
static void scatter(struct twin *twin, unsigned long nr_pages,
		    unsigned int most)
{
	unsigned long start = 0, nr;

	twin_init(twin, nr_pages, LCMA_SHARED);
	while (start < nr_pages) {
		enum lcma_state state = below(LCMA_NR_STATES);

		nr = min_t(unsigned long, nr_pages - start, 1 + below(most));
		if (state != LCMA_SHARED)
			twin_move(twin, start, nr, LCMA_SHARED, state);
		start += nr;
	}
}

/* Each page comes once, in its own state, and no piece is too large. */
static void walk(const struct twin *twin, unsigned long from, unsigned long end)
{
	unsigned long at = from, next, nr_pages, i;
	struct lcma_batch batch;
	unsigned int nr;

	while (at < end) {
		next = lcma_batch_next(&twin->map, at, end, &batch);
		if (!CHECK(batch.nr && batch.nr <= LCMA_HOLD_STRETCHES) ||
		    !CHECK(next > at && next <= end))
			return;
		for (nr = 0, nr_pages = 0; nr < batch.nr; nr++) {
			const struct lcma_stretch *s = &batch.stretches[nr];

			CHECK_EQ(s->start, at + nr_pages);
			for (i = 0; i < s->nr_pages; i++)
				CHECK_EQ(twin->page[s->start + i], s->state);
			nr_pages += s->nr_pages;
		}
		CHECK(nr_pages <= LCMA_HOLD_PAGES);
		CHECK_EQ(next, at + nr_pages);
		at = next;
	}
}

static void pieces_cover_a_range(void)
{
	static const unsigned int most[] = { 1, 3, 700, 20000 };
	struct twin twin;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(most); i++) {
		scatter(&twin, 20000, most[i]);
		walk(&twin, 0, 20000);
		walk(&twin, 17, 19993);
		walk(&twin, 511, 512);
		twin_free(&twin);
	}
}

/* |P.PP..PPPP....P|: five runs of 8 pages in all, three that are short */
static void scattered_pages_go_first(void)
{
	struct lcma_batch batch;
	unsigned long from = 0;
	struct twin twin;

	twin_draw(&twin, 1, "P.PP..PPPP....P");
	CHECK_EQ(twin.map.nr_pool_runs, 4);
	lcma_batch_surplus(&twin.map, 100, NULL, &from, &batch);
	CHECK_EQ(batch.nr, 3);
	CHECK_EQ(batch.stretches[0].start, 0);
	CHECK_EQ(batch.stretches[1].start, 2);
	CHECK_EQ(batch.stretches[2].start, 14);
	CHECK_EQ(batch.stretches[2].nr_pages, 1);
	/* No more than asked for. */
	from = 0;
	lcma_batch_surplus(&twin.map, 2, NULL, &from, &batch);
	CHECK_EQ(batch.nr, 2);
	CHECK_EQ(batch.stretches[1].nr_pages, 1);
	/* It goes on where it ended, and around. */
	from = 3;
	lcma_batch_surplus(&twin.map, 100, NULL, &from, &batch);
	CHECK_EQ(batch.nr, 3);
	CHECK_EQ(batch.stretches[0].start, 14);
	CHECK_EQ(batch.stretches[1].start, 0);
	CHECK_EQ(batch.stretches[2].start, 2);
	CHECK_EQ(batch.stretches[2].nr_pages, 2);
	twin_free(&twin);

	/* Of a single run its first pages. */
	twin_draw(&twin, 3000, ".PPPPPPP.");
	from = 0;
	lcma_batch_surplus(&twin.map, 20000, NULL, &from, &batch);
	CHECK_EQ(batch.nr, 1);
	CHECK_EQ(batch.stretches[0].start, 3000);
	CHECK_EQ(batch.stretches[0].nr_pages, LCMA_HOLD_PAGES);
	twin_free(&twin);
}

static unsigned long nr_runs(const struct twin *twin)
{
	unsigned long page, nr = 0;

	for (page = 0; page < twin->map.nr_pages; page++)
		nr += twin->page[page] == LCMA_POOL &&
		      (!page || twin->page[page - 1] != LCMA_POOL);
	return nr;
}

/* A pool is given back to the last page, and its longest run goes last. */
static void surplus_has_an_end(void)
{
	unsigned long longest, from;
	struct lcma_batch batch;
	unsigned int i, round, idle;
	struct twin twin;

	for (round = 0; round < 60; round++) {
		scatter(&twin, round & 1 ? 3000 : 3072, 1 + below(200));
		longest = lcma_map_longest(&twin.map, LCMA_KIND_POOL);
		from = below(3000);
		for (idle = 0; twin.map.nr_in[LCMA_POOL] && idle < 300;) {
			lcma_batch_surplus(&twin.map, 1 + below(300), NULL, &from,
					   &batch);
			idle = batch.nr ? 0 : idle + 1;
			for (i = 0; i < batch.nr; i++)
				twin_move(&twin, batch.stretches[i].start,
					  batch.stretches[i].nr_pages,
					  LCMA_POOL, LCMA_SHARED);
			CHECK_EQ(twin.map.nr_pool_runs, nr_runs(&twin));
			if (nr_runs(&twin) > 1)
				CHECK_EQ(lcma_map_longest(&twin.map,
							  LCMA_KIND_POOL),
					 longest);
			else
				longest = lcma_map_longest(&twin.map,
							   LCMA_KIND_POOL);
		}
		CHECK_EQ(twin.map.nr_in[LCMA_POOL], 0);
		twin_free(&twin);
	}
}

static unsigned long in_units(const struct lcma_wedges *wedges, const struct twin *twin,
			      bool in_pool)
{
	unsigned long page, nr = 0;

	for (page = 0; page < twin->map.nr_pages; page++)
		nr += !((page + wedges->offset) % wedges->unit_pages) &&
		      (!in_pool || twin->page[page] == LCMA_POOL);
	return nr;
}

/* All but the first page of each unit is given back, whatever the pool looks like. */
static void wedges_stay(void)
{
	struct lcma_wedges wedges;
	struct lcma_batch batch;
	unsigned long from;
	unsigned int i, round, idle;
	struct twin twin;

	for (round = 0; round < 200; round++) {
		if (round % 4)
			scatter(&twin, round & 1 ? 3000 : 3072, 1 + below(400));
		else
			twin_draw(&twin, 500 + round, "PPPP.P");
		wedges.unit_pages = 1UL << (3 + below(8));
		wedges.offset = below(1UL << 20);
		wedges.nr = in_units(&wedges, &twin, true);
		CHECK_EQ(lcma_wedges_in(&wedges, 0, twin.map.nr_pages),
			 in_units(&wedges, &twin, false));
		from = below(3000);
		for (idle = 0; twin.map.nr_in[LCMA_POOL] > wedges.nr && idle < 300;) {
			lcma_batch_surplus(&twin.map, 1 + below(300), &wedges, &from,
					   &batch);
			idle = batch.nr ? 0 : idle + 1;
			for (i = 0; i < batch.nr; i++) {
				CHECK(!lcma_wedges_in(&wedges, batch.stretches[i].start,
						      batch.stretches[i].nr_pages));
				twin_move(&twin, batch.stretches[i].start,
					  batch.stretches[i].nr_pages,
					  LCMA_POOL, LCMA_SHARED);
			}
		}
		CHECK_EQ(twin.map.nr_in[LCMA_POOL], wedges.nr);
		CHECK(!lcma_batch_is_scattered(&twin.map, &wedges));
		twin_free(&twin);
	}
	CHECK_EQ(lcma_wedges_in(NULL, 0, 3000), 0);
}

static void scattered_or_not(void)
{
	struct twin twin;

	twin_draw(&twin, 1, "..............");
	CHECK(!lcma_batch_is_scattered(&twin.map, NULL));
	twin_free(&twin);
	twin_draw(&twin, 1, "..PP..........");
	CHECK(!lcma_batch_is_scattered(&twin.map, NULL));
	twin_free(&twin);
	twin_draw(&twin, 1, "P.P....");
	CHECK(lcma_batch_is_scattered(&twin.map, NULL));
	twin_free(&twin);
	/* There is nothing to make a longer run of. */
	twin_draw(&twin, 1, "P.P..PU");
	CHECK(!lcma_batch_is_scattered(&twin.map, NULL));
	twin_free(&twin);
	/* The runs are long enough. */
	twin_draw(&twin, 64, "P.P....");
	CHECK(!lcma_batch_is_scattered(&twin.map, NULL));
	twin_free(&twin);
}

static void weights(void)
{
	unsigned long bits[16], start, nr, i, want;
	unsigned int round;

	for (round = 0; round < 20000; round++) {
		for (i = 0; i < ARRAY_SIZE(bits); i++)
			bits[i] = round & 1 ? ~0UL : (unsigned long)rnd();
		start = below(ARRAY_SIZE(bits) * BITS_PER_LONG);
		nr = below(ARRAY_SIZE(bits) * BITS_PER_LONG - start + 1);
		for (i = start, want = 0; i < start + nr; i++)
			want += test_bit(i, bits);
		if (!CHECK_EQ(lcma_bits_weight(bits, start, nr), want))
			return;
	}
}

static const struct tap_case cases[] = {
	TAP_CASE(pieces_cover_a_range),
	TAP_CASE(scattered_pages_go_first),
	TAP_CASE(surplus_has_an_end),
	TAP_CASE(wedges_stay),
	TAP_CASE(scattered_or_not),
	TAP_CASE(weights),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
