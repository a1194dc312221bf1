/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system: how much memory the kernel has for itself, and what it was asked to reserve.
 */
#ifndef LCMA_SYSTEM_H
#define LCMA_SYSTEM_H

#include <linux/types.h>

/* Room for the value of cma=. */
#define LCMA_SYSTEM_WORD_BYTES	48

/**
 * struct lcma_system - the memory of all zones, in pages
 * @all_pages: what the kernel manages
 * @cma_pages: in CMA areas, those of regions of source cma included
 * @fixed_pages: where the kernel can put what cannot be moved: not in CMA areas, not
 *	HIGHMEM; pages that regions of source reserve_mem share are counted
 * @fixed_free_pages: how many of those are free just now
 */
struct lcma_system {
	unsigned long all_pages;
	unsigned long cma_pages;
	unsigned long fixed_pages;
	unsigned long fixed_free_pages;
};

void lcma_system_look(struct lcma_system *system);
bool lcma_system_cma_word(char *word, size_t size_bytes);

#endif
