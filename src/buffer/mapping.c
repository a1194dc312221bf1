// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of a buffer: see mapping.h.
 *
 * A user mapping is filled when it is made, because the kernel does not fill
 * mappings of page frames for MAP_POPULATE and mlock(). A fault fills what could
 * not be filled then, and what was taken away since, should buffers ever move.
 *
 * Entries are young from the start, and dirty if the mapping may be written: where no
 * hardware sets these bits (ARM), an entry without them costs a second fault. Where
 * the kernel can, one entry maps a whole page table's worth of the buffer.
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
#include "compat/hugemap.h"
#include "fault.h"

/* Pages that are mapped between two looks at whether to stop. */
#define FILL_PAGES	(SZ_4M >> PAGE_SHIFT)

/* Pages that one entry of a higher page table maps. */
#define HUGE_PAGES	(PMD_SIZE >> PAGE_SHIFT)

/*
 * Pages that one fault maps, around the one that was touched, within one table. On
 * 6.1 armhf the fault itself is 13 % of the cost with 16 pages and 4 % with 64
 * (docs/benchmark.md). More would only make the first touch slower.
 */
#define GROUP_PAGES	(SZ_256K >> PAGE_SHIFT)

static bool map_at_once = true;
module_param(map_at_once, bool, 0644);
MODULE_PARM_DESC(map_at_once,
		 "user mappings are filled when they are made, not when they are touched [1]");

/**
 * lcma_mapping_protection - how a buffer is mapped
 * @buffer: the buffer
 * @prot: how ordinary memory would be
 *
 * Context: any.
 * Return: as the region's memory is mapped everywhere.
 */
pgprot_t lcma_mapping_protection(const struct lcma_buffer *buffer, pgprot_t prot)
{
	switch (buffer->run.region->carve.cache) {
	case LCMA_CACHE_WC:
		return pgprot_writecombine(prot);
	case LCMA_CACHE_UNCACHED:
		return pgprot_device(prot);
	default:
		return prot;
	}
}

/* The page of the buffer after the last one that is mapped. */
static unsigned long end_pgoff(const struct lcma_buffer *buffer,
			       struct vm_area_struct *vma)
{
	return min(vma->vm_pgoff + vma_pages(vma), buffer->run.nr_pages);
}

static unsigned long pgoff_address(const struct vm_area_struct *vma,
				   unsigned long pgoff)
{
	return vma->vm_start + ((pgoff - vma->vm_pgoff) << PAGE_SHIFT);
}

/*
 * Can one entry map what is at an address, and all that lies beside it?
 * Return: the page frame that it has to begin with; 0: no.
 */
static unsigned long huge_pfn(const struct lcma_buffer *buffer,
			      struct vm_area_struct *vma, unsigned long address)
{
	const unsigned long start = ALIGN_DOWN(address, PMD_SIZE);
	unsigned long pgoff, pfn;

	if (!LCMA_COMPAT_HAS_HUGE || start < vma->vm_start)
		return 0;
	pgoff = vma->vm_pgoff + ((start - vma->vm_start) >> PAGE_SHIFT);
	pfn = lcma_buffer_pfn(buffer) + pgoff;
	return pgoff + HUGE_PAGES <= end_pgoff(buffer, vma) &&
	       IS_ALIGNED(pfn, HUGE_PAGES) ? pfn : 0;
}

/*
 * Map the page that was touched, and those around it that lie in the same
 * aligned group, in the mapping and in the buffer: a video buffer is not
 * touched at one page only. Groups are aligned in the address space, so that each
 * lies in one page table. Where one entry could map a whole table's worth but the
 * kernel will not have it (PR_SET_THP_DISABLE), the group is as large: fill_step()
 * relies on it. The page that was touched comes first: if there is no memory for the
 * table, no other page is tried.
 */
static vm_fault_t mapping_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	const struct lcma_buffer *buffer = vma->vm_private_data;
	const unsigned long end = end_pgoff(buffer, vma);
	const unsigned long group =
		huge_pfn(buffer, vma, vmf->address) ? HUGE_PAGES : GROUP_PAGES;
	const unsigned long before = (vmf->address >> PAGE_SHIFT) % group;
	const pgprot_t prot = lcma_compat_user_prot(vma);
	unsigned long pgoff, stop;
	vm_fault_t result;

	if (vmf->pgoff >= end)
		return VM_FAULT_SIGBUS;
	if (lcma_fault(DMABUF_FAULT))
		return VM_FAULT_OOM;
	result = vmf_insert_pfn_prot(vma, vmf->address,
				     lcma_buffer_pfn(buffer) + vmf->pgoff, prot);
	if (result != VM_FAULT_NOPAGE)
		return result;
	stop = min(vmf->pgoff + (group - before), end);
	pgoff = vmf->pgoff - min(before, vmf->pgoff - vma->vm_pgoff);
	for (; pgoff < stop; pgoff++)
		if (pgoff != vmf->pgoff &&
		    vmf_insert_pfn_prot(vma, pgoff_address(vma, pgoff),
					lcma_buffer_pfn(buffer) + pgoff,
					prot) != VM_FAULT_NOPAGE)
			break;
	return result;
}

