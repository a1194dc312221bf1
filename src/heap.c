// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions as dma-heaps: see heap.h.
 *
 * A program that looks for /dev/dma_heap/linux,cma or .../reserved finds it
 * here (region option heap=NAME). The kernel's own dma_heap_add() cannot be
 * undone and does not keep a module loaded, so this is a device of our own
 * that speaks the same ioctl.
 */
#include "heap.h"

#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/dma-heap.h>

#include "account.h"
#include "buffer.h"
#include "dmabuf.h"
#include "door.h"
#include "fault.h"
#include "region.h"

/**
 * struct heap - a region's device
 * @link: in heaps
 * @misc: the device
 * @region: the region
 * @name: of the device
 * @nodename: of its node
 */
struct heap {
	struct list_head link;
	struct miscdevice misc;
	struct lcma_region *region;
	char name[LCMA_NAME_BYTES + 16];
	char nodename[LCMA_NAME_BYTES + 16];
};

/* Written while the module loads and unloads only. */
static LIST_HEAD(heaps);

/**
 * struct heap_file - an open file
 * @visitor: who opened it
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
	struct heap *heap = container_of(file->private_data, struct heap, misc);
	struct lcma_account *account;
	struct heap_file *hf;

	if (!lcma_doors_are_open())
		return -ENODEV;
	hf = lcma_fault(HEAP_FILE) ? NULL : kzalloc(sizeof(*hf), GFP_KERNEL);
	if (!hf)
		return -ENOBUFS;
	account = lcma_account_open();
	if (IS_ERR(account)) {
		kfree(hf);
		return PTR_ERR(account);
	}
	lcma_door_enter(&hf->visitor, heap->nodename);
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

static int heap_alloc(const struct heap_file *hf, void __user *arg)
{
	struct lcma_order order = {
		.request = {
			.region = hf->region,
			.align_pages = 1,
			.deadline = LCMA_FOREVER,
		},
		.label = "",
		.owner = LCMA_OWNER_PROGRAM,
		.account = hf->account,
	};
	struct heap_call call = { .arg = arg };

	if (copy_from_user(&call.data, arg, sizeof(call.data)))
		return -EFAULT;
	if (call.data.fd || call.data.heap_flags ||
	    call.data.fd_flags & ~(O_CLOEXEC | O_ACCMODE) || !call.data.len)
		return -EINVAL;
	if (call.data.len >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return -EFBIG;
	order.request.nr_pages = PFN_UP(call.data.len);
	return lcma_dmabuf_new_fd(&order, call.data.fd_flags, publish, &call);
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

static int add_heap(struct lcma_region *region)
{
	struct heap *heap;
	int err;

	heap = lcma_fault(HEAP_NEW) ? NULL : kzalloc(sizeof(*heap), GFP_KERNEL);
	if (!heap)
		return -ENOMEM;
	heap->region = region;
	snprintf(heap->name, sizeof(heap->name), "lcma-heap-%s", region->heap);
	snprintf(heap->nodename, sizeof(heap->nodename), "dma_heap/%s",
		 region->heap);
	heap->misc.minor = MISC_DYNAMIC_MINOR;
	heap->misc.name = heap->name;
	heap->misc.nodename = heap->nodename;
	heap->misc.fops = &heap_fops;
	err = lcma_fault(HEAP_REGISTER) ?: misc_register(&heap->misc);
	if (err) {
		kfree(heap);
		return err;
	}
	list_add(&heap->link, &heaps);
	return 0;
}

/**
 * lcma_heaps_init - let the heaps appear
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; -ENOMEM; what misc_register() returns.
 */
int lcma_heaps_init(void)
{
	struct lcma_region *region;
	unsigned int i;
	int err;

	lcma_for_each_region(region, i) {
		err = *region->heap ? add_heap(region) : 0;
		if (err) {
			lcma_heaps_exit();
			return err;
		}
	}
	return 0;
}

/**
 * lcma_heaps_exit - the heaps are no more
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_heaps_exit(void)
{
	struct heap *heap, *next;

	list_for_each_entry_safe(heap, next, &heaps, link) {
		list_del(&heap->link);
		misc_deregister(&heap->misc);
		kfree(heap);
	}
}
