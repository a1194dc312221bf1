// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outlines: see outline.h.
 */
#include "front/outline.h"

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include <uapi/linux/lcma.h>

#include "region/picture.h"
#include "region/region.h"

/* The states and contents of a piece have the numbers that callers are told. */
static_assert(LCMA_STATE_SHARED == LCMA_SHARED);
static_assert(LCMA_STATE_POOL == LCMA_POOL);
static_assert(LCMA_STATE_BUSY == LCMA_BUSY);
static_assert(LCMA_STATE_USED == LCMA_USED);
static_assert(LCMA_CONTENT_UNSEEN == LCMA_CONTENT_UNKNOWN);
static_assert(LCMA_CONTENT_UNUSED == LCMA_CONTENT_FREE);
static_assert(LCMA_CONTENT_IN_USE == LCMA_CONTENT_MOVABLE);
static_assert(LCMA_CONTENT_LARGE == LCMA_CONTENT_HUGE);
static_assert(LCMA_CONTENT_IO == LCMA_CONTENT_PASSING);
static_assert(LCMA_CONTENT_OFF_LIST == LCMA_CONTENT_APART);
static_assert(LCMA_CONTENT_PIN == LCMA_CONTENT_PINNED);
static_assert(LCMA_CONTENT_STUCK == LCMA_CONTENT_UNMOVABLE);
static_assert(LCMA_CONTENT_KERNEL == LCMA_CONTENT_RESERVED);

/* Up to the last field of the first version of the entry. */
#define MAP_SIZE_MIN	offsetofend(struct lcma_map_entry, content)

/* Pages that one call looks at. */
#define MAP_LOOKS	65536U

/* Return: 0; -EFAULT. */
static int write_piece(const struct lcma_region_map *map,
		       const struct lcma_piece *piece, u32 nr)
{
	const struct lcma_map_entry entry = {
		.offset = (u64)piece->start << PAGE_SHIFT,
		.bytes = (u64)piece->nr_pages << PAGE_SHIFT,
		.state = piece->state,
		.content = piece->content,
	};
	void __user *to;

	to = u64_to_user_ptr(map->entries + (u64)nr * map->entry_size);
	return copy_to_user(to, &entry, min_t(size_t, sizeof(entry),
					      map->entry_size)) ? -EFAULT : 0;
}

/* Return: 0; -EFAULT; -EINTR. */
static int write_pieces(struct lcma_region_map *map, struct lcma_region *region)
{
	const bool is_looking = map->flags & LCMA_MAP_LOOK;
	unsigned int looks = MAP_LOOKS;
	struct lcma_piece piece;
	u32 nr = 0;
	int err;

	while (nr < map->nr &&
	       lcma_picture_piece(region, (unsigned long)(map->from >> PAGE_SHIFT),
				  is_looking ? &looks : NULL, &piece)) {
		err = write_piece(map, &piece, nr++);
		if (err)
			return err;
		map->from += (u64)piece.nr_pages << PAGE_SHIFT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	map->nr = nr;
	return 0;
}

/**
 * lcma_outline_write - tell a caller what a region looks like
 * @region: the region
 * @map: what the caller asked for; afterwards how much it got, and where to go on
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL an entry that is too small, or no such place; -EPERM a look
 * without CAP_SYS_ADMIN; -EFAULT; -EINTR killed.
 */
int lcma_outline_write(struct lcma_region *region, struct lcma_region_map *map)
{
	if (map->entry_size < MAP_SIZE_MIN || map->from & ~PAGE_MASK ||
	    map->from > (u64)region->carve.nr_pages << PAGE_SHIFT)
		return -EINVAL;
	if (map->flags & LCMA_MAP_LOOK && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return write_pieces(map, region);
}
