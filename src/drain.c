// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draining: see drain.h.
 *
 * No new allocation begins; what is under way is waited for; then every shared
 * page is claimed, the whole region by one call if that works, because pages
 * migrated out of one unit would otherwise land in the next. When that fails,
 * unit by unit, until all are there or the time is up.
 *
 * A drain that was asked for fails as a whole and leaves the region serving. An
 * unload cannot fail: it gives back the units that are complete. The pages of
 * the others stay what they are, ordinary movable memory in blocks of the
 * region's type, and taken for ever in the source's books: the next load gets
 * other memory or is refused, nothing is freed twice.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "drain.h"

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "buffer.h"
#include "claim.h"
#include "pool.h"
#include "quarantine.h"
#include "settle.h"
#include "take.h"

#define PAUSE_MS	20
#define MAX_NAMED	8

static unsigned int drain_timeout_ms = 10000;
module_param(drain_timeout_ms, uint, 0644);
MODULE_PARM_DESC(drain_timeout_ms,
		 "how long unloading, and writing to drain, try to take a region's pages back [10000]");

static void set_life(struct lcma_region *region, enum lcma_life life)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	WRITE_ONCE(region->life, life);
	lcma_region_unlock(region, flags);
}

static bool time_is_up(ktime_t deadline)
{
	return ktime_after(ktime_get(), deadline);
}

/* Is no page on its way, into or out of the region? */
static bool is_settled(struct lcma_region *region)
{
	unsigned long flags;
	bool settled;

	lcma_region_lock(region, &flags);
	settled = !region->nr_takes && !lcma_region_is_busy(region);
	lcma_region_unlock(region, flags);
	return settled;
}

/* Return: false if the time was up first. */
static bool wait_settled(struct lcma_region *region, ktime_t deadline)
{
	return wait_event_timeout(region->settled, is_settled(region),
				  lcma_settle_jiffies(deadline) ?: 1);
}

/* Take one shared stretch into the pool, whatever keep says. */
static int claim_stretch(struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages, ktime_t deadline)
{
	struct lcma_obstacle obstacle;
	struct lcma_hold hold;
	unsigned long flags;
	int err;

	lcma_region_lock(region, &flags);
	lcma_take_begin(region, start, nr_pages, &hold);
	lcma_region_unlock(region, flags);
	if (!lcma_take_reserve(region, &hold))
		return -EBUSY;
	err = lcma_take(region, &hold, deadline, &obstacle);
	if (err)
		return err;
	lcma_region_move_own(region, start, nr_pages, LCMA_USED, LCMA_POOL);
	return 0;
}

/* Claim every shared stretch, in pieces that end at multiples of @step. */
static void claim_shared(struct lcma_region *region, unsigned long step,
			 ktime_t deadline)
{
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned long at = 0, end;
	struct lcma_stretch s;

	while (at < nr_pages && !time_is_up(deadline)) {
		end = min(nr_pages, ALIGN(at + 1, step));
		lcma_region_stretch(region, at, end, &s);
		if (s.state == LCMA_SHARED)
			claim_stretch(region, s.start, s.nr_pages, deadline);
		at += s.nr_pages;
		if (fatal_signal_pending(current))
			return;
	}
}

/* All pages but the used ones into the pool. Return: true if that worked. */
static bool claim_all(struct lcma_region *region, ktime_t deadline)
{
	unsigned long step = ALIGN(region->map.nr_pages, region->unit_pages);

	for (;;) {
		claim_shared(region, step, deadline);
		if (!lcma_region_count(region, LCMA_SHARED) &&
		    is_settled(region))
			return true;
		if (time_is_up(deadline) || fatal_signal_pending(current))
			return false;
		step = region->unit_pages;
		schedule_timeout_killable(msecs_to_jiffies(PAUSE_MS));
		wait_settled(region, deadline);
	}
}

static bool has_buffers(struct lcma_region *region)
{
	unsigned long flags;
	bool any;

	lcma_region_lock(region, &flags);
	any = !RB_EMPTY_ROOT(&region->buffers);
	lcma_region_unlock(region, flags);
	return any;
}

static void name_buffers(struct lcma_region *region)
{
	struct lcma_buffer_facts facts;
	unsigned int nr;
	u64 id = 0;

	for (nr = 0; nr < MAX_NAMED; nr++, id = facts.id) {
		if (!lcma_buffer_list(region, id, &facts, 1))
			return;
		pr_warn("region %s: buffer %llu (%llu KiB at %pa, label %s) of %s, pid %d, is still there\n",
			region->name, facts.id, facts.bytes >> 10, &facts.phys,
			*facts.label ? facts.label : "-", facts.comm, facts.pid);
	}
}

static void name_quarantined(struct lcma_region *region)
{
	unsigned long page = 0;
	unsigned int nr;

	for (nr = 0; nr < MAX_NAMED; nr++, page++) {
		page = lcma_quarantine_next(region, page);
		if (page == LCMA_NO_PAGE)
			return;
		pr_warn("region %s: pfn 0x%lx of a buffer that is gone is still held by somebody\n",
			region->name, lcma_region_pfn(region, page));
	}
}

