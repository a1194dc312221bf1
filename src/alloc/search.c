// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search: see search.h.
 *
 * The places where the buffer could lie are tried one after the other (place.c);
 * each is reserved under the region's lock and emptied without it (take.c). Pages
 * that are busy in other hands are neither free nor used: before a request is told
 * that there is no run, it waits until they have settled.
 *
 * The first pass goes by looks: a candidate in which a page looks stuck costs
 * next to nothing. So does one with a page that is locked or being written, for which a
 * claim would wait: if there is no other, it comes in a pass of its own. A look may be
 * wrong, so it never decides: if nothing was found, a pass follows that rejects a
 * candidate only for a page which a claim of just this page could not move. What was in
 * the way there is watched, and when some of it has gone, that candidate comes first in
 * one more such pass.
 */
#include "alloc/search.h"

#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "alloc/settle.h"
#include "alloc/survey.h"
#include "supply/quarantine.h"
#include "trace.h"

/* How often one candidate is tried when it is not known what was in the way. */
#define BLIND_TRIES	2

/*
 * How many candidates fail because there is no migration target before the request
 * does: another place may hold fewer pages, but memory is short everywhere.
 */
#define NOMEM_TRIES	4

/*
 * In a longer run some page is always locked or being written where memory is churned:
 * it is not worth a look at all places whether there is one without.
 */
#define PICKY_PAGES	4096UL

/* How many candidates of the first pass are tried at all. */
#define PASS_TRIES	1024

/*
 * How long a request without a deadline tries to prove that every candidate is
 * stuck: in a region of thousands of pinned pages that takes a claim for each.
 */
#define PROOF_MS	10000

/* How many pages are looked at after the deadline, for what was in the way. */
#define BLAME_PAGES	4096UL

/* The pause before something is looked at again; it doubles up to the other. */
#define FIRST_PAUSE_MS	5U
#define LAST_PAUSE_MS	50U

/*
 * What is passing (I/O, a lock, busy buffers) is waited for until the deadline, or
 * without one for so long.
 */
#define PASSING_WAIT_MS	3000

/*
 * What holds a pinned page may let go of it as well (a pipe that is being read, direct
 * I/O): that is waited for, but not for so long.
 */
#define PINNED_WAIT_MS	500

/* An obstacle that a look does not show is tried again after so long; it doubles. */
#define FIRST_HIDDEN_MS	10U
#define LAST_HIDDEN_MS	1000U

/*
 * How often a request whose candidates were all in the way of something waits until
 * pages that are busy in other hands have settled: they may be all that it needs.
 */
#define MAX_SETTLES	8

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
	search->nr_unused = region->settling.nr_unused;
	search->any_busy = lcma_region_is_busy(region);
	answer = lcma_place_next(&search->place, &region->map, start);
	if (answer != LCMA_PLACE_FOUND)
		return answer;
	if (!lcma_take_may_begin(region, *start, search->fit.nr_pages))
		return LCMA_PLACE_AGAIN;
	lcma_take_begin(region, *start, search->fit.nr_pages, &search->taking);
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
		    lcma_take_reserve(region, &search->taking))
			return 1;
		if (fatal_signal_pending(current))
			return -EINTR;
		/* The caller that reserves a run may have a lower priority. */
		if (is_reserving)
			schedule_timeout_killable(1);
		else
			cond_resched();
	}
}

/*
 * There was no candidate. Return: 1: here is one, reserved; 0: look again, or nothing is
 * busy; -EINTR; -ETIMEDOUT.
 */
static int wait_for_candidate(struct lcma_search *search, unsigned long *start)
{
	int ret = lcma_settle_wait(search->region, &search->fit, search->nr_unused,
				   search->deadline, &search->taking);

	*start = search->taking.start;
	return ret == 1 ? lcma_take_reserve(search->region, &search->taking) : ret;
}

/* Other requests begin with units in which no claim has failed recently. */
static void note_outcome(struct lcma_search *search, unsigned long start, int err)
{
	struct lcma_region *region = search->region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (!err)
		lcma_backoff_forget(&region->backoff, start,
				    search->fit.nr_pages);
	else if (err == -EBUSY && search->obstacle.kind != LCMA_OBSTACLE_NONE)
		lcma_backoff_note(&region->backoff, search->obstacle.pfn -
				  region->carve.base_pfn, jiffies);
	lcma_region_unlock(region, flags);
}

