// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_pins - ordinary memory that input and output hold while lcma wants the
 * page frames it lies in.
 *
 *	io_pins longterm FIRST_PFN NR_PFNS MIB
 *		MIB of anonymous memory become a fixed buffer of io_uring, which
 *		is a pin for good (FOLL_LONGTERM). Prints `ready before=N after=N`,
 *		how many of its pages lay in the range before that and after it;
 *		holds it until SIGTERM; then compares every page and prints
 *		`intact` or `damaged`.
 *	io_pins buffer FD
 *		the same call for a mapping of the dma-buf FD: prints the errno
 *	io_pins zero FD
 *		prints `zero` if all of the dma-buf FD is, or else `dirty`
 *	io_pins direct FILE FIRST_PFN NR_PFNS SECONDS
 *		fills FILE, of 4 MiB, with what is known, and reads it with
 *		O_DIRECT into fresh memory all the time, comparing it. Prints
 *		`reads=N inside=N wrong=N`: inside are pages that lay in the range
 *		when they had been read.
 *
 * Exit status: 0 only if all was intact.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES	4096UL
#define PAGE_WORDS	(PAGE_BYTES / 4)
#define FILE_BYTES	(4UL << 20)
#define CHUNK_BYTES	(256UL << 10)
#define BALLAST_PAGES	(8UL << 8)

static int pagemap;
static unsigned long first_pfn, nr_pfns;

static uint32_t word(unsigned long page, unsigned long i)
{
	const uint32_t mixed = page * 2654435761u + i * 40503u;

	return (mixed ^ mixed >> 15) | 1;
}

static void fill(uint32_t *at, unsigned long nr_pages)
{
	for (unsigned long i = 0; i < nr_pages * PAGE_WORDS; i++)
		at[i] = word(i / PAGE_WORDS, i % PAGE_WORDS);
}

/* Return: how many pages are not what fill() wrote from page `first` on. */
static unsigned long count_wrong(const uint32_t *at, unsigned long nr_pages,
				 unsigned long first)
{
	unsigned long wrong = 0, page, i;

	for (page = 0; page < nr_pages; page++) {
		for (i = 0; i < PAGE_WORDS; i++)
			if (at[page * PAGE_WORDS + i] != word(first + page, i))
				break;
		wrong += i < PAGE_WORDS;
	}
	return wrong;
}

static unsigned long count_inside(const void *at, unsigned long nr_pages)
{
	unsigned long inside = 0;
	uint64_t entry;

	for (unsigned long i = 0; i < nr_pages; i++) {
		const off_t where = ((uintptr_t)at / PAGE_BYTES + i) * sizeof(entry);

		if (pread(pagemap, &entry, sizeof(entry), where) != sizeof(entry))
			err(2, "/proc/self/pagemap");
		entry = entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
		inside += entry >= first_pfn && entry < first_pfn + nr_pfns;
	}
	return inside;
}

static void *get_memory(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(2, "%zu bytes", bytes);
	return at;
}

static uint32_t *get_filled(unsigned long nr_pages)
{
	uint32_t *at = get_memory(nr_pages * PAGE_BYTES);

	fill(at, nr_pages);
	return at;
}

/* Return: 0; -errno. */
static int make_fixed(void *at, size_t bytes)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct io_uring_params params = { 0 };
	struct iovec iov[64];
	int ring, nr;

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		return -errno;
	/* A fixed buffer is 1 GiB at most, and many are as good as one. */
	for (nr = 0; nr < 64; nr++) {
		iov[nr].iov_base = (char *)at + bytes / 64 * nr;
		iov[nr].iov_len = bytes / 64;
	}
	if (bytes < 64 * PAGE_BYTES) {
		iov[0].iov_len = bytes;
		nr = 1;
	}
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, iov, nr))
		return -errno;
	return 0;
}

static int longterm(unsigned long mib)
{
	const unsigned long nr_pages = mib << 8;
	uint32_t *memory = get_filled(nr_pages);
	unsigned long before, wrong;
	sigset_t set;
	int ret, number, tries;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	before = count_inside(memory, nr_pages);
	/* The less there is elsewhere, the more the kernel puts there. */
	for (tries = 0; tries < 4 && !before; tries++) {
		munmap(memory, nr_pages * PAGE_BYTES);
		get_filled(BALLAST_PAGES);
		memory = get_filled(nr_pages);
		before = count_inside(memory, nr_pages);
	}
	ret = make_fixed(memory, nr_pages * PAGE_BYTES);
	if (ret) {
		printf("failed %s\n", strerrorname_np(-ret));
		return 1;
	}
	printf("ready before=%lu after=%lu\n", before,
	       count_inside(memory, nr_pages));
	fflush(stdout);
	sigwait(&set, &number);
	wrong = count_wrong(memory, nr_pages, 0);
	puts(wrong ? "damaged" : "intact");
	return wrong != 0;
}

static int buffer(int fd)
{
	void *at = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int ret;

	if (at == MAP_FAILED)
		err(2, "mmap of descriptor %d", fd);
	memset(at, 1, PAGE_BYTES);
	ret = make_fixed(at, PAGE_BYTES);
	puts(ret ? strerrorname_np(-ret) : "ok");
	return 0;
}

static int zero(int fd)
{
	const off_t bytes = lseek(fd, 0, SEEK_END);
	const uint32_t *at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	off_t i;

	if (at == MAP_FAILED)
		err(2, "mmap of descriptor %d", fd);
	for (i = 0; i < bytes / 4; i++)
		if (at[i])
			break;
	puts(i < bytes / 4 ? "dirty" : "zero");
	return i < bytes / 4;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static int direct(const char *path, double seconds)
{
	const double end = now() + seconds;
	unsigned long reads = 0, inside = 0, wrong = 0, at = 0;
	uint32_t *memory = get_filled(FILE_BYTES / PAGE_BYTES);
	int fd = open(path, O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);

	if (fd < 0)
		err(2, "%s", path);
	if (pwrite(fd, memory, FILE_BYTES, 0) != (ssize_t)FILE_BYTES)
		err(2, "%s", path);
	while (now() < end) {
		char *to = (char *)memory + at;

		if (!at)	/* other pages than last time */
			madvise(memory, FILE_BYTES, MADV_DONTNEED);
		if (pread(fd, to, CHUNK_BYTES, at) != (ssize_t)CHUNK_BYTES)
			err(2, "%s at %lu", path, at);
		reads++;
		wrong += count_wrong((uint32_t *)to, CHUNK_BYTES / PAGE_BYTES,
				     at / PAGE_BYTES);
		inside += count_inside(to, CHUNK_BYTES / PAGE_BYTES);
		at = (at + CHUNK_BYTES) % FILE_BYTES;
	}
	printf("reads=%lu inside=%lu wrong=%lu\n", reads, inside, wrong);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		err(2, "/proc/self/pagemap");
	if (argc == 5 && !strcmp(argv[1], "longterm")) {
		first_pfn = strtoul(argv[2], NULL, 0);
		nr_pfns = strtoul(argv[3], NULL, 0);
		return longterm(strtoul(argv[4], NULL, 0));
	}
	if (argc == 3 && !strcmp(argv[1], "buffer"))
		return buffer(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "zero"))
		return zero(atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "direct")) {
		first_pfn = strtoul(argv[3], NULL, 0);
		nr_pfns = strtoul(argv[4], NULL, 0);
		return direct(argv[2], atof(argv[5]));
	}
	errx(2, "usage: longterm FIRST_PFN NR_PFNS MIB, buffer FD, zero FD, or direct FILE FIRST_PFN NR_PFNS SECONDS");
}
