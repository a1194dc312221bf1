// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preparations: see prepare.h.
 *
 * An allocation takes the pages of a preparation under the region's lock, in any
 * context, and moves none. All that may sleep is done by over_work a moment later:
 * what is left of the pages goes to the pool or back, and the charge is freed. That
 * work runs once for each preparation, and is queued under the lock, after the
 * emptying has ended.
 */
#include "supply/prepare.h"

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "fault.h"
#include "supply/pool.h"

/* Of lcma alone, so that an unload can wait for all that it runs. */
static struct workqueue_struct *queue;

/**
 * lcma_prepare_init - make the queue that preparations run in
 *
 * Context: while the module loads.
 * Return: 0; -ENOMEM.
 */
int lcma_prepare_init(void)
{
	queue = lcma_fault(PREPARE_QUEUE) ? NULL :
		alloc_workqueue("lcma_prepare", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

/**
 * lcma_prepare_exit - the reverse of lcma_prepare_init()
 *
 * Context: while the module unloads; lcma_prepare_stop() has ended every
 * preparation.
 */
void lcma_prepare_exit(void)
{
	destroy_workqueue(queue);
}

/* Under the lock: its pages are no longer held. */
static void leave_ready(struct lcma_prepared *prepared)
{
	struct lcma_region *region = prepared->region;

	lockdep_assert_held(&region->lock);
	region->prepares.nr--;
	region->prepares.nr_ready--;
	region->prepares.nr_pages -= prepared->nr_pages;
	prepared->state = LCMA_PREPARE_ENDED;
}

/*
 * Under the lock: end it in so many jiffies. If its work no longer waits, it has begun, and
 * does the same as soon as it gets the lock; queued again it would run twice.
 */
static void end_soon(struct lcma_prepared *prepared, unsigned long delay)
{
	lockdep_assert_held(&prepared->region->lock);
	if (cancel_delayed_work(&prepared->over_work))
		queue_delayed_work(queue, &prepared->over_work, delay);
}

/* Its time is over, or it has ended before that. */
static void end(struct work_struct *work)
{
	struct lcma_prepared *prepared =
		container_of(to_delayed_work(work), struct lcma_prepared, over_work);
	struct lcma_region *region = prepared->region;
	struct lcma_charge *charge;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	if (prepared->state == LCMA_PREPARE_READY) {
		leave_ready(prepared);
		lcma_stats_add(&region->stats.prepares_over, 1);
	}
	charge = prepared->charge;
	prepared->charge = NULL;
	lcma_region_unlock(region, flags);

	if (charge)
		prepared->uncharge(charge);
	/* Ended: no caller but this one looks at its pages. */
	lcma_pool_give(region, prepared->start, prepared->nr_pages, LCMA_USED, 0);

	lcma_region_lock(region, &flags);
	list_del(&prepared->link);
	lcma_settling_tell(&region->settling);
	lcma_region_unlock(region, flags);
	prepared->gone(prepared);
}

/**
 * lcma_prepare_begin - a preparation begins
 * @prepared: the preparation; region, owner, holder, uid, charge and both functions
 *	are set. It is the list's now; gone() gives it back
 * @work: empties its pages, and ends with lcma_prepare_done()
 *
 * Context: process; takes region->lock.
 * Return: 0; -ENOENT the region is being drained; -ENOBUFS there are
 * LCMA_MAX_PREPARES already.
 */
int lcma_prepare_begin(struct lcma_prepared *prepared, struct work_struct *work)
{
	struct lcma_region *region = prepared->region;
	unsigned long flags;
	int err = 0;

	INIT_DELAYED_WORK(&prepared->over_work, end);
	prepared->state = LCMA_PREPARE_EMPTYING;
	lcma_region_lock(region, &flags);
	if (region->life != LCMA_LIVE) {
		err = -ENOENT;
	} else if (region->prepares.nr == LCMA_MAX_PREPARES) {
		err = -ENOBUFS;
	} else {
		list_add_tail(&prepared->link, &region->prepares.list);
		region->prepares.nr++;
		queue_work(queue, work);
	}
	lcma_region_unlock(region, flags);
	return err;
}

/**
 * lcma_prepare_enter - the emptying begins
 * @prepared: the preparation
 *
 * From here until lcma_prepare_done() a cancellation sends the current thread a
 * SIGKILL, which ends a search and a claim at their next step.
 *
 * Context: a kernel thread; takes region->lock.
 * Return: false if it has been cancelled already.
 */
bool lcma_prepare_enter(struct lcma_prepared *prepared)
{
	struct lcma_region *region = prepared->region;
	unsigned long flags;
	bool is_wanted;

	allow_kernel_signal(SIGKILL);
	lcma_region_lock(region, &flags);
	is_wanted = prepared->state == LCMA_PREPARE_EMPTYING;
	prepared->emptier = current;
	lcma_region_unlock(region, flags);
	return is_wanted;
}

/**
 * lcma_prepare_done - the emptying has ended
 * @prepared: the preparation
 * @start: its first page
 * @nr_pages: how many pages there are, all used, without an owner and zero; 0: it
 *	failed
 * @hold_ms: for how long they are held
 *
 * If nobody wants them any longer, they go back. Afterwards @prepared may be gone,
 * unless the caller has a reference.
 *
 * Context: process; takes region->lock.
 * Return: false if they are not wanted any longer: it was cancelled, or the region is
 * being drained.
 */
bool lcma_prepare_done(struct lcma_prepared *prepared, unsigned long start,
		       unsigned long nr_pages, unsigned int hold_ms)
{
	struct lcma_region *region = prepared->region;
	unsigned long flags;
	bool is_wanted, is_held;

	lcma_region_lock(region, &flags);
	prepared->start = start;
	prepared->nr_pages = nr_pages;
	prepared->is_emptied = true;
	prepared->emptier = NULL;
	is_wanted = region->life == LCMA_LIVE &&
		    prepared->state == LCMA_PREPARE_EMPTYING;
	is_held = nr_pages && is_wanted;
	if (is_held) {
		prepared->state = LCMA_PREPARE_READY;
		region->prepares.nr_ready++;
		region->prepares.nr_pages += nr_pages;
		lcma_stats_add(&region->stats.prepares, 1);
	} else {
		region->prepares.nr--;
		prepared->state = LCMA_PREPARE_ENDED;
	}
	queue_delayed_work(queue, &prepared->over_work,
			   is_held ? msecs_to_jiffies(hold_ms) : 0);
	lcma_region_unlock(region, flags);
	/* Nothing sends one from here on; the thread is the kernel's again. */
	disallow_signal(SIGKILL);
	flush_signals(current);
	return is_wanted;
}

static bool fits(const struct lcma_prepared *prepared, const struct lcma_fit *fit)
{
	return prepared->state == LCMA_PREPARE_READY &&
	       prepared->nr_pages >= fit->nr_pages &&
	       prepared->nr_pages / 2 < fit->nr_pages &&
	       lcma_fit_next(fit, prepared->start) == prepared->start;
}

/**
 * lcma_prepare_use - take what was prepared for an allocation
 * @region: the region
 * @fit: length and alignment
 *
 * The shortest preparation that is long enough and lies right, unless it is more than
 * twice as long: smaller allocations leave it for what it was prepared for. What is
 * left of it goes back.
 *
 * Context: any; the caller holds region->lock.
 * Return: the first page of the run, all of it used and zero; LCMA_NO_PAGE.
 */
unsigned long lcma_prepare_use(struct lcma_region *region,
			       const struct lcma_fit *fit)
{
	struct lcma_prepared *prepared, *best = NULL;
	unsigned long start;

	lockdep_assert_held(&region->lock);
	if (!region->prepares.nr_ready)
		return LCMA_NO_PAGE;
	list_for_each_entry(prepared, &region->prepares.list, link)
		if (fits(prepared, fit) &&
		    (!best || prepared->nr_pages < best->nr_pages))
			best = prepared;
	if (!best)
		return LCMA_NO_PAGE;

	leave_ready(best);
	start = best->start;
	best->start += fit->nr_pages;
	best->nr_pages -= fit->nr_pages;
	lcma_stats_add(&region->stats.allocs, 1);
	lcma_stats_add(&region->stats.prepares_used, 1);
	/* In a moment: to wake a thread costs more than this allocation. */
	end_soon(best, 1);
	return start;
}

static bool matches(const struct lcma_prepared *prepared,
		    const struct lcma_prepare_key *key)
{
	return !key || (prepared->owner == key->owner &&
			(!key->holder || prepared->holder == key->holder) &&
			(key->any_user || uid_eq(prepared->uid, key->uid)));
}

/* Under the lock: the first one that has not ended, and is meant. */
static struct lcma_prepared *find_next(struct lcma_region *region,
				       const struct lcma_prepare_key *key,
				       bool only_ready)
{
	struct lcma_prepared *prepared;

	lockdep_assert_held(&region->lock);
	list_for_each_entry(prepared, &region->prepares.list, link)
		if ((prepared->state == LCMA_PREPARE_READY ||
		     (prepared->state == LCMA_PREPARE_EMPTYING && !only_ready)) &&
		    matches(prepared, key))
			return prepared;
	return NULL;
}

/**
 * struct remains - what a preparation had that has ended
 * @start: its first page
 * @nr_pages: how many, all used; 0: none
 * @charge: what it cost; NULL: nothing
 * @uncharge: frees @charge
 */
struct remains {
	unsigned long start;
	unsigned long nr_pages;
	struct lcma_charge *charge;
	void (*uncharge)(struct lcma_charge *charge);
};

/*
 * Under the lock: one that is still being emptied keeps its charge until it is, which
 * is soon.
 */
static void end_now(struct lcma_prepared *prepared, bool may_uncharge,
		    struct remains *remains)
{
	lockdep_assert_held(&prepared->region->lock);
	if (prepared->state != LCMA_PREPARE_READY) {
		prepared->state = LCMA_PREPARE_ENDED;
		if (prepared->emptier)
			send_sig(SIGKILL, prepared->emptier, 1);
		return;
	}
	leave_ready(prepared);
	remains->start = prepared->start;
	remains->nr_pages = prepared->nr_pages;
	prepared->nr_pages = 0;
	if (may_uncharge) {
		remains->charge = prepared->charge;
		remains->uncharge = prepared->uncharge;
		prepared->charge = NULL;
	}
	end_soon(prepared, 0);
}

/*
 * End the next preparation that is meant; its pages are in the pool then, or back. One
 * that is still being emptied gives back what it gets. Return: false if there is none.
 */
static bool end_next(struct lcma_region *region, const struct lcma_prepare_key *key,
		     bool only_ready, unsigned int give_flags)
{
	struct lcma_prepared *prepared;
	struct remains remains = {};
	unsigned long flags;

	lcma_region_lock(region, &flags);
	prepared = find_next(region, key, only_ready);
	if (prepared)
		end_now(prepared, !(give_flags & LCMA_GIVE_LATER), &remains);
	lcma_region_unlock(region, flags);
	if (remains.charge)
		remains.uncharge(remains.charge);
	lcma_pool_give(region, remains.start, remains.nr_pages, LCMA_USED, give_flags);
	return prepared;
}

/**
 * lcma_prepare_yield - an allocation would fail: end what is prepared
 * @region: the region
 *
 * Afterwards the pages are in the pool; those that are too many for it leave it a
 * moment later.
 *
 * Context: any; takes region->lock.
 * Return: true if there was any.
 */
bool lcma_prepare_yield(struct lcma_region *region)
{
	bool any = false;

	while (end_next(region, NULL, true, LCMA_GIVE_LATER))
		any = true;
	return any;
}

/**
 * lcma_prepare_cancel - end preparations before their time
 * @region: the region
 * @key: whose; NULL: all
 *
 * What is still being emptied stops at the kernel's next batch of pages, and gives
 * back what it has.
 *
 * Context: process, may sleep; takes region->lock.
 */
void lcma_prepare_cancel(struct lcma_region *region,
			 const struct lcma_prepare_key *key)
{
	while (end_next(region, key, false, 0))
		;
}

/**
 * lcma_prepare_uncharge - an allocation is to be charged in place of a preparation
 * @region: the region
 * @key: whose preparation
 * @fit: length and alignment of the allocation
 *
 * Context: process; takes region->lock.
 * Return: the charge of one that has ended, or that the allocation would use, for the
 * caller to free; NULL: there is none.
 */
struct lcma_charge *lcma_prepare_uncharge(struct lcma_region *region,
					  const struct lcma_prepare_key *key,
					  const struct lcma_fit *fit)
{
	struct lcma_prepared *prepared;
	struct lcma_charge *charge = NULL;
	unsigned long flags;

	lcma_region_lock(region, &flags);
	list_for_each_entry(prepared, &region->prepares.list, link) {
		if (!prepared->charge || !matches(prepared, key) ||
		    !(fits(prepared, fit) ||
		      (prepared->state == LCMA_PREPARE_ENDED && prepared->is_emptied)))
			continue;
		charge = prepared->charge;
		prepared->charge = NULL;
		break;
	}
	lcma_region_unlock(region, flags);
	return charge;
}

static bool is_empty(struct lcma_region *region)
{
	unsigned long flags;
	bool empty;

	lcma_region_lock(region, &flags);
	empty = list_empty(&region->prepares.list);
	lcma_region_unlock(region, flags);
	return empty;
}

/**
 * lcma_prepare_stop - end all preparations, and wait until they have let go
 * @region: a region that no caller can reach
 *
 * Context: process, may sleep, as long as the last one may take.
 */
void lcma_prepare_stop(struct lcma_region *region)
{
	lcma_prepare_cancel(region, NULL);
	wait_event(region->settling.queue, is_empty(region));
	flush_workqueue(queue);
}
