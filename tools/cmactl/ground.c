// SPDX-License-Identifier: GPL-2.0-only
/*
 * The regions that a plan stands on: copies of their maps. See plan.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "picture.h"
#include "plan.h"

/* A map of a region: what is stuck counts as used. Return: 0; a negative errno. */
static int load_map(struct plan *plan, int device,
		    const struct lcma_region_info *info, unsigned int at)
{
	const unsigned long nr_pages = plan_pages(plan, info->bytes);
	struct lcma_plan_region *region = &plan->regions[at];
	struct picture picture;
	unsigned long start, end;
	size_t i;
	int err = picture_look(device, info->name, &picture);

	if (!err) {
		region->map = calloc(1, sizeof(*region->map));
		plan->mems[at] = malloc(lcma_map_bytes(nr_pages));
		if (!region->map || !plan->mems[at])
			err = -ENOMEM;
	}
	if (!err)
		lcma_map_init(region->map, plan->mems[at], nr_pages,
			      LCMA_SHARED);
	plan->has_look |= !err && picture.has_look;
	for (i = 0; !err && i < picture.nr; i++) {
		const struct lcma_map_entry *piece = &picture.pieces[i];
		enum lcma_state state = (enum lcma_state)piece->state;

		if (piece_is_stuck(piece)) {
			state = LCMA_USED;
			plan->stuck += piece->bytes;
		}
		start = piece->offset / plan->page;
		end = start + piece->bytes / plan->page;
		if (state != LCMA_SHARED && state < LCMA_NR_STATES &&
		    end <= nr_pages)
			lcma_map_move(region->map, start, end - start,
				      LCMA_SHARED, state);
	}
	picture_free(&picture);
	return err;
}

static bool is_first_fit(const char *policy)
{
	return !strncmp(policy, "first-fit", 9);
}

/* What the region has now; a user who is not told gets the default. */
static bool has_first_fit(const char *region)
{
	char line[32] = "";
	FILE *file;

	if (sysfs_open(region, "policy", &file))
		return false;
	if (!fgets(line, sizeof(line), file))
		*line = '\0';
	fclose(file);
	return is_first_fit(line);
}

/* Return: 0; a negative errno. */
static int load_region(struct plan *plan, int device,
		       const struct lcma_region_info *info, unsigned int at)
{
	struct lcma_plan_region *region = &plan->regions[at];

	region->align_pages = plan_pages(plan, info->align);
	region->granule_pages = plan_pages(plan, info->granule);
	/* Without its address: regions begin on a unit. */
	region->base_pfn = info->attrs & LCMA_REGION_PHYS ?
			   (unsigned long)(info->phys / plan->page) : 0;
	region->is_first_fit = has_first_fit(info->name);
	snprintf(plan->names[at], LCMA_NAME_SIZE, "%s", info->name);
	if (!at) {
		plan->rule = *region;
		plan->unit = info->unit;
	}
	return load_map(plan, device, info, at);
}

int ground_load(struct plan *plan, int device, const struct regions *regions)
{
	const char *policy = plan->session->args->policy;
	int i, err = regions->nr ? 0 : -ENOENT;

	plan->regions = calloc(regions->nr + 1, sizeof(*plan->regions));
	plan->names = calloc(regions->nr + 1, sizeof(*plan->names));
	plan->mems = calloc(regions->nr + 1, sizeof(*plan->mems));
	if (!plan->regions || !plan->names || !plan->mems)
		err = -ENOMEM;
	for (i = 0; !err && i < regions->nr; i++) {
		plan->nr_regions++;
		err = load_region(plan, device, &regions->info[i], i);
		if (!err && policy)
			plan->regions[i].is_first_fit = is_first_fit(policy);
	}
	if (!err)
		plan->rule.is_first_fit = plan->regions[0].is_first_fit;
	return err;
}

void ground_free(struct plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->nr_regions; i++) {
		free(plan->regions[i].map);
		free(plan->mems[i]);
	}
	free(plan->regions);
	free(plan->names);
	free(plan->mems);
}
