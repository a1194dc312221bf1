/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: a range of page frames, the map of its pages, its lock, its
 * counters. What is done with the pages stands in the layers above.
 *
 * A region is made of parts. A part is one struct; its kernel-doc says which of its
 * members are under which lock, and where they are written ("Written in:"). The
 * rest of lcma reads them, or calls that file. test/lint (parts) checks it.
 *
 *	core/		map zeroed backoff: pure; they know no region and no lock,
 *			and test/unit runs them on the host
 *	region/		failure
 *	region/parts/	the parts of files that stand above this one, since no file
 *			includes upwards: the struct stands here, with the few
 *			lines that more than one file needs; what it is for stands
 *			in the file that writes it
 *
 * Order of locks, outermost first:
 *
 *	arrival.c's mutex		one region is added, or brought back, at a time
 *	bind.c's lock			the rules of map=, and devices that have our
 *					operations; within the device's own lock
 *	piece.c's reap_lock		one that frees what was freed where nothing may
 *					sleep
 *	dmabuf.c's buffer->dmabuf_lock	which dma-buf a buffer has
 *	dmabuf.c's export->lock		attachments and kernel mapping of a dma-buf
 *	text.c's mutex			the text device's slots and its list
 *	a claim's place in the queue	turns.c: whose turn it is in a unit;
 *					held while the kernel migrates
 *	drain_lock			one drain of a region at a time
 *	worker.c's lock			which worker runs which job
 *	account.c's, device.c's lock	accounts; devices and their regions
 *	group.c's lock			groups of devices
 *	region->lock			everything in struct lcma_region and in
 *					its parts that is marked [lock];
 *					innermost, irqsave;
 *					taken by lcma_region_lock()
 *	piece.c's client->lock		the buffers of one device; taken by itself, irqsave
 *	fault.c's lock			which failure point fails next; taken by
 *					itself, irqsave
 *	door.c's lock			the list of open files; taken by itself
 *	reason.c's mutex		why a region was refused; nothing is taken inside
 *
 * What is marked [lock, peeked] is also read without the lock, by callers to which
 * an answer that is out of date is an answer: READ_ONCE() there, and WRITE_ONCE()
 * for every change. test/lint (lockless) checks it, in the parts as well.
 */
#ifndef LCMA_REGION_H
#define LCMA_REGION_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/lcma.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "core/backoff.h"
#include "core/batch.h"
#include "core/contend.h"
#include "core/map.h"
#include "core/spec.h"
#include "core/zeroed.h"
#include "region/failure.h"
#include "region/latency.h"
#include "region/parts/buffers.h"
#include "region/parts/loose.h"
#include "region/parts/pool.h"
#include "region/parts/prepare.h"
#include "region/parts/quarantine.h"
#include "region/parts/refill.h"
#include "region/parts/settling.h"
#include "region/parts/stats.h"
#include "region/parts/turns.h"
#include "source/source.h"

/* A deadline that never comes. */
#define LCMA_FOREVER	KTIME_MAX

/* How long after a use of a pool the upkeep leaves it alone, in jiffies: 20 ms. */
#define LCMA_QUIET_TIME	max(1UL, HZ / 50UL)

/**
 * enum lcma_life - whether a region serves
 * @LCMA_LIVE: it does
 * @LCMA_DRAINING: a drain is taking it back
 * @LCMA_DRAINED: its pages are back at their source
 */
enum lcma_life {
	LCMA_LIVE,
	LCMA_DRAINING,
	LCMA_DRAINED,
};

/**
 * struct lcma_region - a region
 * @name: its name, unique
 * @heap: its name as a dma-heap, or ""; fixed
 * @spec: what was asked for, and what became of keep=; fixed
 * @carve: where its memory is and where it comes from, as long as it serves; fixed
 * @is_carved: @carve is still known to its source; under drain_lock. A region that is
 *	brought back has another carve
 * @unit_pages: what isolation touches; fixed
 * @align_pages: least alignment of every buffer; fixed
 * @granule_pages: every buffer takes a multiple of this; fixed
 * @policy: how places for buffers are chosen, a number of alloc/policy.h; changed at
 *	any time
 * @lock: protects what is marked [lock], here and in the parts; taken with
 *	interrupts off
 * @next_waits: not 0: a CPU that has waited long for @lock goes first, contend.h
 * @life: [lock, peeked] whether it serves
 * @map: [lock] the state of every page
 * @zeroed: which pages are zero
 * @backoff: units in which a claim has failed recently; its clock is jiffies
 * @pool: how many idle pages are kept, and for how long
 * @refill: when the pool is refilled
 * @quarantine: pages that came back while others still held them
 * @prepares: memory that is prepared for allocations to come
 * @turns: the queue of claims
 * @settling: what is on its way, and the queue of its waiters
 * @buffers: the buffers that lie in it
 * @loose: pages that drivers have without a buffer
 * @stats: [lock] counters
 * @latency: how long allocations took
 * @failures: the last allocations that failed
 * @slow: the last ones that succeeded and were slow
 * @parts_memory: the bits of @map, @zeroed, @backoff, @quarantine and @loose
 * @parts_bytes: how much that is
 * @nr_listed: how many requests named it first of several regions: alloc/request.c
 * @drain_lock: one drain at a time
 * @kobj: view/sysfs.c's own: its directory in sysfs
 */
struct lcma_region {
	char name[LCMA_NAME_BYTES];
	char heap[LCMA_NAME_BYTES];
	struct lcma_spec spec;
	struct lcma_carve carve;
	bool is_carved;
	unsigned long unit_pages;
	unsigned long align_pages;
	unsigned long granule_pages;
	unsigned int policy;

	spinlock_t lock;		/* all that is marked [lock] */
	unsigned int next_waits;
	enum lcma_life life;

