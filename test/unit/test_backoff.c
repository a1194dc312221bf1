// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of backoff (src/core/backoff.c): a unit in which a claim has failed is
 * backed off until a claim there succeeds or its pause is over, by a clock that
 * wraps around.
 */
#include "random.h"
#include "core/backoff.h"

#define UNIT	4
#define PAUSE	100

static struct lcma_backoff backoff;
static void *mem;

/* Exactly as many bytes as it wants, and dirty ones. */
static void begin(unsigned long nr_pages)
{
	const size_t bytes = lcma_backoff_bytes(nr_pages, UNIT);

	mem = malloc(bytes);
	if (!mem)
		abort();
	memset(mem, 0xa5, bytes);
	lcma_backoff_init(&backoff, mem, nr_pages, UNIT, PAUSE);
}

static void end(void)
{
	free(mem);
}

static void nothing_is_backed_off_at_first(void)
{
	begin(40);
	CHECK(!lcma_backoff_any(&backoff, 0));
	CHECK(!lcma_backoff_touches(&backoff, 0, 40));
	end();
}

/* |....|....|.x..|....|: the third unit, and no other */
static void a_failure_backs_its_unit_off(void)
{
	begin(16);
	lcma_backoff_note(&backoff, 9, 7);
	CHECK(lcma_backoff_any(&backoff, 7));
	CHECK(!lcma_backoff_touches(&backoff, 0, 8));
	CHECK(lcma_backoff_touches(&backoff, 0, 9));
	CHECK(lcma_backoff_touches(&backoff, 8, 1));
	CHECK(lcma_backoff_touches(&backoff, 11, 1));
	CHECK(!lcma_backoff_touches(&backoff, 12, 4));
	CHECK(lcma_backoff_touches(&backoff, 4, 12));
	end();
}

/* The last unit is shorter: |....|....|x| */
static void the_last_unit_counts(void)
{
	begin(9);
	CHECK_EQ(backoff.nr_units, 3);
	lcma_backoff_note(&backoff, 8, 0);
	CHECK(lcma_backoff_touches(&backoff, 8, 1));
	CHECK(lcma_backoff_any(&backoff, PAUSE - 1));
	CHECK(!lcma_backoff_any(&backoff, PAUSE));
	CHECK(!lcma_backoff_touches(&backoff, 8, 1));
	end();
}

static void a_success_forgets(void)
{
	begin(40);
	lcma_backoff_note(&backoff, 4, 1);
	lcma_backoff_note(&backoff, 5, 2);
	lcma_backoff_note(&backoff, 12, 2);
	CHECK_EQ(backoff.nr_off, 2);
	lcma_backoff_forget(&backoff, 8, 4);
	CHECK_EQ(backoff.nr_off, 2);
	lcma_backoff_forget(&backoff, 7, 1);
	CHECK_EQ(backoff.nr_off, 1);
	CHECK(!lcma_backoff_touches(&backoff, 0, 12));
	/* One that was let go is noted anew. */
	lcma_backoff_note(&backoff, 4, 3);
	CHECK_EQ(backoff.nr_off, 2);
	lcma_backoff_forget(&backoff, 0, 13);
	CHECK(!lcma_backoff_any(&backoff, 3));
	end();
}

static void a_pause_begins_with_the_last_failure(void)
{
	begin(40);
	lcma_backoff_note(&backoff, 0, 10);
	lcma_backoff_note(&backoff, 20, 10);
	lcma_backoff_note(&backoff, 0, 60);
	CHECK(lcma_backoff_any(&backoff, 10 + PAUSE));
	CHECK(lcma_backoff_touches(&backoff, 0, 1));
	CHECK(!lcma_backoff_touches(&backoff, 20, 1));
	CHECK(!lcma_backoff_any(&backoff, 60 + PAUSE));
	end();
}

static void the_clock_wraps_around(void)
{
	const unsigned int late = -20;

	begin(40);
	lcma_backoff_note(&backoff, 8, late);
	CHECK(lcma_backoff_any(&backoff, late));
	CHECK(lcma_backoff_any(&backoff, 5));
	CHECK(lcma_backoff_any(&backoff, late + PAUSE - 1));
	CHECK(!lcma_backoff_any(&backoff, late + PAUSE));
	end();
}

/* Against one time a unit, or none. */
static void it_agrees_with_a_naive_list(void)
{
	long failed_at[50], unit, last, now = 1;
	unsigned long page, nr_pages, step;
	bool any;

	begin(50 * UNIT);
	for (unit = 0; unit < 50; unit++)
		failed_at[unit] = -1;
	for (step = 0; step < 20000; step++) {
		page = below(50 * UNIT);
		nr_pages = 1 + below(50 * UNIT - page);
		last = (page + nr_pages - 1) / UNIT;
		now += below(8);
		if (one_in(4)) {
			lcma_backoff_forget(&backoff, page, nr_pages);
			for (unit = page / UNIT; unit <= last; unit++)
				failed_at[unit] = -1;
		} else {
			lcma_backoff_note(&backoff, page, now);
			failed_at[page / UNIT] = now;
		}
		for (unit = 0, any = false; unit < 50; unit++) {
			if (failed_at[unit] >= 0 && now - failed_at[unit] >= PAUSE)
				failed_at[unit] = -1;
			any |= failed_at[unit] >= 0;
		}
		if (!CHECK_EQ(lcma_backoff_any(&backoff, now), any))
			break;
		page = below(50 * UNIT);
		nr_pages = 1 + below(min(50 * UNIT - page, 12UL));
		last = (page + nr_pages - 1) / UNIT;
		for (unit = page / UNIT, any = false; unit <= last; unit++)
			any |= failed_at[unit] >= 0;
		if (!CHECK_EQ(lcma_backoff_touches(&backoff, page, nr_pages), any))
			break;
	}
	end();
}

int main(void)
{
	static const struct tap_case cases[] = {
		TAP_CASE(nothing_is_backed_off_at_first),
		TAP_CASE(a_failure_backs_its_unit_off),
		TAP_CASE(the_last_unit_counts),
		TAP_CASE(a_success_forgets),
		TAP_CASE(a_pause_begins_with_the_last_failure),
		TAP_CASE(the_clock_wraps_around),
		TAP_CASE(it_agrees_with_a_naive_list),
	};

	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
