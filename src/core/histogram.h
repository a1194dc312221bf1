/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms: the classes in which allocations are counted, by how large they were,
 * what became of them, and how long they took.
 *
 * Pure: no kernel state, no lock.
 */
#ifndef LCMA_HISTOGRAM_H
#define LCMA_HISTOGRAM_H

#include "core/seam.h"

/* Class i: up to 2^i microseconds; the last one: all that is longer. */
#define LCMA_TIME_CLASSES	25

/* Up to 16, 256, 4096 pages; the last one: all that is larger. */
#define LCMA_SIZE_CLASSES	4

/**
 * enum lcma_outcome - what became of an allocation
 * @LCMA_FROM_POOL: the pool served it
 * @LCMA_BY_SEARCH: a run was emptied for it
 * @LCMA_FAILED: it failed
 * @LCMA_NR_OUTCOMES: how many there are
 */
enum lcma_outcome {
	LCMA_FROM_POOL,
	LCMA_BY_SEARCH,
	LCMA_FAILED,
	LCMA_NR_OUTCOMES,
};

unsigned int lcma_time_class(u64 ns);
unsigned int lcma_size_class(unsigned long nr_pages);
unsigned long lcma_size_class_pages(unsigned int class);
const char *lcma_outcome_word(unsigned int outcome);

#endif
