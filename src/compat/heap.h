/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What heapnode.c and heap.c need of the kernel, on every kernel: classes of
 * devices, and how the kernel's own CMA heap aligns.
 */
#ifndef LCMA_COMPAT_HEAP_H
#define LCMA_COMPAT_HEAP_H

#include <linux/device.h>
#include <linux/kconfig.h>
#include <linux/module.h>
#include <linux/version.h>

/* One argument from 6.4 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define lcma_compat_class_create(name)	class_create(name)
#else
#define lcma_compat_class_create(name)	class_create(THIS_MODULE, name)
#endif

/* The device that a class names a node for is constant from 6.2 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define LCMA_COMPAT_DEVNODE_DEVICE	const struct device
#else
#define LCMA_COMPAT_DEVNODE_DEVICE	struct device
#endif

/*
 * A kernel with heaps of its own has a class dma_heap that no module can reach,
 * and a second class of that name would be a splat.
 */
static inline bool lcma_compat_heap_class_is_free(void)
{
	return !IS_ENABLED(CONFIG_DMABUF_HEAPS);
}

/* The order that CMA aligns to at most. */
#ifdef CONFIG_CMA_ALIGNMENT
#define LCMA_COMPAT_CMA_ALIGNMENT	CONFIG_CMA_ALIGNMENT
#else
#define LCMA_COMPAT_CMA_ALIGNMENT	8	/* its default */
#endif

#endif
