// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that cannot reach the buffer itself: the kernel gives it memory of
 * its own (swiotlb=force) and copies when a driver synchronises. So a
 * synchronisation that is missing shows as old data, on a machine whose caches
 * would hide it.
 */
#include "apitest.h"

#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

/* The largest piece that can be bounced. */
#define LARGEST		SZ_256K

struct bounce {
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	u32 *cpu;	/* the buffer */
	u32 *device;	/* what the device has instead */
	size_t bytes;
};

static void fill(u32 *words, size_t bytes, u32 value)
{
	memset32(words, value, bytes / sizeof(*words));
}

static bool holds(const u32 *words, size_t bytes, u32 value)
{
	size_t i;

	for (i = 0; i < bytes / sizeof(*words); i++)
		if (READ_ONCE(words[i]) != value)
			return false;
	return true;
}

static bool map(struct bounce *b, enum dma_data_direction direction)
{
	struct device *dev = b->attachment->dev;

	b->table = apitest_map(b->attachment, direction);
	if (IS_ERR(b->table))
		return false;
	b->device = phys_to_virt(dma_to_phys(dev,
					     sg_dma_address(b->table->sgl)));
	return true;
}

static void unmap(struct bounce *b, enum dma_data_direction direction)
{
	apitest_unmap(b->attachment, b->table, direction);
}

/* All that is written on one side is seen on the other, and when. */
static void both_ways(struct bounce *b)
{
	struct dma_buf *dmabuf = b->attachment->dmabuf;
	const size_t bytes = b->bytes;

	fill(b->cpu, bytes, 0x0c0c0001);
	if (!OK(map(b, DMA_BIDIRECTIONAL), "%zu bytes: mapped", bytes))
		return;
	OK(b->device != b->cpu, "%zu bytes: the device has other memory",
	   bytes);
	OK(holds(b->device, bytes, 0x0c0c0001),
	   "%zu bytes: mapping shows it what is in the buffer", bytes);

	fill(b->device, bytes, 0x0d0d0002);
	OK(holds(b->cpu, bytes, 0x0c0c0001),
	   "%zu bytes: what the device writes is not seen by itself", bytes);
	OK(!dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE) &&
	   holds(b->cpu, bytes, 0x0d0d0002),
	   "%zu bytes: begin_cpu_access shows it", bytes);

	fill(b->cpu, bytes, 0x0c0c0003);
	OK(holds(b->device, bytes, 0x0d0d0002),
	   "%zu bytes: nor is what the CPU writes", bytes);
	OK(!dma_buf_end_cpu_access(dmabuf, DMA_TO_DEVICE) &&
	   holds(b->device, bytes, 0x0c0c0003),
	   "%zu bytes: end_cpu_access shows it", bytes);

	fill(b->device, bytes, 0x0d0d0004);
	unmap(b, DMA_BIDIRECTIONAL);
	OK(holds(b->cpu, bytes, 0x0d0d0004),
	   "%zu bytes: unmapping shows the last of it", bytes);
}

/* A camera writes only, a display reads only. */
static void one_way(struct bounce *b)
{
	const size_t bytes = b->bytes;

	if (!OK(map(b, DMA_FROM_DEVICE), "%zu bytes: for a writer", bytes))
		return;
	fill(b->device, bytes, 0x0d0d0005);
	unmap(b, DMA_FROM_DEVICE);
	OK(holds(b->cpu, bytes, 0x0d0d0005),
	   "%zu bytes: what it wrote is there when it is done", bytes);

	fill(b->cpu, bytes, 0x0c0c0006);
	if (!OK(map(b, DMA_TO_DEVICE), "%zu bytes: for a reader", bytes))
		return;
	OK(holds(b->device, bytes, 0x0c0c0006),
	   "%zu bytes: it sees what is there", bytes);
	fill(b->device, bytes, 0x0d0d0007);
	unmap(b, DMA_TO_DEVICE);
	OK(holds(b->cpu, bytes, 0x0c0c0006),
	   "%zu bytes: and changes nothing", bytes);
}

/*
 * Nor is what the CPU wrote lost while a device that only writes has the buffer:
 * what it has not written is what the CPU wrote.
 */
