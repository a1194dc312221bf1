// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pieces: see piece.h.
 *
 * How memory is mapped for the CPU follows from what is legal, and from what the
 * kernel does itself for a device of the same kind:
 *
 *	the device is coherent		the kernel's own mapping; of HIGHMEM one more
 *	it is not, 32-bit ARM, lowmem	nothing is legal: left to the kernel
 *	it is not, else			one more mapping, uncached or write-combining,
 *					after the cache has been cleaned and invalidated
 *	without a kernel mapping	as above, but for the mapping
 *	dma_alloc_pages() and the like	cached; the driver uses the kernel's own mapping, so
 *					HIGHMEM is left to the kernel
 *	no-map memory			the region's one mapping, if it is as the device needs it
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/piece.h"

#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "alloc/request.h"
#include "buffer/buffer.h"
#include "buffer/limit.h"
#include "buffer/mapping.h"
#include "compat/dmaops.h"
#include "fault.h"
#include "front/dma.h"
#include "page/cache.h"

/* The kernel aligns its own to their size, up to this (CONFIG_CMA_ALIGNMENT). */
#define MAX_ALIGN_BYTES		SZ_1M

/**
 * enum way - how the CPU gets at a piece
 * @WAY_NONE: not at all: it may not be mapped as the device needs it
 * @WAY_PAGE: by its pages
 * @WAY_LINEAR: by the kernel's own mapping
 * @WAY_VMAP: by one more mapping
 * @WAY_FRAMES: by the region's one mapping: it has no pages
 */
enum way {
	WAY_NONE,
	WAY_PAGE,
	WAY_LINEAR,
	WAY_VMAP,
	WAY_FRAMES,
};

/* Freed where nothing may sleep; each of them keeps the module. */
static LLIST_HEAD(dying);
static atomic_t nr_dying;
static DEFINE_MUTEX(reap_lock);		/* one that frees them at a time */

static void free_piece(struct lcma_piece *piece)
{
	struct lcma_dma_client *client = piece->client;

	if (piece->vaddr)
		vunmap(piece->vaddr);
	atomic_long_sub(piece->buffer->facts.bytes, &client->nr_bytes);
	atomic_dec(&piece->buffer->nr_pins);
	lcma_buffer_unref(piece->buffer);
	kfree(piece);
	/*
	 * Whoever meets 0 may free the client, so nothing above may come later. After the
	 * module_put() an unload can begin; what is left here are the instructions of
	 * some returns, while it still has all its regions to drain.
	 */
	(void)atomic_dec_return_release(&client->nr_pieces);
	module_put(THIS_MODULE);
}

/**
 * lcma_pieces_reap - free what was freed where nothing may sleep
 *
 * Context: process, may sleep.
 */
void lcma_pieces_reap(void)
{
	struct lcma_piece *piece, *next;

	if (!atomic_read(&nr_dying))
		return;
	mutex_lock(&reap_lock);
	llist_for_each_entry_safe(piece, next, llist_del_all(&dying), dying) {
		free_piece(piece);
		atomic_dec(&nr_dying);
	}
	mutex_unlock(&reap_lock);
}

static void reap_later(struct work_struct *work)
{
	lcma_pieces_reap();
}

static DECLARE_WORK(reap_work, reap_later);

/**
 * lcma_pieces_reap_stop - wait until all that was freed is free
 *
 * Context: while the module unloads; may sleep. No device has our operations.
 */
void lcma_pieces_reap_stop(void)
{
	flush_work(&reap_work);
}

/*
 * dma_free_coherent() is legal with a spinlock held, and only some kernels can tell
 * whether one is.
 */
static bool may_sleep_here(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) && preemptible();
}

/**
 * lcma_piece_drop - free a piece
 * @piece: the piece, taken
 *
 * Context: any but hard interrupts; where nothing may sleep, a worker frees it.
 */
void lcma_piece_drop(struct lcma_piece *piece)
{
	if (may_sleep_here()) {
		free_piece(piece);
		return;
	}
	atomic_inc(&nr_dying);
	llist_add(&piece->dying, &dying);
	schedule_work(&reap_work);
}

