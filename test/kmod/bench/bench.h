/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench: lcma and the kernel's own CMA, called alternately, in the same zone of
 * the same boot, on parts of one area that are equally large.
 *
 *	insmod lcma_bench.ko region=bench
 *	echo WHAT KEY=VALUE... > /sys/kernel/debug/lcma_bench/run
 *	cat /sys/kernel/debug/lcma_bench/result
 *
 * The result is the inside of a JSON object: numbers, and arrays with one number
 * a repetition. test/bench/report computes what they come to. Before the first
 * order the result has the first page frames of lcma's and of the kernel's part,
 * and how many pages each has.
 *
 *	pair	size= reps=	one allocation of each side, freed at once (pair.c)
 *	held	size= count= reps=	count= allocations, held, then freed (held.c)
 *	crowd	threads= each= min= max= hold= rounds=	many at once (crowd.c)
 *	move	count= reps=	what it costs to move a page (move.c)
 *	meter	what the system has run so far (meter.c)
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/lcma.h>
#include <linux/types.h>

/* Repetitions of one run. */
#define BENCH_MAX_REPS	256

/* As the kernel's DMA code asks its area: by size, up to this order. */
#define BENCH_MAX_ORDER	8

/**
 * struct bench_order - what is to be measured
 * @what: the name of the measurement
 * @size: pages of one allocation
 * @reps: repetitions
 * @count: allocations that are held
 * @pool: wait before each repetition until lcma's pool has so many pages;
 *	negative: until it is quiet, however many it has
 * @used: pages of the region that others hold all the time
 * @swap: the kernel is first where lcma would be, and lcma where the kernel would
 * @soil: no page of the pool is zero when lcma is asked
 * @fill: wait until so many percent of both parts are in use; 0: do not
 * @fifo: the caller has real-time priority
 * @wait_ms: how long to wait for any of this
 * @threads: how many at once
 * @each: allocations that each thread of a crowd asks for in one turn
 * @min: pages of the smallest allocation of a crowd
 * @max: of the largest
 * @hold: allocations that one thread of a crowd holds
 * @rounds: turns of each side
 * @seed: of the random numbers of a crowd
 */
struct bench_order {
	char what[16];
	long size;
	long reps;
	long count;
	long pool;
	long used;
	long swap;
	long soil;
	long fill;
	long fifo;
	long wait_ms;
	long threads;
	long each;
	long min;
	long max;
	long hold;
	long rounds;
	long seed;
};

/**
 * struct bench_side - lcma, or the kernel
 * @name: which
 * @alloc: pages, zeroed; or an errno in *@err
 * @free: gives them back
 */
struct bench_side {
	const char *name;
	struct page *(*alloc)(unsigned long nr_pages, int *err);
	void (*free)(struct page *pages, unsigned long nr_pages);
};

/**
 * struct bench_part - a range of page frames
 * @first_pfn: the first one
 * @nr_pages: how many
 */
struct bench_part {
	unsigned long first_pfn;
	unsigned long nr_pages;
};

enum { BENCH_LCMA, BENCH_KERNEL, BENCH_SIDES };

extern struct lcma_region *bench_region;
extern const struct bench_side bench_sides[BENCH_SIDES];
extern struct bench_part bench_parts[BENCH_SIDES];

int bench_sides_init(void);
void bench_sides_exit(void);
const char *bench_kernel_way(void);
bool bench_in_part(unsigned int side, const struct page *pages,
		   unsigned long nr_pages);
u64 bench_clean_ns(struct page *pages, unsigned long nr_pages);
void bench_clear(struct page *pages, unsigned long nr_pages);
void *bench_resolve(const char *symbol);
u64 bench_walk_ns(void);

u64 bench_now_ns(void);
u64 bench_others_ns(void);
u64 bench_upkeep_ns(void);
unsigned long bench_migrated(void);
int bench_meter(const struct bench_order *order);

/**
 * struct bench_span - what other tasks ran in a stretch of time
 * @busy_ns: CPU time of all tasks but the caller
 * @took_ns: how long the stretch was
 */
struct bench_span {
	u64 busy_ns;
	u64 took_ns;
};

void bench_span_begin(struct bench_span *span);
void bench_span_end(struct bench_span *span);

void bench_fifo(bool on);
int bench_settle(const struct bench_order *order);
void bench_quiet(const struct bench_order *order, struct bench_span *quiet);
void bench_drain(void);
void bench_soil(void);
unsigned long bench_in_use(unsigned int side, unsigned long *bits);
unsigned long bench_taken(unsigned int side, unsigned long nr_used);
unsigned long bench_in_use_of(unsigned int side, const unsigned long *bits,
			      const struct page *pages, unsigned long nr_pages);
unsigned long *bench_bits_new(unsigned int side);
void bench_see_whole(unsigned int side, unsigned long *whole);
bool bench_was_whole(unsigned int side, const unsigned long *whole,
		     const struct page *pages);

__printf(1, 2) void bench_say(const char *format, ...);
void bench_say_array(const char *name, const u64 *values, unsigned int nr);

int bench_pair(const struct bench_order *order);
int bench_held(const struct bench_order *order);
int bench_crowd(const struct bench_order *order);
int bench_move(const struct bench_order *order);

#endif
