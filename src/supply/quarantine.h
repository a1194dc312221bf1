/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quarantine: pages whose buffer is gone, but which are still held.
 */
#ifndef LCMA_QUARANTINE_H
#define LCMA_QUARANTINE_H

#include "core/map.h"

struct lcma_region;

void lcma_quarantine_start(struct lcma_region *region);
void lcma_quarantine_stop(struct lcma_region *region);
void lcma_retire(struct lcma_region *region, unsigned long start,
		 unsigned long nr_pages, enum lcma_state from,
		 unsigned int give_flags);
void lcma_quarantine_retry(struct lcma_region *region);
unsigned long lcma_quarantine_next(struct lcma_region *region,
				   unsigned long from);

#endif
