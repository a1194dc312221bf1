// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several threads at once, each with a few allocations of all kinds: none
 * gets what another one has, nothing is lost.
 */
#include "apitest.h"

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#define NR_THREADS	4
#define NR_SLOTS	8
#define CROWD_MS	500
/* What each gets at least, however slow the machine is; in a minute it is hopeless. */
#define MEMBER_ALLOCS	(APITEST_IS_SLOW ? 5 : 20)
#define LIMIT_MS	60000

/* One allocation: plain pages, or those of a buffer, or of a dma-buf. */
struct slot {
	struct page *pages;
	unsigned long count;
	u32 stamp;
	struct lcma_buffer *buffer;
	struct dma_buf *dmabuf;
};

/**
 * struct member - a thread of the crowd
 * @task: the thread
 * @region: where it allocates
 * @number: which one it is
 * @random: state of its random numbers
 * @slots: what it holds
 * @nr_allocs: how often it got memory
 * @nr_misses: how often there was none
 * @nr_wrong: how often something was not as it should be
 */
struct member {
	struct task_struct *task;
	struct lcma_region *region;
	unsigned int number;
	u32 random;
	struct slot slots[NR_SLOTS];
	unsigned int nr_allocs;
	unsigned int nr_misses;
	unsigned int nr_wrong;
};

static struct member members[NR_THREADS];

static u32 dice(struct member *m, u32 sides)
{
	m->random = m->random * 1664525 + 1013904223;
	return (m->random >> 8) % sides;
}

static void take(struct member *m, struct slot *slot)
{
	static DEFINE_SPINLOCK(lock);
	const u32 way = dice(m, 8);

	slot->count = 1 + dice(m, 64);
	if (way < 3) {
		const struct lcma_buffer_params params = {
			.bytes = (u64)slot->count << PAGE_SHIFT,
			.timeout_ms = way == 1 ? 500 : 0,
			.flags = LCMA_QUIET,
		};

		slot->buffer = lcma_buffer_alloc(m->region, &params);
		slot->pages = ERR_CAST(slot->buffer);
		if (IS_ERR(slot->buffer))
			slot->buffer = NULL;
		else
			slot->pages = lcma_buffer_pages(slot->buffer);
		if (slot->buffer && way == 2) {
			slot->dmabuf = lcma_buffer_export(slot->buffer);
			if (IS_ERR(slot->dmabuf)) {
				m->nr_wrong++;
				slot->dmabuf = NULL;
			}
		}
	} else if (way < 5) {
		spin_lock(&lock);
		slot->pages = lcma_alloc_pages(m->region, slot->count,
					       dice(m, 5),
					       LCMA_NOWAIT | LCMA_QUIET);
		spin_unlock(&lock);
	} else {
		slot->pages = lcma_alloc_pages(m->region, slot->count,
					       dice(m, 8), LCMA_QUIET);
	}

	if (IS_ERR(slot->pages)) {
		long err = PTR_ERR(slot->pages);

		m->nr_misses++;
		if (err != -EAGAIN && err != -ENOSPC && err != -EBUSY &&
		    !(err == -ETIMEDOUT && way == 1)) {
			pr_info("lcma_apitest: crowd: error %ld\n", err);
			m->nr_wrong++;
		}
		slot->pages = NULL;
		return;
	}
	slot->stamp = (m->number + 1) << 24 | (m->nr_allocs & 0xffffff);
	m->nr_allocs++;
	if (slot->buffer && !apitest_holds(slot->pages, slot->count, 0))
		m->nr_wrong++;
	apitest_fill(slot->pages, slot->count, slot->stamp);
}

static void give(struct member *m, struct slot *slot)
{
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;
	bool freed = true;

	if (!apitest_holds(slot->pages, slot->count, slot->stamp)) {
		pr_info("lcma_apitest: crowd: pages changed\n");
		m->nr_wrong++;
	}
	if (slot->buffer && dice(m, 4) == 0 &&
	    lcma_free_pages(m->region, slot->pages, slot->count))
		m->nr_wrong++;
	if (slot->dmabuf)
		dma_buf_put(slot->dmabuf);
	if (slot->buffer) {
		lcma_buffer_put(slot->buffer);
	} else if (dice(m, 2)) {
		spin_lock_irqsave(&lock, flags);
		freed = lcma_free_pages(m->region, slot->pages, slot->count);
		spin_unlock_irqrestore(&lock, flags);
	} else {
		freed = lcma_free_pages(NULL, slot->pages, slot->count);
	}
	m->nr_wrong += !freed;
	memset(slot, 0, sizeof(*slot));
}

static int live(void *data)
{
	struct member *m = data;
	const unsigned long end = jiffies + msecs_to_jiffies(CROWD_MS);
	const unsigned long last = jiffies + msecs_to_jiffies(LIMIT_MS);
	unsigned int i;

	while (time_before(jiffies, m->nr_allocs > MEMBER_ALLOCS ? end : last)) {
		struct slot *slot = &m->slots[dice(m, NR_SLOTS)];

		if (slot->pages)
			give(m, slot);
		else
			take(m, slot);
		if (!apitest_sums_up(m->region))
			m->nr_wrong++;
		cond_resched();
	}
	for (i = 0; i < NR_SLOTS; i++)
		if (m->slots[i].pages)
			give(m, &m->slots[i]);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

void apitest_crowd(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	unsigned int nr_allocs = 0, nr_misses = 0, nr_wrong = 0;
	struct member *m;

	for (m = members; m < members + NR_THREADS; m++) {
		*m = (struct member) {
			.region = region,
			.number = m - members,
			.random = 12345 + 6789 * (m - members),
		};
		m->task = kthread_run(live, m, "apitest/%u", m->number);
		OK(!IS_ERR(m->task), "thread %u", m->number);
	}
	/* kthread_stop() waits; a thread that is told early goes on to its end. */
	msleep(CROWD_MS);
	for (m = members; m < members + NR_THREADS; m++) {
		if (IS_ERR(m->task))
			continue;
		kthread_stop(m->task);
		nr_allocs += m->nr_allocs;
		nr_misses += m->nr_misses;
		nr_wrong += m->nr_wrong;
	}
	pr_info("lcma_apitest: crowd: %u allocations, %u misses\n", nr_allocs,
		nr_misses);
	OK(nr_allocs > MEMBER_ALLOCS * NR_THREADS, "they got memory");
	OK(!nr_wrong, "all of it was right (%u wrong)", nr_wrong);
	OK(apitest_settles(region, &before), "everything came back");
}
