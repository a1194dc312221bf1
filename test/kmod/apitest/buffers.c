// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers: what they tell of themselves, references, export, errors.
 */
#include "apitest.h"

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/dma-buf.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/pfn.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/sizes.h>

/* What each thread of export_race() exports. */
#define EXPORTS		500U
#define EXPORTERS	4U

static struct lcma_buffer *held;

static void sizes_and_places(struct lcma_region *region)
{
	static const struct {
		u64 bytes;
		u64 align_bytes;
	} sizes[] = {
		{ 1, 0 }, { PAGE_SIZE, 1 }, { PAGE_SIZE + 1, 2 },
		{ SZ_64K, SZ_64K }, { SZ_1M, SZ_1M }, { 3 * SZ_1M, SZ_4M },
	};
	struct lcma_region_state before, with;
	struct lcma_buffer *buffer;
	unsigned long nr_pages;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct lcma_buffer_params params = {
			.bytes = sizes[i].bytes,
			.align_bytes = sizes[i].align_bytes,
			.label = "apitest",
			.timeout_ms = i % 2 ? 10000 : 0,
		};

		before = apitest_state(region);
		buffer = lcma_buffer_alloc(region, &params);
		if (!OK(!IS_ERR(buffer), "%llu bytes", params.bytes))
			continue;
		with = apitest_state(region);
		nr_pages = PHYS_PFN(lcma_buffer_bytes(buffer));
		OK(lcma_buffer_bytes(buffer) >= params.bytes &&
		   !(lcma_buffer_bytes(buffer) & ~PAGE_MASK) &&
		   nr_pages == with.used_pages - before.used_pages,
		   "%llu bytes: whole pages, as counted", params.bytes);
		OK(!(lcma_buffer_phys(buffer) &
		     (max_t(u64, params.align_bytes, PAGE_SIZE) - 1)) &&
		   lcma_buffer_phys(buffer) >= with.base &&
		   lcma_buffer_phys(buffer) + lcma_buffer_bytes(buffer) <=
		   with.base + ((phys_addr_t)with.nr_pages << PAGE_SHIFT),
		   "%llu bytes: aligned, in the region", params.bytes);
		OK(page_to_phys(lcma_buffer_pages(buffer)) ==
		   lcma_buffer_phys(buffer), "%llu bytes: its pages",
		   params.bytes);
		OK(apitest_holds(lcma_buffer_pages(buffer), nr_pages, 0),
		   "%llu bytes: zeroed", params.bytes);
		apitest_fill(lcma_buffer_pages(buffer), nr_pages, ~0U);
		lcma_buffer_put(buffer);
		OK(apitest_settles(region, &before), "%llu bytes: came back",
		   params.bytes);
	}
}

static void references(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = SZ_256K };
	const struct lcma_region_state before = apitest_state(region);
	struct lcma_region_state with;
	struct lcma_buffer *buffer;

	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(buffer), "a buffer without a label"))
		return;
	with = apitest_state(region);
	lcma_buffer_get(buffer);
	lcma_buffer_get(buffer);
	lcma_buffer_put(buffer);
	lcma_buffer_put(buffer);
	OK(apitest_settles(region, &with), "it stays while it is referenced");
	lcma_buffer_put(buffer);
	OK(apitest_settles(region, &before), "and goes with the last reference");
}

static void exporting(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = SZ_1M };
	const struct lcma_region_state before = apitest_state(region);
	struct platform_device *importer;
	struct lcma_buffer *buffer;
	struct lcma_region_state with;
	struct dma_buf *dmabuf, *second;
	struct page *pages;
	phys_addr_t phys;

	importer = platform_device_register_simple("lcma_apitest_importer", -1,
						   NULL, 0);
	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(importer) && !IS_ERR(buffer), "a buffer, an importer"))
		return;
	with = apitest_state(region);
	pages = lcma_buffer_pages(buffer);
	phys = lcma_buffer_phys(buffer);
	apitest_fill(pages, 256, 0x11111111);

	dmabuf = lcma_buffer_export(buffer);
	if (!OK(!IS_ERR(dmabuf), "exported"))
		return;
	OK(dmabuf->size == SZ_1M, "the dma-buf has the buffer's size");
	second = lcma_buffer_export(buffer);
	OK(second == dmabuf, "exported again: the same dma-buf");
	if (!IS_ERR(second))
		dma_buf_put(second);
	lcma_buffer_put(buffer);
	OK(apitest_settles(region, &with), "the dma-buf holds the buffer");
	OK(apitest_import(dmabuf, &importer->dev, phys),
	   "a device sees it in one piece");
	OK(apitest_vmap(dmabuf, 0x11111111, 0x11111111),
	   "the kernel sees what is in it");
	apitest_fill(pages + 255, 1, 0x22222222);
	OK(apitest_vmap(dmabuf, 0x11111111, 0x22222222), "and what comes to it");
	OK(!lcma_free_pages(region, pages, 256),
	   "its pages cannot be freed under it");
	dma_buf_put(dmabuf);
	OK(apitest_settles(region, &before), "the last one to go frees it");
	platform_device_unregister(importer);
}

/* What the threads of export_race() share. */
static struct lcma_buffer *raced;
static atomic_t nr_differ;
static atomic_t nr_failed;
static DECLARE_COMPLETION(one_done);

