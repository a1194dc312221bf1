// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms: see histogram.h.
 */
#include "core/histogram.h"

#define NS_PER_US	1000U

/* Each size class is so many times as large as the one before, as a power of two. */
#define SIZE_STEP_ORDER	4

/**
 * lcma_time_class - the class of a duration
 * @ns: the duration in nanoseconds
 *
 * Return: the first class that it is not above; the last one if it is above all.
 */
unsigned int lcma_time_class(u64 ns)
{
	/* Whole microseconds before the last one that has begun. */
	const u64 us = !ns ? 0 : ns > U32_MAX ? div_u64(ns - 1, NS_PER_US) :
		       (u32)(ns - 1) / NS_PER_US;
	const unsigned int class = us ? ilog2(us) + 1 : 0;

	return min_t(unsigned int, class, LCMA_TIME_CLASSES - 1);
}

/**
 * lcma_size_class - the class of a size
 * @nr_pages: the size, at least 1
 *
 * Return: the first class that it is not above; the last one if it is above all.
 */
unsigned int lcma_size_class(unsigned long nr_pages)
{
	unsigned int class;

	for (class = 0; class < LCMA_SIZE_CLASSES - 1; class++)
		if (nr_pages <= lcma_size_class_pages(class))
			break;
	return class;
}

/**
 * lcma_size_class_pages - the largest size in a class
 * @class: the class
 *
 * Return: in pages; ULONG_MAX for the last class.
 */
unsigned long lcma_size_class_pages(unsigned int class)
{
	return class < LCMA_SIZE_CLASSES - 1 ?
	       1UL << (SIZE_STEP_ORDER * (class + 1)) : ULONG_MAX;
}

/**
 * lcma_outcome_word - an outcome in a word
 * @outcome: the outcome
 *
 * Return: a constant string; NULL if there is no such outcome.
 */
const char *lcma_outcome_word(unsigned int outcome)
{
	static const char * const words[LCMA_NR_OUTCOMES] = {
		[LCMA_FROM_POOL] = "pool",
		[LCMA_BY_SEARCH] = "search",
		[LCMA_FAILED] = "failed",
	};

	return outcome < LCMA_NR_OUTCOMES ? words[outcome] : NULL;
}
