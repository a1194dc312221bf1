/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reach: where in physical memory a run may lie, because a device reaches no more.
 * Pure.
 */
#ifndef LCMA_REACH_H
#define LCMA_REACH_H

#include "core/map.h"

/**
 * struct lcma_reach - where a run may lie
 * @at: it begins at this page frame; 0: anywhere
 * @below: it ends before this page frame; 0: anywhere
 * @boundary: it crosses no multiple of so many pages, a power of two; 0: it may
 */
struct lcma_reach {
	unsigned long at;
	unsigned long below;
	unsigned long boundary;
};

/* Is there a limit at all? */
static inline bool lcma_reach_is_given(const struct lcma_reach *reach)
{
	return reach->at || reach->below || reach->boundary;
}

bool lcma_reach_apply(const struct lcma_reach *reach, unsigned long nr_pages,
		      struct lcma_fit *fit);

#endif
