// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one hold of a region's lock costs, with interrupts off: every operation on
 * the map that runs in one hold, on a region of 16 GiB, with the worst patterns
 * that we know. None may cost more than LIMIT_US of work.
 *
 * Work, not time: the clock is a loop of known work, timed again and again between
 * the operations. UNIT_STEPS of its steps took a microsecond on the machine that
 * the limit was set on; a slower machine, or one that others use, too, has longer
 * microseconds. Of many runs of an operation the best one counts.
 *
 * What this cannot see: the kernel's own calls under the lock (a wake-up, a timer),
 * pages that are cleared, and lists of buffers.
 */
#include <stdlib.h>
#include <time.h>

#include "core/backoff.h"
#include "core/batch.h"
#include "core/bits.h"
#include "core/place.h"
#include "core/zeroed.h"

#define NR_PAGES	(4UL << 20)	/* 16 GiB of 4 KiB pages */
#define LIMIT_US	50.0
#define NR_RUNS		25

/* The smallest unit there is: 2 MiB. */
#define UNIT_PAGES	512UL

/* Steps of the loop in one microsecond of work. */
#define UNIT_STEPS	650

static struct lcma_map map;
static void *map_memory, *backoff_memory;
static unsigned long zeroed[NR_PAGES / BITS_PER_LONG];
static unsigned long known_bits[2 * NR_PAGES / BITS_PER_LONG];
static struct lcma_zeroed known;
static struct lcma_backoff backoff;
static unsigned int nr_cases, nr_failed;
static volatile unsigned long sink;

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

/* How long a microsecond of work takes: the best of some tries, just now. */
static double unit_us(void)
{
	double best = 1e9, us;
	unsigned long x;
	int try, i;

	for (try = 0; try < 5; try++) {
		us = now_us();
		for (x = sink, i = 0; i < 20 * UNIT_STEPS; i++)
			x = x * 6364136223846793005UL + 1442695040888963407UL;
		sink = x;
		us = (now_us() - us) / 20;
		best = us < best ? us : best;
	}
	return best;
}

/* One operation; undone without the clock where it changes the map. */
struct operation {
	const char *name;
	void (*run)(void);
	void (*undo)(void);
};

static void measure(const struct operation *operation, const char *pattern)
{
	double best = 1e9, us;
	int run;

	for (run = 0; run < NR_RUNS; run++) {
		us = now_us();
		operation->run();
		us = now_us() - us;
		if (operation->undo)
			operation->undo();
		us /= unit_us();
		best = us < best ? us : best;
	}
	printf("# %8.2f  %-34s %s\n", best, operation->name, pattern);
	if (best > LIMIT_US) {
		printf("# TOO MUCH for one hold\n");
		nr_failed++;
	}
}

static void move(unsigned long start, unsigned long nr_pages,
		 enum lcma_state from, enum lcma_state to)
{
	if (!lcma_map_move(&map, start, nr_pages, from, to))
		abort();
}

/* As lcma_region_move(): with what the accounting of zero pages counts. */
static void move_counted(unsigned long start, unsigned long nr_pages,
			 enum lcma_state from, enum lcma_state to)
{
	if (from == LCMA_POOL || to == LCMA_POOL)
		sink += lcma_bits_weight(zeroed, start, nr_pages);
	move(start, nr_pages, from, to);
}

/* Where the operations work: not at the left edge, not aligned to anything. */
#define AT	(NR_PAGES / 2 + 345)

static struct lcma_batch batch;
static unsigned long cursor;

/* take.c: reserve_piece() */
static void reserve(void)
{
	unsigned int i;

	sink += lcma_batch_next(&map, AT, NR_PAGES, &batch);
	for (i = 0; i < batch.nr; i++) {
		struct lcma_stretch *s = &batch.stretches[i];

		if (s->state & LCMA_BUSY)
			continue;
		move_counted(s->start, s->nr_pages, s->state,
			     s->state | LCMA_BUSY);
	}
}

/* take.c: put_back() */
static void put_back(void)
{
	unsigned int i;

	for (i = 0; i < batch.nr; i++) {
		struct lcma_stretch *s = &batch.stretches[i];

		if (s->state & LCMA_BUSY)
			continue;
		move_counted(s->start, s->nr_pages, s->state | LCMA_BUSY,
			     s->state);
	}
}

static void reserved(void)
{
	reserve();
}

/* surplus.c: take_surplus() */
static void surplus(void)
{
	unsigned int i;

	batch.nr = 0;
	if (!map.nr_in[LCMA_POOL])
		return;
	lcma_batch_surplus(&map, NR_PAGES, NULL, &cursor, &batch);
	for (i = 0; i < batch.nr; i++)
		move_counted(batch.stretches[i].start,
			     batch.stretches[i].nr_pages, LCMA_POOL, LCMA_BUSY);
}

