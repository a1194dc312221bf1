// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers as dma-bufs: see dmabuf.h.
 *
 * The dma-buf is the buffer: each descriptor, mapping and attachment holds the
 * buffer, and the last one to go frees it.
 *
 * The memory is mapped cached everywhere, as the kernel's own linear mapping
 * has it, and caches are kept in step by dma_map_*() and dma_sync_*(), and by
 * lcma's own device where none is attached (cache.h). There is one rule: a CPU's
 * write is never answered by an invalidate, nor by an old copy. So
 *
 *	- a device that only writes is mapped for both directions: what hands the
 *	  buffer to it cleans, where DMA_FROM_DEVICE alone would invalidate (ARMv7)
 *	  or leave a bounce buffer as it was, to be copied back later;
 *	- what hands the buffer to the CPU invalidates, and is preceded by a clean,
 *	  once for each device: another program may be writing, or have written
 *	  without brackets, and a bounce buffer's copy is a CPU's write as well.
 *
 * Mappings, for programs and for the kernel, stand in mapping.c.
 */
#include "buffer/dmabuf.h"

#include <linux/err.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/lcma.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/sizes.h>

#include <uapi/linux/lcma.h>

#include "buffer/frames.h"
#include "buffer/mapping.h"
#include "compat/dma.h"
#include "compat/dmabuf.h"
#include "fault.h"
#include "page/cache.h"
#include "trace.h"

LCMA_IMPORT_DMA_BUF;

/* A scatterlist entry's length is 32 bits. */
#define MAX_ENTRY_PAGES	(SZ_1G >> PAGE_SHIFT)

/**
 * struct export - a buffer as a dma-buf
 * @buffer: the buffer, with a reference
 * @lock: protects what follows, and keeps synchronisation and mapping apart
 * @attachments: devices that are attached
 * @vaddr: kernel mapping, while anybody uses it
 * @nr_vmaps: how many do
 */
struct export {
	struct lcma_buffer *buffer;
	struct mutex lock;	/* attachments, vaddr, nr_vmaps */
	struct list_head attachments;
	void *vaddr;
	unsigned int nr_vmaps;
};

/**
 * struct attachment - a device that is attached
 * @link: in export->attachments
 * @dev: the device
 * @table: the buffer as the device sees it
 * @is_mapped: it is mapped for the device just now
 * @direction: then: for which transfers, DMA_TO_DEVICE or DMA_BIDIRECTIONAL. A
 *	synchronisation is for these, whatever the CPU is about to do: what has been
 *	copied for a device that only reads would else be copied back, over what
 *	another one wrote
 */
struct attachment {
	struct list_head link;
	struct device *dev;
	struct sg_table table;
	bool is_mapped;
	enum dma_data_direction direction;
};

static unsigned long export_pages(const struct export *export)
{
	return export->buffer->run.nr_pages;
}

static const struct lcma_carve *export_carve(const struct export *export)
{
	return &export->buffer->run.region->carve;
}

/* Is there a cache between CPUs and the buffer? */
static bool is_cached(const struct export *export)
{
	return export_carve(export)->cache == LCMA_CACHE_WB;
}

static int fill_table(const struct export *export, struct sg_table *table)
{
	unsigned long pfn = lcma_buffer_pfn(export->buffer);
	unsigned long left = export_pages(export);
	struct scatterlist *entry;
	unsigned int i;
	int err;

	err = lcma_fault(DMABUF_TABLE) ?:
	      sg_alloc_table(table, DIV_ROUND_UP(left, MAX_ENTRY_PAGES),
			     GFP_KERNEL);
	if (err)
		return err;
	for_each_sgtable_sg(table, entry, i) {
		unsigned long nr = min_t(unsigned long, left, MAX_ENTRY_PAGES);

		sg_set_page(entry, export_carve(export)->has_pages ?
				   pfn_to_page(pfn) : NULL, nr << PAGE_SHIFT, 0);
		pfn += nr;
		left -= nr;
	}
	return 0;
}

static void trace_attach(const struct export *export, const struct device *dev,
			 bool is_attached)
{
	const struct lcma_buffer *buffer = export->buffer;

	trace_lcma_device_attach(buffer->run.region->name, buffer->facts.id,
				 dev_name(dev), is_attached);
}

