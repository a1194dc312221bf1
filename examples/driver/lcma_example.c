// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_example: a driver to start from.
 *
 * A display without a screen. It has one frame of contiguous memory; the ioctl
 * LCMA_EXAMPLE_FRAME draws into it and hands it to the program as a dma-buf.
 * Read from example_probe() on.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/lcma.h>
#include <linux/miscdevice.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "lcma_example.h"

static char *region = "default";
module_param(region, charp, 0444);
MODULE_PARM_DESC(region, "lcma region that the frame comes from [default]");

/**
 * struct example - the device
 * @dev: for DMA
 * @misc: for programs: /dev/lcma_example
 * @buffer: the frame
 * @dma: where the device sees it
 * @dmabuf: the frame as programs and other drivers get it
 * @lock: one frame is drawn at a time
 * @nr_frames: how many were
 */
struct example {
	struct device *dev;
	struct miscdevice misc;
	struct lcma_buffer *buffer;
	dma_addr_t dma;
	struct dma_buf *dmabuf;
	struct mutex lock;	/* the frame, nr_frames */
	u32 nr_frames;
};

/* Pages of HIGHMEM have no address of their own, so each is mapped in turn. */
static void draw(struct lcma_buffer *buffer, u32 number)
{
	unsigned long pfn = PHYS_PFN(lcma_buffer_phys(buffer));
	unsigned long end_pfn = pfn + PHYS_PFN(lcma_buffer_bytes(buffer));
	u32 *pixels, pixel = number << 24;
	unsigned int i;

	for (; pfn < end_pfn; pfn++) {
		pixels = kmap_local_page(pfn_to_page(pfn));
		for (i = 0; i < PAGE_SIZE / sizeof(*pixels); i++)
			pixels[i] = pixel++;
		kunmap_local(pixels);
	}
}

/* The CPU has the memory between the two calls, the device at other times. */
static void next_frame(struct example *ex)
{
	const size_t bytes = lcma_buffer_bytes(ex->buffer);

	mutex_lock(&ex->lock);
	dma_sync_single_for_cpu(ex->dev, ex->dma, bytes, DMA_TO_DEVICE);
	draw(ex->buffer, ++ex->nr_frames);
	dma_sync_single_for_device(ex->dev, ex->dma, bytes, DMA_TO_DEVICE);
	/* A real driver would write ex->dma into a register now. */
	mutex_unlock(&ex->lock);
}

static long example_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct example *ex = container_of(file->private_data,
					  struct example, misc);
	int fd;

	if (cmd != LCMA_EXAMPLE_FRAME)
		return -ENOTTY;
	next_frame(ex);
	get_dma_buf(ex->dmabuf);	/* for the descriptor */
	fd = dma_buf_fd(ex->dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(ex->dmabuf);
	return fd;
}

static const struct file_operations example_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = example_ioctl,
};

/* Memory of the device's own region, for the device and for programs. */
static int get_frame(struct example *ex)
{
	int err;

	ex->buffer = devm_lcma_buffer_alloc_for(ex->dev, 0,
						&(struct lcma_buffer_params) {
							.bytes = SZ_2M,
							.label = "example-frame" });
	if (IS_ERR(ex->buffer))
		return PTR_ERR(ex->buffer);
	err = devm_lcma_buffer_map(ex->dev, ex->buffer, DMA_TO_DEVICE, &ex->dma);
	if (err)
		return err;
	ex->dmabuf = lcma_buffer_export(ex->buffer);
	return PTR_ERR_OR_ZERO(ex->dmabuf);
}

/* A program that still has the frame keeps its memory, but not this driver. */
static void put_frame(void *dmabuf)
{
	dma_buf_put(dmabuf);
}

static void deregister(void *misc)
{
	misc_deregister(misc);
}

/* What devm_ holds goes in reverse order when the device does. */
static int example_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct example *ex;
	int err;

	ex = devm_kzalloc(dev, sizeof(*ex), GFP_KERNEL);
	if (!ex)
		return -ENOMEM;
	ex->dev = dev;
	mutex_init(&ex->lock);
	ex->misc.minor = MISC_DYNAMIC_MINOR;
	ex->misc.name = "lcma_example";
	ex->misc.fops = &example_fops;

	/* What the hardware can address; where buffers may lie follows from it. */
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	/* A device whose node has memory-region needs no assignment. */
	err = devm_lcma_device_assign_at(dev, 0, lcma_region_find(region));
	if (err)
		return dev_err_probe(dev, err, "no region %s\n", region);
	err = get_frame(ex);
	if (err)
		return dev_err_probe(dev, err, "no frame\n");
	err = devm_add_action_or_reset(dev, put_frame, ex->dmabuf);
	if (!err)
		err = misc_register(&ex->misc);
	if (err)
		return err;
	return devm_add_action_or_reset(dev, deregister, &ex->misc);
}

static struct platform_driver example_driver = {
	.driver.name = "lcma_example",
};

static struct platform_device *example_device;

/* Hardware is found by the kernel; this device has to be made up. */
static int __init example_init(void)
{
	example_device = platform_create_bundle(&example_driver, example_probe,
						NULL, 0, NULL, 0);
	return PTR_ERR_OR_ZERO(example_device);
}
module_init(example_init);

static void __exit example_exit(void)
{
	platform_device_unregister(example_device);
	platform_driver_unregister(&example_driver);
}
module_exit(example_exit);

LCMA_IMPORT;
LCMA_IMPORT_DMA_BUF;
MODULE_DESCRIPTION("An example of a driver that uses lcma");
MODULE_LICENSE("GPL");
