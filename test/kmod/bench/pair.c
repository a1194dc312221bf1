// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: one allocation of each side, freed at once, alternately; which is first
 * changes half way. Before each allocation both sides are brought to where they
 * were, and the CPUs' lists of pages are emptied, so that no allocation inherits
 * what the one before it has left.
 *
 * An array each of nanoseconds until the pages were there, and until they were
 * given up; of CPU time of others until all was as before; of pages in use in all
 * of the part, and in what was allocated; of pages that were migrated; of
 * errnos. What is not known is 0.
 */
#include "bench.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

/*
 * Where a load churns memory, nothing is ever as before, and for so long lcma's
 * upkeep is looked at.
 */
#define AFTER_MS	20

/* How long the second side waits for the upkeep of the first one's to end. */
#define QUIET_MS	1000

/**
 * struct samples - what was measured on one side, one of each a repetition
 * @alloc_ns: until the pages were there
 * @free_ns: until they were given up
 * @busy_ns: CPU time of all tasks but the caller, lcma's upkeep included, until all
 *	was as before
 * @span_ns: how long that was
 * @upkeep_ns: of @busy_ns, what lcma's upkeep had
 * @in_use: pages of the part that were in use, those of the pool included
 * @hit_in_use: pages in use, without the pool, in the run that was allocated
 * @whole: 1 if the run begins in what was one free block of the largest size
 * @moved: pages that were migrated meanwhile
 * @err: 0, or an errno, positive
 */
struct samples {
	u64 alloc_ns[BENCH_MAX_REPS];
	u64 free_ns[BENCH_MAX_REPS];
	u64 busy_ns[BENCH_MAX_REPS];
	u64 span_ns[BENCH_MAX_REPS];
	u64 upkeep_ns[BENCH_MAX_REPS];
	u64 in_use[BENCH_MAX_REPS];
	u64 hit_in_use[BENCH_MAX_REPS];
	u64 whole[BENCH_MAX_REPS];
	u64 moved[BENCH_MAX_REPS];
	u64 err[BENCH_MAX_REPS];
};

/**
 * struct pairs - a measurement on its way
 * @order: what is wanted
 * @sides: what was measured
 * @clear_ns: what clearing the same pages took
 * @clean_ns: what cleaning the kernel's pages out of the CPU's caches takes, once more
 * @bits: which pages of a part were in use
 * @whole: which of its blocks were wholly free
 * @quiet: what others run while nothing is measured
 * @nr_astray: allocations that were not in their part
 * @nr_unsettled: allocations after which not all was as before, or before which
 *	the sides were not ready
 */
struct pairs {
	const struct bench_order *order;
	struct samples sides[BENCH_SIDES];
	u64 clear_ns[BENCH_MAX_REPS];
	u64 clean_ns[BENCH_MAX_REPS];
	unsigned long *bits;
	unsigned long *whole;
	struct bench_span quiet;
	unsigned int nr_astray;
	unsigned int nr_unsettled;
};

/* What of the pages is asked before they are given up. */
static void look_at(struct pairs *pairs, unsigned int which, unsigned int i,
		    struct page *pages)
{
	const unsigned long nr_pages = pairs->order->size;
	struct samples *samples = &pairs->sides[which];
	u64 t0;

	if (!bench_in_part(which, pages, nr_pages)) {
		pairs->nr_astray++;
		return;
	}
	samples->hit_in_use[i] = bench_in_use_of(which, pairs->bits, pages,
						 nr_pages);
	samples->whole[i] = bench_was_whole(which, pairs->whole, pages);
	if (which == BENCH_KERNEL)
		pairs->clean_ns[i] = bench_clean_ns(pages, nr_pages);
	if (which == BENCH_LCMA && pairs->order->soil) {
		t0 = bench_now_ns();
		bench_clear(pages, nr_pages);
		bench_clean_ns(pages, nr_pages);
		pairs->clear_ns[i] = bench_now_ns() - t0;
	}
}