static void name_obstacles(struct lcma_region *region)
{
	const unsigned long nr_pages = region->map.nr_pages;
	char text[LCMA_OBSTACLE_TEXT_BYTES];
	struct lcma_obstacle obstacle;
	unsigned int nr = 0;
	unsigned long at = 0;
	struct lcma_stretch s;

	while (nr < MAX_NAMED && at < nr_pages) {
		lcma_region_stretch(region, at,
				    min(nr_pages, ALIGN(at + 1, region->unit_pages)),
				    &s);
		at += s.nr_pages;
		if (s.state != LCMA_SHARED)
			continue;
		/* Nobody was in the way of what there was no time to try. */
		if (!lcma_obstacle_find(lcma_region_pfn(region, s.start),
					s.nr_pages, &obstacle))
			continue;
		pr_warn("region %s: %lu KiB at %#llx could not be taken back: %s\n",
			region->name, s.nr_pages << (PAGE_SHIFT - 10),
			(u64)lcma_region_phys(region, s.start),
			lcma_obstacle_text(&obstacle, text, sizeof(text)));
		nr++;
	}
}

/* Calls that were told to stop must have: their pages are nobody's till then. */
static void name_all_in_the_way(struct lcma_region *region)
{
	wait_event(region->settled, is_settled(region));
	name_buffers(region);
	name_quarantined(region);
	name_obstacles(region);
}

/* Take back all that can be had. Return: true if that is every page. */
static bool collect(struct lcma_region *region)
{
	const ktime_t deadline = ktime_add_ms(ktime_get(),
					       READ_ONCE(drain_timeout_ms));
	bool complete;

	complete = wait_settled(region, deadline);
	lcma_quarantine_retry(region);
	if (complete)
		complete = claim_all(region, deadline);
	lcma_quarantine_retry(region);
	return complete &&
	       lcma_region_count(region, LCMA_POOL) == region->map.nr_pages;
}

static void give_back_all(struct lcma_region *region)
{
	struct lcma_carve *carve = &region->carve;

	carve->source->give_back(carve, carve->base_pfn, carve->nr_pages);
	set_life(region, LCMA_DRAINED);
	pr_info("region %s: %lu KiB given back to %s\n", region->name,
		carve->nr_pages << (PAGE_SHIFT - 10), carve->origin);
}

/* A region that stays: idle pages go where they belong, requests are served. */
static void resume(struct lcma_region *region)
{
	set_life(region, LCMA_LIVE);
	lcma_pool_trim(region);
	lcma_pool_poke();
}

/**
 * lcma_drain - take a region's memory back and return it to its source
 * @region: the region
 *
 * Tries for drain_timeout_ms. The region serves no requests meanwhile, and
 * none afterwards if this succeeds.
 *
 * Context: process, may sleep.
 * Return: 0, also if it was drained before; -EBUSY if pages were in the way:
 * the log names them, and the region serves as before; -EINTR.
 */
int lcma_drain(struct lcma_region *region)
{
	int err = 0;

	if (mutex_lock_killable(&region->drain_lock))
		return -EINTR;
	if (READ_ONCE(region->life) == LCMA_DRAINED)
		goto out;

	set_life(region, LCMA_DRAINING);
	if (has_buffers(region)) {
		name_buffers(region);
		err = -EBUSY;
	} else if (collect(region)) {
		give_back_all(region);
	} else {
		name_all_in_the_way(region);
		pr_warn("region %s: not drained, %lu KiB are still shared\n",
			region->name, lcma_region_count(region, LCMA_SHARED) <<
				      (PAGE_SHIFT - 10));
		err = fatal_signal_pending(current) ? -EINTR : -EBUSY;
	}
	if (err)
		resume(region);
out:
	mutex_unlock(&region->drain_lock);
	return err;
}

/* Let go of a chunk that is not complete: every page is on its own now. */
static unsigned long write_off(struct lcma_region *region, unsigned long start,
			       unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	struct lcma_stretch s;
	unsigned long i;

	for (; lcma_region_stretch(region, start, end, &s);
	     start += s.nr_pages) {
		if (!region->carve.shareable)
			continue;
		if (s.state == LCMA_POOL)
			lcma_unclaim(region, s.start, s.nr_pages);
		/* Held by others: the last of them to let go frees it. */
		for (i = 0; s.state == LCMA_USED && i < s.nr_pages; i++)
			put_page(pfn_to_page(lcma_region_pfn(region,
							     s.start + i)));
	}
	return nr_pages;
}

/**
 * lcma_drain_for_good - the last drain of a region, which cannot fail
 * @region: a region without buffers that nobody can reach any more
 *
 * Tries for drain_timeout_ms, returns what is complete to the source, and
 * writes off the rest: the log says how much that is and what was in the way.
 *
 * Context: while the module unloads; may sleep.
 */
void lcma_drain_for_good(struct lcma_region *region)
{
	struct lcma_carve *carve = &region->carve;
	const unsigned long chunk = carve->chunk_pages;
	unsigned long at, nr_lost = 0;
	struct lcma_stretch s;

	if (READ_ONCE(region->life) == LCMA_DRAINED)
		return;
	set_life(region, LCMA_DRAINING);
	lcma_quarantine_stop(region);
	if (collect(region)) {
		give_back_all(region);
		return;
	}
	name_all_in_the_way(region);
	for (at = 0; at < carve->nr_pages; at += chunk) {
		lcma_region_stretch(region, at, at + chunk, &s);
		if (s.state == LCMA_POOL && s.nr_pages == chunk)
			carve->source->give_back(carve, carve->base_pfn + at,
						 chunk);
		else
			nr_lost += write_off(region, at, chunk);
	}
	set_life(region, LCMA_DRAINED);
	pr_warn("region %s: %lu of %lu KiB given back to %s; %lu KiB stay ordinary movable memory and cannot be a region again before the next boot\n",
		region->name,
		(carve->nr_pages - nr_lost) << (PAGE_SHIFT - 10),
		carve->nr_pages << (PAGE_SHIFT - 10), carve->origin,
		nr_lost << (PAGE_SHIFT - 10));
}