static void say_why(struct lcma_dma_client *client, enum lcma_dma_why why,
		    size_t size_bytes)
{
	static const char * const texts[LCMA_NR_DMA_WHY] = {
		[LCMA_DMA_ATTRIBUTES] =
			"it needs memory that the kernel does not map as cached; this region's may not be mapped so (a region in HIGHMEM may)",
		[LCMA_DMA_REACH] =
			"it does not reach the region; see its DMA mask, and the bus's",
		[LCMA_DMA_FAILED] =
			"no region had it; the regions' failures say why",
	};

	if (!texts[why] || test_and_set_bit(why, &client->said))
		return;
	dev_notice(client->dev, "lcma: %zu bytes are left to the kernel: %s. Said once\n",
		   size_bytes, texts[why]);
}

static void leave(struct lcma_dma_client *client, enum lcma_dma_why why,
		  size_t size_bytes)
{
	atomic_inc(&client->nr_left[why]);
	say_why(client, why, size_bytes);
}

/*
 * Memory that the kernel does not map has one mapping, which cache= says. One that is
 * cached is for devices that see the CPU's caches.
 */
static enum way choose_frames_way(const struct lcma_carve *carve,
				  bool is_coherent, bool is_cached)
{
	if (is_cached || (carve->cache == LCMA_CACHE_WB && !is_coherent))
		return WAY_NONE;
	return WAY_FRAMES;
}

static enum way choose_way(struct device *dev, const struct lcma_region *region,
			   unsigned long attrs, bool is_cached)
{
	const struct lcma_carve *carve = &region->carve;
	const bool is_high = lcma_carve_is_high(carve);
	const bool is_coherent = dev_is_dma_coherent(dev);

	if (!carve->has_pages)
		return choose_frames_way(carve, is_coherent, is_cached);
	if (!lcma_carve_serves_pages(carve))
		return WAY_NONE;
	if (is_cached)
		return is_high ? WAY_NONE : WAY_PAGE;
	if (!is_coherent && !is_high && !LCMA_MAY_REMAP_LOWMEM)
		return WAY_NONE;
	if (attrs & DMA_ATTR_NO_KERNEL_MAPPING)
		return WAY_PAGE;
	return is_coherent && !is_high ? WAY_LINEAR : WAY_VMAP;
}

static pgprot_t protection(struct device *dev, pgprot_t prot,
			   unsigned long attrs)
{
	if (dev_is_dma_coherent(dev))
		return prot;
	return attrs & DMA_ATTR_WRITE_COMBINE ? pgprot_writecombine(prot) :
						pgprot_dmacoherent(prot);
}

/**
 * lcma_piece_protection - how a piece is mapped for a program
 * @piece: the piece
 * @prot: how ordinary memory would be
 * @attrs: the attributes of the DMA API
 *
 * Context: any.
 * Return: as the kernel's own mapping of the piece is.
 */
pgprot_t lcma_piece_protection(const struct lcma_piece *piece, pgprot_t prot,
			       unsigned long attrs)
{
	if (piece->buffer->run.region->carve.has_pages)
		return protection(piece->client->dev, prot, attrs);
	return lcma_mapping_protection(piece->buffer, prot);
}

