// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other drivers do with a dma-buf.
 */
#include "apitest.h"

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/scatterlist.h>

#define NR_VISITS	100

/* Newer kernels want the reservation locked, older ones do not mind. */
struct sg_table *apitest_map(struct dma_buf_attachment *attachment,
			     enum dma_data_direction direction)
{
	struct sg_table *table;

	dma_resv_lock(attachment->dmabuf->resv, NULL);
	table = dma_buf_map_attachment(attachment, direction);
	dma_resv_unlock(attachment->dmabuf->resv);
	return table;
}

void apitest_unmap(struct dma_buf_attachment *attachment,
		   struct sg_table *table, enum dma_data_direction direction)
{
	dma_resv_lock(attachment->dmabuf->resv, NULL);
	dma_buf_unmap_attachment(attachment, table, direction);
	dma_resv_unlock(attachment->dmabuf->resv);
}

int apitest_vmap_get(struct dma_buf *dmabuf, struct iosys_map *map)
{
	int err;

	dma_resv_lock(dmabuf->resv, NULL);
	err = dma_buf_vmap(dmabuf, map);
	dma_resv_unlock(dmabuf->resv);
	return err;
}

void apitest_vmap_put(struct dma_buf *dmabuf, struct iosys_map *map)
{
	dma_resv_lock(dmabuf->resv, NULL);
	dma_buf_vunmap(dmabuf, map);
	dma_resv_unlock(dmabuf->resv);
}

/* CONFIG_DMABUF_DEBUG hides pages from importers: only the DMA address is ours. */
static bool is_at(struct sg_table *table, phys_addr_t phys)
{
	return IS_ENABLED(CONFIG_DMABUF_DEBUG) || sg_phys(table->sgl) == phys;
}

static bool maps_in_one_piece(struct dma_buf_attachment *attachment,
			      phys_addr_t phys)
{
	struct sg_table *table;
	bool right;

	table = apitest_map(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table))
		return false;
	right = table->nents == 1 && is_at(table, phys) &&
		sg_dma_len(table->sgl) == attachment->dmabuf->size &&
		!dma_buf_begin_cpu_access(attachment->dmabuf,
					  DMA_FROM_DEVICE) &&
		!dma_buf_end_cpu_access(attachment->dmabuf, DMA_FROM_DEVICE);
	apitest_unmap(attachment, table, DMA_BIDIRECTIONAL);
	return right;
}

/* Devices that come and go while another one stays. */
static bool come_and_go(struct dma_buf *dmabuf, struct device *dev,
			phys_addr_t phys)
{
	struct dma_buf_attachment *attachment;
	unsigned int i;
	bool right = true;

	for (i = 0; i < NR_VISITS && right; i++) {
		attachment = dma_buf_attach(dmabuf, dev);
		if (IS_ERR(attachment))
			return false;
		right = maps_in_one_piece(attachment, phys);
		dma_buf_detach(dmabuf, attachment);
	}
	return right;
}

/* A device that takes what lcma gives: 32 bit addresses, and all in one piece. */
int apitest_can_dma(struct device *dev)
{
	int err = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(32));

	if (!err)
		dma_set_max_seg_size(dev, UINT_MAX);
	return err;
}

/* Two devices at once, and one of them twice in a row. */
bool apitest_import(struct dma_buf *dmabuf, struct device *dev,
		    phys_addr_t phys)
{
	struct dma_buf_attachment *a, *b;
	bool right;

	if (apitest_can_dma(dev))
		return false;
	a = dma_buf_attach(dmabuf, dev);
	if (IS_ERR(a))
		return false;
	b = dma_buf_attach(dmabuf, dev);
	if (IS_ERR(b)) {
		dma_buf_detach(dmabuf, a);
		return false;
	}
	right = maps_in_one_piece(a, phys) && maps_in_one_piece(b, phys) &&
		maps_in_one_piece(a, phys);
	dma_buf_detach(dmabuf, a);
	right = right && maps_in_one_piece(b, phys) &&
		come_and_go(dmabuf, dev, phys) && maps_in_one_piece(b, phys);
	dma_buf_detach(dmabuf, b);
	return right;
}

/* What a driver does, once, as far as it gets. Return: 0; what went wrong. */
int apitest_attach_once(struct dma_buf *dmabuf, struct device *dev)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	int err;

	attachment = dma_buf_attach(dmabuf, dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = apitest_map(attachment, DMA_BIDIRECTIONAL);
	err = PTR_ERR_OR_ZERO(table);
	if (!err) {
		err = dma_buf_begin_cpu_access(dmabuf, DMA_BIDIRECTIONAL) ?:
		      dma_buf_end_cpu_access(dmabuf, DMA_BIDIRECTIONAL);
		apitest_unmap(attachment, table, DMA_BIDIRECTIONAL);
	}
	dma_buf_detach(dmabuf, attachment);
	return err;
}

/* What dma_buf_vmap() does, but it warns of an exporter that fails. */
int apitest_vmap_once(struct dma_buf *dmabuf)
{
	struct iosys_map map;
	int err;

	dma_resv_lock(dmabuf->resv, NULL);
	err = dmabuf->ops->vmap(dmabuf, &map);
	if (!err)
		dmabuf->ops->vunmap(dmabuf, &map);
	dma_resv_unlock(dmabuf->resv);
	return err;
}

/* Has the mapping these words first and last? And the second one, at once? */
bool apitest_vmap(struct dma_buf *dmabuf, u32 first, u32 last)
{
	struct iosys_map a, b;
	const u32 *words;
	bool right;

	if (apitest_vmap_get(dmabuf, &a))
		return false;
	words = a.vaddr;
	right = words[0] == first &&
		words[dmabuf->size / sizeof(*words) - 1] == last &&
		!apitest_vmap_get(dmabuf, &b);
	if (right) {
		right = b.vaddr == a.vaddr;
		apitest_vmap_put(dmabuf, &b);
		right = right && words[0] == first;
	}
	apitest_vmap_put(dmabuf, &a);
	return right;
}
