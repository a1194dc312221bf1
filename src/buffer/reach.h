/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reach: which memory a device can address. Its driver says it in probe, the bus and
 * the device tree before; so it is asked at each allocation, never remembered.
 */
#ifndef LCMA_REACH_H
#define LCMA_REACH_H

#include <linux/types.h>

struct device;
struct lcma_region;

/**
 * enum lcma_reach - how much of a range a device reaches
 * @LCMA_REACH_NONE: not its first byte
 * @LCMA_REACH_PART: some of it
 * @LCMA_REACH_ALL: all of it
 */
enum lcma_reach {
	LCMA_REACH_NONE,
	LCMA_REACH_PART,
	LCMA_REACH_ALL,
};

enum lcma_reach lcma_reach(struct device *dev, phys_addr_t phys, u64 len_bytes);
enum lcma_reach lcma_reach_region(struct device *dev,
				  const struct lcma_region *region);

#endif
