// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation: see alloc.h.
 *
 * What was prepared (supply/prepare.h), or a run in the pool, is taken at once. Else
 * the search looks for one (search.c).
 */
#include "alloc/alloc.h"

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "alloc/search.h"
#include "region/failure.h"
#include "region/poison.h"
#include "region/zero.h"
#include "supply/pool.h"
#include "supply/prepare.h"
#include "supply/quarantine.h"
#include "trace.h"

/* Under the lock: the pool has none. Could a search find one? */
static int why_not(const struct lcma_region *region, const struct lcma_fit *fit)
{
	lockdep_assert_held(&region->lock);
	return lcma_region_is_reserving(region) ||
	       lcma_map_may_fit(&region->map, LCMA_KIND_UNUSED, fit,
				LCMA_HOLD_LOOKS) ? -EAGAIN : -ENOSPC;
}

/* Under the lock: what was prepared for such a request. It is one hit of the pool. */
static bool use_prepared(struct lcma_region *region,
			 const struct lcma_request *request,
			 const struct lcma_fit *fit, struct lcma_run *run)
{
	lockdep_assert_held(&region->lock);
	if (!region->prepares.nr_ready || request->flags & LCMA_AHEAD)
		return false;
	run->start = lcma_prepare_use(region, fit);
	run->is_zero = run->start != LCMA_NO_PAGE;
	return run->is_zero;
}

/*
 * Under the lock: if the run was got at once and nothing is left to be done, it is the
 * driver's now, which saves another hold. Pages to be looked at for memory errors would
 * take too long here.
 */
static void hand_out(struct lcma_region *region, const struct lcma_request *request,
		     struct lcma_run *run)
{
	const unsigned long end = run->start + run->nr_pages;

	lockdep_assert_held(&region->lock);
	if (!(request->flags & LCMA_LOOSE) || run->nr_pages > LCMA_HOLD_PAGES ||
	    (request->flags & LCMA_ZERO && !run->is_zero) ||
	    lcma_poison_suspects(region, run->start, end))
		return;
	lcma_loose_hand_out(&region->loose, run->start, request->nr_pages);
	run->is_handed_out = true;
}

/*
 * What needs no migration. Return: 0; -ENOENT; -ENOSPC: no unused run that
 * fits; -EAGAIN: there is one, but not in the pool, or there may be one in a
 * moment.
 */
static int alloc_at_once(struct lcma_region *region,
			 const struct lcma_request *request,
			 const struct lcma_fit *fit, struct lcma_run *run)
{
	const unsigned int take_flags =
		request->flags & LCMA_AHEAD ? LCMA_TAKE_AHEAD : 0;
	bool is_prepared = false;
	unsigned long flags;
	int err = 0;

	lcma_region_lock(region, &flags);
	if (region->life != LCMA_LIVE) {
		err = -ENOENT;
	} else if (use_prepared(region, request, fit, run)) {
		is_prepared = true;
	} else {
		run->start = lcma_pool_take(region, fit, take_flags,
					    &run->is_zero);
		if (run->start == LCMA_NO_PAGE)
			err = why_not(region, fit);
	}
	if (!err)
		hand_out(region, request, run);
	lcma_region_unlock(region, flags);
	if (!err && !is_prepared && fit->nr_pages > LCMA_HOLD_PAGES &&
	    !lcma_pool_take_rest(region, fit, run->start, take_flags,
				 &run->is_zero))
		err = -EAGAIN;
	return err;
}

/* One that the pool serves counts itself. */
static void count_success(struct lcma_region *region)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_stats_add(&region->stats.allocs, 1);
	lcma_region_unlock(region, flags);
}

/* What is known of a failure before it is recorded. */
static void note_failure(const struct lcma_request *request, int err,
			 ktime_t began, struct lcma_failure *failure)
{
	*failure = (struct lcma_failure) {
		.err = err,
		.nr_pages = request->nr_pages,
		.align_pages = request->align_pages,
		.reach = request->reach,
		.took_ns = ktime_to_ns(ktime_sub(ktime_get(), began)),
		.owner = request->owner,
		.asker = request->asker,
	};
	strscpy(failure->label, request->label, sizeof(failure->label));
}

/* A preparation that was cancelled has not failed. */
static bool is_quiet(const struct lcma_request *request, int err)
{
	return request->flags & LCMA_QUIET ||
	       (request->flags & LCMA_AHEAD && err == -EINTR);
}

/* Not for callers that must not wait: a slow console would make them. */
static void log_failure(struct lcma_region *region,
			const struct lcma_request *request,
			const struct lcma_failure *failure)
{
	if (!(request->flags & (LCMA_QUIET | LCMA_NOWAIT)))
		lcma_failure_log(region, failure);
}

