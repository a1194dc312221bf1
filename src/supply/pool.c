// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: see pool.h.
 */
#include "supply/pool.h"

#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include "supply/surplus.h"

/*
 * Runs of the pool that are looked at for one that is zero throughout: clearing
 * a page costs more than a look.
 */
#define ZERO_LOOKS		8

/* A shorter run is cleared at once: to scatter small ones costs more. */
#define ZERO_WORTH_PAGES	16

/* How far one of these looks goes at most. */
#define ZERO_LOOK_PAGES		LCMA_HOLD_PAGES

static unsigned long first_piece(const struct lcma_fit *fit)
{
	return min(fit->nr_pages, LCMA_HOLD_PAGES);
}

static bool run_is_zero(const struct lcma_region *region, unsigned long start,
			unsigned long nr_pages)
{
	lockdep_assert_held(&region->lock);
	return lcma_region_pool_is_zero(region) ||
	       lcma_zeroed_all(&region->zeroed, start, nr_pages);
}

/*
 * The first run of the pool, or, for one that is worth a look, the first that is
 * zero; of one that is taken in several holds only the first piece is looked at.
 * A pool that keeps nothing has only what lies beside the last run: to pass over a part
 * of that would leave a gap.
 */
static unsigned long find_run(struct lcma_region *region,
			      const struct lcma_fit *fit, bool *is_zero)
{
	const bool any_run = fit->nr_pages < ZERO_WORTH_PAGES ||
			      fit->nr_pages > LCMA_HOLD_PAGES ||
			      !region->pool.keep_high;
	unsigned int looks = any_run ? 1 : ZERO_LOOKS;
	unsigned int budget = LCMA_HOLD_LOOKS;
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned long from = 0, first = LCMA_NO_PAGE, start, stop;

	lockdep_assert_held(&region->lock);
	*is_zero = false;
	while (looks--) {
		start = lcma_map_seek(&region->map, LCMA_KIND_POOL, fit, &from,
				      &budget);
		if (start == LCMA_NO_PAGE)
			break;
		if (lcma_region_is_spoken_for(region, start, fit->nr_pages)) {
			from = region->settling.reserving.end;
			looks++;
			continue;
		}
		if (first == LCMA_NO_PAGE)
			first = start;
		if (run_is_zero(region, start, first_piece(fit))) {
			*is_zero = true;
			return start;
		}
		if (any_run || region->zeroed.nr_pooled < fit->nr_pages)
			break;
		/* After the first stretch of it that is not. */
		stop = start + fit->nr_pages;
		from = find_next_zero_bit(region->zeroed.bits, stop, start);
		from = find_next_bit(region->zeroed.bits,
				     min(nr_pages, from + ZERO_LOOK_PAGES), from);
	}
	return first;
}

/* Under the lock: a request has been served from the pool. */
static void count_hit(struct lcma_region *region, unsigned int take_flags,
		      bool is_zero)
{
	lockdep_assert_held(&region->lock);
	if (!(take_flags & LCMA_TAKE_AHEAD)) {
		lcma_stats_add(&region->stats.allocs, 1);
		lcma_stats_add(&region->stats.pool_hits, 1);
		if (is_zero)
			lcma_stats_add(&region->stats.pool_hits_zero, 1);
	}
	/* Fewer than that are there, or fewer of them are zero. */
	if (region->zeroed.nr_pooled < lcma_region_kept_pool(region))
		lcma_surplus_poke_soon(region);
}

/**
 * lcma_pool_take - hand out a run of the pool
 * @region: the region
 * @fit: length and alignment
 * @take_flags: LCMA_TAKE_*
 * @is_zero: afterwards: is the run known to be zero throughout?
 *
 * A long run is taken in pieces: lcma_pool_take_rest() does the rest.
 *
 * Context: any; the caller holds region->lock.
 * Return: the first page of the run, which is used now; LCMA_NO_PAGE if the
 * pool has none.
 */
unsigned long lcma_pool_take(struct lcma_region *region,
			     const struct lcma_fit *fit, unsigned int take_flags,
			     bool *is_zero)
{
	unsigned long start;

	lockdep_assert_held(&region->lock);
	region->pool.asked_at = jiffies;
	if (first_piece(fit) < fit->nr_pages && lcma_region_is_reserving(region))
		return LCMA_NO_PAGE;
	start = find_run(region, fit, is_zero);
	if (start == LCMA_NO_PAGE)
		return start;
	lcma_region_move(region, start, first_piece(fit), LCMA_POOL, LCMA_USED);
	if (first_piece(fit) < fit->nr_pages)
		lcma_settling_reserve(&region->settling, start,
				      start + fit->nr_pages);
	else
		count_hit(region, take_flags, *is_zero);
	return start;
}

/* Under the lock: the next piece of a run of the pool. */
static bool take_piece(struct lcma_region *region, unsigned long start,
		       unsigned long nr_pages, bool *is_zero)
{
	lockdep_assert_held(&region->lock);
	if (!lcma_map_all_in(&region->map, start, nr_pages, LCMA_POOL))
		return false;
	*is_zero = *is_zero && run_is_zero(region, start, nr_pages);
	lcma_region_move(region, start, nr_pages, LCMA_POOL, LCMA_USED);
	return true;
}

