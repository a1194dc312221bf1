/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: the buffers that lie in it (buffer/buffer.h).
 */
#ifndef LCMA_PART_BUFFERS_H
#define LCMA_PART_BUFFERS_H

#include <linux/rbtree.h>
#include <linux/types.h>

/**
 * struct lcma_buffers - the buffers of a region
 * @tree: [lock] by number: oldest first
 * @last_id: [lock] the number of the newest one there has been
 *
 * Written in: buffer/buffer.c
 */
struct lcma_buffers {
	struct rb_root tree;
	u64 last_id;
};

static inline void lcma_buffers_init(struct lcma_buffers *buffers)
{
	buffers->tree = RB_ROOT;
}

#endif