/* In one region; where several are tried the request may yet succeed. */
static void record_failure(const struct lcma_search *search,
			   const struct lcma_request *request, int err,
			   ktime_t began, struct lcma_failure *failure)
{
	if (is_quiet(request, err))
		return;
	note_failure(request, err, began, failure);
	failure->nr_pages = search->fit.nr_pages;
	failure->align_pages = search->fit.align_mask + 1;
	failure->obstacle = search->obstacle;
	failure->waited_ms = search->waited_ms;
	lcma_failure_record(search->region, failure);
}

/* Where the pool had none, for the reason @err. Return: as lcma_alloc(). */
static int search_if_may(struct lcma_search *search,
			 const struct lcma_request *request, int err,
			 struct lcma_run *run)
{
	if ((err == -EAGAIN || err == -ENOSPC) &&
	    !(request->flags & LCMA_NOWAIT))
		err = lcma_search_run(search, &run->start);
	return err;
}

/*
 * It would fail for the reason @err. If memory is prepared for others, that ends
 * first. *was_hit: afterwards: it was served at once, and is counted.
 */
static int try_prepared(struct lcma_search *search,
			const struct lcma_request *request, int err,
			struct lcma_run *run, bool *was_hit)
{
	struct lcma_region *region = search->region;

	if ((err != -ENOSPC && err != -EBUSY && err != -ENOMEM) ||
	    request->flags & LCMA_AHEAD || !lcma_prepare_yield(region))
		return err;
	*search = (struct lcma_search) {
		.region = region,
		.fit = search->fit,
		.deadline = search->deadline,
	};
	err = alloc_at_once(region, request, &search->fit, run);
	*was_hit = !err;
	return err ? search_if_may(search, request, err, run) : 0;
}

/*
 * The pool could not serve it, for the reason @err: search, where that may help.
 * -ERANGE: there is no place for it, so nothing is waited for.
 * Apart from what a hit needs, because a search is large and begins with zeroes.
 */
static noinline int alloc_by_search(struct lcma_region *region,
				    const struct lcma_request *request,
				    const struct lcma_fit *fit, int err,
				    struct lcma_run *run,
				    struct lcma_failure *failure)
{
	const ktime_t began = ktime_get();
	struct lcma_search search = {
		.region = region,
		.fit = *fit,
		.deadline = request->deadline,
	};
	bool was_hit = false;

	run->outcome = LCMA_BY_SEARCH;
	err = search_if_may(&search, request, err, run);
	if (err)
		err = try_prepared(&search, request, err, run, &was_hit);
	if (err == -ERANGE)
		err = -ENOSPC;
	if (err) {
		record_failure(&search, request, err, began, failure);
		return err;
	}
	if (!was_hit && !(request->flags & LCMA_AHEAD))
		count_success(region);
	/* In case that it was slow. */
	failure->obstacle = search.blamed;
	failure->waited_ms = search.waited_ms;
	return 0;
}

/*
 * The pool of one region, or what was prepared in it. Return: 0; else why not: the
 * answer of lcma_request_fit() or of alloc_at_once().
 */
static __always_inline int alloc_from_pool(struct lcma_region *region,
					   const struct lcma_request *request,
					   struct lcma_run *run, struct lcma_fit *fit)
{
	int err;

	run->region = region;
	run->is_zero = false;
	run->outcome = LCMA_FROM_POOL;
	run->is_handed_out = false;
	err = lcma_request_fit(request, region, fit);
	run->nr_pages = fit->nr_pages;
	trace_lcma_alloc_start(region->name, fit->nr_pages, fit->align_mask + 1,
			       request->flags);
	if (!err)
		err = alloc_at_once(region, request, fit, run);
	if (!err)
		trace_lcma_pool_hit(region->name,
				    lcma_region_pfn(region, run->start),
				    run->nr_pages);
	return err;
}

static int alloc_in_region(struct lcma_region *region,
			   const struct lcma_request *request,
			   struct lcma_run *run, struct lcma_failure *failure)
{
	struct lcma_fit fit;
	int err = alloc_from_pool(region, request, run, &fit);

	return err ? alloc_by_search(region, request, &fit, err, run, failure) : 0;
}

/* Of two regions' errors, the one that tells more about what could help. */
static int better_error(int a, int b)
{
	static const int ranking[] = {
		-EBUSY, -ENOMEM, -ENOBUFS, -EAGAIN, -ENOSPC, -EFBIG, -EOPNOTSUPP,
		-ENOENT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranking); i++)
		if (a == ranking[i] || b == ranking[i])
			return ranking[i];
	return a;
}

/* Do the limits leave no place in a region? Then it does not count. */
static bool is_out_of_reach(const struct lcma_request *request,
			    const struct lcma_region *region)
{
	struct lcma_fit fit;

	return lcma_reach_is_given(&request->reach) &&
	       lcma_request_fit(request, region, &fit) == -ERANGE;
}

