/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks: many single pages, each with one reference, go back to the buddy
 * allocator in one step. To free a block costs little more than to free a page.
 */
#ifndef LCMA_BLOCK_H
#define LCMA_BLOCK_H

unsigned long lcma_block_next(unsigned long pfn, unsigned long nr_pages);
void lcma_block_free_singly(unsigned long pfn, unsigned long nr_pages);
void lcma_block_free(unsigned long pfn, unsigned long nr_pages);

#endif
