/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures: why the last allocation in a region failed, in words.
 */
#ifndef LCMA_FAILURE_H
#define LCMA_FAILURE_H

#include "region.h"

/* Room for lcma_failure_text(). */
#define LCMA_FAILURE_TEXT_BYTES	256

int lcma_failure_text(struct lcma_region *region, bool with_pfn, char *text,
		      size_t size_bytes);

#endif