/*
 * The failure is that of the region whose error is told. If all are out of reach, it is
 * the first one's.
 */
static int alloc_anywhere(const struct lcma_request *request,
			  struct lcma_run *run,
			  struct lcma_region **failed_in,
			  struct lcma_failure *failure)
{
	struct lcma_region *region, *out_of_reach = NULL;
	struct lcma_failure f;
	unsigned int i;
	int best = -ENOENT;
	int err;

	for (i = 0; (region = lcma_request_nth(request, i)); i++) {
		if (request->nr_pages > region->map.nr_pages) {
			best = better_error(best, -EFBIG);
			continue;
		}
		if (is_out_of_reach(request, region)) {
			if (!out_of_reach)
				out_of_reach = region;
			continue;
		}
		err = alloc_in_region(region, request, run, &f);
		if (!err) {
			/* What it waited for, in case that it was slow. */
			if (run->outcome == LCMA_BY_SEARCH)
				*failure = f;
			return 0;
		}
		if (err == -EINTR || err == -ETIMEDOUT)
			best = err;
		else
			best = better_error(best, err);
		if (best == err) {
			*failure = f;
			*failed_in = region;
		}
		if (err == -EINTR || err == -ETIMEDOUT)
			return err;
	}
	if (*failed_in || !out_of_reach)
		return best;
	*failed_in = out_of_reach;
	return alloc_in_region(out_of_reach, request, run, failure);
}

static void free_run(const struct lcma_run *run, unsigned int give_flags)
{
	struct lcma_region *region = run->region;
	unsigned long flags;

	lcma_retire(region, run->start, run->nr_pages, LCMA_USED, give_flags);
	lcma_region_lock(region, &flags);
	lcma_stats_add(&region->stats.frees, 1);
	lcma_region_unlock(region, flags);
}

/*
 * Give back what came too late, and no caller has seen. The caller's deadline has
 * passed, or it is being killed: a worker gives back what the pool may not keep, so
 * that the caller does not wait for that.
 */
static void undo(const struct lcma_request *request, const struct lcma_run *run)
{
	if (request->flags & LCMA_AHEAD)
		lcma_retire(run->region, run->start, run->nr_pages, LCMA_USED,
			    LCMA_GIVE_LATER);
	else
		free_run(run, LCMA_GIVE_LATER);
}

/* A run with a memory error in it is retired. Return: true if it was one. */
static bool drop_poisoned(const struct lcma_request *request,
			  const struct lcma_run *run)
{
	const unsigned long end = run->start + run->nr_pages;

	if (lcma_poison_known(run->region, run->start, end) == end)
		return false;
	undo(request, run);
	return true;
}

/* It has succeeded, but took very long: remember what it waited for. */
static noinline void record_slow(const struct lcma_request *request,
				 const struct lcma_run *run, ktime_t began,
				 const struct lcma_failure *waited)
{
	struct lcma_failure slow;

	note_failure(request, 0, began, &slow);
	if (waited && run->outcome == LCMA_BY_SEARCH) {
		slow.obstacle = waited->obstacle;
		slow.waited_ms = waited->waited_ms;
	}
	lcma_failure_record(run->region, &slow);
}

static bool is_slow(u64 took_ns)
{
	/* No shorter time can be asked for. */
	if (took_ns < NSEC_PER_MSEC)
		return false;
	return lcma_failure_slow_ns() && took_ns >= lcma_failure_slow_ns();
}

/*
 * An allocation has ended: count it by how long it took. @waited: if it was searched for.
 */
static __always_inline void note_end(const struct lcma_request *request,
				     const struct lcma_run *run,
				     struct lcma_region *region, int err,
				     ktime_t began,
				     const struct lcma_failure *waited)
{
	const u64 took_ns = ktime_to_ns(ktime_sub(ktime_get(), began));

	if (!region || request->flags & LCMA_AHEAD)
		return;
	if (trace_lcma_alloc_finish_enabled())
		trace_lcma_alloc_finish(region->name, err ? 0 :
					lcma_region_pfn(region, run->start),
					err ? request->nr_pages : run->nr_pages,
					lcma_outcome_word(err ? LCMA_FAILED :
							  run->outcome),
					err, took_ns);
	lcma_latency_count(&region->latency, err ? LCMA_FAILED : run->outcome,
			   request->nr_pages, took_ns);
	if (!err && is_slow(took_ns) && !(request->flags & LCMA_QUIET))
		record_slow(request, run, began, waited);
}

