// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trials: whether buffers fit, in which order, with which policy, and in how small a
 * region. See plan.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "size.h"

/* So many kinds of buffers are tried in every order: 720 of them. */
#define PERMUTED_WORDS	6

static const char *const orders[] = {
	[LCMA_PLAN_LARGE_FIRST] = "the largest first",
	[LCMA_PLAN_ALIGNED_FIRST] = "the most aligned first",
	[LCMA_PLAN_SMALL_FIRST] = "the smallest first",
};

/* A copy of a map. Return: its memory, the caller's to free; NULL. */
static void *copy_map(const struct lcma_map *from, struct lcma_map *to)
{
	void *mem = malloc(lcma_map_bytes(from->nr_pages));
	struct lcma_stretch s;
	unsigned long at;

	if (!mem)
		return NULL;
	lcma_map_init(to, mem, from->nr_pages, LCMA_SHARED);
	for (at = 0; lcma_map_stretch(from, at, from->nr_pages, &s);
	     at += s.nr_pages)
		if (s.state != LCMA_SHARED)
			lcma_map_move(to, s.start, s.nr_pages, LCMA_SHARED,
				      s.state);
	return mem;
}

/* A region's map that a plan may use up. */
struct copy {
	struct lcma_map map;
	void *mem;
};

/*
 * In the regions as they are, after @turn requests of the list.
 * Return: how many fit; negative: no memory.
 */
static int plan_turn(const struct plan *plan, struct lcma_plan_item *items,
		     unsigned int turn)
{
	const unsigned int nr = plan->nr_regions;
	struct lcma_plan_region *at = calloc(nr, sizeof(*at));
	struct copy *copies = calloc(nr, sizeof(*copies));
	const struct lcma_plan_regions all = {
		.regions = at,
		.nr = nr,
		.list = plan->is_list ? &plan->list : NULL,
		.turn = turn,
	};
	int fit = -ENOMEM;
	unsigned int i;

	for (i = 0; at && copies && i < nr; i++) {
		at[i] = plan->regions[i];
		at[i].map = &copies[i].map;
		copies[i].mem = copy_map(plan->regions[i].map, at[i].map);
		if (!copies[i].mem)
			break;
	}
	if (i == nr)
		fit = lcma_plan(&all, items, plan->nr);
	while (copies && i--)
		free(copies[i].mem);
	free(copies);
	free(at);
	return fit;
}

/*
 * Whichever region's turn it is: nobody tells how many requests there were. The last
 * trial is one that does not fit, if there is one.
 */
static int plan_now(const struct plan *plan, struct lcma_plan_item *items)
{
	const unsigned int turns = plan->is_list ? plan->nr_regions : 1;
	unsigned int turn;
	int fit = 0;

	for (turn = turns; turn--;) {
		fit = plan_turn(plan, items, turn);
		if (fit < (int)plan->nr)
			break;
	}
	return fit;
}

/* In an empty region of that size. Return: how many fit; negative: no memory. */
static int plan_empty(const struct plan *plan, uint64_t bytes,
		      struct lcma_plan_item *items)
{
	const unsigned long nr_pages = plan_pages(plan, bytes);
	const unsigned long unit = plan_pages(plan, plan->unit);
	void *mem = malloc(lcma_map_bytes(nr_pages));
	unsigned int i;

	if (!mem)
		return -ENOMEM;
	i = plan->nr;
	if (!lcma_plan_fits_empty(&plan->rule, mem, nr_pages, unit, items,
				  plan->nr))
		for (i = 0; i < plan->nr; i++)
			if (items[i].start == LCMA_NO_PAGE)
				break;
	free(mem);
	return i;
}

static int try_plan(const struct plan *plan, struct lcma_plan_item *items)
{
	unsigned int i;

	for (i = 0; i < plan->nr; i++)
		items[i].start = LCMA_NO_PAGE;
	return plan->nr_regions ? plan_now(plan, items) :
				  plan_empty(plan, plan->bytes, items);
}

/* In that order of words. Return: 1: all fit; 0; negative: no memory. */
static int try_order(const struct plan *plan, const unsigned int *words,
		     unsigned int nr_words, struct lcma_plan_item *scratch)
{
	unsigned int i, j, nr = 0;
	int fit;

	for (i = 0; i < nr_words; i++)
		for (j = 0; j < plan->nr; j++)
			if (plan->words[j] == words[i])
				scratch[nr++] = plan->items[j];
	fit = try_plan(plan, scratch);
	return fit < 0 ? fit : fit == (int)plan->nr;
}

static bool next_permutation(unsigned int *words, unsigned int nr)
{
	unsigned int i, j, k, word;

	for (i = nr - 1; i && words[i - 1] > words[i]; i--)
		;
	if (!i)
		return false;
	for (j = nr - 1; words[j] < words[i - 1]; j--)
		;
	word = words[j];
	words[j] = words[i - 1];
	words[i - 1] = word;
	for (k = nr - 1; i < k; i++, k--) {
		word = words[k];
		words[k] = words[i];
		words[i] = word;
	}
	return true;
}

