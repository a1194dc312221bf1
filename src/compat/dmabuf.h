/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dma-buf, user mappings and symbol namespaces on every kernel.
 */
#ifndef LCMA_COMPAT_DMABUF_H
#define LCMA_COMPAT_DMABUF_H

#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/version.h>

#ifndef CONFIG_DMA_SHARED_BUFFER
#error "lcma needs a kernel built with CONFIG_DMA_SHARED_BUFFER (dma-buf)"
#endif

/* vm_flags may only be changed through helpers from 6.3 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define lcma_compat_vm_flags_set	vm_flags_set
#else
static inline void lcma_compat_vm_flags_set(struct vm_area_struct *vma,
					    unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/*
 * A reference to a file whose last one may just be going; the file itself cannot
 * be freed meanwhile. Return: false: it is gone. A macro up to 6.6.
 */
static inline bool lcma_compat_get_file_live(struct file **file)
{
#ifdef get_file_rcu
	return get_file_rcu(*file);
#else
	return get_file_active(file);
#endif
}

/*
 * What a user mapping's entries have from the start: where no hardware sets the
 * dirty bit (ARM), a clean one faults again at the first write.
 */
static inline pgprot_t lcma_compat_user_prot(const struct vm_area_struct *vma)
{
	pte_t pte = pte_mkyoung(pfn_pte(0, vma->vm_page_prot));

	if (vma->vm_flags & VM_WRITE)
		pte = pte_mkdirty(pte);
	return __pgprot(pte_val(pte));
}

#endif
