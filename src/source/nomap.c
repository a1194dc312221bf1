// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the kernel does not map: see nomap.h.
 *
 * It may have struct pages, and pfn_valid() may say so, but nothing is in them, and no
 * address goes with them. So nothing in lcma looks at one. All of a carve is mapped once,
 * with the one attribute that all mappings of it have: by that mapping it is zeroed,
 * also where nothing may sleep, and kernel mappings of buffers are parts of it.
 */
#include "source/nomap.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>

#include "fault.h"
#include "source/reason.h"

/**
 * lcma_nomap_is_unmapped - has the kernel really left it out?
 * @reservation: what a node calls no-map
 *
 * The kernel maps it nevertheless where it has found something else there, or a driver
 * has refused the node.
 *
 * Context: process.
 * Return: true if no part of it is the system's memory.
 */
bool lcma_nomap_is_unmapped(const struct lcma_reservation *reservation)
{
	return region_intersects(PFN_PHYS(reservation->first),
				 (size_t)(reservation->end - reservation->first) << PAGE_SHIFT,
				 IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) == REGION_DISJOINT;
}

static void *map(phys_addr_t phys, size_t len_bytes, enum lcma_cache cache)
{
	switch (cache) {
	case LCMA_CACHE_WB:
		return memremap(phys, len_bytes, MEMREMAP_WB);
	case LCMA_CACHE_UNCACHED:
		return (__force void *)ioremap(phys, len_bytes);
	default:
		return memremap(phys, len_bytes, MEMREMAP_WC);
	}
}

/**
 * lcma_nomap_map - map a carve, once for all
 * @spec: the region, with cache=; without: write-combining
 * @carve: its memory; @carve->cache and @carve->vaddr are set
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM, and the log says so.
 */
int lcma_nomap_map(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	const size_t len_bytes = (size_t)carve->nr_pages << PAGE_SHIFT;

	carve->cache = spec->cache == LCMA_CACHE_ANY ? LCMA_CACHE_WC : spec->cache;
	carve->vaddr = lcma_fault(NOMAP_MAP) ? NULL :
		       map(PFN_PHYS(carve->base_pfn), len_bytes, carve->cache);
	if (carve->vaddr)
		return 0;
	lcma_reason_err("region %s: the kernel has no address space to map %zu KiB; make the region smaller, or, on 32 bit, put vmalloc= on the kernel command line",
			spec->name, len_bytes >> 10);
	return -ENOMEM;
}

/**
 * lcma_nomap_unmap - the end of the mapping
 * @carve: of lcma_nomap_map()
 *
 * Context: process, may sleep.
 */
void lcma_nomap_unmap(struct lcma_carve *carve)
{
	if (carve->cache == LCMA_CACHE_UNCACHED)
		iounmap((__force void __iomem *)carve->vaddr);
	else
		memunmap(carve->vaddr);
}
