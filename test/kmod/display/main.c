// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_display: a driver of the PL111 display controller that shows what programs give it: a
 * dma-buf is attached, mapped, and its DMA address written into the controller's register.
 * It knows nothing of lcma.
 *
 * It has no memory of its own. The kernel's driver must have been unbound. When this one is
 * unbound or unloaded, the registers are what they were. The pixel clock is left alone, since
 * QEMU's controller needs none.
 */
#include <linux/amba/bus.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/lcma.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "lcma_display.h"

static char *device = "10020000.clcd";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "which controller; a board may have two [10020000.clcd]");

#define WIDTH		640
#define HEIGHT		480
#define FRAME_BYTES	(WIDTH * HEIGHT * 2)
#define FRAME_MS	20

/* Registers, and the bits of the last one. */
#define TIMING		0x00	/* four of them */
#define BASE		0x10
#define LOWER_BASE	0x14
#define CONTROL		0x18
#define NR_REGISTERS	(CONTROL / 4 + 1)
#define CONTROL_ENABLE	BIT(0)
#define CONTROL_565	(6 << 1)
#define CONTROL_TFT	BIT(5)
#define CONTROL_BGR	BIT(8)
#define CONTROL_POWER	BIT(11)

/* 640 x 480: back and front porch, pulse, and size less one, across and down. */
static const u32 timing[] = {
	39 << 24 | 23 << 16 | 95 << 8 | (WIDTH / 16 - 1) << 2,
	32 << 24 | 11 << 16 | 1 << 10 | (HEIGHT - 1),
	(WIDTH - 1) << 16,
};

/**
 * struct shown - what the controller reads
 * @dmabuf: with a reference; NULL: nothing
 * @attachment: of the controller
 * @table: the buffer as the controller sees it
 */
struct shown {
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
};

static DEFINE_MUTEX(lock);		/* all below */
static struct amba_device *controller;
static void __iomem *registers;
static u32 saved[NR_REGISTERS];
static struct shown shown;

/* Before Linux 6.2 nothing takes the lock for the caller. */
static struct sg_table *map(struct dma_buf_attachment *attachment)
{
	struct sg_table *table;

	dma_resv_lock(attachment->dmabuf->resv, NULL);
	table = dma_buf_map_attachment(attachment, DMA_TO_DEVICE);
	dma_resv_unlock(attachment->dmabuf->resv);
	return table;
}

/* The controller has stopped reading it. */
static void let_go(struct shown *old)
{
	if (!old->dmabuf)
		return;
	dma_resv_lock(old->dmabuf->resv, NULL);
	dma_buf_unmap_attachment(old->attachment, old->table, DMA_TO_DEVICE);
	dma_resv_unlock(old->dmabuf->resv);
	dma_buf_detach(old->dmabuf, old->attachment);
	dma_buf_put(old->dmabuf);
}

/* Return: 0; -EINVAL: no frame fits, or not in one piece; what a call below returns. */
static int take(struct shown *fresh, int fd)
{
	int err;

	fresh->dmabuf = dma_buf_get(fd);
	if (IS_ERR(fresh->dmabuf))
		return PTR_ERR(fresh->dmabuf);
	fresh->attachment = dma_buf_attach(fresh->dmabuf, &controller->dev);
	err = PTR_ERR_OR_ZERO(fresh->attachment);
	if (err)
		goto err_put;
	fresh->table = map(fresh->attachment);
	err = PTR_ERR_OR_ZERO(fresh->table);
	if (err)
		goto err_detach;
	if (sg_dma_len(fresh->table->sgl) >= FRAME_BYTES)
		return 0;
	let_go(fresh);
	return -EINVAL;

err_detach:
	dma_buf_detach(fresh->dmabuf, fresh->attachment);
err_put:
	dma_buf_put(fresh->dmabuf);
	return err;
}

static void scan(const struct shown *frame)
{
	unsigned int i;

	writel(sg_dma_address(frame->table->sgl), registers + BASE);
	writel(0, registers + LOWER_BASE);
	if (readl(registers + CONTROL) & CONTROL_ENABLE)
		return;
	for (i = 0; i < ARRAY_SIZE(timing); i++)
		writel(timing[i], registers + TIMING + 4 * i);
	writel(CONTROL_ENABLE | CONTROL_565 | CONTROL_TFT | CONTROL_BGR | CONTROL_POWER,
	       registers + CONTROL);
}

static int show(int fd)
{
	struct shown fresh;
	int err = take(&fresh, fd);

	if (err)
		return err;
	scan(&fresh);
	msleep(FRAME_MS);	/* the old frame is read to its end */
	let_go(&shown);
	shown = fresh;
	return 0;
}

static void hide(void)
{
	writel(0, registers + CONTROL);
	writel(0, registers + BASE);
	msleep(FRAME_MS);
	let_go(&shown);
	shown = (struct shown) {};
}

static long display_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long ret = -ENODEV;

	mutex_lock(&lock);
	if (controller && cmd == LCMA_DISPLAY_SHOW) {
		ret = show(arg);
	} else if (controller && cmd == LCMA_DISPLAY_HIDE) {
		hide();
		ret = 0;
	} else if (controller) {
		ret = -ENOTTY;
	}
	mutex_unlock(&lock);
	return ret;
}

static const struct file_operations display_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = display_ioctl,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lcma_display",
	.mode = 0600,
	.fops = &display_fops,
};

static int display_probe(struct amba_device *adev, const struct amba_id *id)
{
	unsigned int i;
	int err;

	if (strcmp(dev_name(&adev->dev), device))
		return -ENODEV;
	err = dma_set_mask_and_coherent(&adev->dev, DMA_BIT_MASK(32)) ?:
	      amba_request_regions(adev, NULL);
	if (err)
		return err;
	dma_set_max_seg_size(&adev->dev, UINT_MAX);
	registers = ioremap(adev->res.start, resource_size(&adev->res));
	if (!registers) {
		amba_release_regions(adev);
		return -ENOMEM;
	}
	mutex_lock(&lock);
	for (i = 0; i < NR_REGISTERS; i++)
		saved[i] = readl(registers + 4 * i);
	controller = adev;
	mutex_unlock(&lock);
	return 0;
}

static void display_remove(struct amba_device *adev)
{
	unsigned int i;

	mutex_lock(&lock);
	hide();
	for (i = 0; i < NR_REGISTERS; i++)
		writel(saved[i], registers + 4 * i);
	iounmap(registers);
	amba_release_regions(adev);
	controller = NULL;
	mutex_unlock(&lock);
}

static const struct amba_id ids[] = {
	{ .id = 0x00041111, .mask = 0x000fffff },
	{}
};

static struct amba_driver driver = {
	.drv.name = "lcma_display",
	.id_table = ids,
	.probe = display_probe,
	.remove = display_remove,
};

static int __init display_init(void)
{
	int err = amba_driver_register(&driver);

	if (err)
		return err;
	err = misc_register(&misc);
	if (err)
		amba_driver_unregister(&driver);
	return err;
}
module_init(display_init);

static void __exit display_exit(void)
{
	misc_deregister(&misc);
	amba_driver_unregister(&driver);
}
module_exit(display_exit);

LCMA_IMPORT_DMA_BUF;
MODULE_DESCRIPTION("Shows dma-bufs on a PL111, for tests");
MODULE_LICENSE("GPL");
