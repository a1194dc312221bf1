// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where one may not sleep: under a spinlock, with interrupts off, in a softirq.
 * Stock kernels say little about a call that might sleep there; one that does
 * is a splat or a hang.
 */
#include "apitest.h"

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#define COUNT	16UL

/**
 * struct errand - what is done where one may not sleep
 * @region: the region
 * @give: pages to free, or NULL
 * @given: they were
 * @is_later: in a shared region, they went no further than to the pool
 * @got: pages allocated with LCMA_NOWAIT, or an error
 * @got_zeroed: the same with LCMA_ZERO, freed again; or an error
 * @are_zero: those were
 * @regions_add_up: the region could be asked
 * @was_atomic: one could really not sleep there
 */
struct errand {
	struct lcma_region *region;
	struct page *give;
	bool given;
	bool is_later;
	struct page *got;
	struct page *got_zeroed;
	bool are_zero;
	bool regions_add_up;
	bool was_atomic;
};

static struct errand errand;
static DECLARE_COMPLETION(errand_done);
static DEFINE_SPINLOCK(errand_lock);

static void run_errand(void)
{
	struct errand *e = &errand;

	e->was_atomic = !preemptible();
	if (e->give)
		e->given = lcma_free_pages(e->region, e->give, COUNT);
	e->is_later = apitest_state(e->region).pool_pages == COUNT;
	e->got_zeroed = lcma_alloc_pages(e->region, COUNT, 0,
					 LCMA_NOWAIT | LCMA_ZERO);
	if (!IS_ERR(e->got_zeroed)) {
		e->are_zero = apitest_holds(e->got_zeroed, COUNT, 0);
		apitest_fill(e->got_zeroed, COUNT, 0xa5a5a5a5);
		lcma_free_pages(e->region, e->got_zeroed, COUNT);
	}
	e->got = lcma_alloc_pages(e->region, COUNT, 4, LCMA_NOWAIT);
	e->regions_add_up = apitest_sums_up(e->region);
}

static void under_spinlock(void)
{
	spin_lock(&errand_lock);
	run_errand();
	spin_unlock(&errand_lock);
}

static void with_interrupts_off(void)
{
	unsigned long flags;

	local_irq_save(flags);
	run_errand();
	local_irq_restore(flags);
}

static void softirq(struct tasklet_struct *unused)
{
	run_errand();
	complete(&errand_done);
}

static DECLARE_TASKLET(errand_tasklet, softirq);

static void in_softirq_context(void)
{
	reinit_completion(&errand_done);
	tasklet_schedule(&errand_tasklet);
	wait_for_completion(&errand_done);
	tasklet_kill(&errand_tasklet);
}

static void one_place(struct lcma_region *region, const char *where,
		      void (*go_there)(void))
{
	const struct lcma_region_state before = apitest_state(region);
	const bool has_pool = before.pool_pages;

	errand = (struct errand) {
		.region = region,
		.give = lcma_alloc_pages(region, COUNT, 0, 0),
	};
	if (!OK(!IS_ERR(errand.give), "%s: pages to free", where))
		return;
	apitest_fill(errand.give, COUNT, 0xdeadbeef);
	go_there();

	/* It cannot be told, or spinlocks and softirqs are as threads are. */
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT) || IS_ENABLED(CONFIG_PREEMPT_RT))
		errand.was_atomic = true;
	OK(errand.was_atomic, "%s: one may not sleep there", where);
	OK(errand.given, "%s: frees", where);
	OK(errand.regions_add_up, "%s: describes", where);
	if (has_pool) {
		OK(!IS_ERR(errand.got), "%s: allocates", where);
		OK(!IS_ERR(errand.got_zeroed) && errand.are_zero,
		   "%s: allocates zeroed pages", where);
	} else {
		/* Another CPU may have given them back meanwhile. */
		OK(errand.is_later || num_online_cpus() > 1,
		   "%s: what is freed goes later", where);
		OK(IS_ERR(errand.got_zeroed) ?
		   PTR_ERR(errand.got_zeroed) == -EAGAIN &&
		   num_online_cpus() > 1 : errand.are_zero,
		   "%s: until then it can be had again, zeroed", where);
		OK(!IS_ERR(errand.got) || PTR_ERR(errand.got) == -EAGAIN,
		   "%s: or EAGAIN", where);
	}
	if (!IS_ERR(errand.got))
		OK(lcma_free_pages(region, errand.got, COUNT),
		   "%s: freed elsewhere", where);
	OK(apitest_settles(region, &before), "%s: everything comes back",
	   where);
}

void apitest_atomic(struct lcma_region *region)
{
	one_place(region, "spinlock", under_spinlock);
	/* With PREEMPT_RT our locks sleep: not even LCMA_NOWAIT is for there. */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		one_place(region, "interrupts off", with_interrupts_off);
	one_place(region, "softirq", in_softirq_context);
}

/*
 * The whole region is freed where one may not sleep, and left so: what becomes
 * of pages that are on their way when lcma is unloaded?
 */
void apitest_leave(struct lcma_region *region)
{
	const unsigned long count = apitest_state(region).nr_pages;
	struct page *pages = lcma_alloc_pages(region, count, 0, 0);

	if (!OK(!IS_ERR(pages), "the whole region"))
		return;
	spin_lock(&errand_lock);
	OK(lcma_free_pages(region, pages, count), "freed under a spinlock");
	OK(apitest_state(region).pool_pages == count ||
	   num_online_cpus() > 1, "it is on its way");
	spin_unlock(&errand_lock);
}
