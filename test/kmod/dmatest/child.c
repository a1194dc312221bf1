// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child that copies its parent's operations, as remoteproc's virtio devices do, with
 * limits of its own.
 */
#include "dmatest.h"

#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/slab.h>

struct child {
	struct device dev;
	u64 mask;
};

static void release(struct device *dev)
{
	kfree(container_of(dev, struct child, dev));
}

void dmatest_child(struct device *dev)
{
	struct child *child = kzalloc(sizeof(*child), GFP_KERNEL);
	dma_addr_t handle, mapping;
	void *cookie;

	if (!child)
		return;
	device_initialize(&child->dev);
	child->dev.parent = dev;
	child->dev.release = release;
	dev_set_name(&child->dev, "dmatest-child");
	child->mask = DMA_BIT_MASK(32);
	child->dev.dma_mask = &child->mask;
	child->dev.coherent_dma_mask = DMA_BIT_MASK(32);
	set_dma_ops(&child->dev, get_dma_ops(dev));

	cookie = dma_alloc_coherent(&child->dev, DMATEST_BYTES, &handle, GFP_KERNEL);
	if (RESULT(cookie, "child: there is memory")) {
		dmatest_where(&child->dev, "child", handle, DMATEST_BYTES, cookie);
		memset(cookie, 0x66, DMATEST_BYTES);
		mapping = dma_map_single(&child->dev, child, sizeof(*child), DMA_TO_DEVICE);
		RESULT(!dma_mapping_error(&child->dev, mapping), "child: it maps");
		dma_unmap_single(&child->dev, mapping, sizeof(*child), DMA_TO_DEVICE);
		dma_free_coherent(&child->dev, DMATEST_BYTES, cookie, handle);
	}
	put_device(&child->dev);
}
