// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crowd: many threads allocate and free at once, for a set time, on one side;
 * then the same threads with the same random numbers on the other. Each holds a
 * few allocations, and replaces one of them at a time.
 */
#include "bench.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define MAX_THREADS	64
#define MAX_HOLD	32

/**
 * struct member - a thread of the crowd
 * @order: what is wanted
 * @side: whose turn it is
 * @end: when it is over, in jiffies
 * @random: state of its random numbers
 * @pages: what it holds
 * @nr_pages: how many pages each has
 * @nr_allocs: how often it got memory
 * @nr_busy: how often -EBUSY
 * @nr_full: how often there was no room, or no reason
 * @max_ns: the longest allocation
 * @sum_ns: of all of them
 * @nr_astray: how often it got something that is not of that side
 * @done: it has come to its end
 */
struct member {
	const struct bench_order *order;
	unsigned int side;
	unsigned long end;
	u32 random;
	struct page *pages[MAX_HOLD];
	unsigned long nr_pages[MAX_HOLD];
	u64 nr_allocs;
	u64 nr_busy;
	u64 nr_full;
	u64 max_ns;
	u64 sum_ns;
	u64 nr_astray;
	struct completion done;
};

static u32 dice(struct member *m, u32 sides)
{
	m->random = m->random * 1664525 + 1013904223;
	return (m->random >> 8) % sides;
}

static void take(struct member *m, unsigned int slot)
{
	const struct bench_order *order = m->order;
	u64 took_ns;
	int err;

	m->nr_pages[slot] = order->min + dice(m, order->max - order->min + 1);
	took_ns = bench_now_ns();
	m->pages[slot] = bench_sides[m->side].alloc(m->nr_pages[slot], &err);
	took_ns = bench_now_ns() - took_ns;
	m->max_ns = max(m->max_ns, took_ns);
	m->sum_ns += took_ns;
	if (!err) {
		m->nr_allocs++;
		m->nr_astray += !bench_in_part(m->side, m->pages[slot],
					       m->nr_pages[slot]);
	} else if (err == -EBUSY) {
		m->nr_busy++;
	} else {
		m->nr_full++;
	}
}

static void give(struct member *m, unsigned int slot)
{
	if (m->pages[slot])
		bench_sides[m->side].free(m->pages[slot], m->nr_pages[slot]);
	m->pages[slot] = NULL;
}

static int live(void *data)
{
	struct member *m = data;
	unsigned int slot;

	while (time_before(jiffies, m->end)) {
		slot = dice(m, m->order->hold);
		give(m, slot);
		take(m, slot);
		cond_resched();
	}
	for (slot = 0; slot < m->order->hold; slot++)
		give(m, slot);
	complete(&m->done);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

/* All members, once. Return: 0, or what kthread_create() returns. */
static int turn(struct member *members, struct task_struct **tasks,
		const struct bench_order *order, unsigned int side,
		unsigned int round)
{
	unsigned int nr = 0, i;
	int err = 0;

	for (i = 0; i < order->threads; i++) {
		members[i] = (struct member) {
			.order = order,
			.side = side,
			.end = jiffies + msecs_to_jiffies(order->ms),
			.random = order->seed + 7919 * i + 104729 * round,
		};
		init_completion(&members[i].done);
		tasks[i] = kthread_run(live, &members[i], "bench/%u", i);
		if (IS_ERR(tasks[i])) {
			err = PTR_ERR(tasks[i]);
			break;
		}
		nr++;
	}
	for (i = 0; i < nr; i++) {
		wait_for_completion(&members[i].done);
		kthread_stop(tasks[i]);
	}
	return err;
}

static u64 sum(const struct member *members, unsigned int nr, size_t offset)
{
	u64 total = 0;

	while (nr--)
		total += *(const u64 *)((const void *)&members[nr] + offset);
	return total;
}

#define SUM(field) sum(members, order->threads, offsetof(struct member, field))

static void say_turn(const struct member *members,
		     const struct bench_order *order, unsigned int side,
		     u64 took_ns, u64 upkeep_ns, bool first)
{
	u64 max_ns = 0;
	unsigned int i;

	for (i = 0; i < order->threads; i++)
		max_ns = max(max_ns, members[i].max_ns);
	bench_say("%s{\"side\":\"%s\",\"took_ns\":%llu,\"upkeep_ns\":%llu",
		  first ? "" : ",", bench_sides[side].name, took_ns, upkeep_ns);
	bench_say(",\"allocs\":%llu,\"busy\":%llu,\"full\":%llu",
		  SUM(nr_allocs), SUM(nr_busy), SUM(nr_full));
	bench_say(",\"max_ns\":%llu,\"sum_ns\":%llu,\"astray\":%llu}", max_ns,
		  SUM(sum_ns), SUM(nr_astray));
}

/**
 * bench_crowd - the measurement
 * @order: threads, ms, min, max, hold, rounds, seed
 *
 * Return: 0; -EINVAL; -ENOMEM; -ETIMEDOUT if lcma does not come to rest.
 */
int bench_crowd(const struct bench_order *order)
{
	struct task_struct *tasks[MAX_THREADS];
	struct member *members;
	u64 began_ns, upkeep_ns;
	unsigned int round, side;
	int err = 0;

	if (order->threads < 1 || order->threads > MAX_THREADS ||
	    order->hold < 1 || order->hold > MAX_HOLD || order->min < 1 ||
	    order->max < order->min || order->rounds < 1)
		return -EINVAL;
	members = vzalloc(array_size(order->threads, sizeof(*members)));
	if (!members)
		return -ENOMEM;
	bench_say(",\"threads\":%ld,\"min_pages\":%ld,\"max_pages\":%ld",
		  order->threads, order->min, order->max);
	bench_say(",\"hold\":%ld,\"part_pages\":%lu,\"turns\":[", order->hold,
		  bench_parts[BENCH_LCMA].nr_pages);
	for (round = 0; !err && round < order->rounds; round++) {
		for (side = 0; !err && side < BENCH_SIDES; side++) {
			err = bench_settle(order);
			began_ns = bench_now_ns();
			upkeep_ns = bench_upkeep_ns();
			if (!err)
				err = turn(members, tasks, order, side, round);
			if (!err)
				say_turn(members, order, side,
					 bench_now_ns() - began_ns,
					 bench_upkeep_ns() - upkeep_ns,
					 !round && !side);
		}
	}
	bench_say("]");
	vfree(members);
	return err;
}
