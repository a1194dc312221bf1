// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search: see search.h.
 *
 * The places where the buffer could lie are tried one after the other (place.c);
 * each is reserved under the region's lock and emptied without it (take.c). Pages
 * that are busy in other hands are neither free nor used: before a request is told
 * that there is no run, it waits until they have settled.
 */
#include "search.h"

#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "backoff.h"
#include "quarantine.h"
#include "settle.h"
#include "survey.h"

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

static bool deadline_passed(ktime_t deadline)
{
	return deadline != LCMA_FOREVER && ktime_after(ktime_get(), deadline);
}

/* Under the lock: the next candidate, reserved if there is one. */
static enum lcma_place_answer next_candidate(struct lcma_search *search,
					     unsigned long *start)
{
	struct lcma_region *region = search->region;
	enum lcma_place_answer answer;

	lockdep_assert_held(&region->lock);
	search->nr_unused = region->nr_unused;
	search->any_busy = lcma_region_is_busy(region);
	answer = lcma_place_next(&search->place, &region->map, start);
	if (answer != LCMA_PLACE_FOUND)
		return answer;
	if (!lcma_take_may_begin(region, *start, search->fit.nr_pages))
		return LCMA_PLACE_AGAIN;
	lcma_take_begin(region, *start, search->fit.nr_pages, &search->hold);
	return LCMA_PLACE_FOUND;
}

/*
 * The next candidate, reserved; its state is the caller's afterwards.
 * Return: 1; 0 if there is none; -ENOENT if the region is being drained;
 * -EINTR.
 */
static int reserve_candidate(struct lcma_search *search, unsigned long *start)
{
	struct lcma_region *region = search->region;
	enum lcma_place_answer answer;
	unsigned long flags;
	bool is_reserving;

	for (;;) {
		lcma_region_lock(region, &flags);
		if (region->life != LCMA_LIVE) {
			lcma_region_unlock(region, flags);
			return -ENOENT;
		}
		answer = next_candidate(search, start);
		is_reserving = answer == LCMA_PLACE_AGAIN &&
			       lcma_region_is_reserving(region);
		lcma_region_unlock(region, flags);
		if (answer == LCMA_PLACE_NONE)
			return 0;
		/* If others get into it first, there is another next candidate. */
		if (answer == LCMA_PLACE_FOUND &&
		    lcma_take_reserve(region, &search->hold))
			return 1;
		if (fatal_signal_pending(current))
			return -EINTR;
		/* Whoever reserves a run may be of a lower priority. */
		if (is_reserving)
			schedule_timeout_killable(1);
		else
			cond_resched();
	}
}

static int wait_settled(const struct lcma_search *search)
{
	return lcma_settle_wait(search->region, &search->fit,
				search->nr_unused, search->deadline);
}

/* Where a claim was in vain others need not begin with. */
static void note_outcome(struct lcma_search *search, unsigned long start, int err)
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
static int try_candidate(struct lcma_search *search, unsigned long start)
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
	err = lcma_take(region, &search->hold, search->deadline,
			&search->obstacle);
	note_outcome(search, start, err);
	return err;
}

/*
 * A candidate could not be had: what comes next? The same again if nothing was
 * in sight: it may have been gone in a moment.
 */
static void go_on(struct lcma_search *search, unsigned long start, int err)
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
static void begin_pass(struct lcma_search *search)
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
static int search_pass(struct lcma_search *search, unsigned long *start)
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
		if (deadline_passed(search->deadline))
			return -ETIMEDOUT;
	}
	return err;
}

/* Return: 0; -EINTR; -ETIMEDOUT. */
static int pause_before_retry(const struct lcma_search *search, unsigned int ms)
{
	long left = lcma_settle_jiffies(search->deadline);

	left = min_t(long, left, msecs_to_jiffies(ms));
	if (schedule_timeout_killable(left) && fatal_signal_pending(current))
		return -EINTR;
	return deadline_passed(search->deadline) ? -ETIMEDOUT : 0;
}

/*
 * After a pass in vain. Pages that were busy in other hands, a pool's that are given
 * back among them, may be all that was in the way: they settle.
 */
static int wait_for_pass(struct lcma_search *search, unsigned int pass)
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
static bool is_worth_a_pass(const struct lcma_search *search, unsigned int pass)
{
	if (pass < MAX_PASSES)
		return true;
	return pass < MAX_MORE_PASSES &&
	       (search->any_busy || search->nr_tried <= FEW_TRIES);
}

/**
 * lcma_search_run - find a run and take it
 * @search: region, fit and deadline are the caller's, the rest is zero at first
 * @start: the run's first page; its pages are used
 *
 * Context: process, may sleep; takes region->lock.
 * Return: 0; -ENOENT the region is being drained; -ENOSPC no unused run that fits;
 * -EBUSY every one held a page that could not be moved; -ENOMEM nowhere to move
 * one to; -ENOBUFS no memory of our own; -ETIMEDOUT; -EINTR.
 */
int lcma_search_run(struct lcma_search *search, unsigned long *start)
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
