// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backoff: see backoff.h.
 */
#include "core/backoff.h"

static unsigned long unit_of(const struct lcma_backoff *backoff,
			     unsigned long page)
{
	return page / backoff->unit_pages;
}

static size_t bitmap_bytes(unsigned long nr_units)
{
	return DIV_ROUND_UP(nr_units, BITS_PER_LONG) * sizeof(unsigned long);
}

/**
 * lcma_backoff_bytes - memory that the units of a region need
 * @nr_pages: pages in the region
 * @unit_pages: pages in a unit
 *
 * Return: how many bytes lcma_backoff_init() wants.
 */
size_t lcma_backoff_bytes(unsigned long nr_pages, unsigned long unit_pages)
{
	const unsigned long nr_units = DIV_ROUND_UP(nr_pages, unit_pages);

	return bitmap_bytes(nr_units) + nr_units * sizeof(unsigned int);
}

/**
 * lcma_backoff_init - no unit is backed off
 * @backoff: the units
 * @mem: lcma_backoff_bytes() bytes, aligned to a long; stays the owner's
 * @nr_pages: pages in the region
 * @unit_pages: pages in a unit
 * @pause: how long a unit stays backed off, by the caller's clock
 */
void lcma_backoff_init(struct lcma_backoff *backoff, void *mem,
		       unsigned long nr_pages, unsigned long unit_pages,
		       unsigned int pause)
{
	const unsigned long nr_units = DIV_ROUND_UP(nr_pages, unit_pages);

	memset(mem, 0, lcma_backoff_bytes(nr_pages, unit_pages));
	*backoff = (struct lcma_backoff) {
		.units = mem,
		.failed_at = mem + bitmap_bytes(nr_units),
		.nr_units = nr_units,
		.unit_pages = unit_pages,
		.pause = pause,
	};
}

/**
 * lcma_backoff_note - a claim has failed
 * @backoff: the units
 * @page: the page that was in the way
 * @now: what the clock shows
 *
 * Context: the caller holds the lock that protects @backoff.
 */
void lcma_backoff_note(struct lcma_backoff *backoff, unsigned long page,
		       unsigned int now)
{
	const unsigned long unit = unit_of(backoff, page);

	backoff->failed_at[unit] = now;
	if (!__test_and_set_bit(unit, backoff->units))
		backoff->nr_off++;
}

/**
 * lcma_backoff_forget - a claim has succeeded
 * @backoff: the units
 * @start: the first page that was taken
 * @nr_pages: how many, at least 1
 *
 * Context: the caller holds the lock that protects @backoff.
 */
void lcma_backoff_forget(struct lcma_backoff *backoff, unsigned long start,
			 unsigned long nr_pages)
{
	const unsigned long last = unit_of(backoff, start + nr_pages - 1);
	unsigned long unit = unit_of(backoff, start);

	for (; backoff->nr_off && unit <= last; unit++)
		if (__test_and_clear_bit(unit, backoff->units))
			backoff->nr_off--;
}

/**
 * lcma_backoff_any - is any unit backed off?
 * @backoff: the units; those whose pause is over are let go
 * @now: what the clock shows
 *
 * Context: the caller holds the lock that protects @backoff.
 * Return: true if there is one.
 */
bool lcma_backoff_any(struct lcma_backoff *backoff, unsigned int now)
{
	unsigned long unit;

	if (!backoff->nr_off)
		return false;
	for_each_set_bit(unit, backoff->units, backoff->nr_units) {
		if (now - backoff->failed_at[unit] < backoff->pause)
			continue;
		__clear_bit(unit, backoff->units);
		backoff->nr_off--;
	}
	return backoff->nr_off;
}

/**
 * lcma_backoff_touches - does a run touch a unit that is backed off?
 * @backoff: the units
 * @start: first page
 * @nr_pages: how many, at least 1
 *
 * Context: the caller holds the lock that protects @backoff.
 * Return: true if it does.
 */
bool lcma_backoff_touches(const struct lcma_backoff *backoff,
			  unsigned long start, unsigned long nr_pages)
{
	const unsigned long end = unit_of(backoff, start + nr_pages - 1) + 1;

	return backoff->nr_off &&
	       find_next_bit(backoff->units, end, unit_of(backoff, start)) < end;
}
