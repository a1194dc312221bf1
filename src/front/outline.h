/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Outlines: what a region looks like, piece by piece, for callers of
 * LCMA_IOC_REGION_MAP.
 */
#ifndef LCMA_OUTLINE_H
#define LCMA_OUTLINE_H

struct lcma_region;
struct lcma_region_map;

int lcma_outline_write(struct lcma_region *region, struct lcma_region_map *map);

#endif
