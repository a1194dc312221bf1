/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plans: would buffers fit? plan.c asks and answers, trial.c tries, ground.c has the
 * regions. The module's own core decides, on maps that are cmactl's.
 */
#ifndef CMACTL_PLAN_H
#define CMACTL_PLAN_H

#include "cmactl.h"
#include "core/plan.h"

/**
 * struct plan - one plan
 * @session: the run of cmactl
 * @page: bytes of a page
 * @unit: what an empty region begins and ends on, in bytes
 * @is_guess: so it is on most such machines; this kernel was not asked
 * @rule: what holds for an empty region
 * @regions: the regions, as they are now; each has its map
 * @names: their names
 * @mems: the memory of their maps
 * @nr_regions: how many; 0: an empty region
 * @list: how --region joins them
 * @is_list: it does
 * @stuck: bytes of them that look as if they could not be moved
 * @has_look: at least one of them was looked at
 * @bytes: how large an empty one is, 0: not asked for
 * @items: the buffers as they were asked for, and where they lie
 * @words: for each, which word of the command line it comes from
 * @nr: how many
 * @fit: how many of them fit, in their order
 * @order: the first order in which all fit, in words; "" if none was found
 * @other_fit: how many fit with the policy that @rule has not
 * @least: the least size of an empty region, in bytes; 0: none was found
 * @least_sorted: the least in another order, if that is less, else 0
 * @sorted: that order, in words
 */
struct plan {
	struct session *session;
	uint64_t page;
	uint64_t unit;
	bool is_guess;
	struct lcma_plan_region rule;
	struct lcma_plan_region *regions;
	char (*names)[LCMA_NAME_SIZE];
	void **mems;
	unsigned int nr_regions;
	struct lcma_list list;
	bool is_list;
	uint64_t stuck;
	bool has_look;
	uint64_t bytes;
	struct lcma_plan_item *items;
	unsigned int *words;
	unsigned int nr;
	unsigned int fit;
	char order[512];
	unsigned int other_fit;
	uint64_t least;
	uint64_t least_sorted;
	const char *sorted;
};

/**
 * plan_pages - bytes in pages, rounded up
 * @plan: says how large a page is
 * @bytes: the bytes
 *
 * Return: pages, at most LCMA_MAP_MAX_PAGES.
 */
unsigned long plan_pages(const struct plan *plan, uint64_t bytes);

/**
 * trial_run - plan the buffers as they were asked for
 * @plan: items, fit, other_fit, order and least are filled in
 *
 * Return: 0; -ENOMEM.
 */
int trial_run(struct plan *plan);

/**
 * ground_load - copy the maps of regions, what is stuck in them counts as used
 * @plan: regions, unit and rule are filled in
 * @device: from device_open()
 * @regions: in the order in which a request tries them
 *
 * Return: 0; a negative errno. ground_free() it, whatever was returned.
 */
int ground_load(struct plan *plan, int device, const struct regions *regions);
void ground_free(struct plan *plan);

#endif
