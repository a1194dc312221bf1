// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking one run: see take.h.
 *
 * Under the lock, in pieces, its pool pages become used and its shared pages busy,
 * so that no other call takes them; then, without the lock, every stretch of busy pages
 * is claimed by one call, because what is migrated out of one unit may land in
 * the next one of the same stretch. Under the lock again busy pages become
 * used, or what they were.
 *
 * A run that ends inside a free block: alloc_contig_range() takes the whole
 * block, clears it if the kernel is told to, and frees the rest before it returns.
 * So the rest is claimed, too. What the pool has no room for goes back in blocks; what
 * lies after the run a moment later, and until then the next request can have it.
 */
#include "supply/take.h"

#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "fault.h"
#include "page/buddy.h"
#include "page/cache.h"
#include "region/poison.h"
#include "supply/claim.h"
#include "supply/pool.h"
#include "supply/surplus.h"
#include "supply/worker.h"

/*
 * This many calls for a run are fine. If it would take more, pool
 * pages inside it are given up until MOST_CALLS + 1 do.
 */
#define FEW_CALLS	4
#define MOST_CALLS	16

/*
 * How many pages that look stuck are claimed by themselves before a run is: if so
 * many could be moved, a look says nothing.
 */
#define MAX_SUSPECTS	16

/**
 * struct take - a run that is being taken by a worker
 * @job: the worker's side
 * @region: the region
 * @taking: the run
 * @err: how it ended
 * @obstacle: what was in the way
 */
struct take {
	struct lcma_job job;
	struct lcma_region *region;
	struct lcma_taking taking;
	int err;
	struct lcma_obstacle obstacle;
};

/* Pages after the run that a claim of its last page takes anyway. */
static unsigned long rest_after(struct lcma_region *region, unsigned long end)
{
	const unsigned long nr_pages = region->map.nr_pages;
	const unsigned long pfn = lcma_region_pfn(region, end);
	unsigned long first_pfn, nr_block;
	struct lcma_stretch s;

	lockdep_assert_held(&region->lock);
	if (end >= nr_pages)
		return 0;
	nr_block = lcma_buddy_taken(pfn - 1, &first_pfn);
	if (first_pfn + nr_block <= pfn)
		return 0;
	lcma_map_stretch(&region->map, end,
			 min(nr_pages, end + first_pfn + nr_block - pfn), &s);
	return s.state == LCMA_SHARED ? s.nr_pages : 0;
}

/* Pages before the run that a claim of its first page takes anyway. */
static unsigned long rest_before(struct lcma_region *region,
				 unsigned long start)
{
	const unsigned long pfn = lcma_region_pfn(region, start);
	unsigned long first_pfn, nr;

	lockdep_assert_held(&region->lock);
	if (!lcma_buddy_taken(pfn, &first_pfn) ||
	    first_pfn < region->carve.base_pfn)
		return 0;
	nr = pfn - first_pfn;
	return nr && lcma_map_all_in(&region->map, start - nr, nr,
				     LCMA_SHARED) ? nr : 0;
}

/*
 * Reserve what a claim of the run takes anyway: for the pool as far as it has room. The
 * rest goes back in blocks (let_go_of_rest()).
 */
static void widen(struct lcma_region *region, struct lcma_taking *taking)
{
	const unsigned long end = taking->start + taking->nr_pages;
	unsigned long room = lcma_unclaim_is_fast() ? ULONG_MAX :
						      lcma_surplus_room(region);

	lockdep_assert_held(&region->lock);
	if (!room || region->life != LCMA_LIVE || lcma_region_is_reserving(region))
		return;
	if (lcma_map_state(&region->map, end - 1) == LCMA_SHARED)
		taking->nr_after = min(room, rest_after(region, end));
	room -= taking->nr_after;
	if (room && lcma_map_state(&region->map, taking->start) == LCMA_SHARED)
		taking->nr_before = min(room, rest_before(region, taking->start));
}

static unsigned long taking_end(const struct lcma_taking *taking)
{
	return taking->start + taking->nr_pages + taking->nr_after;
}

static bool is_reserved(const struct lcma_taking *taking)
{
	return taking->at >= taking_end(taking);
}

/*
 * Under the lock: reserve the next piece of a run. Return: false if a page of it
 * is used, or busy in other hands; what lies beside the run can be done without.
 */
