// SPDX-License-Identifier: GPL-2.0-only
/*
 * Obstacles: see obstacle.h.
 *
 * All of this reads pages that belong to others and change meanwhile
 * (compat/page.h). It explains and it guides; nothing relies on it.
 */
#include "obstacle.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat/page.h"

/* Pages to look at between two offers to reschedule. */
#define LOOK_BATCH	1024

/* A torn read must not send the look beyond any block. */
#define LOOK_MAX_ORDER	12

/*
 * References that migration accounts for: one for each mapping, one for the
 * page cache or swap cache, one for buffer heads, one for who took the page
 * off its reclaim list (a failed migration puts pages back in batches).
 */
static int expected_refs(const struct lcma_page_look *look)
{
	return look->mapcount + (look->file || look->swapcache) +
	       look->private + !look->lru;
}

static enum lcma_obstacle_kind judge(const struct lcma_page_look *look,
				     int *extra)
{
	*extra = 0;
	if (look->reserved)
		return LCMA_OBSTACLE_RESERVED;
	if (look->tail || look->buddy_order >= 0 || look->refcount <= 0)
		return LCMA_OBSTACLE_NONE;
	if (!look->anon && !look->file && !look->lru)
		return LCMA_OBSTACLE_UNMOVABLE;
	if (look->writeback || look->locked)
		return LCMA_OBSTACLE_PASSING;
	*extra = look->refcount - expected_refs(look);
	if (*extra > 0)
		return LCMA_OBSTACLE_PINNED;
	return look->lru ? LCMA_OBSTACLE_NONE : LCMA_OBSTACLE_PASSING;
}

/**
 * lcma_obstacle_find - which page of a range is in the way?
 * @start_pfn: first page
 * @nr_pages: how many
 * @obstacle: the worst kind that was found, and of these the last page: no run
 *	that contains it can be taken
 *
 * Context: process, may sleep.
 * Return: false if nothing looks like an obstacle (any more).
 */
bool lcma_obstacle_find(unsigned long start_pfn, unsigned long nr_pages,
			struct lcma_obstacle *obstacle)
{
	unsigned long pfn;

	memset(obstacle, 0, sizeof(*obstacle));
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++) {
		enum lcma_obstacle_kind kind;
		struct lcma_page_look look;
		int extra;

		if (!(pfn % LOOK_BATCH))
			cond_resched();
		lcma_page_look(pfn, &look);
		if (look.buddy_order > 0) {
			pfn += (1UL << min(look.buddy_order,
					   LOOK_MAX_ORDER)) - 1;
			continue;
		}
		kind = judge(&look, &extra);
		if (kind == LCMA_OBSTACLE_NONE || kind < obstacle->kind)
			continue;
		obstacle->kind = kind;
		obstacle->pfn = pfn;
		obstacle->refcount = look.refcount;
		obstacle->extra = extra;
	}
	return obstacle->kind != LCMA_OBSTACLE_NONE;
}

/**
 * lcma_obstacle_text - an obstacle in words
 * @obstacle: the obstacle
 * @text: where to
 * @size_bytes: its size; LCMA_OBSTACLE_TEXT_BYTES is enough
 *
 * Context: any.
 * Return: @text.
 */
const char *lcma_obstacle_text(const struct lcma_obstacle *obstacle,
			       char *text, size_t size_bytes)
{
	const unsigned long pfn = obstacle->pfn;

	switch (obstacle->kind) {
	case LCMA_OBSTACLE_PASSING:
		snprintf(text, size_bytes, "pfn 0x%lx is locked, under I/O or isolated",
			 pfn);
		break;
	case LCMA_OBSTACLE_PINNED:
		snprintf(text, size_bytes,
			 "pfn 0x%lx is pinned (%d of %d references unaccounted for)",
			 pfn, obstacle->extra, obstacle->refcount);
		break;
	case LCMA_OBSTACLE_UNMOVABLE:
		snprintf(text, size_bytes, "pfn 0x%lx is not movable (%d references)",
			 pfn, obstacle->refcount);
		break;
	case LCMA_OBSTACLE_RESERVED:
		snprintf(text, size_bytes, "pfn 0x%lx is reserved by the kernel",
			 pfn);
		break;
	case LCMA_OBSTACLE_NONE:
		snprintf(text, size_bytes, "an obstacle that was gone when it was looked for");
		break;
	}
	return text;
}

/**
 * lcma_obstacle_count_users - how many pages of a range are in use?
 * @start_pfn: first page
 * @nr_pages: how many
 *
 * Context: process, may sleep.
 * Return: pages that are not free in the buddy allocator, as far as a look can
 * tell (free pages that a CPU keeps for itself count as free).
 */
unsigned long lcma_obstacle_count_users(unsigned long start_pfn,
					unsigned long nr_pages)
{
	const unsigned long end = start_pfn + nr_pages;
	unsigned long nr_users = 0;
	unsigned long pfn;

	for (pfn = start_pfn; pfn < end; pfn++) {
		struct lcma_page_look look;

		if (!(pfn % LOOK_BATCH))
			cond_resched();
		lcma_page_look(pfn, &look);
		if (look.buddy_order > 0)
			pfn += (1UL << min(look.buddy_order, LOOK_MAX_ORDER)) - 1;
		else if (look.tail || look.refcount > 0)
			nr_users++;
	}
	return nr_users;
}

/**
 * lcma_obstacle_weigh - what would it take to empty a range?
 * @start_pfn: first page
 * @nr_pages: how many
 * @max_looks: how many pages to look at, at even distances
 * @weight: the answer
 *
 * Context: any; the time it takes is bounded by @max_looks.
 */
void lcma_obstacle_weigh(unsigned long start_pfn, unsigned long nr_pages,
			 unsigned int max_looks, struct lcma_weight *weight)
{
	const unsigned long step = DIV_ROUND_UP(nr_pages, max_looks);
	const unsigned long end = start_pfn + nr_pages;
	struct lcma_page_look look;
	unsigned long pfn = start_pfn;
	int extra;

	memset(weight, 0, sizeof(*weight));
	while (pfn < end) {
		lcma_page_look(pfn, &look);
		if (look.buddy_order > 0) {
			pfn += max(step, 1UL << min(look.buddy_order,
						    LOOK_MAX_ORDER));
			continue;
		}
		if (look.tail || look.refcount > 0)
			weight->nr_users += step;
		if (judge(&look, &extra) > LCMA_OBSTACLE_PASSING)
			weight->nr_stuck++;
		pfn += step;
	}
}
