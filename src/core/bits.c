// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bits: see bits.h.
 */
#include "core/bits.h"

/* From so many bits on it pays to set whole words at once. */
#define LONG_BITS	(4 * BITS_PER_LONG)

/**
 * lcma_bits_fill - set or clear neighbouring bits
 * @bits: one bit a page
 * @start: the first
 * @nr_pages: how many
 * @value: what they are afterwards
 *
 * As bitmap_set() and bitmap_clear(), which write word by word; a run may be long.
 *
 * Context: the caller holds the lock that protects @bits.
 */
void lcma_bits_fill(unsigned long *bits, unsigned long start,
		    unsigned long nr_pages, bool value)
{
	const unsigned long end = start + nr_pages;
	unsigned long from = ALIGN(start, BITS_PER_LONG);
	unsigned long to = end / BITS_PER_LONG * BITS_PER_LONG;
	unsigned long mask;

	/* Most are in one word. */
	if (nr_pages && (end - 1) / BITS_PER_LONG == start / BITS_PER_LONG) {
		mask = (~0UL >> (BITS_PER_LONG - nr_pages)) << (start % BITS_PER_LONG);
		bits += start / BITS_PER_LONG;
		*bits = value ? *bits | mask : *bits & ~mask;
		return;
	}
	if (to < from + LONG_BITS) {
		from = end;
		to = end;
	} else {
		memset(bits + from / BITS_PER_LONG, value ? 0xff : 0,
		       (to - from) / 8);
	}
	if (value && from > start)
		bitmap_set(bits, start, from - start);
	else if (from > start)
		bitmap_clear(bits, start, from - start);
	if (value && end > to)
		bitmap_set(bits, to, end - to);
	else if (end > to)
		bitmap_clear(bits, to, end - to);
}

/**
 * lcma_bits_weight - how many bits are set
 * @bits: a bitmap
 * @start: first bit
 * @nr_bits: how many; few, see LCMA_HOLD_PAGES
 *
 * Return: how many of them are set.
 */
unsigned long lcma_bits_weight(const unsigned long *bits, unsigned long start,
			       unsigned long nr_bits)
{
	const unsigned long end = start + nr_bits;
	unsigned long word = start / BITS_PER_LONG;
	unsigned long last = end / BITS_PER_LONG;
	unsigned long first_bits = ~0UL << (start % BITS_PER_LONG);
	unsigned long last_bits = ~(~0UL << (end % BITS_PER_LONG));
	unsigned long weight = 0;

	if (word == last)
		return hweight_long(last_bits ?
				    bits[word] & first_bits & last_bits : 0);
	weight = hweight_long(bits[word++] & first_bits);
	for (; word < last; word++)
		weight += hweight_long(bits[word]);
	/* No word follows where the range ends with one. */
	return last_bits ? weight + hweight_long(bits[last] & last_bits) : weight;
}
