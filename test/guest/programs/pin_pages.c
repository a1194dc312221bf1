// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin_pages - occupy the pages of a range of page frames, and pin some.
 *
 *	pin_pages [-e EVERY] [-c COUNT] [-o OFFSET] [-k] [-t] [-l LEAVE_MIB]
 *		  FIRST_PFN NR_PFNS
 *
 * Maps anonymous memory (-t: memory of tmpfs) until every block (see pins) has a
 * page of it, and with -k until 95 of 100 pages of the range are ours, or until
 * LEAVE_MIB (10) are free, or the kernel itself is about to be short of memory; and
 * then keeps only what it needs:
 *
 *	pins	in each block of EVERY pages (0: none; default: the range is
 *		one block), the first page it has at or after OFFSET in the
 *		block; COUNT at most (default: no limit). A pin is a page
 *		vmspliced into a pipe, not as a gift: a reference that no
 *		migration accounts for, and that is not dropped by accident.
 *	-k	keep all other pages inside the range, too, as movable memory.
 *
 * Prints `pfn=0x... page=N` (N from FIRST_PFN) for each pin and then
 * `ready pinned=N kept=N`; holds everything until SIGTERM; then compares every
 * page with what was written to it, through the pipe for pins, and prints
 * `intact` or `damaged`. SIGUSR1: compares the kept pages and goes on. Exit
 * status: 0 only if all were intact.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "meminfo.h"

#define STEP_BYTES	(4UL << 20)
#define MAX_STEPS	640	/* of 3 GiB of addresses */
#define MAX_ROUNDS	3
#define PIPE_PAGES	256
#define BOOST_FACTOR	"/proc/sys/vm/watermark_boost_factor"
#define MIN_FREE	"/proc/sys/vm/min_free_kbytes"

static int pagemap;
static size_t page_bytes;
static size_t step_pages;
static unsigned long first_pfn, nr_pfns;

/* Where a page of the range is mapped; NULL: not by us. */
static uint32_t **page_at;
static bool *is_pinned;

/* Blocks of the range, and those that have a page of ours. */
static unsigned long every = -1UL;
static unsigned long nr_blocks, nr_filled, nr_entered;
static bool *is_filled;
static int drop_advice = MADV_DONTNEED;

static int (*pipes)[2];
static unsigned int nr_pipes, in_pipe = PIPE_PAGES;
static unsigned long *pins;
static unsigned long nr_pins;
static unsigned long nr_kept;

static uint32_t word(unsigned long pfn, size_t i)
{
	return (uint32_t)(pfn * 2654435761u + i * 40503u) ^ 0x5a17c0de;
}

/* The contents depend on the page of the range, not on the frame. */
static void fill_page(uint32_t *page, unsigned long at)
{
	for (size_t i = 0; i < page_bytes / sizeof(*page); i++)
		page[i] = word(at, i);
}

static bool page_is_intact(const uint32_t *page, unsigned long at)
{
	for (size_t i = 0; i < page_bytes / sizeof(*page); i++)
		if (page[i] != word(at, i))
			return false;
	return true;
}

static FILE *open_proc(const char *name, const char *mode)
{
	FILE *f = fopen(name, mode);

	if (!f)
		err(2, "%s", name);
	return f;
}

/*
 * What the kernel has for itself, above what it keeps for emergencies: of free
 * memory, neither CMA blocks nor HIGHMEM. When that is gone, the next fork()
 * anywhere brings the OOM killer, however much of the rest is free.
 */
static unsigned long kernel_mib(void)
{
	FILE *f = open_proc("/proc/zoneinfo", "r");
	unsigned long n;
	bool counts = false;
	char line[128], zone[16];
	long pages = 0;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node %*u, zone %15s", zone) == 1)
			counts = !strcmp(zone, "Normal") || !strncmp(zone, "DMA", 3);
		else if (counts && sscanf(line, " pages free %lu", &n) == 1)
			pages += n;
		else if (counts && (sscanf(line, " low %lu", &n) == 1 ||
				    sscanf(line, " nr_free_cma %lu", &n) == 1))
			pages -= n;
	}
	fclose(f);
	return pages > 0 ? pages * page_bytes >> 20 : 0;
}

static unsigned long sysctl(const char *name)
{
	FILE *f = open_proc(name, "r");
	unsigned long n;

	if (fscanf(f, "%lu", &n) != 1)
		errx(2, "%s: no number", name);
	fclose(f);
	return n;
}

static void set_sysctl(const char *name, unsigned long value)
{
	FILE *f = open_proc(name, "w");

	if (fprintf(f, "%lu\n", value) < 0 || fclose(f))
		err(2, "%s", name);
}

/*
 * When free memory of the wrong kind is handed out, the kernel raises its marks by
 * a pageblock (8 MiB, on some boards) until kswapd has been round; and once kswapd
 * has given up, which another program may have brought about, they stay there:
 * more than what we leave. Return: how it was.
 */
