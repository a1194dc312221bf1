// SPDX-License-Identifier: GPL-2.0-only
/*
 * hungry - a job that wants a lot of memory, the same each time.
 *
 *	hungry MIB VISITS SEED
 *
 * Four processes fill MIB of anonymous memory between them; then each visits VISITS
 * of its pages at random, and changes them. Prints `ok NS`: what that took, on the
 * clock that with -icount counts instructions; or what was wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_WORDS	1024
#define NR_PROCESSES	4

/* An eighth of a page: to fill it is not what is to be measured. */
#define FILL_WORDS	128

static uint32_t state;

static uint32_t dice(uint32_t sides)
{
	state = state * 1664525 + 1013904223;
	return (uint64_t)state * sides >> 32;
}

/* Like a program's data: some of it can be compressed, no page is another's. */
static void fill(uint32_t *page)
{
	unsigned int i;

	for (i = 0; i < FILL_WORDS; i++)
		page[i] = i % 2 ? i : (state += 0x9e3779b9);
	page[0] = 0;
}

static int work(unsigned long nr_pages, unsigned long visits)
{
	uint32_t (*pages)[PAGE_WORDS];
	unsigned long i, seen = 0;

	pages = mmap(NULL, nr_pages * sizeof(*pages), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages == MAP_FAILED)
		return 1;
	for (i = 0; i < nr_pages; i++)
		fill(pages[i]);
	for (i = 0; i < visits; i++)
		pages[dice(nr_pages)][0]++;
	for (i = 0; i < nr_pages; i++)
		seen += pages[i][0];
	return seen != visits;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long nr_pages, visits;
	uint64_t began_ns;
	int i, status, nr_wrong = 0;

	if (argc != 4)
		errx(2, "hungry MIB VISITS SEED");
	nr_pages = strtoul(argv[1], NULL, 0) * 256 / NR_PROCESSES;
	visits = strtoul(argv[2], NULL, 0);
	began_ns = now_ns();
	for (i = 0; i < NR_PROCESSES; i++) {
		state = strtoul(argv[3], NULL, 0) * 1000003 + i;
		if (!fork())
			_exit(work(nr_pages, visits));
	}
	for (i = 0; i < NR_PROCESSES; i++)
		if (wait(&status) < 0 || status)
			nr_wrong++;
	if (nr_wrong)
		printf("%d of %d were wrong\n", nr_wrong, NR_PROCESSES);
	else
		printf("ok %llu\n", (unsigned long long)(now_ns() - began_ns));
	return nr_wrong != 0;
}
