// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation: see alloc.h.
 *
 * A run in the pool is taken at once. Else the places where the buffer could
 * lie are tried one after the other (place.c); each is reserved under the
 * region's lock and emptied without it (take.c). Pages that are busy in other
 * hands are neither free nor used: before a request is told that there is no
 * run, it waits until they have settled.
 */
#include "alloc.h"

#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "backoff.h"
#include "place.h"
#include "pool.h"
#include "quarantine.h"
#include "settle.h"
#include "survey.h"
#include "zero.h"

/* Badly aligned runs that a caller who must not wait looks at. */
#define AT_ONCE_BUDGET	256

/* How often one candidate is tried when nobody can tell what was in the way. */
#define BLIND_TRIES	2

/*
 * How many candidates fail for want of a migration target before the request
 * does: another place may hold fewer pages, but memory is short everywhere.
 */
#define NOMEM_TRIES	4

/* How many candidates of one pass are tried at all. */
#define PASS_TRIES	1024

/*
 * Passes over all candidates, and the pause before the second; it doubles.
 * What holds a page for a moment (I/O, a pipe that is being read) lets go. The
 * first pass, and every other one, only tries candidates that do not look stuck:
 * it sees all there are, however many pages are pinned. A look can be wrong, so
 * the others try whatever comes.
 */
#define MAX_PASSES	4U
#define FIRST_PAUSE_MS	5

/*
 * The same while pages are busy in other hands, or where so few candidates are left
 * that each of them is worth more tries: whoever scans memory, as ksmd does, holds
 * one page after the other.
 */
#define MAX_MORE_PASSES	8U
#define FEW_TRIES	4

/**
 * struct search - one allocation in one region, on its way
 * @region: the region
 * @request: what is asked for
 * @fit: the same, as the map understands it
 * @place: which candidate is next
 * @is_choosy: in this pass candidates that look stuck are not tried
 * @any_seen: in this pass there was a candidate
 * @nr_tried: candidates that were tried in this pass
 * @nr_nomem: how many of them had nowhere to migrate to
 * @nr_unused: region->nr_unused when the last candidate was looked for
 * @any_busy: at that moment pages were busy in other hands
 * @again: the last candidate that failed for no visible reason
 * @nr_again: how often it did
 * @hold: the candidate, reserved
 * @obstacle: what was in the way last
 */
struct search {
	struct lcma_region *region;
	const struct lcma_request *request;
	struct lcma_fit fit;
	struct lcma_place place;
	bool is_choosy;
	bool any_seen;
	unsigned int nr_tried;
	unsigned int nr_nomem;
	unsigned long nr_unused;
	bool any_busy;
	unsigned long again;
	unsigned int nr_again;
	struct lcma_hold hold;
	struct lcma_obstacle obstacle;
};

static bool deadline_passed(ktime_t deadline)
{
	return deadline != LCMA_FOREVER && ktime_after(ktime_get(), deadline);
}

/* Under the lock: the next candidate, reserved if there is one. */
static enum lcma_place_answer next_candidate(struct search *search,
					     unsigned long *start)
{
	struct lcma_region *region = search->region;
	enum lcma_place_answer answer;

	lockdep_assert_held(&region->lock);
	search->nr_unused = region->nr_unused;
	search->any_busy = region->map.nr_in[LCMA_BUSY];
	answer = lcma_place_next(&search->place, &region->map, start);
	if (answer == LCMA_PLACE_FOUND)
		lcma_take_begin(region, *start, search->fit.nr_pages,
				&search->hold);
	return answer;
}

/*
 * The next candidate, reserved; its state is the caller's afterwards.
 * Return: 1; 0 if there is none; -ENOENT if the region is being drained;
 * -EINTR.
 */
