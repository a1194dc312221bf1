/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free blocks of the buddy allocator, as a look at pages tells.
 */
#ifndef LCMA_BUDDY_H
#define LCMA_BUDDY_H

#include <linux/types.h>

unsigned long lcma_buddy_block(unsigned long pfn, unsigned long *first_pfn);
unsigned long lcma_buddy_taken(unsigned long pfn, unsigned long *first_pfn);

#endif
