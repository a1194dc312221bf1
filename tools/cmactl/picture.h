/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a region looks like, as the device tells it: from the first byte to the last.
 */
#ifndef CMACTL_PICTURE_H
#define CMACTL_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/lcma.h>

/**
 * struct picture - a region's pieces, in order
 * @pieces: those that look alike are one
 * @nr: how many
 * @room: how many fit at the moment
 * @has_look: the contents are known, too
 */
struct picture {
	struct lcma_map_entry *pieces;
	size_t nr;
	size_t room;
	bool has_look;
};

/**
 * picture_load - ask the device
 * @device: from device_open()
 * @region: the region's name
 * @flags: LCMA_MAP_*
 * @picture: out; picture_free() it, whatever was returned
 *
 * Return: 0; a negative errno.
 */
int picture_load(int device, const char *region, uint32_t flags,
		 struct picture *picture);

/**
 * picture_look - the same, with a look at the system's pages if that is permitted
 * @device: from device_open()
 * @region: the region's name
 * @picture: out; picture_free() it, whatever was returned
 *
 * Return: 0; a negative errno.
 */
int picture_look(int device, const char *region, struct picture *picture);
void picture_free(struct picture *picture);

/**
 * piece_is_stuck - is it in the way of an allocation, and not only for a moment?
 * @piece: the piece
 *
 * Return: true if it is pinned, cannot be moved, or is the kernel's.
 */
bool piece_is_stuck(const struct lcma_map_entry *piece);

/**
 * picture_largest_movable - the longest run that an allocation could get
 * @picture: with a look
 *
 * Return: its bytes: of pieces that are neither used, nor on their way, nor stuck.
 */
uint64_t picture_largest_movable(const struct picture *picture);

#endif
