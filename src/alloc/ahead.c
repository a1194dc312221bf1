// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ahead: see ahead.h.
 *
 * The request goes the way of every other one (alloc.c): the pool or a search, its
 * deadline, its failure in the region's ring under the name of the process that
 * asked. It only uses nothing that others have prepared, and it is no allocation to the
 * counters.
 */
#include "alloc/ahead.h"

#include <linux/completion.h>
#include <linux/container_of.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kref.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "alloc/alloc.h"
#include "fault.h"
#include "supply/prepare.h"

/**
 * struct ahead - a request that is served ahead
 * @prepared: what comes of it
 * @ref: the preparation; the emptying; the caller
 * @work: the emptying
 * @request: the request
 * @asker: the process that asked
 * @label: the request's, or "prepare": its failure is listed with it
 * @hold_ms: for how long it is held
 * @err: how the emptying ended
 * @done: it has
 */
struct ahead {
	struct lcma_prepared prepared;
	struct kref ref;
	struct work_struct work;
	struct lcma_request request;
	struct lcma_asker asker;
	char label[LCMA_LABEL_BYTES];
	unsigned int hold_ms;
	int err;
	struct completion done;
};

static void release(struct kref *ref)
{
	struct ahead *ahead = container_of(ref, struct ahead, ref);

	put_pid(ahead->asker.tgid);
	kfree(ahead);
}

static void put_ahead(struct ahead *ahead)
{
	kref_put(&ahead->ref, release);
}

static void gone(struct lcma_prepared *prepared)
{
	put_ahead(container_of(prepared, struct ahead, prepared));
}

/* Should the run go back to the pool after all, it is known to be zero there. */
static void note_zero(const struct lcma_run *run)
{
	const unsigned long end = run->start + run->nr_pages;
	struct lcma_region *region = run->region;
	unsigned long at, nr, flags;

	for (at = run->start; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_zeroed_note(&region->zeroed, at, nr, LCMA_ZERO_IN_MEMORY);
		lcma_region_unlock(region, flags);
	}
}

static void empty(struct work_struct *work)
{
	struct ahead *ahead = container_of(work, struct ahead, work);
	struct lcma_run run = {};
	int err = -ENOENT;

	if (lcma_prepare_enter(&ahead->prepared))
		err = lcma_alloc_zeroed(&ahead->request, &run);
	if (err)
		run = (struct lcma_run) {};
	else
		note_zero(&run);
	if (!lcma_prepare_done(&ahead->prepared, run.start, run.nr_pages,
			       ahead->hold_ms) && (!err || err == -EINTR))
		err = -ENOENT;
	ahead->err = err;
	complete_all(&ahead->done);
	put_ahead(ahead);
}

static struct ahead *new_ahead(const struct lcma_request *request,
			       const struct lcma_ahead_params *params)
{
	struct ahead *ahead = lcma_fault(PREPARE_NEW) ? NULL :
			      kzalloc(sizeof(*ahead), GFP_KERNEL);

	if (!ahead)
		return NULL;
	kref_init(&ahead->ref);
	INIT_WORK(&ahead->work, empty);
	init_completion(&ahead->done);
	ahead->hold_ms = params->hold_ms;
	strscpy(ahead->label, *request->label ? request->label : "prepare",
		sizeof(ahead->label));
	ahead->asker.tgid = get_pid(task_tgid(current));
	ahead->asker.uid = current_uid();
	get_task_comm(ahead->asker.comm, current);

	ahead->request = *request;
	ahead->request.flags |= LCMA_AHEAD;
	ahead->request.label = ahead->label;
	ahead->request.asker = &ahead->asker;

	ahead->prepared.region = request->region;
	ahead->prepared.owner = request->owner;
	ahead->prepared.holder = params->holder;
	ahead->prepared.uid = ahead->asker.uid;
	ahead->prepared.charge = params->charge;
	ahead->prepared.uncharge = params->uncharge;
	ahead->prepared.gone = gone;
	return ahead;
}

/**
 * lcma_ahead - serve a request before the memory is needed
 * @request: the request, in one region; the search ends at its deadline
 * @params: how it is served
 * @has_begun: afterwards: it has, and the charge is the preparation's; false: the
 *	charge is still the caller's
 *
 * Context: process, may sleep.
 * Return: 0: it has begun, or, if the caller waits, the memory is held; -ENOBUFS no
 * memory for structures, or LCMA_MAX_PREPARES in the region; -ENOENT the region is
 * being drained, or it was cancelled; what lcma_alloc_zeroed() returns; -EINTR.
 */
int lcma_ahead(const struct lcma_request *request,
	       const struct lcma_ahead_params *params, bool *has_begun)
{
	struct ahead *ahead = new_ahead(request, params);
	int err;

	*has_begun = false;
	if (!ahead)
		return -ENOBUFS;
	kref_get(&ahead->ref);	/* the preparation's */
	kref_get(&ahead->ref);	/* the emptying's */
	err = lcma_prepare_begin(&ahead->prepared, &ahead->work);
	if (err) {
		put_ahead(ahead);
		put_ahead(ahead);
		put_ahead(ahead);
		return err;
	}
	*has_begun = true;
	if (params->waits)
		err = wait_for_completion_killable(&ahead->done) ? -EINTR : ahead->err;
	put_ahead(ahead);
	return err;
}
