// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers: see buffer.h.
 */
#include "buffer/buffer.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "buffer/prepared.h"
#include "fault.h"
#include "page/cache.h"
#include "trace.h"

static void note_facts(struct lcma_buffer *buffer,
		       const struct lcma_request *request, ktime_t began)
{
	struct lcma_buffer_facts *facts = &buffer->facts;

	facts->phys = lcma_region_phys(buffer->run.region, buffer->run.start);
	facts->bytes = (u64)buffer->run.nr_pages << PAGE_SHIFT;
	facts->align_bytes = (u64)request->align_pages << PAGE_SHIFT;
	facts->owner = request->owner;
	facts->uid = current_uid();
	/* Not get_task_comm(): its lock is not for interrupts. */
	strscpy(facts->comm, current->comm, sizeof(facts->comm));
	strscpy(facts->label, request->label, sizeof(facts->label));
	facts->created = ktime_get();
	facts->latency_ns = ktime_to_ns(ktime_sub(facts->created, began));
	buffer->tgid = get_pid(task_tgid(current));
}

/*
 * Return: a charge; NULL: modules are not charged; ERR_PTR. *has_paid: afterwards:
 * the charge of what was prepared has gone for it.
 */
static struct lcma_charge *charge_for(const struct lcma_request *request,
				      struct lcma_account *account, bool *has_paid)
{
	struct lcma_charge *charge;

	*has_paid = false;
	if (request->owner == LCMA_OWNER_KERNEL)
		return NULL;
	charge = lcma_charge_new(account, request->nr_pages);
	while (charge == ERR_PTR(-EDQUOT) && lcma_prepared_pay(request)) {
		*has_paid = true;
		charge = lcma_charge_new(account, request->nr_pages);
	}
	return charge;
}

/*
 * Pages that are charged: what is asked for before any page is moved for
 * it, what the region's granule adds when it is known.
 */
static int alloc_charged(const struct lcma_request *request,
			 struct lcma_account *account,
			 struct lcma_buffer *buffer, ktime_t began)
{
	bool has_paid;
	struct lcma_charge *charge = charge_for(request, account, &has_paid);
	struct lcma_run *run = &buffer->run;
	int err;

	if (IS_ERR(charge)) {
		lcma_alloc_failed(request, PTR_ERR(charge), began);
		err = PTR_ERR(charge);
		goto err_drop;
	}
	err = lcma_alloc_zeroed(request, run);
	if (err)
		goto err_uncharge;
	if (charge)
		err = lcma_charge_more(charge,
				       run->nr_pages - request->nr_pages);
	if (err)
		goto err_free;
	buffer->charge = charge;
	return 0;

err_free:
	lcma_free(run);
	lcma_alloc_failed(request, err, began);
err_uncharge:
	lcma_charge_free(charge);
err_drop:
	if (has_paid)
		lcma_prepared_drop(request);
	return err;
}

/* Numbers only grow: a new buffer is the last. */
static void enlist(struct lcma_region *region, struct lcma_buffer *buffer)
{
	struct rb_node **link = &region->buffers.tree.rb_node;
	struct rb_node *parent = NULL;

	lockdep_assert_held(&region->lock);
	buffer->facts.id = ++region->buffers.last_id;
	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	rb_link_node(&buffer->node, parent, link);
	rb_insert_color(&buffer->node, &region->buffers.tree);
}

