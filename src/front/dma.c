// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA operations of devices that a rule names: see dma.h. Which devices these are
 * is bind.c's.
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
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/dma.h"

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/llist.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/scatterlist.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "alloc/request.h"
#include "buffer/buffer.h"
#include "buffer/limit.h"
#include "compat/dmamap.h"
#include "compat/dmaops.h"
#include "fault.h"
#include "page/cache.h"

/* The kernel aligns its own to their size, up to this (CONFIG_CMA_ALIGNMENT). */
#define MAX_ALIGN_BYTES		SZ_1M

/**
 * enum way - how the CPU gets at a piece
 * @WAY_NONE: not at all: it may not be mapped as the device needs it
 * @WAY_PAGE: by its pages
 * @WAY_LINEAR: by the kernel's own mapping
 * @WAY_VMAP: by one more mapping
 */
enum way {
	WAY_NONE,
	WAY_PAGE,
	WAY_LINEAR,
	WAY_VMAP,
};

/**
 * struct piece - a buffer as the DMA API knows it
 * @node: in client->pieces, under client->lock
 * @dying: in the list of those that are still to be freed
 * @client: whose
 * @buffer: the memory, with a reference
 * @handle: where the device sees it
 * @size_bytes: what was asked for
 * @cookie: what the driver got
 * @vaddr: a mapping of its own; or NULL
 */
struct piece {
	struct hlist_node node;
	struct llist_node dying;
	struct lcma_dma_client *client;
	struct lcma_buffer *buffer;
	dma_addr_t handle;
	size_t size_bytes;
	void *cookie;
	void *vaddr;
};

/* Freed where nothing may sleep; each of them keeps the module. */
static LLIST_HEAD(dying);
static atomic_t nr_dying;
static DEFINE_MUTEX(reap_lock);		/* one that frees them at a time */

/**
 * lcma_dma_why_word - what a reason is called
 * @why: which
 *
 * Return: a constant string.
 */
const char *lcma_dma_why_word(enum lcma_dma_why why)
{
	static const char * const words[LCMA_NR_DMA_WHY] = {
		[LCMA_DMA_SMALL] = "small",
		[LCMA_DMA_ATOMIC] = "atomic",
		[LCMA_DMA_ATTRIBUTES] = "attributes",
		[LCMA_DMA_REACH] = "reach",
		[LCMA_DMA_FAILED] = "failed",
	};

	return words[why];
}

static void free_piece(struct piece *piece)
{
	struct lcma_dma_client *client = piece->client;

	if (piece->vaddr)
		vunmap(piece->vaddr);
	atomic_long_sub(piece->buffer->facts.bytes, &client->nr_bytes);
	atomic_dec(&piece->buffer->nr_pins);
	lcma_buffer_unref(piece->buffer);
	kfree(piece);
	/* Whoever meets 0 may free the client. */
	atomic_dec(&client->nr_pieces);
	module_put(THIS_MODULE);
}

/**
 * lcma_dma_reap - free what was freed where nothing may sleep
 *
 * Context: process, may sleep.
 */
void lcma_dma_reap(void)
{
	struct piece *piece, *next;

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
	lcma_dma_reap();
}

static DECLARE_WORK(reap_work, reap_later);

/**
 * lcma_dma_reap_stop - wait until all that was freed is free
 *
 * Context: while the module unloads; may sleep. No device has our operations.
 */
void lcma_dma_reap_stop(void)
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

static void drop_piece(struct piece *piece)
{
	if (may_sleep_here()) {
		free_piece(piece);
		return;
	}
	atomic_inc(&nr_dying);
	llist_add(&piece->dying, &dying);
	schedule_work(&reap_work);
}

/* Which device is this call for? Our operations are found in it, so they are ours. */
static struct lcma_dma_client *client_of(struct device *dev)
{
	return container_of(get_dma_ops(dev), struct lcma_dma_client, ops);
}

/**
 * lcma_dma_shadow - what a call that is not for lcma is made with
 * @dev: a device with our operations
 *
 * Some drivers copy a device's operations to a child of theirs (remoteproc). A child
 * has no shadow, and its limits may differ: it gets the kernel's own way back.
 *
 * Context: any.
 * Return: a device without operations that sees memory as @dev does.
 */
struct device *lcma_dma_shadow(struct device *dev)
{
	struct lcma_dma_client *client = client_of(dev);

