/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settling: pages that are busy become used, or unused; a request that found no run waits for
 * that.
 */
#ifndef LCMA_SETTLE_H
#define LCMA_SETTLE_H

#include <linux/ktime.h>

#include "region/region.h"
#include "supply/take.h"

long lcma_settle_jiffies(ktime_t deadline);
int lcma_settle_wait(struct lcma_region *region, const struct lcma_fit *fit,
		     unsigned long nr_unused, ktime_t deadline,
		     struct lcma_taking *taking);

#endif
