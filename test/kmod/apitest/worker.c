// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers act for their callers: a buffer with a deadline is claimed by another thread,
 * which has to be what its caller is. A probe of alloc_contig_range() says who
 * calls it, and how.
 */
#include "apitest.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <uapi/linux/sched/types.h>

/* Longer than any claim of an idle region takes. */
#define TIMEOUT_MS	20000

#define SCOPES		(PF_MEMALLOC | PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS)

/**
 * struct sighting - the last call of alloc_contig_range()
 * @nr: how many there have been
 * @comm: the caller
 * @flags: its flags
 * @prio: its priority, as the kernel counts
 */
static struct sighting {
	unsigned int nr;
	char comm[TASK_COMM_LEN];
	unsigned int flags;
	int prio;
} seen;

static int note_call(struct kprobe *unused, struct pt_regs *regs)
{
	seen.nr++;
	strscpy(seen.comm, current->comm, sizeof(seen.comm));
	seen.flags = current->flags;
	seen.prio = current->prio;
	return 0;
}

static struct kprobe probe = { .pre_handler = note_call };

/* The name that it has had since 6.10, and the one before. */
static int watch(void)
{
	static const char * const names[] = {
		"alloc_contig_range_noprof", "alloc_contig_range",
	};
	unsigned int i;
	int err = -ENOENT;

	for (i = 0; err && i < ARRAY_SIZE(names); i++) {
		probe = (struct kprobe) {
			.symbol_name = names[i],
			.pre_handler = note_call,
		};
		err = register_kprobe(&probe);
	}
	return err;
}

/*
 * Allocates a buffer and frees it at once; one that the rest of a block, which the last
 * claim took along, is too small for. Return: 0; the error; -EIO: no claim.
 */
static int claim_once(struct lcma_region *region, unsigned int timeout_ms)
{
	const struct lcma_buffer_params params = {
		.bytes = SZ_16M, .timeout_ms = timeout_ms,
	};
	const unsigned int before = seen.nr;
	struct lcma_buffer *buffer = lcma_buffer_alloc(region, &params);

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	lcma_buffer_put(buffer);
	return seen.nr > before ? 0 : -EIO;
}

static bool by_worker(void)
{
	return strstarts(seen.comm, "lcma/");
}

static void in_a_scope(struct lcma_region *region, const char *name,
		       unsigned int flag, unsigned int timeout_ms)
{
	const unsigned int was = current->flags & flag;
	int err;

	current->flags |= flag;
	err = claim_once(region, timeout_ms);
	current->flags = (current->flags & ~flag) | was;
	if (!OK(!err, "%s, timeout %u: served (%d)", name, timeout_ms, err))
		return;
	OK(by_worker() == !!timeout_ms, "%s, timeout %u: claimed by %s", name,
	   timeout_ms, seen.comm);
	OK((seen.flags & SCOPES) == flag,
	   "%s, timeout %u: in the caller's scope (%#x)", name, timeout_ms,
	   seen.flags & SCOPES);
}

static void scopes(struct lcma_region *region)
{
	static const unsigned int timeouts[] = { TIMEOUT_MS, 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timeouts); i++) {
		in_a_scope(region, "no scope", 0, timeouts[i]);
		in_a_scope(region, "memalloc_noio", PF_MEMALLOC_NOIO,
			   timeouts[i]);
		in_a_scope(region, "memalloc_nofs", PF_MEMALLOC_NOFS,
			   timeouts[i]);
		in_a_scope(region, "memalloc_noreclaim", PF_MEMALLOC,
			   timeouts[i]);
		in_a_scope(region, "no scope, after them", 0, timeouts[i]);
	}
}

/**
 * struct errand - a claim by a thread of some priority
 * @region: where
 * @attr: the thread's policy and priority
 * @err: how it ended
 * @done: it has
 */
struct errand {
	struct lcma_region *region;
	struct sched_attr attr;
	int err;
	struct completion done;
};

static int run_errand(void *data)
{
	struct errand *errand = data;

	errand->err = sched_setattr_nocheck(current, &errand->attr) ?:
		      claim_once(errand->region, TIMEOUT_MS);
	complete(&errand->done);
	return 0;
}

static void at_rank(struct lcma_region *region, const char *name,
		    unsigned int policy, int priority, int nice, int wanted)
{
	struct errand errand = {
		.region = region,
		.attr = {
			.size = sizeof(errand.attr),
			.sched_policy = policy,
			.sched_priority = priority,
			.sched_nice = nice,
		},
		.done = COMPLETION_INITIALIZER_ONSTACK(errand.done),
	};
	struct task_struct *thread;

	thread = kthread_run(run_errand, &errand, "apitest_errand");
	if (!OK(!IS_ERR(thread), "%s: a thread", name))
		return;
	wait_for_completion(&errand.done);
	if (!OK(!errand.err, "%s: served (%d)", name, errand.err))
		return;
	OK(by_worker() && seen.prio == wanted,
	   "%s: claimed by %s, at %d where %d is wanted", name, seen.comm,
	   seen.prio, wanted);
}

