// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draining: see drain.h. While a region is draining, the drain owns every page of
 * it that has no other holder: no request is served, and what comes back is kept.
 *
 *	LIVE
 *	  |  nothing is handed out from here on; a buffer, or a page with a
 *	  |  memory error: refused at once
 *	  v
 *	settle		what is on its way, into or out of the region, gets there
 *	  |
 *	  v
 *	dissolve	units that are partly shared: their pool pages are given
 *	  |		back, so that what is to be claimed is in one piece
 *	  v
 *	claim		one call for each stretch of shared pages, which is the
 *	  |		whole region if none of its units is complete; pages
 *	  |		migrated out of one unit would else land in the next;
 *	  |		for half of the time at most
 *	  v
 *	complete? ---- every page is in the pool: the source gets all ---> DRAINED
 *	  |   ^
 *	  v   |
 *	wait		20 ms; then what was let go comes out of quarantine, and
 *	  |		what is still shared is claimed, unit by unit
 *	  |
 *	  v  the time is up, or all that is missing lies in units with a memory
 *	  |  error; or, of a drain that was asked for: it is killed, the
 *	  |  module is about to be unloaded, a caller has got a buffer
 *	  |
 *	  +--- asked for: idle pages go where they belong ---> LIVE
 *	  |
 *	  +--- unload: complete units go back to the source, the rest is
 *	       written off ---> DRAINED
 *
 * A unit that is complete, all of it in the pool, is never given up again: units
 * are what a source takes back, so each of them is a gain that no later pin can undo.
 * In a unit that is not, a page of the pool is worth no more than a shared one, but
 * each island of the pool costs a call more. With the pool of an idle region of
 * 64 MiB scattered, every second piece of 8 KiB, a drain gave up after 1,463 calls
 * in 10 s (Linux 6.1, emulated CPU); dissolved, it is one call.
 *
 * A page with a memory error (poison.h) never comes back, in whichever state. The drain
 * leaves its unit as it is, and does not wait for it.
 *
 * The pages of a unit that is written off stay what they are, ordinary movable
 * memory in blocks of the region's type, and taken for good in the source's
 * accounting: the next load gets other memory or is refused, nothing is freed
 * twice.
 *
 * Unloading is not to be stopped by a signal, and memory that it gives up is lost
 * until the next boot. alloc_contig_range(), and every wait in this file, end on a
 * fatal signal of their caller; so the last drain runs in a kernel worker, which
 * gets none, and rmmod waits for that.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "life/drain.h"

#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "alloc/settle.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "compat/workqueue.h"
#include "life/door.h"
#include "region/poison.h"
#include "supply/claim.h"
#include "supply/prepare.h"
#include "supply/quarantine.h"
#include "supply/surplus.h"
#include "supply/take.h"

#define PAUSE_MS	20
#define MAX_NAMED	8

/* How long rmmod sleeps at most before it asks again whether a drain is done. */
#define LOOK_AGAIN	(10 * HZ)

static unsigned int drain_timeout_ms = 10000;
module_param(drain_timeout_ms, uint, 0644);
MODULE_PARM_DESC(drain_timeout_ms,
		 "how long unloading, and writing to drain, try to take a region's pages back [10000]");

/**
 * struct drain - a drain under way
 * @region: the region
 * @deadline: when it ends, on the monotonic clock
 * @is_last: the module unloads, so it cannot be refused
 */
struct drain {
	struct lcma_region *region;
	ktime_t deadline;
	bool is_last;
};

static bool is_killed(const struct drain *drain)
{
	return !drain->is_last && fatal_signal_pending(current);
}

/* Is the time up, or is the drain no longer wanted? */
static bool is_over(const struct drain *drain)
{
	return ktime_after(ktime_get(), drain->deadline) || is_killed(drain) ||
	       (!drain->is_last && !lcma_doors_are_open());
}

