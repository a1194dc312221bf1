/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Back-off: units that have lately been in vain are tried last for a while.
 */
#ifndef LCMA_BACKOFF_H
#define LCMA_BACKOFF_H

#include "region/region.h"

void lcma_backoff_note(struct lcma_region *region, unsigned long page);
void lcma_backoff_forget(struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages);
bool lcma_backoff_any(struct lcma_region *region);
bool lcma_backoff_is_sore(const struct lcma_region *region,
			  unsigned long start, unsigned long nr_pages);

#endif
