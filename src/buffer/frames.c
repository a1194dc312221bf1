// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page frames for a device: see frames.h.
 *
 * The kernel maps what has no pages as a resource, as it does registers of another
 * device. For a device that has neither an IOMMU nor operations of its own this leaves
 * the translation of the bus (dma-ranges) away, so it is done here.
 */
#include "buffer/frames.h"

#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>

/* Does the device see memory where the bus has it? */
static bool is_direct(struct device *dev)
{
	return !get_dma_ops(dev) && !device_iommu_mapped(dev);
}

/* Does the device put addresses out that far? */
static bool is_reached(struct device *dev, dma_addr_t addr, size_t len_bytes)
{
	return dev->dma_mask && addr != DMA_MAPPING_ERROR &&
	       addr + len_bytes - 1 <= min_not_zero(*dev->dma_mask,
						    dev->bus_dma_limit);
}

/**
 * lcma_frames_map_one - map one range of page frames for a device
 * @dev: the device
 * @phys: where it is
 * @len_bytes: how long
 * @direction: for which transfers
 *
 * Context: process, may sleep.
 * Return: where the device sees it; DMA_MAPPING_ERROR if it does not reach all of it.
 */
dma_addr_t lcma_frames_map_one(struct device *dev, phys_addr_t phys,
			       size_t len_bytes,
			       enum dma_data_direction direction)
{
	dma_addr_t addr;

	if (!is_direct(dev)) {
		addr = dma_map_resource(dev, phys, len_bytes, direction, 0);
		return dma_mapping_error(dev, addr) ? DMA_MAPPING_ERROR : addr;
	}
	addr = phys_to_dma(dev, phys);
	return is_reached(dev, addr, len_bytes) ? addr : DMA_MAPPING_ERROR;
}

/**
 * lcma_frames_unmap_one - undo lcma_frames_map_one()
 * @dev: the device
 * @addr: where the device sees it
 * @len_bytes: how long
 * @direction: for which transfers
 *
 * Context: process, may sleep.
 */
void lcma_frames_unmap_one(struct device *dev, dma_addr_t addr, size_t len_bytes,
			   enum dma_data_direction direction)
{
	if (!is_direct(dev))
		dma_unmap_resource(dev, addr, len_bytes, direction, 0);
}

static void unmap_first(struct device *dev, struct sg_table *table,
			unsigned int nr, enum dma_data_direction direction)
{
	struct scatterlist *entry;
	unsigned int i;

	for_each_sg(table->sgl, entry, nr, i)
		lcma_frames_unmap_one(dev, sg_dma_address(entry),
				      sg_dma_len(entry), direction);
}

/**
 * lcma_frames_map - map page frames for a device
 * @dev: the device
 * @table: entries with a length and no page
 * @phys: where the memory of the first entry is; the others follow it
 * @direction: for which transfers
 *
 * Context: process, may sleep.
 * Return: 0; -EIO if the device does not reach all of it.
 */
int lcma_frames_map(struct device *dev, struct sg_table *table, phys_addr_t phys,
		    enum dma_data_direction direction)
{
	struct scatterlist *entry;
	unsigned int i;

	for_each_sgtable_sg(table, entry, i) {
		sg_dma_address(entry) = lcma_frames_map_one(dev, phys,
							    entry->length,
							    direction);
		sg_dma_len(entry) = entry->length;
		if (sg_dma_address(entry) == DMA_MAPPING_ERROR) {
			unmap_first(dev, table, i, direction);
			return -EIO;
		}
		phys += entry->length;
	}
	table->nents = table->orig_nents;
	return 0;
}

/**
 * lcma_frames_unmap - the device is done
 * @dev: the device
 * @table: of lcma_frames_map()
 * @direction: the same
 *
 * Context: process, may sleep.
 */
void lcma_frames_unmap(struct device *dev, struct sg_table *table,
		       enum dma_data_direction direction)
{
	unmap_first(dev, table, table->nents, direction);
}