/**
 * lcma_pool_take_rest - take what is left of a run of the pool
 * @region: the region
 * @fit: length and alignment
 * @start: what lcma_pool_take() gave
 * @take_flags: as for lcma_pool_take()
 * @is_zero: as lcma_pool_take() left it; afterwards of all of the run
 *
 * Context: any; takes region->lock.
 * Return: true if all of the run is used now; false if it is not in the pool, which
 * would be a bug: then all of it is as it was.
 */
bool lcma_pool_take_rest(struct lcma_region *region, const struct lcma_fit *fit,
			 unsigned long start, unsigned int take_flags,
			 bool *is_zero)
{
	const unsigned long end = start + fit->nr_pages;
	unsigned long at = start + first_piece(fit);
	unsigned long flags, nr;
	bool is_ours = true;

	if (at == end)
		return true;
	for (; is_ours && at < end; at += is_ours ? nr : 0) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		is_ours = take_piece(region, at, nr, is_zero);
		lcma_region_unlock(region, flags);
	}
	if (!is_ours)
		lcma_region_move_own(region, start, at - start, LCMA_USED,
				     LCMA_POOL);
	lcma_region_lock(region, &flags);
	lcma_settling_end_reserve(&region->settling);
	if (is_ours)
		count_hit(region, take_flags, *is_zero);
	/* Meanwhile nothing was given back. */
	lcma_surplus_poke_soon(region);
	lcma_region_unlock(region, flags);
	return is_ours;
}

/* A piece of what is given up, which one hold of the lock can move. */
static void give_piece(struct lcma_region *region, unsigned long start,
		       unsigned long nr_pages, enum lcma_state from,
		       unsigned int give_flags)
{
	const struct lcma_wedges *wedges;
	unsigned long keep, back, flags;
	bool is_over = false;

	lcma_region_lock(region, &flags);
	region->pool.asked_at = jiffies;
	keep = min(nr_pages, lcma_surplus_room(region));
	wedges = lcma_pool_wedges(&region->pool);
	/* A trim leaves the first pages of units where they are. */
	if (keep < nr_pages && (give_flags & LCMA_GIVE_LATER ||
				lcma_wedges_in(wedges, start, nr_pages))) {
		keep = nr_pages;
		is_over = true;
	}
	back = nr_pages - keep;
	lcma_region_move(region, start, keep, from, LCMA_POOL);
	lcma_zeroed_note_returned(&region->zeroed, keep,
				  region->map.nr_in[LCMA_POOL],
				  region->pool.keep_high);
	if (from != LCMA_BUSY)
		lcma_region_move(region, start + keep, back, from, LCMA_BUSY);
	/* While a run is being reserved nothing can be trimmed. */
	if (keep && (region->pool.keep_high || lcma_region_is_reserving(region)))
		lcma_surplus_poke_soon(region);
	lcma_region_unlock(region, flags);

	if (is_over && !(give_flags & LCMA_GIVE_LATER))
		lcma_surplus_trim(region);
	else if (is_over)
		schedule_work(&region->pool.over_work);
	if (back)
		lcma_surplus_give_back(region, start + keep, back);
}

/**
 * lcma_pool_give - give up claimed pages
 * @region: the region
 * @start: first page; every page of the range is claimed and the caller's
 * @nr_pages: how many
 * @from: the state they are in: used, or busy after a claim
 * @give_flags: LCMA_GIVE_*
 *
 * The pool keeps what it may keep; the rest goes back to the buddy allocator.
 * With LCMA_GIVE_LATER it does so in a worker; until then it can be had from the
 * pool.
 *
 * Context: process, may sleep; any with LCMA_GIVE_LATER.
 */
void lcma_pool_give(struct lcma_region *region, unsigned long start,
		    unsigned long nr_pages, enum lcma_state from,
		    unsigned int give_flags)
{
	unsigned long nr;

	for (; nr_pages; nr_pages -= nr, start += nr) {
		nr = min(nr_pages, LCMA_HOLD_PAGES);
		give_piece(region, start, nr, from, give_flags);
	}
}

/**
 * lcma_pool_took_in - pages have come into the pool, perhaps too many
 * @region: the region
 * @give_flags: LCMA_GIVE_*
 *
 * With LCMA_GIVE_LATER what is too much goes back in a moment, by the upkeep, and the
 * next request can have it until then.
 *
 * Context: process, may sleep; any with LCMA_GIVE_LATER.
 */
void lcma_pool_took_in(struct lcma_region *region, unsigned int give_flags)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	region->pool.asked_at = jiffies;
	if (region->pool.keep_high || give_flags & LCMA_GIVE_LATER)
		lcma_surplus_poke_soon(region);
	lcma_region_unlock(region, flags);
	if (!(give_flags & LCMA_GIVE_LATER))
		lcma_surplus_trim(region);
}
