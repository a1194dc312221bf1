// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation: see alloc.h.
 *
 * A run in the pool is taken at once. Else the search looks for one (search.c).
 */
#include "alloc.h"

#include <linux/errno.h>
#include <linux/lockdep.h>

#include "pool.h"
#include "quarantine.h"
#include "search.h"
#include "zero.h"

/* Under the lock: the pool has none. Could a search find one? */
static int why_not(const struct lcma_search *search)
{
	const struct lcma_region *region = search->region;

	lockdep_assert_held(&region->lock);
	return region->nr_reserving ||
	       lcma_map_may_fit(&region->map, LCMA_KIND_UNUSED, &search->fit,
				LCMA_HOLD_LOOKS) ? -EAGAIN : -ENOSPC;
}

/*
 * What needs no migration. Return: 0; -ENOENT; -ENOSPC: no unused run that
 * fits; -EAGAIN: there is one, but not in the pool, or there may be one in a
 * moment.
 */
static int alloc_at_once(struct lcma_search *search, struct lcma_run *run)
{
	struct lcma_region *region = search->region;
	unsigned long flags;
	int err = 0;

	lcma_region_lock(region, &flags);
	if (region->life != LCMA_LIVE) {
		err = -ENOENT;
	} else {
		run->start = lcma_pool_take(region, &search->fit,
					    &run->is_zero);
		if (run->start == LCMA_NO_PAGE)
			err = why_not(search);
	}
	lcma_region_unlock(region, flags);
	if (!err && !lcma_pool_take_rest(region, &search->fit, run->start,
					 &run->is_zero))
		err = -EAGAIN;
	return err;
}

static void record_outcome(struct lcma_search *search,
			   const struct lcma_request *request, int err)
{
	struct lcma_region *region = search->region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (!err) {
		region->stats.allocs++;
	} else if (!(request->flags & LCMA_ALLOC_QUIET)) {
		region->stats.failures++;
		region->failure = (struct lcma_failure) {
			.err = err,
			.nr_pages = search->fit.nr_pages,
			.align_pages = search->fit.align_mask + 1,
			.longest = lcma_map_longest(&region->map,
						    LCMA_KIND_UNUSED),
			.obstacle = search->obstacle,
			.when_ns = ktime_get_ns(),
		};
	}
	lcma_region_unlock(region, flags);
}

/* Lengths and alignments are multiples of what the region deals in. */
static int fit_request(struct lcma_search *search,
		       const struct lcma_request *request)
{
	const struct lcma_region *region = search->region;
	const unsigned long granule = region->granule_pages;

	search->fit.align_offset = region->carve.base_pfn;
	search->fit.align_mask = max3(request->align_pages, granule,
				      region->align_pages) - 1;
	search->fit.nr_pages = request->nr_pages;
	if (request->nr_pages > region->map.nr_pages)
		return -E2BIG;
	search->fit.nr_pages = ALIGN(request->nr_pages, granule);
	return search->fit.nr_pages > region->map.nr_pages ? -E2BIG : 0;
}

static int alloc_in_region(struct lcma_region *region,
			   const struct lcma_request *request,
			   struct lcma_run *run)
{
	struct lcma_search search = {
		.region = region,
		.deadline = request->deadline,
	};
	int err;

	run->is_zero = false;
	err = fit_request(&search, request);
	if (!err)
		err = alloc_at_once(&search, run);
	if ((err == -EAGAIN || err == -ENOSPC) &&
	    !(request->flags & LCMA_ALLOC_NOWAIT))
		err = lcma_search_run(&search, &run->start);
	record_outcome(&search, request, err);

	run->region = region;
	run->nr_pages = search.fit.nr_pages;
	return err;
}