static bool reserve_piece(struct lcma_region *region, struct lcma_taking *taking)
{
	struct lcma_batch batch;
	bool is_first = true, goes_on;
	unsigned int i;

	lockdep_assert_held(&region->lock);
	goes_on = taking->at > taking->start - taking->nr_before &&
		  lcma_map_state(&region->map, taking->at - 1) == LCMA_BUSY;
	lcma_batch_next(&region->map, taking->at, taking_end(taking), &batch);
	for (i = 0; i < batch.nr; i++, is_first = false) {
		const struct lcma_stretch *s = &batch.stretches[i];

		if (s->state & LCMA_BUSY) {
			if (s->start < taking->start + taking->nr_pages)
				return false;
			taking->nr_after = s->start - taking->start - taking->nr_pages;
			return true;
		}
		if (s->state == LCMA_SHARED && !(is_first && goes_on))
			taking->nr_calls++;
		lcma_region_move(region, s->start, s->nr_pages, s->state,
				 s->state == LCMA_POOL ? LCMA_USED : LCMA_BUSY);
		taking->at = s->start + s->nr_pages;
	}
	return true;
}

/**
 * lcma_take_is_short - does it take one hold of the lock to reserve a run?
 * @region: the region
 * @start: first page
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 * Return: true if it does.
 */
bool lcma_take_is_short(const struct lcma_region *region, unsigned long start,
			unsigned long nr_pages)
{
	struct lcma_batch batch;

	lockdep_assert_held(&region->lock);
	return lcma_batch_next(&region->map, start, start + nr_pages, &batch) ==
	       start + nr_pages;
}

/**
 * lcma_take_may_begin - can this run be reserved now?
 * @region: the region
 * @start: first page; all pages of the run are shared or pool
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 * Return: false while another run is being reserved, and it has pages of that or
 * would take more than one hold of the lock, too. That is over in a moment.
 */
bool lcma_take_may_begin(const struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages)
{
	lockdep_assert_held(&region->lock);
	return !lcma_region_is_reserving(region) ||
	       (!lcma_region_is_spoken_for(region, start, nr_pages) &&
		lcma_take_is_short(region, start, nr_pages));
}

/**
 * lcma_take_begin - begin to reserve a run for a call of lcma_take()
 * @region: the region
 * @start: first page; all pages of the run are shared or pool
 * @nr_pages: how many
 * @taking: the answer
 *
 * A long run is reserved in pieces: lcma_take_reserve() does the rest. One at a
 * time: lcma_take_may_begin() tells.
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_take_begin(struct lcma_region *region, unsigned long start,
		     unsigned long nr_pages, struct lcma_taking *taking)
{
	lockdep_assert_held(&region->lock);
	*taking = (struct lcma_taking) { .start = start, .nr_pages = nr_pages };
	widen(region, taking);
	taking->at = start - taking->nr_before;
	lcma_settling_begin_take(&region->settling);
	reserve_piece(region, taking);
	if (!is_reserved(taking))
		lcma_settling_reserve(&region->settling,
				      start - taking->nr_before,
				      taking_end(taking));
}

/**
 * lcma_take_end - a run is no longer on its way
 * @region: the region
 *
 * lcma_take() does it. A caller that must not be seen between its end and its own
 * next step counts itself by lcma_settling_begin_take() first, and calls this
 * afterwards.
 *
 * Context: any; takes region->lock.
 */
void lcma_take_end(struct lcma_region *region)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_settling_end_take(&region->settling);
	lcma_region_unlock(region, flags);
}

/*
 * Put pages back: claimed ones are used by now, busy ones are not claimed. The
 * former go to the pool first; it then gives up what is too much for it, with
 * LCMA_GIVE_LATER in a moment.
 */
static void put_back(struct lcma_region *region, unsigned long start,
		     unsigned long nr_pages, unsigned int give_flags)
{
	const unsigned long end = start + nr_pages;
	struct lcma_batch batch;
	bool any_pool = false;
	unsigned long flags;
	unsigned int i;

	while (start < end) {
		lcma_region_lock(region, &flags);
		start = lcma_batch_next(&region->map, start, end, &batch);
		for (i = 0; i < batch.nr; i++) {
			const struct lcma_stretch *s = &batch.stretches[i];

			any_pool |= s->state == LCMA_USED;
			lcma_region_move(region, s->start, s->nr_pages, s->state,
					 s->state == LCMA_USED ? LCMA_POOL :
								 LCMA_SHARED);
		}
		lcma_region_unlock(region, flags);
		cond_resched();
	}
	if (any_pool)
		lcma_pool_took_in(region, give_flags);
}

