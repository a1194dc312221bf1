// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel API: see include/linux/lcma.h. A way in like any other: it hands on
 * what drivers ask for.
 */
#include <linux/lcma.h>

#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/time64.h>

#include "alloc/request.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "buffer/loose.h"
#include "buffer/prepared.h"
#include "region/facts.h"
#include "region/region.h"

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
	const struct lcma_stats *stats;
	struct lcma_facts facts;

	lcma_facts_read(region, &facts);
	stats = &facts.stats;
	state->base = lcma_region_phys(region, 0);
	state->nr_pages = facts.nr_pages;
	state->unit_pages = facts.unit_pages;
	state->used_pages = facts.used_pages;
	state->pool_pages = facts.pool_pages;
	state->shared_pages = facts.shared_pages;
	state->busy_pages = facts.busy_pages;
	state->quarantined_pages = facts.quarantined_pages;
	state->largest_pages = facts.largest_pages;
	state->align_pages = facts.align_pages;
	state->granule_pages = facts.granule_pages;
	state->keep_low = facts.keep_low;
	state->keep_high = facts.keep_high;
	state->decay_ms = facts.decay_ms;
	state->claimed_pages = facts.claimed_pages;
	state->pool_zero_pages = facts.pool_zero_pages;
	state->running_claims = facts.running_claims;
	state->wedge = facts.wedge;
	state->wedged_pages = facts.wedged_pages;
	state->prepared_pages = facts.prepared_pages;
	state->prepares = stats->prepares;
	state->prepares_used = stats->prepares_used;
	state->prepares_over = stats->prepares_over;
	state->address_bits = facts.address_bits;
	state->cache = facts.cache;
	state->allocs = stats->allocs;
	state->frees = stats->frees;
	state->failures = stats->failures;
	state->pool_hits = stats->pool_hits;
	state->pool_hits_zero = stats->pool_hits_zero;
	state->spared_pages = stats->spared_pages;
	state->refilled_pages = stats->refilled_pages;
	state->decayed_pages = stats->decayed_pages;
	state->shrunk_pages = stats->shrunk_pages;
	state->zeroed_pages = stats->zeroed_pages;
	state->claims = stats->claims;
	state->claims_failed = stats->claims_failed;
	state->claims_late = stats->claims_late;
	state->claim_max_us = div_u64(stats->claim_max_ns, NSEC_PER_USEC);
}
EXPORT_SYMBOL_NS_GPL(lcma_region_describe, LCMA_NS);

/**
 * lcma_region_prepare - empty memory ahead of time
 * @region: where; NULL: in the first region that is large enough
 * @params: how much, and when
 *
 * A worker empties and zeroes one run, and holds it until an allocation uses it or the
 * time is over. Any allocation in the region may use it that fits and needs more than
 * half of it; one that would fail otherwise may, too. No quota is charged.
 *
 * Context: process, may sleep.
 * Return: 0: it has begun, or with LCMA_WAIT: the memory is there; -EOPNOTSUPP unknown
 * flag; -EINVAL an alignment that is no power of two, a malformed label, a time that is
 * too long; -ENOENT the region was drained; -EFBIG larger than the region; -ENOBUFS no
 * memory for structures, or 8 preparations in the region; with LCMA_WAIT also as
 * lcma_alloc_pages(), and -ETIMEDOUT not within the time.
 */
int lcma_region_prepare(struct lcma_region *region,
			const struct lcma_prepare_params *params)
{
	const struct lcma_ask ask = {
		.region = region,
		.bytes = params->bytes,
		.align_bytes = params->align_bytes,
		.timeout_ms = params->within_ms,
		.flags = params->flags,
		.known_flags = LCMA_WAIT | LCMA_QUIET,
		.owner = LCMA_OWNER_KERNEL,
		.label = params->label,
	};

	return params->bytes ? lcma_prepared_new(&ask, params->hold_ms, NULL) :
			       lcma_prepared_cancel(&ask, NULL);
}
EXPORT_SYMBOL_NS_GPL(lcma_region_prepare, LCMA_NS);

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
 * Return: the first page; ERR_PTR: -EOPNOTSUPP unknown flag, or the region has no-map
 * memory or cache=, so serves buffers only; -EINVAL no pages,
 * or an alignment beyond any address; -ENOENT the region was drained;
 * -EFBIG larger than the region; -ENOSPC no unused run that fits; -EBUSY every
 * one held a page that could not be moved; -ENOMEM nowhere to move one to;
 * -EAGAIN with LCMA_NOWAIT: none in the pool; -EINTR killed.
 */
