// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel API: see include/linux/lcma.h. A front end like any other: it
 * turns what drivers ask for into requests, and guards against what they get
 * wrong.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include <linux/lcma.h>

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include "alloc/alloc.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "core/batch.h"
#include "region/region.h"
#include "supply/pool.h"
#include "supply/quarantine.h"

/**
 * lcma_region_describe - what can be told of a region
 * @region: the region
 * @state: the answer, consistent in itself
 *
 * Context: any.
 */
void lcma_region_describe(struct lcma_region *region,
			  struct lcma_region_state *state)
{
	unsigned long flags;

	state->base = lcma_region_phys(region, 0);
	state->nr_pages = region->carve.nr_pages;
	state->unit_pages = region->unit_pages;
	lcma_region_lock(region, &flags);
	state->used_pages = region->map.nr_in[LCMA_USED];
	state->pool_pages = region->map.nr_in[LCMA_POOL];
	state->shared_pages = region->map.nr_in[LCMA_SHARED];
	state->busy_pages = region->map.nr_in[LCMA_BUSY];
	state->quarantined_pages = region->nr_held;
	state->largest_pages = lcma_map_longest(&region->map,
						LCMA_KIND_UNUSED);
	lcma_region_unlock(region, flags);
}
EXPORT_SYMBOL_NS_GPL(lcma_region_describe, LCMA_NS);

static unsigned int request_flags(unsigned int flags)
{
	return (flags & LCMA_NOWAIT ? LCMA_ALLOC_NOWAIT : 0) |
	       (flags & LCMA_QUIET ? LCMA_ALLOC_QUIET : 0);
}

/*
 * A run is a driver's, who has no buffer for it: what was asked for is marked, not
 * what the region's granule added, so that a wrong count can be told.
 */
static void hand_out(const struct lcma_run *run, unsigned long count)
{
	const unsigned long end = run->start + count;
	struct lcma_region *region = run->region;
	unsigned long at, flags, nr;

	for (at = run->start; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		if (at == run->start)
			__set_bit(at, region->loose_heads);
		bitmap_set(region->loose, at, nr);
		lcma_region_unlock(region, flags);
	}
}

/**
 * lcma_alloc_pages - allocate contiguous pages
 * @region: where; NULL: in the first region that can
 * @count: how many pages, at least 1
 * @align_order: the physical address is a multiple of 2^align_order pages
 * @flags: LCMA_NOWAIT, LCMA_QUIET, LCMA_ZERO
 *
 * The pages are order 0 each, no compound page, with one reference that is
 * lcma's: take others if you like, but let go of them before you free. They
 * have no owner and no label; lcma_buffer_alloc() gives both.
 *
 * Context: process, may sleep; any but hard interrupts with LCMA_NOWAIT (then
 * LCMA_ZERO takes as long as zeroing takes; on PREEMPT_RT threads only).
 * Return: the first page; ERR_PTR: -EOPNOTSUPP unknown flag; -EINVAL no pages,
 * or an alignment beyond any address; -ENOENT the region was drained;
 * -EFBIG larger than the region; -ENOSPC no unused run that fits; -EBUSY every
 * one held a page that could not be moved; -ENOMEM nowhere to move one to;
 * -EAGAIN with LCMA_NOWAIT: none in the pool; -EINTR killed.
 */
struct page *lcma_alloc_pages(struct lcma_region *region, unsigned long count,
			      unsigned int align_order, unsigned int flags)
{
	struct lcma_request request = {
		.region = region,
		.nr_pages = count,
		.flags = request_flags(flags),
		.deadline = LCMA_FOREVER,
		.owner = LCMA_OWNER_KERNEL,
	};
	struct lcma_run run;
	int err;

	if (flags & ~(LCMA_NOWAIT | LCMA_QUIET | LCMA_ZERO))
		return ERR_PTR(-EOPNOTSUPP);
	if (align_order >= BITS_PER_LONG - 1)
		return ERR_PTR(-EINVAL);
	/* No address is aligned to more than regions have pages. */
	if (1UL << align_order >= LCMA_MAP_MAX_PAGES)
		return ERR_PTR(-ENOSPC);
	request.align_pages = 1UL << align_order;
	err = lcma_alloc(&request, &run);
	if (err)
		return ERR_PTR(err);
	if (flags & LCMA_ZERO) {
		err = lcma_alloc_zero(&request, &run);
		if (err) {
			lcma_alloc_undo(&run);
			return ERR_PTR(err);
		}
	}
	hand_out(&run, count);
	return pfn_to_page(lcma_region_pfn(run.region, run.start));
}
EXPORT_SYMBOL_NS_GPL(lcma_alloc_pages, LCMA_NS);

/*
 * The first page leaves its driver. Whoever has it may look at and take the others
 * piece by piece: a free begins at a first page. Return: false: there is none.
 */
static bool take_head(struct lcma_region *region, unsigned long start)
{
	unsigned long flags;
	bool taken;

	lcma_region_lock(region, &flags);
	taken = test_bit(start, region->loose_heads) &&
		__test_and_clear_bit(start, region->loose);
	lcma_region_unlock(region, flags);
	return taken;
}

