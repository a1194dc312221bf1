// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claiming: see claim.h.
 */
#include "supply/claim.h"

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "compat/contig.h"
#include "fault.h"
#include "page/block.h"
#include "region/poison.h"
#include "source/taker.h"
#include "supply/turns.h"
#include "trace.h"

static void count_claim(struct lcma_region *region, u64 took_ns, int err)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	lcma_stats_add(&region->stats.claims, 1);
	if (err)
		lcma_stats_add(&region->stats.claims_failed, 1);
	lcma_stats_max(&region->stats.claim_max_ns, took_ns);
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
	struct lcma_turn turn;
	u64 began_ns, took_ns;
	int err;

	might_sleep();
	err = lcma_turns_wait(region, &turn, start, nr_pages);
	if (err)
		return err;
	began_ns = ktime_get_ns();
	err = lcma_fault(CLAIM_BUSY) ?: lcma_fault(CLAIM_NOMEM) ?:
	      lcma_fault(CLAIM_INTR) ?:
	      lcma_compat_alloc_contig(pfn, pfn + nr_pages);
	took_ns = ktime_get_ns() - began_ns;
	trace_lcma_claim(region->name, pfn, nr_pages, err, took_ns);
	count_claim(region, took_ns, err);
	lcma_turns_leave(region, &turn);

	if (!err)
		lcma_poison_note(region, start, nr_pages);
	if (err == -EBUSY && fatal_signal_pending(current))
		return -EINTR;
	return err;
}

static void give_pages(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long nr;

	if (!LCMA_FREES_BLOCKS) {
		lcma_block_free_singly(pfn, nr_pages);
		return;
	}
	for (; nr_pages; nr_pages -= nr, pfn += nr) {
		nr = lcma_block_next(pfn, nr_pages);
		lcma_block_free(pfn, nr);
		cond_resched();
	}
}

/**
 * lcma_unclaim - give pages back to the buddy allocator
 * @region: a shareable region
 * @start: first page; all pages of the range are busy, the caller's, and
 *	claimed: order 0 with one reference
 * @nr_pages: how many
 *
 * In blocks of the buddy allocator, unless the kernel's accounting wants single pages
 * (compat/contig.h).
 *
 * Context: process, may sleep; no lock held.
 */
void lcma_unclaim(struct lcma_region *region, unsigned long start,
		  unsigned long nr_pages)
{
	const unsigned long pfn = lcma_region_pfn(region, start);

	trace_lcma_give_back(region->name, pfn, nr_pages);
	give_pages(pfn, nr_pages);
}

/* Whole units that no region has. Whose turn it is there matters to no other claim. */
static int take_live(unsigned long pfn, unsigned long nr_pages)
{
	might_sleep();
	return lcma_fault(CLAIM_BUSY) ?: lcma_fault(CLAIM_NOMEM) ?:
	       lcma_fault(CLAIM_INTR) ?:
	       lcma_compat_alloc_movable(pfn, pfn + nr_pages);
}

/**
 * lcma_claim_init - let sources take memory out of the running system
 *
 * Context: while the module loads, before the regions.
 */
void lcma_claim_init(void)
{
	static const struct lcma_taker taker = {
		.take = take_live,
		.give = give_pages,
	};

	lcma_taker_set(&taker);
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

/**
 * lcma_unclaim_is_fast - are pages given back in blocks?
 *
 * Context: any.
 * Return: true if they are; false where the kernel's accounting wants single pages.
 */
bool lcma_unclaim_is_fast(void)
{
	return LCMA_FREES_BLOCKS;
}
