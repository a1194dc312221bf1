// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long many things took: see histogram.h.
 */
#include "histogram.h"

/* Sixteen classes to each power of two; below 16, a class a value. */
static unsigned int class_of(uint64_t value)
{
	unsigned int power;

	if (value < 16)
		return value;
	power = 63 - __builtin_clzll(value);
	return (power - 3) * 16 + (value >> (power - 4) & 15);
}

static uint64_t class_last(unsigned int nr)
{
	unsigned int power = nr / 16 + 3;

	if (nr < 16)
		return nr;
	return ((uint64_t)(16 + nr % 16) << (power - 4)) +
	       ((uint64_t)1 << (power - 4)) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
	uint64_t max = __atomic_load_n(&histogram->max, __ATOMIC_RELAXED);

	__atomic_add_fetch(&histogram->counts[class_of(value)], 1,
			   __ATOMIC_RELAXED);
	__atomic_add_fetch(&histogram->nr, 1, __ATOMIC_RELAXED);
	while (value > max &&
	       !__atomic_compare_exchange_n(&histogram->max, &max, value, 0,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

uint64_t histogram_quantile(const struct histogram *histogram,
			    unsigned int percent)
{
	/* The first so many, rounded up, and one at least. */
	uint64_t left = (histogram->nr * percent + 99) / 100;
	unsigned int i;

	if (!histogram->nr)
		return 0;
	left = left ? left : 1;
	for (i = 0; i < HISTOGRAM_CLASSES - 1; i++) {
		if (histogram->counts[i] >= left)
			break;
		left -= histogram->counts[i];
	}
	return class_last(i) < histogram->max ? class_last(i) : histogram->max;
}
