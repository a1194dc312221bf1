// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of a buffer: see mapping.h.
 *
 * A user mapping is filled when it is made, because the kernel does not fill
 * mappings of page frames for MAP_POPULATE and mlock(). A fault fills what could
 * not be filled then, and what was taken away since, should buffers ever move.
 */
#include "buffer/mapping.h"

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "buffer/buffer.h"
#include "compat/dmabuf.h"
#include "fault.h"

/* Pages that are mapped between two looks at whether to stop. */
#define FILL_PAGES	(SZ_4M >> PAGE_SHIFT)

static bool map_at_once = true;
module_param(map_at_once, bool, 0644);
MODULE_PARM_DESC(map_at_once,
		 "user mappings are filled when they are made, not when they are touched [1]");

/* Pages that one fault maps, around the one that was touched. */
#define FAULT_PAGES	16UL

/*
 * Map the page that was touched, and those around it that lie in the same
 * aligned group, in the mapping and in the buffer: a video buffer is not
 * touched at one page only.
 */
static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	const struct lcma_buffer *buffer = vma->vm_private_data;
	const unsigned long end_pgoff = min(vma->vm_pgoff + vma_pages(vma),
					    buffer->run.nr_pages);
	unsigned long pgoff = max(ALIGN_DOWN(vmf->pgoff, FAULT_PAGES),
				  vma->vm_pgoff);
	const unsigned long stop = min(ALIGN_DOWN(vmf->pgoff, FAULT_PAGES) +
				       FAULT_PAGES, end_pgoff);
	vm_fault_t ret, result = VM_FAULT_SIGBUS;

	if (vmf->pgoff >= end_pgoff)
		return VM_FAULT_SIGBUS;
	for (; pgoff < stop; pgoff++) {
		ret = lcma_fault(DMABUF_FAULT) ? VM_FAULT_OOM :
		      vmf_insert_pfn_prot(vma, vma->vm_start +
					  ((pgoff - vma->vm_pgoff) << PAGE_SHIFT),
					  lcma_buffer_pfn(buffer) + pgoff,
					  lcma_compat_user_prot(vma));
		if (pgoff == vmf->pgoff)
			result = ret;
		if (ret != VM_FAULT_NOPAGE && pgoff >= vmf->pgoff)
			break;
	}
	return result;
}

static const struct vm_operations_struct mapping_vm_ops = {
	.fault = mapping_fault,
};

/*
 * MAP_POPULATE cannot be seen here, and mlock() later on does nothing. Faults
 * fill the rest when a page table cannot be allocated, or the caller is killed. They
 * fill all of a mapping that has no access yet: amd64 keeps the address of such an
 * entry inverted, which the bits of lcma_compat_user_prot() would undo.
 */
static void fill_mapping(const struct lcma_buffer *buffer,
			 struct vm_area_struct *vma)
{
	const unsigned long nr_pages = min(vma_pages(vma), buffer->run.nr_pages -
							   vma->vm_pgoff);
	const unsigned long pfn = lcma_buffer_pfn(buffer) + vma->vm_pgoff;
	unsigned long at, nr;

	if (!vma_is_accessible(vma))
		return;
	for (at = 0; at < nr_pages && !fatal_signal_pending(current); at += nr) {
		nr = min(nr_pages - at, FILL_PAGES);
		if (lcma_fault(DMABUF_FILL) ||
		    remap_pfn_range(vma, vma->vm_start + (at << PAGE_SHIFT),
				    pfn + at, nr << PAGE_SHIFT,
				    lcma_compat_user_prot(vma)))
			return;
		cond_resched();
	}
}

/**
 * lcma_mapping_user - map a buffer for a program
 * @buffer: the buffer; the file of @vma holds it
 * @vma: where, and which part of the buffer
 *
 * Private mappings of page frames are a bug in the kernel's fault path, and
 * dma-buf does not look. A mapping that may never be written is refused too if
 * it is private: mprotect() would make it writable.
 *
 * Context: process, may sleep; under the lock of the caller's address space.
 * Return: 0; -EINVAL the mapping is private, or begins after the buffer's end.
 */
int lcma_mapping_user(struct lcma_buffer *buffer, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_MAYSHARE) ||
	    vma->vm_pgoff >= buffer->run.nr_pages)
		return -EINVAL;
	lcma_compat_vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND |
				      VM_DONTDUMP);
	vma->vm_ops = &mapping_vm_ops;
	vma->vm_private_data = buffer;
	if (READ_ONCE(map_at_once) || vma->vm_flags & VM_LOCKED)
		fill_mapping(buffer, vma);
	return 0;
}

/**
 * lcma_mapping_kernel - map a buffer for the kernel
 * @buffer: the buffer, which the caller holds until lcma_mapping_drop()
 *
 * Lowmem has a mapping already, which is the answer then.
 *
 * Context: process, may sleep.
 * Return: the address of the buffer's first byte; NULL: no memory, or no address
 * space.
 */
void *lcma_mapping_kernel(const struct lcma_buffer *buffer)
{
	const unsigned long pfn = lcma_buffer_pfn(buffer);
	const unsigned long nr_pages = buffer->run.nr_pages;
	struct page **pages;
	unsigned long i;
	void *vaddr;

	if (!PageHighMem(pfn_to_page(pfn + nr_pages - 1)))
		return page_address(pfn_to_page(pfn));
	pages = lcma_fault(DMABUF_VMAP_LIST) ? NULL :
		kvmalloc_array(nr_pages, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < nr_pages; i++)
		pages[i] = pfn_to_page(pfn + i);
	vaddr = lcma_fault(DMABUF_VMAP) ? NULL :
		vmap(pages, nr_pages, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return vaddr;
}

/**
 * lcma_mapping_drop - the kernel needs its mapping no longer
 * @vaddr: what lcma_mapping_kernel() gave
 *
 * Context: process, may sleep.
 */
void lcma_mapping_drop(void *vaddr)
{
	if (is_vmalloc_addr(vaddr))
		vunmap(vaddr);
}
