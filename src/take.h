/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking one run: shared and pool pages become used, or nothing changes.
 */
#ifndef LCMA_TAKE_H
#define LCMA_TAKE_H

#include <linux/ktime.h>

#include "obstacle.h"
#include "region.h"

/* No deadline. */
#define LCMA_FOREVER	KTIME_MAX

void lcma_take_begin(struct lcma_region *region, unsigned long start,
		     unsigned long nr_pages);
int lcma_take(struct lcma_region *region, unsigned long start,
	      unsigned long nr_pages, ktime_t deadline,
	      struct lcma_obstacle *obstacle);

#endif