/* The first buffer that is younger than a number. */
static struct lcma_buffer *first_after(const struct lcma_region *region,
				       u64 after_id)
{
	struct rb_node *node = region->buffers.tree.rb_node;
	struct lcma_buffer *buffer, *found = NULL;

	lockdep_assert_held(&region->lock);
	while (node) {
		buffer = rb_entry(node, struct lcma_buffer, node);
		if (buffer->facts.id > after_id) {
			found = buffer;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * lcma_buffer_new - allocate a buffer
 * @request: what is wanted
 * @account: the open file that is charged beside the user; NULL: none
 *
 * The buffer's memory is zero. The current task's user is charged, unless another
 * module asks.
 *
 * Context: process, may sleep; with LCMA_NOWAIT as lcma_alloc_pages(), where no
 * account is charged.
 * Return: the buffer with one reference; -EDQUOT over quota; ERR_PTR of what
 * lcma_alloc() returns.
 */
struct lcma_buffer *lcma_buffer_new(const struct lcma_request *request,
				    struct lcma_account *account)
{
	const ktime_t began = ktime_get();
	struct lcma_region *region;
	struct lcma_buffer *buffer;
	unsigned long flags;
	int err;

	buffer = lcma_fault(BUFFER_NEW) ? NULL :
		 kzalloc(sizeof(*buffer), request->flags & LCMA_NOWAIT ?
			 GFP_ATOMIC : GFP_KERNEL);
	if (!buffer) {
		lcma_alloc_failed(request, -ENOBUFS, began);
		return ERR_PTR(-ENOBUFS);
	}
	err = alloc_charged(request, account, buffer, began);
	if (err) {
		kfree(buffer);
		return ERR_PTR(err);
	}

	region = buffer->run.region;
	/* It was zeroed through the cache, which other mappings go past. */
	if (region->carve.has_pages && region->carve.cache != LCMA_CACHE_WB)
		lcma_cache_for_cpu(lcma_region_phys(region, buffer->run.start),
				   (u64)buffer->run.nr_pages << PAGE_SHIFT);
	kref_init(&buffer->ref);
	mutex_init(&buffer->dmabuf_lock);
	note_facts(buffer, request, began);
	lcma_region_lock(region, &flags);
	enlist(region, buffer);
	lcma_region_unlock(region, flags);
	trace_lcma_buffer_new(region->name, buffer->facts.id,
			      lcma_region_pfn(region, buffer->run.start),
			      buffer->facts.bytes, buffer->facts.latency_ns,
			      buffer->facts.label);
	return buffer;
}

/**
 * lcma_buffer_ref - one more reference
 * @buffer: the buffer
 *
 * Context: any.
 */
void lcma_buffer_ref(struct lcma_buffer *buffer)
{
	kref_get(&buffer->ref);
}

static void release_buffer(struct kref *ref)
{
	struct lcma_buffer *buffer = container_of(ref, struct lcma_buffer, ref);
	struct lcma_region *region = buffer->run.region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	rb_erase(&buffer->node, &region->buffers.tree);
	lcma_region_unlock(region, flags);
	if (trace_lcma_buffer_gone_enabled())
		trace_lcma_buffer_gone(region->name, buffer->facts.id,
				       buffer->facts.bytes,
				       ktime_to_ns(ktime_sub(ktime_get(),
							     buffer->facts.created)));
	lcma_free(&buffer->run);
	lcma_charge_free(buffer->charge);
	put_pid(buffer->tgid);
	kfree(buffer);
}

/**
 * lcma_buffer_unref - one reference less
 * @buffer: the buffer
 *
 * Context: process, may sleep.
 */
void lcma_buffer_unref(struct lcma_buffer *buffer)
{
	might_sleep();
	kref_put(&buffer->ref, release_buffer);
}

/**
 * lcma_buffer_find - a buffer by its number
 * @region: the region
 * @id: the number
 *
 * Context: any; takes region->lock.
 * Return: the buffer, with a reference for the caller; NULL: it is gone, or about to go.
 */
struct lcma_buffer *lcma_buffer_find(struct lcma_region *region, u64 id)
{
	struct lcma_buffer *buffer;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	buffer = first_after(region, id - 1);
	if (buffer && (buffer->facts.id != id || !kref_get_unless_zero(&buffer->ref)))
		buffer = NULL;
	lcma_region_unlock(region, flags);
	return buffer;
}

/**
 * lcma_buffer_describe - what can be told of a buffer
 * @buffer: the buffer
 * @facts: the answer, for the current task
 *
 * Context: any.
 */
void lcma_buffer_describe(const struct lcma_buffer *buffer,
			  struct lcma_buffer_facts *facts)
{
	*facts = buffer->facts;
	facts->pid = pid_vnr(buffer->tgid);
	facts->is_gone = lcma_owner_is_gone(buffer->tgid);
	facts->inode = READ_ONCE(buffer->inode);
	facts->nr_pins = atomic_read(&buffer->nr_pins);
}

/**
 * lcma_buffer_list - what buffers are there?
 * @region: the region
 * @after_id: only buffers that are younger than this one; 0: from the oldest
 * @facts: the answer
 * @max: how many fit; the lock is held for so many
 *
 * Context: any; takes region->lock.
 * Return: how many were filled in, oldest first; less than @max: that was all.
 */
unsigned int lcma_buffer_list(struct lcma_region *region, u64 after_id,
			      struct lcma_buffer_facts *facts, unsigned int max)
{
	struct lcma_buffer *buffer;
	struct rb_node *node;
	unsigned int nr = 0;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	buffer = first_after(region, after_id);
	for (node = buffer ? &buffer->node : NULL; node && nr < max;
	     node = rb_next(node)) {
		buffer = rb_entry(node, struct lcma_buffer, node);
		lcma_buffer_describe(buffer, &facts[nr++]);
	}
	lcma_region_unlock(region, flags);
	return nr;
}
