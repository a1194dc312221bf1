/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Areas: whole units of one of the kernel's CMA areas, taken through the DMA API. What
 * sources cma (the default area) and of (the area of a reusable node) share.
 */
#ifndef LCMA_AREA_H
#define LCMA_AREA_H

#include <linux/types.h>

#include "source/source.h"

struct device;
struct lcma_area;

/**
 * struct lcma_row - the neighbouring units that are wanted
 * @nr_units: how many
 * @spec: the region, which says where they may lie
 * @longest: how many such a row had at most
 */
struct lcma_row {
	unsigned long nr_units;
	const struct lcma_spec *spec;
	unsigned long longest;
};

struct lcma_area *lcma_area_open(void);
struct device *lcma_area_device(struct lcma_area *area);
void lcma_area_close(struct lcma_area *area);
int lcma_area_measure(struct lcma_area *area, unsigned long *nr_pages);
int lcma_area_row(const struct lcma_spec *spec, struct lcma_row *row);
int lcma_area_take(struct lcma_area *area, struct lcma_row *want,
		   struct lcma_carve *carve);
void lcma_area_give_back(struct lcma_area *area, unsigned long start_pfn,
			 unsigned long nr_pages);

#endif
