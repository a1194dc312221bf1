// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of strips (src/core/strip.c): which row, which strip of it, and how long the
 * longest was.
 *
 * In pictures a letter is a unit: a digit is good and has so many users, x is not good;
 * a bar stands before the first one of another zone.
 */
#include "core/strip.h"
#include "random.h"
#include "tap.h"

#define MAX_UNITS	64

static unsigned long draw(const char *picture, struct lcma_strip_unit *units)
{
	unsigned long nr = 0;
	bool is_first = true;

	for (; *picture; picture++) {
		if (*picture == '|') {
			is_first = true;
			continue;
		}
		units[nr++] = (struct lcma_strip_unit) {
			.is_good = *picture != 'x',
			.is_first = is_first,
			.may_begin = true,
			.may_end = true,
			.nr_users = *picture == 'x' ? 99 : *picture - '0',
		};
		is_first = false;
	}
	return nr;
}

static void check(const char *picture, unsigned long want, unsigned long at,
		  unsigned long longest)
{
	struct lcma_strip_unit units[MAX_UNITS];
	unsigned long nr = draw(picture, units), got_longest = 77;

	if (!CHECK_EQ(lcma_strip_choose(units, nr, want, &got_longest), at) ||
	    !CHECK_EQ(got_longest, longest))
		printf("# %s, %lu wanted\n", picture, want);
}

static void rows(void)
{
	check("", 1, LCMA_NO_UNIT, 0);
	check("xx", 1, LCMA_NO_UNIT, 0);
	check("0", 1, 0, 1);
	check("x0", 1, 1, 1);
	check("0x", 1, 0, 1);
	check("000", 4, LCMA_NO_UNIT, 3);
	check("000", 3, 0, 3);
	/* The longest row, even if another one has fewer users. */
	check("00x999", 2, 3, 3);
	/* Of two that are as long the first one. */
	check("11x00", 2, 0, 2);
	/* A row ends where a zone does. */
	check("00|00", 3, LCMA_NO_UNIT, 2);
	check("00|000", 3, 2, 3);
	check("|0|0|0", 1, 0, 1);
}

static void fewest_users(void)
{
	check("91191", 2, 1, 5);
	check("91291", 1, 1, 5);
	check("93212", 3, 2, 5);
	check("11111", 2, 0, 5);
	check("91110", 2, 3, 5);
	CHECK_EQ(lcma_strip_users((struct lcma_strip_unit[]){
			{ .nr_users = 1 }, { .nr_users = 2 }, { .nr_users = 4 } },
			1, 2), 6);
}

/* Where a region may begin or end counts: |....|....| */
static void limits(void)
{
	struct lcma_strip_unit units[MAX_UNITS];
	unsigned long nr = draw("00000x0000", units), longest;

	units[0].may_begin = false;
	units[1].may_begin = false;
	CHECK_EQ(lcma_strip_choose(units, nr, 3, &longest), 2);
	CHECK_EQ(longest, 4);
	CHECK_EQ(lcma_strip_choose(units, nr, 4, &longest), 6);
	units[4].may_end = false;
	CHECK_EQ(lcma_strip_choose(units, nr, 2, &longest), 2);
	CHECK_EQ(lcma_strip_choose(units, nr, 3, &longest), 6);
	units[6].may_begin = units[9].may_end = false;
	CHECK_EQ(lcma_strip_choose(units, nr, 3, &longest), LCMA_NO_UNIT);
	CHECK_EQ(longest, 2);
}

static void as_a_naive_search_says(void)
{
	int round, found = 0;

	for (round = 0; round < 20000 && !tap.nr_checks_failed; round++) {
		const unsigned long nr = 1 + below(40), want = 1 + below_log(12);
		struct lcma_strip_unit units[MAX_UNITS];
		unsigned long i, k, at, longest, row = 0, users, rows[MAX_UNITS];
		unsigned long best = LCMA_NO_UNIT, best_row = 0, fewest = 0;

		for (i = 0; i < nr; i++)
			units[i] = (struct lcma_strip_unit) {
				.is_good = !one_in(5), .is_first = one_in(9),
				.may_begin = !one_in(4), .may_end = !one_in(4),
				.nr_users = below(4),
			};
		/* How long the row is that each unit is in. */
		for (i = 0; i < nr; i = k) {
			for (k = i; k < nr && units[k].is_good &&
			     (k == i || !units[k].is_first); k++)
				;
			for (row = i; row < k; row++)
				rows[row] = k - i;
			if (k == i)
				rows[k++] = 0;
		}
		for (i = 0; i + want <= nr; i++) {
			for (k = 0, users = 0; k < want; k++) {
				users += units[i + k].nr_users;
				if (!units[i + k].is_good ||
				    (k && units[i + k].is_first))
					break;
			}
			if (k < want || !units[i].may_begin ||
			    !units[i + want - 1].may_end)
				continue;
			if (rows[i] < best_row ||
			    (rows[i] == best_row && users >= fewest))
				continue;
			/* Of two rows as long the first one stays. */
			for (k = best + 1; rows[i] == best_row && k <= i; k++)
				if (!units[k].is_good || units[k].is_first)
					break;
			if (rows[i] == best_row && k <= i)
				continue;
			best = i;
			best_row = rows[i];
			fewest = users;
		}
		at = lcma_strip_choose(units, nr, want, &longest);
		CHECK_EQ(at, best);
		CHECK(at == LCMA_NO_UNIT || longest >= want);
		found += at != LCMA_NO_UNIT;
	}
	CHECK(found > 2000);
}

static const struct tap_case cases[] = {
	TAP_CASE(rows),
	TAP_CASE(fewest_users),
	TAP_CASE(limits),
	TAP_CASE(as_a_naive_search_says),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
