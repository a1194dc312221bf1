// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claiming: see claim.h.
 *
 * Two calls of alloc_contig_range() inside one unit make each other fail:
 * isolation scans from the unit's first page. So claims take turns, per unit:
 * each enters the region's queue with the units that it touches, and runs when
 * no earlier entry touches one of them. That is a lock per unit, taken in
 * ascending order, in one step: it cannot deadlock, it is first come first
 * served, so a large claim is not starved by small ones, and claims in
 * different units run at the same time. Giving back needs no turn.
 */
#include "supply/claim.h"

#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "compat/contig.h"
#include "fault.h"

/* Pages given back between two offers to reschedule. */
#define UNCLAIM_BATCH	32UL

/**
 * struct turn - a claim in the queue
 * @link: in region->claims, in order of arrival
 * @first_unit: first unit that the claim touches
 * @last_unit: last unit, inclusive
 * @claimer: the task that makes the call
 * @granted: it may run; under region->claims_lock
 * @go: completed when it is granted
 */
struct turn {
	struct list_head link;
	unsigned long first_unit;
	unsigned long last_unit;
	struct task_struct *claimer;
	bool granted;
	struct completion go;
};

static bool turns_overlap(const struct turn *a, const struct turn *b)
{
	return a->first_unit <= b->last_unit && b->first_unit <= a->last_unit;
}

/* Does an entry that arrived earlier touch one of its units? */
static bool turn_is_blocked(struct lcma_region *region, struct turn *turn)
{
	struct turn *earlier;

	list_for_each_entry(earlier, &region->claims, link) {
		if (earlier == turn)
			return false;
		if (turns_overlap(earlier, turn))
			return true;
	}
	return false;
}

static void leave_queue(struct lcma_region *region, struct turn *turn)
{
	struct turn *next;

	spin_lock(&region->claims_lock);
	list_del(&turn->link);
	list_for_each_entry(next, &region->claims, link) {
		if (!next->granted && turns_overlap(turn, next) &&
		    !turn_is_blocked(region, next)) {
			next->granted = true;
			complete(&next->go);
		}
	}
	spin_unlock(&region->claims_lock);
}

/* Return: 0; -EINTR if a fatal signal came first, then not in the queue. */
static int wait_for_turn(struct lcma_region *region, struct turn *turn)
{
	bool granted;

	spin_lock(&region->claims_lock);
	list_add_tail(&turn->link, &region->claims);
	granted = !turn_is_blocked(region, turn);
	turn->granted = granted;
	spin_unlock(&region->claims_lock);

	/* Not turn->granted: from here on others may set it. */
	if (granted)
		return 0;
	if (!wait_for_completion_killable(&turn->go))
		return 0;
	leave_queue(region, turn);
	return -EINTR;
}

static void count_claim(struct lcma_region *region, unsigned long nr_pages,
			u64 took_ns, int err)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	region->stats.claims++;
	if (err)
		region->stats.claims_failed++;
	else
		region->stats.claimed_pages += nr_pages;
	region->stats.claim_max_ns = max(region->stats.claim_max_ns, took_ns);
	lcma_region_unlock(region, flags);
}

/**
 * lcma_claim - take pages out of the buddy allocator
 * @region: a shareable region
 * @start: first page; all pages of the range are busy, and the caller's
 * @nr_pages: how many
 *
 * Whatever lives in the range is migrated away. Waits for its turn in the
 * units that the range touches. Ends early on a fatal signal, at the kernel's
 * next batch of pages.
 *
 * Context: process, may sleep, for seconds under memory pressure; no lock held.
 * Return: 0, and every page is order 0 with one reference; -EBUSY if a page
 * could not be moved; -ENOMEM if there was nowhere to move one to; -EINTR.
 */
int lcma_claim(struct lcma_region *region, unsigned long start,
	       unsigned long nr_pages)
{
	const unsigned long pfn = lcma_region_pfn(region, start);
	struct turn turn = {
		.first_unit = start / region->unit_pages,
		.last_unit = (start + nr_pages - 1) / region->unit_pages,
		.claimer = current,
		.go = COMPLETION_INITIALIZER_ONSTACK(turn.go),
	};
	u64 began_ns;
	int err;

	might_sleep();
	err = wait_for_turn(region, &turn);
	if (err)
		return err;
	began_ns = ktime_get_ns();
	err = lcma_fault(CLAIM_BUSY) ?: lcma_fault(CLAIM_NOMEM) ?:
	      lcma_fault(CLAIM_INTR) ?:
	      lcma_compat_alloc_contig(pfn, pfn + nr_pages);
	count_claim(region, nr_pages, ktime_get_ns() - began_ns, err);
	leave_queue(region, &turn);

	if (err == -EBUSY && fatal_signal_pending(current))
		return -EINTR;
	return err;
}

/**
 * lcma_unclaim - give pages back to the buddy allocator
 * @region: a shareable region
 * @start: first page; all pages of the range are busy, the caller's, and
 *	claimed: order 0 with one reference
 * @nr_pages: how many
 *
 * Context: process, may sleep; no lock held.
 */
void lcma_unclaim(struct lcma_region *region, unsigned long start,
		  unsigned long nr_pages)
{
	unsigned long pfn = lcma_region_pfn(region, start);
	unsigned long batch;

	for (; nr_pages; nr_pages -= batch, pfn += batch) {
		batch = min(nr_pages, UNCLAIM_BATCH);
		free_contig_range(pfn, batch);
		cond_resched();
	}
}

static bool claims_in(struct lcma_region *region,
		      const struct task_struct *task)
{
	const struct turn *turn;
	bool found = false;

	spin_lock(&region->claims_lock);
	list_for_each_entry(turn, &region->claims, link)
		found |= turn->claimer == task;
	spin_unlock(&region->claims_lock);
	return found;
}

/**
 * lcma_claim_is_running - is the current task inside lcma_claim()?
 *
 * Context: process; takes every region's claims_lock, one at a time.
 * Return: true if it is: then somebody below it asks.
 */
bool lcma_claim_is_running(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		if (claims_in(region, current))
			return true;
	return false;
}

/**
 * lcma_claim_zeroes - do claimed pages come zeroed?
 *
 * Context: any.
 * Return: true if the kernel runs with init_on_alloc=1.
 */
bool lcma_claim_zeroes(void)
{
	return want_init_on_alloc(GFP_KERNEL);
}
