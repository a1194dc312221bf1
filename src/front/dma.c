// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA operations of devices that allocate from lcma: see dma.h. Which devices these are
 * is bind.c's; the memory that lcma hands out is piece.c's.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/dma.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "buffer/buffer.h"
#include "compat/dmamap.h"
#include "compat/dmaops.h"
#include "fault.h"
#include "front/piece.h"

/**
 * lcma_dma_by_word - what it is called that gives a device its regions
 * @by: which
 *
 * Return: a constant string.
 */
const char *lcma_dma_by_word(enum lcma_dma_by by)
{
	static const char * const words[LCMA_NR_DMA_BY] = {
		[LCMA_BY_RULE] = "map",
		[LCMA_BY_TREE] = "tree",
		[LCMA_BY_DRIVER] = "driver",
	};

	return words[by];
}

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

/* Memory of ours for a device; NULL: of the kernel's. */
static struct lcma_piece *new_piece(struct device *dev, size_t size, gfp_t gfp,
				    unsigned long attrs, bool is_cached)
{
	struct lcma_dma_client *client = client_of(dev);

	/* A child that has copied our operations has limits of its own. */
	if (client->dev != dev)
		return NULL;
	return lcma_piece_new(client, size, gfp, attrs, is_cached);
}

/* Return: false: it is the kernel's to free. */
static bool free_piece(struct device *dev, dma_addr_t handle)
{
	struct lcma_piece *piece = lcma_piece_take(client_of(dev), handle);

	if (piece)
		lcma_piece_drop(piece);
	return piece;
}

static void *op_alloc(struct device *dev, size_t size, dma_addr_t *handle,
		      gfp_t gfp, unsigned long attrs)
{
	struct lcma_piece *piece = new_piece(dev, size, gfp, attrs, false);

	if (!piece)
		return dma_alloc_attrs(lcma_dma_shadow(dev), size, handle, gfp,
				       attrs);
	*handle = piece->handle;
	return piece->cookie;
}

static void op_free(struct device *dev, size_t size, void *cookie,
		    dma_addr_t handle, unsigned long attrs)
{
	if (!free_piece(dev, handle))
		dma_free_attrs(lcma_dma_shadow(dev), size, cookie, handle, attrs);
}

static struct page *op_alloc_pages(struct device *dev, size_t size,
				   dma_addr_t *handle,
				   enum dma_data_direction dir, gfp_t gfp)
{
	struct lcma_piece *piece = new_piece(dev, size, gfp, 0, true);

	if (!piece)
		return dma_alloc_pages(lcma_dma_shadow(dev), size, handle, dir,
				       gfp);
	*handle = piece->handle;
	return piece->cookie;
}

static void op_free_pages(struct device *dev, size_t size, struct page *page,
			  dma_addr_t handle, enum dma_data_direction dir)
{
	if (!free_piece(dev, handle))
		dma_free_pages(lcma_dma_shadow(dev), size, page, handle, dir);
}

static int op_mmap(struct device *dev, struct vm_area_struct *vma, void *cookie,
		   dma_addr_t handle, size_t size, unsigned long attrs)
{
	const unsigned long nr_pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	const struct lcma_piece *piece = lcma_piece_look(client_of(dev), handle);

	if (!piece)
		return dma_mmap_attrs(lcma_dma_shadow(dev), vma, cookie, handle,
				      size, attrs);
	if (size > piece->buffer->facts.bytes || vma->vm_pgoff >= nr_pages ||
	    vma_pages(vma) > nr_pages - vma->vm_pgoff)
		return -ENXIO;
	vma->vm_page_prot = lcma_piece_protection(piece, vma->vm_page_prot, attrs);
	return remap_pfn_range(vma, vma->vm_start,
			       lcma_buffer_pfn(piece->buffer) + vma->vm_pgoff,
			       vma_pages(vma) << PAGE_SHIFT, vma->vm_page_prot);
}

/* No-map memory has no pages, of which a table would be made. */
static int op_get_sgtable(struct device *dev, struct sg_table *table,
			  void *cookie, dma_addr_t handle, size_t size,
			  unsigned long attrs)
{
	const struct lcma_piece *piece = lcma_piece_look(client_of(dev), handle);
	int err;

	if (!piece)
		return dma_get_sgtable_attrs(lcma_dma_shadow(dev), table, cookie,
					     handle, size, attrs);
	if (!piece->buffer->run.region->carve.has_pages)
		return -EOPNOTSUPP;
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
 * lcma_dma_regroup - put a device into the group where it belongs now
 * @client: its client
 *
 * Context: any but hard interrupts.
 */
void lcma_dma_regroup(struct lcma_dma_client *client)
{
	const struct lcma_rule *rule = &client->rule;
	struct lcma_member *member = &client->member;

	if (!lcma_group_join(member, client->dev, client->regions, rule->list.nr,
			     rule->keep_bytes))
		return;
	if (rule->list.nr && !member->nr_reached)
		dev_notice(client->dev, "lcma: it reaches none of its %u regions: its mask for coherent memory is %#llx, its bus's limit %#llx\n",
			   rule->list.nr, client->dev->coherent_dma_mask,
			   client->dev->bus_dma_limit);
	else if (rule->keep_bytes && !member->region)
		dev_notice(client->dev, "lcma: keep= of its rule keeps nothing: it reaches no region as a whole\n");
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
