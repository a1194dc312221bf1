/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lcma: contiguous memory for drivers.
 *
 *	#include <linux/lcma.h>
 *	LCMA_IMPORT;			(the symbols are in a namespace of ours)
 *
 *	region = lcma_region_find("cam");
 *	pages = lcma_alloc_pages(region, 2048, 8, 0);
 *	...
 *	lcma_free_pages(region, pages, 2048);
 *
 * or, for memory that has a name, an owner and can be handed to programs:
 *
 *	buffer = lcma_buffer_alloc(region, &(struct lcma_buffer_params) {
 *			.bytes = SZ_8M, .label = "camera" });
 *	dmabuf = lcma_buffer_export(buffer);
 *	lcma_buffer_put(buffer);
 *
 * A driver whose device has regions (by lcma_device_assign_at(), or by memory-region of
 * its node) names them by number, and lets go of nothing itself:
 *
 *	buffer = devm_lcma_buffer_alloc_for(dev, 0, &params);
 *	err = devm_lcma_buffer_map(dev, buffer, DMA_TO_DEVICE, &addr);
 *
 * A module that uses these symbols keeps lcma loaded, so regions stay valid
 * as long as it is there. One that is drained stays valid, too: it has no memory (-ENOENT)
 * until it is brought back. Give everything back before your exit function
 * returns. examples/driver is a whole driver.
 */
#ifndef _LINUX_LCMA_H
#define _LINUX_LCMA_H

#include <linux/bits.h>
#include <linux/dma-direction.h>
#include <linux/module.h>
#include <linux/types.h>
#include <linux/version.h>

/* LCMA_IMPORT_DMA_BUF: for modules that call dma_buf_fd(), dma_buf_put() and the like. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)	/* strings since then */
#define LCMA_NS			"LCMA"
#define LCMA_IMPORT_DMA_BUF	MODULE_IMPORT_NS("DMA_BUF")
#else
#define LCMA_NS			LCMA
#define LCMA_IMPORT_DMA_BUF	MODULE_IMPORT_NS(DMA_BUF)
#endif
#define LCMA_IMPORT		MODULE_IMPORT_NS(LCMA_NS)

struct device;
struct dma_buf;
struct lcma_buffer;
struct lcma_region;
struct page;

/* From the pool or not at all: legal where the caller may not sleep. */
#define LCMA_NOWAIT		BIT(0)
/* A failure is not recorded: the caller expects it. */
#define LCMA_QUIET		BIT(1)
/* The memory is zeroed. Buffers always are. */
#define LCMA_ZERO		BIT(2)
/* lcma_region_prepare() returns when the memory is there. */
#define LCMA_WAIT		BIT(3)

/* How many regions a device can have. */
#define LCMA_DEVICE_REGIONS	8

/**
 * enum lcma_reaches - how much of a region a device can address
 * @LCMA_REACHES_NONE: not its first page
 * @LCMA_REACHES_PART: what lies below some address
 * @LCMA_REACHES_ALL: all of it
 */
enum lcma_reaches {
	LCMA_REACHES_NONE,
	LCMA_REACHES_PART,
	LCMA_REACHES_ALL,
};

