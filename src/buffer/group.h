/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Groups: devices that can address the same memory share an emergency pool.
 *
 * A group is a set of equal constraints (mask for coherent memory, bus limit,
 * dma-ranges). It exists as long as a device of it does. Each device says how much must
 * be there for its requests that may not wait (keep= of its rule). The group's pool is
 * the most that any of its devices says, and not the sum: it is shared. There is no
 * second allocator for it: while the group lives, the marks of the pool of the region
 * that serves it are raised by so much, and the upkeep fills and refills that.
 */
#ifndef LCMA_GROUP_H
#define LCMA_GROUP_H

#include <linux/list.h>
#include <linux/types.h>

#include "core/rule.h"

struct device;
struct lcma_group;
struct lcma_region;

/**
 * struct lcma_member - a device in its group; all under group.c's lock
 * @link: in group->members
 * @group: its group; NULL: it is in none
 * @number: the group's, for people; 0: none
 * @keep_pages: what must be there for its requests that may not wait
 * @region: where: the first of its regions that it reaches as a whole; NULL: none does
 * @nr_reached: how many of its regions it reaches, at least in part
 */
struct lcma_member {
	struct list_head link;
	struct lcma_group *group;
	unsigned int number;
	unsigned long keep_pages;
	struct lcma_region *region;
	unsigned int nr_reached;
};

bool lcma_group_join(struct lcma_member *member, struct device *dev,
		     struct lcma_region *const *regions, unsigned int nr_regions,
		     u64 keep_bytes);
void lcma_group_leave(struct lcma_member *member);

#endif
