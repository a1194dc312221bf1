/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits: which memory a device can address. Its driver says it in probe, the bus and
 * the device tree before; so it is asked at each allocation, never remembered.
 */
#ifndef LCMA_LIMIT_H
#define LCMA_LIMIT_H

#include <linux/lcma.h>
#include <linux/types.h>

struct device;
struct lcma_region;

enum lcma_reaches lcma_limit_reaches(struct device *dev, phys_addr_t phys, u64 len_bytes);
enum lcma_reaches lcma_limit_region(struct device *dev,
				    const struct lcma_region *region);
enum lcma_reaches lcma_limit_of(struct device *dev, const struct lcma_region *region,
				struct lcma_limits *limits);

#endif
