// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_kept - maps what dmatest keeps, and writes to all of it: see keep.c there.
 *
 *	map_kept [PAGES]	how many pages, counted from the first [64]
 *
 * Prints "mapped", or the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const size_t bytes = (argc > 1 ? atoi(argv[1]) : 64) * (size_t)sysconf(_SC_PAGESIZE);
	int fd = open("/sys/kernel/debug/dmatest/kept", O_RDWR);
	char *at;

	if (fd < 0) {
		perror("kept");
		return 1;
	}
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		puts(strerror(errno));
		return 1;
	}
	memset(at, 0x5c, bytes);
	puts(at[bytes - 1] == 0x5c ? "mapped" : "lost");
	return 0;
}
