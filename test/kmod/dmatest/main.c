// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmatest: a platform driver, with its device dmatest.0, that uses the DMA API and knows
 * nothing of lcma.
 *
 *	echo WORD > /sys/kernel/debug/dmatest/run; cat /sys/kernel/debug/dmatest/results
 *
 *	all		every entry of the API
 *	keep, let_go	a buffer that outlives the driver
 *	table		the kept buffer as a scatter list
 *	storm N		bound and unbound N times, while buffers are freed
 *	banks		a device for each phandle of the node, which is on no bus
 *	on NAME		from now on with this device, which has the driver
 *	ops, no_ops	the device gets operations of its own, and loses them
 *	iommu, no_iommu	the device is in a group, as one behind an IOMMU; nothing translates
 *
 * Parameters: managed=1: probe allocates managed memory as well; fail=1: probe fails
 * after that; reserved=N: probe asks for the memory of the node's phandle N first;
 * reserved_name=NAME: or for that of this name; mask=BITS of coherent memory [32];
 * second=1: there is a device dmatest.1 as well.
 */
#include "dmatest.h"

#include <linux/debugfs.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/* Constant from 6.9 on, and so is what takes one. */
#define BUS	((void *)&platform_bus_type)

static bool managed;
module_param(managed, bool, 0644);
static bool fail;
module_param(fail, bool, 0644);

static int reserved = -1;
module_param(reserved, int, 0644);
static char *reserved_name = "";
module_param(reserved_name, charp, 0644);
static uint mask = 32;
module_param(mask, uint, 0644);

static bool second;
module_param(second, bool, 0444);

static DEFINE_MUTEX(lock);		/* one at a time */
static struct platform_device *device, *twin;
static struct device *used;		/* the one that all is done with */
static struct dentry *dir;

static int probe(struct platform_device *pdev)
{
	dma_addr_t handle;

	const char *name = strim(reserved_name);
	int err;

	if (dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32)))
		return -EIO;
	/* As narrow as it is told to be, whether or not the kernel has memory there. */
	pdev->dev.coherent_dma_mask = DMA_BIT_MASK(mask);
	if (*name)
		err = of_reserved_mem_device_init_by_name(&pdev->dev, pdev->dev.of_node,
							  name);
	else
		err = reserved < 0 ? 0 :
		      of_reserved_mem_device_init_by_idx(&pdev->dev, pdev->dev.of_node,
							 reserved);
	if (err)
		return err;
	/* A buffer is one segment; DMA_API_DEBUG asks. */
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	if (managed && !dmam_alloc_coherent(&pdev->dev, DMATEST_BYTES, &handle, GFP_KERNEL))
		return -ENOMEM;
	dmatest_storm_probe(&pdev->dev);
	return fail ? -EIO : 0;
}

static void gone(struct platform_device *pdev)
{
	of_reserved_mem_device_release(&pdev->dev);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static int removed(struct platform_device *pdev)
{
	gone(pdev);
	return 0;
}
#else
#define removed	gone
#endif

static const struct of_device_id matches[] = {
	{ .compatible = "lcma,dmatest" },
	{ }
};

static struct platform_driver driver = {
	.probe = probe,
	.remove = removed,
	.driver.name = "dmatest",
	.driver.of_match_table = matches,
};

static const struct dma_map_ops no_operations;

static int into_group(struct device *dev)
{
	struct iommu_group *group = iommu_group_alloc();
	int err;

	if (IS_ERR(group))
		return PTR_ERR(group);
	err = iommu_group_add_device(group, dev);
	iommu_group_put(group);
	return err;
}

static int use(const char *name)
{
	struct device *dev = bus_find_device_by_name(BUS, NULL, name);

	if (!dev)
		return -ENODEV;
	put_device(used);
	used = dev;
	return 0;
}

static int run(char *word)
{
	struct device *dev = used;
	unsigned int rounds;

	if (!strcmp(word, "all")) {
		dmatest_coherent(dev);
		dmatest_streaming(dev);
		dmatest_child(dev);
		dmatest_pool(dev);
		return 0;
	}
	if (!strcmp(word, "keep"))
		return dmatest_keep(dev);
	if (!strcmp(word, "table"))
		return dmatest_table();
	if (!strcmp(word, "let_go")) {
		dmatest_let_go();
		return 0;
	}
	if (!strcmp(word, "ops") || !strcmp(word, "no_ops")) {
		set_dma_ops(dev, *word == 'o' ? &no_operations : NULL);
		return 0;
	}
	if (!strcmp(word, "iommu"))
		return into_group(dev);
	if (!strcmp(word, "no_iommu")) {
		iommu_group_remove_device(dev);
		return 0;
	}
	if (!strcmp(word, "banks"))
		return dmatest_banks(dev);
	if (!strncmp(word, "on ", 3))
		return use(word + 3);
	if (sscanf(word, "storm %u", &rounds) == 1)
		return dmatest_storm(dev, rounds);
	return -EINVAL;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t count,
			 loff_t *pos)
{
	char line[32];
	int err;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';
	mutex_lock(&lock);
	dmatest_clear();
	err = run(strim(line));
	mutex_unlock(&lock);
	return err ?: count;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

static const struct file_operations kept_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.mmap = dmatest_mmap,
};

static int results_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_puts(m, dmatest_text());
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(results);

static int __init dmatest_init(void)
{
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	device = platform_device_register_full(&(struct platform_device_info) {
		.name = "dmatest", .id = 0, .dma_mask = DMA_BIT_MASK(32) });
	if (IS_ERR(device)) {
		platform_driver_unregister(&driver);
		return PTR_ERR(device);
	}
	used = get_device(&device->dev);
	if (second)
		twin = platform_device_register_full(&(struct platform_device_info) {
			.name = "dmatest", .id = 1, .dma_mask = DMA_BIT_MASK(32) });
	dir = debugfs_create_dir("dmatest", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	/* The other way has no mmap(). */
	debugfs_create_file_unsafe("kept", 0600, dir, NULL, &kept_fops);
	debugfs_create_file("results", 0400, dir, NULL, &results_fops);
	return 0;
}
module_init(dmatest_init);

static void __exit dmatest_exit(void)
{
	debugfs_remove_recursive(dir);
	dmatest_let_go();
	put_device(used);
	if (!IS_ERR_OR_NULL(twin))
		platform_device_unregister(twin);
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}
module_exit(dmatest_exit);

MODULE_DESCRIPTION("A driver that uses the DMA API, for tests");
MODULE_LICENSE("GPL");
