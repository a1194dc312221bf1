/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: a range of page frames, the map of its pages, its lock, its
 * counters. What is done with the pages stands in the layers above.
 *
 * Order of locks, outermost first:
 *
 *	dmabuf.c's buffer->dmabuf_lock	which dma-buf a buffer has
 *	dmabuf.c's export->lock		attachments and kernel mapping of a dma-buf
 *	text.c's mutex			the text device's slots and its list
 *	a claim's place in the queue	turns.c: whose turn it is in a unit;
 *					held while the kernel migrates
 *	drain_lock			one drain of a region at a time
 *	worker.c's lock			who runs which job
 *	account.c's, device.c's lock	accounts; devices and their regions
 *	region->lock			everything in struct lcma_region that
 *					is marked [lock]; innermost, irqsave;
 *					taken by lcma_region_lock()
 *	fault.c's lock			which failure point fails next; taken by
 *					itself, irqsave
 *	door.c's lock			the list of open files; taken by itself
 *
 * What is marked [lock, peeked] is also read without the lock, by who can bear
 * an answer that is out of date: READ_ONCE() there, and WRITE_ONCE() for every
 * change. test/lint holds us to that.
 */
#ifndef LCMA_REGION_H
#define LCMA_REGION_H

#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/lcma.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/batch.h"
#include "core/contend.h"
#include "core/map.h"
#include "core/spec.h"
#include "region/failure.h"
#include "source/source.h"

/* A deadline that never comes. */
#define LCMA_FOREVER	KTIME_MAX

/*
 * How long an idle pool is kept, unless decay_ms says otherwise: longer than the
 * pause between two users of the same camera, shorter than anybody's patience
 * with memory that is nobody's.
 */
#define LCMA_DECAY_MS	10000

/* How long the upkeep lets those who use a pool alone, in jiffies: 20 ms. */
#define LCMA_QUIET_TIME	max(1UL, HZ / 50UL)

/**
 * enum lcma_life - whether a region serves
 * @LCMA_LIVE: it does
 * @LCMA_DRAINING: somebody is taking it back
 * @LCMA_DRAINED: its pages are back at their source
 */
enum lcma_life {
	LCMA_LIVE,
	LCMA_DRAINING,
	LCMA_DRAINED,
};

/**
 * struct lcma_stats - a region's counters since it was made
 * @allocs: allocations that succeeded
 * @frees: runs that came back
 * @failures: allocations that failed
 * @pool_hits: allocations served from the pool alone
 * @pool_hits_zero: those of them whose pages were zero
 * @claims: calls of alloc_contig_range()
 * @claims_failed: those that failed
 * @claimed_pages: pages that successful claims took
 * @claim_max_ns: the longest call
 * @late: calls whose caller had left when they returned
 * @spared_pages: pages beside a run that a claim had to take anyway, kept
 * @refilled_pages: pages that were claimed to bring the pool to its low mark
 * @decayed_pages: pages given back because the pool was idle
 * @shrunk_pages: pages given back because the system was short of memory
 * @zeroed_pages: pages zeroed in the background
 */
struct lcma_stats {
	u64 allocs;
	u64 frees;
	u64 failures;
	u64 pool_hits;
	u64 pool_hits_zero;
	u64 claims;
	u64 claims_failed;
	u64 claimed_pages;
	u64 claim_max_ns;
	u64 late;
	u64 spared_pages;
	u64 refilled_pages;
	u64 decayed_pages;
	u64 shrunk_pages;
	u64 zeroed_pages;
};

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
 * struct lcma_region - a region
 * @name: its name, unique
 * @heap: its name as a dma-heap, or ""; fixed
 * @carve: where its memory is and where it comes from; fixed
 * @unit_pages: what isolation touches; fixed
 * @align_pages: least alignment of every buffer; fixed
 * @granule_pages: every buffer takes a multiple of this; fixed
 * @is_warm: its pool is as full from the start as it may be; fixed
 * @policy: how places for buffers are chosen; changed at any time
 * @lock: protects what is marked [lock]; taken with interrupts off
 * @next_waits: not 0: a CPU that has waited long for @lock goes first, contend.h
 * @life: [lock, peeked] whether it serves
 * @map: [lock] the state of every page
 * @map_memory: what the map stands in
 * @keep_low: [lock, peeked] pool pages that a refill aims at
 * @keep_high: [lock, peeked] pool pages above this are given back
 * @decay_ms: after so long without a request an idle pool is given back down to
 *	@keep_low; 0: never
 * @asked_at: [lock] when pages last entered or left the pool for a request, in
 *	jiffies
 * @shrunk_at: [lock] when the system last asked for idle pages, in jiffies
 * @was_shrunk: [lock] it did, lately: nothing above @keep_low is kept
 * @refill_at: upkeep.c's own: when to try next, in jiffies
 * @refill_pause: upkeep.c's own: how long after a failure, in jiffies
 * @zeroed: [lock] one bit a page, see zero.h
 * @nr_zeroed: [lock, peeked] pages of the pool that are zero
 * @dirty_from: [lock] no page of the pool before this one, and
 * @dirty_end: [lock] none from this one on is not zero
 * @sore: [lock] one bit a unit: a claim has failed there lately, see backoff.h
 * @sore_at: [lock] when, in jiffies
 * @nr_sore: [lock] how many there are
 * @buffers: [lock] all buffers, by number: oldest first
 * @next_id: [lock] the next buffer's number
 * @stats: [lock] counters
 * @failures: failure.c's own: the last allocations that failed; under the lock, but for
 *	its log_limit
 * @held: [lock] one bit a page: quarantined
 * @nr_held: [lock, peeked] how many
 * @loose: [lock] one bit a page: a driver asked for it, without a buffer
 * @loose_heads: [lock] one bit a page: the first one of what a driver asked for
 * @held_work: looks whether quarantined pages have been let go
 * @over_work: gives back what was freed where nobody may sleep, and is more than
 *	the pool may keep
 * @poke_timer: wakes the upkeep, in a moment
 * @settled: woken whenever a busy page has become something else, or a page has
 *	become unused, and whenever a take has ended
 * @nr_unused: [lock] how often pages have become unused
 * @nr_takes: [lock] runs that are being taken, those included whose caller has
 *	left
 * @reserving: [lock] a run that is being reserved in several holds of @lock: nobody
 *	else takes pages of it; one at a time, or empty
 * @is_settled_due: [lock] @settled is woken before @lock is let go
 * @surplus_from: [lock] where the next search for surplus pages of the pool begins
 * @claims_lock: protects @claims; nothing else is taken inside
 * @claims: claims that run or wait for their turn, in order of arrival
 * @drain_lock: one drain at a time
 * @kobj: its directory in sysfs
 */
