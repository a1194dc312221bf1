/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device's DMA operations, on every kernel: their members' names, what the kernel
 * keeps of a device beside them, and who clears them when.
 */
#ifndef LCMA_COMPAT_DMAOPS_H
#define LCMA_COMPAT_DMAOPS_H

#include <linux/cc_platform.h>
#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/swiotlb.h>
#include <linux/version.h>

/* Can a device have operations of its own? */
#if defined(CONFIG_DMA_OPS) || defined(CONFIG_ARCH_HAS_DMA_OPS)
#define LCMA_HAS_DMA_OPS	1
#else
#define LCMA_HAS_DMA_OPS	0
#endif

/*
 * May pages that the kernel maps as cached be mapped once more, uncached? The
 * kernel does it itself where it has CONFIG_DMA_DIRECT_REMAP. On 32-bit ARM it
 * changes its own mapping instead, which a module cannot.
 */
#define LCMA_MAY_REMAP_LOWMEM \
	(IS_ENABLED(CONFIG_DMA_DIRECT_REMAP) && !IS_ENABLED(CONFIG_ARM))

/*
 * Does the kernel clear a device's operations when its driver goes, without a bit
 * that says whether it may? (ARM has such a bit.) Buffers can outlive the driver.
 */
#define LCMA_DMA_OPS_VANISH \
	(IS_ENABLED(CONFIG_ARCH_HAS_TEARDOWN_DMA_OPS) && !IS_ENABLED(CONFIG_ARM))

/* Is DMA translated, by whatever the kernel calls it? */
static inline bool lcma_compat_has_iommu(struct device *dev)
{
	if (device_iommu_mapped(dev))
		return true;
#ifdef CONFIG_IOMMU_DMA
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return dev_dma_iommu(dev);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return dev->dma_iommu;
#endif
#endif
	return false;
}

/* Must devices of an encrypted guest get memory that is not encrypted? */
static inline bool lcma_compat_is_encrypted(void)
{
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
}

/* Does a device reach nothing but a pool of its own? */
static inline bool lcma_compat_is_restricted(struct device *dev)
{
	return is_swiotlb_for_alloc(dev);
}

/*
 * A driver that maps coherently need not synchronise; the kernel remembers that
 * from 6.10 on, and then leaves out calls that bounce buffers need.
 */
static inline void lcma_compat_sync_always(struct device *dev)
{
#ifdef CONFIG_DMA_NEED_SYNC
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	dev_clear_dma_skip_sync(dev);
#else
	dev->dma_skip_sync = false;
#endif
#endif
}

/* ARM: unbinding leaves the operations alone. Return: what is to be restored. */
#ifdef CONFIG_ARM
static inline bool lcma_compat_ops_keep(struct device *dev)
{
	const bool was_set = dev->archdata.dma_ops_setup;

	dev->archdata.dma_ops_setup = false;
	return was_set;
}

static inline void lcma_compat_ops_restore(struct device *dev, bool was_set)
{
	dev->archdata.dma_ops_setup = was_set;
}
#else
static inline bool lcma_compat_ops_keep(struct device *dev)
{
	return false;
}

static inline void lcma_compat_ops_restore(struct device *dev, bool was_set)
{
}
#endif

/* A device without operations sees memory as another one does just now. */
static inline void lcma_compat_shadow(struct device *shadow, struct device *dev)
{
	shadow->dma_mask = dev->dma_mask;
	shadow->coherent_dma_mask = dev->coherent_dma_mask;
	shadow->bus_dma_limit = dev->bus_dma_limit;
	shadow->dma_range_map = dev->dma_range_map;
	shadow->dma_parms = dev->dma_parms;
#ifdef CONFIG_NUMA
	set_dev_node(shadow, dev_to_node(dev));
#endif
#ifdef CONFIG_DMA_CMA
	shadow->cma_area = dev->cma_area;
#endif
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	dev_assign_dma_coherent(shadow, dev_dma_coherent(dev));
#else
	shadow->dma_coherent = dev->dma_coherent;
#endif
#endif
#ifdef CONFIG_SWIOTLB
	shadow->dma_io_tlb_mem = dev->dma_io_tlb_mem;
#endif
}

#endif
