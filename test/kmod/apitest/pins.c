// SPDX-License-Identifier: GPL-2.0-only
/*
 * What relies on a buffer's address, one after the other: suite "pin" does the next
 * one of these, "unpin" undoes the oldest. The job counts the buffer's pins in between.
 */
#include "apitest.h"

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/gfp.h>
#include <linux/iosys-map.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

static struct platform_device *pdev;
static struct lcma_buffer *buffer;
static struct dma_buf *dmabuf;
static struct dma_buf_attachment *attachment;
static struct sg_table *table;
static struct iosys_map vmapping;
static dma_addr_t addrs[3];
static int pins_group;		/* its address is the name of a group of devres */

static int map_once(void)
{
	return lcma_buffer_map(buffer, &pdev->dev, DMA_TO_DEVICE, &addrs[0]);
}

static void unmap_once(void)
{
	lcma_buffer_unmap(buffer, &pdev->dev, DMA_TO_DEVICE, addrs[0]);
}

static int map_twice(void)
{
	return lcma_buffer_map(buffer, &pdev->dev, DMA_BIDIRECTIONAL, &addrs[1]);
}

static void unmap_twice(void)
{
	lcma_buffer_unmap(buffer, &pdev->dev, DMA_BIDIRECTIONAL, addrs[1]);
}

static int map_managed(void)
{
	int err;

	if (!devres_open_group(&pdev->dev, &pins_group, GFP_KERNEL))
		return -ENOMEM;
	err = devm_lcma_buffer_map(&pdev->dev, buffer, DMA_FROM_DEVICE, &addrs[2]);
	devres_close_group(&pdev->dev, &pins_group);
	return err;
}

static void unmap_managed(void)
{
	devres_release_group(&pdev->dev, &pins_group);
}

static int map_attached(void)
{
	attachment = dma_buf_attach(dmabuf, &pdev->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = apitest_map(attachment, DMA_FROM_DEVICE);
	if (!IS_ERR(table))
		return dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE);
	dma_buf_detach(dmabuf, attachment);
	return PTR_ERR(table);
}

static void unmap_attached(void)
{
	dma_buf_end_cpu_access(dmabuf, DMA_FROM_DEVICE);
	apitest_unmap(attachment, table, DMA_FROM_DEVICE);
	dma_buf_detach(dmabuf, attachment);
}

static int map_for_kernel(void)
{
	return apitest_vmap_get(dmabuf, &vmapping);
}

static void unmap_for_kernel(void)
{
	apitest_vmap_put(dmabuf, &vmapping);
}

static const struct {
	const char *what;
	int (*get)(void);
	void (*put)(void);
} pins[] = {
	{ "mapped for a device", map_once, unmap_once },
	{ "mapped for it once more", map_twice, unmap_twice },
	{ "mapped as long as it has its driver", map_managed, unmap_managed },
	{ "attached, mapped and synchronized", map_attached, unmap_attached },
	{ "mapped for the kernel", map_for_kernel, unmap_for_kernel },
};

static unsigned int nr_got, nr_put;

/* Return: is there a buffer with a dma-buf, and a device? */
static bool begin(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = SZ_64K, .label = "pins" };

	pdev = platform_device_register_simple("lcma_apitest_pins", -1, NULL, 0);
	if (!OK(!IS_ERR(pdev) && !apitest_can_dma(&pdev->dev), "a device"))
		return false;
	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(buffer), "a buffer"))
		return false;
	dmabuf = lcma_buffer_export(buffer);
	return OK(!IS_ERR(dmabuf), "its dma-buf");
}

static void end(void)
{
	dma_buf_put(dmabuf);
	lcma_buffer_put(buffer);
	platform_device_unregister(pdev);
	nr_got = 0;
	nr_put = 0;
}

void apitest_pin(struct lcma_region *region)
{
	if (!nr_got && !begin(region))
		return;
	if (OK(nr_got < ARRAY_SIZE(pins) && !pins[nr_got].get(), "%s",
	       nr_got < ARRAY_SIZE(pins) ? pins[nr_got].what : "nothing"))
		nr_got++;
}

void apitest_unpin(struct lcma_region *region)
{
	if (!OK(nr_put < nr_got, "something is mapped"))
		return;
	pins[nr_put].put();
	OK(true, "no longer %s", pins[nr_put].what);
	nr_put++;
}

/* All has been unmapped: the buffer goes. */
void apitest_unpinned(struct lcma_region *region)
{
	if (OK(nr_got && nr_put == nr_got, "nothing is mapped"))
		end();
}
