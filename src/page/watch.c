// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watch: see watch.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "page/watch.h"

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "compat/memfail.h"
#include "compat/workqueue.h"
#include "fault.h"

struct lcma_suspects lcma_suspects __read_mostly = { .last_pfn = ULONG_MAX };

/* Where the kernel tells of memory errors; NULL: it does not. */
static struct tracepoint *heard;

/* Each end by itself: between the two, the new suspect is not one yet, or it is. */
static void widen(unsigned long pfn)
{
	unsigned long last_pfn = READ_ONCE(lcma_suspects.last_pfn);
	unsigned long first_pfn = READ_ONCE(lcma_suspects.first_pfn);

	while (pfn > last_pfn &&
	       !try_cmpxchg(&lcma_suspects.last_pfn, &last_pfn, pfn))
		;
	while (pfn < first_pfn &&
	       !try_cmpxchg(&lcma_suspects.first_pfn, &first_pfn, pfn))
		;
}

/*
 * The kernel has dealt with a memory error, in whichever way: the page is marked by
 * now. Called with preemption disabled, so no lock that sleeps on PREEMPT_RT.
 */
static void on_error(void *data, unsigned long pfn, int type, int result)
{
	widen(pfn);
}

static void suspect_all(void)
{
	WRITE_ONCE(lcma_suspects.first_pfn, 0);
	WRITE_ONCE(lcma_suspects.last_pfn, ULONG_MAX);
}

static void wait_for_probe(struct work_struct *work)
{
	tracepoint_synchronize_unregister();
}

/* Until no CPU runs the probe. */
static DECLARE_WORK(silence_work, wait_for_probe);

/**
 * lcma_watch_init - begin to listen for memory errors
 *
 * If that is not possible, all page frames are suspects; the log says so.
 *
 * Context: while the module loads, before there are regions; may sleep.
 */
void lcma_watch_init(void)
{
	struct tracepoint *point;
	int err;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return;
	point = lcma_compat_memfail_find(on_error);
	/* First: an error that comes at once is not forgotten. */
	lcma_suspects.last_pfn = 0;
	lcma_suspects.first_pfn = ULONG_MAX;
	err = lcma_fault(WATCH_PROBE) ?: !point ? -ENOENT :
	      tracepoint_probe_register(point, on_error, NULL);
	if (!err) {
		heard = point;
		return;
	}
	suspect_all();
	pr_info("the kernel does not tell of memory errors (%d), so each page is looked at whenever it is handed out\n",
		err);
}

/**
 * lcma_watch_stop - listen no longer
 *
 * All page frames are suspects from now on. Until no CPU runs the probe two grace
 * periods of RCU pass, 10 ms and more. They pass while the regions are taken back.
 *
 * Context: when the module begins to unload; may sleep.
 */
void lcma_watch_stop(void)
{
	if (!heard)
		return;
	suspect_all();
	tracepoint_probe_unregister(heard, on_error, NULL);
	queue_work(lcma_compat_long_wq, &silence_work);
}

/**
 * lcma_watch_exit - the probe can go
 *
 * Context: at the end of unloading, after lcma_watch_stop(); may sleep.
 */
void lcma_watch_exit(void)
{
	if (heard)
		flush_work(&silence_work);
}

/**
 * lcma_watch_suspect - look at a page frame from now on
 * @pfn: it is marked, and the kernel may have told of it before lcma was loaded
 *
 * Context: any.
 */
void lcma_watch_suspect(unsigned long pfn)
{
	widen(pfn);
}