/* Is no page on its way, into or out of the region? */
static bool is_settled(struct lcma_region *region)
{
	unsigned long flags;
	bool settled;

	lcma_region_lock(region, &flags);
	settled = !region->settling.nr_takes && !lcma_region_is_busy(region);
	lcma_region_unlock(region, flags);
	return settled;
}

/* Return: false if the drain was over first. */
static bool wait_settled(const struct drain *drain)
{
	struct lcma_region *region = drain->region;

	return wait_event_killable_timeout(region->settling.queue, is_settled(region),
					   lcma_settle_jiffies(drain->deadline) ?: 1) > 0;
}

static bool is_complete(struct lcma_region *region)
{
	unsigned long flags;
	bool complete;

	lcma_region_lock(region, &flags);
	complete = !region->settling.nr_takes &&
		   region->map.nr_in[LCMA_POOL] == region->map.nr_pages;
	lcma_region_unlock(region, flags);
	return complete;
}

static bool has_poison(const struct lcma_region *region, unsigned long start,
		       unsigned long end)
{
	return lcma_poison_find(region, start, end) < end;
}

/* Are the pages that are missing all in chunks that never become complete? */
static bool is_rest_lost(struct lcma_region *region)
{
	const unsigned long nr_pages = region->map.nr_pages;
	const unsigned long chunk = region->carve.chunk_pages;
	unsigned long at = 0, end;
	struct lcma_stretch s;
	bool is_any = false;

	while (lcma_region_stretch(region, at, nr_pages, &s)) {
		at += s.nr_pages;
		if (s.state == LCMA_POOL)
			continue;
		end = ALIGN(s.start + 1, chunk);
		if (!has_poison(region, ALIGN_DOWN(s.start, chunk), end))
			return false;
		is_any = true;
		at = end;
	}
	return is_any && is_settled(region);
}

static unsigned long next_shared(struct lcma_region *region, unsigned long from)
{
	const struct lcma_fit one = { .nr_pages = 1 };
	unsigned long flags, page;

	lcma_region_lock(region, &flags);
	page = lcma_map_find(&region->map, LCMA_KIND_SHARED, &one, from, NULL);
	lcma_region_unlock(region, flags);
	return page;
}

/* Give back the pool's pages among the shared ones of a unit. */
static void dissolve_unit(struct lcma_region *region, unsigned long at,
			  unsigned long end)
{
	struct lcma_batch batch;
	struct lcma_stretch *s;
	unsigned long flags;
	unsigned int i;

	while (at < end) {
		lcma_region_lock(region, &flags);
		at = lcma_batch_next(&region->map, at, end, &batch);
		for (i = 0; i < batch.nr; i++) {
			s = &batch.stretches[i];
			if (s->state == LCMA_POOL)
				lcma_region_move(region, s->start, s->nr_pages,
						 LCMA_POOL, LCMA_BUSY);
			else
				s->nr_pages = 0;
		}
		lcma_region_unlock(region, flags);
		for (i = 0; i < batch.nr; i++) {
			s = &batch.stretches[i];
			lcma_unclaim(region, s->start, s->nr_pages);
			lcma_region_move_own(region, s->start, s->nr_pages,
					     LCMA_BUSY, LCMA_SHARED);
		}
	}
}

static void dissolve_pool(const struct drain *drain)
{
	struct lcma_region *region = drain->region;
	const unsigned long unit = region->unit_pages;
	unsigned long at = 0, end;

	while (!is_over(drain)) {
		at = next_shared(region, at);
		if (at == LCMA_NO_PAGE)
			return;
		at = ALIGN_DOWN(at, unit);
		end = min(region->map.nr_pages, at + unit);
		if (!has_poison(region, at, end))
			dissolve_unit(region, at, end);
		at = end;
	}
}

