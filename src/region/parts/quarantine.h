/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: pages in quarantine. supply/quarantine.h says which pages are,
 * and region/poison.h which stay there for good.
 */
#ifndef LCMA_PART_QUARANTINE_H
#define LCMA_PART_QUARANTINE_H

#include <linux/bitmap.h>
#include <linux/compiler.h>
#include <linux/workqueue.h>

/**
 * struct lcma_quarantine - the quarantined pages of a region
 * @pages: [lock] one bit a page
 * @nr: [lock, peeked] how many there are
 * @retry_work: looks whether their other holders have let go
 *
 * Written in: supply/quarantine.c
 */
struct lcma_quarantine {
	unsigned long *pages;
	unsigned long nr;
	struct delayed_work retry_work;
};

static inline size_t lcma_quarantine_bytes(unsigned long nr_pages)
{
	return BITS_TO_LONGS(nr_pages) * sizeof(long);
}

/* @mem is so many bytes, all zero, and aligned to a long. */
static inline void lcma_quarantine_init(struct lcma_quarantine *quarantine,
					void *mem)
{
	quarantine->pages = mem;
}

/* Under region->lock: pages that are not there yet enter. */
static inline void lcma_quarantine_enter(struct lcma_quarantine *quarantine,
					 unsigned long start,
					 unsigned long nr_pages)
{
	bitmap_set(quarantine->pages, start, nr_pages);
	WRITE_ONCE(quarantine->nr, quarantine->nr + nr_pages);
}

/* Under region->lock: a page that is there leaves. */
static inline void lcma_quarantine_leave(struct lcma_quarantine *quarantine,
					 unsigned long page)
{
	bitmap_clear(quarantine->pages, page, 1);
	WRITE_ONCE(quarantine->nr, quarantine->nr - 1);
}

#endif