static int dmabuf_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *a)
{
	struct export *export = dmabuf->priv;
	struct attachment *attachment;
	int err;

	if (!export_carve(export)->has_pages && is_cached(export) &&
	    !lcma_compat_is_coherent(a->dev))
		return -EOPNOTSUPP;
	attachment = lcma_fault(DMABUF_ATTACH) ? NULL :
		     kzalloc(sizeof(*attachment), GFP_KERNEL);
	if (!attachment)
		return -ENOMEM;
	err = fill_table(export, &attachment->table);
	if (err) {
		kfree(attachment);
		return err;
	}
	attachment->dev = a->dev;
	a->priv = attachment;

	mutex_lock(&export->lock);
	list_add(&attachment->link, &export->attachments);
	mutex_unlock(&export->lock);
	trace_attach(export, a->dev, true);
	return 0;
}

static void dmabuf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *a)
{
	struct export *export = dmabuf->priv;
	struct attachment *attachment = a->priv;

	mutex_lock(&export->lock);
	list_del(&attachment->link);
	mutex_unlock(&export->lock);
	trace_attach(export, attachment->dev, false);
	sg_free_table(&attachment->table);
	kfree(attachment);
}

static phys_addr_t export_phys(const struct export *export)
{
	return PFN_PHYS(lcma_buffer_pfn(export->buffer));
}

/* Does a synchronisation for this device treat the buffer's own cache lines? */
static bool covers_buffer(const struct export *export,
			  const struct attachment *attachment)
{
	return attachment->direction != DMA_TO_DEVICE &&
	       !lcma_compat_is_coherent(attachment->dev) &&
	       lcma_compat_is_direct(attachment->dev,
				     sg_dma_address(attachment->table.sgl),
				     export_phys(export));
}

/* A part of the buffer, for a device or for the CPU. */
static void sync_attachment(struct attachment *attachment, u64 offset, u64 len,
			    void (*sync)(struct device *dev, dma_addr_t addr,
					 size_t len_bytes,
					 enum dma_data_direction direction))
{
	struct scatterlist *entry;
	unsigned int i;

	for_each_sgtable_dma_sg(&attachment->table, entry, i) {
		const u64 entry_len = sg_dma_len(entry);
		u64 part;

		if (!len)
			return;
		if (offset >= entry_len) {
			offset -= entry_len;
			continue;
		}
		part = min(len, entry_len - offset);
		sync(attachment->dev, sg_dma_address(entry) + offset, part,
		     attachment->direction);
		offset = 0;
		len -= part;
	}
}

/*
 * Where no cache has to be treated, or none can be: the kernel treats caches by way of
 * its own mapping, which memory without pages has not.
 * Return: true: all is done, and *err is the answer.
 */
static bool sync_frames(const struct export *export, int *err)
{
	*err = 0;
	if (is_cached(export) && export_carve(export)->has_pages)
		return false;
	if (is_cached(export) && lcma_cache_is_needed())
		*err = -EOPNOTSUPP;
	mb();	/* between what a CPU does and what a device is told */
	return true;
}

static void sync_for_cpu(struct export *export, u64 offset, u64 len)
{
	const phys_addr_t phys = export_phys(export) + offset;
	struct attachment *attachment;
	bool is_done = false;

	lockdep_assert_held(&export->lock);
	/* Writes back first, and invalidates, on every CPU that has it. */
	if (export->vaddr)
		flush_kernel_vmap_range(export->vaddr + offset, len);
	list_for_each_entry(attachment, &export->attachments, link) {
		if (!attachment->is_mapped)
			continue;
		if (attachment->direction != DMA_TO_DEVICE)
			lcma_cache_for_device(phys, len);
		sync_attachment(attachment, offset, len,
				dma_sync_single_for_cpu);
		is_done |= covers_buffer(export, attachment);
	}
	if (!is_done)
		lcma_cache_for_cpu(phys, len);
	/* What was read ahead through the other mapping meanwhile. */
	if (export->vaddr)
		flush_kernel_vmap_range(export->vaddr + offset, len);
}

static void sync_for_device(struct export *export, u64 offset, u64 len)
{
	struct attachment *attachment;
	bool is_done = false;

	lockdep_assert_held(&export->lock);
	if (export->vaddr)
		flush_kernel_vmap_range(export->vaddr + offset, len);
	list_for_each_entry(attachment, &export->attachments, link) {
		if (!attachment->is_mapped)
			continue;
		sync_attachment(attachment, offset, len,
				dma_sync_single_for_device);
		is_done |= covers_buffer(export, attachment);
	}
	if (!is_done)
		lcma_cache_for_device(export_phys(export) + offset, len);
}

