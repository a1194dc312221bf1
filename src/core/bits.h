/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bits: what the kernel's bitmap functions do one bit after the other, or do not
 * export, for bitmaps with one bit a page.
 *
 * Pure: no kernel state, no lock, no allocation.
 */
#ifndef LCMA_BITS_H
#define LCMA_BITS_H

#include "core/seam.h"

void lcma_bits_fill(unsigned long *bits, unsigned long start,
		    unsigned long nr_pages, bool value);
unsigned long lcma_bits_weight(const unsigned long *bits, unsigned long start,
			       unsigned long nr_bits);

#endif
