/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the kernel does not map: no-map nodes of a device tree. It is the only
 * lowmem that may be mapped uncached where every page of lowmem has a cached mapping.
 */
#ifndef LCMA_NOMAP_H
#define LCMA_NOMAP_H

#include "source/reserved.h"
#include "source/source.h"

bool lcma_nomap_is_unmapped(const struct lcma_reservation *reservation);
int lcma_nomap_map(const struct lcma_spec *spec, struct lcma_carve *carve);
void lcma_nomap_unmap(struct lcma_carve *carve);

#endif