/*
 * The deadline has passed while the kernel's call ran: what did that wait for? The
 * caller is late, so it does not look far.
 */
static void blame_passing(struct lcma_search *search)
{
	struct lcma_region *region = search->region;
	const unsigned long end = search->taking.start +
				  min(search->taking.nr_pages, BLAME_PAGES);
	unsigned long at = search->taking.start;
	struct lcma_obstacle found;
	struct lcma_stretch s;

	for (; lcma_region_stretch(region, at, end, &s); at += s.nr_pages) {
		if (s.state != LCMA_BUSY)
			continue;
		lcma_obstacle_find(lcma_region_pfn(region, s.start), s.nr_pages,
				   &found);
		if (found.is_writeback || found.is_locked)
			search->obstacle = found;
	}
}

/* Which page was in the way, as far as that is known. */
static void trace_obstacle(const struct lcma_search *search, int err)
{
	const struct lcma_obstacle *obstacle = &search->obstacle;

	if (!trace_lcma_alloc_obstacle_enabled())
		return;
	trace_lcma_alloc_obstacle(search->region->name, obstacle->pfn,
				  obstacle->nr_pages,
				  lcma_obstacle_word(obstacle->kind), err);
}

/* Try one candidate, which is reserved. */
static int try_candidate(struct lcma_search *search, unsigned long start)
{
	struct lcma_region *region = search->region;
	int err;

	search->any_seen = true;
	trace_lcma_alloc_candidate(region->name, lcma_region_pfn(region, start),
				   search->fit.nr_pages, search->is_proof);
	search->taking.is_proof = search->is_proof;
	if (!search->is_proof &&
	    lcma_take_is_stuck(region, &search->taking, search->is_picky,
			       &search->obstacle)) {
		search->any_awaited |= !lcma_obstacle_is_stuck(&search->obstacle);
		lcma_take_cancel(region, &search->taking);
		trace_obstacle(search, -EBUSY);
		return -EBUSY;
	}
	search->nr_tried++;
	err = lcma_take(region, &search->taking, search->deadline,
			&search->obstacle);
	if (err == -ETIMEDOUT)
		blame_passing(search);
	if (search->obstacle.kind != LCMA_OBSTACLE_NONE)
		search->blamed = search->obstacle;
	if (err)
		trace_obstacle(search, err);
	note_outcome(search, start, err);
	return err;
}

/* What was in the way of a candidate may go away: rather this than what is stuck. */
static void watch(struct lcma_search *search, unsigned long start)
{
	const struct lcma_obstacle *obstacle = &search->obstacle;
	unsigned int i = search->nr_watched;

	if (obstacle->kind == LCMA_OBSTACLE_NONE)
		return;
	if (i < LCMA_NR_WATCHED) {
		search->nr_watched++;
	} else {
		if (lcma_obstacle_is_stuck(obstacle))
			return;
		for (i = 0; i < LCMA_NR_WATCHED; i++)
			if (lcma_obstacle_is_stuck(&search->watched[i].obstacle))
				break;
		if (i == LCMA_NR_WATCHED)
			return;
	}
	search->watched[i].start = start;
	search->watched[i].obstacle = *obstacle;
}

/*
 * A candidate could not be had: what comes next? The same again if nothing was
 * in sight: it may have been gone in a moment.
 */
static void go_on(struct lcma_search *search, unsigned long start, int err)
{
	const struct lcma_obstacle *obstacle = &search->obstacle;
	const unsigned long base_pfn = search->region->carve.base_pfn;
	unsigned long in_the_way = LCMA_NO_PAGE;

	if (err == -EBUSY && obstacle->kind == LCMA_OBSTACLE_NONE) {
		search->nr_again = start == search->again ?
				   search->nr_again + 1 : 1;
		search->again = start;
		if (search->nr_again < BLIND_TRIES)
			return;
	}
	if (err == -EBUSY && search->is_proof)
		watch(search, start);
	if (err == -EBUSY && (search->is_proof ? obstacle->is_proven :
			      lcma_obstacle_is_stuck(obstacle) ||
			      (search->is_picky &&
			       lcma_obstacle_is_waited_for(obstacle))))
		in_the_way = obstacle->pfn + obstacle->nr_pages - 1 - base_pfn;
	lcma_place_reject(&search->place, start, in_the_way);
}

