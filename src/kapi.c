// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel API: see include/linux/lcma.h. A front end like any other: it
 * turns what drivers ask for into requests, and guards against what they get
 * wrong.
 */
#include <linux/lcma.h>

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/lockdep.h>
#include <linux/mm.h>

#include "alloc.h"
#include "buffer.h"
#include "dmabuf.h"
#include "pool.h"
#include "quarantine.h"
#include "region.h"

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

/* The pages of a range are a driver's, who has no buffer for them. */
static void hand_out(const struct lcma_run *run)
{
	const unsigned long end = run->start + run->nr_pages;
	struct lcma_region *region = run->region;
	unsigned long at = run->start, flags, nr;

	for (; at < end; at += nr) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
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
 * Return: the first page; ERR_PTR: -EINVAL; -ENOENT the region was drained;
 * -E2BIG larger than the region; -ENOSPC no unused run that fits; -EBUSY every
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
	};
	struct lcma_run run;
	int err;

	if (flags & ~(LCMA_NOWAIT | LCMA_QUIET | LCMA_ZERO) ||
	    align_order >= BITS_PER_LONG - 1)
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
	hand_out(&run);
	return pfn_to_page(lcma_region_pfn(run.region, run.start));
}
EXPORT_SYMBOL_NS_GPL(lcma_alloc_pages, LCMA_NS);

/* Under the lock: a piece leaves its driver, busy, if the driver holds all of it. */
static bool take_piece(struct lcma_region *region, unsigned long start,
		       unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;

	lockdep_assert_held(&region->lock);
	if (find_next_zero_bit(region->loose, end, start) < end)
		return false;
	bitmap_clear(region->loose, start, nr_pages);
	lcma_region_move(region, start, nr_pages, LCMA_USED, LCMA_BUSY);
	return true;
}

/* Pages go back to their driver. */
static void leave_to_driver(struct lcma_region *region, unsigned long start,
			    unsigned long nr_pages)
{
	unsigned long flags, nr;

	for (; nr_pages; nr_pages -= nr, start += nr) {
		nr = min(nr_pages, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		lcma_region_move(region, start, nr, LCMA_BUSY, LCMA_USED);
		bitmap_set(region->loose, start, nr);
		lcma_region_unlock(region, flags);
	}
}

/*
 * They leave their driver, busy, all of them, or none if it does not hold all of
 * them. Of a long range piece by piece: of two frees that overlap, neither may get
 * what it wants.
 */
static bool take_back(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages)
{
	const unsigned long end = start + nr_pages;
	unsigned long at = start, flags, nr;
	bool is_held = true;

	while (is_held && at < end) {
		nr = min(end - at, LCMA_HOLD_PAGES);
		lcma_region_lock(region, &flags);
		is_held = take_piece(region, at, nr);
		if (is_held)
			at += nr;
		if (at == end)
			region->stats.frees++;
		lcma_region_unlock(region, flags);
	}
	if (!is_held)
		leave_to_driver(region, start, at - start);
	return is_held;
}

static bool free_in(struct lcma_region *region, unsigned long pfn,
		    unsigned long count)
{
	const unsigned long base_pfn = region->carve.base_pfn;
	const unsigned long nr_pages = region->carve.nr_pages;

	if (pfn < base_pfn || pfn - base_pfn >= nr_pages)
		return false;
	count = ALIGN(count, region->granule_pages);
	if (!count || count > nr_pages - (pfn - base_pfn) ||
	    !take_back(region, pfn - base_pfn, count))
		return false;
	lcma_retire(region, pfn - base_pfn, count, LCMA_BUSY, LCMA_GIVE_LATER);
	return true;
}

/**
 * lcma_free_pages - free what lcma_alloc_pages() gave
 * @region: where; NULL: in whatever region it is
 * @pages: the first page
 * @count: how many pages were asked for
 *
 * Context: any but hard interrupts.
 * Return: false, and nothing is freed, if the range is not (or no longer) one
 * that a driver holds.
 */
bool lcma_free_pages(struct lcma_region *region, struct page *pages,
		     unsigned long count)
{
	unsigned long pfn;
	unsigned int i;

	if (!pages)
		return false;
	pfn = page_to_pfn(pages);
	if (region)
		return free_in(region, pfn, count);
	lcma_for_each_region(region, i)
		if (free_in(region, pfn, count))
			return true;
	return false;
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
 * Return: false, and nothing is freed, if the range is not ours.
 */
bool lcma_release_from_contiguous(struct device *dev, struct page *pages,
				  size_t count)
{
	return lcma_free_pages(lcma_device_region(dev), pages, count);
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

	if (params->flags & ~LCMA_QUIET || !params->bytes ||
	    !lcma_is_pow2(align_bytes) || !lcma_label_is_valid(order.label) ||
	    strlen(order.label) >= LCMA_LABEL_BYTES)
		return ERR_PTR(-EINVAL);
	if (params->bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return ERR_PTR(-E2BIG);
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
 * The dma-buf has a reference of its own; the caller may let go of his. One
 * buffer can be exported once at a time only as far as caches are concerned:
 * each dma-buf synchronises the devices that are attached to it.
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