static void leave_head(struct lcma_region *region, unsigned long start)
{
	unsigned long flags;

	lcma_region_lock(region, &flags);
	__set_bit(start, region->loose);
	lcma_region_unlock(region, flags);
}

/*
 * How many pages the driver asked for whose first page was taken, as far as @max + 1:
 * more than that are as wrong as any other number.
 */
static unsigned long count_loose(struct lcma_region *region,
				 unsigned long start, unsigned long max)
{
	const unsigned long limit = min(region->carve.nr_pages - start, max + 1);
	const unsigned long end = start + limit;
	unsigned long at, stop, found, flags;

	for (at = start + 1; at < end; at = stop) {
		stop = min(end, at + LCMA_HOLD_LOOK_PAGES);
		lcma_region_lock(region, &flags);
		found = find_next_zero_bit(region->loose, stop, at);
		found = find_next_bit(region->loose_heads, found, at);
		lcma_region_unlock(region, flags);
		if (found < stop)
			return found - start;
	}
	return limit;
}

/* The pages leave their driver, busy; the mark of the first one goes last. */
static void take_back(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	unsigned long at, flags, nr;

	for (at = start; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		bitmap_clear(region->loose, at, nr);
		lcma_region_move(region, at, nr, LCMA_USED, LCMA_BUSY);
		if (at + nr == end) {
			__clear_bit(start, region->loose_heads);
			region->stats.frees++;
		}
		lcma_region_unlock(region, flags);
	}
}

static void complain(struct lcma_region *region, unsigned long pfn,
		     unsigned long count, unsigned long nr_loose, void *caller)
{
	if (nr_loose)
		pr_warn_ratelimited("region %s: %ps frees %lu pages from pfn 0x%lx, where %s%lu were allocated: nothing is freed\n",
				    region->name, caller, count, pfn,
				    nr_loose > count ? "more than " : "",
				    nr_loose > count ? count : nr_loose);
	else
		pr_warn_ratelimited("region %s: %ps frees %lu pages from pfn 0x%lx, where no driver's pages begin: nothing is freed\n",
				    region->name, caller, count, pfn);
}

static bool is_in(const struct lcma_region *region, unsigned long pfn)
{
	return pfn - region->carve.base_pfn < region->carve.nr_pages;
}

static bool free_in(struct lcma_region *region, unsigned long pfn,
		    unsigned long count, void *caller)
{
	const unsigned long start = pfn - region->carve.base_pfn;
	unsigned long nr_loose = 0, nr_pages;

	if (!is_in(region, pfn))
		return false;
	if (take_head(region, start)) {
		/* No driver has more than the region. */
		count = min(count, region->carve.nr_pages + 1);
		nr_loose = count_loose(region, start, count);
		if (nr_loose != count)
			leave_head(region, start);
	}
	if (!nr_loose || nr_loose != count) {
		complain(region, pfn, count, nr_loose, caller);
		return false;
	}
	nr_pages = ALIGN(count, region->granule_pages);
	take_back(region, start, nr_pages);
	lcma_retire(region, start, nr_pages, LCMA_BUSY, LCMA_GIVE_LATER);
	return true;
}

static bool free_pages_of(struct lcma_region *region, struct page *pages,
			  unsigned long count, void *caller)
{
	unsigned long pfn;
	unsigned int i;

	if (!pages)
		return false;
	pfn = page_to_pfn(pages);
	if (region)
		return free_in(region, pfn, count, caller);
	lcma_for_each_region(region, i)
		if (is_in(region, pfn))
			return free_in(region, pfn, count, caller);
	return false;
}

/**
 * lcma_free_pages - free what lcma_alloc_pages() gave
 * @region: where; NULL: in whatever region it is
 * @pages: the first page
 * @count: how many pages were asked for
 *
 * A wrong count frees nothing: neither a part of what was allocated, nor two
 * neighbours at once. The log names the caller.
 *
 * Context: any but hard interrupts.
 * Return: false, and nothing is freed, unless the range is exactly one that a
 * driver got, and has not given back.
 */
bool lcma_free_pages(struct lcma_region *region, struct page *pages,
		     unsigned long count)
{
	return free_pages_of(region, pages, count, __builtin_return_address(0));
}
EXPORT_SYMBOL_NS_GPL(lcma_free_pages, LCMA_NS);

/**
 * lcma_alloc_from_contiguous - allocate contiguous pages for a device
 * @dev: the device; its region is used, or, if it has none, any
 * @count: how many pages, at least 1
 * @align_order: the physical address is a multiple of 2^align_order pages
 * @flags: LCMA_NOWAIT, LCMA_QUIET, LCMA_ZERO
 *
 * As dma_alloc_from_contiguous(), but it tells why it failed.
 *
 * Context: as lcma_alloc_pages().
 * Return: as lcma_alloc_pages().
 */