static void ranks(struct lcma_region *region)
{
	at_rank(region, "SCHED_FIFO 50", SCHED_FIFO, 50, 0,
		MAX_RT_PRIO - 1 - 50);
	at_rank(region, "nice 0, after it", SCHED_NORMAL, 0, 0, DEFAULT_PRIO);
	at_rank(region, "SCHED_RR 1", SCHED_RR, 1, 0, MAX_RT_PRIO - 2);
	at_rank(region, "nice -10", SCHED_NORMAL, 0, -10, DEFAULT_PRIO - 10);
	/* It may be in the way of others: not less urgent than they are. */
	at_rank(region, "nice 19", SCHED_NORMAL, 0, 19, DEFAULT_PRIO);
	at_rank(region, "SCHED_IDLE", SCHED_IDLE, 0, 0, DEFAULT_PRIO);
}

void apitest_worker(struct lcma_region *region)
{
	int err = watch();

	if (!OK(!err, "alloc_contig_range() is watched (%d)", err))
		return;
	scopes(region);
	ranks(region);
	err = claim_once(region, UINT_MAX);
	OK(!err && by_worker(), "the longest deadline: served (%d)", err);
	unregister_kprobe(&probe);
}

/* --- a device that needs memory to be suspended ---------------------------- */

enum phase { PREPARE, SUSPEND, LATE, NOIRQ, EARLY, RESUME, NR_PHASES };

static const char * const phase_names[NR_PHASES] = {
	[PREPARE] = ".prepare",
	[SUSPEND] = ".suspend",
	[LATE] = ".suspend_late",
	[NOIRQ] = ".suspend_noirq",
	[EARLY] = ".resume_early",
	[RESUME] = ".resume",
};

/* What each callback got, and how long that took. */
static struct {
	bool was_called;
	int err;
	s64 took_ms;
} phases[NR_PHASES];

static struct lcma_region *sleeper_region;
static struct platform_device *sleeper;

static int in_phase(enum phase phase)
{
	const ktime_t began = ktime_get();

	phases[phase].err = claim_once(sleeper_region, TIMEOUT_MS);
	phases[phase].took_ms = ktime_ms_delta(ktime_get(), began);
	phases[phase].was_called = true;
	return 0;
}

static int sleeper_prepare(struct device *dev)
{
	return in_phase(PREPARE);
}

static int sleeper_suspend(struct device *dev)
{
	return in_phase(SUSPEND);
}

static int sleeper_late(struct device *dev)
{
	return in_phase(LATE);
}

static int sleeper_noirq(struct device *dev)
{
	return in_phase(NOIRQ);
}

static int sleeper_early(struct device *dev)
{
	return in_phase(EARLY);
}

static int sleeper_resume(struct device *dev)
{
	return in_phase(RESUME);
}

static const struct dev_pm_ops sleeper_pm = {
	.prepare = sleeper_prepare,
	.suspend = sleeper_suspend,
	.suspend_late = sleeper_late,
	.suspend_noirq = sleeper_noirq,
	.resume_early = sleeper_early,
	.resume = sleeper_resume,
	.freeze = sleeper_suspend,
	.freeze_late = sleeper_late,
	.freeze_noirq = sleeper_noirq,
	.thaw_early = sleeper_early,
	.thaw = sleeper_resume,
	.restore_early = sleeper_early,
	.restore = sleeper_resume,
};

static struct platform_driver sleeper_driver = {
	.driver = {
		.name = "lcma_apitest_sleeper",
		.pm = &sleeper_pm,
	},
};

static void sleeper_gone(void)
{
	if (!sleeper)
		return;
	platform_device_unregister(sleeper);
	platform_driver_unregister(&sleeper_driver);
	unregister_kprobe(&probe);
	sleeper = NULL;
}

void apitest_sleeper(struct lcma_region *region)
{
	int err = watch();

	if (!OK(!err, "alloc_contig_range() is watched (%d)", err))
		return;
	memset(phases, 0, sizeof(phases));
	sleeper_region = region;
	err = platform_driver_register(&sleeper_driver);
	if (err) {
		unregister_kprobe(&probe);
		OK(false, "no driver (%d)", err);
		return;
	}
	sleeper = platform_device_register_simple(sleeper_driver.driver.name,
						  -1, NULL, 0);
	if (IS_ERR(sleeper)) {
		sleeper = NULL;
		platform_driver_unregister(&sleeper_driver);
		unregister_kprobe(&probe);
		OK(false, "no device");
		return;
	}
	OK(sleeper->dev.driver, "a device whose driver allocates to sleep");
}

/* Has it slept, and had what it needs? How deep it was depends on the test. */
void apitest_awake(struct lcma_region *region)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_PHASES; i++) {
		if (!phases[i].was_called)
			continue;
		nr++;
		OK(!phases[i].err, "%s: served (%d)", phase_names[i],
		   phases[i].err);
		OK(phases[i].took_ms < TIMEOUT_MS / 4,
		   "%s: soon, after %lld ms", phase_names[i],
		   phases[i].took_ms);
	}
	OK(nr >= 3, "%u callbacks have allocated", nr);
	sleeper_gone();
}

void apitest_worker_exit(void)
{
	sleeper_gone();
}
