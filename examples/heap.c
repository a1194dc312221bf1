// SPDX-License-Identifier: MIT
/*
 * A client of dma-heaps that knows nothing of lcma: a region with the option
 * heap=NAME answers it as the kernel's own CMA heap would.
 *
 *	example_heap [NAME]		(reserved; the file /dev/dma_heap/NAME)
 *
 * For example: modprobe lcma regions="cam=32M@cma,heap=reserved"
 */
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct dma_heap_allocation_data wanted = {
		.len = 4 << 20,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	struct dma_buf_sync sync;
	char path[128];
	char *memory;
	int heap;

	snprintf(path, sizeof(path), "/dev/dma_heap/%s", argc > 1 ? argv[1] : "reserved");
	heap = open(path, O_RDWR | O_CLOEXEC);
	if (heap < 0 || ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &wanted)) {
		perror(path);
		return 1;
	}
	/* The heap is needed no longer: the new descriptor is the buffer. */
	close(heap);

	memory = mmap(NULL, wanted.len, PROT_READ | PROT_WRITE, MAP_SHARED, wanted.fd, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}

	/* Each access of the CPU stands between a START and an END. */
	sync.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW;
	ioctl(wanted.fd, DMA_BUF_IOCTL_SYNC, &sync);
	memset(memory, 0x5a, wanted.len);
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	ioctl(wanted.fd, DMA_BUF_IOCTL_SYNC, &sync);

	printf("%llu bytes of %s, written\n", (unsigned long long)wanted.len, path);
	munmap(memory, wanted.len);
	close(wanted.fd);
	return 0;
}
