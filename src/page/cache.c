// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches: see cache.h.
 *
 * The kernel offers cache maintenance only together with a mapping for a
 * device, so a range is mapped and unmapped again; one of the two does the work
 * and the other is told to leave the caches alone. With a direct mapping that
 * is all there is to it: the address that comes back is not used.
 */
#include "page/cache.h"

#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "compat/dma.h"
#include "fault.h"

/* Bytes between two offers to reschedule. */
#define STEP_BYTES	SZ_256K

/*
 * Whole pieces of this size are treated: a multiple of every CPU's cache line. From
 * 6.5 on the kernel takes a smaller one for a part of a kmalloc() object that
 * shares its line, and would have it bounced.
 */
#define PIECE_BYTES	SZ_256

static struct platform_device *hardware;
static bool is_needed;

/**
 * lcma_cache_init - make the device
 *
 * Context: while the module loads, before there are regions; may sleep.
 * Return: 0; what platform_device_register_simple() returns; -EIO if the device
 * could not reach all memory.
 */
int lcma_cache_init(void)
{
	struct platform_device *pdev;
	int err;

	pdev = ERR_PTR(lcma_fault(CACHE_DEVICE)) ?:
	       platform_device_register_simple("lcma_cache", PLATFORM_DEVID_NONE,
					       NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	err = lcma_fault(CACHE_MASK) ?:
	      dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err) {
		platform_device_unregister(pdev);
		return err;
	}
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	/* What stands for memory must not have a copy of it. */
	lcma_compat_never_bounce(&pdev->dev);
	is_needed = !lcma_compat_is_coherent(&pdev->dev);
	hardware = pdev;
	return 0;
}

/**
 * lcma_cache_exit - the device goes
 *
 * Context: while the module unloads, after the regions have gone; may sleep.
 */
void lcma_cache_exit(void)
{
	platform_device_unregister(hardware);
}

/**
 * lcma_cache_is_needed - does any of this do anything?
 *
 * Context: any.
 * Return: false where devices see the CPU's caches.
 */
bool lcma_cache_is_needed(void)
{
	return is_needed;
}

/* One mapping, for one of its two sides. */
static void sync_range(phys_addr_t phys, size_t len_bytes,
		       enum dma_data_direction direction,
		       unsigned long map_attrs, unsigned long unmap_attrs)
{
	struct device *dev = &hardware->dev;
	dma_addr_t addr;

	addr = dma_map_page_attrs(dev, pfn_to_page(PHYS_PFN(phys)),
				  offset_in_page(phys), len_bytes, direction,
				  map_attrs);
	/* It has no limits, and memory of a region is memory. */
	if (WARN_ON_ONCE(dma_mapping_error(dev, addr)))
		return;
	dma_unmap_page_attrs(dev, addr, len_bytes, direction, unmap_attrs);
}

static void clean_range(phys_addr_t phys, size_t len_bytes)
{
	sync_range(phys, len_bytes, DMA_TO_DEVICE, 0, DMA_ATTR_SKIP_CPU_SYNC);
}

static void invalidate_range(phys_addr_t phys, size_t len_bytes)
{
	sync_range(phys, len_bytes, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC, 0);
}

/* Outwards: no piece crosses the end of a page. */
static void whole_pieces(phys_addr_t *phys, u64 *len_bytes)
{
	const phys_addr_t end = ALIGN(*phys + *len_bytes, PIECE_BYTES);

	*phys = ALIGN_DOWN(*phys, PIECE_BYTES);
	*len_bytes = end - *phys;
}

/**
 * lcma_cache_clean - what CPUs wrote to pages reaches memory
 * @pfn: first page frame
 * @nr_pages: how many; the time it takes is in proportion
 *
 * Context: any.
 */
void lcma_cache_clean(unsigned long pfn, unsigned long nr_pages)
{
	if (is_needed && nr_pages)
		clean_range(PFN_PHYS(pfn), (size_t)nr_pages << PAGE_SHIFT);
}

/**
 * lcma_cache_for_device - what CPUs wrote to a range reaches memory
 * @phys: first byte
 * @len_bytes: how many
 *
 * Context: process, may sleep.
 */
void lcma_cache_for_device(phys_addr_t phys, u64 len_bytes)
{
	size_t step;

	whole_pieces(&phys, &len_bytes);
	for (; is_needed && len_bytes; phys += step, len_bytes -= step) {
		step = min_t(u64, len_bytes, STEP_BYTES);
		clean_range(phys, step);
		cond_resched();
	}
}

/**
 * lcma_cache_for_cpu - CPUs see what is in memory
 * @phys: first byte
 * @len_bytes: how many
 *
 * What CPUs wrote to the range reaches memory first: another program may be
 * writing. Each piece is invalidated at once after it was cleaned. A write that
 * falls between the two can be lost, no kernel interface does both in one step;
 * it is a write by another program, while the caller is told that it may read.
 *
 * Context: process, may sleep.
 */
void lcma_cache_for_cpu(phys_addr_t phys, u64 len_bytes)
{
	size_t step;

	whole_pieces(&phys, &len_bytes);
	for (; is_needed && len_bytes; phys += step, len_bytes -= step) {
		step = min_t(u64, len_bytes, STEP_BYTES);
		clean_range(phys, step);
		invalidate_range(phys, step);
		cond_resched();
	}
}