/* Of two regions' errors, the one that tells more about what could help. */
static int better_error(int a, int b)
{
	static const int order[] = {
		-EBUSY, -ENOMEM, -ENOBUFS, -EAGAIN, -ENOSPC, -E2BIG, -ENOENT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

static int alloc_anywhere(const struct lcma_request *request,
			  struct lcma_run *run)
{
	struct lcma_region *region;
	unsigned int i;
	int best = -ENOENT;
	int err;

	lcma_for_each_region(region, i) {
		if (request->nr_pages > region->map.nr_pages) {
			best = better_error(best, -E2BIG);
			continue;
		}
		err = alloc_in_region(region, request, run);
		if (!err || err == -EINTR || err == -ETIMEDOUT)
			return err;
		best = better_error(best, err);
	}
	return best;
}

/**
 * lcma_alloc - allocate contiguous pages
 * @request: what is asked for
 * @run: what was got; undefined after an error
 *
 * Without a region, all of them are tried in the order of regions=.
 *
 * Context: process, may sleep; with LCMA_ALLOC_NOWAIT any, except hard
 * interrupts (and threads only on PREEMPT_RT).
 * Return: 0; -EINVAL unknown flag, no pages, or an alignment that is no power
 * of two; -ENOENT no such region (any more); -E2BIG more than the region has;
 * -ENOSPC no unused run that fits; -EBUSY every one held a page that could not
 * be moved; -ENOMEM nowhere to move one to; -ENOBUFS no memory of our own;
 * -EAGAIN with LCMA_ALLOC_NOWAIT: unused runs, but none in the pool;
 * -ETIMEDOUT; -EINTR.
 */
int lcma_alloc(const struct lcma_request *request, struct lcma_run *run)
{
	if (request->flags & ~LCMA_ALLOC_FLAGS || !request->nr_pages ||
	    !is_power_of_2(request->align_pages))
		return -EINVAL;
	if (request->region)
		return alloc_in_region(request->region, request, run);
	return alloc_anywhere(request, run);
}

/**
 * lcma_alloc_zero - make sure that a run is zero
 * @request: what was asked for: whether to sleep, until when
 * @run: what lcma_alloc() gave, before anybody else gets it
 *
 * Only pages that are not known to be zero are cleared; with LCMA_ALLOC_TOUCH
 * every one is written to. After an error the run is for lcma_alloc_undo().
 *
 * Context: as for lcma_alloc().
 * Return: 0; -EINTR; -ETIMEDOUT.
 */
int lcma_alloc_zero(const struct lcma_request *request,
		    const struct lcma_run *run)
{
	const bool may_sleep = !(request->flags & LCMA_ALLOC_NOWAIT);
	int err = 0;

	if (!run->is_zero)
		err = lcma_zero_fill(run->region, run->start, run->nr_pages,
				     may_sleep, request->deadline);
	if (!err && request->flags & LCMA_ALLOC_TOUCH)
		err = lcma_zero_touch(run->region, run->start, run->nr_pages,
				      may_sleep, request->deadline);
	return err;
}

static void free_run(const struct lcma_run *run, unsigned int give_flags)
{
	struct lcma_region *region = run->region;
	unsigned long flags;

	lcma_retire(region, run->start, run->nr_pages, LCMA_USED, give_flags);
	lcma_region_lock(region, &flags);
	region->stats.frees++;
	lcma_region_unlock(region, flags);
}

/**
 * lcma_free - give back what lcma_alloc() gave
 * @run: the run, whole
 *
 * Context: process, may sleep, unless the region is private.
 */
void lcma_free(const struct lcma_run *run)
{
	free_run(run, 0);
}

/**
 * lcma_alloc_undo - give back what came too late
 * @run: what lcma_alloc() gave; nobody has seen it
 *
 * The caller's deadline has passed, or it is being killed: a worker gives back
 * what the pool may not keep, so that neither has to wait for that.
 *
 * Context: any.
 */
void lcma_alloc_undo(const struct lcma_run *run)
{
	free_run(run, LCMA_GIVE_LATER);
}
