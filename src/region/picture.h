/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pictures: what a region looks like, piece by piece, for those that show it. On
 * request with a look at the pages that the system has. No lock is held between two
 * pieces, nor while pages are looked at, so a picture may never have been true as a
 * whole.
 */
#ifndef LCMA_PICTURE_H
#define LCMA_PICTURE_H

#include "core/map.h"
#include "page/obstacle.h"

struct lcma_region;

/**
 * struct lcma_piece - neighbouring pages that look alike
 * @start: first page
 * @nr_pages: how many
 * @state: their state
 * @content: what is on them, if they are shared and were looked at
 */
struct lcma_piece {
	unsigned long start;
	unsigned long nr_pages;
	enum lcma_state state;
	enum lcma_content content;
};

bool lcma_picture_piece(struct lcma_region *region, unsigned long from,
			unsigned int *looks, struct lcma_piece *piece);

#endif
