/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions as dma-heaps: /dev/dma_heap/NAME.
 */
#ifndef LCMA_HEAP_H
#define LCMA_HEAP_H

struct lcma_region;

int lcma_heaps_init(void);
int lcma_heap_add(struct lcma_region *region);
void lcma_heaps_exit(void);

#endif