struct page *lcma_alloc_from_contiguous(struct device *dev, size_t count,
					unsigned int align_order,
					unsigned int flags)
{
	return lcma_alloc_pages(lcma_device_region(dev), count, align_order,
				flags);
}
EXPORT_SYMBOL_NS_GPL(lcma_alloc_from_contiguous, LCMA_NS);

/**
 * lcma_release_from_contiguous - free what lcma_alloc_from_contiguous() gave
 * @dev: the device
 * @pages: the first page
 * @count: how many pages were asked for
 *
 * Context: any but hard interrupts.
 * Return: false, and nothing is freed, as lcma_free_pages().
 */
bool lcma_release_from_contiguous(struct device *dev, struct page *pages,
				  size_t count)
{
	return free_pages_of(lcma_device_region(dev), pages, count,
			     __builtin_return_address(0));
}
EXPORT_SYMBOL_NS_GPL(lcma_release_from_contiguous, LCMA_NS);

/**
 * lcma_buffer_alloc - allocate a buffer with an owner and a label
 * @region: where; NULL: in the first region that can
 * @params: what is wanted
 *
 * The memory is zeroed. The buffer is listed beside all others, with the
 * current task as its owner; nobody's quota is charged.
 *
 * Context: process, may sleep.
 * Return: the buffer with one reference; ERR_PTR as lcma_alloc_pages(), and
 * -ENOBUFS no memory for structures; -ETIMEDOUT.
 */
struct lcma_buffer *lcma_buffer_alloc(struct lcma_region *region,
				      const struct lcma_buffer_params *params)
{
	const u64 align_bytes = params->align_bytes ?: 1;
	struct lcma_order order = {
		.request = {
			.region = region,
			.flags = request_flags(params->flags),
			.deadline = LCMA_FOREVER,
		},
		.label = params->label ?: "",
		.owner = LCMA_OWNER_KERNEL,
	};

	if (params->flags & ~LCMA_QUIET)
		return ERR_PTR(-EOPNOTSUPP);
	if (!params->bytes || !lcma_is_pow2(align_bytes) ||
	    !lcma_label_is_valid(order.label))
		return ERR_PTR(-EINVAL);
	if (params->bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return ERR_PTR(-EFBIG);
	if (align_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return ERR_PTR(-ENOSPC);
	order.request.nr_pages = PFN_UP(params->bytes);
	order.request.align_pages = max_t(unsigned long, 1,
					  align_bytes >> PAGE_SHIFT);
	if (params->timeout_ms)
		order.request.deadline = ktime_add_ms(ktime_get(),
						      params->timeout_ms);
	return lcma_buffer_new(&order);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_alloc, LCMA_NS);

/**
 * lcma_buffer_get - one more reference
 * @buffer: the buffer
 *
 * Context: any.
 */
void lcma_buffer_get(struct lcma_buffer *buffer)
{
	lcma_buffer_hold(buffer);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_get, LCMA_NS);

/**
 * lcma_buffer_put - one reference less; the last one frees the memory
 * @buffer: the buffer
 *
 * Context: process, may sleep.
 */
void lcma_buffer_put(struct lcma_buffer *buffer)
{
	lcma_buffer_drop(buffer);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_put, LCMA_NS);

/**
 * lcma_buffer_phys - where a buffer is
 * @buffer: the buffer
 *
 * For a device use dma_map_page(), or the dma-buf.
 *
 * Context: any.
 * Return: physical address.
 */
phys_addr_t lcma_buffer_phys(const struct lcma_buffer *buffer)
{
	return buffer->facts.phys;
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_phys, LCMA_NS);

/**
 * lcma_buffer_bytes - how large a buffer is
 * @buffer: the buffer
 *
 * Context: any.
 * Return: bytes, a multiple of the page size.
 */
u64 lcma_buffer_bytes(const struct lcma_buffer *buffer)
{
	return buffer->facts.bytes;
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_bytes, LCMA_NS);

/**
 * lcma_buffer_pages - a buffer's pages
 * @buffer: the buffer
 *
 * Context: any.
 * Return: the first of lcma_buffer_bytes() / PAGE_SIZE pages.
 */
struct page *lcma_buffer_pages(const struct lcma_buffer *buffer)
{
	return pfn_to_page(lcma_buffer_pfn(buffer));
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_pages, LCMA_NS);

/**
 * lcma_buffer_export - a dma-buf of a buffer
 * @buffer: the buffer
 *
 * The dma-buf has a reference of its own; the caller may let go of its own. As long
 * as anybody holds the dma-buf, another call returns the same one, so that a
 * synchronisation reaches all devices of the buffer.
 *
 * Context: process, may sleep.
 * Return: the dma-buf with one reference; ERR_PTR: -ENOBUFS no memory for
 * structures; -ENFILE, or what else dma_buf_export() returns.
 */
struct dma_buf *lcma_buffer_export(struct lcma_buffer *buffer)
{
	return lcma_dmabuf_export(buffer, O_RDWR);
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_export, LCMA_NS);
