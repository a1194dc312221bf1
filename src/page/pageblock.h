/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pageblocks: the kernel's unit of migrate type, and lcma's unit of isolation.
 */
#ifndef LCMA_PAGEBLOCK_H
#define LCMA_PAGEBLOCK_H

#include <linux/types.h>

#include "compat/migratetype.h"

unsigned long lcma_unit_pages(void);
bool lcma_pageblock_can_share(void);
bool lcma_pageblock_is_shareable(unsigned long pfn);
unsigned int lcma_pageblock_type(unsigned long pfn);
void lcma_pageblock_set_type(unsigned long pfn, unsigned int type);

#endif
