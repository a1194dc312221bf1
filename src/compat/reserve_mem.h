/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reserve_mem= came with 6.12. Older kernels find no such reservation.
 */
#ifndef LCMA_COMPAT_RESERVE_MEM_H
#define LCMA_COMPAT_RESERVE_MEM_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define LCMA_HAS_RESERVE_MEM	1
#define lcma_compat_reserve_mem	reserve_mem_find_by_name
#else
#define LCMA_HAS_RESERVE_MEM	0
static inline int lcma_compat_reserve_mem(const char *name, phys_addr_t *start,
					  phys_addr_t *size)
{
	return 0;
}
#endif

#endif
