// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is asked for ahead of time: what is refused, what is held, what an
 * allocation that must not sleep gets of it, and how it ends.
 */
#include "apitest.h"

#include <linux/delay.h>
#include <linux/limits.h>
#include <linux/preempt.h>
#include <linux/sizes.h>

#define COUNT		(SZ_1M >> PAGE_SHIFT)
#define LONGEST_MS	60000

static struct lcma_prepare_params params_for(u64 bytes)
{
	return (struct lcma_prepare_params) {
		.bytes = bytes,
		.within_ms = 10000,
		.hold_ms = LONGEST_MS,
		.flags = LCMA_WAIT | LCMA_QUIET,
		.label = "soon",
	};
}

static int prepare(struct lcma_region *region, u64 bytes)
{
	const struct lcma_prepare_params params = params_for(bytes);

	return lcma_region_prepare(region, &params);
}

static void refused(struct lcma_region *region)
{
	const u64 size = (u64)apitest_state(region).nr_pages << PAGE_SHIFT;
	struct lcma_prepare_params params;

#define REFUSED(err, what, change) do {					\
		params = params_for(SZ_1M);				\
		change;							\
		OK(lcma_region_prepare(region, &params) == (err), what);	\
	} while (0)
	REFUSED(-EOPNOTSUPP, "prepare: an unknown flag", params.flags |= BIT(30));
	REFUSED(-EOPNOTSUPP, "prepare: a flag of others", params.flags |= LCMA_NOWAIT);
	REFUSED(-EINVAL, "prepare: an odd alignment", params.align_bytes = 3 * PAGE_SIZE);
	REFUSED(-EINVAL, "prepare: a label of two words", params.label = "two words");
	REFUSED(-EINVAL, "prepare: too long until it is there", params.within_ms = 10001);
	REFUSED(-EINVAL, "prepare: too long a hold", params.hold_ms = LONGEST_MS + 1);
	REFUSED(-EFBIG, "prepare: larger than the region", params.bytes = size + 1);
	REFUSED(-EFBIG, "prepare: larger than any memory", params.bytes = U64_MAX);
	REFUSED(-EOPNOTSUPP, "prepare: cancelling with an unknown flag",
		(params.bytes = 0, params.flags |= BIT(30)));
#undef REFUSED
	OK(!apitest_state(region).prepared_pages, "prepare: nothing is held after errors");
}

/* Where one may not sleep it is had as if it lay in the pool. */
static void used(struct lcma_region *region)
{
	const u64 nr_used = apitest_state(region).prepares_used;
	struct page *pages;

	if (!OK(!prepare(region, SZ_1M), "prepare: 1 MiB"))
		return;
	OK(apitest_state(region).prepared_pages >= COUNT, "prepare: it is held");
	OK(apitest_sums_up(region), "prepare: it is told of");
	preempt_disable();
	pages = lcma_alloc_pages(region, COUNT, 0, LCMA_NOWAIT);
	preempt_enable();
	if (!OK(!IS_ERR(pages), "prepare: allocated without sleeping"))
		return;
	OK(apitest_state(region).prepares_used == nr_used + 1, "prepare: one more is served");
	OK(!apitest_state(region).prepared_pages, "prepare: nothing is held then");
	OK(apitest_holds(pages, COUNT, 0), "prepare: it is zero");
	OK(lcma_free_pages(region, pages, COUNT), "prepare: it is freed");
}

static bool is_over(struct lcma_region *region, u64 nr_over)
{
	unsigned int ms;

	for (ms = 0; ms < 20000; ms += 20) {
		if (apitest_state(region).prepares_over > nr_over)
			return true;
		msleep(20);
	}
	return false;
}

static void ended(struct lcma_region *region)
{
	const u64 nr_over = apitest_state(region).prepares_over;
	struct lcma_prepare_params params = params_for(SZ_1M);
	int i;

	params.hold_ms = 100;
	OK(!lcma_region_prepare(region, &params), "prepare: for a moment");
	OK(is_over(region, nr_over), "prepare: its time is over");

	for (i = 0; i < 8 && !prepare(region, PAGE_SIZE); i++)
		;
	OK(i == 8, "prepare: eight at a time");
	OK(prepare(region, PAGE_SIZE) == -ENOBUFS, "prepare: and no ninth");
	OK(!prepare(region, 0), "prepare: none is needed");
	OK(!apitest_state(region).prepared_pages, "prepare: nothing is held");
	OK(!prepare(region, PAGE_SIZE), "prepare: one more at once");
	OK(!prepare(NULL, 0), "prepare: cancelled in all regions");
	OK(!apitest_state(region).prepared_pages, "prepare: nor there");
}

void apitest_prepare(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);

	refused(region);
	used(region);
	ended(region);
	OK(apitest_settles(region, &before), "prepare: everything came back");
}
