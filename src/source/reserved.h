/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reservations: ranges that the kernel set aside at boot and gave to nothing. What
 * sources reserve_mem (its command line) and of (plain nodes of its device tree) share.
 */
#ifndef LCMA_RESERVED_H
#define LCMA_RESERVED_H

#include <linux/types.h>

#include "source/source.h"

/**
 * struct lcma_reservation - a reservation, in page frames
 * @label: its name
 * @phys: where it begins
 * @first: first whole page
 * @end: exclusive end of the last whole page
 * @has_pages: its struct pages are memory's; else they are not looked at
 */
struct lcma_reservation {
	const char *label;
	phys_addr_t phys;
	unsigned long first;
	unsigned long end;
	bool has_pages;
};

/**
 * struct lcma_wish - which part of a reservation a region wants
 * @nr_pages: how much
 * @align_pages: beginning at a multiple of this
 * @is_private: nothing of it can be shared, so it need not be whole units
 * @lost_pages: what is in no whole unit, if it has to be whole units
 * @longest: the longest such row that could be had, in pages
 */
struct lcma_wish {
	unsigned long nr_pages;
	unsigned long align_pages;
	bool is_private;
	unsigned long lost_pages;
	unsigned long longest;
};

bool lcma_reservation_set(struct lcma_reservation *reservation,
			  const char *label, phys_addr_t phys,
			  phys_addr_t size_bytes);
unsigned long lcma_reservation_pages(const struct lcma_reservation *reservation,
				     bool is_private);
unsigned long lcma_reservation_taken(const struct lcma_reservation *reservation);
int lcma_reserved_take(const struct lcma_spec *spec,
		       const struct lcma_reservation *reservation,
		       struct lcma_wish *wish, struct lcma_carve *carve);
void lcma_reserved_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			     unsigned long nr_pages);
void lcma_reserved_discard(struct lcma_carve *carve);

#endif
