// SPDX-License-Identifier: GPL-2.0-only
/*
 * culprit: a module that does one thing wrong while it is loaded, so that
 * qemu/selftest can prove that a debug kernel notices, and that its word makes
 * a run fail. It has no part in any other test.
 *
 *	insmod lcma_culprit.ko does=leak
 */
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static char *does;
module_param(does, charp, 0);
MODULE_PARM_DESC(does, "what to do wrong; see the table in main.c");

static int leak(void)
{
	char *block = kmalloc(1000, GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	strscpy(block, "nobody knows me", 1000);
	OPTIMIZER_HIDE_VAR(block);
	return 0;
}

static int use_after_free(void)
{
	char *block = kmalloc(1000, GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	kfree(block);
	OPTIMIZER_HIDE_VAR(block);
	WRITE_ONCE(block[500], 'x');
	return 0;
}

static int shift(void)
{
	unsigned int by = 32;

	OPTIMIZER_HIDE_VAR(by);
	return (1u << by) == 77;
}

static DEFINE_SPINLOCK(spin);

static int sleep_in_atomic(void)
{
	spin_lock(&spin);
	msleep(20);
	spin_unlock(&spin);
	return 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

/* A buffer given back to the DMA API at another size than it was had. */
static int dma(void)
{
	struct platform_device *dev;
	dma_addr_t addr;
	void *block;

	dev = platform_device_register_simple("lcma_culprit", -1, NULL, 0);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	dma_set_mask_and_coherent(&dev->dev, DMA_BIT_MASK(32));
	block = kmalloc(4096, GFP_KERNEL);
	if (block) {
		addr = dma_map_single(&dev->dev, block, 4096, DMA_TO_DEVICE);
		if (!dma_mapping_error(&dev->dev, addr))
			dma_unmap_single(&dev->dev, addr, 2048, DMA_TO_DEVICE);
		kfree(block);
	}
	platform_device_unregister(dev);
	return 0;
}

/* A page given back twice. */
static int page_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	__free_page(page);
	__free_page(page);
	return 0;
}

/* Memory that is freed while work in it is waiting. */
static void nothing(struct work_struct *work)
{
}

static int free_active(void)
{
	struct delayed_work *work = kzalloc(sizeof(*work), GFP_KERNEL);

	if (!work)
		return -ENOMEM;
	INIT_DELAYED_WORK(work, nothing);
	schedule_delayed_work(work, HZ * 1000);
	kfree(work);
	return 0;
}

static const struct {
	const char *name;
	int (*does)(void);
} deeds[] = {	/* qemu/guest/culprit has the same names */
	{ "leak", leak },
	{ "use_after_free", use_after_free },
	{ "shift", shift },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "lock_order", lock_order },
	{ "dma", dma },
	{ "page_twice", page_twice },
	{ "free_active", free_active },
};

static int __init culprit_init(void)
{
	size_t i;

	pr_info("culprit does: %s\n", does ?: "nothing");
	for (i = 0; i < ARRAY_SIZE(deeds); i++) {
		if (does && !strcmp(does, deeds[i].name))
			return deeds[i].does();
	}
	return -EINVAL;
}
module_init(culprit_init);

static void __exit culprit_exit(void)
{
}
module_exit(culprit_exit);

MODULE_AUTHOR("The lcma authors");
MODULE_DESCRIPTION("Does one thing wrong, for the tests of the tests of lcma");
MODULE_LICENSE("GPL");
