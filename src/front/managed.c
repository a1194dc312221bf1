// SPDX-License-Identifier: GPL-2.0-only
/*
 * Managed: the kernel API for one device, and what goes with the device's driver. See
 * include/linux/lcma.h.
 */
#include <linux/lcma.h>

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "buffer/buffer.h"
#include "buffer/device.h"
#include "buffer/frames.h"
#include "buffer/limit.h"
#include "fault.h"
#include "region/region.h"

/**
 * struct mapping - a buffer that is mapped for a device as long as it has its driver
 * @buffer: the buffer, with a reference
 * @direction: for which transfers
 * @addr: where the device sees it
 */
struct mapping {
	struct lcma_buffer *buffer;
	enum dma_data_direction direction;
	dma_addr_t addr;
};

/**
 * lcma_device_reaches - how much of a region can a device address?
 * @dev: the device
 * @region: the region
 *
 * It is told by the device's mask for coherent memory, the bus's limit and dma-ranges: so
 * set the mask first. A device behind an IOMMU reaches more than is said here.
 *
 * Context: any.
 * Return: how much.
 */
enum lcma_reaches lcma_device_reaches(struct device *dev, struct lcma_region *region)
{
	return lcma_limit_region(dev, region);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_reaches, LCMA_NS);

/**
 * lcma_buffer_alloc_for - allocate a buffer in one of a device's regions
 * @dev: the device
 * @index: which region, as in lcma_device_region_at()
 * @params: what is wanted; @params->regions is not looked at
 *
 * It lies where the device reaches it. Otherwise as lcma_buffer_alloc().
 *
 * Context: process, may sleep.
 * Return: the buffer with one reference; ERR_PTR as lcma_buffer_alloc(), and
 * -ENODEV the device has no region of this number; -EOPNOTSUPP it reaches none of it.
 */
struct lcma_buffer *lcma_buffer_alloc_for(struct device *dev, unsigned int index,
					  const struct lcma_buffer_params *params)
{
	struct lcma_region *region = lcma_device_region_at(dev, index);
	struct lcma_buffer_params own = *params;
	struct lcma_limits limits;

	if (!region)
		return ERR_PTR(-ENODEV);
	if (lcma_limit_of(dev, region, &limits) == LCMA_REACHES_NONE)
		return ERR_PTR(-EOPNOTSUPP);
	/* The stricter one of both; 0 is none. */
	own.limits.below = min_not_zero(own.limits.below, limits.below);
	return lcma_buffer_alloc(region, &own);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_alloc_for, LCMA_NS);

/**
 * lcma_buffer_map - map a buffer for a device
 * @buffer: the buffer
 * @dev: the device
 * @direction: for which transfers
 * @addr: where the device sees it
 *
 * The device has the memory from then on: dma_sync_single_for_cpu() and
 * dma_sync_single_for_device() hand it over, unless the region's memory is mapped past
 * the caches (cache=), which needs neither. It works in regions of every kind.
 *
 * Context: process, may sleep.
 * Return: 0; -EIO: the device does not reach it, or its mappings are used up.
 */
int lcma_buffer_map(struct lcma_buffer *buffer, struct device *dev,
		    enum dma_data_direction direction, dma_addr_t *addr)
{
	const struct lcma_carve *carve = &buffer->run.region->carve;
	const struct lcma_buffer_facts *facts = &buffer->facts;
	dma_addr_t at = DMA_MAPPING_ERROR;

	if (lcma_fault(BUFFER_MAP))
		return -EIO;
	if (!carve->has_pages)
		at = lcma_frames_map_one(dev, facts->phys, facts->bytes, direction);
	else
		at = dma_map_page_attrs(dev, pfn_to_page(lcma_buffer_pfn(buffer)), 0,
					facts->bytes, direction,
					carve->cache == LCMA_CACHE_WB ? 0 :
					DMA_ATTR_SKIP_CPU_SYNC);
	if (at == DMA_MAPPING_ERROR || (carve->has_pages && dma_mapping_error(dev, at)))
		return -EIO;
	atomic_inc(&buffer->nr_pins);
	*addr = at;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_map, LCMA_NS);

/**
 * lcma_buffer_unmap - undo lcma_buffer_map()
 * @buffer: the buffer
 * @dev: the device
 * @direction: as it was mapped
 * @addr: where the device saw it
 *
 * Context: process, may sleep.
 */
