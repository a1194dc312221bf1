/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: memory that is prepared: emptied and zeroed ahead of time, and
 * held until an allocation uses it. supply/prepare.h says what becomes of it.
 */
#ifndef LCMA_PART_PREPARE_H
#define LCMA_PART_PREPARE_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "region/owner.h"

struct lcma_charge;
struct lcma_region;
struct task_struct;

/* So many preparations of a region at a time. */
#define LCMA_MAX_PREPARES	8

/**
 * enum lcma_prepare_state - how far a preparation is
 * @LCMA_PREPARE_EMPTYING: its pages are being emptied
 * @LCMA_PREPARE_READY: they are held for an allocation
 * @LCMA_PREPARE_ENDED: they have been used, or are not held any longer
 */
enum lcma_prepare_state {
	LCMA_PREPARE_EMPTYING,
	LCMA_PREPARE_READY,
	LCMA_PREPARE_ENDED,
};

/**
 * struct lcma_prepared - one preparation
 * @link: [lock] in region->prepares.list, oldest first
 * @region: where; fixed
 * @owner: which front end asked; fixed
 * @holder: the open file that it is bound to, only compared; NULL: to its time; fixed
 * @uid: whose it is; fixed
 * @state: [lock] how far it is
 * @start: [lock] its first page
 * @nr_pages: [lock] how many pages it holds, all of them used; 0: none (yet)
 * @emptier: [lock] the thread that empties its pages; NULL: none (yet, or any longer)
 * @is_emptied: [lock] the emptying has ended, well or not
 * @charge: [lock] what it costs, and who pays; NULL: nobody
 * @uncharge: frees @charge; fixed
 * @over_work: ends it
 * @gone: lets go of the memory of this struct; fixed
 */
struct lcma_prepared {
	struct list_head link;
	struct lcma_region *region;
	enum lcma_owner owner;
	const void *holder;
	kuid_t uid;
	enum lcma_prepare_state state;
	unsigned long start;
	unsigned long nr_pages;
	struct task_struct *emptier;
	bool is_emptied;
	struct lcma_charge *charge;
	void (*uncharge)(struct lcma_charge *charge);
	struct delayed_work over_work;
	void (*gone)(struct lcma_prepared *prepared);
};

/**
 * struct lcma_prepares - the preparations of a region
 * @list: [lock] of struct lcma_prepared, oldest first
 * @nr: [lock] how many have not ended, or are still being emptied
 * @nr_ready: [lock] how many of them are ready
 * @nr_pages: [lock] how many pages those hold
 *
 * Written in: supply/prepare.c
 */
struct lcma_prepares {
	struct list_head list;
	unsigned int nr;
	unsigned int nr_ready;
	unsigned long nr_pages;
};

static inline void lcma_prepares_init(struct lcma_prepares *prepares)
{
	INIT_LIST_HEAD(&prepares->list);
}

#endif
