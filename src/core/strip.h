/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strips: which neighbouring units of ordinary memory a region is made of. Pure.
 */
#ifndef LCMA_STRIP_H
#define LCMA_STRIP_H

#include "core/seam.h"

/* "No such unit", the answer of a search that found nothing. */
#define LCMA_NO_UNIT	ULONG_MAX

/**
 * struct lcma_strip_unit - what a survey saw of a unit
 * @is_good: it can be emptied, as far as a look tells
 * @is_first: it is not the neighbour of the one before: another zone, or a hole
 * @may_begin: a region may begin with it
 * @may_end: a region may end with it
 * @nr_users: how many of its pages are in use
 */
struct lcma_strip_unit {
	bool is_good;
	bool is_first;
	bool may_begin;
	bool may_end;
	unsigned int nr_users;
};

unsigned long lcma_strip_choose(const struct lcma_strip_unit *units,
				unsigned long nr_units, unsigned long want,
				unsigned long *longest);
unsigned long lcma_strip_users(const struct lcma_strip_unit *units,
			       unsigned long first, unsigned long nr);

#endif
