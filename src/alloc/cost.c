// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy "cost": the places that are cheapest to empty come first.
 *
 * Their pages are looked at without the lock, and with a limit: what was seen may be
 * gone a moment later.
 */
#include "alloc/policy.h"

#include <linux/minmax.h>

#include "page/buddy.h"
#include "page/obstacle.h"
#include "region/region.h"

/*
 * Pages of all places together that are looked at; and of one place: a look takes a
 * twentieth of what it takes to move a page, so each fourth page says enough.
 */
#define MAX_LOOKS	1024
#define MIN_LOOKS	64UL
#define LOOK_EACH	4

/* Stretches of one place that are looked at; each of them needs a call. */
#define MAX_STRETCHES	4

/*
 * What counts, in sixteenths of migrating one page: a page beside the run that the
 * kernel takes and frees again, and that the pool has no room for; a page that a
 * long run loses; another call.
 */
#define MIGRATE_COST	16
#define REST_COST	1
#define LOSS_COST	4
#define CALL_COST	(32 * MIGRATE_COST)

/* A page in it will hardly be moved: not recommended at all. */
#define COST_STUCK	ULONG_MAX

/* Pages that the kernel has to take and free again: blocks reach over the edge. */
static unsigned long count_rest(unsigned long pfn, unsigned long nr_pages)
{
	const unsigned long end = pfn + nr_pages;
	unsigned long first_pfn, nr_block, nr_rest = 0;

	if (lcma_buddy_taken(pfn, &first_pfn))
		nr_rest = pfn - first_pfn;
	nr_block = lcma_buddy_taken(end - 1, &first_pfn);
	if (nr_block && first_pfn + nr_block > end)
		nr_rest += first_pfn + nr_block - end;
	return nr_rest;
}

/* What it would take to empty a place; pages of the pool cost nothing. */
static unsigned long cost_of(struct lcma_region *region,
			     const struct lcma_option *option,
			     unsigned long nr_pages, unsigned int max_looks,
			     unsigned long room)
{
	const unsigned long end = option->start + nr_pages;
	unsigned long at = option->start, cost = option->loss * LOSS_COST;
	unsigned long pfn, nr_rest;
	struct lcma_weight weight;
	bool is_first = true;
	struct lcma_stretch s;
	unsigned int i;

	for (i = 0; i < MAX_STRETCHES && lcma_region_stretch(region, at, end, &s);
	     i++, at += s.nr_pages) {
		if (s.state != LCMA_SHARED)
			continue;
		pfn = lcma_region_pfn(region, s.start);
		lcma_obstacle_weigh(pfn, s.nr_pages, max_looks, &weight);
		if (weight.nr_stuck)
			return COST_STUCK;
		cost += weight.nr_users * MIGRATE_COST;
		if (!is_first)
			cost += CALL_COST;
		is_first = false;
		nr_rest = count_rest(pfn, s.nr_pages);
		if (nr_rest > room)
			cost += (nr_rest - room) * REST_COST;
	}
	/* Many islands: they have to be given up and claimed again. */
	if (at < end)
		cost += MAX_STRETCHES * CALL_COST;
	return cost;
}

/*
 * Good enough not to look at others: what there is to do costs no more than to
 * look.
 */
static bool is_cheap(const struct lcma_option *option, unsigned long nr_pages)
{
	return option->cost <= max_t(unsigned long, nr_pages, MIGRATE_COST);
}

/* Costs of options, until one is good enough. Return: how many have one. */
static unsigned int judge(struct lcma_region *region, const struct lcma_fit *fit,
			  struct lcma_option *options, unsigned int nr,
			  unsigned long room)
{
	const unsigned long enough = max(MIN_LOOKS, fit->nr_pages / LOOK_EACH);
	const unsigned int max_looks = min_t(unsigned long, enough, MAX_LOOKS / nr);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		options[i].cost = cost_of(region, &options[i], fit->nr_pages,
					  max_looks, room);
		if (is_cheap(&options[i], fit->nr_pages))
			return i + 1;
	}
	return nr;
}

static unsigned int rank_by_cost(struct lcma_region *region,
				 const struct lcma_fit *fit, unsigned long room,
				 struct lcma_option *options, unsigned int nr)
{
	nr = judge(region, fit, options, nr, room);
	lcma_place_rank(options, nr);
	while (nr && options[nr - 1].cost == COST_STUCK)
		nr--;
	return nr;
}

const struct lcma_policy lcma_policy_cost = {
	.word = "cost",
	.rank = rank_by_cost,
};
