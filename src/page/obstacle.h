/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Obstacles: which page was in the way, and what held it.
 */
#ifndef LCMA_OBSTACLE_H
#define LCMA_OBSTACLE_H

#include <linux/types.h>

/**
 * enum lcma_obstacle_kind - what keeps a page where it is
 * @LCMA_OBSTACLE_NONE: nothing was found; it was there only for a moment
 * @LCMA_OBSTACLE_HIDDEN: a claim of nothing but this page failed, and nothing in
 *	it shows why: its buffers are busy, or it is held for moments again and again
 * @LCMA_OBSTACLE_PASSING: locked, under I/O, or being moved by another caller
 * @LCMA_OBSTACLE_PINNED: there are references beyond those of its users
 * @LCMA_OBSTACLE_UNMOVABLE: no page that migration knows how to move
 * @LCMA_OBSTACLE_RESERVED: the kernel reserves it
 */
enum lcma_obstacle_kind {
	LCMA_OBSTACLE_NONE,
	LCMA_OBSTACLE_HIDDEN,
	LCMA_OBSTACLE_PASSING,
	LCMA_OBSTACLE_PINNED,
	LCMA_OBSTACLE_UNMOVABLE,
	LCMA_OBSTACLE_RESERVED,
};

/**
 * enum lcma_content - what is on a page that the system has
 * @LCMA_CONTENT_UNKNOWN: nobody looked
 * @LCMA_CONTENT_FREE: nothing, it is free
 * @LCMA_CONTENT_MOVABLE: a program's or a file's page, which can be moved
 * @LCMA_CONTENT_HUGE: the same, as a part of a folio of several pages
 * @LCMA_CONTENT_PASSING: locked, or under I/O
 * @LCMA_CONTENT_APART: off its reclaim list: isolated, or in a CPU's batch
 * @LCMA_CONTENT_PINNED: there are references beyond those of its users
 * @LCMA_CONTENT_UNMOVABLE: no page that migration knows how to move
 * @LCMA_CONTENT_RESERVED: the kernel reserves it
 */
enum lcma_content {
	LCMA_CONTENT_UNKNOWN,
	LCMA_CONTENT_FREE,
	LCMA_CONTENT_MOVABLE,
	LCMA_CONTENT_HUGE,
	LCMA_CONTENT_PASSING,
	LCMA_CONTENT_APART,
	LCMA_CONTENT_PINNED,
	LCMA_CONTENT_UNMOVABLE,
	LCMA_CONTENT_RESERVED,
};

/**
 * struct lcma_obstacle - a page or a folio in the way
 * @kind: what keeps it
 * @is_proven: a claim of it, and of nothing else, has failed
 * @is_writeback: it is being written to its device
 * @is_locked: its lock is held
 * @pfn: its first page frame
 * @nr_pages: how many pages it has
 * @refcount: its references
 * @extra: how many of them belong neither to its mappings nor to its cache
 */
struct lcma_obstacle {
	enum lcma_obstacle_kind kind;
	bool is_proven;
	bool is_writeback;
	bool is_locked;
	unsigned long pfn;
	unsigned long nr_pages;
	int refcount;
	int extra;
};

/**
 * struct lcma_weight - what it would take to empty a range
 * @nr_users: pages in use, as far as some of them tell
 * @nr_stuck: how many of those that were looked at will hardly be moved
 */
struct lcma_weight {
	unsigned long nr_users;
	unsigned long nr_stuck;
};

/* Room for lcma_obstacle_text(). */
#define LCMA_OBSTACLE_TEXT_BYTES	160

/* Will it hardly go away by itself? */
static inline bool lcma_obstacle_is_stuck(const struct lcma_obstacle *obstacle)
{
	return obstacle->kind > LCMA_OBSTACLE_PASSING;
}

/* Would a migration wait for it, perhaps for seconds: for I/O, or for a page's lock? */
static inline bool lcma_obstacle_is_waited_for(const struct lcma_obstacle *obstacle)
{
	return obstacle->is_writeback || obstacle->is_locked;
}

/*
 * Is it merely off its reclaim list? Others isolate pages for moments. But a migration
 * that fails puts its page back by way of the CPU's own batch, and there it can stay
 * for as long as that CPU has nothing to do: it says nothing about what held the page.
 */
static inline bool lcma_obstacle_is_off_list(const struct lcma_obstacle *obstacle)
{
	return obstacle->kind == LCMA_OBSTACLE_PASSING &&
	       !lcma_obstacle_is_waited_for(obstacle);
}

bool lcma_obstacle_find(unsigned long start_pfn, unsigned long nr_pages,
			struct lcma_obstacle *obstacle);
const char *lcma_obstacle_text(const struct lcma_obstacle *obstacle,
			       char *text, size_t size_bytes);
void lcma_obstacle_weigh(unsigned long start_pfn, unsigned long nr_pages,
			 unsigned int max_looks, struct lcma_weight *weight);
const char *lcma_obstacle_word(enum lcma_obstacle_kind kind);
unsigned long lcma_obstacle_look(unsigned long pfn, enum lcma_content *content);
unsigned long lcma_obstacle_count_users(unsigned long start_pfn,
					unsigned long nr_pages);

#endif