static void name_order(struct plan *plan, const unsigned int *words,
		       unsigned int nr)
{
	const struct args *args = plan->session->args;
	char size[CMACTL_TEXT_BYTES];
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < nr && at < sizeof(plan->order); i++) {
		const struct item *item = &args->items[words[i]];

		at += snprintf(plan->order + at, sizeof(plan->order) - at,
			       "%s%" PRIu32 " x %s", i ? ", then " : "",
			       item->count, size_text(item->bytes, size));
	}
}

/* Which order fits? Return: 0; -ENOMEM. */
static int find_order(struct plan *plan, struct lcma_plan_item *scratch)
{
	const size_t bytes = plan->nr * sizeof(*plan->items);
	const unsigned int nr_words = plan->session->args->nr_items;
	unsigned int i, words[ITEM_WORDS];
	int fit = 0;

	for (i = 0; i < LCMA_PLAN_NR_ORDERS && !fit; i++) {
		memcpy(scratch, plan->items, bytes);
		lcma_plan_sort(scratch, plan->nr, i);
		fit = try_plan(plan, scratch);
		fit = fit < 0 ? fit : fit == (int)plan->nr;
		if (fit > 0)
			snprintf(plan->order, sizeof(plan->order), "%s",
				 orders[i]);
	}
	for (i = 0; i < nr_words; i++)
		words[i] = i;
	if (nr_words <= PERMUTED_WORDS) {
		while (!fit && next_permutation(words, nr_words))
			fit = try_order(plan, words, nr_words, scratch);
		if (fit > 0 && !*plan->order)
			name_order(plan, words, nr_words);
	}
	return fit < 0 ? fit : 0;
}

/* What would the other kind of policy make of it? Return: 0; -ENOMEM. */
static int try_other_policy(struct plan *plan, struct lcma_plan_item *scratch)
{
	struct plan other = *plan;
	unsigned int i;
	int fit;

	other.rule.is_first_fit = !plan->rule.is_first_fit;
	for (i = 0; i < plan->nr_regions; i++)
		plan->regions[i].is_first_fit = !plan->regions[i].is_first_fit;
	memcpy(scratch, plan->items, plan->nr * sizeof(*scratch));
	fit = try_plan(&other, scratch);
	for (i = 0; i < plan->nr_regions; i++)
		plan->regions[i].is_first_fit = !plan->regions[i].is_first_fit;
	plan->other_fit = fit < 0 ? 0 : fit;
	return fit < 0 ? fit : 0;
}

/* Return: the least size of an empty region, in bytes; 0: none. */
static uint64_t least_of(const struct plan *plan, void *mem,
			 struct lcma_plan_item *scratch)
{
	return plan->page * lcma_plan_least(&plan->rule, mem,
					    plan_pages(plan, plan->unit),
					    scratch, plan->nr);
}

/* In their order, and in the one that needs least. Return: 0; -ENOMEM. */
static int find_least(struct plan *plan, struct lcma_plan_item *scratch)
{
	const size_t bytes = plan->nr * sizeof(*plan->items);
	const unsigned long most = lcma_plan_ceiling(&plan->rule,
						     plan_pages(plan, plan->unit),
						     plan->items, plan->nr);
	unsigned int i;
	uint64_t least;
	void *mem;

	if (most >= LCMA_MAP_MAX_PAGES)
		return 0;
	mem = malloc(lcma_map_bytes(most));
	if (!mem)
		return -ENOMEM;
	memcpy(scratch, plan->items, bytes);
	plan->least = least_of(plan, mem, scratch);
	for (i = 0; i < LCMA_PLAN_NR_ORDERS; i++) {
		memcpy(scratch, plan->items, bytes);
		lcma_plan_sort(scratch, plan->nr, i);
		least = least_of(plan, mem, scratch);
		if (least && (!plan->least || least < plan->least) &&
		    (!plan->least_sorted || least < plan->least_sorted)) {
			plan->least_sorted = least;
			plan->sorted = orders[i];
		}
	}
	free(mem);
	return 0;
}

int trial_run(struct plan *plan)
{
	struct lcma_plan_item *scratch = malloc(plan->nr * sizeof(*scratch));
	const int fit = try_plan(plan, plan->items);
	int err = !scratch ? -ENOMEM : fit < 0 ? fit : 0;

	if (!err) {
		plan->fit = fit;
		if (fit < (int)plan->nr)
			err = find_order(plan, scratch);
	}
	if (!err)
		err = try_other_policy(plan, scratch);
	if (!err)
		err = find_least(plan, scratch);
	free(scratch);
	return err;
}
