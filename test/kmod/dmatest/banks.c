// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device for each phandle of a node, on no bus, as a decoder with two banks makes them:
 * each asks for its memory, allocates there, and gives both back.
 */
#include "dmatest.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/slab.h>

struct bank {
	struct device dev;
	u64 mask;
};

static void release(struct device *dev)
{
	kfree(container_of(dev, struct bank, dev));
}

static void try_bank(struct device *dev, unsigned int index)
{
	dma_addr_t handle;
	char kind[16];
	void *cookie;
	int err;

	scnprintf(kind, sizeof(kind), "bank%u", index);
	err = of_reserved_mem_device_init_by_idx(dev, dev->parent->of_node, index);
	if (!RESULT(!err, "%s: has the memory of its phandle", kind))
		return;
	cookie = dma_alloc_coherent(dev, DMATEST_BYTES, &handle, GFP_KERNEL);
	if (RESULT(cookie, "%s: there is memory", kind)) {
		dmatest_where(dev, kind, handle, DMATEST_BYTES, cookie);
		RESULT(!memchr_inv(cookie, 0, DMATEST_BYTES), "%s: it is zero", kind);
		memset(cookie, 0x77, DMATEST_BYTES);
		/* After the release: the memory stays valid until it is freed. */
		of_reserved_mem_device_release(dev);
		RESULT(!memchr_inv(cookie, 0x77, DMATEST_BYTES), "%s: it is kept", kind);
		dma_free_coherent(dev, DMATEST_BYTES, cookie, handle);
	} else {
		of_reserved_mem_device_release(dev);
	}
}

int dmatest_banks(struct device *dev)
{
	const int nr = of_count_phandle_with_args(dev->of_node, "memory-region", NULL);
	struct bank *bank;
	int i;

	for (i = 0; i < nr; i++) {
		bank = kzalloc(sizeof(*bank), GFP_KERNEL);
		if (!bank)
			return -ENOMEM;
		device_initialize(&bank->dev);
		bank->dev.parent = dev;
		bank->dev.release = release;
		dev_set_name(&bank->dev, "dmatest-bank%d", i);
		bank->mask = DMA_BIT_MASK(32);
		bank->dev.dma_mask = &bank->mask;
		bank->dev.coherent_dma_mask = DMA_BIT_MASK(32);
		try_bank(&bank->dev, i);
		put_device(&bank->dev);
	}
	return nr > 0 ? 0 : -ENOENT;
}