/* Return: 0; -ETIMEDOUT if not all is as before; -EINTR. */
static int sample(struct pairs *pairs, unsigned int which, unsigned int i)
{
	const struct bench_side *side = &bench_sides[which];
	const unsigned long nr_pages = pairs->order->size;
	struct samples *samples = &pairs->sides[which];
	struct bench_span span;
	unsigned long moved;
	struct page *pages;
	u64 t0, upkeep_ns;
	int err, rest = 0;

	bench_drain();
	samples->in_use[i] = bench_taken(which,
					 bench_in_use(which, pairs->bits));
	bench_see_whole(which, pairs->whole);
	moved = bench_migrated();
	msleep(20);
	if (pairs->order->soil && which == BENCH_LCMA)
		bench_soil();
	upkeep_ns = bench_upkeep_ns();
	bench_span_begin(&span);
	t0 = bench_now_ns();
	pages = side->alloc(nr_pages, &err);
	samples->alloc_ns[i] = bench_now_ns() - t0;
	samples->err[i] = -err;
	samples->moved[i] = bench_migrated() - moved;
	if (pages) {
		look_at(pairs, which, i, pages);
		t0 = bench_now_ns();
		side->free(pages, nr_pages);
		samples->free_ns[i] = bench_now_ns() - t0;
	}
	if (pairs->order->fill)
		msleep(AFTER_MS);
	else
		rest = bench_settle(pairs->order);
	bench_span_end(&span);
	samples->busy_ns[i] = span.busy_ns;
	samples->span_ns[i] = span.took_ns;
	samples->upkeep_ns[i] = bench_upkeep_ns() - upkeep_ns;
	return rest;
}

static int one_pair(struct pairs *pairs, unsigned int i)
{
	const bool swapped = !!pairs->order->swap !=
			     (2 * i >= pairs->order->reps);
	const struct bench_order quiet = {
		.pool = -1,
		.wait_ms = QUIET_MS,
		.fill = pairs->order->fill,
	};
	int err;

	err = bench_settle(pairs->order);
	if (err == -EINTR)
		return err;
	pairs->nr_unsettled += !!err;
	err = sample(pairs, swapped ? BENCH_KERNEL : BENCH_LCMA, i);
	pairs->nr_unsettled += !!err;
	if (pairs->order->fill)
		bench_settle(&quiet);
	err = sample(pairs, swapped ? BENCH_LCMA : BENCH_KERNEL, i);
	pairs->nr_unsettled += !!err;
	return err == -EINTR ? err : 0;
}

static void say_side(const struct pairs *pairs, unsigned int which)
{
	const struct samples *samples = &pairs->sides[which];
	const unsigned int nr = pairs->order->reps;
	const struct {
		const char *name;
		const u64 *values;
	} arrays[] = {
		{ "ns", samples->alloc_ns },
		{ "free_ns", samples->free_ns },
		{ "busy_ns", samples->busy_ns },
		{ "span_ns", samples->span_ns },
		{ "upkeep_ns", samples->upkeep_ns },
		{ "in_use", samples->in_use },
		{ "hit_in_use", samples->hit_in_use },
		{ "whole", samples->whole },
		{ "moved", samples->moved },
		{ "err", samples->err },
	};
	char name[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arrays); i++) {
		scnprintf(name, sizeof(name), "%s_%s", bench_sides[which].name,
			  arrays[i].name);
		bench_say_array(name, arrays[i].values, nr);
	}
}

/**
 * bench_pair - the measurement
 * @order: size, reps, and what the sides have to look like
 *
 * Return: 0; -ENOMEM; -EINTR.
 */
int bench_pair(const struct bench_order *order)
{
	struct pairs *pairs = vzalloc(sizeof(*pairs));
	unsigned int i;
	int err = 0;

	if (!pairs)
		return -ENOMEM;
	pairs->order = order;
	pairs->bits = bench_bits_new(BENCH_LCMA);
	pairs->whole = bench_bits_new(BENCH_LCMA);
	if (!pairs->bits || !pairs->whole)
		err = -ENOMEM;
	if (!err && bench_settle(order) != -EINTR)
		bench_quiet(order, &pairs->quiet);
	for (i = 0; !err && i < order->reps; i++)
		err = one_pair(pairs, i);
	if (!err) {
		bench_say(",\"size_pages\":%ld,\"part_pages\":%lu,\"astray\":%u,\"unsettled\":%u",
			  order->size, bench_parts[BENCH_LCMA].nr_pages,
			  pairs->nr_astray, pairs->nr_unsettled);
		bench_say_array("quiet_ns", &pairs->quiet.busy_ns, 1);
		bench_say_array("quiet_span_ns", &pairs->quiet.took_ns, 1);
		for (i = 0; i < BENCH_SIDES; i++)
			say_side(pairs, i);
		bench_say_array("clean_ns", pairs->clean_ns, order->reps);
		if (order->soil)
			bench_say_array("clear_ns", pairs->clear_ns,
					order->reps);
	}
	vfree(pairs->whole);
	vfree(pairs->bits);
	vfree(pairs);
	return err;
}
