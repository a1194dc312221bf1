// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that allocates: zero, large enough, the same memory by every way that
 * leads to it, and free again.
 */
#include "dmatest.h"

#include <linux/dma-direct.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/* Has each page of a range this byte at its beginning and at its end? */
static bool has_bytes(struct page *page, size_t size_bytes, u8 byte)
{
	size_t i, nr_pages = size_bytes >> PAGE_SHIFT;
	bool has = true;
	u8 *at;

	for (i = 0; i < nr_pages && has; i++) {
		at = kmap_local_page(page + i);
		has = at[0] == byte && at[PAGE_SIZE - 1] == byte;
		kunmap_local(at);
	}
	return has;
}

static void with_table(struct device *dev, const char *kind, void *cookie,
		       dma_addr_t handle, unsigned long attrs, bool is_mapped)
{
	struct sg_table table;
	int err;

	err = dma_get_sgtable_attrs(dev, &table, cookie, handle, DMATEST_BYTES, attrs);
	if (!RESULT(!err, "%s: has a table", kind))
		return;
	RESULT(table.nents == 1 && table.sgl->length == DMATEST_BYTES &&
	       page_to_phys(sg_page(table.sgl)) == dma_to_phys(dev, handle),
	       "%s: the table has the memory in one piece", kind);
	if (is_mapped)
		RESULT(has_bytes(sg_page(table.sgl), DMATEST_BYTES, 0x5a),
		       "%s: its pages have what was written", kind);
	err = dma_map_sgtable(dev, &table, DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC);
	if (RESULT(!err, "%s: the table can be mapped", kind))
		dma_unmap_sgtable(dev, &table, DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(&table);
}

static void try_coherent(struct device *dev, const char *kind, unsigned long attrs)
{
	const bool is_mapped = !(attrs & DMA_ATTR_NO_KERNEL_MAPPING);
	dma_addr_t handle;
	void *cookie;

	cookie = dma_alloc_attrs(dev, DMATEST_BYTES, &handle, GFP_KERNEL, attrs);
	if (!RESULT(cookie, "%s: there is memory", kind))
		return;
	dmatest_where(dev, kind, handle, DMATEST_BYTES, cookie);
	if (is_mapped) {
		RESULT(!memchr_inv(cookie, 0, DMATEST_BYTES), "%s: it is zero", kind);
		memset(cookie, 0x5a, DMATEST_BYTES);
	}
	with_table(dev, kind, cookie, handle, attrs, is_mapped);
	dma_free_attrs(dev, DMATEST_BYTES, cookie, handle, attrs);
}

static void try_again_zero(struct device *dev)
{
	dma_addr_t handle;
	void *cookie = dma_alloc_coherent(dev, DMATEST_BYTES, &handle, GFP_KERNEL);

	if (!RESULT(cookie, "again: there is memory"))
		return;
	RESULT(!memchr_inv(cookie, 0, DMATEST_BYTES),
	       "again: what was written before is not seen");
	dma_free_coherent(dev, DMATEST_BYTES, cookie, handle);
}

static void try_small(struct device *dev)
{
	dma_addr_t handle;
	void *cookie = dma_alloc_coherent(dev, 4096, &handle, GFP_KERNEL);

	if (!RESULT(cookie, "small: there is memory"))
		return;
	dmatest_where(dev, "small", handle, 4096, cookie);
	dma_free_coherent(dev, 4096, cookie, handle);
}

static void try_atomic(struct device *dev)
{
	static DEFINE_SPINLOCK(lock);
	dma_addr_t handle;
	void *cookie;

	spin_lock(&lock);
	cookie = dma_alloc_coherent(dev, 16384, &handle, GFP_ATOMIC);
	spin_unlock(&lock);
	if (!RESULT(cookie, "atomic: there is memory"))
		return;
	dmatest_where(dev, "atomic", handle, 16384, cookie);
	dma_free_coherent(dev, 16384, cookie, handle);
}

static void try_pages(struct device *dev)
{
	static DEFINE_SPINLOCK(lock);
	struct page *page;
	dma_addr_t handle;

	page = dma_alloc_pages(dev, DMATEST_BYTES, &handle, DMA_FROM_DEVICE, GFP_KERNEL);
	if (!RESULT(page, "pages: there are some"))
		return;
	dmatest_where(dev, "pages", handle, DMATEST_BYTES, page_address(page));
	RESULT(page_address(page), "pages: the kernel maps them");
	RESULT(has_bytes(page, DMATEST_BYTES, 0), "pages: they are zero");
	dma_sync_single_for_device(dev, handle, DMATEST_BYTES, DMA_FROM_DEVICE);
	dma_sync_single_for_cpu(dev, handle, DMATEST_BYTES, DMA_FROM_DEVICE);
	/* Legal: nothing of it sleeps. */
	spin_lock(&lock);
	dma_free_pages(dev, DMATEST_BYTES, page, handle, DMA_FROM_DEVICE);
	spin_unlock(&lock);
}

static void try_noncoherent(struct device *dev)
{
	dma_addr_t handle;
	void *at;

	at = dma_alloc_noncoherent(dev, DMATEST_BYTES, &handle, DMA_BIDIRECTIONAL,
				   GFP_KERNEL);
	if (!RESULT(at, "noncoherent: there is memory"))
		return;
	dmatest_where(dev, "noncoherent", handle, DMATEST_BYTES, at);
	memset(at, 0x33, DMATEST_BYTES);
	dma_free_noncoherent(dev, DMATEST_BYTES, at, handle, DMA_BIDIRECTIONAL);
}

static void try_noncontiguous(struct device *dev)
{
	struct sg_table *table;
	void *at;

	table = dma_alloc_noncontiguous(dev, DMATEST_BYTES, DMA_BIDIRECTIONAL, GFP_KERNEL, 0);
	if (!RESULT(table, "noncontiguous: there is memory"))
		return;
	dmatest_where(dev, "noncontiguous", sg_dma_address(table->sgl), DMATEST_BYTES, NULL);
	at = dma_vmap_noncontiguous(dev, DMATEST_BYTES, table);
	if (RESULT(at, "noncontiguous: it can be mapped")) {
		memset(at, 0x44, DMATEST_BYTES);
		dma_vunmap_noncontiguous(dev, at);
	}
	dma_sync_sgtable_for_device(dev, table, DMA_BIDIRECTIONAL);
	dma_free_noncontiguous(dev, DMATEST_BYTES, table, DMA_BIDIRECTIONAL);
}

static void try_masks(struct device *dev)
{
	RESULT(!dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32)), "masks: 32 bits are taken");
	RESULT(dma_set_mask(dev, DMA_BIT_MASK(12)), "masks: 12 bits are refused");
	RESULT(*dev->dma_mask == DMA_BIT_MASK(32), "masks: and change nothing");
	RESULT(dma_get_required_mask(dev) >= DMA_BIT_MASK(24), "masks: one is required");
	RESULT(dma_max_mapping_size(dev), "masks: a mapping has a largest size");
	RESULT(dma_can_mmap(dev), "masks: memory can be mapped for programs");
}

/* What the coherent mask makes unreachable cannot serve; the kernel may have nothing. */
static void try_narrow(struct device *dev)
{
	const u64 was = dev->coherent_dma_mask;
	dma_addr_t handle;
	void *cookie;

	dev->coherent_dma_mask = DMA_BIT_MASK(29);
	cookie = dma_alloc_attrs(dev, DMATEST_BYTES, &handle, GFP_KERNEL, DMA_ATTR_NO_WARN);
	if (cookie) {
		dmatest_where(dev, "narrow", handle, DMATEST_BYTES, cookie);
		dma_free_attrs(dev, DMATEST_BYTES, cookie, handle, DMA_ATTR_NO_WARN);
	}
	dev->coherent_dma_mask = was;
}

void dmatest_coherent(struct device *dev)
{
	try_coherent(dev, "coherent", 0);
	try_again_zero(dev);
	try_coherent(dev, "wc", DMA_ATTR_WRITE_COMBINE);
	try_coherent(dev, "nomap", DMA_ATTR_NO_KERNEL_MAPPING);
	try_small(dev);
	try_atomic(dev);
	try_pages(dev);
	try_noncoherent(dev);
	try_noncontiguous(dev);
	try_masks(dev);
	try_narrow(dev);
}