static void surplus_undo(void)
{
	unsigned int i;

	for (i = 0; i < batch.nr; i++)
		move(batch.stretches[i].start, batch.stretches[i].nr_pages,
		     LCMA_BUSY, LCMA_POOL);
}

/* region.c: lcma_region_stretch() */
static void stretch(void)
{
	struct lcma_stretch s;

	lcma_map_stretch(&map, AT, min(NR_PAGES, AT + LCMA_HOLD_LOOK_PAGES), &s);
	sink += s.nr_pages;
}

/* What a search wants: sizes and alignments that look at the most. */
static const struct lcma_fit fits[] = {
	{ .nr_pages = 1 },
	{ .nr_pages = 2, .align_mask = 1, .align_offset = 1 },
	{ .nr_pages = 3, .align_mask = 3 },
	{ .nr_pages = 33, .align_mask = 63, .align_offset = 21 },
	{ .nr_pages = 200, .align_mask = 255, .align_offset = 128 },
	{ .nr_pages = 256, .align_mask = 255 },
	{ .nr_pages = 8192, .align_mask = 8191, .align_offset = 17 },
	{ .nr_pages = NR_PAGES / 2 },
};

static const struct lcma_fit *fit;

/* pool.c: find_run(), alloc.c: why_not() */
static void pool_search(void)
{
	unsigned int budget = LCMA_HOLD_LOOKS;

	sink += lcma_map_find(&map, LCMA_KIND_POOL, fit, 0, &budget);
	sink += lcma_map_may_fit(&map, LCMA_KIND_UNUSED, fit, LCMA_HOLD_LOOKS);
}

static struct lcma_place place;

static void place_first(void)
{
	unsigned long start = 0;

	lcma_place_init(&place, fit);
	lcma_place_next(&place, &map, &start);
	sink += start;
}

/* The pass over runs with islands. */
static void place_islands(void)
{
	unsigned long start = 0;

	lcma_place_init(&place, fit);
	place.islands = true;
	lcma_place_next(&place, &map, &start);
	sink += start;
}

static unsigned long held[NR_PAGES / BITS_PER_LONG];
static unsigned long spared[NR_PAGES / 512 / BITS_PER_LONG + 1];

/* Units of 512 pages, every other one has recently failed. */
static void place_spared(void)
{
	unsigned long start = 0;

	lcma_place_init(&place, fit);
	lcma_place_spare(&place, spared, 512);
	lcma_place_next(&place, &map, &start);
	sink += start;
}

/* survey.c */
static void options(void)
{
	struct lcma_option option[16];

	sink += lcma_place_options(&map, fit, option, ARRAY_SIZE(option));
}

/* quarantine.c: lcma_quarantine_next(), zero.c: next_dirty() */
static void next_held(void)
{
	sink += find_next_bit(held, LCMA_HOLD_LOOK_PAGES, 0);
	sink += find_next_bit(held, LCMA_HOLD_LOOK_PAGES, 0);
}

static void zero_note(void)
{
	bitmap_set(zeroed, AT, LCMA_HOLD_PAGES);
}

static void zero_known(void)
{
	bitmap_set(known.bits, AT, LCMA_HOLD_PAGES);
}

static void zero_unnote(void)
{
	bitmap_clear(zeroed, AT, LCMA_HOLD_PAGES);
}

/* region.c: lcma_region_recarve(), a piece, and what comes after the last one */
static void forget(void)
{
	lcma_zeroed_forget(&known, AT, LCMA_HOLD_PAGES, NR_PAGES);
}

static void forget_units(void)
{
	lcma_backoff_forget(&backoff, 0, NR_PAGES);
}

static void back_off_all(void)
{
	unsigned long unit;

	for (unit = 0; unit < NR_PAGES / UNIT_PAGES; unit++)
		lcma_backoff_note(&backoff, unit * UNIT_PAGES, 0);
}

static const struct operation moves[] = {
	{ "forget what pages were", forget, zero_known },
	{ "forget units that failed", forget_units, back_off_all },
	{ "reserve a piece", reserve, put_back },
	{ "put a piece back", put_back, reserved },
	{ "choose surplus", surplus, surplus_undo },
	{ "read a stretch", stretch, NULL },
	{ "note zero pages", zero_note, zero_unnote },
	{ "next page that is marked", next_held, NULL },
};