struct lcma_region {
	char name[LCMA_NAME_BYTES];
	char heap[LCMA_NAME_BYTES];
	struct lcma_carve carve;
	unsigned long unit_pages;
	unsigned long align_pages;
	unsigned long granule_pages;
	bool is_warm;
	enum lcma_policy policy;

	spinlock_t lock;		/* all that is marked [lock] */
	unsigned int next_waits;
	enum lcma_life life;
	struct lcma_map map;
	void *map_memory;
	unsigned long keep_low;
	unsigned long keep_high;
	unsigned int decay_ms;
	unsigned long asked_at;
	unsigned long shrunk_at;
	bool was_shrunk;
	unsigned long refill_at;
	unsigned long refill_pause;
	unsigned long *zeroed;
	unsigned long nr_zeroed;
	unsigned long dirty_from;
	unsigned long dirty_end;
	unsigned long *sore;
	unsigned int *sore_at;
	unsigned long nr_sore;
	struct rb_root buffers;
	u64 next_id;
	struct lcma_stats stats;
	struct lcma_failures failures;

	unsigned long *held;
	unsigned long *loose;
	unsigned long *loose_heads;
	unsigned long nr_held;
	struct delayed_work held_work;

	struct work_struct over_work;
	struct timer_list poke_timer;

	wait_queue_head_t settled;
	unsigned long nr_unused;
	unsigned int nr_takes;
	struct lcma_span reserving;
	bool is_settled_due;
	unsigned long surplus_from;

	spinlock_t claims_lock;		/* claims */
	struct list_head claims;

	struct mutex drain_lock;	/* one drain at a time */
	struct kobject *kobj;
};

struct lcma_region *lcma_region_new(const struct lcma_spec *spec,
				    const struct lcma_carve *carve);
void lcma_region_free(struct lcma_region *region);
int lcma_region_register(struct lcma_region *region);
struct lcma_region *lcma_region_nth(unsigned int i);
void lcma_region_forget_all(void);

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
	/* Once a hold, however many stretches it has moved. */
	if (region->is_settled_due) {
		region->is_settled_due = false;
		wake_up_all(&region->settled);
	}
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

/* Under region->lock: jiffies until nobody has used the pool for so many; 0: now. */
static inline unsigned long
lcma_region_until_idle(const struct lcma_region *region, unsigned long delay)
{
	const unsigned long at = region->asked_at + delay;

	return time_before(jiffies, at) ? at - jiffies : 0;
}

/* Under region->lock: are pages on their way, so that more may become unused? */
static inline bool lcma_region_is_busy(const struct lcma_region *region)
{
	return region->map.nr_in[LCMA_BUSY] || region->reserving.end;
}

/* Under region->lock: is a run being reserved, so that no other one can be? */
static inline bool lcma_region_is_reserving(const struct lcma_region *region)
{
	return region->reserving.end;
}

/* Under region->lock: are these pages part of it? */
static inline bool lcma_region_is_spoken_for(const struct lcma_region *region,
					     unsigned long start,
					     unsigned long nr_pages)
{
	return start < region->reserving.end &&
	       start + nr_pages > region->reserving.start;
}

/* Under region->lock: is every page of the pool zero? */
static inline bool lcma_region_pool_is_zero(const struct lcma_region *region)
{
	return region->nr_zeroed == region->map.nr_in[LCMA_POOL];
}

#endif
