// SPDX-License-Identifier: MIT
/*
 * A contiguous buffer in a program: get it, look where it is, fill it, and let
 * a device read it. docs/programs.md explains it line by line.
 */
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/lcma.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int sync_cpu(int fd, __u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

int main(void)
{
	struct lcma_alloc alloc = {
		.size = sizeof(alloc),
		.len = 8 << 20,
		.align = 1 << 20,
		.timeout_ms = 2000,
		.label = "example",
	};
	struct lcma_buffer_info info = {
		.size = sizeof(info), .entry_size = sizeof(info.entry),
	};
	int dev = open("/dev/lcma", O_RDWR | O_CLOEXEC);
	char *mem;

	if (dev < 0 || ioctl(dev, LCMA_IOC_ALLOC, &alloc)) {
		perror("no buffer");
		return 1;
	}

	/* The descriptor is the buffer. It can go to V4L2, DRM, a socket. */
	mem = mmap(NULL, alloc.len, PROT_READ | PROT_WRITE, MAP_SHARED,
		   alloc.fd, 0);
	if (mem == MAP_FAILED) {
		perror("mmap");
		return 1;
	}

	/* Between these two the memory is the CPU's. */
	sync_cpu(alloc.fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	memset(mem, 0x5a, alloc.len);
	sync_cpu(alloc.fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);

	info.fd = alloc.fd;
	if (ioctl(dev, LCMA_IOC_BUFFER_INFO, &info)) {
		perror("info");
		return 1;
	}
	printf("%llu bytes in region %s, label %s, after %llu us\n",
	       (unsigned long long)info.entry.bytes, info.entry.region,
	       info.entry.label,
	       (unsigned long long)info.entry.latency_ns / 1000);
	if (info.entry.flags & LCMA_BUFFER_PHYS)
		printf("at physical address %#llx\n",
		       (unsigned long long)info.entry.phys);

	/* The memory goes back when the last of these is gone. */
	munmap(mem, alloc.len);
	close(alloc.fd);
	close(dev);
	return 0;
}