static unsigned long stop_boosting(void)
{
	const unsigned long factor = sysctl(BOOST_FACTOR);

	set_sysctl(BOOST_FACTOR, 0);
	/* Computes the marks anew. */
	set_sysctl(MIN_FREE, sysctl(MIN_FREE));
	return factor;
}

static uint32_t *map_step(bool tmpfs)
{
	/* Populated in one go: a fault for each page is slow when emulated. */
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, fd = -1;
	uint32_t *step;

	if (tmpfs) {
		fd = memfd_create("pages", 0);
		if (fd < 0 || ftruncate(fd, STEP_BYTES))
			err(2, "memfd");
		flags = MAP_SHARED | MAP_POPULATE;
	}
	step = mmap(NULL, STEP_BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (step == MAP_FAILED)
		err(2, "mmap");
	if (fd >= 0)
		close(fd);
	madvise(step, STEP_BYTES, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < step_pages; i++)
		step[i * page_bytes / sizeof(*step)] = 1;
	return step;
}

static void enter_page(unsigned long at, uint32_t *page)
{
	page_at[at] = page;
	nr_entered++;
	if (nr_blocks && !is_filled[at / every]) {
		is_filled[at / every] = true;
		nr_filled++;
	}
}

static void read_frames(const uint32_t *page, uint64_t *pfns, size_t nr)
{
	const off_t at = (uintptr_t)page / page_bytes * sizeof(*pfns);

	if (pread(pagemap, pfns, nr * sizeof(*pfns), at) !=
	    (ssize_t)(nr * sizeof(*pfns)))
		err(2, "/proc/self/pagemap");
	for (size_t i = 0; i < nr; i++)
		pfns[i] = pfns[i] >> 63 ? pfns[i] & ((1ULL << 55) - 1) : 0;
}

/* Is a page still where it was seen? Compaction may have moved it. */
static bool is_still_at(unsigned long at)
{
	uint64_t pfn;

	if (!page_at[at])
		return false;
	read_frames(page_at[at], &pfn, 1);
	return pfn == first_pfn + at;
}

/* Give up pages [from, end) of a step. */
static void drop_pages(uint32_t *step, size_t from, size_t end)
{
	const size_t words = page_bytes / sizeof(*step);

	if (from < end)
		madvise(step + from * words, (end - from) * page_bytes, drop_advice);
}

/* Enter the pages of a step that lie in the range. */
static void sort_step(uint32_t *step)
{
	const size_t words = page_bytes / sizeof(*step);
	uint64_t pfns[step_pages];

	read_frames(step, pfns, step_pages);
	for (size_t i = 0; i < step_pages; i++) {
		if (!pfns[i])
			errx(2, "pagemap shows no page frame: not root?");
		if (pfns[i] >= first_pfn && pfns[i] < first_pfn + nr_pfns)
			enter_page(pfns[i] - first_pfn, step + i * words);
	}
}

/* Give up all of a step but what is kept or pinned. */
static void thin_step(uint32_t *step, bool keep)
{
	const size_t words = page_bytes / sizeof(*step);
	uint64_t pfns[step_pages];
	size_t from = 0;

	read_frames(step, pfns, step_pages);
	for (size_t i = 0; i < step_pages; i++) {
		unsigned long at = pfns[i] - first_pfn;

		if (pfns[i] < first_pfn || at >= nr_pfns ||
		    page_at[at] != step + i * words ||
		    (!keep && !is_pinned[at]))
			continue;
		drop_pages(step, from, i);
		from = i + 1;
	}
	drop_pages(step, from, step_pages);
}

static void pin_page(unsigned long at)
{
	struct iovec iov = { .iov_base = page_at[at], .iov_len = page_bytes };

	if (in_pipe == PIPE_PAGES) {
		pipes = realloc(pipes, (nr_pipes + 1) * sizeof(*pipes));
		if (!pipes || pipe(pipes[nr_pipes]))
			err(2, "pipe");
		if (fcntl(pipes[nr_pipes][1], F_SETPIPE_SZ,
			  PIPE_PAGES * page_bytes) < 0)
			err(2, "F_SETPIPE_SZ");
		nr_pipes++;
		in_pipe = 0;
	}
	if (vmsplice(pipes[nr_pipes - 1][1], &iov, 1, SPLICE_F_NONBLOCK) !=
	    (ssize_t)page_bytes)
		err(2, "vmsplice");
	if (!is_still_at(at))
		errx(2, "a page moved just now");
	in_pipe++;
	pins = realloc(pins, (nr_pins + 1) * sizeof(*pins));
	if (!pins)
		err(2, "pins");
	pins[nr_pins++] = at;
	is_pinned[at] = true;
	fill_page(page_at[at], at);
}

/* Are there pages of ours wherever they are wanted? */
static bool is_enough(bool keep)
{
	return nr_filled == nr_blocks && (!keep || nr_entered >= nr_pfns / 20 * 19);
}

/* A page of the range that is not pinned. */
static void keep_page(unsigned long at, bool keep)
{
	if (keep) {
		fill_page(page_at[at], at);
		nr_kept++;
	} else {
		page_at[at] = NULL;
	}
}

static void pin_blocks(unsigned long count, unsigned long offset)
{
	for (unsigned long block = 0; every && block < nr_pfns; block += every) {
		unsigned long at, end = block + every;

		if (nr_pins == count)
			break;
		if (end > nr_pfns)
			end = nr_pfns;
		for (at = block + offset; at < end && !is_still_at(at); at++)
			;
		if (at >= end)
			for (at = block; at < end && !is_still_at(at); at++)
				;
		if (at < end)
			pin_page(at);
	}
}

static bool kept_are_intact(void)
{
	bool intact = true;

	for (unsigned long at = 0; at < nr_pfns; at++)
		if (page_at[at] && !page_is_intact(page_at[at], at))
			intact = false;
	return intact;
}

/* What comes out of the pipes is what went in. */
static bool pins_are_intact(void)
{
	uint32_t *page = malloc(page_bytes);
	bool intact = page;

	for (unsigned long i = 0; page && i < nr_pins; i++) {
		char *to = (char *)page;
		size_t got = 0;
		ssize_t n = 1;

		for (; got < page_bytes && n > 0; got += n)
			n = read(pipes[i / PIPE_PAGES][0], to + got,
				 page_bytes - got);
		if (n <= 0 || !page_is_intact(page, pins[i]))
			intact = false;
	}
	free(page);
	return intact;
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (*end || !*text)
		errx(2, "not a number: %s", text);
	return n;
}

int main(int argc, char **argv)
{
	unsigned long count = -1UL, offset = 0, leave = 10;
	unsigned long nr_before = 0, boost_factor;
	bool keep = false, tmpfs = false, intact = true;
	uint32_t *steps[MAX_STEPS];
	unsigned int nr_steps = 0;
	int opt, sig;
	sigset_t set;

	while ((opt = getopt(argc, argv, "e:c:o:ktl:")) != -1) {
		switch (opt) {
		case 'e': every = number(optarg); break;
		case 'c': count = number(optarg); break;
		case 'o': offset = number(optarg); break;
		case 'k': keep = true; break;
		case 't': tmpfs = true; drop_advice = MADV_REMOVE; break;
		case 'l': leave = number(optarg); break;
		default: return 2;
		}
	}
	if (argc - optind != 2)
		errx(2, "usage: see the source");
	first_pfn = number(argv[optind]);
	nr_pfns = number(argv[optind + 1]);
	if (every > nr_pfns)
		every = nr_pfns;
	page_bytes = sysconf(_SC_PAGESIZE);
	step_pages = STEP_BYTES / page_bytes;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);

	if (every)
		nr_blocks = (nr_pfns + every - 1) / every;
	is_filled = calloc(nr_blocks + 1, sizeof(*is_filled));
	page_at = calloc(nr_pfns, sizeof(*page_at));
	is_pinned = calloc(nr_pfns, sizeof(*is_pinned));
	if (!page_at || !is_pinned || !is_filled)
		err(2, "tables");
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (pagemap < 0)
		err(2, "/proc/self/pagemap");

	boost_factor = stop_boosting();
	for (int round = 0; round < MAX_ROUNDS && !is_enough(keep); round++) {
		/* Blocks are looked for to the end; more pages, while some come. */
		if (round && nr_filled == nr_blocks &&
		    nr_entered - nr_before < nr_pfns / 50)
			break;
		nr_before = nr_entered;
		/* What lies elsewhere goes, and comes to lie somewhere else. */
		for (unsigned int i = 0; i < nr_steps; i++)
			thin_step(steps[i], true);
		while (nr_steps < MAX_STEPS && !is_enough(keep) &&
		       mem_free_kib() >> 10 > leave + (STEP_BYTES >> 20) &&
		       kernel_mib() > STEP_BYTES >> 20) {
			steps[nr_steps] = map_step(tmpfs);
			sort_step(steps[nr_steps++]);
		}
	}
	pin_blocks(count, offset);
	for (unsigned int i = 0; i < nr_steps; i++)
		thin_step(steps[i], keep);
	set_sysctl(BOOST_FACTOR, boost_factor);
	close(pagemap);
	for (unsigned long at = 0; at < nr_pfns; at++)
		if (page_at[at] && !is_pinned[at])
			keep_page(at, keep);
	for (unsigned long i = 0; i < nr_pins; i++)
		printf("pfn=0x%lx page=%lu\n", first_pfn + pins[i], pins[i]);
	printf("ready pinned=%lu kept=%lu\n", nr_pins, nr_kept);
	fflush(stdout);

	while (!sigwait(&set, &sig)) {
		intact = kept_are_intact() && intact;
		if (sig == SIGTERM)
			break;
		puts(intact ? "intact" : "damaged");
		fflush(stdout);
	}
	intact = pins_are_intact() && intact;
	puts(intact ? "intact" : "damaged");
	return intact ? 0 : 1;
}
