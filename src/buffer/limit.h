/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits: which memory a device can address. Its driver says it in probe, the bus and
 * the device tree before; so it is asked at each allocation, never remembered.
 */
#ifndef LCMA_LIMIT_H
#define LCMA_LIMIT_H

#include <linux/types.h>

struct device;
struct lcma_region;

/**
 * enum lcma_reached - how much of a range a device reaches
 * @LCMA_REACHED_NONE: not its first byte
 * @LCMA_REACHED_PART: some of it
 * @LCMA_REACHED_ALL: all of it
 */
enum lcma_reached {
	LCMA_REACHED_NONE,
	LCMA_REACHED_PART,
	LCMA_REACHED_ALL,
};

enum lcma_reached lcma_limit_reaches(struct device *dev, phys_addr_t phys, u64 len_bytes);
enum lcma_reached lcma_limit_region(struct device *dev,
				    const struct lcma_region *region);

#endif