/* Only pages that are not known to be zero are cleared. */
static int zero_run(const struct lcma_request *request,
		    const struct lcma_run *run)
{
	const bool may_sleep = !(request->flags & LCMA_NOWAIT);
	int err = 0;

	if (!run->is_zero)
		err = lcma_zero_fill(run->region, run->start, run->nr_pages,
				     may_sleep, request->deadline);
	if (!err && request->flags & LCMA_TOUCH)
		err = lcma_zero_touch(run->region, run->start, run->nr_pages,
				      may_sleep, request->deadline);
	return err;
}

/**
 * lcma_alloc_failed - a request that failed outside lcma_alloc()
 * @request: what was asked for
 * @err: why it failed
 * @began: when it was begun
 *
 * It is recorded and logged as others are, if its region is known.
 *
 * Context: any.
 */
void lcma_alloc_failed(const struct lcma_request *request, int err,
		       ktime_t began)
{
	struct lcma_failure failure;

	if (!request->region || is_quiet(request, err))
		return;
	note_failure(request, err, began, &failure);
	lcma_failure_record(request->region, &failure);
	log_failure(request->region, request, &failure);
}

/* The pages are there. Return: 0; why they could not be zeroed: then they are not. */
static __always_inline int zero_if_asked(const struct lcma_request *request,
					 const struct lcma_run *run, bool zeroed,
					 ktime_t began)
{
	int err;

	if (!zeroed || (run->is_zero && !(request->flags & LCMA_TOUCH)))
		return 0;
	err = zero_run(request, run);
	if (err) {
		undo(request, run);
		lcma_alloc_failed(request, err, began);
	}
	return err;
}

/*
 * What the pool of the one region that was asked could not serve for the reason @err, or
 * gave with a memory error in it (0), or what may come from several regions.
 *
 * Apart from what a hit needs: it has much on its stack, all of which the kernel may
 * zero first.
 */
static noinline int alloc_slowly(const struct lcma_request *request,
				 struct lcma_run *run, bool zeroed, ktime_t began,
				 const struct lcma_fit *fit, int err)
{
	struct lcma_region *region = request->region;
	struct lcma_failure failure;

	if (region && err)
		err = alloc_by_search(region, request, fit, err, run, &failure);
	else if (region)
		err = alloc_in_region(region, request, run, &failure);
	else
		err = alloc_anywhere(request, run, &region, &failure);
	/* Each round retires a page, so there are not many. */
	while (!err && !run->is_handed_out && drop_poisoned(request, run)) {
		if (request->region)
			err = alloc_in_region(region, request, run, &failure);
		else
			err = alloc_anywhere(request, run, &region, &failure);
	}
	if (!err)
		region = run->region;
	else if (region && !is_quiet(request, err))
		log_failure(region, request, &failure);
	err = err ?: zero_if_asked(request, run, zeroed, began);
	note_end(request, run, region, err, began, &failure);
	return err;
}

static __always_inline int alloc(const struct lcma_request *request,
				 struct lcma_run *run, bool zeroed)
{
	const ktime_t began = ktime_get();
	struct lcma_region *region = request->region;
	struct lcma_fit fit __uninitialized;
	int err;

	if (!region)
		return alloc_slowly(request, run, zeroed, began, NULL, 0);
	err = alloc_from_pool(region, request, run, &fit);
	if (err || (!run->is_handed_out && drop_poisoned(request, run)))
		return alloc_slowly(request, run, zeroed, began, &fit, err);
	err = zero_if_asked(request, run, zeroed, began);
	note_end(request, run, region, err, began, NULL);
	return err;
}

/**
 * lcma_alloc - allocate contiguous pages
 * @request: what is asked for
 * @run: what was got; undefined after an error
 *
 * Without a region, those of its list are tried, or all of them in the order of
 * regions=.
 *
 * Context: process, may sleep; with LCMA_NOWAIT any, except hard
 * interrupts (and threads only on PREEMPT_RT).
 * Return: 0; -ENOENT the region is drained; -EFBIG more than the region has;
 * -ENOSPC no unused run that fits; -EBUSY every one held a page that could not
 * be moved; -ENOMEM nowhere to move one to; -ENOBUFS no memory of our own;
 * -EAGAIN with LCMA_NOWAIT: unused runs, but none in the pool;
 * -ETIMEDOUT; -EINTR.
 */
int lcma_alloc(const struct lcma_request *request, struct lcma_run *run)
{
	return alloc(request, run, false);
}

/**
 * lcma_alloc_zeroed - allocate contiguous pages that are zero
 * @request: what is asked for; with LCMA_TOUCH every page is written to
 * @run: what was got; undefined after an error
 *
 * Context: as for lcma_alloc(); with LCMA_NOWAIT it takes as long as clearing takes.
 * Return: what lcma_alloc() returns; -EINTR and -ETIMEDOUT while clearing, too.
 */
int lcma_alloc_zeroed(const struct lcma_request *request, struct lcma_run *run)
{
	return alloc(request, run, true);
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
