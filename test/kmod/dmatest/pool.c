// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools, managed memory that is given back early, parts of a mapping, and sizes.
 */
#include "dmatest.h"

#include <linux/dma-map-ops.h>
#include <linux/dmapool.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#define BLOCK_BYTES	(128 * 1024UL)

/* Blocks as large as a request that a rule serves. Return: false: there is no pool. */
static bool try_block(struct device *dev, struct dma_pool *pool, const char *what)
{
	dma_addr_t handle;
	void *at;

	if (!RESULT(pool, "%s: there is one", what))
		return false;
	at = dma_pool_zalloc(pool, GFP_KERNEL, &handle);
	if (RESULT(at, "%s: it has a block", what)) {
		dmatest_where(dev, what, handle, BLOCK_BYTES, at);
		RESULT(!memchr_inv(at, 0, BLOCK_BYTES), "%s: the block is zero", what);
		memset(at, 0x5b, BLOCK_BYTES);
		dma_pool_free(pool, at, handle);
	}
	return true;
}

/* One that its driver destroys, and one that goes with the driver at the latest. */
static void try_pools(struct device *dev)
{
	struct dma_pool *pool = dma_pool_create("dmatest", dev, BLOCK_BYTES, 64, 0);

	if (try_block(dev, pool, "pool"))
		dma_pool_destroy(pool);
	pool = dmam_pool_create("dmatest", dev, BLOCK_BYTES, 64, 0);
	if (try_block(dev, pool, "managed_pool"))
		dmam_pool_destroy(pool);
}

static void try_managed(struct device *dev)
{
	dma_addr_t handle;
	void *at = dmam_alloc_attrs(dev, DMATEST_BYTES, &handle, GFP_KERNEL,
				    DMA_ATTR_WRITE_COMBINE);

	if (!RESULT(at, "managed: there is memory"))
		return;
	dmatest_where(dev, "managed", handle, DMATEST_BYTES, at);
	memset(at, 0x5c, DMATEST_BYTES);
	dmam_free_coherent(dev, DMATEST_BYTES, at, handle);
}

static void try_page(struct device *dev)
{
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t handle;

	if (!RESULT(page, "page: there is one"))
		return;
	handle = dma_map_page(dev, page, 512, 1024, DMA_BIDIRECTIONAL);
	if (RESULT(!dma_mapping_error(dev, handle), "page: it is mapped")) {
		RESULT(dev_is_dma_coherent(dev) || dma_need_sync(dev, handle),
		       "page: a cache that the device does not see has to be synchronised");
		memset(page_address(page) + 512, 0x5d, 1024);
		dma_sync_single_range_for_device(dev, handle, 256, 512, DMA_BIDIRECTIONAL);
		dma_sync_single_range_for_cpu(dev, handle, 256, 512, DMA_BIDIRECTIONAL);
		RESULT(!memchr_inv(page_address(page) + 768, 0x5d, 512),
		       "page: a part of it comes back as it went");
		dma_unmap_page(dev, handle, 1024, DMA_BIDIRECTIONAL);
	}
	__free_page(page);
}

void dmatest_pool(struct device *dev)
{
	try_pools(dev);
	try_managed(dev);
	try_page(dev);
	RESULT(!dma_get_merge_boundary(dev), "sizes: nothing is merged without an IOMMU");
	RESULT(dma_opt_mapping_size(dev) &&
	       dma_opt_mapping_size(dev) <= dma_max_mapping_size(dev),
	       "sizes: the best is no larger than the largest");
}
