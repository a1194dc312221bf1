// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts: one use of the kernel API each, which may fail at any step. What
 * was got before is given back.
 */
#include "apitest.h"

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

static struct platform_device *importer;

int apitest_attempts_init(void)
{
	int err;

	importer = platform_device_register_simple("lcma_apitest_attempt", -1,
						   NULL, 0);
	if (IS_ERR(importer))
		return PTR_ERR(importer);
	err = apitest_can_dma(&importer->dev);
	if (err)
		platform_device_unregister(importer);
	return err;
}

void apitest_attempts_exit(void)
{
	platform_device_unregister(importer);
}

int apitest_try_pages(struct lcma_region *region)
{
	struct page *pages = lcma_alloc_pages(region, 16, 0, LCMA_ZERO);

	if (IS_ERR(pages))
		return PTR_ERR(pages);
	return lcma_free_pages(region, pages, 16) ? 0 : -EIO;
}

int apitest_try_buffer(struct lcma_region *region)
{
	const struct lcma_buffer_params params = {
		.bytes = SZ_64K, .timeout_ms = 60000, .label = "attempt",
	};
	struct lcma_buffer *buffer = lcma_buffer_alloc(region, &params);

	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	lcma_buffer_put(buffer);
	return 0;
}

/* A dma-buf that is the only one to hold its buffer. */
static struct dma_buf *get_dmabuf(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = SZ_64K };
	struct lcma_buffer *buffer = lcma_buffer_alloc(region, &params);
	struct dma_buf *dmabuf;

	if (IS_ERR(buffer))
		return ERR_CAST(buffer);
	dmabuf = lcma_buffer_export(buffer);
	lcma_buffer_put(buffer);
	return dmabuf;
}

int apitest_try_export(struct lcma_region *region)
{
	struct dma_buf *dmabuf = get_dmabuf(region);

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	dma_buf_put(dmabuf);
	return 0;
}

int apitest_try_attach(struct lcma_region *region)
{
	struct dma_buf *dmabuf = get_dmabuf(region);
	int err;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	err = apitest_attach_once(dmabuf, &importer->dev);
	dma_buf_put(dmabuf);
	return err;
}

int apitest_try_vmap(struct lcma_region *region)
{
	struct dma_buf *dmabuf = get_dmabuf(region);
	int err;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	err = apitest_vmap_once(dmabuf);
	dma_buf_put(dmabuf);
	return err;
}

int apitest_try_assign(struct lcma_region *region)
{
	int err = lcma_device_assign(&importer->dev, region);

	if (err)
		return err;
	err = lcma_device_region(&importer->dev) == region ? 0 : -EIO;
	lcma_device_release(&importer->dev);
	return err;
}