struct page *lcma_alloc_pages(struct lcma_region *region, unsigned long count,
			      unsigned int align_order, unsigned int flags)
{
	return lcma_alloc_pages_within(region, count, align_order, flags, NULL);
}
EXPORT_SYMBOL_NS_GPL(lcma_alloc_pages, LCMA_NS);

/**
 * lcma_alloc_pages_within - allocate contiguous pages where a device reaches them
 * @region: where; NULL: in the first region that can
 * @count: how many pages, at least 1
 * @align_order: the physical address is a multiple of 2^align_order pages
 * @flags: LCMA_NOWAIT, LCMA_QUIET, LCMA_ZERO
 * @limits: where in physical memory they may lie; NULL: anywhere
 *
 * Otherwise as lcma_alloc_pages(); lcma_free_pages() frees them.
 *
 * Context: as lcma_alloc_pages().
 * Return: as lcma_alloc_pages(), and -EINVAL for limits that are no multiple of the
 * page size, no power of two, or too small for @count; -ENOSPC also if no run that fits
 * lies there.
 */
struct page *lcma_alloc_pages_within(struct lcma_region *region,
				     unsigned long count,
				     unsigned int align_order,
				     unsigned int flags,
				     const struct lcma_limits *limits)
{
	struct lcma_ask ask = {
		.region = region,
		.nr_pages = count,
		.align_order = align_order,
		.flags = flags,
		.known_flags = LCMA_NOWAIT | LCMA_QUIET | LCMA_ZERO,
		.owner = LCMA_OWNER_KERNEL,
	};
	/* What makes it writes all that counts. */
	struct lcma_request request __uninitialized;
	int err;

	if (limits)
		ask.limits = *limits;
	err = lcma_request_make(&ask, &request);
	return err ? ERR_PTR(err) : lcma_loose_alloc(&request);
}
EXPORT_SYMBOL_NS_GPL(lcma_alloc_pages_within, LCMA_NS);

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
	return lcma_loose_free(region, pages, count, __builtin_return_address(0));
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
	return lcma_loose_free(lcma_device_region(dev), pages, count,
			       __builtin_return_address(0));
}
EXPORT_SYMBOL_NS_GPL(lcma_release_from_contiguous, LCMA_NS);

/**
 * lcma_buffer_alloc - allocate a buffer with an owner and a label
 * @region: where; NULL: where @params->regions says
 * @params: what is wanted
 *
 * The memory is zeroed. The buffer is listed beside all others, with the
 * current task as its owner; no quota is charged.
 *
 * Context: process, may sleep.
 * Return: the buffer with one reference; ERR_PTR as lcma_alloc_pages(), and
 * -ENOBUFS no memory for structures; -ETIMEDOUT.
 */
struct lcma_buffer *lcma_buffer_alloc(struct lcma_region *region,
				      const struct lcma_buffer_params *params)
{
	const struct lcma_ask ask = {
		.region = region,
		.region_name = params->regions,
		.bytes = params->bytes,
		.align_bytes = params->align_bytes,
		.limits = params->limits,
		.timeout_ms = params->timeout_ms,
		.flags = params->flags,
		.known_flags = LCMA_QUIET,
		.owner = LCMA_OWNER_KERNEL,
		.label = params->label,
	};
	struct lcma_request request;
	int err = lcma_request_make(&ask, &request);

	return err ? ERR_PTR(err) : lcma_buffer_new(&request, NULL);
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
	lcma_buffer_ref(buffer);
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
	lcma_buffer_unref(buffer);
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
 * Return: the first of lcma_buffer_bytes() / PAGE_SIZE pages; ERR_PTR: -EOPNOTSUPP the
 * region has no-map memory, or cache=, so that no page of it may be mapped cached.
 */
struct page *lcma_buffer_pages(const struct lcma_buffer *buffer)
{
	if (!lcma_carve_serves_pages(&buffer->run.region->carve))
		return ERR_PTR(-EOPNOTSUPP);
	return pfn_to_page(lcma_buffer_pfn(buffer));
}
EXPORT_SYMBOL_NS_GPL(lcma_buffer_pages, LCMA_NS);

/**
 * lcma_buffer_export - a dma-buf of a buffer
 * @buffer: the buffer
 *
 * The dma-buf has a reference of its own; the caller may let go of its own. As long
 * as the dma-buf has a holder, another call returns the same one, so that a
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
