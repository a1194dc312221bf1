// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random moves, searches and placements on a map and on its naive twin
 * (twin.h), which must agree all the time. A round is one map of a random
 * size; see random.h for how to repeat one.
 */
#include "twin.h"
#include "random.h"

#define OPS_A_ROUND	400

static struct twin twin;
static unsigned int weight[LCMA_NR_STATES];	/* which states come often */

static enum lcma_state random_state(void)
{
	unsigned int sum = 0, ticket;
	int state;

	for (state = 0; state < LCMA_NR_STATES; state++)
		sum += weight[state];
	ticket = below(sum);
	for (state = 0; ticket >= weight[state]; state++)
		ticket -= weight[state];
	return state;
}

static unsigned long random_size(void)
{
	if (one_in(60))
		return 1 + below(70000);
	if (one_in(3))
		return 1 + below_log(700);
	return 1 + below(4000);
}

/* Pages are moved as a rule within what is in one state, and often all of it. */
static void random_move(void)
{
	unsigned long start = below(twin.map.nr_pages);
	enum lcma_state from = twin.page[start];
	unsigned long end = start, nr_pages;

	if (one_in(20)) {
		twin_move(&twin, below_log(ULONG_MAX), below_log(ULONG_MAX),
			  random_state(), random_state());
		return;
	}
	if (one_in(20)) {
		twin_move(&twin, start, below_log(twin.map.nr_pages + 2),
			  one_in(2) ? from : random_state(), random_state());
		return;
	}
	while (end < twin.map.nr_pages && twin.page[end] == from)
		end++;
	if (one_in(3))
		while (start && twin.page[start - 1] == from)
			start--;
	nr_pages = one_in(3) ? end - start : 1 + below_log(end - start);
	twin_move(&twin, start, nr_pages, from, random_state());
}

static struct lcma_fit random_fit(void)
{
	const unsigned long longest =
		lcma_map_longest(&twin.map, LCMA_KIND_UNUSED);
	struct lcma_fit fit;

	/* What just fits, or just does not, is where mistakes are. */
	if (one_in(3))
		fit.nr_pages = longest + 1 - below(3);
	else
		fit.nr_pages = 1 + below_log(longest + 2);
	if (!fit.nr_pages || one_in(200))
		fit.nr_pages = 1 + below_log(ULONG_MAX);
	fit.align_mask = one_in(2) ? 0 : (1UL << below(14)) - 1;
	if (one_in(100))
		fit.align_mask = (1UL << below(BITS_PER_LONG)) - 1;
	fit.align_offset = one_in(2) ? 0 : below_log(1UL << 28);
	fit.first = one_in(2) ? 0 : below(twin.map.nr_pages + 1);
	fit.end = one_in(2) ? 0 : below(twin.map.nr_pages + 1);
	fit.boundary_mask = one_in(2) ? 0 : (1UL << below(14)) - 1;
	if (one_in(8)) {
		/* A place and no other. */
		fit.end = fit.first + fit.nr_pages;
		if (fit.end < fit.first)
			fit.end = 0;
	}
	return fit;
}

static void random_find(void)
{
	const enum lcma_kind kind = below(LCMA_NR_KINDS);
	const struct lcma_fit fit = random_fit();
	unsigned long from = one_in(2) ? 0 : below(twin.map.nr_pages + 1);
	unsigned int given = one_in(2) ? below(5) : below(5000);
	unsigned int budget = given;
	unsigned long got, want;

	if (one_in(100))
		from = below_log(ULONG_MAX);
	want = twin_find(&twin, kind, &fit, from);

	/* With a budget: the same page, or none and nothing left. */
	got = lcma_map_find(&twin.map, kind, &fit, from, &budget);
	CHECK(budget <= given);
	if (got == LCMA_NO_PAGE && want != LCMA_NO_PAGE)
		CHECK_EQ(budget, 0);
	else
		CHECK_EQ(got, want);
	if (!fit.align_mask && !fit.boundary_mask && given)
		CHECK_EQ(budget, given - 1);
}

static void random_stretch(void)
{
	unsigned long from = below(twin.map.nr_pages + 1);
	unsigned long end = below(twin.map.nr_pages + 1);
	struct lcma_stretch stretch;
	unsigned long i;

	CHECK_EQ(lcma_map_stretch(&twin.map, from, end, &stretch), from < end);
	if (from >= end)
		return;
	for (i = from; i < end && twin.page[i] == twin.page[from]; i++)
		;
	CHECK_EQ(stretch.start, from);
	CHECK_EQ(stretch.nr_pages, i - from);
	CHECK_EQ(stretch.state, twin.page[from]);
	CHECK(lcma_map_all_in(&twin.map, from, i - from, stretch.state));
	if (i < end)
		CHECK(!lcma_map_all_in(&twin.map, from, i - from + 1,
				       stretch.state));
}

/* A whole iteration; the map changes under it, and it still ends. */
static void random_placement(void)
{
	const struct lcma_fit fit = random_fit();
	const bool still = one_in(2);
	struct lcma_place place, naive;
	unsigned long start, naive_start, page;
	unsigned long steps = 0;

	lcma_place_init(&place, &fit);
	if (one_in(4))
		lcma_place_mix(&place);
	naive = place;
	while (!tap.nr_checks_failed) {
		bool more = naive_place_next(&naive, &twin, &naive_start);

		CHECK_EQ(lcma_place_next(&place, &twin.map, &start), more);
		if (!more || steps > 200 || tap.nr_checks_failed)
			return;
		CHECK_EQ(start, naive_start);
		CHECK_EQ(place.islands, naive.islands);
		if (!still && one_in(4))
			random_move();
		if (!still && one_in(8))
			continue;	/* neither taken nor rejected */
		page = start + below(fit.nr_pages);
		if (one_in(3)) {
			page = LCMA_NO_PAGE;
			naive.from = start + (fit.nr_pages < 4 ? 1 :
					      fit.nr_pages / 4);
		} else {
			naive.from = page + 1;
		}
		lcma_place_reject(&place, start, page);
		if (!CHECK(++steps <= 2 * twin.map.nr_pages))
			return;
	}
}

static void round_of_map(void)
{
	const unsigned long nr_pages = random_size();
	int i, state;

	twin_init(&twin, nr_pages, below(LCMA_NR_STATES));
	for (i = 0; i < OPS_A_ROUND && !tap.nr_checks_failed; i++) {
		if (i % 64 == 0)
			for (state = 0; state < LCMA_NR_STATES; state++)
				weight[state] = 1 + below_log(50);
		if (one_in(2))
			random_move();
		else if (one_in(10))
			random_placement();
		else if (one_in(10))
			random_stretch();
		else
			random_find();
		if (one_in(nr_pages > 5000 ? 200 : 8))
			twin_agree(&twin);
	}
	twin_agree(&twin);
	twin_free(&twin);
}

int main(void)
{
	fuzz("map and placement against a naive twin", round_of_map);
	return tap_finish();
}
