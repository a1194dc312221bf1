// SPDX-License-Identifier: GPL-2.0-only
/*
 * comb - scatters a region's pool
 *
 *	comb HEAP NR BYTES
 *
 * Allocates NR buffers from /dev/dma_heap/HEAP, or as many as there are, frees
 * every second one and then the others: so a pool that may keep half of them keeps
 * every second one. Prints how many there were.
 */
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct dma_heap_allocation_data data = {};
	const struct rlimit many = { 65536, 65536 };
	unsigned int i, nr, wanted;
	char path[64];
	int *fds, heap;

	if (argc != 4)
		return 2;
	setrlimit(RLIMIT_NOFILE, &many);
	snprintf(path, sizeof(path), "/dev/dma_heap/%s", argv[1]);
	heap = open(path, O_RDWR | O_CLOEXEC);
	wanted = atoi(argv[2]);
	fds = calloc(wanted, sizeof(*fds));
	if (heap < 0 || !fds) {
		perror(path);
		return 1;
	}
	for (nr = 0; nr < wanted; nr++) {
		memset(&data, 0, sizeof(data));
		data.len = atoi(argv[3]);
		data.fd_flags = O_RDWR | O_CLOEXEC;
		if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
			break;
		fds[nr] = data.fd;
	}
	for (i = 0; i < nr; i += 2)
		close(fds[i]);
	for (i = 1; i < nr; i += 2)
		close(fds[i]);
	printf("%u\n", nr);
	return 0;
}
