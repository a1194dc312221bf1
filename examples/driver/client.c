// SPDX-License-Identifier: GPL-2.0-only
/*
 * client - look at frames of the driver in this folder.
 *
 *	example_client [-k] NR
 *
 * Gets NR frames and prints a line for each: `frame 1: 2097152 bytes, right`,
 * or which word is wrong. -k keeps the last frame, mapped, until it is killed.
 */
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lcma_example.h"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void sync_frame(int fd, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync))
		die("DMA_BUF_IOCTL_SYNC");
}

static void look_at(int fd)
{
	const size_t bytes = lseek(fd, 0, SEEK_END);
	const uint32_t *pixels;
	size_t i;

	pixels = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (pixels == MAP_FAILED)
		die("mmap");
	sync_frame(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	for (i = 0; i < bytes / 4; i++)
		if (pixels[i] != (pixels[0] & 0xff000000) + i)
			break;
	printf("frame %u: ", (unsigned int)(pixels[0] >> 24));
	if (i == bytes / 4)
		printf("%zu bytes, right\n", bytes);
	else
		printf("word %zu is 0x%x\n", i, (unsigned int)pixels[i]);
	sync_frame(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	munmap((void *)pixels, bytes);
}

int main(int argc, char **argv)
{
	const int keep = argc > 1 && !strcmp(argv[1], "-k");
	int nr_frames = argc > 1 + keep ? atoi(argv[1 + keep]) : 1;
	int device, frame = -1;

	device = open("/dev/lcma_example", O_RDWR);
	if (device < 0)
		die("/dev/lcma_example");
	while (nr_frames--) {
		frame = ioctl(device, LCMA_EXAMPLE_FRAME);
		if (frame < 0)
			die("LCMA_EXAMPLE_FRAME");
		look_at(frame);
		if (nr_frames)
			close(frame);
	}
	close(device);
	if (keep) {
		if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, frame, 0) == MAP_FAILED)
			die("mmap");
		close(frame);
		fflush(stdout);
		pause();
	}
	return 0;
}
