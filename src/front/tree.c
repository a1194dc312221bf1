// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device tree as a rule: see tree.h.
 *
 * The kernel asks the operations of a reservation, which source/answer.c sets to those
 * of this file: for a node that is the kernel's own area, after the kernel's own; for
 * another one instead of none. They are as before when the module goes.
 *
 * A driver may ask for a device that is on no bus, made for one phandle (a decoder with
 * a device for each bank). No notifier tells when such a device goes, so it is served
 * from here on until the driver calls of_reserved_mem_device_release().
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/tree.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>

#include "buffer/phandle.h"
#include "core/rule.h"
#include "front/bind.h"
#include "region/region.h"
#include "source/answer.h"

static int serve(struct reserved_mem *rmem, struct device *dev)
{
	struct lcma_region *regions[LCMA_LIST_REGIONS];
	unsigned int nr;

	nr = lcma_phandle_regions_in(rmem, regions, LCMA_LIST_REGIONS);
	return lcma_bind_memory(dev, regions, min_t(unsigned int, nr, LCMA_LIST_REGIONS));
}

static int plain_init(struct reserved_mem *rmem, struct device *dev)
{
	return serve(rmem, dev);
}

static void plain_release(struct reserved_mem *rmem, struct device *dev)
{
	lcma_bind_memory_release(dev);
}

/* The kernel's area stays the device's, for what lcma leaves to the kernel. */
static int area_init(struct reserved_mem *rmem, struct device *dev)
{
	const struct reserved_mem_ops *ops = lcma_answer_of_kernel(rmem);
	const int err = ops->device_init(rmem, dev);

	if (!err && serve(rmem, dev))
		dev_dbg(dev, "lcma: served by the kernel alone\n");
	return err;
}

static void area_release(struct reserved_mem *rmem, struct device *dev)
{
	const struct reserved_mem_ops *ops = lcma_answer_of_kernel(rmem);

	lcma_bind_memory_release(dev);
	if (ops->device_release)
		ops->device_release(rmem, dev);
}

static const struct reserved_mem_ops plain_operations = {
	.device_init = plain_init,
	.device_release = plain_release,
};

static const struct reserved_mem_ops area_operations = {
	.device_init = area_init,
	.device_release = area_release,
};

/* Each reservation of the device tree, with what is to be done with it. */
static void act_on_memories(void (*act)(struct reserved_mem *rmem))
{
	struct device_node *root = of_find_node_by_path("/reserved-memory");
	struct reserved_mem *rmem;
	struct device_node *np;

	for_each_available_child_of_node(root, np) {
		rmem = of_reserved_mem_lookup(np);
		if (rmem && rmem->size)
			act(rmem);
	}
	of_node_put(root);
}

static void claim(struct reserved_mem *rmem)
{
	struct lcma_region *region;

	if (lcma_phandle_regions_in(rmem, &region, 1))
		lcma_answer_set(rmem, &plain_operations, &area_operations);
}

/**
 * lcma_tree_claim - answer for the nodes that regions lie in
 *
 * Again after a region was added.
 *
 * Context: process, may sleep; one caller at a time.
 */
void lcma_tree_claim(void)
{
	act_on_memories(claim);
}

/**
 * lcma_tree_stop - answer for none
 *
 * Context: while the module unloads, may sleep. A device whose driver is about to probe
 * keeps the module, so no driver is just asking for a device that bind.c serves.
 */
void lcma_tree_stop(void)
{
	act_on_memories(lcma_answer_clear);
}
