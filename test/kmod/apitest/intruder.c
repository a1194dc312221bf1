// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver gone wild: it frees what it finds, while others, one by one, get
 * buffers and give them back. No page of the region is ever a driver's own, so
 * whatever it frees belongs to another driver.
 */
#include "apitest.h"

#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/pfn.h>
#include <linux/sched.h>

#define INTRUDER_SECONDS	1

static struct lcma_region *victim;
static unsigned int nr_tries;
static unsigned int nr_freed;

static int intrude(void *unused)
{
	const struct lcma_region_state s = apitest_state(victim);
	const unsigned long base_pfn = PHYS_PFN(s.base);
	unsigned long page = 0;

	while (!kthread_should_stop()) {
		nr_freed += lcma_free_pages(victim,
					    pfn_to_page(base_pfn + page), 1);
		nr_tries++;
		page = (page + 16) % s.nr_pages;
		if (!(nr_tries % 64))
			cond_resched();
	}
	return 0;
}

void apitest_intruder(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const unsigned long end = jiffies + INTRUDER_SECONDS * HZ;
	/* The intruder has the lock most of the time: on a slow machine longer. */
	const unsigned long last = end + 20 * INTRUDER_SECONDS * HZ;
	struct lcma_buffer_params params = { .flags = LCMA_QUIET };
	struct task_struct *task;
	struct lcma_buffer *buffer;
	unsigned int nr_buffers = 0;

	victim = region;
	nr_tries = 0;
	nr_freed = 0;
	task = kthread_run(intrude, NULL, "apitest/intruder");
	if (!OK(!IS_ERR(task), "an intruder"))
		return;
	while (time_before(jiffies, nr_buffers > 2 ? end : last) &&
	       !READ_ONCE(nr_freed)) {
		params.bytes = (1 + nr_buffers % 1024) << PAGE_SHIFT;
		buffer = lcma_buffer_alloc(region, &params);
		if (IS_ERR(buffer))
			continue;
		nr_buffers++;
		cond_resched();
		lcma_buffer_put(buffer);
	}
	kthread_stop(task);
	pr_info("lcma_apitest: intruder: %u tries, %u buffers\n", nr_tries,
		nr_buffers);
	OK(nr_buffers > 2 && nr_tries > (APITEST_IS_SLOW ? 20 : 100),
	   "many buffers, many tries");
	OK(!nr_freed, "nothing is freed that is a buffer's");
	OK(apitest_settles(region, &before), "everything came back");
}
