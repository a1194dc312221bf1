/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions as dma-heaps: /dev/dma_heap/NAME.
 */
#ifndef LCMA_HEAP_H
#define LCMA_HEAP_H

int lcma_heaps_init(void);
void lcma_heaps_exit(void);

#endif
