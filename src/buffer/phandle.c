// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phandles: see phandle.h. A region does not remember its node: the kernel says where
 * a node's memory is, and the region says where it is itself.
 */
#include "buffer/phandle.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>

#include "region/region.h"

/**
 * lcma_phandle_regions_in - which regions lie in a node's memory?
 * @rmem: what the kernel made of the node
 * @regions: the answer
 * @max_regions: how many fit
 *
 * Only those whose source is the device tree: a region that was carved out of the
 * kernel's own area has no node, even if the area has one.
 *
 * Context: any.
 * Return: how many there are, those included that do not fit.
 */
unsigned int lcma_phandle_regions_in(const struct reserved_mem *rmem,
				     struct lcma_region **regions,
				     unsigned int max_regions)
{
	struct lcma_region *region;
	unsigned int i, nr = 0;

	lcma_for_each_region(region, i) {
		const phys_addr_t phys = lcma_region_phys(region, 0);

		if (region->carve.source != &lcma_source_of ||
		    phys < rmem->base || phys - rmem->base >= rmem->size)
			continue;
		if (nr < max_regions)
			regions[nr] = region;
		nr++;
	}
	return nr;
}

/**
 * lcma_phandle_regions - which regions does a device's node name?
 * @dev: the device, or NULL
 * @index: which of its phandles
 * @regions: the answer
 * @max_regions: how many fit
 *
 * Context: any.
 * Return: how many there are; 0: none, or no such phandle.
 */
unsigned int lcma_phandle_regions(struct device *dev, unsigned int index,
				  struct lcma_region **regions,
				  unsigned int max_regions)
{
	struct device_node *np = NULL;
	struct reserved_mem *rmem;

	if (dev && dev->of_node)
		np = of_parse_phandle(dev->of_node, "memory-region", index);
	if (!np)
		return 0;
	rmem = of_reserved_mem_lookup(np);
	of_node_put(np);
	return rmem ? lcma_phandle_regions_in(rmem, regions, max_regions) : 0;
}

/**
 * lcma_phandle_region - the first region of a device's phandle
 * @dev: the device, or NULL
 * @index: which of its phandles
 *
 * Context: any.
 * Return: the region; NULL: none.
 */
struct lcma_region *lcma_phandle_region(struct device *dev, unsigned int index)
{
	struct lcma_region *region;

	return lcma_phandle_regions(dev, index, &region, 1) ? region : NULL;
}

/**
 * lcma_phandle_index - the number of the phandle of a name
 * @dev: the device
 * @name: as in memory-region-names
 *
 * Context: any.
 * Return: the index; -ENOENT: there is none of that name.
 */
int lcma_phandle_index(struct device *dev, const char *name)
{
	int index = dev && dev->of_node ?
		    of_property_match_string(dev->of_node, "memory-region-names",
					     name) : -ENOENT;

	return index < 0 ? -ENOENT : index;
}
