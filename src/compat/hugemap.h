/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User mappings of page frames by entries of a whole page table (2 MiB with pages of
 * 4 KiB), where the kernel marks such entries as special, so that nothing takes what
 * they map for ordinary pages: from 6.12 on, on arm64, amd64 and some others.
 */
#ifndef LCMA_COMPAT_HUGEMAP_H
#define LCMA_COMPAT_HUGEMAP_H

#include <linux/huge_mm.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <linux/version.h>

/* What one such entry maps. */
#define LCMA_COMPAT_HUGE_ORDER	(PMD_SHIFT - PAGE_SHIFT)

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP

/*
 * With larger pages an entry maps 32 MiB or more: buffers that are aligned to that are
 * too rare.
 */
#define LCMA_COMPAT_HAS_HUGE	(PMD_SIZE == SZ_2M)

/* Page frames have a type of their own up to 6.16. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#define lcma_compat_pfn(pfn)	__pfn_to_pfn_t(pfn, PFN_DEV)
#else
#define lcma_compat_pfn(pfn)	(pfn)
#endif

/* Young, and dirty if the mapping may be written, as lcma_compat_user_prot(). */
static inline vm_fault_t lcma_compat_insert_huge(struct vm_fault *vmf,
						 unsigned long pfn)
{
	return vmf_insert_pfn_pmd(vmf, lcma_compat_pfn(pfn),
				  vmf->vma->vm_flags & VM_WRITE);
}

/*
 * What a fault at this address would do, done now, under the lock of the address
 * space: the kernel has nothing else that would make the tables above the entry.
 */
static inline bool lcma_compat_fill_huge(struct vm_area_struct *vma,
					 unsigned long address)
{
	const unsigned int flags = vma->vm_flags & VM_WRITE ? FAULT_FLAG_WRITE :
							      0;

	return !(handle_mm_fault(vma, address, flags, NULL) & VM_FAULT_ERROR);
}

#else

#define LCMA_COMPAT_HAS_HUGE	false

static inline vm_fault_t lcma_compat_insert_huge(struct vm_fault *vmf,
						 unsigned long pfn)
{
	return VM_FAULT_FALLBACK;
}

static inline bool lcma_compat_fill_huge(struct vm_area_struct *vma,
					 unsigned long address)
{
	return false;
}

#endif

/* The handler, or NULL: its type changed in 6.6. */
#define LCMA_COMPAT_HUGE_FAULT(handler) \
	__builtin_choose_expr(LCMA_COMPAT_HAS_HUGE, handler, NULL)

#endif
