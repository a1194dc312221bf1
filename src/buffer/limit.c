// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits: see limit.h.
 */
#include "buffer/limit.h"

#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/minmax.h>

#include "region/region.h"

/**
 * lcma_limit_reaches - how much of a range does a device reach?
 * @dev: the device
 * @phys: first byte
 * @len_bytes: how many, not 0
 *
 * It is told by its mask for coherent memory, the bus's limit and the translation of the
 * bus (dma-ranges).
 *
 * Context: any.
 * Return: how much.
 */
enum lcma_reached lcma_limit_reaches(struct device *dev, phys_addr_t phys, u64 len_bytes)
{
	const u64 limit = min_not_zero(dev->coherent_dma_mask,
				       dev->bus_dma_limit);
	const dma_addr_t first = phys_to_dma(dev, phys);
	const dma_addr_t last = phys_to_dma(dev, phys + len_bytes - 1);

	if (first == DMA_MAPPING_ERROR || first > limit)
		return LCMA_REACHED_NONE;
	/* A range that the bus translates in two pieces is not one range. */
	if (last == DMA_MAPPING_ERROR || last > limit ||
	    (u64)last - first != len_bytes - 1)
		return LCMA_REACHED_PART;
	return LCMA_REACHED_ALL;
}

/**
 * lcma_limit_region - how much of a region does a device reach?
 * @dev: the device
 * @region: the region
 *
 * Context: any.
 * Return: how much.
 */
enum lcma_reached lcma_limit_region(struct device *dev,
				    const struct lcma_region *region)
{
	return lcma_limit_reaches(dev, lcma_region_phys(region, 0),
			  (u64)region->carve.nr_pages << PAGE_SHIFT);
}
