// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups: see group.h. Drivers set masks in probe and may change them later, so each
 * allocation asks whether its device still belongs where it is.
 */
#include "buffer/group.h"

#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "buffer/limit.h"
#include "fault.h"
#include "region/region.h"
#include "supply/surplus.h"

/* Pieces of a bus's translation that are compared; a device with more has its own group. */
#define MAX_PIECES	4

/**
 * struct constraints - what a device can address
 * @limit: its highest address
 * @nr_pieces: of the bus's translation
 * @pieces: these; what is not used is 0
 */
struct constraints {
	u64 limit;
	unsigned int nr_pieces;
	struct {
		phys_addr_t cpu_start;
		dma_addr_t dma_start;
		u64 size;
	} pieces[MAX_PIECES];
};

/**
 * struct lcma_group - devices of equal constraints
 * @link: in groups
 * @constraints: theirs
 * @number: for people, from 1 on
 * @members: the devices
 */
struct lcma_group {
	struct list_head link;
	struct constraints constraints;
	unsigned int number;
	struct list_head members;
};

/* Groups, and their members. Outside region->lock. */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(groups);
static unsigned int last_number;

static void read_constraints(struct device *dev, struct constraints *c)
{
	const struct bus_dma_region *piece = dev->dma_range_map;

	memset(c, 0, sizeof(*c));
	c->limit = min_not_zero(dev->coherent_dma_mask, dev->bus_dma_limit);
	for (; piece && piece->size; piece++, c->nr_pieces++) {
		if (c->nr_pieces >= MAX_PIECES)
			continue;
		c->pieces[c->nr_pieces].cpu_start = piece->cpu_start;
		c->pieces[c->nr_pieces].dma_start = piece->dma_start;
		c->pieces[c->nr_pieces].size = piece->size;
	}
}

static bool is_equal(const struct constraints *a, const struct constraints *b)
{
	return a->nr_pieces <= MAX_PIECES && !memcmp(a, b, sizeof(*a));
}

/* Under lock. Return: the group of these constraints; NULL: there is none. */
static struct lcma_group *find_group(const struct constraints *c)
{
	struct lcma_group *group;

	list_for_each_entry(group, &groups, link)
		if (is_equal(&group->constraints, c))
			return group;
	return NULL;
}

/* Under lock: what all groups together want in a region's pool. */
static unsigned long wanted_in(const struct lcma_region *region)
{
	const struct lcma_member *member;
	const struct lcma_group *group;
	unsigned long most, sum = 0;

	list_for_each_entry(group, &groups, link) {
		most = 0;
		list_for_each_entry(member, &group->members, link)
			if (member->region == region)
				most = max(most, member->keep_pages);
		sum += most;
	}
	return sum;
}

static void promise(struct lcma_region *region)
{
	lockdep_assert_held(&lock);
	if (region)
		lcma_surplus_promise(region, wanted_in(region));
}

/* Under lock. Return: a group that nobody is in any longer, to be freed; or NULL. */
static struct lcma_group *leave(struct lcma_member *member)
{
	struct lcma_group *group = member->group;

	if (!group)
		return NULL;
	list_del(&member->link);
	member->group = NULL;
	member->number = 0;
	promise(member->region);
	if (!list_empty(&group->members))
		return NULL;
	list_del(&group->link);
	return group;
}

/* Which of its regions does a device reach, and which is to keep memory for it? */
static void choose_region(struct lcma_member *member, struct device *dev,
			  struct lcma_region *const *regions, unsigned int nr_regions)
{
	unsigned int i;

	member->region = NULL;
	member->nr_reached = 0;
	for (i = 0; i < nr_regions; i++) {
		const enum lcma_reaches reaches = lcma_limit_region(dev, regions[i]);

		member->nr_reached += reaches != LCMA_REACHES_NONE;
		if (!member->region && reaches == LCMA_REACHES_ALL)
			member->region = regions[i];
	}
}

/**
 * lcma_group_join - put a device where it belongs now
 * @member: the device's membership
 * @dev: the device
 * @regions: the regions that it allocates from, in order
 * @nr_regions: how many
 * @keep_bytes: what must be there for its requests that may not wait; 0: nothing
 *
 * A device that is where it belongs stays there; that is cheap. In a new group the upkeep
 * begins at once to take the memory in. Without memory for a group the device is in
 * none, and the next call tries again.
 *
 * Context: any but hard interrupts; takes region->lock.
 * Return: true if the device has come to a group just now.
 */
bool lcma_group_join(struct lcma_member *member, struct device *dev,
		     struct lcma_region *const *regions, unsigned int nr_regions,
		     u64 keep_bytes)
{
	struct lcma_group *group, *fresh, *old;
	struct constraints c;
	unsigned long flags;

	read_constraints(dev, &c);
	spin_lock_irqsave(&lock, flags);
	group = member->group;
	if (group && is_equal(&group->constraints, &c)) {
		spin_unlock_irqrestore(&lock, flags);
		return false;
	}
	spin_unlock_irqrestore(&lock, flags);

	fresh = lcma_fault(GROUP_NEW) ? NULL :
		kzalloc(sizeof(*fresh), GFP_ATOMIC | __GFP_NOWARN);
	spin_lock_irqsave(&lock, flags);
	old = leave(member);
	group = find_group(&c);
	if (!group && fresh) {
		group = fresh;
		fresh = NULL;
		group->constraints = c;
		group->number = ++last_number;
		INIT_LIST_HEAD(&group->members);
		list_add_tail(&group->link, &groups);
	}
	choose_region(member, dev, regions, nr_regions);
	if (group) {
		member->group = group;
		member->number = group->number;
		member->keep_pages = PFN_UP(keep_bytes);
		list_add_tail(&member->link, &group->members);
		promise(member->region);
	}
	spin_unlock_irqrestore(&lock, flags);
	kfree(old);
	kfree(fresh);
	return group;
}

/**
 * lcma_group_leave - a device is in no group any longer
 * @member: the device's membership
 *
 * With the last device of a group its pool goes: the marks of the region are as before.
 *
 * Context: any but hard interrupts; takes region->lock.
 */
void lcma_group_leave(struct lcma_member *member)
{
	struct lcma_group *old;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	old = leave(member);
	spin_unlock_irqrestore(&lock, flags);
	kfree(old);
}
