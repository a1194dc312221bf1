// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back-off: see backoff.h.
 *
 * A page that was in the way for one request will be for the next one, until
 * whoever holds it lets go. One bit a unit says that a claim has failed there
 * lately, and one number when; a second later, or after a claim that succeeded, it
 * is as good as any. It is an order, not a verdict: when nothing else is left,
 * these units are tried as well.
 */
#include "region/backoff.h"

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>

/* Long against the pauses of a request, short against a user's patience. */
#define BACKOFF_MS	1000

static unsigned long unit_of(const struct lcma_region *region,
			     unsigned long page)
{
	return page / region->unit_pages;
}

/**
 * lcma_backoff_note - a claim was in vain
 * @region: the region
 * @page: the page that was in the way
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_backoff_note(struct lcma_region *region, unsigned long page)
{
	const unsigned long unit = unit_of(region, page);

	lockdep_assert_held(&region->lock);
	region->sore_at[unit] = jiffies;
	if (!__test_and_set_bit(unit, region->sore))
		region->nr_sore++;
}

/**
 * lcma_backoff_forget - a claim was not in vain
 * @region: the region
 * @start: the first page that was taken
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 */
void lcma_backoff_forget(struct lcma_region *region, unsigned long start,
			 unsigned long nr_pages)
{
	unsigned long unit = unit_of(region, start);
	const unsigned long last = unit_of(region, start + nr_pages - 1);

	lockdep_assert_held(&region->lock);
	for (; region->nr_sore && unit <= last; unit++)
		if (__test_and_clear_bit(unit, region->sore))
			region->nr_sore--;
}

/**
 * lcma_backoff_any - is any unit sore? Those that were long ago are no more
 * @region: the region
 *
 * Context: any; the caller holds region->lock.
 * Return: true if there is one.
 */
bool lcma_backoff_any(struct lcma_region *region)
{
	const unsigned long nr_units = unit_of(region, region->map.nr_pages - 1) + 1;
	const unsigned int ago = jiffies;
	unsigned long unit;

	lockdep_assert_held(&region->lock);
	if (!region->nr_sore)
		return false;
	for_each_set_bit(unit, region->sore, nr_units) {
		if (ago - region->sore_at[unit] < msecs_to_jiffies(BACKOFF_MS))
			continue;
		__clear_bit(unit, region->sore);
		region->nr_sore--;
	}
	return region->nr_sore;
}

/**
 * lcma_backoff_is_sore - does a run touch a unit that has lately been in vain?
 * @region: the region
 * @start: first page
 * @nr_pages: how many
 *
 * Context: any; the caller holds region->lock.
 * Return: true if it does.
 */
bool lcma_backoff_is_sore(const struct lcma_region *region,
			  unsigned long start, unsigned long nr_pages)
{
	const unsigned long end = unit_of(region, start + nr_pages - 1) + 1;

	lockdep_assert_held(&region->lock);
	return region->nr_sore &&
	       find_next_bit(region->sore, end, unit_of(region, start)) < end;
}
