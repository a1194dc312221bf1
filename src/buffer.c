// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers: see buffer.h.
 */
#include "buffer.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Pages zeroed between two looks at the clock and at signals. */
#define ZERO_BATCH	256

/* Return: 0; -EINTR; -ETIMEDOUT. */
static int zero_run(const struct lcma_run *run, ktime_t deadline)
{
	unsigned long pfn = lcma_region_pfn(run->region, run->start);
	unsigned long i;

	for (i = 0; i < run->nr_pages; i++) {
		clear_highpage(pfn_to_page(pfn + i));
		if ((i + 1) % ZERO_BATCH)
			continue;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (deadline != LCMA_FOREVER && ktime_after(ktime_get(), deadline))
			return -ETIMEDOUT;
	}
	return 0;
}

static void describe(struct lcma_buffer *buffer,
		     const struct lcma_request *request, const char *label,
		     ktime_t began)
{
	struct lcma_buffer_info *info = &buffer->info;

	info->phys = lcma_region_phys(buffer->run.region, buffer->run.start);
	info->bytes = (u64)buffer->run.nr_pages << PAGE_SHIFT;
	info->align_bytes = (u64)request->align_pages << PAGE_SHIFT;
	info->pid = task_tgid_nr(current);
	info->uid = current_uid();
	get_task_comm(info->comm, current);
	strscpy(info->label, label, sizeof(info->label));
	info->created = ktime_get();
	info->latency_ns = ktime_to_ns(ktime_sub(info->created, began));
}

/**
 * lcma_buffer_new - allocate a buffer
 * @request: what is asked for; may wait
 * @label: what it is for; "": not told
 *
 * The buffer's memory is zero.
 *
 * Context: process, may sleep.
 * Return: the buffer with one reference; ERR_PTR of what lcma_alloc() returns.
 */
struct lcma_buffer *lcma_buffer_new(const struct lcma_request *request,
				    const char *label)
{
	const ktime_t began = ktime_get();
	struct lcma_region *region;
	struct lcma_buffer *buffer;
	unsigned long flags;
	int err;

	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return ERR_PTR(-ENOBUFS);
	err = lcma_alloc(request, &buffer->run);
	if (err)
		goto err_free_buffer;
	if (!buffer->run.zeroed) {
		err = zero_run(&buffer->run, request->deadline);
		if (err)
			goto err_free_run;
	}

	kref_init(&buffer->ref);
	describe(buffer, request, label, began);
	region = buffer->run.region;
	spin_lock_irqsave(&region->lock, flags);
	buffer->info.id = ++region->next_id;
	list_add_tail(&buffer->link, &region->buffers);
	spin_unlock_irqrestore(&region->lock, flags);
	return buffer;

err_free_run:
	lcma_free(&buffer->run);
err_free_buffer:
	kfree(buffer);
	return ERR_PTR(err);
}

static void release_buffer(struct kref *ref)
{
	struct lcma_buffer *buffer = container_of(ref, struct lcma_buffer, ref);
	struct lcma_region *region = buffer->run.region;
	unsigned long flags;

	spin_lock_irqsave(&region->lock, flags);
	list_del(&buffer->link);
	spin_unlock_irqrestore(&region->lock, flags);
	lcma_free(&buffer->run);
	kfree(buffer);
}

/**
 * lcma_buffer_put - let go of a buffer
 * @buffer: the buffer
 *
 * Context: process, may sleep.
 */
void lcma_buffer_put(struct lcma_buffer *buffer)
{
	kref_put(&buffer->ref, release_buffer);
}

/**
 * lcma_buffer_list - what buffers are there?
 * @region: the region
 * @after_id: only buffers that are younger than this one; 0: from the oldest
 * @info: the answer
 * @max: how many fit
 *
 * Context: any; takes region->lock.
 * Return: how many were filled in, oldest first; less than @max: that was all.
 */
unsigned int lcma_buffer_list(struct lcma_region *region, u64 after_id,
			      struct lcma_buffer_info *info, unsigned int max)
{
	struct lcma_buffer *buffer;
	unsigned int nr = 0;
	unsigned long flags;

	spin_lock_irqsave(&region->lock, flags);
	list_for_each_entry(buffer, &region->buffers, link) {
		if (nr == max)
			break;
		if (buffer->info.id > after_id)
			info[nr++] = buffer->info;
	}
	spin_unlock_irqrestore(&region->lock, flags);
	return nr;
}
