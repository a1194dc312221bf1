// SPDX-License-Identifier: GPL-2.0-only
/*
 * Close against unbind: one thread unbinds and binds a device, whose probe allocates
 * buffers and leaves them behind, as with programs that have them open; others free them
 * whenever it comes.
 */
#include "dmatest.h"

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define NR_CLOSERS	2
#define NR_EACH		4
#define BYTES		(256 * 1024UL)

struct left {
	struct list_head link;
	dma_addr_t handle;
	void *cookie;
};

static DEFINE_SPINLOCK(lock);
static LIST_HEAD(leftovers);
static bool is_storm;
static unsigned int nr_allocs;

void dmatest_storm_probe(struct device *dev)
{
	struct left *left;
	unsigned int i;

	for (i = 0; is_storm && i < NR_EACH; i++) {
		left = kzalloc(sizeof(*left), GFP_KERNEL);
		if (!left)
			return;
		left->cookie = dma_alloc_coherent(dev, BYTES, &left->handle, GFP_KERNEL);
		if (!left->cookie) {
			kfree(left);
			return;
		}
		memset(left->cookie, 0x99, BYTES);
		nr_allocs++;
		spin_lock(&lock);
		list_add_tail(&left->link, &leftovers);
		spin_unlock(&lock);
	}
}

static bool close_one(struct device *dev)
{
	struct left *left;

	spin_lock(&lock);
	left = list_first_entry_or_null(&leftovers, struct left, link);
	if (left)
		list_del(&left->link);
	spin_unlock(&lock);
	if (!left)
		return false;
	dma_free_coherent(dev, BYTES, left->cookie, left->handle);
	kfree(left);
	return true;
}

static int closer(void *dev)
{
	while (!kthread_should_stop()) {
		close_one(dev);
		usleep_range(1, 1 + get_random_u32() % 200);
	}
	return 0;
}

int dmatest_storm(struct device *dev, unsigned int rounds)
{
	struct task_struct *tasks[NR_CLOSERS];
	unsigned int i;
	int err = 0;

	nr_allocs = 0;
	is_storm = true;
	for (i = 0; i < NR_CLOSERS; i++) {
		tasks[i] = kthread_run(closer, dev, "dmatest-closer");
		if (IS_ERR(tasks[i]))
			err = PTR_ERR(tasks[i]);
	}
	for (i = 0; i < rounds && !err; i++) {
		device_release_driver(dev);
		err = device_attach(dev) == 1 ? 0 : -EIO;
	}
	device_release_driver(dev);
	for (i = 0; i < NR_CLOSERS; i++)
		if (!IS_ERR(tasks[i]))
			kthread_stop(tasks[i]);
	is_storm = false;
	while (close_one(dev))
		;
	err = device_attach(dev) == 1 ? err : -EIO;
	RESULT(!err, "storm: bound and unbound %u times", rounds);
	RESULT(nr_allocs == rounds * NR_EACH, "storm: %u buffers", nr_allocs);
	return err;
}