/**
 * struct lcma_region_state - what can be told of a region
 * @base: physical address
 * @nr_pages: size
 * @used_pages: in buffers; quarantine and what is prepared included
 * @pool_pages: can be allocated with LCMA_NOWAIT
 * @shared_pages: the system may use them
 * @busy_pages: on their way
 * @quarantined_pages: their buffer is gone, but they are still held
 * @largest_pages: the longest unused run
 * @unit_pages: what migration touches at once
 * @align_pages: least alignment of every allocation
 * @granule_pages: every allocation takes a multiple of this
 * @keep_low: pool pages that a refill aims at
 * @keep_high: pool pages above this are given back
 * @decay_ms: after how many milliseconds an idle pool is given back; 0: never
 * @claimed_pages: the system may not use them: used and pool
 * @pool_zero_pages: pages of the pool that are already zero
 * @running_claims: runs that are being taken now, those included whose caller has left
 * @allocs: allocations that succeeded; this and those up to @claim_max_us count
 *	since the module was loaded
 * @frees: runs that came back
 * @failures: allocations that failed, quiet ones not counted
 * @pool_hits: allocations that the pool served alone
 * @pool_hits_zero: those of them whose pages were already zero
 * @spared_pages: pages beside a run that a claim had to take anyway and the pool kept
 * @refilled_pages: pages that were claimed to bring the pool to @keep_low
 * @decayed_pages: pages that were given back because the pool was idle
 * @shrunk_pages: pages that were given back because the system was short of memory
 * @zeroed_pages: pages that were zeroed in the background
 * @claims: calls of alloc_contig_range()
 * @claims_failed: those of them that failed
 * @claims_late: those of them whose caller had left when they returned
 * @claim_max_us: the longest of them, in microseconds
 * @wedge: 1: the first page of each unit is kept besides; else 0
 * @wedged_pages: how many of these are in the pool now
 * @prepared_pages: those of @used_pages that are held for an allocation to come, see
 *	lcma_region_prepare(); the three after it count since the module was loaded
 * @prepares: how often memory was held so
 * @prepares_used: how often an allocation has used it
 * @prepares_over: how often its time was over first
 * @address_bits: how many a device needs to reach all of the region
 * @cache: how CPUs map it, LCMA_REGION_CACHE_* of the uapi: cached, write-combining (2), or
 *	as registers (3); pages are served of what is cached (1) only
 *
 * The numbers have the names that they have in sysfs.
 */
struct lcma_region_state {
	phys_addr_t base;
	unsigned long nr_pages;
	unsigned long used_pages;
	unsigned long pool_pages;
	unsigned long shared_pages;
	unsigned long busy_pages;
	unsigned long quarantined_pages;
	unsigned long largest_pages;
	unsigned long unit_pages;
	unsigned long align_pages;
	unsigned long granule_pages;
	unsigned long keep_low;
	unsigned long keep_high;
	unsigned long decay_ms;
	unsigned long claimed_pages;
	unsigned long pool_zero_pages;
	unsigned long running_claims;
	u64 allocs;
	u64 frees;
	u64 failures;
	u64 pool_hits;
	u64 pool_hits_zero;
	u64 spared_pages;
	u64 refilled_pages;
	u64 decayed_pages;
	u64 shrunk_pages;
	u64 zeroed_pages;
	u64 claims;
	u64 claims_failed;
	u64 claims_late;
	u64 claim_max_us;
	unsigned long wedge;
	unsigned long wedged_pages;
	unsigned long prepared_pages;
	u64 prepares;
	u64 prepares_used;
	u64 prepares_over;
	unsigned long address_bits;
	unsigned long cache;
};

/**
 * struct lcma_limits - where in physical memory something may lie; all 0: anywhere
 * @at: it begins at this address, a multiple of the page size; 0: anywhere
 * @below: it ends before this address, as 1ULL << 27 for a device with 27 address
 *	bits; 0: anywhere
 * @boundary: it crosses no multiple of this, a power of two not smaller than what is
 *	asked for; 0: it may
 *
 * For CPU addresses: a device behind a bus that moves them needs the same sums as
 * elsewhere.
 */
struct lcma_limits {
	u64 at;
	u64 below;
	u64 boundary;
};

/**
 * struct lcma_buffer_params - a buffer that is wanted
 * @bytes: how large, not 0
 * @align_bytes: alignment of the physical address, a power of two; 0: whatever
 *	the region has
 * @timeout_ms: deadline from now; 0: none
 * @flags: LCMA_QUIET
 * @label: what it is for: up to 31 printable characters, no blanks, copied;
 *	NULL: none
 * @limits: where it may lie
 * @regions: if no region is given: a region's name, or several; of "bank0+bank1" each
 *	comes first in turn, of "fast,slow" the second is asked when the first has no
 *	memory. NULL: the first region that can
 */
