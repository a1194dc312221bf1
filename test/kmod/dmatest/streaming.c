// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that maps memory that is there already. What a device would do is done at
 * the address that it was told: where memory is bounced, that is another place, and a
 * synchronisation that is left out shows.
 */
#include "dmatest.h"

#include <linux/dma-direct.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

#define BYTES	8192

/* As the device sees it: the first page of it. */
static u8 *device_at(struct device *dev, dma_addr_t handle)
{
	return kmap_local_page(pfn_to_page(PHYS_PFN(dma_to_phys(dev, handle))));
}

static void device_writes(struct device *dev, dma_addr_t handle, u8 byte)
{
	u8 *at = device_at(dev, handle);

	memset(at + offset_in_page(handle), byte, 16);
	kunmap_local(at);
}

static bool device_sees(struct device *dev, dma_addr_t handle, u8 byte)
{
	u8 *at = device_at(dev, handle);
	const bool sees = !memchr_inv(at + offset_in_page(handle), byte, 16);

	kunmap_local(at);
	return sees;
}

static void try_single(struct device *dev, u8 *buffer, enum dma_data_direction dir,
		       const char *word)
{
	dma_addr_t handle;

	memset(buffer, 0x11, BYTES);
	handle = dma_map_single(dev, buffer, BYTES, dir);
	if (!RESULT(!dma_mapping_error(dev, handle), "%s: it is mapped", word))
		return;
	if (dir != DMA_FROM_DEVICE) {
		RESULT(device_sees(dev, handle, 0x11), "%s: the device sees it", word);
		dma_sync_single_for_cpu(dev, handle, BYTES, dir);
		memset(buffer, 0x22, BYTES);
		dma_sync_single_for_device(dev, handle, BYTES, dir);
		RESULT(device_sees(dev, handle, 0x22), "%s: and what came later", word);
	}
	if (dir != DMA_TO_DEVICE) {
		device_writes(dev, handle, 0x33);
		dma_sync_single_for_cpu(dev, handle, BYTES, dir);
		RESULT(!memchr_inv(buffer, 0x33, 16), "%s: the CPU sees it", word);
		dma_sync_single_for_device(dev, handle, BYTES, dir);
		device_writes(dev, handle, 0x44);
	}
	dma_unmap_single(dev, handle, BYTES, dir);
	if (dir != DMA_TO_DEVICE)
		RESULT(!memchr_inv(buffer, 0x44, 16), "%s: and what came last", word);
}

static void try_list(struct device *dev, u8 *buffer)
{
	struct scatterlist sg[3], *one;
	int i, nents;

	memset(buffer, 0x55, BYTES);
	sg_init_table(sg, 3);
	for (i = 0; i < 3; i++)
		sg_set_buf(&sg[i], buffer + i * 1024, 1024);
	nents = dma_map_sg(dev, sg, 3, DMA_BIDIRECTIONAL);
	if (!RESULT(nents > 0, "list: it is mapped"))
		return;
	for_each_sg(sg, one, nents, i)
		device_writes(dev, sg_dma_address(one), 0x60 + i);
	dma_sync_sg_for_cpu(dev, sg, 3, DMA_BIDIRECTIONAL);
	RESULT(buffer[0] == 0x60 && buffer[(nents - 1) * 1024] == 0x60 + nents - 1,
	       "list: the CPU sees it");
	memset(buffer, 0x77, BYTES);
	dma_sync_sg_for_device(dev, sg, 3, DMA_BIDIRECTIONAL);
	RESULT(device_sees(dev, sg_dma_address(sg), 0x77), "list: the device sees it");
	dma_unmap_sg(dev, sg, 3, DMA_BIDIRECTIONAL);
	RESULT(buffer[0] == 0x77, "list: it is unmapped");
}

/* Where everything has to bounce, registers cannot, since there is this attribute. */
static bool maps_registers(struct device *dev)
{
#ifdef DMA_ATTR_MMIO
	return !is_swiotlb_force_bounce(dev);
#else
	return true;
#endif
}

static void try_registers(struct device *dev)
{
	dma_addr_t handle = dma_map_resource(dev, 0x10000000, PAGE_SIZE,
					     DMA_TO_DEVICE, 0);
	const bool is_mapped = !dma_mapping_error(dev, handle);

	RESULT(is_mapped == maps_registers(dev), "resource: as without lcma");
	if (is_mapped)
		dma_unmap_resource(dev, handle, PAGE_SIZE, DMA_TO_DEVICE, 0);
}

void dmatest_streaming(struct device *dev)
{
	u8 *buffer = kmalloc(BYTES, GFP_KERNEL);

	if (!RESULT(buffer, "streaming: there is memory"))
		return;
	try_single(dev, buffer, DMA_TO_DEVICE, "to the device");
	try_single(dev, buffer, DMA_FROM_DEVICE, "from the device");
	try_single(dev, buffer, DMA_BIDIRECTIONAL, "both ways");
	try_list(dev, buffer);
	kfree(buffer);
	try_registers(dev);
}