/*
 * All candidates in the order in which they are to be tried. If there is one already,
 * which was the first that fits, no other is preferred.
 */
static void begin_pass(struct lcma_search *search, bool has_one)
{
	const struct lcma_option first = { .start = search->first };
	struct lcma_region *region = search->region;
	unsigned long flags;

	search->nr_tried = 0;
	search->nr_watched = 0;
	search->any_seen = false;
	search->again = LCMA_NO_PAGE;
	lcma_survey_begin(region, &search->fit, &search->place);
	if (!search->is_proof && !has_one)
		lcma_survey(region, &search->fit, &search->place);
	else if (first.start != LCMA_NO_PAGE && !has_one)
		lcma_place_prefer(&search->place, &first, 1);
	lcma_region_lock(region, &flags);
	if (lcma_backoff_any(&region->backoff, jiffies))
		lcma_place_spare(&search->place, region->backoff.units,
				 region->unit_pages);
	lcma_region_unlock(region, flags);
}

static bool may_try_more(const struct lcma_search *search)
{
	if (!search->is_proof)
		return search->nr_tried < PASS_TRIES;
	return !search->nr_tried || !deadline_passed(search->prove_until);
}

/* One pass over the candidates. Return: 0 and a run, or why there is none. */
static int search_pass(struct lcma_search *search, unsigned long *start)
{
	int err = -ENOSPC;
	int ret;

	begin_pass(search, false);
	while (may_try_more(search)) {
		ret = reserve_candidate(search, start);
		if (ret < 0)
			return ret;
		if (!ret && search->any_seen)
			return err;
		if (!ret) {
			if (!search->any_busy)
				return -ENOSPC;
			ret = wait_for_candidate(search, start);
			if (ret < 0)
				return ret;
			begin_pass(search, ret);
			if (!ret)
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
static int pause_ms(struct lcma_search *search, unsigned int ms)
{
	long left = lcma_settle_jiffies(search->deadline);
	const ktime_t began = ktime_get();

	left = min_t(long, left, msecs_to_jiffies(ms));
	left = schedule_timeout_killable(left);
	/* A busy CPU makes a pause longer. */
	search->waited_ms += max_t(s64, 1, ktime_ms_delta(ktime_get(), began));
	if (left && fatal_signal_pending(current))
		return -EINTR;
	return deadline_passed(search->deadline) ? -ETIMEDOUT : 0;
}

/* Look at what is watched. Return: one that is gone, or NULL. */
static struct lcma_watched *look_again(struct lcma_search *search,
				       unsigned int hidden_ms)
{
	struct lcma_obstacle now;
	struct lcma_watched *w;
	unsigned int i;

	for (i = 0; i < search->nr_watched; i++) {
		w = &search->watched[i];
		if (w->obstacle.kind == LCMA_OBSTACLE_HIDDEN) {
			if (hidden_ms >= search->hidden_ms)
				return w;
			continue;
		}
		lcma_obstacle_find(w->obstacle.pfn, w->obstacle.nr_pages, &now);
		if (now.kind == LCMA_OBSTACLE_NONE)
			return w;
		w->obstacle.kind = lcma_obstacle_is_off_list(&now) ?
				   LCMA_OBSTACLE_HIDDEN : now.kind;
	}
	return NULL;
}

/* How long a request waits for what it watches, all waits together. */
static unsigned int longest_wait_ms(const struct lcma_search *search)
{
	unsigned int i;

	for (i = 0; i < search->nr_watched; i++)
		if (!lcma_obstacle_is_stuck(&search->watched[i].obstacle))
			return search->deadline == LCMA_FOREVER ?
			       PASSING_WAIT_MS : UINT_MAX;
	return PINNED_WAIT_MS;
}

/*
 * After a pass that found nothing: wait until something that was in the way has gone.
 * Return: 0: look again; -EBUSY: it has waited long enough; -EINTR; -ETIMEDOUT.
 */
static int wait_for_obstacles(struct lcma_search *search)
{
	const unsigned int began_ms = search->waited_ms;
	unsigned int ms = FIRST_PAUSE_MS;
	struct lcma_watched *gone;
	int err;

	search->first = LCMA_NO_PAGE;
	while (search->waited_ms < longest_wait_ms(search)) {
		err = pause_ms(search, ms);
		if (err)
			return err;
		lcma_quarantine_retry(search->region);
		gone = look_again(search, search->waited_ms - began_ms);
		if (gone) {
			if (gone->obstacle.kind == LCMA_OBSTACLE_HIDDEN)
				search->hidden_ms = min(2 * search->hidden_ms,
							LAST_HIDDEN_MS);
			search->first = gone->start;
			return 0;
		}
		if (search->any_busy && search->nr_settles < MAX_SETTLES) {
			search->nr_settles++;
			return lcma_settle_wait(search->region, &search->fit,
						search->nr_unused,
						search->deadline, NULL);
		}
		ms = min(2 * ms, LAST_PAUSE_MS);
	}
	return -EBUSY;
}

/* With all quarantined pages, would there be enough unused ones for a run? */
static bool needs_quarantined(const struct lcma_search *search)
{
	struct lcma_region *region = search->region;
	unsigned long flags, nr_pages;

	lcma_region_lock(region, &flags);
	nr_pages = region->map.nr_in[LCMA_SHARED] +
		   region->map.nr_in[LCMA_POOL] + region->quarantine.nr;
	lcma_region_unlock(region, flags);
	return nr_pages >= search->fit.nr_pages;
}

/*
 * There is no run. Quarantined pages are used, but may be let go in a moment.
 * Return: 0: some were; -ENOSPC; -EINTR; -ETIMEDOUT.
 */
static int wait_for_quarantine(struct lcma_search *search)
{
	struct lcma_region *region = search->region;
	const unsigned long nr_held = READ_ONCE(region->quarantine.nr);
	unsigned int ms = FIRST_PAUSE_MS;
	int err;

	if (!nr_held || !needs_quarantined(search))
		return -ENOSPC;
	while (search->waited_ms < PINNED_WAIT_MS) {
		lcma_quarantine_retry(region);
		if (READ_ONCE(region->quarantine.nr) < nr_held)
			return 0;
		err = pause_ms(search, ms);
		if (err)
			return err;
		ms = min(2 * ms, LAST_PAUSE_MS);
	}
	return -ENOSPC;
}

/*
 * After a pass that found nothing. In the next one a page that is waited for is no reason
 * to pass over a candidate; in the one after that only a claim that failed is.
 */
static void begin_next_pass(struct lcma_search *search)
{
	const bool any_awaited = search->any_awaited;

	search->is_picky = false;
	search->any_awaited = false;
	if (any_awaited)
		return;
	search->is_proof = true;
	search->prove_until = search->deadline != LCMA_FOREVER ? LCMA_FOREVER :
			      ktime_add_ms(ktime_get(), PROOF_MS);
}

static int run_passes(struct lcma_search *search, unsigned long *start)
{
	int err, wait_err = 0;

	while (!wait_err) {
		err = search_pass(search, start);
		if (err == -EBUSY && !search->is_proof)
			begin_next_pass(search);
		else if (err == -EBUSY)
			wait_err = wait_for_obstacles(search);
		else if (err == -ENOSPC)
			wait_err = wait_for_quarantine(search);
		else
			return err;
		trace_lcma_alloc_retry(search->region->name, search->nr_tried,
				       search->waited_ms);
	}
	return wait_err;
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
	int err;

	search->first = LCMA_NO_PAGE;
	search->hidden_ms = FIRST_HIDDEN_MS;
	search->is_picky = search->fit.nr_pages <= PICKY_PAGES;
	err = run_passes(search, start);
	if (search->obstacle.kind == LCMA_OBSTACLE_NONE)
		search->obstacle = search->blamed;
	return err;
}