static void keeps_writes(struct bounce *b)
{
	struct dma_buf *dmabuf = b->attachment->dmabuf;
	const size_t bytes = b->bytes;

	if (!OK(map(b, DMA_FROM_DEVICE), "%zu bytes: for a writer again", bytes))
		return;
	fill(b->cpu, bytes, 0x0c0c000a);
	OK(!dma_buf_end_cpu_access(dmabuf, DMA_TO_DEVICE) &&
	   !dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE) &&
	   holds(b->cpu, bytes, 0x0c0c000a),
	   "%zu bytes: a writer's begin_cpu_access keeps what the CPU wrote",
	   bytes);
	unmap(b, DMA_FROM_DEVICE);
	OK(holds(b->cpu, bytes, 0x0c0c000a),
	   "%zu bytes: and so does unmapping", bytes);
}

/* None is forgotten for another: neither the writer, nor one of two readers. */
static void two_devices(struct bounce *first, struct bounce *second)
{
	struct dma_buf *dmabuf = first->attachment->dmabuf;
	const size_t bytes = first->bytes;

	if (!OK(map(first, DMA_FROM_DEVICE) && map(second, DMA_TO_DEVICE),
		"%zu bytes: for a writer and a reader at once", bytes))
		return;
	fill(first->device, bytes, 0x0d0d0008);
	OK(!dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE) &&
	   holds(first->cpu, bytes, 0x0d0d0008),
	   "%zu bytes: begin_cpu_access shows what one of two wrote", bytes);
	unmap(second, DMA_TO_DEVICE);
	unmap(first, DMA_FROM_DEVICE);

	if (!OK(map(first, DMA_TO_DEVICE) && map(second, DMA_TO_DEVICE),
		"%zu bytes: for two readers", bytes))
		return;
	fill(first->cpu, bytes, 0x0c0c0009);
	OK(!dma_buf_end_cpu_access(dmabuf, DMA_TO_DEVICE) &&
	   holds(first->device, bytes, 0x0c0c0009) &&
	   holds(second->device, bytes, 0x0c0c0009),
	   "%zu bytes: end_cpu_access shows it to both", bytes);
	unmap(second, DMA_TO_DEVICE);
	unmap(first, DMA_TO_DEVICE);
}

static void with_another(struct bounce *first, struct device *dev)
{
	struct dma_buf *dmabuf = first->attachment->dmabuf;
	struct bounce second = *first;

	second.attachment = dma_buf_attach(dmabuf, dev);
	if (!OK(!IS_ERR(second.attachment), "%zu bytes: attached twice",
		first->bytes))
		return;
	/* Who attached first must not matter. */
	two_devices(first, &second);
	two_devices(&second, first);
	dma_buf_detach(dmabuf, second.attachment);
}

static void bounce(struct lcma_region *region, struct device *dev,
		   size_t bytes)
{
	const struct lcma_buffer_params params = { .bytes = bytes };
	struct bounce b = { .bytes = bytes };
	struct lcma_buffer *buffer;
	struct dma_buf *dmabuf;

	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(buffer), "%zu bytes: a buffer", bytes))
		return;
	b.cpu = page_address(lcma_buffer_pages(buffer));
	dmabuf = lcma_buffer_export(buffer);
	lcma_buffer_put(buffer);
	if (!OK(!IS_ERR(dmabuf), "%zu bytes: exported", bytes))
		return;
	b.attachment = dma_buf_attach(dmabuf, dev);
	if (OK(!IS_ERR(b.attachment), "%zu bytes: attached", bytes)) {
		if (bytes <= LARGEST) {
			both_ways(&b);
			one_way(&b);
			keeps_writes(&b);
			with_another(&b, dev);
		} else {
			OK(!map(&b, DMA_BIDIRECTIONAL),
			   "%zu bytes: more than can be bounced is refused",
			   bytes);
		}
		dma_buf_detach(dmabuf, b.attachment);
	}
	dma_buf_put(dmabuf);
}

void apitest_bounce(struct lcma_region *region)
{
	static const size_t sizes[] = {
		SZ_4K, SZ_64K, LARGEST, LARGEST + SZ_4K, SZ_1M,
	};
	const struct lcma_region_state before = apitest_state(region);
	struct platform_device *device;
	unsigned int i;

	device = platform_device_register_simple("lcma_apitest_bounce", -1,
						 NULL, 0);
	if (!OK(!IS_ERR(device) && !apitest_can_dma(&device->dev), "a device"))
		return;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		bounce(region, &device->dev, sizes[i]);
	OK(apitest_settles(region, &before), "everything came back");
	platform_device_unregister(device);
}
