/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * alloc_contig_range() and its relatives on every kernel: 6.17 replaced the
 * migrate type by flags. Only claim.c calls what is defined here.
 */
#ifndef LCMA_COMPAT_CONTIG_H
#define LCMA_COMPAT_CONTIG_H

#include <linux/gfp.h>
#include <linux/mm.h>

#include "compat/migratetype.h"

#ifndef CONFIG_CONTIG_ALLOC
#error "lcma needs a kernel with CONFIG_CONTIG_ALLOC (CONFIG_CMA selects it)"
#endif

#ifdef ACR_FLAGS_CMA
#define LCMA_ACR_KIND		(LCMA_HAS_CMA ? ACR_FLAGS_CMA : ACR_FLAGS_NONE)
#define LCMA_ACR_MOVABLE	ACR_FLAGS_NONE
#define lcma_acr_t		acr_flags_t
#else
#define LCMA_ACR_KIND		LCMA_MIGRATETYPE
#define LCMA_ACR_MOVABLE	MIGRATE_MOVABLE
#define lcma_acr_t		unsigned int
#endif

/*
 * May single pages be freed as one block (page/block.h)? The kernel's checks of a
 * block look at every page of it: page_ref, PAGE_TABLE_CHECK, generic KASAN, KMSAN,
 * debug_pagealloc and page poisoning. Claimed pages are not charged to a memory
 * cgroup. But page_owner (from 6.9 on) and the profiling of memory allocations (6.10)
 * take what they know of the first page for all of them, and tag-based KASAN has
 * flags of single pages; then they are freed one by one. lcma does both itself:
 * free_contig_range() warns about a page that another holder references, too, also
 * where it frees in blocks, as from 7.2 on.
 */
#if defined(CONFIG_PAGE_OWNER) || defined(CONFIG_MEM_ALLOC_PROFILING) || \
	defined(CONFIG_KASAN_SW_TAGS) || defined(CONFIG_KASAN_HW_TAGS)
#define LCMA_FREES_BLOCKS	false
#else
#define LCMA_FREES_BLOCKS	true
#endif

/*
 * With tag-based KASAN a claim consists of blocks with different tags, and a
 * pointer with the tag of the first page would be wrong for the others.
 */
static inline void lcma_compat_reset_tags(unsigned long pfn,
					  unsigned long end_pfn)
{
	if (!IS_ENABLED(CONFIG_KASAN_SW_TAGS) &&
	    !IS_ENABLED(CONFIG_KASAN_HW_TAGS))
		return;
	for (; pfn < end_pfn; pfn++)
		page_kasan_tag_reset(pfn_to_page(pfn));
}

static inline int lcma_compat_alloc_kind(unsigned long start_pfn,
					 unsigned long end_pfn, lcma_acr_t kind)
{
	int err = alloc_contig_range(start_pfn, end_pfn, kind,
				     GFP_KERNEL | __GFP_NOWARN);

	if (!err)
		lcma_compat_reset_tags(start_pfn, end_pfn);
	return err;
}

/* In blocks of the regions' type. */
static inline int lcma_compat_alloc_contig(unsigned long start_pfn,
					   unsigned long end_pfn)
{
	return lcma_compat_alloc_kind(start_pfn, end_pfn, LCMA_ACR_KIND);
}

/* In MOVABLE blocks. */
static inline int lcma_compat_alloc_movable(unsigned long start_pfn,
					    unsigned long end_pfn)
{
	return lcma_compat_alloc_kind(start_pfn, end_pfn, LCMA_ACR_MOVABLE);
}

#endif