static int reserve_candidate(struct search *search, unsigned long *start)
{
	struct lcma_region *region = search->region;
	enum lcma_place_answer answer;
	unsigned long flags;

	for (;;) {
		lcma_region_lock(region, &flags);
		if (region->life != LCMA_LIVE) {
			lcma_region_unlock(region, flags);
			return -ENOENT;
		}
		answer = next_candidate(search, start);
		lcma_region_unlock(region, flags);
		if (answer != LCMA_PLACE_AGAIN)
			return answer == LCMA_PLACE_FOUND;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
}

static int wait_settled(const struct search *search)
{
	return lcma_settle_wait(search->region, &search->fit,
				search->nr_unused, search->request->deadline);
}

/* Where a claim was in vain others need not begin with. */
static void note_outcome(struct search *search, unsigned long start, int err)
{
	struct lcma_region *region = search->region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (!err)
		lcma_backoff_forget(region, start, search->fit.nr_pages);
	else if (err == -EBUSY && search->obstacle.kind != LCMA_OBSTACLE_NONE)
		lcma_backoff_note(region, search->obstacle.pfn -
				  region->carve.base_pfn);
	lcma_region_unlock(region, flags);
}

/* Try one candidate, which is reserved. */
static int try_candidate(struct search *search, unsigned long start)
{
	struct lcma_region *region = search->region;
	int err;

	search->any_seen = true;
	if (search->is_choosy &&
	    lcma_take_is_stuck(region, &search->hold, &search->obstacle)) {
		lcma_take_cancel(region, &search->hold);
		return -EBUSY;
	}
	search->nr_tried++;
	err = lcma_take(region, &search->hold, search->request->deadline,
			&search->obstacle);
	note_outcome(search, start, err);
	return err;
}

/*
 * A candidate could not be had: what comes next? The same again if nothing was
 * in sight: it may have been gone in a moment.
 */
static void go_on(struct search *search, unsigned long start, int err)
{
	const struct lcma_obstacle *obstacle = &search->obstacle;
	unsigned long in_the_way = LCMA_NO_PAGE;

	if (err == -EBUSY && obstacle->kind == LCMA_OBSTACLE_NONE) {
		search->nr_again = start == search->again ?
				   search->nr_again + 1 : 1;
		search->again = start;
		if (search->nr_again < BLIND_TRIES)
			return;
	}
	if (err == -EBUSY && obstacle->kind > LCMA_OBSTACLE_PASSING)
		in_the_way = obstacle->pfn - search->region->carve.base_pfn;
	lcma_place_reject(&search->place, start, in_the_way);
}

/* All candidates in the order in which they are to be tried. */
static void begin_pass(struct search *search)
{
	struct lcma_region *region = search->region;
	unsigned long flags;

	search->nr_tried = 0;
	search->any_seen = false;
	search->again = LCMA_NO_PAGE;
	lcma_place_init(&search->place, &search->fit);
	if (search->is_choosy)
		lcma_survey(region, &search->fit, &search->place);
	lcma_region_lock(region, &flags);
	if (lcma_backoff_any(region))
		lcma_place_spare(&search->place, region->sore,
				 region->unit_pages);
	lcma_region_unlock(region, flags);
}

/* One pass over the candidates. Return: 0 and a run, or why there is none. */
static int search_pass(struct search *search, unsigned long *start)
{
	int err = -ENOSPC;
	int ret;

	begin_pass(search);
	while (search->nr_tried < PASS_TRIES) {
		ret = reserve_candidate(search, start);
		if (ret < 0)
			return ret;
		if (!ret && search->any_seen)
			return err;
		if (!ret) {
			if (!search->any_busy)
				return -ENOSPC;
			ret = wait_settled(search);
			if (ret)
				return ret;
			begin_pass(search);
			continue;
		}

		err = try_candidate(search, *start);
		if (!err)
			return 0;
		if (err != -EBUSY && err != -ENOMEM)
			return err;
		if (err == -ENOMEM && ++search->nr_nomem == NOMEM_TRIES)
			return err;
		go_on(search, *start, err);
		if (fatal_signal_pending(current))
			return -EINTR;
		if (deadline_passed(search->request->deadline))
			return -ETIMEDOUT;
	}
	return err;
}

/* Return: 0; -EINTR; -ETIMEDOUT. */
static int pause_before_retry(const struct search *search, unsigned int ms)
{
	long left = lcma_settle_jiffies(search->request->deadline);

	left = min_t(long, left, msecs_to_jiffies(ms));
	if (schedule_timeout_killable(left) && fatal_signal_pending(current))
		return -EINTR;
	return deadline_passed(search->request->deadline) ? -ETIMEDOUT : 0;
}

/*
 * After a pass in vain. Pages that were busy in other hands, a pool's that are given
 * back among them, may be all that was in the way: they settle.
 */
static int wait_for_pass(struct search *search, unsigned int pass)
{
	int err;

	lcma_quarantine_retry(search->region);
	err = pause_before_retry(search, FIRST_PAUSE_MS <<
				 min(pass - 1, MAX_PASSES - 2));
	if (!err && pass >= MAX_PASSES)
		err = wait_settled(search);
	return err;
}

/* After an odd pass, which tries what it finds, few candidates are all there are. */
static bool is_worth_a_pass(const struct search *search, unsigned int pass)
{
	if (pass < MAX_PASSES)
		return true;
	return pass < MAX_MORE_PASSES &&
	       (search->any_busy || search->nr_tried <= FEW_TRIES);
}

static int search_region(struct search *search, unsigned long *start)
{
	unsigned int pass;
	int err = 0;

	for (pass = 0; is_worth_a_pass(search, pass); pass++) {
		if (pass) {
			err = wait_for_pass(search, pass);
			if (err)
				return err;
		}
		search->is_choosy = !(pass & 1);
		err = search_pass(search, start);
		if (err != -EBUSY)
			return err;
	}
	return err;
}

/*
 * What needs no migration. Return: 0; -ENOENT; -ENOSPC: no unused run that
 * fits; -EAGAIN: there is one, but not in the pool.
 */
static int alloc_at_once(struct search *search, struct lcma_run *run)
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
			err = lcma_map_may_fit(&region->map, LCMA_KIND_UNUSED,
					       &search->fit, AT_ONCE_BUDGET) ?
			      -EAGAIN : -ENOSPC;
	}
	lcma_region_unlock(region, flags);
	return err;
}

static void record_outcome(struct search *search, int err)
{
	struct lcma_region *region = search->region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (!err) {
		region->stats.allocs++;
	} else if (!(search->request->flags & LCMA_ALLOC_QUIET)) {
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
static int fit_request(struct search *search)
{
	const struct lcma_region *region = search->region;
	const struct lcma_request *request = search->request;
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
	struct search search = { .region = region, .request = request };
	int err;

	run->is_zero = false;
	err = fit_request(&search);
	if (!err)
		err = alloc_at_once(&search, run);
	if ((err == -EAGAIN || err == -ENOSPC) &&
	    !(request->flags & LCMA_ALLOC_NOWAIT))
		err = search_region(&search, &run->start);
	record_outcome(&search, err);

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
