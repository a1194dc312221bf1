/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers: contiguous allocations with an owner.
 */
#ifndef LCMA_BUFFER_H
#define LCMA_BUFFER_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "alloc.h"
#include "parse.h"

/**
 * struct lcma_buffer_info - what can be told of a buffer
 * @id: its number in its region, never used twice
 * @phys: physical address
 * @bytes: size
 * @align_bytes: the alignment that was asked for
 * @latency_ns: how long the allocation took, zeroing included
 * @created: when it was there, on the monotonic clock
 * @pid: who asked: thread group, in the initial namespace
 * @uid: whose it was
 * @comm: its command
 * @label: "" if none was given
 */
struct lcma_buffer_info {
	u64 id;
	phys_addr_t phys;
	u64 bytes;
	u64 align_bytes;
	u64 latency_ns;
	ktime_t created;
	pid_t pid;
	kuid_t uid;
	char comm[TASK_COMM_LEN];
	char label[LCMA_LABEL_BYTES];
};

/**
 * struct lcma_buffer - one contiguous allocation
 * @ref: who holds it; the pages go back with the last reference
 * @link: in region->buffers, under region->lock
 * @run: its pages
 * @info: what can be told of it; fixed
 */
struct lcma_buffer {
	struct kref ref;
	struct list_head link;
	struct lcma_run run;
	struct lcma_buffer_info info;
};

struct lcma_buffer *lcma_buffer_new(const struct lcma_request *request,
				    const char *label);
void lcma_buffer_put(struct lcma_buffer *buffer);
unsigned int lcma_buffer_list(struct lcma_region *region, u64 after_id,
			      struct lcma_buffer_info *info, unsigned int max);

#endif
