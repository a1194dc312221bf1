// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results, and what is asked of regions again and again.
 */
#include "apitest.h"

#include <linux/delay.h>
#include <linux/kernel.h>

/*
 * A worker closes the files of kernel threads. On a busy host it has been ten seconds
 * late; what is lost is lost after a minute, too.
 */
#define SETTLE_MS	60000

static char text[SZ_64K];
static size_t len;

void apitest_clear(void)
{
	len = 0;
	text[0] = '\0';
}

const char *apitest_text(void)
{
	return text;
}

__printf(1, 0)
static void say(const char *fmt, va_list args)
{
	len += vscnprintf(text + len, sizeof(text) - len, fmt, args);
}

__printf(1, 2)
static void add(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

/* A line "ok WHAT" or "not ok WHAT", after it what was not so. */
bool apitest_result(bool passed, const char *what, const char *fmt, ...)
{
	va_list args;

	add("%s", passed ? "ok " : "not ok ");
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	if (!passed)
		add(" (not: %s)", what);
	add("\n");
	return passed;
}

bool apitest_fails(const void *pointer, long err, const char *what,
		   const char *fmt, ...)
{
	const bool passed = pointer == ERR_PTR(err);
	va_list args;

	add("%s", passed ? "ok " : "not ok ");
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	if (!passed)
		add(" (%s is %ld, not %ld)", what, (long)pointer, err);
	add("\n");
	return passed;
}

struct lcma_region_state apitest_state(struct lcma_region *region)
{
	struct lcma_region_state state;

	lcma_region_describe(region, &state);
	return state;
}

/*
 * Does the region come to be as it was? Dma-bufs go late, so does memory. What the pool
 * had only for a moment, above its high mark, is the system's then.
 */
bool apitest_settles(struct lcma_region *region,
		     const struct lcma_region_state *before)
{
	const unsigned long nr_pool = min(before->pool_pages,
					  before->keep_high + before->wedged_pages);
	const unsigned long nr_shared = before->shared_pages +
					before->pool_pages - nr_pool;
	struct lcma_region_state now;
	unsigned int ms;

	for (ms = 0; ms < SETTLE_MS; ms += 20) {
		now = apitest_state(region);
		if (now.used_pages == before->used_pages && !now.busy_pages &&
		    now.pool_pages == nr_pool &&
		    now.shared_pages == nr_shared &&
		    now.quarantined_pages == before->quarantined_pages)
			return true;
		msleep(20);
	}
	pr_info("lcma_apitest: used %lu busy %lu pool %lu shared %lu quarantined %lu, wanted %lu 0 %lu %lu %lu\n",
		now.used_pages, now.busy_pages, now.pool_pages,
		now.shared_pages, now.quarantined_pages, before->used_pages,
		nr_pool, nr_shared, before->quarantined_pages);
	return false;
}

/* Is what is told of a region consistent in itself? */
bool apitest_sums_up(struct lcma_region *region)
{
	struct lcma_region_state s = apitest_state(region);

	return s.used_pages + s.pool_pages + s.shared_pages + s.busy_pages ==
		       s.nr_pages &&
	       s.claimed_pages == s.used_pages + s.pool_pages &&
	       s.pool_zero_pages <= s.pool_pages &&
	       s.wedged_pages <= s.pool_pages &&
	       s.prepared_pages <= s.used_pages &&
	       s.keep_low <= s.keep_high && s.keep_high <= s.nr_pages &&
	       s.align_pages && s.granule_pages &&
	       s.pool_hits_zero <= s.pool_hits &&
	       s.claims_failed <= s.claims &&
	       s.quarantined_pages <= s.used_pages &&
	       s.largest_pages <= s.pool_pages + s.shared_pages &&
	       s.nr_pages && s.unit_pages && !(s.base & ~PAGE_MASK);
}

/* How many pages does one page take? */
unsigned long apitest_granule(struct lcma_region *region)
{
	struct lcma_region_state before = apitest_state(region);
	struct page *page = lcma_alloc_pages(region, 1, 0, 0);
	unsigned long nr_pages;

	if (IS_ERR(page))
		return 0;
	nr_pages = apitest_state(region).used_pages - before.used_pages;
	lcma_free_pages(region, page, 1);
	apitest_settles(region, &before);
	return nr_pages;
}
