// SPDX-License-Identifier: GPL-2.0-only
/*
 * Obstacles: see obstacle.h.
 *
 * All of this reads pages that belong to others and change meanwhile
 * (compat/page.h). It explains and it guides; nothing relies on it.
 */
#include "page/obstacle.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "page/buddy.h"
#include "page/pageblock.h"

#include "compat/page.h"

/* Looks between two offers to reschedule. */
#define LOOK_BATCH	1024

/* A torn read must not send the look beyond any block. */
#define LOOK_MAX_ORDER	12

/*
 * References that migration accounts for: one for each mapping, one for each page
 * in the page cache or swap cache, one for buffer heads, one for the caller that
 * took the page off its reclaim list (a failed migration puts pages back in batches).
 */
static int expected_refs(const struct lcma_page_look *look)
{
	const int nr_cached = look->file || look->swapcache ? look->nr_pages : 0;

	return look->mapcount + nr_cached + look->private + !look->lru;
}

/* Of a lone page or of a folio's head. */
static enum lcma_obstacle_kind judge(const struct lcma_page_look *look,
				     int *extra)
{
	*extra = 0;
	if (look->reserved)
		return LCMA_OBSTACLE_RESERVED;
	if (look->tail || look->buddy_order >= 0 || look->refcount <= 0)
		return LCMA_OBSTACLE_NONE;
	if (look->movable_ops)
		return look->locked ? LCMA_OBSTACLE_PASSING : LCMA_OBSTACLE_NONE;
	if (!look->anon && !look->file && !look->lru)
		return LCMA_OBSTACLE_UNMOVABLE;
	if (look->writeback || look->locked)
		return LCMA_OBSTACLE_PASSING;
	if (look->mapcount < 0)
		return LCMA_OBSTACLE_NONE;
	*extra = look->refcount - expected_refs(look);
	if (*extra > 0)
		return LCMA_OBSTACLE_PINNED;
	/* Huge pages of the pool are on no reclaim list, and can be moved. */
	return look->lru || look->nr_pages > 1 ? LCMA_OBSTACLE_NONE :
						 LCMA_OBSTACLE_PASSING;
}

/*
 * Look at a page, or at the folio that it belongs to, whose head lies where a head
 * of a folio of that size can lie: there are few such places, all in one unit.
 * Return: the page, or the head.
 */
static unsigned long look_whole(unsigned long pfn, struct lcma_page_look *look)
{
	const unsigned long most = lcma_unit_pages();
	struct lcma_page_look head;
	unsigned long nr, first;

	lcma_page_look(pfn, look);
	for (nr = 2; look->tail && nr <= most; nr *= 2) {
		first = pfn & ~(nr - 1);
		if (first == pfn || !(pfn & (nr / 2)))
			continue;
		lcma_page_look(first, &head);
		if (head.nr_pages <= pfn - first || head.nr_pages > most)
			continue;
		*look = head;
		return first;
	}
	if (look->nr_pages > most)
		look->nr_pages = 1;
	return pfn;
}

/* The first page after a page that was looked at, and after all that belongs to it. */
static unsigned long next_pfn(unsigned long first,
			      const struct lcma_page_look *look)
{
	if (look->buddy_order > 0)
		return first + (1UL << min(look->buddy_order, LOOK_MAX_ORDER));
	return first + look->nr_pages;
}

/*
 * The same where a look may fall into the middle of a free block, of which only the head
 * says that it is free: then all of the block has been looked at.
 */
static unsigned long next_after(unsigned long pfn, unsigned long first,
				const struct lcma_page_look *look)
{
	unsigned long head, nr_block = 0;

	if (look->buddy_order < 0 && !look->tail && !look->refcount)
		nr_block = lcma_buddy_block(pfn, &head);
	return nr_block ? head + nr_block : next_pfn(first, look);
}

/**
 * lcma_obstacle_find - which page of a range is in the way?
 * @start_pfn: first page
 * @nr_pages: how many
 * @obstacle: the worst kind that was found, and of these the last page or folio,
 *	whole, even where it reaches out of the range: no run that contains a part
 *	of it can be taken
 *
 * Context: process, may sleep.
 * Return: false if nothing looks like an obstacle, or no longer does.
 */
bool lcma_obstacle_find(unsigned long start_pfn, unsigned long nr_pages,
			struct lcma_obstacle *obstacle)
{
	const unsigned long end_pfn = start_pfn + nr_pages;
	unsigned long pfn = start_pfn, first, nr_looks = 0;
	enum lcma_obstacle_kind kind;
	struct lcma_page_look look;
	int extra;

	memset(obstacle, 0, sizeof(*obstacle));
	while (pfn < end_pfn) {
		if (!(++nr_looks % LOOK_BATCH))
			cond_resched();
		first = look_whole(pfn, &look);
		pfn = next_pfn(first, &look);
		kind = judge(&look, &extra);
		if (kind == LCMA_OBSTACLE_NONE || kind < obstacle->kind)
			continue;
		/* Others isolate many pages, and wait for one. */
		if (kind == LCMA_OBSTACLE_PASSING && kind == obstacle->kind &&
		    !look.locked && !look.writeback)
			continue;
		obstacle->kind = kind;
		obstacle->is_writeback = look.writeback;
		obstacle->is_locked = look.locked;
		obstacle->pfn = first;
		obstacle->nr_pages = look.nr_pages;
		obstacle->refcount = look.refcount;
		obstacle->extra = extra;
	}
	return obstacle->kind != LCMA_OBSTACLE_NONE;
}

