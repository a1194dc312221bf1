// SPDX-License-Identifier: GPL-2.0-only
/*
 * Held: each side makes a number of allocations, keeps them for a while, and
 * gives them up. What counts is the caller's time in those calls, and the CPU time
 * of everything else that ran from before until all is as it was: what one side
 * does in the background is part of its bill. What a quiet system runs by itself
 * is measured, too, and left to the report to subtract.
 */
#include "bench.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#define MAX_HELD	256

/* Background work of the allocations ends within this, and that of freeing. */
#define HELD_MS		200

struct tally {
	u64 alloc_ns[BENCH_MAX_REPS];
	u64 free_ns[BENCH_MAX_REPS];
	u64 busy_ns[BENCH_MAX_REPS];
	u64 span_ns[BENCH_MAX_REPS];
	u64 err[BENCH_MAX_REPS];
};

struct held {
	struct tally sides[BENCH_SIDES];
	struct page *pages[MAX_HELD];
};

static void take_all(struct held *held, const struct bench_order *order,
		     unsigned int which, unsigned int i)
{
	struct tally *tally = &held->sides[which];
	const u64 began_ns = bench_now_ns();
	long n;
	int err;

	for (n = 0; n < order->count; n++) {
		held->pages[n] = bench_sides[which].alloc(order->size, &err);
		if (err)
			tally->err[i] = -err;
	}
	tally->alloc_ns[i] = bench_now_ns() - began_ns;
}

static void give_all(struct held *held, const struct bench_order *order,
		     unsigned int which, unsigned int i)
{
	const u64 began_ns = bench_now_ns();
	long n;

	for (n = 0; n < order->count; n++)
		if (held->pages[n])
			bench_sides[which].free(held->pages[n], order->size);
	held->sides[which].free_ns[i] = bench_now_ns() - began_ns;
}

static int one_side(struct held *held, const struct bench_order *order,
		    unsigned int which, unsigned int i)
{
	struct bench_span span;
	int err;

	bench_drain();
	err = bench_settle(order);
	if (err)
		return err;
	bench_span_begin(&span);
	take_all(held, order, which, i);
	msleep(HELD_MS);
	give_all(held, order, which, i);
	msleep(HELD_MS);
	/* A pool that decays does so long after. */
	err = bench_settle(order);
	bench_span_end(&span);
	held->sides[which].busy_ns[i] = span.busy_ns;
	held->sides[which].span_ns[i] = span.took_ns;
	return err;
}

static int one_rep(struct held *held, const struct bench_order *order,
		   unsigned int i)
{
	const bool swapped = !!order->swap != (2 * i >= order->reps);
	int err;

	err = one_side(held, order, swapped ? BENCH_KERNEL : BENCH_LCMA, i);
	if (err)
		return err;
	return one_side(held, order, swapped ? BENCH_LCMA : BENCH_KERNEL, i);
}

static void say_side(const struct held *held, unsigned int which,
		     unsigned int nr)
{
	const struct tally *tally = &held->sides[which];
	char name[32];

	scnprintf(name, sizeof(name), "%s_ns", bench_sides[which].name);
	bench_say_array(name, tally->alloc_ns, nr);
	scnprintf(name, sizeof(name), "%s_free_ns", bench_sides[which].name);
	bench_say_array(name, tally->free_ns, nr);
	scnprintf(name, sizeof(name), "%s_busy_ns", bench_sides[which].name);
	bench_say_array(name, tally->busy_ns, nr);
	scnprintf(name, sizeof(name), "%s_span_ns", bench_sides[which].name);
	bench_say_array(name, tally->span_ns, nr);
	scnprintf(name, sizeof(name), "%s_err", bench_sides[which].name);
	bench_say_array(name, tally->err, nr);
}

/**
 * bench_held - the measurement
 * @order: size, count, reps, pool, swap
 *
 * Return: 0; -EINVAL; -ENOMEM; -ETIMEDOUT if lcma does not come to rest; -EINTR.
 */
int bench_held(const struct bench_order *order)
{
	struct bench_span quiet;
	struct held *held;
	unsigned int i;
	int err = 0;

	if (order->count > MAX_HELD)
		return -EINVAL;
	held = vzalloc(sizeof(*held));
	if (!held)
		return -ENOMEM;
	bench_settle(order);
	bench_quiet(order, &quiet);
	for (i = 0; !err && i < order->reps; i++)
		err = one_rep(held, order, i);
	if (!err) {
		bench_say(",\"size_pages\":%ld,\"count\":%ld", order->size,
			  order->count);
		for (i = 0; i < BENCH_SIDES; i++)
			say_side(held, i, order->reps);
		bench_say_array("quiet_ns", &quiet.busy_ns, 1);
		bench_say_array("quiet_span_ns", &quiet.took_ns, 1);
	}
	vfree(held);
	return err;
}
