/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which migrate type a region's blocks have on this kernel.
 */
#ifndef LCMA_COMPAT_MIGRATETYPE_H
#define LCMA_COMPAT_MIGRATETYPE_H

#include <linux/mmzone.h>

/*
 * Blocks of type CMA hold free pages for movable allocations only. Without
 * CONFIG_CMA the next best is MOVABLE, which unmovable pages enter sooner or
 * later: there regions are private, unless share_movable=1 (pageblock.c).
 */
#ifdef CONFIG_CMA
#define LCMA_MIGRATETYPE	MIGRATE_CMA
#define LCMA_HAS_CMA		true
#else
#define LCMA_MIGRATETYPE	MIGRATE_MOVABLE
#define LCMA_HAS_CMA		false
#endif

#endif
