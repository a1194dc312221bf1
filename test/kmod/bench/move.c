// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to move a page: pages in use are taken off their list and
 * migrated to new ones, as move_pages() does it, nothing else. That system call
 * itself is for machines with several nodes. The pages are the first anonymous
 * ones of the kernel's part: they may go anywhere, while those of a block device must
 * stay where the kernel has an address for them. And what clearing a page and cleaning
 * it out of the CPU's caches costs, which has to be done beside moving.
 *
 * The functions are not exported, and not the same in every kernel: this is for 6.1, and
 * for 6.4 and later, which move folios. Linux in between is not measured.
 */
#include "bench.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define CAN_MOVE	true
#define ISOLATE		"isolate_lru_page"

typedef struct page *(*new_fn)(struct page *page, unsigned long private);
typedef int (*isolate_fn)(struct page *page);

static isolate_fn isolate;

static struct page *elsewhere(struct page *page, unsigned long private)
{
	return alloc_page(GFP_HIGHUSER_MOVABLE);
}

static bool take_off(struct page *page, struct list_head *pages)
{
	if (isolate(page))
		return false;
	list_add_tail(&page->lru, pages);
	return true;
}
#else
#define CAN_MOVE	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0))
#define ISOLATE		"folio_isolate_lru"

typedef struct folio *(*new_fn)(struct folio *folio, unsigned long private);
typedef bool (*isolate_fn)(struct folio *folio);

static isolate_fn isolate;

static struct folio *elsewhere(struct folio *folio, unsigned long private)
{
	return folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
}

static bool take_off(struct page *page, struct list_head *pages)
{
	struct folio *folio = page_folio(page);

	if (!isolate(folio))
		return false;
	list_add_tail(&folio->lru, pages);
	return true;
}
#endif

typedef int (*migrate_fn)(struct list_head *from, new_fn new_page,
			  void *free_page, unsigned long private,
			  enum migrate_mode mode, int reason,
			  unsigned int *nr_moved);

static void (*putback)(struct list_head *pages);
static void (*drain)(void);
static migrate_fn migrate;

/* Pages in use, from *at on, off their list. Return: how many. */
static unsigned int isolate_some(struct list_head *pages, unsigned long *at,
				 unsigned int want)
{
	const struct bench_part *part = &bench_parts[BENCH_KERNEL];
	unsigned int nr = 0;
	struct page *page;

	for (; nr < want && *at < part->nr_pages; (*at)++) {
		page = pfn_to_page(part->first_pfn + *at);
		if (!PageAnon(page) || !get_page_unless_zero(page))
			continue;
		if (!PageCompound(page) && take_off(page, pages))
			nr++;
		put_page(page);
	}
	return nr;
}

/* Clearing and cleaning: nothing is said where the kernel has no pages for it. */
static void clear_some(const struct bench_order *order)
{
	const struct bench_side *kernel = &bench_sides[BENCH_KERNEL];
	static u64 per_page_ns[BENCH_MAX_REPS];
	struct page *pages;
	unsigned int i;
	u64 began_ns;
	int err;

	pages = kernel->alloc(order->count, &err);
	if (!pages)
		return;
	for (i = 0; i < order->reps; i++) {
		began_ns = bench_now_ns();
		bench_clear(pages, order->count);
		bench_clean_ns(pages, order->count);
		per_page_ns[i] = div_u64(bench_now_ns() - began_ns, order->count);
	}
	kernel->free(pages, order->count);
	bench_say_array("clear_page_ns", per_page_ns, order->reps);
}

/**
 * bench_move - the measurement
 * @order: count: pages a repetition; reps
 *
 * Return: 0; -EOPNOTSUPP on another kernel; -ENODATA: nothing is in use.
 */
int bench_move(const struct bench_order *order)
{
	static u64 per_page_ns[BENCH_MAX_REPS];
	unsigned long at = 0;
	unsigned int i = 0, tries, nr, nr_moved;
	LIST_HEAD(pages);
	u64 began_ns;

	isolate = bench_resolve(ISOLATE);
	putback = bench_resolve("putback_movable_pages");
	drain = bench_resolve("lru_add_drain_all");
	migrate = bench_resolve("migrate_pages");
	if (!CAN_MOVE || !isolate || !putback || !drain || !migrate)
		return -EOPNOTSUPP;

	for (tries = 0; tries < 2 * order->reps && i < order->reps; tries++) {
		drain();
		began_ns = bench_now_ns();
		nr = isolate_some(&pages, &at, order->count);
		if (!nr)
			break;
		nr_moved = 0;
		migrate(&pages, elsewhere, NULL, 0, MIGRATE_SYNC, MR_SYSCALL,
			&nr_moved);
		began_ns = bench_now_ns() - began_ns;
		putback(&pages);
		if (nr_moved)
			per_page_ns[i++] = div_u64(began_ns, nr_moved);
	}
	if (!i)
		return -ENODATA;
	bench_say_array("move_page_ns", per_page_ns, i);
	clear_some(order);
	return 0;
}
