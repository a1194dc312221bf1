// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region's facts: see facts.h.
 */
#include "region/facts.h"

#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#define FACT(_name, _unit, _kind)	{ #_name, LCMA_UNIT_##_unit,		\
		LCMA_FACT_##_kind, offsetof(struct lcma_facts, _name) }
#define STAT(_name, _unit)		{ #_name, LCMA_UNIT_##_unit,		\
		LCMA_FACT_SINCE, offsetof(struct lcma_facts, stats._name) }
#define STAT_US(_stem)			{ #_stem "_us", LCMA_UNIT_US,		\
		LCMA_FACT_SINCE, offsetof(struct lcma_facts, stats._stem##_ns) }

/* In the order in which debugfs shows them. */
const struct lcma_fact lcma_fact_table[] = {
	FACT(nr_pages, PAGES, FIXED),
	FACT(unit_pages, PAGES, FIXED),
	FACT(align_pages, PAGES, FIXED),
	FACT(granule_pages, PAGES, FIXED),
	FACT(address_bits, EVENTS, FIXED),
	FACT(cache, CACHE, FIXED),
	FACT(keep_low, PAGES, SET),
	FACT(keep_high, PAGES, SET),
	FACT(decay_ms, MS, SET),
	FACT(wedge, EVENTS, SET),
	FACT(used_pages, PAGES, NOW),
	FACT(claimed_pages, PAGES, NOW),
	FACT(busy_pages, PAGES, NOW),
	FACT(pool_pages, PAGES, NOW),
	FACT(pool_zero_pages, PAGES, NOW),
	FACT(wedged_pages, PAGES, NOW),
	FACT(shared_pages, PAGES, NOW),
	FACT(quarantined_pages, PAGES, NOW),
	FACT(prepared_pages, PAGES, NOW),
	FACT(largest_pages, PAGES, NOW),
	FACT(running_claims, EVENTS, NOW),
	STAT(allocs, EVENTS),
	STAT(frees, EVENTS),
	STAT(failures, EVENTS),
	STAT(pool_hits, EVENTS),
	STAT(pool_hits_zero, EVENTS),
	STAT(spared_pages, PAGES),
	STAT(refilled_pages, PAGES),
	STAT(decayed_pages, PAGES),
	STAT(shrunk_pages, PAGES),
	STAT(zeroed_pages, PAGES),
	STAT(prepares, EVENTS),
	STAT(prepares_used, EVENTS),
	STAT(prepares_over, EVENTS),
	STAT(claims, EVENTS),
	STAT(claims_failed, EVENTS),
	STAT(claims_late, EVENTS),
	STAT_US(claim_max),
};

/* None is kept and never told: a row is missing, or one is there twice. */
static_assert(ARRAY_SIZE(lcma_fact_table) == LCMA_NR_FACTS);

/**
 * lcma_facts_read - what is told of a region
 * @region: the region
 * @facts: the answer, consistent in itself
 *
 * Context: any; takes region->lock, once, for as long as it takes to copy.
 */
void lcma_facts_read(struct lcma_region *region, struct lcma_facts *facts)
{
	unsigned long flags;

	facts->nr_pages = region->carve.nr_pages;
	facts->unit_pages = region->unit_pages;
	facts->align_pages = region->align_pages;
	facts->granule_pages = region->granule_pages;
	facts->address_bits = fls64(lcma_region_phys(region, facts->nr_pages) - 1);
	facts->cache = region->carve.cache;

	lcma_region_lock(region, &flags);
	facts->used_pages = region->map.nr_in[LCMA_USED];
	facts->pool_pages = region->map.nr_in[LCMA_POOL];
	facts->pool_zero_pages = region->zeroed.nr_pooled;
	facts->shared_pages = region->map.nr_in[LCMA_SHARED];
	facts->busy_pages = region->map.nr_in[LCMA_BUSY];
	facts->quarantined_pages = region->quarantine.nr;
	facts->prepared_pages = region->prepares.nr_pages;
	facts->largest_pages = lcma_map_longest(&region->map, LCMA_KIND_UNUSED);
	facts->running_claims = region->settling.nr_takes;
	facts->keep_low = region->pool.keep_low;
	facts->keep_high = region->pool.keep_high;
	facts->decay_ms = region->pool.decay_ms;
	facts->wedge = region->pool.is_wedged;
	facts->wedged_pages = region->pool.is_wedged ? region->pool.wedges.nr : 0;
	facts->stats = region->stats;
	facts->life = region->life;
	lcma_region_unlock(region, flags);

	facts->claimed_pages = facts->used_pages + facts->pool_pages;
	/* keep=all is more than any region has. */
	facts->keep_low = min(facts->keep_low, facts->nr_pages);
	facts->keep_high = min(facts->keep_high, facts->nr_pages);
}

/**
 * lcma_fact_value - one number
 * @facts: what lcma_facts_read() gave
 * @fact: its row of the table
 *
 * Context: any.
 * Return: the number, in the row's unit.
 */
u64 lcma_fact_value(const struct lcma_facts *facts,
		    const struct lcma_fact *fact)
{
	const u64 value = *(const u64 *)((const char *)facts +
					 fact->offset_bytes);

	return fact->unit == LCMA_UNIT_US ? div_u64(value, NSEC_PER_USEC) : value;
}

/**
 * lcma_fact_word - one fact that is a word
 * @facts: what lcma_facts_read() gave
 * @fact: its row of the table
 *
 * Context: any.
 * Return: a constant string; NULL if it is a number.
 */
const char *lcma_fact_word(const struct lcma_facts *facts,
			   const struct lcma_fact *fact)
{
	return fact->unit == LCMA_UNIT_CACHE ?
	       lcma_cache_word(lcma_fact_value(facts, fact)) : NULL;
}
