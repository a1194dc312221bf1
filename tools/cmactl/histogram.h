/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long many things took: counted in classes of a sixteenth of their size,
 * by any number of threads. Pure.
 */
#ifndef CMACTL_HISTOGRAM_H
#define CMACTL_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_CLASSES	(61 * 16)

/**
 * struct histogram - what was counted; all zero to begin with
 * @nr: how many
 * @max: the largest, exact
 * @counts: how many of each class
 */
struct histogram {
	uint64_t nr;
	uint64_t max;
	uint32_t counts[HISTOGRAM_CLASSES];
};

/**
 * histogram_add - count one
 * @histogram: the histogram; may be added to by others at the same time
 * @value: any
 */
void histogram_add(struct histogram *histogram, uint64_t value);

/**
 * histogram_quantile - which value so many are not above
 * @histogram: the histogram; no thread adds to it
 * @percent: 50 for the median, 99; 0 to 100
 *
 * Return: the upper end of the class, no more than @max: exact below 16, and
 * at most a sixteenth too large above; 0 if nothing was counted.
 */
uint64_t histogram_quantile(const struct histogram *histogram,
			    unsigned int percent);

#endif
