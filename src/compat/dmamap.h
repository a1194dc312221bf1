/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations that differ between kernels in name and shape: those that map memory
 * which is there already. Each goes the kernel's own way, through a shadow.
 */
#ifndef LCMA_COMPAT_DMAMAP_H
#define LCMA_COMPAT_DMAMAP_H

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>

/* The shadow of a device with our operations: front/dma.c. */
struct device *lcma_dma_shadow(struct device *dev);

/* The member for pages was renamed when alloc_pages became a macro (6.10). */
#ifdef alloc_pages
#define lcma_compat_alloc_pages	alloc_pages_op
#else
#define lcma_compat_alloc_pages	alloc_pages
#endif

/* One way to map, whatever it is, came with this attribute (6.18). */
#ifdef DMA_ATTR_MMIO
static dma_addr_t lcma_compat_map_phys(struct device *dev, phys_addr_t phys,
				       size_t size, enum dma_data_direction dir,
				       unsigned long attrs)
{
	return dma_map_phys(lcma_dma_shadow(dev), phys, size, dir, attrs);
}

static void lcma_compat_unmap_phys(struct device *dev, dma_addr_t addr,
				   size_t size, enum dma_data_direction dir,
				   unsigned long attrs)
{
	dma_unmap_phys(lcma_dma_shadow(dev), addr, size, dir, attrs);
}

#define LCMA_COMPAT_MAP_OPS(ROW) \
	ROW(map_phys, lcma_compat_map_phys) \
	ROW(unmap_phys, lcma_compat_unmap_phys)
#else
static dma_addr_t lcma_compat_map_page(struct device *dev, struct page *page,
				       unsigned long offset, size_t size,
				       enum dma_data_direction dir,
				       unsigned long attrs)
{
	return dma_map_page_attrs(lcma_dma_shadow(dev), page, offset, size, dir,
				  attrs);
}

static void lcma_compat_unmap_page(struct device *dev, dma_addr_t addr,
				   size_t size, enum dma_data_direction dir,
				   unsigned long attrs)
{
	dma_unmap_page_attrs(lcma_dma_shadow(dev), addr, size, dir, attrs);
}

static dma_addr_t lcma_compat_map_resource(struct device *dev, phys_addr_t phys,
					   size_t size,
					   enum dma_data_direction dir,
					   unsigned long attrs)
{
	return dma_map_resource(lcma_dma_shadow(dev), phys, size, dir, attrs);
}

static void lcma_compat_unmap_resource(struct device *dev, dma_addr_t addr,
				       size_t size, enum dma_data_direction dir,
				       unsigned long attrs)
{
	dma_unmap_resource(lcma_dma_shadow(dev), addr, size, dir, attrs);
}

#define LCMA_COMPAT_MAP_OPS(ROW) \
	ROW(map_page, lcma_compat_map_page) \
	ROW(unmap_page, lcma_compat_unmap_page) \
	ROW(map_resource, lcma_compat_map_resource) \
	ROW(unmap_resource, lcma_compat_unmap_resource)
#endif

#endif
