// SPDX-License-Identifier: GPL-2.0-only
/*
 * Meters: the clock, CPU time, pages that were migrated.
 *
 * The clock is sched_clock(): where ktime has a clock of 1 MHz (vexpress-a9), it
 * has one of 24 MHz. With -icount shift=3 both count instructions, 8 ns each.
 */
#include "bench.h"

#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/vmstat.h>

/**
 * bench_now_ns - the clock
 *
 * Return: nanoseconds.
 */
u64 bench_now_ns(void)
{
	return sched_clock();
}

/* A task's time is noted when it sleeps, and at every tick. */
static u64 run_ns(const struct task_struct *task)
{
	return READ_ONCE(task->se.sum_exec_runtime);
}

/**
 * bench_others_ns - what all tasks have run, but the idle ones and the caller
 *
 * For a difference. The caller is left out because it waits and looks around for
 * the bench's own sake; what it does for an allocation is measured by the clock.
 * The time of a task that ended in between is lost.
 *
 * Return: nanoseconds.
 */
u64 bench_others_ns(void)
{
	struct task_struct *process, *task;
	u64 sum_ns = 0;

	rcu_read_lock();
	for_each_process_thread(process, task)
		if (task != current)
			sum_ns += run_ns(task);
	rcu_read_unlock();
	return sum_ns;
}

/**
 * bench_span_begin - begin to look at what others run
 * @span: where it is kept
 */
void bench_span_begin(struct bench_span *span)
{
	span->busy_ns = bench_others_ns();
	span->took_ns = bench_now_ns();
}

/**
 * bench_span_end - end that
 * @span: has the time of others, and of the clock, since bench_span_begin()
 */
void bench_span_end(struct bench_span *span)
{
	span->busy_ns = bench_others_ns() - span->busy_ns;
	span->took_ns = bench_now_ns() - span->took_ns;
}

/**
 * bench_upkeep_ns - what lcma's upkeep has run
 *
 * Return: nanoseconds.
 */
u64 bench_upkeep_ns(void)
{
	struct task_struct *process;
	u64 sum_ns = 0;

	rcu_read_lock();
	for_each_process(process)
		if (!strcmp(process->comm, "lcma/pool"))
			sum_ns = run_ns(process);
	rcu_read_unlock();
	return sum_ns;
}

/**
 * bench_migrated - pages that were migrated since boot, by anybody
 *
 * Return: how many.
 */
unsigned long bench_migrated(void)
{
	unsigned long nr_pages = 0;

#ifdef CONFIG_VM_EVENT_COUNTERS
	unsigned long *events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events),
					GFP_KERNEL);

	if (events) {
		all_vm_events(events);
		nr_pages = events[PGMIGRATE_SUCCESS];
		kfree(events);
	}
#endif
	return nr_pages;
}

/**
 * bench_meter - say what the system has run so far
 * @order: nothing of it matters
 *
 * For a job that takes the difference of two.
 *
 * Return: 0.
 */
int bench_meter(const struct bench_order *order)
{
	bench_say(",\"now_ns\":%llu,\"others_ns\":%llu,\"upkeep_ns\":%llu,\"migrated\":%lu",
		  bench_now_ns(), bench_others_ns(), bench_upkeep_ns(),
		  bench_migrated());
	return 0;
}