struct lcma_buffer_params {
	u64 bytes;
	u64 align_bytes;
	unsigned int timeout_ms;
	unsigned int flags;
	const char *label;
	struct lcma_limits limits;
	const char *regions;
};

/**
 * struct lcma_prepare_params - memory that will be wanted soon
 * @bytes: how much; 0: what modules have prepared in the region is not needed
 * @align_bytes: alignment of the physical address, a power of two; 0: whatever
 *	the region has
 * @within_ms: how long it may take, at most 10000; 0: 1000
 * @hold_ms: for how long it is held then, at most 60000; 0: 5000
 * @flags: LCMA_WAIT, LCMA_QUIET
 * @label: as in struct lcma_buffer_params, for the list of failures
 */
struct lcma_prepare_params {
	u64 bytes;
	u64 align_bytes;
	unsigned int within_ms;
	unsigned int hold_ms;
	unsigned int flags;
	const char *label;
};

struct lcma_region *lcma_region_find(const char *name);
void lcma_region_describe(struct lcma_region *region,
			  struct lcma_region_state *state);
int lcma_region_prepare(struct lcma_region *region,
			const struct lcma_prepare_params *params);

int lcma_device_assign(struct device *dev, struct lcma_region *region);
int lcma_device_share(struct device *dev, struct device *from);
void lcma_device_release(struct device *dev);
struct lcma_region *lcma_device_region(struct device *dev);
int lcma_device_assign_at(struct device *dev, unsigned int index,
			  struct lcma_region *region);
int devm_lcma_device_assign_at(struct device *dev, unsigned int index,
			       struct lcma_region *region);
struct lcma_region *lcma_device_region_at(struct device *dev, unsigned int index);
struct lcma_region *lcma_device_region_named(struct device *dev, const char *name);
enum lcma_reaches lcma_device_reaches(struct device *dev, struct lcma_region *region);

struct page *lcma_alloc_pages(struct lcma_region *region, unsigned long count,
			      unsigned int align_order, unsigned int flags);
struct page *lcma_alloc_pages_within(struct lcma_region *region,
				     unsigned long count,
				     unsigned int align_order,
				     unsigned int flags,
				     const struct lcma_limits *limits);
bool lcma_free_pages(struct lcma_region *region, struct page *pages,
		     unsigned long count);
struct page *lcma_alloc_from_contiguous(struct device *dev, size_t count,
					unsigned int align_order,
					unsigned int flags);
bool lcma_release_from_contiguous(struct device *dev, struct page *pages,
				  size_t count);

struct lcma_buffer *lcma_buffer_alloc(struct lcma_region *region,
				      const struct lcma_buffer_params *params);
struct lcma_buffer *lcma_buffer_alloc_for(struct device *dev, unsigned int index,
					  const struct lcma_buffer_params *params);
struct lcma_buffer *devm_lcma_buffer_alloc_for(struct device *dev, unsigned int index,
					       const struct lcma_buffer_params *params);
void lcma_buffer_get(struct lcma_buffer *buffer);
void lcma_buffer_put(struct lcma_buffer *buffer);
phys_addr_t lcma_buffer_phys(const struct lcma_buffer *buffer);
u64 lcma_buffer_bytes(const struct lcma_buffer *buffer);
struct page *lcma_buffer_pages(const struct lcma_buffer *buffer);
int lcma_buffer_map(struct lcma_buffer *buffer, struct device *dev,
		    enum dma_data_direction direction, dma_addr_t *addr);
int devm_lcma_buffer_map(struct device *dev, struct lcma_buffer *buffer,
			 enum dma_data_direction direction, dma_addr_t *addr);
void lcma_buffer_unmap(struct lcma_buffer *buffer, struct device *dev,
		       enum dma_data_direction direction, dma_addr_t addr);
struct dma_buf *lcma_buffer_export(struct lcma_buffer *buffer);

#endif /* _LINUX_LCMA_H */
