/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Caches: a device of lcma's own, which stands for all hardware that reaches
 * memory past the CPU's caches and that no driver has told us of: devices that
 * are programmed with a physical address, and the next owner's.
 *
 *	clean		what CPUs wrote reaches memory
 *	invalidate	what CPUs read next comes from memory
 *
 * One rule holds for all of lcma: a CPU's write is never answered by an
 * invalidate. So there is no function that only invalidates: what is
 * invalidated here has been cleaned just before.
 *
 * On a machine on which devices see the CPU's caches, none of it does anything.
 */
#ifndef LCMA_CACHE_H
#define LCMA_CACHE_H

#include <linux/types.h>

int lcma_cache_init(void);
void lcma_cache_exit(void);

bool lcma_cache_is_needed(void);
void lcma_cache_clean(unsigned long pfn, unsigned long nr_pages);
void lcma_cache_for_device(phys_addr_t phys, u64 len_bytes);
void lcma_cache_for_cpu(phys_addr_t phys, u64 len_bytes);

#endif