static enum lcma_content content_of(const struct lcma_page_look *look)
{
	int extra;

	switch (judge(look, &extra)) {
	case LCMA_OBSTACLE_RESERVED:
		return LCMA_CONTENT_RESERVED;
	case LCMA_OBSTACLE_UNMOVABLE:
		return LCMA_CONTENT_UNMOVABLE;
	case LCMA_OBSTACLE_PINNED:
		return LCMA_CONTENT_PINNED;
	case LCMA_OBSTACLE_PASSING:
		return look->writeback || look->locked ? LCMA_CONTENT_PASSING :
							 LCMA_CONTENT_APART;
	default:
		break;
	}
	if (look->tail || look->nr_pages > 1)
		return LCMA_CONTENT_HUGE;
	return look->buddy_order >= 0 || look->refcount <= 0 ?
	       LCMA_CONTENT_FREE : LCMA_CONTENT_MOVABLE;
}

/**
 * lcma_obstacle_look - what is on a page?
 * @pfn: the page
 * @content: the answer, for it and for all pages before the one returned
 *
 * Context: any.
 * Return: the first page that has to be looked at next: after the page, or after the
 * free block or the folio that it belongs to.
 */
unsigned long lcma_obstacle_look(unsigned long pfn, enum lcma_content *content)
{
	struct lcma_page_look look;
	const unsigned long first = look_whole(pfn, &look);

	*content = content_of(&look);
	return max(pfn + 1, next_pfn(first, &look));
}

static const char *passing_word(const struct lcma_obstacle *obstacle)
{
	if (obstacle->is_writeback)
		return "under I/O: it is being written to its device";
	return obstacle->is_locked ? "locked, or under I/O" :
				     "isolated by another task";
}

/**
 * lcma_obstacle_word - a kind of obstacles in one word
 * @kind: the kind
 *
 * Context: any.
 * Return: a constant string.
 */
const char *lcma_obstacle_word(enum lcma_obstacle_kind kind)
{
	static const char * const words[] = {
		[LCMA_OBSTACLE_NONE] = "none",
		[LCMA_OBSTACLE_HIDDEN] = "hidden",
		[LCMA_OBSTACLE_PASSING] = "passing",
		[LCMA_OBSTACLE_PINNED] = "pinned",
		[LCMA_OBSTACLE_UNMOVABLE] = "unmovable",
		[LCMA_OBSTACLE_RESERVED] = "reserved",
	};

	return words[kind];
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
	char what[80];

	if (obstacle->nr_pages > 1)
		snprintf(what, sizeof(what), "the folio of %lu pages at pfn 0x%lx",
			 obstacle->nr_pages, obstacle->pfn);
	else
		snprintf(what, sizeof(what), "pfn 0x%lx", obstacle->pfn);

	switch (obstacle->kind) {
	case LCMA_OBSTACLE_HIDDEN:
		snprintf(text, size_bytes,
			 "%s was not moved, its buffers or a short-lived reference hold it",
			 what);
		break;
	case LCMA_OBSTACLE_PASSING:
		snprintf(text, size_bytes, "%s is %s", what,
			 passing_word(obstacle));
		break;
	case LCMA_OBSTACLE_PINNED:
		snprintf(text, size_bytes,
			 "%s is pinned (%d of %d references unaccounted for)",
			 what, obstacle->extra, obstacle->refcount);
		break;
	case LCMA_OBSTACLE_UNMOVABLE:
		snprintf(text, size_bytes, "%s is not movable (%d references)",
			 what, obstacle->refcount);
		break;
	case LCMA_OBSTACLE_RESERVED:
		snprintf(text, size_bytes, "%s is reserved by the kernel", what);
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
	unsigned long pfn = start_pfn, nr_looks = 0, nr_users = 0;
	struct lcma_page_look look;

	while (pfn < end) {
		if (!(++nr_looks % LOOK_BATCH))
			cond_resched();
		lcma_page_look(pfn, &look);
		if (look.buddy_order > 0) {
			pfn = next_pfn(pfn, &look);
			continue;
		}
		nr_users += look.tail || look.refcount > 0;
		pfn++;
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
	unsigned long pfn = start_pfn, first, next;
	struct lcma_page_look look;
	int extra;

	memset(weight, 0, sizeof(*weight));
	while (pfn < end) {
		first = look_whole(pfn, &look);
		next = min(end, max(pfn + step, next_after(pfn, first, &look)));
		if (look.buddy_order <= 0 && (look.tail || look.refcount > 0))
			weight->nr_users += next - pfn;
		if (judge(&look, &extra) > LCMA_OBSTACLE_PASSING)
			weight->nr_stuck++;
		pfn = next;
	}
}
