/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watch: where there may be pages with a memory error (PageHWPoison), so that others
 * need not be looked at.
 *
 * The kernel tells of each memory error (compat/memfail.h). Two kinds of page frames
 * are suspects: those that it told of while lcma was loaded, and those that were marked
 * when lcma got them (region/poison.h looks at each page once, when it comes). What is
 * kept is the range from the first suspect to the last. It only grows. As long as the
 * machine has had no memory error it is empty, and no page is looked at. Where the
 * kernel cannot be heard all page frames are in it, and each page is looked at each
 * time.
 *
 * The kernel marks the page first, and tells of it when it has dealt with it, some
 * milliseconds later. A page that lcma hands out between the two is handed out although
 * it was marked. A look cannot exclude that either: the kernel marks a page some time
 * after the hardware has found the error, and the error may come after the look. What
 * follows is the same: the page is retired when its buffer is gone.
 */
#ifndef LCMA_WATCH_H
#define LCMA_WATCH_H

#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/types.h>

/**
 * struct lcma_suspects - page frames that may have a memory error
 * @first_pfn: the first [peeked]
 * @last_pfn: the last [peeked]; below the first one if there are none
 *
 * Written in: page/watch.c.
 */
struct lcma_suspects {
	unsigned long first_pfn;
	unsigned long last_pfn;
};

extern struct lcma_suspects lcma_suspects;

void lcma_watch_init(void);
void lcma_watch_stop(void);
void lcma_watch_exit(void);

void lcma_watch_suspect(unsigned long pfn);

/*
 * Narrow the page frames [*@pfn, *@end_pfn) to the suspects among them. Return: false if
 * there are none.
 */
static inline bool lcma_watch_narrow(unsigned long *pfn, unsigned long *end_pfn)
{
	unsigned long first_pfn, last_pfn;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return false;
	first_pfn = READ_ONCE(lcma_suspects.first_pfn);
	last_pfn = READ_ONCE(lcma_suspects.last_pfn);
	if (*end_pfn <= first_pfn || *pfn > last_pfn)
		return false;
	if (*pfn < first_pfn)
		*pfn = first_pfn;
	if (*end_pfn - 1 > last_pfn)
		*end_pfn = last_pfn + 1;
	return *pfn < *end_pfn;
}

#endif