/* Return: 0; -EIO; -EOPNOTSUPP: the device would see a copy, which is cached. */
static int map_uncached(struct export *export, struct attachment *attachment,
			enum dma_data_direction direction)
{
	struct device *dev = attachment->dev;
	struct sg_table *table = &attachment->table;
	int err;

	if (!export_carve(export)->has_pages)
		return lcma_frames_map(dev, table, export_phys(export), direction);
	err = dma_map_sgtable(dev, table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	if (err || device_iommu_mapped(dev) ||
	    lcma_compat_is_direct(dev, sg_dma_address(table->sgl),
				  export_phys(export)))
		return err;
	dma_unmap_sgtable(dev, table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	return -EOPNOTSUPP;
}

/* Are its pages mapped for devices the usual way, caches and all? */
static bool is_usual(const struct export *export)
{
	return is_cached(export) && export_carve(export)->has_pages;
}

static struct sg_table *dmabuf_map(struct dma_buf_attachment *a,
				   enum dma_data_direction direction)
{
	struct export *export = a->dmabuf->priv;
	struct attachment *attachment = a->priv;
	int err = -EBUSY;

	if (direction == DMA_FROM_DEVICE)
		direction = DMA_BIDIRECTIONAL;
	mutex_lock(&export->lock);
	if (!attachment->is_mapped)
		err = lcma_fault(DMABUF_MAP) ?: is_usual(export) ?
		      dma_map_sgtable(attachment->dev, &attachment->table,
				      direction, 0) :
		      map_uncached(export, attachment, direction);
	if (!err) {
		attachment->is_mapped = true;
		attachment->direction = direction;
		atomic_inc(&export->buffer->nr_pins);
	}
	mutex_unlock(&export->lock);
	return err ? ERR_PTR(err) : &attachment->table;
}

static void dmabuf_unmap(struct dma_buf_attachment *a, struct sg_table *table,
			 enum dma_data_direction direction)
{
	struct export *export = a->dmabuf->priv;
	struct attachment *attachment = a->priv;

	mutex_lock(&export->lock);
	attachment->is_mapped = false;
	atomic_dec(&export->buffer->nr_pins);
	/* It hands the buffer to the CPU. */
	if (is_usual(export) && attachment->direction != DMA_TO_DEVICE)
		lcma_cache_for_device(export_phys(export), a->dmabuf->size);
	if (!export_carve(export)->has_pages)
		lcma_frames_unmap(attachment->dev, table, attachment->direction);
	else
		dma_unmap_sgtable(attachment->dev, table, attachment->direction,
				  is_usual(export) ? 0 : DMA_ATTR_SKIP_CPU_SYNC);
	mutex_unlock(&export->lock);
}

static int dmabuf_begin_cpu_access(struct dma_buf *dmabuf,
				   enum dma_data_direction direction)
{
	struct export *export = dmabuf->priv;
	int err;

	if (sync_frames(export, &err))
		return err;
	mutex_lock(&export->lock);
	sync_for_cpu(export, 0, dmabuf->size);
	mutex_unlock(&export->lock);
	return 0;
}

static int dmabuf_end_cpu_access(struct dma_buf *dmabuf,
				 enum dma_data_direction direction)
{
	struct export *export = dmabuf->priv;
	int err;

	if (sync_frames(export, &err))
		return err;
	mutex_lock(&export->lock);
	sync_for_device(export, 0, dmabuf->size);
	mutex_unlock(&export->lock);
	return 0;
}

static int dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct export *export = dmabuf->priv;

	return lcma_mapping_user(export->buffer, vma);
}

static int dmabuf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct export *export = dmabuf->priv;
	int err = 0;

	mutex_lock(&export->lock);
	if (!export->nr_vmaps)
		export->vaddr = lcma_mapping_kernel(export->buffer);
	if (export->vaddr) {
		export->nr_vmaps++;
		atomic_inc(&export->buffer->nr_pins);
		if (export_carve(export)->cache == LCMA_CACHE_UNCACHED)
			iosys_map_set_vaddr_iomem(map, (__force void __iomem *)
						       export->vaddr);
		else
			iosys_map_set_vaddr(map, export->vaddr);
	} else {
		err = -ENOMEM;
	}
	mutex_unlock(&export->lock);
	return err;
}

static void dmabuf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct export *export = dmabuf->priv;

	mutex_lock(&export->lock);
	atomic_dec(&export->buffer->nr_pins);
	if (!--export->nr_vmaps) {
		lcma_mapping_drop(export->buffer, export->vaddr);
		export->vaddr = NULL;
	}
	mutex_unlock(&export->lock);
	iosys_map_clear(map);
}

