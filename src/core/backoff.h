/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Backoff: units in which a claim has failed recently are tried last.
 *
 * A page that was in the way of one request will be in the way of the next one,
 * until its holder lets go. One bit a unit says that a claim has failed there, and
 * one number says when. The unit is backed off until a claim there succeeds, or
 * until @pause is over. That is an order, not a verdict: when nothing else is left,
 * these units are tried as well.
 *
 * Time is a clock of any unit that wraps around; the caller says what it shows.
 */
#ifndef LCMA_BACKOFF_H
#define LCMA_BACKOFF_H

#include "core/seam.h"

/* Long compared with the pauses of a request, short compared with its deadline. */
#define LCMA_BACKOFF_MS		1000

/**
 * struct lcma_backoff - the units of a region that are backed off
 * @units: [lock] one bit a unit: it is backed off
 * @failed_at: [lock] for each unit that is: when a claim failed there
 * @nr_units: fixed
 * @unit_pages: fixed; pages in a unit
 * @pause: fixed; how long a unit stays backed off
 * @nr_off: [lock] how many units are backed off
 *
 * Written in: core/backoff.c
 */
struct lcma_backoff {
	unsigned long *units;
	unsigned int *failed_at;
	unsigned long nr_units;
	unsigned long unit_pages;
	unsigned int pause;
	unsigned long nr_off;
};

size_t lcma_backoff_bytes(unsigned long nr_pages, unsigned long unit_pages);
void lcma_backoff_init(struct lcma_backoff *backoff, void *mem,
		       unsigned long nr_pages, unsigned long unit_pages,
		       unsigned int pause);
void lcma_backoff_note(struct lcma_backoff *backoff, unsigned long page,
		       unsigned int now);
void lcma_backoff_forget(struct lcma_backoff *backoff, unsigned long start,
			 unsigned long nr_pages);
bool lcma_backoff_any(struct lcma_backoff *backoff, unsigned int now);
bool lcma_backoff_touches(const struct lcma_backoff *backoff,
			  unsigned long start, unsigned long nr_pages);

#endif
