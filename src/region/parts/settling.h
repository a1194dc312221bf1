/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's part: what is on its way, and the waiters that are woken when it
 * has settled.
 * Requests that found no run (alloc/settle.c) and drains wait for that. All
 * functions but init are called under region->lock.
 */
#ifndef LCMA_PART_SETTLING_H
#define LCMA_PART_SETTLING_H

#include <linux/wait.h>

#include "core/map.h"

/**
 * struct lcma_span - a range of pages
 * @start: first page
 * @end: exclusive end; 0: empty
 */
struct lcma_span {
	unsigned long start;
	unsigned long end;
};

/**
 * struct lcma_settling - what is on its way in a region
 * @queue: woken whenever a busy page has become something else, a page has become
 *	unused, or a take has ended; a lock of its own
 * @nr_unused: [lock] how often pages have become unused
 * @nr_takes: [lock] runs that are being taken, also those whose caller has left
 * @reserving: [lock] a run that is being reserved in several holds of the lock:
 *	no other caller takes pages of it; one at a time, or empty
 * @is_due: [lock] @queue is woken before the lock is released
 * @has_served: [lock] in this wake-up, a run was reserved for a waiter
 *
 * Written in: alloc/settle.c
 */
struct lcma_settling {
	wait_queue_head_t queue;
	unsigned long nr_unused;
	unsigned int nr_takes;
	struct lcma_span reserving;
	bool is_due;
	bool has_served;
};

static inline void lcma_settling_init(struct lcma_settling *settling)
{
	init_waitqueue_head(&settling->queue);
}

/* Pages have changed their state. */
static inline void lcma_settling_note(struct lcma_settling *settling,
				      enum lcma_state from, enum lcma_state to)
{
	if (from & LCMA_BUSY && !(to & LCMA_BUSY))
		settling->nr_unused++;
	if (from == LCMA_BUSY || !(to & LCMA_BUSY))
		settling->is_due = true;
}

static inline void lcma_settling_begin_take(struct lcma_settling *settling)
{
	settling->nr_takes++;
}

static inline void lcma_settling_end_take(struct lcma_settling *settling)
{
	settling->nr_takes--;
	settling->is_due = true;
}

/* Something else has changed that a drain waits for. */
static inline void lcma_settling_tell(struct lcma_settling *settling)
{
	settling->is_due = true;
}

/* From here on no other caller takes pages of the run. */
static inline void lcma_settling_reserve(struct lcma_settling *settling,
					 unsigned long start, unsigned long end)
{
	settling->reserving = (struct lcma_span) { start, end };
}

/* The run is reserved, or let go. */
static inline void lcma_settling_end_reserve(struct lcma_settling *settling)
{
	settling->reserving = (struct lcma_span) {};
	settling->is_due = true;
}

/* The lock is about to be released: once a hold, however much has settled. */
static inline void lcma_settling_wake(struct lcma_settling *settling)
{
	if (settling->is_due) {
		settling->is_due = false;
		settling->has_served = false;
		wake_up_all(&settling->queue);
	}
}

/* For a wake function: may it reserve a run for its waiter? One in each hold may. */
static inline bool lcma_settling_may_serve(const struct lcma_settling *settling)
{
	return !settling->has_served;
}

/* It has. */
static inline void lcma_settling_served(struct lcma_settling *settling)
{
	settling->has_served = true;
}

#endif
