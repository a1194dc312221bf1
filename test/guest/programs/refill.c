// SPDX-License-Identifier: GPL-2.0-only
/*
 * refill - has every page of some ranges in use, again and again.
 *
 *	refill SPARE_KIB FIRST_PFN+NR...
 *
 * For each line it reads: takes free memory until only SPARE_KIB more are left than the
 * system keeps free itself, then gives up what lies outside of the ranges, and answers
 * with a line, `in=N out=N`: pages it has in the ranges now, and pages it gave up. So
 * what is free afterwards is elsewhere.
 *
 * What the system keeps free is read again and again (its high watermarks: they differ
 * between kernels, and rise for a while). Below that, the system would reclaim as fast
 * as this program takes, until swap is full.
 * (Where a page lies is read from /proc/self/pagemap.)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "meminfo.h"

#define PAGE		4096UL
#define BATCH		64UL		/* pages between two looks at MemFree */
#define LOOK_EACH	8UL		/* batches between two at the watermarks */
#define NR_PAGES	(700UL << 8)	/* that it could have, in MiB */
#define MAX_RANGES	8

#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_PFN	((1ULL << 55) - 1)

static struct {
	unsigned long first, end;
} ranges[MAX_RANGES];
static int nr_ranges;

static char *memory;
static bool is_ours[NR_PAGES];

static bool in_ranges(unsigned long pfn)
{
	int i;

	for (i = 0; i < nr_ranges; i++)
		if (pfn >= ranges[i].first && pfn < ranges[i].end)
			return true;
	return false;
}

static bool is_in(uint64_t entry)
{
	return entry & PAGEMAP_PRESENT && in_ranges(entry & PAGEMAP_PFN);
}

/* Batches of which nothing is ours, until memory is scarce. */
static void take(unsigned long spare_kib)
{
	unsigned long page, i, high_kib = 0, nr = 0;
	bool any;

	for (page = 0; page < NR_PAGES; page += BATCH) {
		for (any = false, i = 0; i < BATCH; i++)
			any |= is_ours[page + i];
		if (any)
			continue;
		if (nr++ % LOOK_EACH == 0)
			high_kib = mem_high_kib();
		if (mem_free_kib() < high_kib + spare_kib + BATCH * 4)
			return;
		madvise(memory + page * PAGE, BATCH * PAGE,
			MADV_POPULATE_WRITE);
		memset(is_ours + page, true, BATCH);
	}
}

static void give_up_others(unsigned long *nr_in, unsigned long *nr_out)
{
	static uint64_t entries[BATCH];
	int fd = open("/proc/self/pagemap", O_RDONLY);
	unsigned long page, i, stop;

	if (fd < 0)
		err(1, "pagemap");
	for (page = 0; page < NR_PAGES; page += BATCH) {
		if (!memchr(is_ours + page, true, BATCH))
			continue;
		if (pread64(fd, entries, sizeof(entries),
			    ((uintptr_t)memory / PAGE + page) * 8) !=
		    sizeof(entries))
			err(1, "pagemap");
		for (i = 0; i < BATCH; i = stop) {
			/* In one go, as far as it goes. */
			for (stop = i; stop < BATCH && is_ours[page + stop] &&
			     !is_in(entries[stop]); stop++)
				is_ours[page + stop] = false;
			if (stop > i)
				madvise(memory + (page + i) * PAGE,
					(stop - i) * PAGE, MADV_DONTNEED);
			*nr_out += stop - i;
			for (; stop < BATCH && (!is_ours[page + stop] ||
						is_in(entries[stop])); stop++)
				*nr_in += is_ours[page + stop];
		}
	}
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned long nr_in, nr_out;
	char line[64], *plus;
	int i;

	if (argc < 3 || argc - 2 > MAX_RANGES)
		errx(2, "refill SPARE_KIB FIRST_PFN+NR...");
	for (i = 2; i < argc; i++, nr_ranges++) {
		ranges[nr_ranges].first = strtoul(argv[i], &plus, 0);
		ranges[nr_ranges].end = ranges[nr_ranges].first +
					strtoul(plus + 1, NULL, 0);
	}
	memory = mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	/* It is not to be measured, and not to take long. */
	if (setpriority(PRIO_PROCESS, 0, -20))
		err(1, "setpriority");
	while (fgets(line, sizeof(line), stdin)) {
		nr_in = 0;
		nr_out = 0;
		take(strtoul(argv[1], NULL, 0));
		give_up_others(&nr_in, &nr_out);
		printf("in=%lu out=%lu\n", nr_in, nr_out);
		fflush(stdout);
	}
	return 0;
}