/*
 * What was reserved beside the run, into the pool or back where it was. What lies after
 * the run may wait for the next request, which then lies beside this one. What lies
 * before it may not: the next one would lie apart, at its front.
 */
static void let_go_of_rest(struct lcma_region *region, struct lcma_taking *taking,
			   unsigned int give_flags)
{
	put_back(region, taking->start - taking->nr_before, taking->nr_before, 0);
	put_back(region, taking->start + taking->nr_pages, taking->nr_after,
		 give_flags);
	taking->nr_before = 0;
	taking->nr_after = 0;
}

static void take_undo(struct lcma_region *region, struct lcma_taking *taking)
{
	let_go_of_rest(region, taking, 0);
	put_back(region, taking->start, taking->nr_pages, 0);
}

/* The run is reserved, or let go: it no longer counts as on its way. */
static void end_reserving(struct lcma_region *region)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_settling_end_reserve(&region->settling);
	lcma_region_unlock(region, flags);
}

/**
 * lcma_take_reserve - reserve what is left of a run
 * @region: the region
 * @taking: what lcma_take_begin() began with
 *
 * No other caller takes pages of the rest meanwhile, see struct lcma_settling. If
 * one is used nevertheless the run is let go.
 *
 * Context: process, may sleep.
 * Return: true if all of it is reserved; else none of it is.
 */
bool lcma_take_reserve(struct lcma_region *region, struct lcma_taking *taking)
{
	const unsigned long first = taking->start - taking->nr_before;
	unsigned long flags;
	bool is_ours = true;

	if (is_reserved(taking))
		return true;
	while (is_ours && !is_reserved(taking)) {
		lcma_region_lock(region, &flags);
		is_ours = reserve_piece(region, taking);
		lcma_region_unlock(region, flags);
		cond_resched();
	}
	if (!is_ours)
		put_back(region, first, taking->at - first, 0);
	end_reserving(region);
	if (!is_ours)
		lcma_take_end(region);
	return is_ours;
}

/*
 * The last page or folio of a range, in busy pages, that will hardly be moved: no
 * run that contains it can be taken. With @is_picky also one that is waited for.
 */
static bool find_suspect(struct lcma_region *region, unsigned long at,
			 unsigned long end, bool is_picky,
			 struct lcma_obstacle *suspect, struct lcma_stretch *in)
{
	struct lcma_obstacle found;
	struct lcma_stretch s;
	bool any = false;

	for (; lcma_region_stretch(region, at, end, &s); at += s.nr_pages) {
		if (s.state != LCMA_BUSY)
			continue;
		lcma_obstacle_find(lcma_region_pfn(region, s.start), s.nr_pages,
				   &found);
		if (!lcma_obstacle_is_stuck(&found) &&
		    !(is_picky && lcma_obstacle_is_waited_for(&found)))
			continue;
		*suspect = found;
		*in = s;
		any = true;
	}
	return any;
}

/**
 * lcma_take_is_stuck - is there a page in a run that will hardly be moved?
 * @region: the region
 * @taking: what lcma_take_begin() reserved
 * @is_picky: a page counts, too, that another task has locked or that is being written,
 *	for which a claim would wait
 * @obstacle: the page, if there is one
 *
 * A look, which costs next to nothing beside a claim that fails; it may be wrong.
 *
 * Context: process, may sleep.
 * Return: true if it does.
 */
bool lcma_take_is_stuck(struct lcma_region *region,
			const struct lcma_taking *taking, bool is_picky,
			struct lcma_obstacle *obstacle)
{
	struct lcma_stretch s;

	return find_suspect(region, taking->start, taking->start + taking->nr_pages,
			    is_picky, obstacle, &s);
}

/**
 * lcma_take_cancel - let go of a run that is not to be taken after all
 * @region: the region
 * @taking: what lcma_take_begin() reserved
 *
 * Context: process, may sleep.
 */
