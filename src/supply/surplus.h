/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Surplus: how many pages the pool may hold, and what becomes of the others. Two
 * marks: above keep_high nothing is kept; what lies above keep_low is given up
 * without requests, or when the system is short of memory. The upkeep
 * (upkeep.c) is told here that a pool needs looking after.
 */
#ifndef LCMA_SURPLUS_H
#define LCMA_SURPLUS_H

#include "region/region.h"

/* A mark that stays what it is. */
#define LCMA_KEEP_SAME		ULONG_MAX

void lcma_surplus_start(struct lcma_region *region);
void lcma_surplus_stop(struct lcma_region *region);
unsigned long lcma_surplus_room(struct lcma_region *region);
void lcma_surplus_give_back(struct lcma_region *region, unsigned long start,
			    unsigned long nr_pages);
void lcma_surplus_trim(struct lcma_region *region);
void lcma_surplus_share(struct lcma_region *region);
unsigned long lcma_surplus_shed(struct lcma_region *region,
				unsigned long nr_pages);
unsigned long lcma_surplus_decay(struct lcma_region *region,
				 unsigned long nr_pages);
unsigned long lcma_surplus_idle(struct lcma_region *region);
unsigned long lcma_surplus_shrink(struct lcma_region *region,
				  unsigned long nr_pages);
bool lcma_surplus_is_pressed(struct lcma_region *region);
int lcma_surplus_set_keep(struct lcma_region *region, unsigned long low,
			  unsigned long high);
void lcma_surplus_promise(struct lcma_region *region, unsigned long nr_pages);
void lcma_surplus_set_wedge(struct lcma_region *region, bool is_wedged);
void lcma_surplus_set_decay(struct lcma_region *region, unsigned int decay_ms);
void lcma_surplus_poke(void);
void lcma_surplus_poke_soon(struct lcma_region *region);
long lcma_surplus_await(long timeout);

#endif