/* One that is going, one that comes: the holder of one sees no other. */
static int export_and_put(void *unused)
{
	struct dma_buf *a, *b;
	unsigned int i;

	for (i = 0; i < EXPORTS; i++) {
		a = lcma_buffer_export(raced);
		b = lcma_buffer_export(raced);
		if (IS_ERR(a) || IS_ERR(b))
			atomic_inc(&nr_failed);
		else if (a != b)
			atomic_inc(&nr_differ);
		if (!IS_ERR(b))
			dma_buf_put(b);
		if (!IS_ERR(a))
			dma_buf_put(a);
		cond_resched();
	}
	complete(&one_done);
	return 0;
}

static void export_race(struct lcma_region *region)
{
	const struct lcma_buffer_params params = { .bytes = SZ_64K };
	const struct lcma_region_state before = apitest_state(region);
	struct task_struct *thread;
	struct dma_buf *dmabuf;
	unsigned int i, nr = 0;

	raced = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(raced), "a buffer to export"))
		return;
	atomic_set(&nr_differ, 0);
	atomic_set(&nr_failed, 0);
	for (i = 0; i < EXPORTERS; i++) {
		thread = kthread_run(export_and_put, NULL, "apitest/%u", i);
		nr += !IS_ERR(thread);
	}
	OK(nr == EXPORTERS, "threads");
	while (nr--)
		wait_for_completion(&one_done);
	OK(!atomic_read(&nr_failed), "four threads export and let go: each time");
	OK(!atomic_read(&nr_differ), "no holder sees two dma-bufs of one buffer");
	dmabuf = lcma_buffer_export(raced);
	OK(!IS_ERR(dmabuf) && dmabuf->size == SZ_64K, "and once more after it");
	if (!IS_ERR(dmabuf))
		dma_buf_put(dmabuf);
	lcma_buffer_put(raced);
	OK(apitest_settles(region, &before), "it is freed");
}

static struct lcma_buffer *try(struct lcma_region *region, u64 bytes,
			       u64 align_bytes, unsigned int flags,
			       const char *label)
{
	return lcma_buffer_alloc(region, &(struct lcma_buffer_params) {
			.bytes = bytes, .align_bytes = align_bytes,
			.flags = flags, .label = label, .timeout_ms = 5000 });
}

static void errors(struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	const u64 all = (u64)before.nr_pages << PAGE_SHIFT;
	struct lcma_buffer *buffer;
	ktime_t began;

	FAILS(try(region, 0, 0, 0, NULL), -EINVAL, "no bytes: EINVAL");
	FAILS(try(region, 1, 3, 0, NULL), -EINVAL, "align 3: EINVAL");
	FAILS(try(region, 1, 0, LCMA_NOWAIT, NULL), -EOPNOTSUPP,
	      "NOWAIT: EOPNOTSUPP");
	FAILS(try(region, 1, 0, LCMA_ZERO, NULL), -EOPNOTSUPP,
	      "ZERO: EOPNOTSUPP");
	FAILS(try(region, 1, 0, BIT(20), NULL), -EOPNOTSUPP,
	      "unknown flag: EOPNOTSUPP");
	FAILS(try(region, 1, 0, 0, "a\nb"), -EINVAL,
	      "a label with a newline: EINVAL");
	FAILS(try(region, 1, 0, 0, "a b"), -EINVAL, "one with a blank: EINVAL");
	FAILS(try(region, 1, 0, 0, "the-shortest-label-there-cannot-"), -EINVAL,
	      "one of 32 characters: EINVAL");
	FAILS(try(region, 1, 0, 0, "\x80"), -EINVAL,
	      "a label that cannot be printed: EINVAL");
	FAILS(try(region, all + 1, 0, 0, NULL), -EFBIG,
	      "more than the region: EFBIG");
	FAILS(try(region, U64_MAX, 0, 0, NULL), -EFBIG, "far more: EFBIG");
	FAILS(try(NULL, U64_MAX, 0, 0, NULL), -EFBIG,
	      "more than any region: EFBIG");
	FAILS(try(region, 1, BIT_ULL(63), 0, NULL), -ENOSPC,
	      "alignment that nothing has: ENOSPC");
	buffer = try(region, all, 0, 0, NULL);
	if (OK(!IS_ERR(buffer), "the whole region")) {
		began = ktime_get();
		FAILS(try(region, 1, 0, LCMA_QUIET, NULL), -ENOSPC,
		      "full: ENOSPC");
		OK(ktime_ms_delta(ktime_get(), began) < 1000, "at once");
		lcma_buffer_put(buffer);
	}
	OK(apitest_settles(region, &before), "nothing is left");
}

void apitest_buffers(struct lcma_region *region)
{
	sizes_and_places(region);
	references(region);
	exporting(region);
	export_race(region);
	errors(region);
}

/* A buffer that the job looks at from outside. */
void apitest_hold(struct lcma_region *region)
{
	held = try(region, SZ_2M, 0, LCMA_QUIET,
		   "the-longest-label-there-can-be!");
	OK(!IS_ERR(held), "a buffer is held");
	if (!IS_ERR(held))
		apitest_fill(lcma_buffer_pages(held), 512, 0x33333333);
}

void apitest_let_go(struct lcma_region *region)
{
	if (OK(!IS_ERR_OR_NULL(held), "a buffer was held"))
		lcma_buffer_put(held);
	held = NULL;
}