/* Leave the units with a memory error out of a stretch. Return: its first page. */
static unsigned long skip_poison(const struct lcma_region *region,
				 unsigned long start, unsigned long *end)
{
	const unsigned long unit = region->unit_pages;
	const unsigned long stop = min(region->map.nr_pages, ALIGN(*end, unit));
	unsigned long bad;

	while (start < *end) {
		bad = lcma_poison_find(region, ALIGN_DOWN(start, unit), stop);
		if (bad >= stop)
			break;
		bad = ALIGN_DOWN(bad, unit);
		if (bad > start) {
			*end = bad;
			break;
		}
		start = min(*end, bad + unit);
	}
	return start;
}

/*
 * Take the first shared stretch from page *at on into the pool, whatever keep
 * says, or the part of it before the next multiple of @step. While a region is
 * draining nothing else takes shared pages; lcma_take_reserve() looks again under
 * the lock that takes them. Return: false if there is none.
 */
static bool claim_next(const struct drain *drain, unsigned long *at,
		       unsigned long step, ktime_t deadline)
{
	struct lcma_region *region = drain->region;
	unsigned long start = next_shared(region, *at), flags;
	struct lcma_obstacle obstacle;
	struct lcma_stretch s;
	struct lcma_taking taking;

	if (start == LCMA_NO_PAGE)
		return false;
	lcma_region_stretch(region, start,
			    min(region->map.nr_pages, ALIGN(start + 1, step)),
			    &s);
	*at = s.start + s.nr_pages;
	start = skip_poison(region, start, at);
	if (start >= *at)
		return true;
	lcma_region_lock(region, &flags);
	lcma_take_begin(region, start, *at - start, &taking);
	lcma_region_unlock(region, flags);
	if (lcma_take_reserve(region, &taking) &&
	    !lcma_take(region, &taking, deadline, &obstacle))
		lcma_region_move_own(region, start, *at - start, LCMA_USED,
				     LCMA_POOL);
	return true;
}

static void claim_shared(const struct drain *drain, unsigned long step,
			 ktime_t deadline)
{
	unsigned long at = 0;

	while (!is_over(drain) && claim_next(drain, &at, step, deadline))
		;
}

/* Half of the time that is left. */
static ktime_t half_time(const struct drain *drain)
{
	const ktime_t now = ktime_get();

	return ktime_add_ns(now, ktime_to_ns(ktime_sub(drain->deadline, now)) / 2);
}

static bool has_buffers(struct lcma_region *region)
{
	unsigned long flags;
	bool any;

	lcma_region_lock(region, &flags);
	any = !RB_EMPTY_ROOT(&region->buffers.tree);
	lcma_region_unlock(region, flags);
	return any;
}

/* Every page that can be taken, into the pool. Return: true if all are good, and there. */
static bool collect(const struct drain *drain)
{
	struct lcma_region *region = drain->region;
	unsigned long step = ALIGN(region->map.nr_pages, region->unit_pages);
	ktime_t deadline;

	if (wait_settled(drain))
		dissolve_pool(drain);
	/*
	 * A call that is not done in time gains nothing, however much it has moved:
	 * one for all has half of the time, the units have the rest.
	 */
	deadline = half_time(drain);
	for (;;) {
		lcma_quarantine_retry(region);
		claim_shared(drain, step, deadline);
		if (is_complete(region))
			return !has_poison(region, 0, region->map.nr_pages);
		if (is_over(drain) || has_buffers(region) || is_rest_lost(region))
			return false;
		step = region->unit_pages;
		deadline = drain->deadline;
		schedule_timeout_killable(msecs_to_jiffies(PAUSE_MS));
		wait_settled(drain);
	}
}

static void name_buffers(struct lcma_region *region)
{
	char devices[LCMA_DEVICES_BYTES];
	struct lcma_buffer_facts facts;
	unsigned int nr;
	u64 id = 0;

	for (nr = 0; nr < MAX_NAMED; nr++, id = facts.id) {
		if (!lcma_buffer_list(region, id, &facts, 1))
			return;
		lcma_dmabuf_devices(region, facts.id, devices);
		pr_warn("region %s: buffer %llu (%llu KiB at %pa, label %s) of %s, pid %d, is still there%s%s\n",
			region->name, facts.id, facts.bytes >> 10, &facts.phys,
			*facts.label ? facts.label : "-", facts.comm, facts.pid,
			*devices ? "; attached to " : "", devices);
	}
}

