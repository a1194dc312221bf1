/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sweep.h - what the sweeps over failure points share: the operations, orders
 * to fail, and what has to be true after each failure.
 */
#ifndef LCMA_TEST_SWEEP_H
#define LCMA_TEST_SWEEP_H

#include "program.h"

#include <dirent.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/time.h>

#define FAULTS		"/sys/kernel/debug/lcma_faults"
#define PARAMETERS	"/sys/module/lcma/parameters/"
#define APITEST		"/sys/kernel/debug/lcma_apitest/run"
#define HEAP		"/dev/dma_heap/sweep"
#define LEN		(64 * KIB)

/* How long what was on its way may take to settle. */
#define SETTLE_MS	10000

/* Regions that the operations are tried in; with their NULL. */
extern const char *regions[8];

/* Where the present operation works. */
extern const char *region;

/* --- the kernel's log ---------------------------------------------------------- */

extern int kmsg;
void log_from_here(void);

/**
 * struct heard - what lcma has said since log_from_here()
 * @point: the first point that failed by order; "": none
 * @lost: memory was written off
 */
struct heard {
	char point[64];
	bool lost;
};
struct heard listen_to_log(void);

/* --- operations ------------------------------------------------------------------ */

/*
 * Each does one thing and undoes it. Return: 0 or more, or -errno; nothing is
 * left of it in either case.
 */
struct operation {
	const char *name;
	long (*run)(void);
	bool everywhere;	/* tried in every region; else in the first */
};
long op_open(void);

/* Failures end here: what comes now is another operation. */
extern void (*no_more_failures)(void);

/* A line; then its buffer is freed, which is op_text_read()'s to try. */
long text_line(const char *format);
long op_text(void);
long op_text_deadline(void);
long op_text_slot(void);

/* A read that has nothing to free. */
long op_text_read(void);
long on_device(unsigned int cmd, void *arg);
long op_version(void);
long op_region_list(void);
long op_region_info(void);
long alloc_fd(uint32_t timeout_ms);
long closed(long fd);
long op_alloc(void);
long op_alloc_deadline(void);
long op_buffer_info(void);
long op_buffer_list(void);
long op_failure_list(void);

/* Waits, so that what its worker runs into is its own answer; closing ends it. */
long op_prepare(void);

/* Map it, fill every page, bracketed as a program should, and look. */
long use_buffer(int fd);

/* 0: mappings are filled as they are touched. */
#define MAP_AT_ONCE	"/sys/module/lcma/parameters/map_at_once"

void on_alarm(int number MAYBE_UNUSED);

/* A fault that finds no memory is tried again and again, until there is some. */
long op_map(void);
long op_map_by_faults(void);

/* The last answer was a heap's ENOMEM, whatever memory was missing. */
extern bool heap_said_enomem;
long op_heap(void);
long op_buffers_view(void);
long api(const char *attempt);
long op_api_pages(void);
long op_api_buffer(void);
long op_api_export(void);
long op_api_attach(void);
long op_api_vmap(void);
long op_api_assign(void);

extern const struct operation operations[];
extern const size_t nr_operations;

/* --- afterwards -------------------------------------------------------------------- */

/* Nothing is used or on its way; all of a region is there, in the pool what it keeps. */
bool settles(int dev, const char *name);
bool all_idle(void);

/* Return: NULL; what is wrong after a failed operation. */
const char *aftermath(const struct operation *op, int nr_fds);
bool any_entry(const char *path, const char *begins);
bool any_worker(void);

/* A thread that has come to its end is seen until the kernel gets round to it. */
bool outlives_its_end(void);

/* Return: NULL; what a module that is not loaded has left. */
const char *left_behind(void);

/* Where the regions lie, as one number; the same again if nothing was lost. */
unsigned long long places(void);

/* Loads with regions= and more. */
long load(const char *spec, const char *more);

/* name=16M@cma,...;name2=... */
void set_regions(const char *spec);

#endif