static void dmabuf_release(struct dma_buf *dmabuf)
{
	struct export *export = dmabuf->priv;
	struct lcma_buffer *buffer = export->buffer;

	mutex_lock(&buffer->dmabuf_lock);
	if (buffer->dmabuf == dmabuf) {
		buffer->dmabuf = NULL;
		WRITE_ONCE(buffer->inode, 0);
	}
	mutex_unlock(&buffer->dmabuf_lock);
	lcma_buffer_unref(buffer);
	kfree(export);
}

static const struct dma_buf_ops dmabuf_ops = {
	.attach = dmabuf_attach,
	.detach = dmabuf_detach,
	.map_dma_buf = dmabuf_map,
	.unmap_dma_buf = dmabuf_unmap,
	.begin_cpu_access = dmabuf_begin_cpu_access,
	.end_cpu_access = dmabuf_end_cpu_access,
	.mmap = dmabuf_mmap,
	.vmap = dmabuf_vmap,
	.vunmap = dmabuf_vunmap,
	.release = dmabuf_release,
};

static struct dma_buf *new_dmabuf(struct lcma_buffer *buffer, int fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct export *export;
	struct dma_buf *dmabuf;

	export = lcma_fault(DMABUF_NEW) ? NULL :
		 kzalloc(sizeof(*export), GFP_KERNEL);
	if (!export)
		return ERR_PTR(-ENOBUFS);
	export->buffer = buffer;
	mutex_init(&export->lock);
	INIT_LIST_HEAD(&export->attachments);

	info.exp_name = "lcma";
	info.ops = &dmabuf_ops;
	info.size = (size_t)buffer->run.nr_pages << PAGE_SHIFT;
	info.flags = fd_flags;
	info.priv = export;
	dmabuf = ERR_PTR(lcma_fault(DMABUF_EXPORT)) ?: dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		kfree(export);
		/* ENOMEM is said of migration. */
		return dmabuf == ERR_PTR(-ENOMEM) ? ERR_PTR(-ENOBUFS) : dmabuf;
	}
	lcma_buffer_ref(buffer);
	WRITE_ONCE(buffer->inode, file_inode(dmabuf->file)->i_ino);
	return dmabuf;
}

/**
 * lcma_dmabuf_export - the dma-buf of a buffer
 * @buffer: the buffer; the dma-buf takes a reference of its own
 * @fd_flags: O_RDWR or the like, O_CLOEXEC; of the first call, if there were several
 *
 * A buffer has one dma-buf at a time: devices that are attached to two of them
 * would each miss the other's synchronisations. One whose last holder is gone, but
 * which has not been released yet, is replaced.
 *
 * The dma-buf keeps this module loaded.
 *
 * Context: process, may sleep.
 * Return: the dma-buf, with a reference for the caller; ERR_PTR: -ENOBUFS no
 * memory for structures; -ENFILE, or what else dma_buf_export() returns.
 */
struct dma_buf *lcma_dmabuf_export(struct lcma_buffer *buffer, int fd_flags)
{
	struct dma_buf *dmabuf;

	mutex_lock(&buffer->dmabuf_lock);
	dmabuf = buffer->dmabuf;
	/* It is there: its release would have to pass this lock first. */
	if (!dmabuf || !lcma_compat_get_file_live(&dmabuf->file)) {
		dmabuf = new_dmabuf(buffer, fd_flags);
		if (!IS_ERR(dmabuf))
			buffer->dmabuf = dmabuf;
	}
	mutex_unlock(&buffer->dmabuf_lock);
	return dmabuf;
}

/**
 * lcma_dmabuf_buffer - the buffer of a dma-buf
 * @dmabuf: any dma-buf
 *
 * Context: any.
 * Return: the buffer, which lives as long as the dma-buf; NULL: not ours.
 */
struct lcma_buffer *lcma_dmabuf_buffer(struct dma_buf *dmabuf)
{
	const struct export *export = dmabuf->priv;

	return dmabuf->ops == &dmabuf_ops ? export->buffer : NULL;
}

/* Under export->lock. Return: how many devices are attached. */
static unsigned int name_devices(const struct export *export,
				 char names[LCMA_DEVICES_BYTES])
{
	const struct attachment *attachment;
	unsigned int nr = 0;
	size_t at = 0;

	list_for_each_entry(attachment, &export->attachments, link)
		at += scnprintf(names + at, LCMA_DEVICES_BYTES - at, "%s%s",
				nr++ ? "," : "", dev_name(attachment->dev));
	return nr;
}

