/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The taker: claims pages for a source that has none reserved. Sources stand below the
 * one file that claims (supply/claim.c), so it comes to them.
 */
#ifndef LCMA_TAKER_H
#define LCMA_TAKER_H

/**
 * struct lcma_taker - pages out of ordinary memory, and back
 * @take: claim whole units of MOVABLE blocks, whose types stay; may sleep. Return: 0,
 *	and every page is order 0 with one reference; -EBUSY a page could not be moved;
 *	-ENOMEM nowhere to move one to; -EINTR
 * @give: give claimed pages back, into blocks whose types are set; may sleep
 */
struct lcma_taker {
	int (*take)(unsigned long pfn, unsigned long nr_pages);
	void (*give)(unsigned long pfn, unsigned long nr_pages);
};

void lcma_taker_set(const struct lcma_taker *taker);
const struct lcma_taker *lcma_taker(void);

#endif