	struct lcma_map map;
	struct lcma_zeroed zeroed;
	struct lcma_backoff backoff;
	struct lcma_pool pool;
	struct lcma_refill refill;
	struct lcma_quarantine quarantine;
	struct lcma_prepares prepares;
	struct lcma_turns turns;
	struct lcma_settling settling;
	struct lcma_buffers buffers;
	struct lcma_loose loose;
	struct lcma_stats stats;
	struct lcma_latency latency;
	struct lcma_failures failures;
	struct lcma_failures slow;
	void *parts_memory;
	size_t parts_bytes;

	atomic_t nr_listed;
	struct mutex drain_lock;	/* one drain at a time */
	struct kobject *kobj;
};

struct lcma_region *lcma_region_new(const struct lcma_spec *spec,
				    const struct lcma_carve *carve);
void lcma_region_free(struct lcma_region *region);
int lcma_region_has_room(void);
void lcma_region_register(struct lcma_region *region);
void lcma_region_uncarve(struct lcma_region *region);
void lcma_region_recarve(struct lcma_region *region,
			 const struct lcma_carve *carve);
struct lcma_region *lcma_region_nth(unsigned int i);
void lcma_region_forget_all(void);

void lcma_region_set_life(struct lcma_region *region, enum lcma_life life);
void lcma_region_set_policy(struct lcma_region *region, unsigned int policy);

void lcma_region_lock_contended(struct lcma_region *region,
				unsigned long *flags)
	__acquires(&region->lock);
void lcma_region_move(struct lcma_region *region, unsigned long start,
		      unsigned long nr_pages, enum lcma_state from,
		      enum lcma_state to);
void lcma_region_move_own(struct lcma_region *region, unsigned long start,
			  unsigned long nr_pages, enum lcma_state from,
			  enum lcma_state to);
bool lcma_region_stretch(struct lcma_region *region, unsigned long from,
			 unsigned long end, struct lcma_stretch *stretch);
unsigned long lcma_region_count(struct lcma_region *region,
				enum lcma_state state);
const char *lcma_life_word(enum lcma_life life);

/* For all regions; i is an unsigned int. */
#define lcma_for_each_region(region, i) \
	for ((i) = 0; ((region) = lcma_region_nth(i)); (i)++)

/*
 * Not where a spinlock sleeps, nor where lockdep is to judge: it learns the order
 * of locks from CPUs that wait, not from those that only try.
 */
#define LCMA_TRY_LOCK	(!IS_ENABLED(CONFIG_PREEMPT_RT) && \
			 !IS_ENABLED(CONFIG_LOCKDEP))

/**
 * lcma_region_lock - take region->lock, with interrupts off
 * @region: the region
 * @flags: for lcma_region_unlock()
 *
 * Context: any; on PREEMPT_RT threads only.
 */
static inline void lcma_region_lock(struct lcma_region *region,
				    unsigned long *flags)
	__acquires(&region->lock)
{
	if (!LCMA_TRY_LOCK ||
	    !lcma_contend_begin(&region->lock, &region->next_waits, *flags))
		lcma_region_lock_contended(region, flags);
}

/**
 * lcma_region_unlock - let go of region->lock
 * @region: the region
 * @flags: of lcma_region_lock()
 */
static inline void lcma_region_unlock(struct lcma_region *region,
				      unsigned long flags)
	__releases(&region->lock)
{
	lcma_settling_wake(&region->settling);
	spin_unlock_irqrestore(&region->lock, flags);
}

static inline unsigned long lcma_region_pfn(const struct lcma_region *region,
					    unsigned long page)
{
	return region->carve.base_pfn + page;
}

static inline phys_addr_t lcma_region_phys(const struct lcma_region *region,
					   unsigned long page)
{
	return (phys_addr_t)lcma_region_pfn(region, page) << PAGE_SHIFT;
}

/* Under region->lock: jiffies until the pool has not been used for so many; 0: now. */
static inline unsigned long
lcma_region_until_idle(const struct lcma_region *region, unsigned long delay)
{
	const unsigned long at = region->pool.asked_at + delay;

	return time_before(jiffies, at) ? at - jiffies : 0;
}

/* Under region->lock: pages of the pool, without those that stay there anyway. */
static inline unsigned long
lcma_region_plain_pool(const struct lcma_region *region)
{
	const struct lcma_pool *pool = &region->pool;

	return region->map.nr_in[LCMA_POOL] -
	       (pool->is_wedged ? pool->wedges.nr : 0);
}

/* Under region->lock: pages that the pool has in any case, so that they are zeroed. */
static inline unsigned long
lcma_region_kept_pool(const struct lcma_region *region)
{
	const struct lcma_pool *pool = &region->pool;

	return pool->keep_low + (pool->is_wedged ? pool->wedges.nr : 0);
}

/* Under region->lock: are pages on their way, so that more may become unused? */
static inline bool lcma_region_is_busy(const struct lcma_region *region)
{
	return region->map.nr_in[LCMA_BUSY] || region->settling.reserving.end;
}

/* Under region->lock: is a run being reserved, so that no other one can be? */
static inline bool lcma_region_is_reserving(const struct lcma_region *region)
{
	return region->settling.reserving.end;
}

/* Under region->lock: are these pages part of it? */
static inline bool lcma_region_is_spoken_for(const struct lcma_region *region,
					     unsigned long start,
					     unsigned long nr_pages)
{
	return start < region->settling.reserving.end &&
	       start + nr_pages > region->settling.reserving.start;
}

/* Under region->lock: is every page of the pool zero? */
static inline bool lcma_region_pool_is_zero(const struct lcma_region *region)
{
	return region->zeroed.nr_pooled == region->map.nr_in[LCMA_POOL];
}

#endif
