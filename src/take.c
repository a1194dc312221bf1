// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking one run: see take.h.
 *
 * Under the lock its pool pages become used and its shared pages busy, so that
 * nobody else takes them; then, without the lock, every stretch of busy pages
 * is claimed by one call, because what is migrated out of one unit may land in
 * the next one of the same stretch. Under the lock again busy pages become
 * used, or what they were.
 */
#include "take.h"

#include <linux/slab.h>

#include "claim.h"
#include "pool.h"
#include "worker.h"

/**
 * struct take - a run that is being taken by a worker
 * @job: the worker's side
 * @region: the region
 * @start: first page
 * @nr_pages: how many
 * @err: how it ended
 * @obstacle: what was in the way
 */
struct take {
	struct lcma_job job;
	struct lcma_region *region;
	unsigned long start;
	unsigned long nr_pages;
	int err;
	struct lcma_obstacle obstacle;
};

/**
 * lcma_take_begin - reserve a run for a call of lcma_take()
 * @region: the region
 * @start: first page; all pages of the run are shared or pool
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_take_begin(struct lcma_region *region, unsigned long start,
		     unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	struct lcma_stretch s;

	lockdep_assert_held(&region->lock);
	region->nr_takes++;
	for (; lcma_map_stretch(&region->map, start, end, &s);
	     start += s.nr_pages)
		lcma_region_move(region, s.start, s.nr_pages, s.state,
				 s.state == LCMA_POOL ? LCMA_USED : LCMA_BUSY);
}

/* Nothing of the run is on its way any more. */
static void take_end(struct lcma_region *region)
{
	unsigned long flags;

	spin_lock_irqsave(&region->lock, flags);
	region->nr_takes--;
	wake_up_all(&region->settled);
	spin_unlock_irqrestore(&region->lock, flags);
}

/* Put back a run: claimed pages are used by now, busy ones are not claimed. */
static void take_undo(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	struct lcma_stretch s;
	unsigned long flags;

	for (; lcma_region_stretch(region, start, end, &s);
	     start += s.nr_pages) {
		if (s.state == LCMA_USED) {
			lcma_pool_give(region, s.start, s.nr_pages, LCMA_USED,
				       0);
			continue;
		}
		spin_lock_irqsave(&region->lock, flags);
		lcma_region_move(region, s.start, s.nr_pages, LCMA_BUSY,
				 LCMA_SHARED);
		spin_unlock_irqrestore(&region->lock, flags);
	}
}

/* Claim what is busy in a run that lcma_take_begin() reserved. */
static int take_claim(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages, struct lcma_obstacle *obstacle)
{
	const unsigned long end = start + nr_pages;
	unsigned long at = start;
	unsigned long flags;
	struct lcma_stretch s;
	int err;

	for (; lcma_region_stretch(region, at, end, &s); at += s.nr_pages) {
		if (s.state != LCMA_BUSY)
			continue;
		err = lcma_claim(region, s.start, s.nr_pages);
		if (err) {
			if (err == -EBUSY)
				lcma_obstacle_find(lcma_region_pfn(region, s.start),
						   s.nr_pages, obstacle);
			take_undo(region, start, nr_pages);
			return err;
		}
		spin_lock_irqsave(&region->lock, flags);
		lcma_region_move(region, s.start, s.nr_pages, LCMA_BUSY,
				 LCMA_USED);
		spin_unlock_irqrestore(&region->lock, flags);
	}
	return 0;
}

static void take_run(struct lcma_job *job)
{
	struct take *take = container_of(job, struct take, job);

	take->err = take_claim(take->region, take->start, take->nr_pages,
			       &take->obstacle);
}

/* The caller left: what was taken all the same goes where idle pages go. */
static void take_orphaned(struct lcma_job *job)
{
	struct take *take = container_of(job, struct take, job);
	struct lcma_region *region = take->region;
	unsigned long flags;

	spin_lock_irqsave(&region->lock, flags);
	region->stats.late++;
	spin_unlock_irqrestore(&region->lock, flags);
	if (!take->err)
		lcma_pool_give(region, take->start, take->nr_pages, LCMA_USED,
			       0);
	kfree(take);
	take_end(region);
}

static const struct lcma_job_ops take_ops = {
	.run = take_run,
	.orphaned = take_orphaned,
};

static int take_by_worker(struct lcma_region *region, unsigned long start,
			  unsigned long nr_pages, ktime_t deadline,
			  struct lcma_obstacle *obstacle, bool *left)
{
	struct take *take = kzalloc(sizeof(*take), GFP_KERNEL);
	int err;

	if (!take) {
		take_undo(region, start, nr_pages);
		return -ENOBUFS;
	}
	take->region = region;
	take->start = start;
	take->nr_pages = nr_pages;

	err = lcma_job_run(&take->job, &take_ops, deadline, left);
	if (*left)
		return err;
	if (err) {
		/* No worker had time for it. */
		take_undo(region, start, nr_pages);
	} else {
		err = take->err;
		*obstacle = take->obstacle;
	}
	kfree(take);
	return err;
}

/**
 * lcma_take - take a run
 * @region: the region
 * @start: first page of a run that lcma_take_begin() reserved
 * @nr_pages: how many
 * @deadline: when to leave, on the monotonic clock; LCMA_FOREVER: never
 * @obstacle: after -EBUSY: what was in the way
 *
 * Without a deadline the kernel's call is made here, and a fatal signal ends
 * it at its next batch of pages; with one, a worker makes it, and a deadline or
 * a fatal signal ends the wait at once. Then the worker is told to stop, and
 * what it gets all the same goes to the pool or back.
 *
 * Context: process, may sleep.
 * Return: 0, and all pages of the run are used; else none of them is the
 * caller's any more: -EBUSY a page could not be moved; -ENOMEM nowhere to move
 * one to; -ENOBUFS no memory for the worker's job; -EINTR; -ETIMEDOUT.
 */
int lcma_take(struct lcma_region *region, unsigned long start,
	      unsigned long nr_pages, ktime_t deadline,
	      struct lcma_obstacle *obstacle)
{
	bool left = false;
	int err;

	memset(obstacle, 0, sizeof(*obstacle));
	if (deadline == LCMA_FOREVER)
		err = take_claim(region, start, nr_pages, obstacle);
	else
		err = take_by_worker(region, start, nr_pages, deadline,
				     obstacle, &left);
	if (!left)
		take_end(region);
	return err;
}
