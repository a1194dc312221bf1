// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failures: see failure.h.
 */
#include "failure.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "obstacle.h"

static const char *obstacle_word(enum lcma_obstacle_kind kind)
{
	static const char * const words[] = {
		[LCMA_OBSTACLE_NONE] = "an obstacle that was gone when it was looked for",
		[LCMA_OBSTACLE_PASSING] = "a page that was locked, under I/O or isolated",
		[LCMA_OBSTACLE_PINNED] = "a pinned page",
		[LCMA_OBSTACLE_UNMOVABLE] = "a page that is not movable",
		[LCMA_OBSTACLE_RESERVED] = "a page that the kernel reserves",
	};

	return words[kind];
}

/**
 * lcma_failure_text - why did the last allocation that failed fail?
 * @region: the region
 * @with_pfn: name the page that was in the way
 * @text: where to, without a newline
 * @size_bytes: its size; LCMA_FAILURE_TEXT_BYTES is enough
 *
 * Context: any.
 * Return: length of the text.
 */
int lcma_failure_text(struct lcma_region *region, bool with_pfn, char *text,
		      size_t size_bytes)
{
	char page[LCMA_OBSTACLE_TEXT_BYTES];
	struct lcma_failure f;
	const char *obstacle;
	unsigned long flags;
	int len;

	lcma_region_lock(region, &flags);
	f = region->failure;
	lcma_region_unlock(region, flags);

	if (!f.err)
		return scnprintf(text, size_bytes, "none");
	len = scnprintf(text, size_bytes,
			"%pe, %lu pages aligned to %lu, longest unused run %lu pages",
			ERR_PTR(f.err), f.nr_pages, f.align_pages, f.longest);
	if (f.err == -EBUSY) {
		obstacle = with_pfn ?
			   lcma_obstacle_text(&f.obstacle, page, sizeof(page)) :
			   obstacle_word(f.obstacle.kind);
		len += scnprintf(text + len, size_bytes - len, ", %s", obstacle);
	}
	return len + scnprintf(text + len, size_bytes - len, ", %llu ms ago",
			       div_u64(ktime_get_ns() - f.when_ns, NSEC_PER_MSEC));
}
