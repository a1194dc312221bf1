/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Phandles: which regions the device tree gives a device, by the property
 * memory-region of its node.
 *
 *	memory-region = <&frames>, <&planes>;
 *	memory-region-names = "frames", "planes";
 *
 * Each names a node below /reserved-memory. The regions that lie in such a node
 * (source "of") are the device's, in the order in which they were made.
 */
#ifndef LCMA_PHANDLE_H
#define LCMA_PHANDLE_H

#include <linux/types.h>

struct device;
struct device_node;
struct lcma_region;
struct reserved_mem;

unsigned int lcma_phandle_regions_in(const struct reserved_mem *rmem,
				     struct lcma_region **regions,
				     unsigned int max_regions);
unsigned int lcma_phandle_regions(struct device *dev, unsigned int index,
				  struct lcma_region **regions,
				  unsigned int max_regions);
struct lcma_region *lcma_phandle_region(struct device *dev, unsigned int index);
int lcma_phandle_index(struct device *dev, const char *name);

#endif