/* The device's name, as a label. */
static void label_for(struct device *dev, char label[LCMA_LABEL_BYTES])
{
	char *c;

	strscpy(label, dev_name(dev), LCMA_LABEL_BYTES);
	for (c = label; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '?';
}

static struct lcma_buffer *new_buffer(struct lcma_dma_client *client,
				      struct lcma_region *region,
				      const struct lcma_limits *limits,
				      size_t size_bytes, gfp_t gfp,
				      unsigned long attrs)
{
	const bool is_quiet = (gfp & __GFP_NOWARN) || (attrs & DMA_ATTR_NO_WARN);
	char label[LCMA_LABEL_BYTES];
	const struct lcma_ask ask = {
		.region = region,
		.bytes = size_bytes,
		.align_bytes = min_t(u64, roundup_pow_of_two(size_bytes),
				     MAX_ALIGN_BYTES),
		.limits = *limits,
		.timeout_ms = client->rule.timeout_ms,
		.flags = (gfpflags_allow_blocking(gfp) ? 0 : LCMA_NOWAIT) |
			 (is_quiet ? LCMA_QUIET : 0),
		.known_flags = LCMA_NOWAIT | LCMA_QUIET,
		.owner = LCMA_OWNER_KERNEL,
		.label = label,
	};
	struct lcma_request request;
	struct lcma_buffer *buffer;
	unsigned int scope;
	int err;

	label_for(client->dev, label);
	err = lcma_request_make(&ask, &request);
	if (err)
		return ERR_PTR(err);
	/* What the caller forbids, nothing below may do. */
	if (!gfpflags_allow_blocking(gfp) || (gfp & __GFP_FS))
		return lcma_buffer_new(&request, NULL);
	if (gfp & __GFP_IO) {
		scope = memalloc_nofs_save();
		buffer = lcma_buffer_new(&request, NULL);
		memalloc_nofs_restore(scope);
	} else {
		scope = memalloc_noio_save();
		buffer = lcma_buffer_new(&request, NULL);
		memalloc_noio_restore(scope);
	}
	return buffer;
}

/* Return: 0; -ENOMEM. */
static int open_way(struct device *dev, struct lcma_piece *piece, enum way way,
		    unsigned long attrs)
{
	const struct lcma_buffer_facts *facts = &piece->buffer->facts;
	const struct lcma_run *run = &piece->buffer->run;
	struct page *page;

	if (way == WAY_FRAMES) {
		piece->cookie = run->region->carve.vaddr +
				(run->start << PAGE_SHIFT);
		return 0;
	}
	page = pfn_to_page(lcma_buffer_pfn(piece->buffer));
	/* No line of the cached mapping may stay, neither dirty nor old. */
	if (way != WAY_LINEAR && !dev_is_dma_coherent(dev))
		lcma_cache_for_cpu(facts->phys, facts->bytes);
	if (way == WAY_VMAP) {
		piece->vaddr = lcma_mapping_pages(piece->buffer,
						  protection(dev, PAGE_KERNEL, attrs));
		piece->cookie = piece->vaddr;
	} else {
		piece->cookie = way == WAY_PAGE ? page : page_address(page);
	}
	return piece->cookie ? 0 : -ENOMEM;
}

static void enlist(struct lcma_dma_client *client, struct lcma_piece *piece)
{
	unsigned long flags;

	atomic_inc(&client->nr_pieces);
	atomic_inc(&client->nr_allocs);
	atomic_long_add(piece->buffer->facts.bytes, &client->nr_bytes);
	atomic_inc(&piece->buffer->nr_pins);
	spin_lock_irqsave(&client->lock, flags);
	hash_add(client->pieces, &piece->node,
		 (unsigned long)(piece->handle >> PAGE_SHIFT));
	spin_unlock_irqrestore(&client->lock, flags);
}

/* Under client->lock. */
static struct lcma_piece *find_piece(struct lcma_dma_client *client,
				     dma_addr_t handle)
{
	struct lcma_piece *piece;

	hash_for_each_possible(client->pieces, piece, node,
			       (unsigned long)(handle >> PAGE_SHIFT))
		if (piece->handle == handle)
			return piece;
	return NULL;
}

/*
 * A buffer out of one region. Where nothing may sleep, nothing after the buffer can
 * fail: is_possible() has looked.
 * Return: the piece; ERR_PTR: -EFAULT out of reach; -ENODEV the module is being
 * unloaded; or what lcma_buffer_new() returns.
 */
static struct lcma_piece *piece_in(struct lcma_dma_client *client,
				   struct lcma_region *region, enum way way,
				   size_t size_bytes, gfp_t gfp,
				   unsigned long attrs)
{
	const bool may_sleep = gfpflags_allow_blocking(gfp);
	struct device *dev = client->dev;
	struct lcma_limits limits;
	struct lcma_piece *piece;
	int err;

	if (lcma_limit_of(dev, region, &limits) == LCMA_REACHES_NONE)
		return ERR_PTR(-EFAULT);
	/* A device that has a driver holds the module; one that is left may not. */
	if (!try_module_get(THIS_MODULE))
		return ERR_PTR(-ENODEV);
	piece = lcma_fault(DMA_PIECE) ? NULL :
		kzalloc(sizeof(*piece), may_sleep ? GFP_KERNEL : GFP_ATOMIC);
	if (!piece) {
		err = -ENOBUFS;
		goto err_put_module;
	}
	piece->client = client;
	piece->size_bytes = size_bytes;
	piece->buffer = new_buffer(client, region, &limits, size_bytes, gfp, attrs);
	if (IS_ERR(piece->buffer)) {
		err = PTR_ERR(piece->buffer);
		goto err_free;
	}
	piece->handle = phys_to_dma(dev, piece->buffer->facts.phys);
	err = open_way(dev, piece, way, attrs);
	if (err)
		goto err_drop;
	enlist(client, piece);
	return piece;

err_drop:
	lcma_buffer_unref(piece->buffer);
err_free:
	kfree(piece);
err_put_module:
	module_put(THIS_MODULE);
	return ERR_PTR(err);
}

/* May a request be served out of a region? Return: false, and why not. */
static bool is_possible(struct lcma_dma_client *client,
			const struct lcma_region *region, enum way way,
			bool may_sleep, enum lcma_dma_why *why)
{
	if (way == WAY_NONE)
		*why = LCMA_DMA_ATTRIBUTES;
	else if (lcma_limit_region(client->dev, region) == LCMA_REACHES_NONE)
		*why = LCMA_DMA_REACH;
	else if (!may_sleep && way == WAY_VMAP)
		*why = LCMA_DMA_ATOMIC;
	else
		return true;
	return false;
}

/* Why a region had nothing. A region of which a device reaches a part may be full there. */
static enum lcma_dma_why why_not(int err, bool may_sleep)
{
	if (err == -EFAULT)
		return LCMA_DMA_REACH;
	return may_sleep ? LCMA_DMA_FAILED : LCMA_DMA_ATOMIC;
}

/**
 * lcma_piece_new - memory for a request of the DMA API
 * @client: whose
 * @size_bytes: how much
 * @gfp: what the caller allows
 * @attrs: attributes of the DMA API
 * @is_cached: for dma_alloc_pages() and the like
 *
 * Context: as @gfp says.
 * Return: a piece; NULL: the request is the kernel's, and is counted so.
 */
struct lcma_piece *lcma_piece_new(struct lcma_dma_client *client,
				  size_t size_bytes, gfp_t gfp,
				  unsigned long attrs, bool is_cached)
{
	const bool may_sleep = gfpflags_allow_blocking(gfp);
	const struct lcma_rule *rule = &client->rule;
	enum lcma_dma_why why = LCMA_DMA_SMALL;
	struct device *dev = client->dev;
	struct lcma_piece *piece;
	unsigned int i, turn;
	enum way way;

	/* A device of an older rule. */
	if (!rule->list.nr)
		return NULL;
	lcma_dma_regroup(client);
	if (size_bytes < rule->min_bytes || !size_bytes)
		goto leave;
	/* Cleaning a cache takes too long where nothing may sleep. */
	why = LCMA_DMA_ATOMIC;
	if (!may_sleep && !is_cached && !dev_is_dma_coherent(dev))
		goto leave;
	if (may_sleep)
		lcma_pieces_reap();
	turn = atomic_read(&client->nr_allocs);
	for (i = 0; i < rule->list.nr; i++) {
		struct lcma_region *region =
			client->regions[lcma_list_nth(&rule->list, i, turn)];

		way = choose_way(dev, region, attrs, is_cached);
		if (!is_possible(client, region, way, may_sleep, &why))
			continue;
		piece = piece_in(client, region, way, size_bytes, gfp, attrs);
		if (!IS_ERR(piece))
			return piece;
		why = why_not(PTR_ERR(piece), may_sleep);
	}
leave:
	leave(client, why, size_bytes);
	return NULL;
}

static struct lcma_piece *look_up(struct lcma_dma_client *client, dma_addr_t handle,
				  bool take)
{
	struct lcma_piece *piece;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	piece = find_piece(client, handle);
	if (piece && take)
		hash_del(&piece->node);
	spin_unlock_irqrestore(&client->lock, flags);
	return piece;
}

/**
 * lcma_piece_take - take a piece out of its client's list
 * @client: whose
 * @handle: where the device sees it
 *
 * From then on the caller owns it: of two frees, one gets it.
 *
 * Context: any.
 * Return: the piece; NULL: it is no piece, so it is the kernel's.
 */
struct lcma_piece *lcma_piece_take(struct lcma_dma_client *client, dma_addr_t handle)
{
	return look_up(client, handle, true);
}

/**
 * lcma_piece_look - a piece that its driver uses just now, and so does not free
 * @client: whose
 * @handle: where the device sees it
 *
 * Context: any.
 * Return: the piece; NULL: it is no piece, so it is the kernel's.
 */
struct lcma_piece *lcma_piece_look(struct lcma_dma_client *client, dma_addr_t handle)
{
	return look_up(client, handle, false);
}
