// SPDX-License-Identifier: GPL-2.0-only
/*
 * write_pass - what the first pass of writes over a fresh mapping costs.
 *
 *	write_pass REGION MIB PASSES
 *
 * Each time a new buffer of MIB is mapped, and one word of each page is written:
 * that shows what mapping and faults cost, not the writing. Prints a line of JSON
 * members: for each pass the nanoseconds of mmap(), the nanoseconds and the page faults
 * of the writes, and the nanoseconds of a second round over the same pages, which
 * has no fault left.
 */
#include "program.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#define MAX_PASSES	32

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static long long write_all(volatile uint32_t *words, size_t bytes)
{
	const long long began_ns = now_ns();
	size_t at;

	for (at = 0; at < bytes; at += PAGE)
		words[at / sizeof(*words)] = 1;
	return now_ns() - began_ns;
}

static void print_array(const char *name, const long long *values, int nr)
{
	int i;

	printf("\"%s\":[", name);
	for (i = 0; i < nr; i++)
		printf("%s%lld", i ? "," : "", values[i]);
	printf("]");
}

int main(int argc, char **argv)
{
	static long long map_ns[MAX_PASSES], first_ns[MAX_PASSES];
	static long long again_ns[MAX_PASSES], nr_faults[MAX_PASSES];
	int dev, fd, pass, nr_passes;
	size_t bytes;
	void *memory;

	if (argc != 4 || (nr_passes = atoi(argv[3])) < 1 || nr_passes > MAX_PASSES) {
		fprintf(stderr, "usage: write_pass REGION MIB PASSES\n");
		return 2;
	}
	bytes = strtoul(argv[2], NULL, 0) << 20;
	dev = open_device();
	for (pass = 0; pass < nr_passes; pass++) {
		fd = need_buffer(dev, argv[1], bytes);
		map_ns[pass] = now_ns();
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		map_ns[pass] = now_ns() - map_ns[pass];
		if (memory == MAP_FAILED) {
			perror("write_pass: mmap");
			return 1;
		}
		nr_faults[pass] = faults();
		first_ns[pass] = write_all(memory, bytes);
		nr_faults[pass] = faults() - nr_faults[pass];
		again_ns[pass] = write_all(memory, bytes);
		munmap(memory, bytes);
		close(fd);
	}
	print_array("map_ns", map_ns, nr_passes);
	printf(",");
	print_array("first_ns", first_ns, nr_passes);
	printf(",");
	print_array("again_ns", again_ns, nr_passes);
	printf(",");
	print_array("faults", nr_faults, nr_passes);
	printf("\n");
	return 0;
}
