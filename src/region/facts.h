/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's facts: every number that is told of it, read in one hold of its lock, so
 * that the numbers fit each other; and the one table of their names.
 *
 *	ioctl, kernel API	read struct lcma_facts
 *	sysfs, debugfs		go through the table: a file, and a line, for each row
 *
 * One fact is a word, how CPUs map the memory: sysfs and debugfs show the word, structures
 * have its number.
 *
 * A number has one name everywhere. The uapi counts in bytes and leaves "_pages"
 * away. Numbers that cannot be had in one hold of the lock are no facts:
 * poisoned_pages, suspect_pages and system_pages.
 */
#ifndef LCMA_FACTS_H
#define LCMA_FACTS_H

#include <linux/stddef.h>
#include <linux/types.h>

#include "region/region.h"

/**
 * struct lcma_facts - what is told of a region
 * @nr_pages: its size
 * @unit_pages: what migration touches at once
 * @align_pages: least alignment of every buffer
 * @granule_pages: every buffer takes a multiple of this
 * @used_pages: in buffers; quarantine and what is prepared included
 * @pool_pages: can be handed out at once
 * @pool_zero_pages: those of them that are zero
 * @shared_pages: the system may use them
 * @busy_pages: on their way
 * @claimed_pages: the system may not use them: used and pool
 * @quarantined_pages: their buffer is gone, somebody still holds them
 * @prepared_pages: emptied ahead of time, held for an allocation to come
 * @largest_pages: the longest unused run
 * @running_claims: runs that are being taken, those included whose caller has left
 * @keep_low: pool pages that a refill aims at
 * @keep_high: pool pages above this are given back
 * @decay_ms: after how long an idle pool is given back; 0: never
 * @wedge: 1: the first page of each unit is kept besides
 * @wedged_pages: how many of these are in the pool now
 * @address_bits: how many a device needs to reach all of it
 * @cache: how CPUs map it, enum lcma_cache
 * @stats: counters since the module was loaded
 * @life: whether it serves; not in the table, as no number
 */
struct lcma_facts {
	u64 nr_pages;
	u64 unit_pages;
	u64 align_pages;
	u64 granule_pages;
	u64 used_pages;
	u64 pool_pages;
	u64 pool_zero_pages;
	u64 shared_pages;
	u64 busy_pages;
	u64 claimed_pages;
	u64 quarantined_pages;
	u64 prepared_pages;
	u64 largest_pages;
	u64 running_claims;
	u64 keep_low;
	u64 keep_high;
	u64 decay_ms;
	u64 wedge;
	u64 wedged_pages;
	u64 address_bits;
	u64 cache;
	struct lcma_stats stats;
	enum lcma_life life;
};

/* Rows of the table: one for each number. */
#define LCMA_NR_FACTS	(offsetofend(struct lcma_facts, stats) / sizeof(u64))

/**
 * enum lcma_unit - what a number counts
 * @LCMA_UNIT_PAGES: pages
 * @LCMA_UNIT_EVENTS: how often something has happened, or goes on
 * @LCMA_UNIT_MS: milliseconds
 * @LCMA_UNIT_US: microseconds; kept in nanoseconds
 * @LCMA_UNIT_CACHE: no number, but enum lcma_cache
 */
enum lcma_unit {
	LCMA_UNIT_PAGES,
	LCMA_UNIT_EVENTS,
	LCMA_UNIT_MS,
	LCMA_UNIT_US,
	LCMA_UNIT_CACHE,
};

/**
 * enum lcma_kind_of_fact - how a number changes
 * @LCMA_FACT_FIXED: never
 * @LCMA_FACT_SET: when somebody sets it
 * @LCMA_FACT_NOW: it goes up and down
 * @LCMA_FACT_SINCE: it only grows, from 0 when the module was loaded
 */
enum lcma_kind_of_fact {
	LCMA_FACT_FIXED,
	LCMA_FACT_SET,
	LCMA_FACT_NOW,
	LCMA_FACT_SINCE,
};

/**
 * struct lcma_fact - a row of the table
 * @name: the number's name in sysfs, debugfs, the manual and cmactl
 * @unit: what it counts
 * @kind: how it changes
 * @offset_bytes: where it is in struct lcma_facts
 */
struct lcma_fact {
	const char *name;
	enum lcma_unit unit;
	enum lcma_kind_of_fact kind;
	size_t offset_bytes;
};

extern const struct lcma_fact lcma_fact_table[];	/* LCMA_NR_FACTS rows */

void lcma_facts_read(struct lcma_region *region, struct lcma_facts *facts);
u64 lcma_fact_value(const struct lcma_facts *facts,
		    const struct lcma_fact *fact);
const char *lcma_fact_word(const struct lcma_facts *facts,
			   const struct lcma_fact *fact);

#endif
