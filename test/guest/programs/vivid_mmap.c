// SPDX-License-Identifier: GPL-2.0-only
/*
 * vivid_mmap - the kernel's V4L2 test driver, as it is, captures into memory of its own
 * (V4L2_MEMORY_MMAP), which a rule of lcma's may have placed.
 *
 *	vivid_mmap count NR		how many buffers of 1280x720 does it get?
 *	vivid_mmap session REGION	frames, by mmap() and by dma-bufs (EXPBUF); the
 *					driver is unbound meanwhile; later all is closed;
 *					it is bound again
 */
#include "program.h"

#include <linux/videodev2.h>
#include <poll.h>

#define NODE		"/dev/video0"
#define DRIVER		"/sys/bus/platform/drivers/vivid/"
#define CAPTURE		V4L2_BUF_TYPE_VIDEO_CAPTURE
#define NR_BUFFERS	3
#define NR_FRAMES	4
#define FRAME_MS	60000

struct session {
	int video;
	size_t bytes;
	unsigned char *maps[NR_BUFFERS];
	int fds[NR_BUFFERS];
	unsigned char *shared;	/* the first dma-buf's mapping */
};

static int open_video(unsigned int width, unsigned int height)
{
	struct v4l2_format format = {
		.type = CAPTURE,
		.fmt.pix = {
			.width = width,
			.height = height,
			.pixelformat = V4L2_PIX_FMT_YUYV,
			.field = V4L2_FIELD_NONE,
		},
	};
	long long until = now_ms() + 60000;
	int video;

	while ((video = open(NODE, O_RDWR | O_CLOEXEC | O_NONBLOCK)) < 0) {
		if (now_ms() > until)
			bail_out(NODE ": %m");
		sleep_ms(20);
	}
	if (ioctl(video, VIDIOC_S_FMT, &format))
		bail_out("S_FMT: %m");
	return video;
}

/* Return: how many it gave; -errno. */
static long request(int video, unsigned int nr)
{
	struct v4l2_requestbuffers buffers = {
		.count = nr, .type = CAPTURE, .memory = V4L2_MEMORY_MMAP,
	};
	long ret = CALL(ioctl(video, VIDIOC_REQBUFS, &buffers));

	return ret ? ret : (long)buffers.count;
}

static long queue(int video, unsigned int index)
{
	struct v4l2_buffer buffer = {
		.type = CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = index,
	};

	return CALL(ioctl(video, VIDIOC_QBUF, &buffer));
}

static long stream_on(int video)
{
	int type = CAPTURE;

	return CALL(ioctl(video, VIDIOC_STREAMON, &type));
}

/* Return: the buffer's number; -errno. */
static long next_frame(int video)
{
	struct v4l2_buffer buffer = { .type = CAPTURE, .memory = V4L2_MEMORY_MMAP };
	struct pollfd poll_video = { .fd = video, .events = POLLIN };
	long ret;

	if (poll(&poll_video, 1, FRAME_MS) != 1)
		return -ETIME;
	ret = CALL(ioctl(video, VIDIOC_DQBUF, &buffer));
	return ret ? ret : (long)buffer.index;
}

static void take_buffer(struct session *s, unsigned int i)
{
	struct v4l2_buffer buffer = {
		.type = CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = i,
	};
	struct v4l2_exportbuffer export = {
		.type = CAPTURE, .index = i, .flags = O_RDWR | O_CLOEXEC,
	};

	if (ioctl(s->video, VIDIOC_QUERYBUF, &buffer))
		bail_out("QUERYBUF: %m");
	s->bytes = buffer.length;
	s->maps[i] = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->video,
			  buffer.m.offset);
	if (s->maps[i] == MAP_FAILED)
		bail_out("mmap of a buffer: %m");
	answers(CALL(ioctl(s->video, VIDIOC_EXPBUF, &export)), 0, "buffer %u is exported", i);
	s->fds[i] = export.fd;
	answers(queue(s->video, i), 0, "buffer %u is queued", i);
}

/* A frame of colour bars has many values; memory that nothing was written to has one. */
static bool is_picture(const unsigned char *map, size_t bytes)
{
	size_t i, changes = 0;

	for (i = 1; i < bytes; i++)
		changes += map[i] != map[i - 1];
	return changes > 1000;
}

static void capture(struct session *s)
{
	int frames = 0, pictures = 0, same = 0, shared = 0;
	long i;

	answers(stream_on(s->video), 0, "the stream begins");
	for (; frames < NR_FRAMES; frames++) {
		i = next_frame(s->video);
		if (i < 0)
			break;
		pictures += is_picture(s->maps[i], s->bytes);
		if (!i) {
			shared++;
			same += !memcmp(s->shared, s->maps[0], s->bytes);
		}
		queue(s->video, i);
	}
	is(frames, NR_FRAMES, "%d frames are captured", NR_FRAMES);
	is(pictures, NR_FRAMES, "all of them are pictures");
	is(same, shared, "its dma-buf shows the same frame");
}

static void begin(struct session *s, const char *region)
{
	unsigned int i;

	s->video = open_video(640, 360);
	is(request(s->video, NR_BUFFERS), NR_BUFFERS, "the driver allocates %d buffers",
	   NR_BUFFERS);
	for (i = 0; i < NR_BUFFERS; i++)
		take_buffer(s, i);
	is(count_buffers(region), NR_BUFFERS, "and all of them are in region %s", region);
	s->shared = mmap(NULL, s->bytes, PROT_READ, MAP_SHARED, s->fds[0], 0);
	if (s->shared == MAP_FAILED)
		bail_out("mmap of a dma-buf: %m");
}

static bool becomes(const char *region, int nr)
{
	long long until = now_ms() + 10000;

	while (count_buffers(region) != nr && now_ms() < until)
		sleep_ms(20);
	return count_buffers(region) == nr;
}

static void session(const char *region)
{
	struct session s;
	unsigned int i;

	begin(&s, region);
	capture(&s);
	answers(write_text(DRIVER "unbind", "vivid.0"), 0,
		"the driver is unbound while it captures");
	is(count_buffers(region), NR_BUFFERS, "its buffers outlive that");
	ok(is_picture(s.maps[1], s.bytes), "a mapping still shows its frame");
	for (i = 0; i < NR_BUFFERS; i++)
		munmap(s.maps[i], s.bytes);
	close(s.video);
	ok(is_picture(s.shared, s.bytes), "a dma-buf outlives the file");
	is(count_buffers(region), NR_BUFFERS, "with its buffer");
	munmap(s.shared, s.bytes);
	for (i = 0; i < NR_BUFFERS; i++)
		close(s.fds[i]);
	ok(becomes(region, 0), "when all is closed, all is freed");

	answers(write_text(DRIVER "bind", "vivid.0"), 0, "the driver is bound again");
	begin(&s, region);
	capture(&s);
	for (i = 0; i < NR_BUFFERS; i++) {
		munmap(s.maps[i], s.bytes);
		close(s.fds[i]);
	}
	munmap(s.shared, s.bytes);
	close(s.video);
	ok(becomes(region, 0), "and all is freed again");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "count")) {
		printf("%ld\n", request(open_video(1280, 720), atoi(argv[2])));
		return 0;
	}
	tap_start();
	if (argc != 3 || strcmp(argv[1], "session"))
		bail_out("vivid_mmap count NR | session REGION");
	session(argv[2]);
	return tap_finish();
}
