// SPDX-License-Identifier: MIT
/*
 * Video capture without a copy: a camera's driver writes frames into buffers of
 * lcma, and this program writes what arrives to a file.
 *
 *	example_capture [DEVICE [FILE [FRAMES]]]	(/dev/video0 frames.yuv 5)
 *
 * A screen would get the same descriptors, by DRM_IOCTL_PRIME_FD_TO_HANDLE. To see
 * the file: ffplay -f rawvideo -pixel_format yuyv422 -video_size 640x360 frames.yuv
 *
 * Without a camera: modprobe vivid n_devs=1 allocators=1
 */
#include <fcntl.h>
#include <liblcma.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NR_BUFFERS	3
#define WIDTH		640
#define HEIGHT		360

static int need(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "%s: %s\n", what, lcma_strerror(ret));
		exit(1);
	}
	return ret;
}

static void video_call(int video, unsigned long call, void *argument, const char *what)
{
	if (ioctl(video, call, argument)) {
		perror(what);
		exit(1);
	}
}

/* How large is a frame? The driver says, as it may want more than the picture needs. */
static uint64_t set_format(int video)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	format.fmt.pix.width = WIDTH;
	format.fmt.pix.height = HEIGHT;
	format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
	video_call(video, VIDIOC_S_FMT, &format, "format");
	return format.fmt.pix.sizeimage;
}

/* The driver has the buffer from now on, until VIDIOC_DQBUF brings it back. */
static void queue(int video, unsigned int index, int fd)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.index = index,
		.m.fd = fd,
	};

	video_call(video, VIDIOC_QBUF, &buffer, "queue");
}

static unsigned int await_frame(int video, uint32_t *nr_bytes)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};

	video_call(video, VIDIOC_DQBUF, &buffer, "wait for a frame");
	*nr_bytes = buffer.bytesused;
	return buffer.index;
}

int main(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : "frames.yuv";
	const int nr_frames = argc > 3 ? atoi(argv[3]) : 5;
	struct v4l2_requestbuffers request = {
		.count = NR_BUFFERS,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	struct lcma_options options = LCMA_OPTIONS_INIT;
	int video, device, fds[NR_BUFFERS], frame;
	void *memory[NR_BUFFERS];
	uint64_t frame_bytes, bytes;
	unsigned int i;
	uint32_t used;
	FILE *file;

	video = open(argc > 1 ? argv[1] : "/dev/video0", O_RDWR | O_CLOEXEC);
	if (video < 0) {
		perror("the camera");
		return 1;
	}
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	frame_bytes = set_format(video);
	video_call(video, VIDIOC_REQBUFS, &request, "buffers of somebody else's");

	device = need(lcma_open(NULL), "open");
	options.label = "capture";
	for (i = 0; i < NR_BUFFERS; i++) {
		bytes = frame_bytes;
		fds[i] = need(lcma_allocate(device, &bytes, &options), "allocate");
		need(lcma_map(fds[i], LCMA_ACCESS_READ, &memory[i], &bytes), "map");
		queue(video, i, fds[i]);
	}
	video_call(video, VIDIOC_STREAMON, &type, "start");

	for (frame = 0; frame < nr_frames; frame++) {
		i = await_frame(video, &used);
		/* What the device wrote is in memory: the caches must not hide it. */
		need(lcma_begin_cpu(fds[i], LCMA_ACCESS_READ), "begin");
		if (fwrite(memory[i], 1, used, file) != used) {
			perror(path);
			return 1;
		}
		need(lcma_end_cpu(fds[i], LCMA_ACCESS_READ), "end");
		queue(video, i, fds[i]);
	}

	video_call(video, VIDIOC_STREAMOFF, &type, "stop");
	if (fclose(file)) {
		perror(path);
		return 1;
	}
	printf("%d frames of %dx%d, %llu bytes each, in %s\n", nr_frames, WIDTH, HEIGHT,
	       (unsigned long long)frame_bytes, path);
	/* The end of the program closes the rest, and with it goes the memory. */
	return 0;
}
