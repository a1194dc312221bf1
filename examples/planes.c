// SPDX-License-Identifier: MIT
/*
 * The planes of a picture in two banks of memory, as a codec with a memory channel for
 * each wants them: one buffer in each of two regions. docs/programs.md has the part that
 * matters.
 *
 *	example_planes LUMA_REGION CHROMA_REGION
 */
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/lcma.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* NV12, 1280x1024: a plane of luma, and one half as large of chroma. */
static const __u64 plane_bytes[2] = { 1280 * 1024, 1280 * 1024 / 2 };

/* Return: 0, and the plane's descriptor is in alloc->fd; -1 and errno. */
static int get_plane(int dev, const char *region, __u64 bytes,
		     struct lcma_alloc *alloc)
{
	*alloc = (struct lcma_alloc) {
		.size = sizeof(*alloc),
		.len = bytes,
		.timeout_ms = 2000,
		.label = "plane",
	};
	snprintf(alloc->region, sizeof(alloc->region), "%s", region);
	return ioctl(dev, LCMA_IOC_ALLOC, alloc);
}

/* Neutral grey, as a decoder would find it. */
static int fill(int fd, __u64 bytes)
{
	struct dma_buf_sync sync = {
		.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE,
	};
	char *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (mem == MAP_FAILED)
		return -1;
	ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
	memset(mem, 0x80, bytes);
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE;
	ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
	return munmap(mem, bytes);
}

int main(int argc, char **argv)
{
	struct lcma_buffer_info info[2];
	struct lcma_alloc plane[2];
	int dev = open("/dev/lcma", O_RDWR | O_CLOEXEC);
	int i;

	if (dev < 0 || argc != 3) {
		fprintf(stderr, "usage: example_planes LUMA_REGION CHROMA_REGION, as root\n");
		return 1;
	}
	for (i = 0; i < 2; i++) {
		if (get_plane(dev, argv[1 + i], plane_bytes[i], &plane[i]) ||
		    fill(plane[i].fd, plane_bytes[i])) {
			perror(argv[1 + i]);
			return 1;
		}
		/*
		 * plane[i].fd is what v4l2_plane.m.fd and the handles of DRM's ADDFB2
		 * take, a descriptor a plane.
		 */
		info[i] = (struct lcma_buffer_info) {
			.size = sizeof(info[i]),
			.entry_size = sizeof(info[i].entry),
			.fd = plane[i].fd,
		};
		if (ioctl(dev, LCMA_IOC_BUFFER_INFO, &info[i])) {
			perror("info");
			return 1;
		}
	}
	printf("luma: %llu bytes in %s; chroma: %llu bytes in %s\n",
	       (unsigned long long)info[0].entry.bytes, info[0].entry.region,
	       (unsigned long long)info[1].entry.bytes, info[1].entry.region);
	return 0;
}
