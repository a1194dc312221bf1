/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loose pages: what a driver got without a buffer. Two bits a page remember them,
 * so that a free that does not match an allocation frees nothing: one says that a
 * driver asked for the page, the other that what it asked for begins there.
 */
#ifndef LCMA_LOOSE_H
#define LCMA_LOOSE_H

#include "alloc/alloc.h"

struct page;

struct page *lcma_loose_alloc(struct lcma_request *request);
bool lcma_loose_free(struct lcma_region *region, struct page *pages,
		     unsigned long count, void *caller);

#endif