	if (client->dev != dev) {
		set_dma_ops(dev, NULL);
		return dev;
	}
	lcma_compat_shadow(&client->shadow, dev);
	return &client->shadow;
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

static enum way choose_way(struct device *dev, const struct lcma_region *region,
			   unsigned long attrs, bool is_cached)
{
	const bool is_high = lcma_carve_is_high(&region->carve);
	const bool is_coherent = dev_is_dma_coherent(dev);

	if (!lcma_carve_serves_pages(&region->carve))
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

static void *map_piece(struct lcma_buffer *buffer, pgprot_t prot)
{
	const unsigned long nr_pages = buffer->run.nr_pages;
	const unsigned long pfn = lcma_buffer_pfn(buffer);
	struct page **pages;
	unsigned long i;
	void *vaddr;

	pages = lcma_fault(DMA_VMAP_LIST) ? NULL :
		kvmalloc_array(nr_pages, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < nr_pages; i++)
		pages[i] = pfn_to_page(pfn + i);
	vaddr = lcma_fault(DMA_VMAP) ? NULL :
		vmap(pages, nr_pages, VM_MAP, prot);
	kvfree(pages);
	return vaddr;
}

/* Return: 0; -ENOMEM. */
static int open_way(struct device *dev, struct piece *piece, enum way way,
		    unsigned long attrs)
{
	const struct lcma_buffer_facts *facts = &piece->buffer->facts;
	struct page *page = pfn_to_page(lcma_buffer_pfn(piece->buffer));

	/* No line of the cached mapping may stay, neither dirty nor old. */
	if (way != WAY_LINEAR && !dev_is_dma_coherent(dev))
		lcma_cache_for_cpu(facts->phys, facts->bytes);
	if (way == WAY_VMAP) {
		piece->vaddr = map_piece(piece->buffer,
					 protection(dev, PAGE_KERNEL, attrs));
		piece->cookie = piece->vaddr;
	} else {
		piece->cookie = way == WAY_PAGE ? page : page_address(page);
	}
	return piece->cookie ? 0 : -ENOMEM;
}

static void enlist(struct lcma_dma_client *client, struct piece *piece)
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
static struct piece *find_piece(struct lcma_dma_client *client,
				dma_addr_t handle)
{
	struct piece *piece;

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
static struct piece *piece_in(struct lcma_dma_client *client,
			      struct lcma_region *region, enum way way,
			      size_t size_bytes, gfp_t gfp, unsigned long attrs)
{
	const bool may_sleep = gfpflags_allow_blocking(gfp);
	struct device *dev = client->dev;
	struct piece *piece;
	int err;

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
	piece->buffer = new_buffer(client, region, size_bytes, gfp, attrs);
	if (IS_ERR(piece->buffer)) {
		err = PTR_ERR(piece->buffer);
		goto err_free;
	}
	err = lcma_limit_reaches(dev, piece->buffer->facts.phys, piece->buffer->facts.bytes) ==
	      LCMA_REACHED_ALL ? 0 : -EFAULT;
	piece->handle = phys_to_dma(dev, piece->buffer->facts.phys);
	if (!err)
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
	const enum lcma_reached reach = lcma_limit_region(client->dev, region);

	if (way == WAY_NONE)
		*why = LCMA_DMA_ATTRIBUTES;
	else if (reach == LCMA_REACHED_NONE)
		*why = LCMA_DMA_REACH;
	else if (!may_sleep && (reach == LCMA_REACHED_PART || way == WAY_VMAP))
		*why = LCMA_DMA_ATOMIC;
	else
		return true;
	return false;
}

/* Return: a piece; NULL: the request is the kernel's. */
static struct piece *piece_new(struct device *dev, size_t size_bytes, gfp_t gfp,
			       unsigned long attrs, bool is_cached)
{
	struct lcma_dma_client *client = client_of(dev);
	const bool may_sleep = gfpflags_allow_blocking(gfp);
	const struct lcma_rule *rule = &client->rule;
	enum lcma_dma_why why = LCMA_DMA_SMALL;
	struct piece *piece;
	unsigned int i, turn;
	enum way way;

	/* A child that has copied our operations, or a device of an older rule. */
	if (client->dev != dev || !rule->nr_regions)
		return NULL;
	if (size_bytes < rule->min_bytes || !size_bytes)
		goto leave;
	/* Cleaning a cache takes too long where nothing may sleep. */
	why = LCMA_DMA_ATOMIC;
	if (!may_sleep && !is_cached && !dev_is_dma_coherent(dev))
		goto leave;
	if (may_sleep)
		lcma_dma_reap();
	turn = atomic_read(&client->nr_allocs);
	for (i = 0; i < rule->nr_regions; i++) {
		struct lcma_region *region =
			client->regions[lcma_rule_nth(rule, i, turn)];

		way = choose_way(dev, region, attrs, is_cached);
		if (!is_possible(client, region, way, may_sleep, &why))
			continue;
		piece = piece_in(client, region, way, size_bytes, gfp, attrs);
		if (!IS_ERR(piece))
			return piece;
		if (PTR_ERR(piece) == -EFAULT)
			why = LCMA_DMA_REACH;
		else
			why = may_sleep ? LCMA_DMA_FAILED : LCMA_DMA_ATOMIC;
	}
leave:
	leave(client, why, size_bytes);
	return NULL;
}

/* Take a piece out of its client's list; from then on the caller owns it. */
static struct piece *piece_take(struct device *dev, dma_addr_t handle)
{
	struct lcma_dma_client *client = client_of(dev);
	struct piece *piece;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	piece = find_piece(client, handle);
	if (piece)
		hash_del(&piece->node);
	spin_unlock_irqrestore(&client->lock, flags);
	return piece;
}

/* A piece that its driver uses just now, and so does not free. */
static struct piece *piece_look(struct device *dev, dma_addr_t handle)
{
	struct lcma_dma_client *client = client_of(dev);
	struct piece *piece;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	piece = find_piece(client, handle);
	spin_unlock_irqrestore(&client->lock, flags);
	return piece;
}

static void *op_alloc(struct device *dev, size_t size, dma_addr_t *handle,
		      gfp_t gfp, unsigned long attrs)
{
	struct piece *piece = piece_new(dev, size, gfp, attrs, false);

	if (!piece)
		return dma_alloc_attrs(lcma_dma_shadow(dev), size, handle, gfp,
				       attrs);
	*handle = piece->handle;
	return piece->cookie;
}

static void op_free(struct device *dev, size_t size, void *cookie,
		    dma_addr_t handle, unsigned long attrs)
{
	struct piece *piece = piece_take(dev, handle);

	if (piece)
		drop_piece(piece);
	else
		dma_free_attrs(lcma_dma_shadow(dev), size, cookie, handle, attrs);
}

static struct page *op_alloc_pages(struct device *dev, size_t size,
				   dma_addr_t *handle,
				   enum dma_data_direction dir, gfp_t gfp)
{
	struct piece *piece = piece_new(dev, size, gfp, 0, true);

	if (!piece)
		return dma_alloc_pages(lcma_dma_shadow(dev), size, handle, dir,
				       gfp);
	*handle = piece->handle;
	return piece->cookie;
}

static void op_free_pages(struct device *dev, size_t size, struct page *page,
			  dma_addr_t handle, enum dma_data_direction dir)
{
	struct piece *piece = piece_take(dev, handle);

	if (piece)
		drop_piece(piece);
	else
		dma_free_pages(lcma_dma_shadow(dev), size, page, handle, dir);
}

static int op_mmap(struct device *dev, struct vm_area_struct *vma, void *cookie,
		   dma_addr_t handle, size_t size, unsigned long attrs)
{
	const unsigned long nr_pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	const struct piece *piece = piece_look(dev, handle);

	if (!piece)
		return dma_mmap_attrs(lcma_dma_shadow(dev), vma, cookie, handle,
				      size, attrs);
	if (size > piece->buffer->facts.bytes || vma->vm_pgoff >= nr_pages ||
	    vma_pages(vma) > nr_pages - vma->vm_pgoff)
		return -ENXIO;
	vma->vm_page_prot = protection(dev, vma->vm_page_prot, attrs);
	return remap_pfn_range(vma, vma->vm_start,
			       lcma_buffer_pfn(piece->buffer) + vma->vm_pgoff,
			       vma_pages(vma) << PAGE_SHIFT, vma->vm_page_prot);
}

static int op_get_sgtable(struct device *dev, struct sg_table *table,
			  void *cookie, dma_addr_t handle, size_t size,
			  unsigned long attrs)
{
	const struct piece *piece = piece_look(dev, handle);
	int err;

	if (!piece)
		return dma_get_sgtable_attrs(lcma_dma_shadow(dev), table, cookie,
					     handle, size, attrs);
	err = lcma_fault(DMA_TABLE) ?: sg_alloc_table(table, 1, GFP_KERNEL);
	if (!err)
		sg_set_page(table->sgl,
			    pfn_to_page(lcma_buffer_pfn(piece->buffer)),
			    PAGE_ALIGN(size), 0);
	return err;
}

static int op_map_sg(struct device *dev, struct scatterlist *sg, int nents,
		     enum dma_data_direction dir, unsigned long attrs)
{
	return dma_map_sg_attrs(lcma_dma_shadow(dev), sg, nents, dir, attrs) ?:
	       -EIO;
}

static void op_unmap_sg(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_sg_attrs(lcma_dma_shadow(dev), sg, nents, dir, attrs);
}

static void op_sync_single_for_cpu(struct device *dev, dma_addr_t addr,
				   size_t size, enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(lcma_dma_shadow(dev), addr, size, dir);
}

static void op_sync_single_for_device(struct device *dev, dma_addr_t addr,
				      size_t size, enum dma_data_direction dir)
{
	dma_sync_single_for_device(lcma_dma_shadow(dev), addr, size, dir);
}

static void op_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg,
			       int nents, enum dma_data_direction dir)
{
	dma_sync_sg_for_cpu(lcma_dma_shadow(dev), sg, nents, dir);
}

static void op_sync_sg_for_device(struct device *dev, struct scatterlist *sg,
				  int nents, enum dma_data_direction dir)
{
	dma_sync_sg_for_device(lcma_dma_shadow(dev), sg, nents, dir);
}

/* Would the kernel's own way support this mask? The shadow is asked to take it. */
static int op_dma_supported(struct device *dev, u64 mask)
{
	struct device *shadow = lcma_dma_shadow(dev);
	const u64 was = shadow->coherent_dma_mask;
	const int err = dma_set_coherent_mask(shadow, mask);

	shadow->coherent_dma_mask = was;
	return !err;
}

static u64 op_get_required_mask(struct device *dev)
{
	return dma_get_required_mask(lcma_dma_shadow(dev));
}

static size_t op_max_mapping_size(struct device *dev)
{
	return dma_max_mapping_size(lcma_dma_shadow(dev));
}

#define OPERATION_ROW(member, function)	.member = function,

static const struct dma_map_ops operations = {
	.alloc = op_alloc,
	.free = op_free,
	.lcma_compat_alloc_pages = op_alloc_pages,
	.free_pages = op_free_pages,
	.mmap = op_mmap,
	.get_sgtable = op_get_sgtable,
	LCMA_COMPAT_MAP_OPS(OPERATION_ROW)
	.map_sg = op_map_sg,
	.unmap_sg = op_unmap_sg,
	.sync_single_for_cpu = op_sync_single_for_cpu,
	.sync_single_for_device = op_sync_single_for_device,
	.sync_sg_for_cpu = op_sync_sg_for_cpu,
	.sync_sg_for_device = op_sync_sg_for_device,
	.dma_supported = op_dma_supported,
	.get_required_mask = op_get_required_mask,
	.max_mapping_size = op_max_mapping_size,
};

static void release_client(struct device *shadow)
{
	kfree(container_of(shadow, struct lcma_dma_client, shadow));
}

/**
 * lcma_dma_client_new - a client for a device, which has not got its operations yet
 * @dev: the device
 *
 * Context: process, may sleep.
 * Return: the client; NULL: no memory.
 */
struct lcma_dma_client *lcma_dma_client_new(struct device *dev)
{
	struct lcma_dma_client *client;

	client = lcma_fault(DMA_CLIENT) ? NULL :
		 kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return NULL;
	/* Fixed from here on; no device has it yet. */
	memcpy((void *)&client->ops, &operations, sizeof(client->ops));
	client->dev = get_device(dev);
	spin_lock_init(&client->lock);
	hash_init(client->pieces);
	device_initialize(&client->shadow);
	client->shadow.release = release_client;
	if (dev_set_name(&client->shadow, "%s", dev_name(dev)))
		dev_dbg(dev, "lcma: a shadow without a name\n");
	return client;
}

/**
 * lcma_dma_client_put - forget a client that no device has
 * @client: the client; it has no buffers
 *
 * Context: process, may sleep.
 */
void lcma_dma_client_put(struct lcma_dma_client *client)
{
	put_device(client->dev);
	put_device(&client->shadow);
}

/**
 * lcma_dma_client_of - the client whose operations a device has
 * @dev: the device; a child may have its parent's
 *
 * Context: any.
 * Return: the client; NULL if the operations are not ours.
 */
struct lcma_dma_client *lcma_dma_client_of(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	return ops && ops->alloc == op_alloc ? client_of(dev) : NULL;
}

/**
 * lcma_dma_ops_set - a device gets our operations
 * @client: its client
 *
 * A second time does nothing, unless the kernel has cleared them meanwhile.
 *
 * Context: process; device_lock() is held.
 */
void lcma_dma_ops_set(struct lcma_dma_client *client)
{
	struct device *dev = client->dev;

	/* What the kernel noted when there were no operations no longer holds. */
	lcma_compat_sync_always(dev);
	if (get_dma_ops(dev) == &client->ops)
		return;
	client->was_set_up |= lcma_compat_ops_keep(dev);
	set_dma_ops(dev, &client->ops);
}

/**
 * lcma_dma_ops_clear - a device goes the kernel's way again
 * @client: its client; it has no buffers
 *
 * Context: process; device_lock() is held, or the device was removed.
 */
void lcma_dma_ops_clear(struct lcma_dma_client *client)
{
	if (get_dma_ops(client->dev) != &client->ops)
		return;
	set_dma_ops(client->dev, NULL);
	lcma_compat_ops_restore(client->dev, client->was_set_up);
}
