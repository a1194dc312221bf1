/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page frames for a device: memory without struct pages, as a device sees it.
 */
#ifndef LCMA_FRAMES_H
#define LCMA_FRAMES_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct sg_table;

dma_addr_t lcma_frames_map_one(struct device *dev, phys_addr_t phys,
			       size_t len_bytes,
			       enum dma_data_direction direction);
void lcma_frames_unmap_one(struct device *dev, dma_addr_t addr, size_t len_bytes,
			   enum dma_data_direction direction);
int lcma_frames_map(struct device *dev, struct sg_table *table, phys_addr_t phys,
		    enum dma_data_direction direction);
void lcma_frames_unmap(struct device *dev, struct sg_table *table,
		       enum dma_data_direction direction);

#endif