void lcma_take_cancel(struct lcma_region *region, const struct lcma_taking *taking)
{
	struct lcma_taking own = *taking;

	take_undo(region, &own);
	lcma_take_end(region);
}

/*
 * What claimed pages contain. The kernel's zeroes may be in a cache, not yet in memory:
 * they are cleaned when a page is handed out to a caller that wants zeroes, or in the
 * pool, in the background.
 */
static enum lcma_zeroness zeroness_of_claimed(void)
{
	if (!lcma_claim_zeroes())
		return LCMA_ZERO_UNKNOWN;
	return lcma_cache_is_needed() ? LCMA_ZERO_CACHED : LCMA_ZERO_IN_MEMORY;
}

/* A stretch has been claimed: it is used. */
static void note_claimed(struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages)
{
	const enum lcma_zeroness content = zeroness_of_claimed();
	unsigned long flags, nr;

	for (; nr_pages; nr_pages -= nr, start += nr) {
		nr = min(nr_pages, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_zeroed_note(&region->zeroed, start, nr, content);
		lcma_region_move(region, start, nr, LCMA_BUSY, LCMA_USED);
		lcma_region_unlock(region, flags);
	}
}

/* Claim busy pages; then they are used. */
static int claim_pages(struct lcma_region *region,
		       const struct lcma_taking *taking, unsigned long start,
		       unsigned long nr_pages)
{
	int err = lcma_claim(region, start, nr_pages);

	if (!err)
		note_claimed(region, start, nr_pages);
	return err;
}

/* Claim what is busy in a range that is reserved. */
static int claim_busy(struct lcma_region *region,
		      const struct lcma_taking *taking, unsigned long at,
		      unsigned long end, struct lcma_obstacle *obstacle)
{
	struct lcma_stretch s;
	int err;

	for (; lcma_region_stretch(region, at, end, &s); at += s.nr_pages) {
		if (s.state != LCMA_BUSY)
			continue;
		err = claim_pages(region, taking, s.start, s.nr_pages);
		if (err == -EBUSY)
			lcma_obstacle_find(lcma_region_pfn(region, s.start),
					   s.nr_pages, obstacle);
		if (err)
			return err;
	}
	return 0;
}

/* Claim the part of a stretch that a suspect lies in. */
static int claim_suspect(struct lcma_region *region,
			 const struct lcma_taking *taking,
			 const struct lcma_stretch *s,
			 const struct lcma_obstacle *suspect)
{
	const unsigned long base_pfn = region->carve.base_pfn;
	const unsigned long granule = region->granule_pages;
	unsigned long start = s->start, end = s->start + s->nr_pages;

	if (suspect->pfn > lcma_region_pfn(region, start))
		start = suspect->pfn - base_pfn;
	end = min(end, suspect->pfn + suspect->nr_pages - base_pfn);
	start = max(s->start, rounddown(start, granule));
	end = min(s->start + s->nr_pages, roundup(end, granule));
	return claim_pages(region, taking, start, end - start);
}

/*
 * Claim what looks stuck, each by itself: what fails is stuck, and what does not
 * was moved.
 */
static int claim_suspects(struct lcma_region *region,
			  const struct lcma_taking *taking, unsigned long at,
			  unsigned long end, struct lcma_obstacle *obstacle)
{
	struct lcma_obstacle suspect;
	struct lcma_stretch s;
	unsigned int i;
	int err;

	for (i = 0; i < MAX_SUSPECTS; i++) {
		if (!find_suspect(region, at, end, false, &suspect, &s))
			return 0;
		err = claim_suspect(region, taking, &s, &suspect);
		if (!err)
			continue;
		suspect.is_proven = err == -EBUSY;
		*obstacle = suspect;
		return err;
	}
	return 0;
}

/* A claim of nothing but these pages has failed. */
static void note_proven(struct lcma_region *region, unsigned long start,
			unsigned long nr_pages, struct lcma_obstacle *obstacle)
{
	const unsigned long pfn = lcma_region_pfn(region, start);

	/* That claim itself took the page off its list. */
	if (!lcma_obstacle_find(pfn, nr_pages, obstacle) ||
	    lcma_obstacle_is_off_list(obstacle)) {
		obstacle->kind = LCMA_OBSTACLE_HIDDEN;
		obstacle->pfn = pfn;
		obstacle->nr_pages = nr_pages;
	}
	obstacle->is_proven = true;
}

/*
 * Claim a busy stretch in pieces, the last one first, and where one fails in halves
 * of it: so either the last page that cannot be moved is found, or all are claimed.
 */
static int claim_pieces(struct lcma_region *region,
			const struct lcma_taking *taking,
			const struct lcma_stretch *s,
			struct lcma_obstacle *obstacle)
{
	const unsigned long granule = region->granule_pages;
	unsigned long end = s->start + s->nr_pages;
	unsigned long bad = s->start;	/* there, up to the end, a claim failed */
	unsigned long nr;
	int err;

	while (end > s->start) {
		nr = max(granule, rounddown((end - bad) / 2, granule));
		if (bad == end) {
			bad = s->start;
			nr = end - bad;
		}
		err = claim_pages(region, taking, end - nr, nr);
		if (!err) {
			end -= nr;
			continue;
		}
		if (err != -EBUSY)
			return err;
		if (nr <= granule) {
			note_proven(region, end - nr, nr, obstacle);
			return err;
		}
		bad = end - nr;
	}
	return 0;
}

/* As claim_busy(), but what is in the way is proven to be. */
static int claim_proving(struct lcma_region *region,
			 const struct lcma_taking *taking, unsigned long at,
			 unsigned long end, struct lcma_obstacle *obstacle)
{
	struct lcma_stretch s;
	int err;

	err = claim_suspects(region, taking, at, end, obstacle);
	if (!err)
		err = claim_busy(region, taking, at, end, obstacle);
	if (err != -EBUSY || obstacle->is_proven)
		return err;
	for (; lcma_region_stretch(region, at, end, &s); at += s.nr_pages) {
		if (s.state != LCMA_BUSY)
			continue;
		err = claim_pieces(region, taking, &s, obstacle);
		if (err)
			return err;
	}
	return 0;
}

/* Is it the wedge of a unit that is all of it in the run? Without, that is one block. */
static bool is_wedge_of_run(const struct lcma_region *region,
			    const struct lcma_taking *taking,
			    const struct lcma_stretch *s)
{
	lockdep_assert_held(&region->lock);
	return s->state == LCMA_USED && s->nr_pages == 1 &&
	       lcma_wedges_in(lcma_pool_wedges(&region->pool), s->start, 1) &&
	       s->start + region->unit_pages <= taking->start + taking->nr_pages &&
	       lcma_poison_known(region, s->start, s->start + 1) > s->start;
}

/* Is it one of those short islands that only cost a call, without a bad page? */
static bool is_islet(const struct lcma_region *region,
		     const struct lcma_taking *taking, const struct lcma_stretch *s)
{
	const unsigned long end = s->start + s->nr_pages;

	return s->state == LCMA_USED &&
	       s->nr_pages <= taking->nr_pages / MOST_CALLS &&
	       s->start > taking->start && end < taking->start + taking->nr_pages &&
	       lcma_poison_known(region, s->start, end) == end;
}

/*
 * Pages of the pool that lie scattered in a run split it into many stretches, each
 * of them a call. So the short ones go back to the buddy allocator first, and are
 * claimed again with what lies around them.
 */
static void sink_islets(struct lcma_region *region, const struct lcma_taking *taking)
{
	const unsigned long end = taking->start + taking->nr_pages;
	unsigned long at = taking->start, flags;
	struct lcma_batch batch;
	unsigned int i;

	while (at < end) {
		lcma_region_lock(region, &flags);
		at = lcma_batch_next(&region->map, at, end, &batch);
		for (i = 0; i < batch.nr; i++) {
			struct lcma_stretch *s = &batch.stretches[i];

			if (is_wedge_of_run(region, taking, s) ||
			    (taking->nr_calls > FEW_CALLS &&
			     is_islet(region, taking, s)))
				lcma_region_move(region, s->start, s->nr_pages,
						 LCMA_USED, LCMA_BUSY);
			else
				s->nr_pages = 0;
		}
		lcma_region_unlock(region, flags);
		for (i = 0; i < batch.nr; i++)
			lcma_unclaim(region, batch.stretches[i].start,
				     batch.stretches[i].nr_pages);
	}
}

/* Claim what is busy in a run that lcma_take_begin() reserved. */
static int take_claim(struct lcma_region *region, struct lcma_taking *taking,
		      struct lcma_obstacle *obstacle)
{
	const unsigned long end = taking->start + taking->nr_pages;
	const unsigned long nr_rest = taking->nr_before + taking->nr_after;
	unsigned long flags;
	int err;

	if (taking->nr_calls > FEW_CALLS ||
	    (taking->nr_pages >= region->unit_pages &&
	     READ_ONCE(region->pool.is_wedged)))
		sink_islets(region, taking);
	if (taking->is_proof) {
		let_go_of_rest(region, taking, 0);
		err = claim_proving(region, taking, taking->start, end, obstacle);
		if (err)
			take_undo(region, taking);
		return err;
	}
	err = claim_busy(region, taking, taking->start - taking->nr_before,
			 end + taking->nr_after, obstacle);
	/* Others have got into the rest: then without it. */
	if (nr_rest && (err == -EBUSY || err == -ENOMEM)) {
		let_go_of_rest(region, taking, 0);
		memset(obstacle, 0, sizeof(*obstacle));
		err = claim_busy(region, taking, taking->start, end, obstacle);
	} else if (nr_rest && !err) {
		/* The caller does not wait until it has gone. */
		let_go_of_rest(region, taking, LCMA_GIVE_LATER);
		lcma_region_lock(region, &flags);
		lcma_stats_add(&region->stats.spared_pages, nr_rest);
		lcma_region_unlock(region, flags);
	}
	if (err)
		take_undo(region, taking);
	return err;
}

static void take_run(struct lcma_job *job)
{
	struct take *take = container_of(job, struct take, job);

	take->err = take_claim(take->region, &take->taking, &take->obstacle);
}

/* The caller left: what was taken goes where idle pages go. */
static void take_orphaned(struct lcma_job *job)
{
	struct take *take = container_of(job, struct take, job);
	struct lcma_region *region = take->region;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_stats_add(&region->stats.claims_late, 1);
	lcma_region_unlock(region, flags);
	if (!take->err)
		lcma_pool_give(region, take->taking.start, take->taking.nr_pages,
			       LCMA_USED, 0);
	kfree(take);
	lcma_take_end(region);
}

static const struct lcma_job_ops take_ops = {
	.run = take_run,
	.orphaned = take_orphaned,
};

static int take_by_worker(struct lcma_region *region, struct lcma_taking *taking,
			  ktime_t deadline, struct lcma_obstacle *obstacle,
			  bool *left)
{
	struct take *take;
	int err;

	take = lcma_fault(TAKE_JOB) ? NULL : kzalloc(sizeof(*take), GFP_KERNEL);
	if (!take) {
		take_undo(region, taking);
		return -ENOBUFS;
	}
	take->region = region;
	take->taking = *taking;

	err = lcma_job_run(&take->job, &take_ops, deadline, left);
	if (*left)
		return err;
	if (err) {
		/* No worker had time for it. */
		take_undo(region, taking);
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
 * @taking: what lcma_take_begin() reserved
 * @deadline: when to leave, on the monotonic clock; LCMA_FOREVER: never
 * @obstacle: after -EBUSY: what was in the way
 *
 * Without a deadline the kernel's call is made here, and a fatal signal ends
 * it at its next batch of pages; with one, a worker makes it, and a deadline or
 * a fatal signal ends the wait at once. Then the worker is told to stop, and
 * what it still gets goes to the pool or back.
 *
 * Context: process, may sleep.
 * Return: 0, and all pages of the run are used; else the caller has
 * none of them: -EBUSY a page could not be moved; -ENOMEM nowhere to move
 * one to; -ENOBUFS no memory for the worker's job; -EINTR; -ETIMEDOUT.
 */
int lcma_take(struct lcma_region *region, const struct lcma_taking *taking,
	      ktime_t deadline, struct lcma_obstacle *obstacle)
{
	struct lcma_taking own = *taking;
	bool left = false;
	int err;

	memset(obstacle, 0, sizeof(*obstacle));
	if (deadline == LCMA_FOREVER)
		err = take_claim(region, &own, obstacle);
	else
		err = take_by_worker(region, &own, deadline, obstacle, &left);
	if (!left)
		lcma_take_end(region);
	return err;
}
