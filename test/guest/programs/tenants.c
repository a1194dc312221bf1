// SPDX-License-Identifier: GPL-2.0-only
/*
 * tenants - memory of a kind lives in a region while the region is wanted back.
 *
 *	tenants KIND MIB PHYS+BYTES LINE
 *
 * KIND	thp	transparent huge pages
 *	hugetlb	huge pages of the pool (/proc/sys/vm/nr_hugepages has them)
 *	ksm	pages that ksmd has merged, four to one
 *	mlock	mlock()ed pages
 *	swap	pages that are swapped out (to zram)
 *
 * Fills MIB with known words, makes them what KIND says, writes LINE to the text
 * device, and compares. Prints
 *
 *	kind=PAGES before=PAGES wrote=ok|ERRNO after=PAGES wrong=PAGES
 *
 * pages of that kind at the time of the write, pages in the range before and
 * after it, pages whose words are not what they were.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE		4096UL
#define HUGE		(2UL << 20)
#define WAIT_S		100

#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_SWAPPED	(1ULL << 62)
#define PAGEMAP_PFN	((1ULL << 55) - 1)

static const char *kind;
static unsigned char *memory;
static unsigned long nr_pages;
static uint64_t range_start, range_end;

static bool kind_is(const char *word)
{
	return !strcmp(kind, word);
}

/* What no compression makes smaller; four pages in a row alike for ksm. */
static void words_of(unsigned long page, uint64_t *words)
{
	uint64_t x = (kind_is("ksm") ? page / 4 : page) * 0x9e3779b97f4a7c15ULL + 1;
	unsigned int i;

	for (i = 0; i < PAGE / sizeof(*words); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		words[i] = x;
	}
}

static void fill(void)
{
	unsigned long i;

	for (i = 0; i < nr_pages; i++)
		words_of(i, (uint64_t *)(memory + i * PAGE));
}

static unsigned long wrong_pages(void)
{
	uint64_t words[PAGE / sizeof(uint64_t)];
	unsigned long i, n = 0;

	for (i = 0; i < nr_pages; i++) {
		words_of(i, words);
		n += !!memcmp(memory + i * PAGE, words, PAGE);
	}
	return n;
}

/* Pages in the range, and pages that are swapped out. */
static unsigned long where(unsigned long *swapped)
{
	uint64_t *entries = calloc(nr_pages, sizeof(*entries));
	const int fd = open("/proc/self/pagemap", O_RDONLY);
	unsigned long i, n = 0;

	if (!entries || fd < 0 ||
	    pread(fd, entries, nr_pages * 8, (uintptr_t)memory / PAGE * 8) !=
	    (ssize_t)(nr_pages * 8))
		err(2, "pagemap");
	*swapped = 0;
	for (i = 0; i < nr_pages; i++) {
		const uint64_t phys = (entries[i] & PAGEMAP_PFN) * PAGE;

		if (entries[i] & PAGEMAP_PRESENT)
			n += phys >= range_start && phys < range_end;
		else
			*swapped += !!(entries[i] & PAGEMAP_SWAPPED);
	}
	close(fd);
	free(entries);
	return n;
}

/* A number after a key in a file of lines, or in a file of one number. */
static unsigned long number(const char *path, const char *key)
{
	FILE *file = fopen(path, "r");
	unsigned long sum = 0;
	char line[256];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			sum += strtoul(line + strlen(key), NULL, 10);
	fclose(file);
	return sum;
}

static void write_number(const char *path, unsigned long value)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%lu", value) < 0 || fclose(file))
		err(2, "%s", path);
}

static void settle(void)
{
	const size_t bytes = nr_pages * PAGE;
	unsigned int i;

	if (kind_is("mlock") && mlock(memory, bytes))
		err(2, "mlock");
	if (kind_is("ksm")) {
		if (madvise(memory, bytes, MADV_MERGEABLE))
			err(2, "MADV_MERGEABLE");
		for (i = 0; i < WAIT_S * 10 &&
		     number("/sys/kernel/mm/ksm/pages_sharing", "") <
		     nr_pages / 2; i++)
			usleep(100000);
		/* While ksmd looks at pages, they are in its hands. */
		write_number("/sys/kernel/mm/ksm/run", 0);
	}
	if (kind_is("swap") && madvise(memory, bytes, MADV_PAGEOUT))
		err(2, "MADV_PAGEOUT");
}

/* How many pages are what they should be. */
static unsigned long of_kind(unsigned long swapped)
{
	if (kind_is("thp"))
		return number("/proc/self/smaps_rollup", "AnonHugePages:") / 4;
	if (kind_is("hugetlb"))
		return number("/proc/self/smaps_rollup", "Private_Hugetlb:") / 4;
	if (kind_is("ksm"))
		return number("/sys/kernel/mm/ksm/pages_sharing", "");
	if (kind_is("mlock"))
		return number("/proc/self/status", "VmLck:") / 4;
	return swapped;
}

static const char *write_line(const char *line)
{
	const int fd = open("/dev/cma_test", O_WRONLY);
	const char *answer = "ok";

	if (fd < 0)
		err(2, "/dev/cma_test");
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line))
		answer = strerrorname_np(errno);
	close(fd);
	return answer;
}

int main(int argc, char **argv)
{
	unsigned long before, after, swapped, unused, nr_of_kind;
	const char *answer;
	size_t bytes;
	char *end;

	if (argc != 5)
		errx(2, "usage: tenants KIND MIB PHYS+BYTES LINE");
	kind = argv[1];
	nr_pages = strtoul(argv[2], NULL, 0) << 8;
	range_start = strtoull(argv[3], &end, 0);
	range_end = range_start + strtoull(end, NULL, 0);

	bytes = nr_pages * PAGE;
	memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | (kind_is("hugetlb") ? MAP_HUGETLB : 0),
		      -1, 0);
	if (memory == MAP_FAILED)
		err(2, "mmap");
	memory = (void *)(((uintptr_t)memory + HUGE - 1) & -HUGE);
	if (!kind_is("hugetlb") &&
	    madvise(memory, bytes, kind_is("thp") ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		err(2, "madvise");
	fill();
	settle();
	before = where(&swapped);
	nr_of_kind = of_kind(swapped);
	answer = write_line(argv[4]);
	after = where(&unused);
	printf("kind=%lu before=%lu wrote=%s after=%lu wrong=%lu\n", nr_of_kind,
	       before, answer, after, wrong_pages());
	return 0;
}