/**
 * lcma_dmabuf_devices - which devices are attached to a buffer's dma-buf?
 * @region: the region
 * @id: the buffer's number
 * @names: their names, with commas between them, the last to come first; cut off where
 *	they do not fit
 *
 * Not those for which a driver has mapped the buffer without a dma-buf.
 *
 * Context: process, may sleep.
 * Return: how many there are; 0: none, or the buffer is gone.
 */
unsigned int lcma_dmabuf_devices(struct lcma_region *region, u64 id,
				 char names[LCMA_DEVICES_BYTES])
{
	struct lcma_buffer *buffer = lcma_buffer_find(region, id);
	struct export *export;
	unsigned int nr = 0;

	names[0] = '\0';
	if (!buffer)
		return 0;
	mutex_lock(&buffer->dmabuf_lock);
	/* The dma-buf stays, gone or not: its release would have to pass this lock first. */
	if (buffer->dmabuf) {
		export = buffer->dmabuf->priv;
		mutex_lock(&export->lock);
		nr = name_devices(export, names);
		mutex_unlock(&export->lock);
	}
	mutex_unlock(&buffer->dmabuf_lock);
	lcma_buffer_unref(buffer);
	return nr;
}

/**
 * lcma_dmabuf_sync - hand a part of a buffer to the CPU, or to devices
 * @dmabuf: one of ours
 * @offset: first byte
 * @len: how many bytes; 0: to the end
 * @flags: LCMA_SYNC_*
 *
 * Before the CPU begins, transfers that were announced are waited for.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if the range is empty or not within the buffer; -EOPNOTSUPP for
 * cached no-map memory, where devices do not see the caches; -ERESTARTSYS.
 */
int lcma_dmabuf_sync(struct dma_buf *dmabuf, u64 offset, u64 len, u32 flags)
{
	struct export *export = dmabuf->priv;
	long left;
	int err;

	if (offset >= dmabuf->size || len > dmabuf->size - offset)
		return -EINVAL;
	len = len ?: dmabuf->size - offset;
	if (!(flags & LCMA_SYNC_END)) {
		left = dma_resv_wait_timeout(dmabuf->resv,
					     dma_resv_usage_rw(flags & LCMA_SYNC_WRITE),
					     true, MAX_SCHEDULE_TIMEOUT);
		if (left < 0)
			return left;
	}
	if (sync_frames(export, &err))
		return err;
	mutex_lock(&export->lock);
	if (flags & LCMA_SYNC_END)
		sync_for_device(export, offset, len);
	else
		sync_for_cpu(export, offset, len);
	mutex_unlock(&export->lock);
	return 0;
}

/**
 * lcma_dmabuf_new_fd - a new buffer, as a file descriptor of the current task
 * @request: what is wanted
 * @account: the open file that is charged beside the user; NULL: none
 * @fd_flags: O_RDWR or the like, O_CLOEXEC
 * @publish: tells the caller of descriptor and buffer; may fail
 * @context: for @publish
 *
 * The descriptor becomes valid only when all else has succeeded: another
 * thread that guesses its number cannot close it under us.
 *
 * Context: process, may sleep.
 * Return: 0; -EMFILE, -ENFILE; what lcma_buffer_new(), lcma_dmabuf_export()
 * and @publish return.
 */
int lcma_dmabuf_new_fd(const struct lcma_request *request,
		       struct lcma_account *account, int fd_flags,
		       int (*publish)(const struct lcma_buffer *buffer, int fd,
				      void *context), void *context)
{
	struct lcma_buffer *buffer;
	struct dma_buf *dmabuf;
	int fd, err;

	fd = lcma_fault(DMABUF_FD) ?: get_unused_fd_flags(fd_flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	buffer = lcma_buffer_new(request, account);
	if (IS_ERR(buffer)) {
		err = PTR_ERR(buffer);
		goto err_put_fd;
	}
	dmabuf = lcma_dmabuf_export(buffer, fd_flags & ~O_CLOEXEC);
	if (IS_ERR(dmabuf)) {
		err = PTR_ERR(dmabuf);
		goto err_drop_buffer;
	}
	err = publish(buffer, fd, context);
	if (err)
		goto err_put_dmabuf;
	lcma_buffer_unref(buffer);
	fd_install(fd, dmabuf->file);
	return 0;

err_put_dmabuf:
	dma_buf_put(dmabuf);
err_drop_buffer:
	lcma_buffer_unref(buffer);
err_put_fd:
	put_unused_fd(fd);
	return err;
}