void lcma_buffer_unmap(struct lcma_buffer *buffer, struct device *dev,
		       enum dma_data_direction direction, dma_addr_t addr)
{
	const struct lcma_carve *carve = &buffer->run.region->carve;

	atomic_dec(&buffer->nr_pins);
	if (!carve->has_pages)
		lcma_frames_unmap_one(dev, addr, buffer->facts.bytes, direction);
	else
		dma_unmap_page_attrs(dev, addr, buffer->facts.bytes, direction,
				     carve->cache == LCMA_CACHE_WB ? 0 :
				     DMA_ATTR_SKIP_CPU_SYNC);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_unmap, LCMA_NS);

/* Return: 0; -ENOMEM, and @undo was called. */
static int until_gone(struct device *dev, void (*undo)(void *data), void *data)
{
	const int err = lcma_fault(DEVM_ACTION);

	if (!err)
		return devm_add_action_or_reset(dev, undo, data);
	undo(data);
	return err;
}

static void release_device(void *dev)
{
	lcma_device_release(dev);
}

/**
 * devm_lcma_device_assign_at - lcma_device_assign_at(), until the driver goes
 * @dev: the device
 * @index: the number
 * @region: the region
 *
 * When the driver goes, or its probe fails, all of the device's regions are taken away.
 *
 * Context: process, may sleep; between the beginning of probe and the end of remove.
 * Return: as lcma_device_assign_at().
 */
int devm_lcma_device_assign_at(struct device *dev, unsigned int index,
			       struct lcma_region *region)
{
	const int err = lcma_device_assign_at(dev, index, region);

	return err ?: until_gone(dev, release_device, dev);
}
EXPORT_SYMBOL_NS_GPL(devm_lcma_device_assign_at, LCMA_NS);

static void put_buffer(void *buffer)
{
	lcma_buffer_unref(buffer);
}

/**
 * devm_lcma_buffer_alloc_for - lcma_buffer_alloc_for(), until the driver goes
 * @dev: the device
 * @index: which region
 * @params: what is wanted
 *
 * The reference is the device's: take another one, or export the buffer, for
 * what shall outlive the driver.
 *
 * Context: process, may sleep; between the beginning of probe and the end of remove.
 * Return: as lcma_buffer_alloc_for(), and -ENOMEM.
 */
struct lcma_buffer *devm_lcma_buffer_alloc_for(struct device *dev, unsigned int index,
					       const struct lcma_buffer_params *params)
{
	struct lcma_buffer *buffer = lcma_buffer_alloc_for(dev, index, params);
	int err;

	if (IS_ERR(buffer))
		return buffer;
	err = until_gone(dev, put_buffer, buffer);
	return err ? ERR_PTR(err) : buffer;
}
EXPORT_SYMBOL_NS_GPL(devm_lcma_buffer_alloc_for, LCMA_NS);

static void undo_mapping(struct device *dev, void *data)
{
	struct mapping *mapping = data;

	lcma_buffer_unmap(mapping->buffer, dev, mapping->direction, mapping->addr);
	lcma_buffer_unref(mapping->buffer);
}

/**
 * devm_lcma_buffer_map - lcma_buffer_map(), until the driver goes
 * @dev: the device
 * @buffer: the buffer; the mapping has a reference
 * @direction: for which transfers
 * @addr: where the device sees it
 *
 * Context: process, may sleep; between the beginning of probe and the end of remove.
 * Return: as lcma_buffer_map(), and -ENOMEM.
 */
int devm_lcma_buffer_map(struct device *dev, struct lcma_buffer *buffer,
			 enum dma_data_direction direction, dma_addr_t *addr)
{
	struct mapping *mapping;
	int err;

	mapping = lcma_fault(DEVM_MAP) ? NULL :
		  devres_alloc(undo_mapping, sizeof(*mapping), GFP_KERNEL);
	if (!mapping)
		return -ENOMEM;
	err = lcma_buffer_map(buffer, dev, direction, addr);
	if (err) {
		devres_free(mapping);
		return err;
	}
	lcma_buffer_ref(buffer);
	*mapping = (struct mapping) {
		.buffer = buffer,
		.direction = direction,
		.addr = *addr,
	};
	devres_add(dev, mapping);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(devm_lcma_buffer_map, LCMA_NS);
