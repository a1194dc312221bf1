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

/*
 * How many bytes from an address on does the device reach, as one range? The bus may
 * translate in several pieces (dma-ranges); only what lies in the first one counts.
 */
static u64 reached_bytes(struct device *dev, phys_addr_t phys, u64 len_bytes)
{
	const u64 limit = min_not_zero(dev->coherent_dma_mask,
				       dev->bus_dma_limit);
	const struct bus_dma_region *piece = dev->dma_range_map;
	const dma_addr_t first = phys_to_dma(dev, phys);

	if (first == DMA_MAPPING_ERROR || first > limit)
		return 0;
	len_bytes = min_t(u64, len_bytes - 1, limit - first) + 1;
	if (!piece)
		return len_bytes;
	for (; piece->size; piece++)
		if (phys >= piece->cpu_start && phys - piece->cpu_start < piece->size)
			return min_t(u64, len_bytes,
				     piece->size - (phys - piece->cpu_start));
	return 0;
}

static enum lcma_reaches reaches_of(u64 reached, u64 len_bytes)
{
	if (!reached)
		return LCMA_REACHES_NONE;
	return reached == len_bytes ? LCMA_REACHES_ALL : LCMA_REACHES_PART;
}

static u64 region_bytes(const struct lcma_region *region)
{
	return (u64)region->carve.nr_pages << PAGE_SHIFT;
}

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
enum lcma_reaches lcma_limit_reaches(struct device *dev, phys_addr_t phys, u64 len_bytes)
{
	return reaches_of(reached_bytes(dev, phys, len_bytes), len_bytes);
}

/**
 * lcma_limit_region - how much of a region does a device reach?
 * @dev: the device
 * @region: the region
 *
 * Context: any.
 * Return: how much.
 */
enum lcma_reaches lcma_limit_region(struct device *dev,
				    const struct lcma_region *region)
{
	return lcma_limit_reaches(dev, lcma_region_phys(region, 0),
				  region_bytes(region));
}

/**
 * lcma_limit_of - where in a region may memory for a device lie?
 * @dev: the device
 * @region: the region
 * @limits: the answer, as a request has it; none if the device reaches all of the region
 *
 * What a device reaches of a region begins at the region's first page, or it reaches
 * none of it as far as lcma is concerned.
 *
 * Context: any.
 * Return: how much it reaches.
 */
enum lcma_reaches lcma_limit_of(struct device *dev, const struct lcma_region *region,
				struct lcma_limits *limits)
{
	const phys_addr_t phys = lcma_region_phys(region, 0);
	const u64 bytes = region_bytes(region);
	const u64 reached = reached_bytes(dev, phys, bytes);

	*limits = (struct lcma_limits) { .below = reached < bytes ? phys + reached : 0 };
	return reaches_of(reached, bytes);
}
