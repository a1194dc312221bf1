// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strips: see strip.h.
 */
#include "core/strip.h"

/* The unit after the last one of the row that begins here; itself if it is not good. */
static unsigned long row_end(const struct lcma_strip_unit *units,
			     unsigned long nr_units, unsigned long first)
{
	unsigned long end = first;

	while (end < nr_units && units[end].is_good &&
	       (end == first || !units[end].is_first))
		end++;
	return end;
}

/**
 * lcma_strip_users - how many pages would have to move
 * @units: what a survey saw
 * @first: the first unit of a strip
 * @nr: how many units it has
 *
 * Return: pages.
 */
unsigned long lcma_strip_users(const struct lcma_strip_unit *units,
			       unsigned long first, unsigned long nr)
{
	unsigned long users = 0;

	while (nr--)
		users += units[first++].nr_users;
	return users;
}

/* In a row: the strip with the fewest users that may be a region, or LCMA_NO_UNIT. */
static unsigned long choose_in_row(const struct lcma_strip_unit *units,
				   unsigned long first, unsigned long end,
				   unsigned long want)
{
	unsigned long best = LCMA_NO_UNIT, fewest = ULONG_MAX, users;

	if (end - first < want)
		return LCMA_NO_UNIT;
	users = lcma_strip_users(units, first, want);
	for (;; first++) {
		if (units[first].may_begin && units[first + want - 1].may_end &&
		    users < fewest) {
			fewest = users;
			best = first;
		}
		if (first + want == end)
			return best;
		users += units[first + want].nr_users;
		users -= units[first].nr_users;
	}
}

/* The longest strip of a row that may be a region. */
static unsigned long longest_in_row(const struct lcma_strip_unit *units,
				    unsigned long first, unsigned long end)
{
	while (first < end && !units[first].may_begin)
		first++;
	while (first < end && !units[end - 1].may_end)
		end--;
	return end - first;
}

/**
 * lcma_strip_choose - where should a region lie?
 * @units: what a survey saw, ascending
 * @nr_units: how many
 * @want: how many neighbours are wanted, at least 1
 * @longest: afterwards: how many neighbours could have been had at most
 *
 * The longest row of good units comes first, because short ones come about where memory
 * is in use that cannot be moved, and more of that may come soon; in it, the strip with
 * the fewest pages in use.
 *
 * Return: the first unit of the strip; LCMA_NO_UNIT if there is none.
 */
unsigned long lcma_strip_choose(const struct lcma_strip_unit *units,
				unsigned long nr_units, unsigned long want,
				unsigned long *longest)
{
	unsigned long best = LCMA_NO_UNIT, best_row = 0, first, end, at;

	*longest = 0;
	for (first = 0; first < nr_units; first = max(end, first + 1)) {
		end = row_end(units, nr_units, first);
		*longest = max(*longest, longest_in_row(units, first, end));
		if (end - first <= best_row)
			continue;
		at = choose_in_row(units, first, end, want);
		if (at == LCMA_NO_UNIT)
			continue;
		best = at;
		best_row = end - first;
	}
	return best;
}
