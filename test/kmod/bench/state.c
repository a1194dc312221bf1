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

/* A pool that has not changed for so long will not, however large it was to be. */
#define STAYS_MS	12000

/* For so long a quiet system is looked at. */
#define LOOK_MS		2000

/* Blocks of the largest size that the buddy allocator has. */
#ifdef MAX_PAGE_ORDER
#define TOP_ORDER	MAX_PAGE_ORDER
#else
#define TOP_ORDER	(MAX_ORDER - 1)
#endif

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

/**
 * struct rest - what was seen at the last look
 * @upkeep_ns: what lcma's upkeep had run
 * @pool_pages: how many pages the pool had
 * @since: since when, in jiffies
 */
struct rest {
	u64 upkeep_ns;
	unsigned long pool_pages;
	unsigned long since;
};

/* Is nothing on its way, and the pool as wanted, or as it stays? */
static bool is_settled(const struct bench_order *order, struct rest *rest)
{
	const u64 before_ns = rest->upkeep_ns;
	struct lcma_region_state state;

	rest->upkeep_ns = bench_upkeep_ns();
	lcma_region_describe(bench_region, &state);
	if (state.pool_pages != rest->pool_pages || state.busy_pages)
		rest->since = jiffies;
	rest->pool_pages = state.pool_pages;
	if (state.busy_pages || state.used_pages != order->used)
		return false;
	/* Where others want the CPU, too, the upkeep is never done. */
	if (order->fill)
		return true;
	return rest->upkeep_ns == before_ns &&
	       (order->pool < 0 || state.pool_pages == order->pool ||
		time_after(jiffies, rest->since + msecs_to_jiffies(STAYS_MS)));
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
	struct rest rest = { .since = jiffies };

	for (;;) {
		msleep(POLL_MS);
		if (is_settled(order, &rest) && is_full(order))
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
	}
}

/**
 * bench_quiet - what others run while nothing is measured
 * @order: what is waited for before measurements, and so is asked for as often
 * @quiet: what they ran, and in which time; both 0 where memory is churned by
 *	a load, which cannot be told from lcma's work
 */
void bench_quiet(const struct bench_order *order, struct bench_span *quiet)
{
	struct rest rest = { .since = jiffies };
	unsigned int waited_ms;

	*quiet = (struct bench_span) {};
	if (order->fill)
		return;
	bench_span_begin(quiet);
	for (waited_ms = 0; waited_ms < LOOK_MS; waited_ms += POLL_MS) {
		msleep(POLL_MS);
		is_settled(order, &rest);
	}
	bench_span_end(quiet);
}

/**
 * bench_drain - empty the CPUs' lists of pages
 *
 * So that an allocation does not meet there what the one before it has freed. The
 * functions are not exported; where they cannot be had, nothing is drained.
 */
void bench_drain(void)
{
	static void (*drain_lru)(void);
	static void (*drain_free)(struct zone *zone);
	static bool looked;

	if (!looked) {
		drain_lru = bench_resolve("lru_add_drain_all");
		drain_free = bench_resolve("drain_all_pages");
		looked = true;
	}
	if (drain_lru)
		drain_lru();
	if (drain_free)
		drain_free(NULL);
}

/**
 * bench_see_whole - which blocks of a part are wholly free
 * @side: whose part
 * @whole: a bit for each block of the largest size
 *
 * A block that is free as one has to be taken apart, however little is wanted
 * of it. A hint: nothing is locked.
 */
void bench_see_whole(unsigned int side, unsigned long *whole)
{
	const struct bench_part *part = &bench_parts[side];
	unsigned long i;

	for (i = 0; i << TOP_ORDER < part->nr_pages; i++) {
		struct page *page = pfn_to_page(part->first_pfn +
						(i << TOP_ORDER));

		if (PageBuddy(page) && page_private(page) == TOP_ORDER)
			__set_bit(i, whole);
		else
			__clear_bit(i, whole);
	}
}

/**
 * bench_was_whole - was an allocation taken out of a wholly free block?
 * @side: whose it is
 * @whole: as of then
 * @pages: its first page
 *
 * Return: true if the block that the first page lies in was free as one.
 */
bool bench_was_whole(unsigned int side, const unsigned long *whole,
		     const struct page *pages)
{
	return test_bit((page_to_pfn(pages) - bench_parts[side].first_pfn) >>
			TOP_ORDER, whole);
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