/* Where this one falls back, the kernel goes on with mapping_fault(). */
static __maybe_unused vm_fault_t mapping_huge_fault(struct vm_fault *vmf,
						    unsigned int order)
{
	const unsigned long pfn = huge_pfn(vmf->vma->vm_private_data, vmf->vma,
					   vmf->address);

	if (order != LCMA_COMPAT_HUGE_ORDER || !pfn)
		return VM_FAULT_FALLBACK;
	return lcma_fault(DMABUF_FAULT) ? VM_FAULT_OOM :
	       lcma_compat_insert_huge(vmf, pfn);
}

static const struct vm_operations_struct mapping_vm_ops = {
	.fault = mapping_fault,
	.huge_fault = LCMA_COMPAT_HUGE_FAULT(mapping_huge_fault),
};

/*
 * The next step of filling, from an address on: one entry where one is enough, else
 * up to where one is. Return: how many pages were mapped; 0: no memory.
 */
static unsigned long fill_step(const struct lcma_buffer *buffer,
			       struct vm_area_struct *vma, unsigned long pgoff)
{
	const unsigned long address = pgoff_address(vma, pgoff);
	unsigned long nr = min(end_pgoff(buffer, vma) - pgoff, FILL_PAGES);

	if (lcma_fault(DMABUF_FILL))
		return 0;
	if (IS_ALIGNED(address, PMD_SIZE) && huge_pfn(buffer, vma, address))
		return lcma_compat_fill_huge(vma, address) ? HUGE_PAGES : 0;
	if (LCMA_COMPAT_HAS_HUGE)
		nr = min(nr, HUGE_PAGES - (address >> PAGE_SHIFT) % HUGE_PAGES);
	return remap_pfn_range(vma, address, lcma_buffer_pfn(buffer) + pgoff,
			       nr << PAGE_SHIFT,
			       lcma_compat_user_prot(vma)) ? 0 : nr;
}

/*
 * MAP_POPULATE cannot be seen here, and mlock() later on does nothing. Faults
 * fill the rest when a page table cannot be allocated, or the caller is killed. They
 * fill all of a mapping that has no access yet: its entries would have to be made
 * anew, young and dirty, when it gets some.
 */
static void fill_mapping(const struct lcma_buffer *buffer,
			 struct vm_area_struct *vma)
{
	const unsigned long end = end_pgoff(buffer, vma);
	unsigned long pgoff, nr;

	if (!vma_is_accessible(vma))
		return;
	for (pgoff = vma->vm_pgoff; pgoff < end; pgoff += nr) {
		nr = fatal_signal_pending(current) ? 0 :
		     fill_step(buffer, vma, pgoff);
		if (!nr)
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
 * A child inherits the mapping without its entries (VM_WIPEONFORK): the kernel would
 * copy them old and clean, and each would fault once more. Faults fill the child's.
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
				      VM_DONTDUMP | VM_WIPEONFORK);
	vma->vm_page_prot = lcma_mapping_protection(buffer, vma->vm_page_prot);
	vma->vm_ops = &mapping_vm_ops;
	vma->vm_private_data = buffer;
	if (READ_ONCE(map_at_once) || vma->vm_flags & VM_LOCKED)
		fill_mapping(buffer, vma);
	return 0;
}

/**
 * lcma_mapping_pages - map the pages of a buffer for the kernel once more
 * @buffer: the buffer, in a region with pages; the caller holds it until vunmap()
 * @prot: how
 *
 * Context: process, may sleep.
 * Return: the address of the buffer's first byte; NULL: no memory, or no address
 * space.
 */
void *lcma_mapping_pages(const struct lcma_buffer *buffer, pgprot_t prot)
{
	const unsigned long nr_pages = buffer->run.nr_pages;
	const unsigned long pfn = lcma_buffer_pfn(buffer);
	struct page **pages;
	unsigned long i;
	void *vaddr;

	pages = lcma_fault(MAPPING_LIST) ? NULL :
		kvmalloc_array(nr_pages, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < nr_pages; i++)
		pages[i] = pfn_to_page(pfn + i);
	vaddr = lcma_fault(MAPPING_VMAP) ? NULL :
		vmap(pages, nr_pages, VM_MAP, prot);
	kvfree(pages);
	return vaddr;
}

/**
 * lcma_mapping_kernel - map a buffer for the kernel
 * @buffer: the buffer, which the caller holds until lcma_mapping_drop()
 *
 * Lowmem, and memory without pages, has a mapping already, which is the answer then.
 *
 * Context: process, may sleep.
 * Return: the address of the buffer's first byte; NULL: no memory, or no address
 * space.
 */
void *lcma_mapping_kernel(const struct lcma_buffer *buffer)
{
	const struct lcma_carve *carve = &buffer->run.region->carve;
	const unsigned long pfn = lcma_buffer_pfn(buffer);

	if (!carve->has_pages)
		return carve->vaddr + (buffer->run.start << PAGE_SHIFT);
	if (!PageHighMem(pfn_to_page(pfn + buffer->run.nr_pages - 1)))
		return page_address(pfn_to_page(pfn));
	return lcma_mapping_pages(buffer, lcma_mapping_protection(buffer, PAGE_KERNEL));
}

/**
 * lcma_mapping_drop - the kernel needs its mapping no longer
 * @buffer: the buffer
 * @vaddr: what lcma_mapping_kernel() gave
 *
 * Context: process, may sleep.
 */
void lcma_mapping_drop(const struct lcma_buffer *buffer, void *vaddr)
{
	if (buffer->run.region->carve.has_pages && is_vmalloc_addr(vaddr))
		vunmap(vaddr);
}
