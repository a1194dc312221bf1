// SPDX-License-Identifier: GPL-2.0-only
/*
 * What both sides look like before a repetition: nothing held, nothing on its
 * way, the pool as wanted, and as many pages in use here as there.
 */
#include "bench.h"

#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#define POLL_MS		20

/* How many pieces the pool may be soiled in. */
#define MAX_PIECES	512

/**
 * bench_fifo - real-time priority for the caller, or as before
 * @on: which
 */
void bench_fifo(bool on)
{
	if (on)
		sched_set_fifo(current);
	else if (current->policy == SCHED_FIFO)
		sched_set_normal(current, 0);
}

/* Is nothing on its way, and the pool as wanted? */
static bool is_settled(const struct bench_order *order, u64 *upkeep_ns)
{
	const u64 before_ns = *upkeep_ns;
	struct lcma_region_state state;

	*upkeep_ns = bench_upkeep_ns();
	lcma_region_describe(bench_region, &state);
	if (state.busy_pages || state.used_pages != order->used)
		return false;
	/* Where others want the CPU, too, the upkeep is never done. */
	if (order->fill)
		return true;
	return *upkeep_ns == before_ns &&
	       (order->pool < 0 || state.pool_pages == order->pool);
}

/* Are as many pages in use as wanted, in both parts? */
static bool is_full(const struct bench_order *order)
{
	unsigned int side;

	for (side = 0; order->fill && side < BENCH_SIDES; side++)
		if (bench_in_use(side, NULL) * 100 <
		    bench_parts[side].nr_pages * order->fill)
			return false;
	return true;
}

/**
 * bench_settle - wait until both sides are ready
 * @order: what is wanted
 *
 * Return: 0; -ETIMEDOUT if they are not within order->wait_ms; -EINTR.
 */
int bench_settle(const struct bench_order *order)
{
	const unsigned long end = jiffies + msecs_to_jiffies(order->wait_ms);
	u64 upkeep_ns = 0;

	for (;;) {
		msleep(POLL_MS);
		if (is_settled(order, &upkeep_ns) && is_full(order))
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
	}
}

/**
 * bench_soil - see to it that no page of the pool is known to be zero
 *
 * Takes all of the pool and gives it up. The upkeep zeroes it again as soon as
 * it gets a CPU: so this is for one CPU, and for a caller that asks at once.
 */
void bench_soil(void)
{
	static struct { struct page *pages; unsigned long nr; } got[MAX_PIECES];
	unsigned long nr = BIT(15);
	unsigned int n = 0;

	while (n < MAX_PIECES && nr) {
		got[n].nr = nr;
		got[n].pages = lcma_alloc_pages(bench_region, nr, 0,
						LCMA_NOWAIT | LCMA_QUIET);
		if (IS_ERR(got[n].pages))
			nr /= 2;
		else
			n++;
	}
	while (n--)
		lcma_free_pages(bench_region, got[n].pages, got[n].nr);
}

/**
 * bench_bits_new - a bit for each page of a part
 * @side: whose part
 *
 * Return: the bitmap, to be freed with vfree(); NULL.
 */
unsigned long *bench_bits_new(unsigned int side)
{
	return vzalloc(BITS_TO_LONGS(bench_parts[side].nr_pages) *
		       sizeof(long));
}

/* Data: not free, and not a page that was claimed. */
static bool is_in_use(struct page *page)
{
	return page_ref_count(page) > 0 && READ_ONCE(page->mapping);
}

/**
 * bench_in_use - how many pages of a part would have to be migrated
 * @side: whose part
 * @bits: which; or NULL
 *
 * As of now; pages come and go meanwhile.
 *
 * Return: how many.
 */
unsigned long bench_in_use(unsigned int side, unsigned long *bits)
{
	const struct bench_part *part = &bench_parts[side];
	unsigned long nr_used = 0, i;

	if (bits)
		bitmap_zero(bits, part->nr_pages);
	for (i = 0; i < part->nr_pages; i++) {
		if (!is_in_use(pfn_to_page(part->first_pfn + i)))
			continue;
		nr_used++;
		if (bits)
			__set_bit(i, bits);
	}
	return nr_used;
}

/**
 * bench_taken - how many pages of a part no other caller could get
 * @side: whose part
 * @nr_used: what bench_in_use() said
 *
 * Return: those, and the pool's.
 */
unsigned long bench_taken(unsigned int side, unsigned long nr_used)
{
	struct lcma_region_state state = {};

	if (side == BENCH_LCMA)
		lcma_region_describe(bench_region, &state);
	return nr_used + state.pool_pages;
}

/**
 * bench_in_use_of - how many pages of an allocation were in use
 * @side: whose it is
 * @bits: as of then
 * @pages: the first page
 * @nr_pages: how many
 *
 * Return: how many.
 */
unsigned long bench_in_use_of(unsigned int side, const unsigned long *bits,
			      const struct page *pages, unsigned long nr_pages)
{
	unsigned long i = page_to_pfn(pages) - bench_parts[side].first_pfn;
	unsigned long nr_used = 0;

	while (nr_pages--)
		nr_used += test_bit(i++, bits);
	return nr_used;
}
