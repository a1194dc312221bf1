// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crowd: many threads allocate and free at once on one side; then as many
 * threads, with the same random numbers, on the other. Each holds a few
 * allocations, and replaces one of them at a time, as often on either side: a
 * region breaks into pieces with every replacement, so the faster side must not
 * be measured in a region that is broken more.
 */
#include "bench.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#define MAX_THREADS	64
#define MAX_HOLD	32
#define MAX_EACH	4096

/**
 * struct member - a thread of the crowd
 * @order: what is wanted
 * @side: whose turn it is
 * @random: state of its random numbers
 * @pages: what it holds
 * @nr_pages: how many pages each has
 * @nr_allocs: how often it got memory
 * @nr_busy: how often -EBUSY
 * @nr_full: how often there was no room, or no reason
 * @took_ns: how long each took
 * @nr_took: how many that are
 * @sum_ns: of all of them
 * @nr_astray: how often it got something that is not of that side
 * @done: it has come to its end
 */
struct member {
	const struct bench_order *order;
	unsigned int side;
	u32 random;
	struct page *pages[MAX_HOLD];
	unsigned long nr_pages[MAX_HOLD];
	u64 nr_allocs;
	u64 nr_busy;
	u64 nr_full;
	u64 *took_ns;
	unsigned int nr_took;
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
	m->took_ns[m->nr_took++] = took_ns;
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

	while (m->nr_took < m->order->each) {
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

/*
 * All members, once; how long each allocation took is left in @took_ns. Return: 0,
 * or what kthread_create() returns.
 */
static int turn(struct member *members, struct task_struct **tasks, u64 *took_ns,
		const struct bench_order *order, unsigned int side,
		unsigned int round)
{
	unsigned int nr = 0, i;
	int err = 0;

	for (i = 0; i < order->threads; i++) {
		members[i] = (struct member) {
			.order = order,
			.side = side,
			.took_ns = took_ns + i * order->each,
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

static int by_size(const void *a, const void *b)
{
	const u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The nearest rank, of sorted values. */
static u64 percentile(const u64 *values, unsigned int nr, unsigned int percent)
{
	return values[max(DIV_ROUND_UP(nr * percent, 100), 1U) - 1];
}

static void say_turn(const struct member *members, u64 *took_ns,
		     const struct bench_order *order, unsigned int side,
		     bool first)
{
	const unsigned int nr = order->threads * order->each;

	sort(took_ns, nr, sizeof(*took_ns), by_size, NULL);
	bench_say("%s{\"side\":\"%s\",\"allocs\":%llu,\"busy\":%llu,\"full\":%llu",
		  first ? "" : ",", bench_sides[side].name, SUM(nr_allocs),
		  SUM(nr_busy), SUM(nr_full));
	bench_say(",\"median_ns\":%llu,\"p99_ns\":%llu,\"max_ns\":%llu",
		  percentile(took_ns, nr, 50), percentile(took_ns, nr, 99),
		  took_ns[nr - 1]);
	bench_say(",\"sum_ns\":%llu,\"astray\":%llu", SUM(sum_ns),
		  SUM(nr_astray));
}

/*
 * One side's turn, and what others run until all is as before. Return: 0, or what
 * failed.
 */
static int one_side(struct member *members, struct task_struct **tasks,
		    u64 *took_ns, const struct bench_order *order,
		    unsigned int side, unsigned int round, bool first)
{
	struct bench_span span, after;
	u64 upkeep_ns;
	int err;

	bench_drain();
	err = bench_settle(order);
	if (err)
		return err;
	upkeep_ns = bench_upkeep_ns();
	bench_span_begin(&span);
	err = turn(members, tasks, took_ns, order, side, round);
	bench_span_end(&span);
	if (err)
		return err;
	upkeep_ns = bench_upkeep_ns() - upkeep_ns;
	bench_span_begin(&after);
	err = bench_settle(order);
	bench_span_end(&after);
	say_turn(members, took_ns, order, side, first);
	bench_say(",\"took_ns\":%llu,\"upkeep_ns\":%llu,\"after_ns\":%llu,\"after_span_ns\":%llu}",
		  span.took_ns, upkeep_ns, after.busy_ns, after.took_ns);
	return err;
}

/**
 * bench_crowd - the measurement
 * @order: threads, each, min, max, hold, rounds, seed, swap
 *
 * Return: 0; -EINVAL; -ENOMEM; -ETIMEDOUT if lcma does not come to rest.
 */
int bench_crowd(const struct bench_order *order)
{
	struct task_struct *tasks[MAX_THREADS];
	struct bench_span quiet;
	struct member *members;
	unsigned int round, i;
	u64 *took_ns;
	int err = 0;

	if (order->threads < 1 || order->threads > MAX_THREADS ||
	    order->hold < 1 || order->hold > MAX_HOLD || order->min < 1 ||
	    order->each < 1 || order->each > MAX_EACH ||
	    order->max < order->min || order->rounds < 1)
		return -EINVAL;
	members = vzalloc(array_size(order->threads, sizeof(*members)));
	took_ns = vzalloc(array3_size(order->threads, order->each,
				      sizeof(*took_ns)));
	if (!members || !took_ns) {
		err = -ENOMEM;
		goto out_free;
	}
	bench_say(",\"threads\":%ld,\"each\":%ld,\"min_pages\":%ld,\"max_pages\":%ld",
		  order->threads, order->each, order->min, order->max);
	bench_settle(order);
	bench_quiet(order, &quiet);
	bench_say_array("quiet_ns", &quiet.busy_ns, 1);
	bench_say_array("quiet_span_ns", &quiet.took_ns, 1);
	bench_say(",\"hold\":%ld,\"part_pages\":%lu,\"turns\":[", order->hold,
		  bench_parts[BENCH_LCMA].nr_pages);
	for (round = 0; !err && round < order->rounds; round++) {
		const bool swapped = !!order->swap != (round & 1);

		for (i = 0; !err && i < BENCH_SIDES; i++)
			err = one_side(members, tasks, took_ns, order,
				       i == swapped ? BENCH_LCMA : BENCH_KERNEL,
				       round, !round && !i);
	}
	bench_say("]");
out_free:
	vfree(took_ns);
	vfree(members);
	return err;
}
