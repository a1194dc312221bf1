// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions as dma-heaps: see heap.h.
 *
 * A program that looks for /dev/dma_heap/linux,cma or .../reserved finds it
 * here (region option heap=NAME). The kernel's own dma_heap_add() cannot be
 * undone and does not keep a module loaded, so this is a device of our own
 * (heapnode.c) that speaks the same ioctl, aligns as the kernel's CMA heap does, and
 * fails as it does.
 */
#include "front/heap.h"

#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/dma-heap.h>

#include "alloc/request.h"
#include "buffer/account.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "compat/heap.h"
#include "fault.h"
#include "front/heapnode.h"
#include "life/door.h"
#include "region/region.h"

/**
 * struct heap - a region's device
 * @link: in heaps
 * @node: the device
 * @region: the region
 */
struct heap {
	struct list_head link;
	struct lcma_heapnode node;
	struct lcma_region *region;
};

/* Written while the module loads and unloads, and by one arriving region at a time. */
static LIST_HEAD(heaps);

/**
 * struct heap_file - an open file
 * @visitor: the process that opened it
 * @region: where it allocates
 * @account: who is charged
 */
struct heap_file {
	struct lcma_visitor visitor;
	struct lcma_region *region;
	struct lcma_account *account;
};

static int heap_open(struct inode *inode, struct file *file)
{
	struct lcma_account *account;
	struct lcma_heapnode *node;
	struct heap_file *hf;
	struct heap *heap;

	if (!lcma_doors_are_open())
		return -ENODEV;
	node = lcma_heapnode_opened(inode, file);
	if (!node)
		return -ENODEV;
	hf = lcma_fault(HEAP_FILE) ? NULL : kzalloc(sizeof(*hf), GFP_KERNEL);
	if (!hf)
		return -ENOBUFS;
	account = lcma_account_open();
	if (IS_ERR(account)) {
		kfree(hf);
		return PTR_ERR(account);
	}
	heap = container_of(node, struct heap, node);
	lcma_door_enter(&hf->visitor, heap->node.path);
	hf->region = heap->region;
	hf->account = account;
	file->private_data = hf;
	return 0;
}

static int heap_release(struct inode *inode, struct file *file)
{
	struct heap_file *hf = file->private_data;

	lcma_account_put(hf->account);
	lcma_door_leave(&hf->visitor);
	kfree(hf);
	return 0;
}

/**
 * struct heap_call - an allocation on its way
 * @arg: the caller's structure
 * @data: the same, here
 */
struct heap_call {
	void __user *arg;
	struct dma_heap_allocation_data data;
};

static int publish(const struct lcma_buffer *buffer, int fd, void *context)
{
	struct heap_call *call = context;

	call->data.fd = fd;
	return copy_to_user(call->arg, &call->data, sizeof(call->data)) ?
	       -EFAULT : 0;
}

/* Natural alignment, as far as the kernel's CMA gives it. */
static unsigned int natural_align_order(u64 bytes)
{
	return min(order_base_2(PFN_UP(bytes)), LCMA_COMPAT_CMA_ALIGNMENT);
}

/*
 * Clients of dma-heaps expect ENOMEM for every way in which there is no memory.
 * The other errors are those of the kernel's heaps, and EDQUOT.
 */
static int heap_error(int err)
{
	switch (err) {
	case 0:
	case -EDQUOT:
	case -EFAULT:
	case -EINTR:
	case -EMFILE:
	case -ENFILE:
		return err;
	default:
		return -ENOMEM;
	}
}

static int heap_alloc(const struct heap_file *hf, void __user *arg)
{
	struct heap_call call = { .arg = arg };
	struct lcma_request request;
	struct lcma_ask ask = {
		.region = hf->region,
		/* A program that gives no label is listed by the heap it chose. */
		.label = hf->region->heap,
		.owner = LCMA_OWNER_PROGRAM,
	};
	int err;

	if (copy_from_user(&call.data, arg, sizeof(call.data)))
		return -EFAULT;
	if (call.data.fd || call.data.heap_flags ||
	    call.data.fd_flags & ~(O_CLOEXEC | O_ACCMODE) || !call.data.len ||
	    call.data.len > U64_MAX - PAGE_SIZE + 1)
		return -EINVAL;
	ask.bytes = call.data.len;
	ask.align_order = natural_align_order(call.data.len);
	err = lcma_request_make(&ask, &request);
	err = err ?: lcma_dmabuf_new_fd(&request, hf->account,
					call.data.fd_flags, publish, &call);
	return heap_error(err);
}

static long heap_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != DMA_HEAP_IOCTL_ALLOC)
		return -ENOTTY;
	return heap_alloc(file->private_data, (void __user *)arg);
}

static const struct file_operations heap_fops = {
	.owner = THIS_MODULE,
	.open = heap_open,
	.release = heap_release,
	.unlocked_ioctl = heap_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/**
 * lcma_heap_add - let a region's heap appear
 * @region: the region; nothing happens if it has no heap= name
 *
 * Context: process, may sleep; the caller lets one region arrive at a time.
 * Return: 0; -ENOMEM; what lcma_heapnodes_init() and lcma_heapnode_add() return.
 */
int lcma_heap_add(struct lcma_region *region)
{
	struct heap *heap;
	int err;

	if (!*region->heap)
		return 0;
	heap = lcma_fault(HEAP_NEW) ? NULL : kzalloc(sizeof(*heap), GFP_KERNEL);
	if (!heap)
		return -ENOMEM;
	heap->region = region;
	heap->node.name = region->heap;
	heap->node.region = region->name;
	heap->node.fops = &heap_fops;
	/* No heap, no class. */
	err = list_empty(&heaps) ? lcma_heapnodes_init() : 0;
	if (err)
		goto err_free;
	err = lcma_heapnode_add(&heap->node);
	if (err)
		goto err_class;
	list_add(&heap->link, &heaps);
	return 0;

err_class:
	if (list_empty(&heaps))
		lcma_heapnodes_exit();
err_free:
	kfree(heap);
	return err;
}

/**
 * lcma_heaps_init - let the heaps appear
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; what lcma_heap_add() returns.
 */
int lcma_heaps_init(void)
{
	struct lcma_region *region;
	unsigned int i;
	int err = 0;

	lcma_for_each_region(region, i) {
		err = lcma_heap_add(region);
		if (err)
			break;
	}
	if (err)
		lcma_heaps_exit();
	return err;
}

/**
 * lcma_heaps_exit - remove the heaps
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_heaps_exit(void)
{
	struct heap *heap, *next;

	list_for_each_entry_safe(heap, next, &heaps, link) {
		list_del(&heap->link);
		lcma_heapnode_remove(&heap->node);
		kfree(heap);
	}
	lcma_heapnodes_exit();
}
