/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draining: a region's memory back to its source.
 */
#ifndef LCMA_DRAIN_H
#define LCMA_DRAIN_H

#include "region/region.h"

int lcma_drain(struct lcma_region *region);
void lcma_drain_for_good(struct lcma_region *region);

#endif
