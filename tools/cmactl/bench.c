// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl bench: how long allocations take, by region and size.
 *
 * One buffer at a time is allocated and freed, so this is what one program sees
 * that is alone with its region. The lines for programs are those of
 * test/bench, where the kernel's own CMA is called beside it; from here it cannot
 * be reached, and what would be its numbers is null.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

#define REPS_USUAL	32

/* Each size is so many times the one before. */
#define NEXT_SIZE	4

/* The largest is this part of the region, unless --max says otherwise. */
#define USUAL_PART	4

/**
 * struct run - one region, one size
 * @info: the region
 * @bytes: the size
 * @nr: how many were allocated
 * @failures: how many were not
 * @err: why the last one was not
 * @alloc_ns: what each took
 * @free_ns: and giving it back
 */
struct run {
	const struct lcma_region_info *info;
	uint64_t bytes;
	uint32_t nr;
	uint32_t failures;
	int err;
	uint64_t *alloc_ns;
	uint64_t *free_ns;
};

static const char *const heads[] = {
	"<REGION", "SIZE", "N", "MEDIAN", "P99", "MAX", "FREE", "FAILED",
	"<WHY", NULL
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorted values; the nearest rank, as test/bench/stats.py has it. */
static uint64_t rank(const uint64_t *ns, uint32_t nr, unsigned int percent)
{
	return nr ? ns[((uint64_t)nr * percent + 99) / 100 - 1] : 0;
}

static uint64_t median(const uint64_t *ns, uint32_t nr)
{
	return nr ? (ns[(nr - 1) / 2] + ns[nr / 2]) / 2 : 0;
}

static void measure(const struct session *session, int device, struct run *run,
		    uint32_t reps)
{
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t bytes, began_ns;
	uint32_t i;
	int buffer;

	options.region = run->info->name;
	options.label = "bench";
	options.flags = LCMA_ALLOC_F_QUIET;
	if (session->args->given & ARG_NOWAIT)
		options.flags |= LCMA_ALLOC_F_NOWAIT;
	for (i = 0; i < reps; i++) {
		bytes = run->bytes;
		began_ns = now_ns();
		buffer = lcma_allocate(device, &bytes, &options);
		if (buffer < 0) {
			run->err = buffer;
			run->failures++;
			continue;
		}
		run->alloc_ns[run->nr] = now_ns() - began_ns;
		began_ns = now_ns();
		lcma_free(buffer);
		run->free_ns[run->nr++] = now_ns() - began_ns;
	}
	qsort(run->alloc_ns, run->nr, sizeof(uint64_t), by_value);
	qsort(run->free_ns, run->nr, sizeof(uint64_t), by_value);
}

/* A time, or null where there was none. */
static void json_time(struct json *json, const char *key, const struct run *run,
		      uint64_t ns)
{
	if (run->nr)
		json_number(json, key, ns);
	else
		json_null(json, key);
}

static void write_json(struct session *session, const struct run *run)
{
	static const char *const nulls[] = {
		"kernel_ns", "kernel_p99_ns", "kernel_max_ns", "ratio",
		"ratio_low95", "p99_ratio", "fail_kernel", "background_ns",
	};
	struct json *json = &session->json;
	const uint64_t *ns = run->alloc_ns;
	char keep[2 * CMACTL_TEXT_BYTES];
	size_t i;

	snprintf(keep, sizeof(keep), "%" PRIu64 "-%" PRIu64,
		 (uint64_t)run->info->keep_low, (uint64_t)run->info->keep_high);
	json_open(json, NULL, '{');
	json_text(json, "case", session->args->given & ARG_NOWAIT ?
				"board-nowait" : "board");
	json_text(json, "region", run->info->name);
	json_text(json, "keep", keep);
	json_text(json, "mode", "board");
	json_number(json, "size_pages", run->bytes / sysconf(_SC_PAGESIZE));
	json_number(json, "bytes", run->bytes);
	json_number(json, "n", run->nr);
	json_time(json, "lcma_ns", run, median(ns, run->nr));
	json_time(json, "lcma_p99_ns", run, rank(ns, run->nr, 99));
	json_time(json, "lcma_max_ns", run, rank(ns, run->nr, 100));
	json_time(json, "lcma_free_ns", run, median(run->free_ns, run->nr));
	json_number(json, "fail_lcma", run->failures);
	if (run->failures)
		json_text(json, "errno", lcma_errorname(run->err));
	else
		json_null(json, "errno");
	for (i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		json_null(json, nulls[i]);
	json_close(json, '}');
	json_end(json);
}

static void add_row(struct table *table, const struct run *run)
{
	const uint64_t *ns = run->alloc_ns;

	table_cell(table, run->info->name);
	table_size(table, run->bytes);
	table_number(table, run->nr);
	if (run->nr) {
		table_time(table, median(ns, run->nr));
		table_time(table, rank(ns, run->nr, 99));
		table_time(table, rank(ns, run->nr, 100));
		table_time(table, median(run->free_ns, run->nr));
	} else {
		table_cell(table, "");
		table_cell(table, "");
		table_cell(table, "");
		table_cell(table, "");
	}
	table_number(table, run->failures);
	table_cell(table, run->failures ? lcma_errorname(run->err) : "");
}

/* All sizes of one region. Return: how many could be had of any. */
static uint64_t bench_region(struct session *session, int device,
			     struct run *run, struct table *table)
{
	const struct args *args = session->args;
	const uint64_t max = args->max_bytes ? args->max_bytes :
					       run->info->bytes / USUAL_PART;
	uint64_t bytes, nr = 0;

	for (bytes = sysconf(_SC_PAGESIZE); bytes <= max; bytes *= NEXT_SIZE) {
		run->bytes = bytes;
		run->nr = 0;
		run->failures = 0;
		measure(session, device, run,
			args->count ? args->count : REPS_USUAL);
		nr += run->nr;
		if (wants_json(session))
			write_json(session, run);
		else
			add_row(table, run);
	}
	return nr;
}

int cmd_bench(struct session *session)
{
	const uint32_t reps = session->args->count ? session->args->count :
						     REPS_USUAL;
	struct run run = {
		.alloc_ns = calloc(reps, sizeof(uint64_t)),
		.free_ns = calloc(reps, sizeof(uint64_t)),
	};
	struct table table = { .heads = heads };
	struct regions regions;
	uint64_t nr = 0;
	int device, i, status;

	device = device_open(session, &status);
	if (device < 0)
		goto out;
	status = regions_load(session, device, &regions);
	if (!run.alloc_ns || !run.free_ns)
		status = fail(session, -ENOMEM, NULL, "bench");
	for (i = 0; !status && i < regions.nr; i++) {
		run.info = &regions.info[i];
		nr += bench_region(session, device, &run, &table);
	}
	if (!status && !wants_json(session))
		table_write(&table, stdout, "");
	if (!status && !nr)
		status = EXIT_FAILED;
	regions_free(&regions);
	lcma_close(device);
out:
	free(run.alloc_ns);
	free(run.free_ns);
	return status;
}