static const struct operation searches[] = {
	{ "search the pool", pool_search, NULL },
	{ "next place", place_first, NULL },
	{ "next place with islands", place_islands, NULL },
	{ "next place beside failed units", place_spared, NULL },
	{ "options of a policy", options, NULL },
	};

/* A pattern: its stretches come again and again over the whole region. */
struct part {
	unsigned int nr_pages;
	enum lcma_state state;
};

struct pattern {
	const char *name;
	struct part parts[4];
	unsigned int nr_before;	/* pages that alternate, used and shared, before */
};

static const struct pattern patterns[] = {
	{ "all shared", { { 4096, LCMA_SHARED } }, 0 },
	{ "all pool", { { 4096, LCMA_POOL } }, 0 },
	{ "every 2nd page pool",
	  { { 1, LCMA_POOL }, { 1, LCMA_SHARED } }, 0 },
	{ "every 4th page pool",
	  { { 1, LCMA_POOL }, { 3, LCMA_SHARED } }, 0 },
	{ "every 2nd page used, others pool",
	  { { 1, LCMA_USED }, { 1, LCMA_POOL } }, 0 },
	{ "every 2nd page used",
	  { { 1, LCMA_USED }, { 1, LCMA_SHARED } }, 0 },
	{ "shared, pool, used in turn",
	  { { 1, LCMA_SHARED }, { 1, LCMA_POOL }, { 1, LCMA_USED } }, 0 },
	{ "a comb and a badly aligned run",
	  { { 261, LCMA_SHARED }, { 1, LCMA_USED } }, 250 },
	{ "a comb and such a run of the pool",
	  { { 261, LCMA_POOL }, { 1, LCMA_USED } }, 250 },
	{ "an island a leaf",
	  { { 511, LCMA_SHARED }, { 1, LCMA_POOL } }, 0 },
	{ "long runs, badly aligned",
	  { { 8191, LCMA_SHARED }, { 1, LCMA_POOL }, { 8191, LCMA_POOL },
	    { 1, LCMA_USED } }, 0 },
};

static void draw(const struct pattern *pattern)
{
	unsigned long start = 0, nr;
	unsigned int i;

	lcma_map_init(&map, map_memory, NR_PAGES, LCMA_SHARED);
	cursor = 0;
	while (start < NR_PAGES) {
		for (i = 0; i < pattern->nr_before && start < NR_PAGES; i++)
			if (++start & 1)
				move(start - 1, 1, LCMA_SHARED, LCMA_USED);
		for (i = 0; i < ARRAY_SIZE(pattern->parts); i++) {
			nr = min_t(unsigned long, NR_PAGES - start,
				   pattern->parts[i].nr_pages);
			if (nr && pattern->parts[i].state != LCMA_SHARED)
				move(start, nr, LCMA_SHARED,
				     pattern->parts[i].state);
			start += nr;
		}
	}
}

static void bench(const struct pattern *pattern)
{
	char what[80];
	size_t i, k;

	draw(pattern);
	for (i = 0; i < ARRAY_SIZE(moves); i++) {
		if (moves[i].run == put_back)
			reserve();
		measure(&moves[i], pattern->name);
		if (moves[i].run == put_back)
			put_back();
	}
	for (k = 0; k < ARRAY_SIZE(fits); k++) {
		fit = &fits[k];
		snprintf(what, sizeof(what), "%s: %lu, aligned to %lu",
			 pattern->name, fit->nr_pages, fit->align_mask + 1);
		for (i = 0; i < ARRAY_SIZE(searches); i++)
			measure(&searches[i], what);
	}
	printf("%sok %u - one hold of the lock: %s\n", nr_failed ? "not " : "",
	       ++nr_cases, pattern->name);
	fflush(stdout);
}

int main(void)
{
	unsigned int i, nr_wrong = 0;

	map_memory = malloc(lcma_map_bytes(NR_PAGES));
	backoff_memory = malloc(lcma_backoff_bytes(NR_PAGES, UNIT_PAGES));
	if (!map_memory || !backoff_memory)
		return 1;
	lcma_zeroed_init(&known, known_bits, NR_PAGES);
	lcma_backoff_init(&backoff, backoff_memory, NR_PAGES, UNIT_PAGES, 1);
	back_off_all();
	memset(spared, 0x55, sizeof(spared));
	bitmap_set(held, NR_PAGES - 1, 1);
	printf("# a microsecond of work takes %.2f here; work of one hold:\n",
	       unit_us());
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		nr_failed = 0;
		bench(&patterns[i]);
		nr_wrong += nr_failed != 0;
	}
	printf("1..%u\n", nr_cases);
	free(map_memory);
	free(backoff_memory);
	return nr_wrong != 0;
}