/* Return: true if there is a page with a memory error. */
static bool name_poisoned(const struct lcma_region *region)
{
	const unsigned long nr_pages = region->map.nr_pages;
	unsigned int nr = 0;
	unsigned long page;

	for (page = 0; nr < MAX_NAMED; nr++, page++) {
		page = lcma_poison_find(region, page, nr_pages);
		if (page >= nr_pages)
			break;
		pr_warn("region %s: pfn 0x%lx has a memory error and never comes back\n",
			region->name, lcma_region_pfn(region, page));
	}
	return nr;
}

static void name_quarantined(struct lcma_region *region)
{
	unsigned long page = 0;
	unsigned int nr = 0;

	for (; nr < MAX_NAMED; page++) {
		page = lcma_quarantine_next(region, page);
		if (page == LCMA_NO_PAGE)
			return;
		if (lcma_poison_has(region, page))
			continue;
		pr_warn("region %s: pfn 0x%lx of a buffer that is gone is still held\n",
			region->name, lcma_region_pfn(region, page));
		nr++;
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
		/* Nothing was in the way of what there was no time to try. */
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

/* Claims that were told to stop must have: their pages are unowned until then. */
static void name_all_in_the_way(struct lcma_region *region)
{
	if (wait_event_killable(region->settling.queue, is_settled(region)))
		return;
	name_buffers(region);
	name_poisoned(region);
	name_quarantined(region);
	name_obstacles(region);
}

static void give_back_all(struct lcma_region *region)
{
	struct lcma_carve *carve = &region->carve;

	carve->source->give_back(carve, carve->base_pfn, carve->nr_pages);
	lcma_region_set_life(region, LCMA_DRAINED);
	pr_info("region %s: %lu KiB given back to %s\n", region->name,
		carve->nr_pages << (PAGE_SHIFT - 10), carve->origin);
}

/*
 * A region that stays: idle pages go where they belong, requests are served. A
 * caller that is killed does not wait for that: the upkeep does it.
 */
static void resume(const struct drain *drain)
{
	struct lcma_region *region = drain->region;

	lcma_region_set_life(region, LCMA_LIVE);
	if (!lcma_doors_are_open())
		return;
	if (!is_killed(drain))
		lcma_surplus_trim(region);
	lcma_surplus_poke();
}

static int refuse(const struct drain *drain)
{
	struct lcma_region *region = drain->region;

	if (is_killed(drain))
		return -EINTR;
	name_all_in_the_way(region);
	pr_warn("region %s: not drained, %lu KiB are still shared\n",
		region->name, lcma_region_count(region, LCMA_SHARED) <<
			      (PAGE_SHIFT - 10));
	return is_killed(drain) ? -EINTR : -EBUSY;
}

static struct drain begin(struct lcma_region *region, bool is_last)
{
	lcma_region_set_life(region, LCMA_DRAINING);
	lcma_prepare_cancel(region, NULL);
	return (struct drain) {
		.region = region,
		.deadline = ktime_add_ms(ktime_get(),
					 READ_ONCE(drain_timeout_ms)),
		.is_last = is_last,
	};
}

/**
 * lcma_drain - take a region's memory back and return it to its source
 * @region: the region
 *
 * Tries for drain_timeout_ms, which includes waiting for quarantined pages; ends
 * early when the caller is killed, and at once for a page with a memory error. The
 * region serves no requests meanwhile, and none afterwards if this succeeds.
 *
 * Context: process, may sleep.
 * Return: 0, also if it was drained before; -EBUSY if pages were in the way:
 * the log names them, and the region serves as before; -EINTR: killed, the region
 * serves as before.
 */
int lcma_drain(struct lcma_region *region)
{
	struct drain drain;
	int err = 0;

	if (mutex_lock_killable(&region->drain_lock))
		return -EINTR;
	if (READ_ONCE(region->life) == LCMA_DRAINED)
		goto out;

	drain = begin(region, false);
	if (has_buffers(region)) {
		name_buffers(region);
		err = -EBUSY;
	} else if (name_poisoned(region)) {
		err = -EBUSY;
	} else if (collect(&drain)) {
		give_back_all(region);
		/* Other regions may have it now. */
		lcma_region_uncarve(region);
	} else {
		err = refuse(&drain);
	}
	if (err)
		resume(&drain);
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

/* Complete chunks back to the source. Return: how many pages are not in one. */
static unsigned long give_back_chunks(struct lcma_region *region)
{
	struct lcma_carve *carve = &region->carve;
	const unsigned long chunk = carve->chunk_pages;
	unsigned long at, nr_lost = 0;
	struct lcma_stretch s;

	for (at = 0; at < carve->nr_pages; at += chunk) {
		lcma_region_stretch(region, at, at + chunk, &s);
		if (s.state == LCMA_POOL && s.nr_pages == chunk &&
		    !has_poison(region, at, at + chunk))
			carve->source->give_back(carve, carve->base_pfn + at,
						 chunk);
		else
			nr_lost += write_off(region, at, chunk);
	}
	return nr_lost;
}

static void drain_last(struct lcma_region *region)
{
	const struct lcma_carve *carve = &region->carve;
	const struct drain drain = begin(region, true);
	unsigned long nr_lost;

	/* Not what is emptied just now: it still has pages. */
	lcma_prepare_stop(region);
	if (collect(&drain)) {
		lcma_quarantine_stop(region);
		give_back_all(region);
		return;
	}
	name_all_in_the_way(region);
	lcma_quarantine_stop(region);
	nr_lost = give_back_chunks(region);
	lcma_region_set_life(region, LCMA_DRAINED);
	pr_warn("region %s: %lu of %lu KiB given back to %s; %lu KiB stay ordinary movable memory and cannot be a region again before the next boot\n",
		region->name,
		(carve->nr_pages - nr_lost) << (PAGE_SHIFT - 10),
		carve->nr_pages << (PAGE_SHIFT - 10), carve->origin,
		nr_lost << (PAGE_SHIFT - 10));
}

/**
 * struct last_drain - a drain that a kernel worker makes
 * @work: what the worker runs
 * @region: the region
 * @done: completed when it is drained
 */
struct last_drain {
	struct work_struct work;
	struct lcma_region *region;
	struct completion done;
};

static void run_last_drain(struct work_struct *work)
{
	struct last_drain *last = container_of(work, struct last_drain, work);

	drain_last(last->region);
	complete(&last->done);
}

/**
 * lcma_drain_for_good - the last drain of a region, which cannot be refused
 * @region: a region without buffers that no caller can reach
 *
 * Tries for drain_timeout_ms, whatever signals the caller gets, returns what is
 * complete to the source, and writes off the rest: the log says how much that is
 * and what was in the way. Nothing of the region's quarantine runs afterwards.
 *
 * Context: while the module unloads, or fails to load; may sleep.
 */
void lcma_drain_for_good(struct lcma_region *region)
{
	struct last_drain last = {
		.region = region,
		.done = COMPLETION_INITIALIZER_ONSTACK(last.done),
	};

	if (READ_ONCE(region->life) == LCMA_DRAINED) {
		lcma_prepare_stop(region);
		lcma_quarantine_stop(region);
		return;
	}
	INIT_WORK_ONSTACK(&last.work, run_last_drain);
	queue_work(lcma_compat_long_wq, &last.work);
	/* In steps, however long drain_timeout_ms is: else the task counts as hung. */
	while (!wait_for_completion_timeout(&last.done, LOOK_AGAIN))
		;
	flush_work(&last.work);
	destroy_work_on_stack(&last.work);
}
