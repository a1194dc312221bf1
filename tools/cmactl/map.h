/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pictures of regions: what a piece looks like, and the picture as SVG.
 */
#ifndef CMACTL_MAP_H
#define CMACTL_MAP_H

#include <stdio.h>

#include "picture.h"

/* How a piece looks. The last three are in the way. */
enum look {
	LOOK_SHARED,
	LOOK_UNUSED,
	LOOK_IN_USE,
	LOOK_LARGE,
	LOOK_OFF_LIST,
	LOOK_IO,
	LOOK_POOL,
	LOOK_BUSY,
	LOOK_USED,
	LOOK_KERNEL,
	LOOK_STUCK,
	LOOK_PIN,
	NR_LOOKS,
};

/* look_of - how it looks */
enum look look_of(const struct lcma_map_entry *piece);

/* look_word - in words */
const char *look_word(enum look look);

/**
 * look_bytes - how much of each look a range has
 * @picture: the picture
 * @piece: the first piece that may count
 * @from: first byte of the range
 * @end: its end
 * @bytes: out: NR_LOOKS numbers
 *
 * Return: the first piece that may count for what comes after.
 */
size_t look_bytes(const struct picture *picture, size_t piece, uint64_t from,
		  uint64_t end, uint64_t *bytes);

/**
 * svg_region - a picture of a region
 * @to: where to
 * @device: it is asked for the buffers, whose labels stand in the picture
 * @info: the region
 * @picture: what it looks like
 */
void svg_region(FILE *to, int device, const struct lcma_region_info *info,
		const struct picture *picture);

#endif
