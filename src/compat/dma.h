/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a device's caches and bounce buffers are, on every kernel.
 */
#ifndef LCMA_COMPAT_DMA_H
#define LCMA_COMPAT_DMA_H

#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>

/* A device without a pool of bounce buffers is never bounced. */
#ifdef CONFIG_SWIOTLB
static inline void lcma_compat_never_bounce(struct device *dev)
{
	dev->dma_io_tlb_mem = NULL;
}
#else
static inline void lcma_compat_never_bounce(struct device *dev)
{
}
#endif

/* Do a device and the CPUs see the same, without a call? */
static inline bool lcma_compat_is_coherent(struct device *dev)
{
	return dev_is_dma_coherent(dev);
}

/* Is this what a device is told that reaches @phys itself? */
static inline bool lcma_compat_is_direct(struct device *dev, dma_addr_t addr,
					 phys_addr_t phys)
{
	return addr == phys_to_dma(dev, phys);
}

#endif
