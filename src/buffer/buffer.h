/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers: contiguous allocations with an owner.
 */
#ifndef LCMA_BUFFER_H
#define LCMA_BUFFER_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "alloc/alloc.h"
#include "buffer/account.h"
#include "core/parse.h"

struct dma_buf;

/**
 * struct lcma_buffer_facts - what can be told of a buffer
 * @id: its number in its region, never used twice
 * @phys: physical address
 * @bytes: size
 * @align_bytes: the alignment that was asked for
 * @latency_ns: how long the allocation took, zeroing included
 * @created: when it was there, on the monotonic clock
 * @owner: which front end it was asked for through
 * @pid: the process that asked, a thread group, as the reader's pid namespace sees it; 0:
 *	not in it
 * @is_gone: that process has ended; the reader fills it in
 * @uid: whose it was
 * @comm: its command
 * @label: "" if none was given
 * @inode: of its dma-buf; 0: it has none
 * @nr_pins: devices and kernel mappings that rely on its address; the reader fills
 *	it in
 */
struct lcma_buffer_facts {
	u64 id;
	phys_addr_t phys;
	u64 bytes;
	u64 align_bytes;
	u64 latency_ns;
	ktime_t created;
	enum lcma_owner owner;
	pid_t pid;
	bool is_gone;
	kuid_t uid;
	char comm[TASK_COMM_LEN];
	char label[LCMA_LABEL_BYTES];
	unsigned long inode;
	int nr_pins;
};

/**
 * struct lcma_buffer - one contiguous allocation
 * @ref: its holders; the pages go back with the last reference
 * @node: in region->buffers.tree, under region->lock
 * @run: its pages
 * @charge: what it costs, and who pays; or NULL
 * @tgid: the process that asked
 * @facts: what can be told of it; fixed, but for pid and inode, which the reader
 *	fills in
 * @inode: of its dma-buf; 0: it has none
 * @nr_pins: what relies on its physical address just now: devices that map it,
 *	kernel mappings. A buffer without pins could be moved.
 * @dmabuf_lock: protects @dmabuf; dmabuf.c's own
 * @dmabuf: the one dma-buf of this buffer, without a reference; NULL: none
 */
struct lcma_buffer {
	struct kref ref;
	struct rb_node node;
	struct lcma_run run;
	struct lcma_charge *charge;
	struct pid *tgid;
	struct lcma_buffer_facts facts;
	unsigned long inode;
	atomic_t nr_pins;
	struct mutex dmabuf_lock;	/* dmabuf */
	struct dma_buf *dmabuf;
};

struct lcma_buffer *lcma_buffer_new(const struct lcma_request *request,
				    struct lcma_account *account);
void lcma_buffer_ref(struct lcma_buffer *buffer);
void lcma_buffer_unref(struct lcma_buffer *buffer);
struct lcma_buffer *lcma_buffer_find(struct lcma_region *region, u64 id);
void lcma_buffer_describe(const struct lcma_buffer *buffer,
			  struct lcma_buffer_facts *facts);
unsigned int lcma_buffer_list(struct lcma_region *region, u64 after_id,
			      struct lcma_buffer_facts *facts,
			      unsigned int max);

static inline unsigned long lcma_buffer_pfn(const struct lcma_buffer *buffer)
{
	return lcma_region_pfn(buffer->run.region, buffer->run.start);
}

#endif
