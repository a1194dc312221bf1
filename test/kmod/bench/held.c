// SPDX-License-Identifier: GPL-2.0-only
/*
 * Held: each side makes a number of allocations, keeps them for a while, and
 * gives them up. What counts is the CPU time of everything that ran from before
 * until both sides are as they were: what one side does in the background is
 * part of its bill. What a quiet system does by itself is measured for as long,
 * and left to the report to subtract.
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
	u64 busy_ns[BENCH_MAX_REPS];
	u64 err[BENCH_MAX_REPS];
};

struct held {
	struct tally sides[BENCH_SIDES];
	u64 quiet_ns[BENCH_MAX_REPS];
	u64 upkeep_ns[BENCH_MAX_REPS];
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
		     unsigned int which)
{
	long n;

	for (n = 0; n < order->count; n++)
		if (held->pages[n])
			bench_sides[which].free(held->pages[n], order->size);
}

static void one_side(struct held *held, const struct bench_order *order,
		     unsigned int which, unsigned int i)
{
	u64 busy_ns;

	msleep(20);
	busy_ns = bench_busy_ns();
	take_all(held, order, which, i);
	msleep(HELD_MS);
	give_all(held, order, which);
	msleep(HELD_MS);
	held->sides[which].busy_ns[i] = bench_busy_ns() - busy_ns;
}

static void be_quiet(struct held *held, unsigned int i)
{
	u64 busy_ns;

	msleep(20);
	busy_ns = bench_busy_ns();
	msleep(HELD_MS);
	msleep(HELD_MS);
	held->quiet_ns[i] = bench_busy_ns() - busy_ns;
}

static int one_rep(struct held *held, const struct bench_order *order,
		   unsigned int i)
{
	u64 upkeep_ns;
	int err;

	err = bench_settle(order);
	if (err)
		return err;
	be_quiet(held, i);
	one_side(held, order, order->swap ? BENCH_LCMA : BENCH_KERNEL, i);
	one_side(held, order, order->swap ? BENCH_KERNEL : BENCH_LCMA, i);
	/* A pool that decays does so long after. */
	upkeep_ns = bench_upkeep_ns();
	err = bench_settle(order);
	held->upkeep_ns[i] = bench_upkeep_ns() - upkeep_ns;
	return err;
}

static void say_side(const struct held *held, unsigned int which,
		     unsigned int nr)
{
	const struct tally *tally = &held->sides[which];
	char name[32];

	scnprintf(name, sizeof(name), "%s_ns", bench_sides[which].name);
	bench_say_array(name, tally->alloc_ns, nr);
	scnprintf(name, sizeof(name), "%s_busy_ns", bench_sides[which].name);
	bench_say_array(name, tally->busy_ns, nr);
	scnprintf(name, sizeof(name), "%s_err", bench_sides[which].name);
	bench_say_array(name, tally->err, nr);
}

/**
 * bench_held - the measurement
 * @order: size, count, reps, pool; swap: lcma is first
 *
 * Return: 0; -EINVAL; -ENOMEM; -ETIMEDOUT if lcma does not come to rest; -EINTR.
 */
int bench_held(const struct bench_order *order)
{
	struct held *held;
	unsigned int i;
	int err = 0;

	if (order->count > MAX_HELD)
		return -EINVAL;
	held = vzalloc(sizeof(*held));
	if (!held)
		return -ENOMEM;
	for (i = 0; !err && i < order->reps; i++)
		err = one_rep(held, order, i);
	if (!err) {
		bench_say(",\"size_pages\":%ld,\"count\":%ld", order->size,
			  order->count);
		for (i = 0; i < BENCH_SIDES; i++)
			say_side(held, i, order->reps);
		bench_say_array("quiet_ns", held->quiet_ns, order->reps);
		bench_say_array("upkeep_ns", held->upkeep_ns, order->reps);
	}
	vfree(held);
	return err;
}
