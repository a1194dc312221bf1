// SPDX-License-Identifier: GPL-2.0-only
/*
 * vivid_client - the kernel's V4L2 test driver captures into lcma's buffers.
 *
 *	vivid_client [NODE]		(/dev/video0; vivid on vb2-dma-contig)
 *
 * What arrives is compared, byte by byte, with a frame that the driver captured
 * into memory of its own, and with what colour bars look like. Before each
 * frame the buffer is filled with something else, so that nothing old passes.
 * lcma has to be loaded with a region `main`.
 */
#include "program.h"

#include <linux/videodev2.h>
#include <poll.h>
#include <sys/utsname.h>

#define REGION		"main"
#define NR_BUFFERS	3
#define NR_FRAMES	5
#define CAPTURE		V4L2_BUF_TYPE_VIDEO_CAPTURE
#define FRAME_MS	60000

static const char *node = "/dev/video0";

/* A stream of frames into buffers of ours. */
struct stream {
	int video;
	int dev;
	unsigned int width;
	unsigned int height;
	size_t frame_bytes;
	size_t buffer_bytes;
	int fds[NR_BUFFERS];
	unsigned char *maps[NR_BUFFERS];
};

/* --- the driver ---------------------------------------------------------------- */

static int open_video(void)
{
	long long until = now_ms() + 60000;
	int video;

	while ((video = open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK)) < 0) {
		if (now_ms() > until)
			bail_out("%s: %m", node);
		sleep_ms(20);
	}
	return video;
}

/* A control of vivid by its name: the numbers of the names are not public. */
static void set_control(int video, const char *name, int value)
{
	struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
	struct v4l2_control control = { .value = value };

	for (; !ioctl(video, VIDIOC_QUERYCTRL, &query);
	     query.id |= V4L2_CTRL_FLAG_NEXT_CTRL)
		if (!strcmp((const char *)query.name, name))
			control.id = query.id;
	if (!control.id || ioctl(video, VIDIOC_S_CTRL, &control))
		bail_out("control '%s': %m", name);
}

#define OSD_ALL		0
#define OSD_NONE	2

static void request_buffers(int video, unsigned int memory, unsigned int nr)
{
	struct v4l2_requestbuffers request = {
		.count = nr, .type = CAPTURE, .memory = memory,
	};

	if (ioctl(video, VIDIOC_REQBUFS, &request) || request.count < nr)
		bail_out("REQBUFS: %m (%u buffers)", request.count);
}

/* Return: bytes of a frame. */
static size_t set_format(int video, unsigned int width, unsigned int height)
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

	if (ioctl(video, VIDIOC_S_FMT, &format))
		bail_out("S_FMT: %m");
	if (format.fmt.pix.width != width || format.fmt.pix.height != height ||
	    format.fmt.pix.pixelformat != V4L2_PIX_FMT_YUYV ||
	    format.fmt.pix.bytesperline != 2 * width)
		bail_out("no format YUYV %ux%u", width, height);
	return format.fmt.pix.sizeimage;
}

static void switch_stream(int video, bool on)
{
	int type = CAPTURE;

	if (ioctl(video, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type))
		bail_out("STREAM%s: %m", on ? "ON" : "OFF");
}

static long queue_fd(int video, unsigned int index, int fd, size_t length)
{
	struct v4l2_buffer buffer = {
		.type = CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.index = index,
		.m.fd = fd,
		.length = length,
	};

	return CALL(ioctl(video, VIDIOC_QBUF, &buffer));
}

static struct v4l2_buffer next_frame(int video, unsigned int memory)
{
	struct v4l2_buffer buffer = { .type = CAPTURE, .memory = memory };
	struct pollfd poll_video = { .fd = video, .events = POLLIN };

	if (poll(&poll_video, 1, FRAME_MS) != 1)
		bail_out("no frame after %d ms", FRAME_MS);
	if (ioctl(video, VIDIOC_DQBUF, &buffer))
		bail_out("DQBUF: %m");
	return buffer;
}

/* A frame that the driver captures into its own memory. */
static unsigned char *reference_frame(int video, size_t frame_bytes)
{
	struct v4l2_buffer buffer;
	unsigned char *copy = malloc(frame_bytes);
	void *map;
	int i;

	request_buffers(video, V4L2_MEMORY_MMAP, 2);
	for (i = 0; i < 2; i++) {
		buffer = (struct v4l2_buffer) {
			.type = CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = i,
		};
		if (ioctl(video, VIDIOC_QBUF, &buffer))
			bail_out("QBUF of the driver's memory: %m");
	}
	switch_stream(video, true);
	buffer = next_frame(video, V4L2_MEMORY_MMAP);
	if (ioctl(video, VIDIOC_QUERYBUF, &buffer))
		bail_out("QUERYBUF: %m");
	map = mmap(NULL, buffer.length, PROT_READ, MAP_SHARED, video,
		   buffer.m.offset);
	if (map == MAP_FAILED || !copy)
		bail_out("mmap of the driver's memory: %m");
	memcpy(copy, map, frame_bytes);
	munmap(map, buffer.length);
	switch_stream(video, false);
	request_buffers(video, V4L2_MEMORY_MMAP, 0);
	return copy;
}

/* --- our buffers ------------------------------------------------------------------ */

static void sync_buffer(int fd, uint64_t flags)
{
	struct {
		uint64_t flags;
	} sync = { flags };

	if (ioctl(fd, _IOW('b', 0, sync), &sync))
		bail_out("DMA_BUF_IOCTL_SYNC: %m");
}

#define READ_BEGIN	1ULL
#define READ_END	(1ULL | 4)
#define WRITE_BEGIN	2ULL
#define WRITE_END	(2ULL | 4)

static void poison(struct stream *s, unsigned int i, uint32_t tag)
{
	sync_buffer(s->fds[i], WRITE_BEGIN);
	fill(s->maps[i], s->buffer_bytes, tag);
	sync_buffer(s->fds[i], WRITE_END);
}

static void start(struct stream *s)
{
	unsigned int i;
	long ret;

	request_buffers(s->video, V4L2_MEMORY_DMABUF, NR_BUFFERS);
	for (i = 0; i < NR_BUFFERS; i++) {
		s->fds[i] = need_buffer(s->dev, REGION, s->frame_bytes + PAGE);
		s->buffer_bytes = lseek(s->fds[i], 0, SEEK_END);
		s->maps[i] = (unsigned char *)map_buffer(s->fds[i],
							 s->buffer_bytes);
		poison(s, i, i);
		ret = queue_fd(s->video, i, s->fds[i], s->buffer_bytes);
		if (ret)
			bail_out("QBUF of lcma's buffer: %s", error_name(ret));
	}
	switch_stream(s->video, true);
}

static void stop(struct stream *s)
{
	unsigned int i;

	switch_stream(s->video, false);
	request_buffers(s->video, V4L2_MEMORY_DMABUF, 0);
	for (i = 0; i < NR_BUFFERS; i++) {
		munmap(s->maps[i], s->buffer_bytes);
		close(s->fds[i]);
	}
}

/* --- what a frame looks like --------------------------------------------------------- */

static bool close_to(int a, int b)
{
	return abs(a - b) <= 3;
}

/* 75 % colour bars, in the middle of each, in three heights. */
static bool is_colour_bars(const unsigned char *frame, unsigned int width,
			   unsigned int height)
{
	static const unsigned char bars[8][3] = {	/* Y, Cb, Cr */
		{ 180, 128, 128 }, { 162, 44, 142 }, { 131, 156, 44 },
		{ 112, 72, 58 }, { 84, 184, 198 }, { 65, 100, 212 },
		{ 35, 212, 114 }, { 16, 128, 128 },
	};
	const unsigned int lines[] = { 0, height / 2, height - 1 };
	const unsigned char *at;
	unsigned int bar, i, x;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		for (bar = 0; bar < 8; bar++) {
			x = (2 * bar + 1) * width / 16 & ~1U;
			at = frame + ((size_t)lines[i] * width + x) * 2;
			if (close_to(at[0], bars[bar][0]) &&
			    close_to(at[1], bars[bar][1]) &&
			    close_to(at[3], bars[bar][2]))
				continue;
			diag("line %u, bar %u: %u %u %u", lines[i], bar, at[0],
			     at[1], at[3]);
			return false;
		}
	}
	return true;
}

static long long time_of(const struct v4l2_buffer *buffer)
{
	return buffer->timestamp.tv_sec * 1000000LL + buffer->timestamp.tv_usec;
}

/* What comes after the frame, in the same buffer, must not be written. */
static bool rest_is_untouched(const struct stream *s, unsigned int i,
			      uint32_t tag)
{
	const uint32_t *words = (const uint32_t *)s->maps[i];
	size_t word;

	for (word = s->frame_bytes / 4; word < s->buffer_bytes / 4; word++)
		if (words[word] != pattern(tag, word))
			return false;
	return true;
}

static void capture_size(int video, int dev, unsigned int width,
			 unsigned int height)
{
	struct stream s = {
		.video = video, .dev = dev, .width = width, .height = height,
	};
	bool whole = true, same = true, untouched = true, in_order = true;
	unsigned char *reference;
	long long last_time = 0, last_sequence = -1;
	uint32_t tags[NR_BUFFERS] = { 0, 1, 2 };
	struct v4l2_buffer frame;
	unsigned int i;

	set_control(video, "OSD Text Mode", OSD_NONE);
	s.frame_bytes = set_format(video, width, height);
	reference = reference_frame(video, s.frame_bytes);
	ok(is_colour_bars(reference, width, height),
	   "%ux%u: the driver's own frame shows colour bars", width, height);

	start(&s);
	for (i = 0; i < NR_FRAMES; i++) {
		frame = next_frame(video, V4L2_MEMORY_DMABUF);
		sync_buffer(s.fds[frame.index], READ_BEGIN);
		whole &= frame.bytesused == s.frame_bytes &&
			 !(frame.flags & V4L2_BUF_FLAG_ERROR) &&
			 frame.m.fd == s.fds[frame.index];
		same &= !memcmp(s.maps[frame.index], reference, s.frame_bytes);
		untouched &= rest_is_untouched(&s, frame.index,
					       tags[frame.index]);
		in_order &= frame.sequence > last_sequence &&
			    time_of(&frame) > last_time;
		sync_buffer(s.fds[frame.index], READ_END);
		last_sequence = frame.sequence;
		last_time = time_of(&frame);

		tags[frame.index] = 100 + i;
		poison(&s, frame.index, tags[frame.index]);
		if (queue_fd(video, frame.index, s.fds[frame.index], 0))
			bail_out("QBUF again: %m");
	}
	ok(whole, "%ux%u: %d whole frames in our buffers", width, height,
	   NR_FRAMES);
	ok(same, "%ux%u: byte by byte what the driver's own shows", width,
	   height);
	ok(untouched, "%ux%u: nothing was written after a frame", width,
	   height);
	ok(in_order, "%ux%u: frames count up, time goes on", width, height);
	is(used_bytes(REGION), NR_BUFFERS * s.buffer_bytes,
	   "%ux%u: the buffers are counted", width, height);
	stop(&s);
	ok(is_idle(REGION, 2000), "%ux%u: and all given back", width, height);
	free(reference);
}

/* With text in it the picture lives: top left it differs from the last one. */
static void moving_picture(int video, int dev)
{
	struct stream s = { .video = video, .dev = dev };
	struct v4l2_buffer a, b;
	size_t half;

	set_control(video, "OSD Text Mode", OSD_ALL);
	s.frame_bytes = set_format(video, 640, 360);
	half = s.frame_bytes / 2;
	start(&s);
	a = next_frame(video, V4L2_MEMORY_DMABUF);
	b = next_frame(video, V4L2_MEMORY_DMABUF);
	ok(memcmp(s.maps[a.index], s.maps[b.index], half),
	   "two frames differ where their number stands");
	ok(!memcmp(s.maps[a.index] + s.frame_bytes - half / 2,
		   s.maps[b.index] + s.frame_bytes - half / 2, half / 2),
	   "and do not where it does not");
	stop(&s);
	set_control(video, "OSD Text Mode", OSD_NONE);
}

/* --- what is refused -------------------------------------------------------------------- */

/* A descriptor is refused, and held no longer than the call took. */
static void refused(int video, int fd, size_t length, long err,
		    const char *what)
{
	request_buffers(video, V4L2_MEMORY_DMABUF, 1);
	answers(queue_fd(video, 0, fd, length), err, "%s", what);
	request_buffers(video, V4L2_MEMORY_DMABUF, 0);
	close(fd);
	ok(is_idle(REGION, 2000), "%s: is not held", what);
}

/*
 * Since 6.11 videobuf2 forgets to drop a dma-buf that it cannot attach: the
 * buffer would be held until reboot, whichever driver exported it.
 */
static bool attach_leaks(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%u.%u", &major, &minor);
	return major > 6 || (major == 6 && minor >= 11);
}

static void refusals(int video, int dev)
{
	const size_t bytes = set_format(video, 640, 360);
	struct v4l2_exportbuffer export = { .type = CAPTURE };
	struct lcma_buffer_entry entry;
	int fd;

	refused(video, need_buffer(dev, REGION, bytes / 2), 0, -EINVAL,
		"a buffer too small");
	if (attach_leaks())
		skip("a buffer too small, with a lie about it",
		     "this kernel's videobuf2 would leak it");
	else
		refused(video, need_buffer(dev, REGION, bytes / 2), bytes,
			-EFAULT, "a buffer too small, with a lie about it");
	refused(video, need_buffer(dev, REGION, bytes), bytes / 2, -EINVAL,
		"a length too small");
	refused(video, open("/dev/null", O_RDWR | O_CLOEXEC), 0, -EINVAL,
		"no dma-buf");
	refused(video, -1, 0, -EINVAL, "no descriptor");

	request_buffers(video, V4L2_MEMORY_DMABUF, 1);
	fd = need_buffer(dev, REGION, bytes);
	answers(queue_fd(video, 0, fd, 0), 0, "one that fits");
	close(fd);
	is(used_bytes(REGION), (bytes + PAGE - 1) / PAGE * PAGE,
	   "the driver holds it, closed or not");
	request_buffers(video, V4L2_MEMORY_DMABUF, 0);
	ok(is_idle(REGION, 2000), "until it is told to let go");

	request_buffers(video, V4L2_MEMORY_MMAP, 1);
	if (ioctl(video, VIDIOC_EXPBUF, &export))
		bail_out("EXPBUF: %m");
	answers(buffer_info(dev, export.fd, &entry), -EINVAL,
		"the driver's own dma-buf is none of lcma's");
	close(export.fd);
	request_buffers(video, V4L2_MEMORY_MMAP, 0);
}

/* --- which goes first ------------------------------------------------------------------------ */

/* Descriptors and mappings are closed while the driver fills the buffers. */
static void closed_early(int dev)
{
	struct stream s = { .video = open_video(), .dev = dev };
	unsigned int i;

	s.frame_bytes = set_format(s.video, 640, 360);
	start(&s);
	for (i = 0; i < NR_BUFFERS; i++) {
		munmap(s.maps[i], s.buffer_bytes);
		close(s.fds[i]);
	}
	for (i = 0; i < NR_BUFFERS; i++)
		next_frame(s.video, V4L2_MEMORY_DMABUF);
	is(used_bytes(REGION), NR_BUFFERS * s.buffer_bytes,
	   "the driver goes on with what its client has closed");
	close(s.video);
	ok(is_idle(REGION, 2000), "and lets go when it is closed itself");
}

/* The driver goes first: the frame stays with its buffer. */
static void frame_outlives_driver(int dev)
{
	struct stream s = { .video = open_video(), .dev = dev };
	struct v4l2_buffer frame;
	unsigned int i;

	s.frame_bytes = set_format(s.video, 640, 360);
	start(&s);
	frame = next_frame(s.video, V4L2_MEMORY_DMABUF);
	close(s.video);
	ok(is_colour_bars(s.maps[frame.index], 640, 360),
	   "the frame is there when the driver is closed");
	for (i = 0; i < NR_BUFFERS; i++) {
		munmap(s.maps[i], s.buffer_bytes);
		close(s.fds[i]);
	}
	ok(is_idle(REGION, 2000), "and goes with the last descriptor");
}

static void killed_in_mid_stream(void)
{
	struct stream s;
	int pipes[2], round;
	char byte;
	pid_t pid;

	for (round = 0; round < 3; round++) {
		if (pipe(pipes))
			bail_out("pipe: %m");
		fflush(stdout);
		pid = need_fork();
		if (!pid) {
			s = (struct stream) {
				.video = open_video(), .dev = open_device(),
			};
			s.frame_bytes = set_format(s.video, 1280, 720);
			start(&s);
			for (;;) {
				struct v4l2_buffer frame =
					next_frame(s.video,
						   V4L2_MEMORY_DMABUF);

				queue_fd(s.video, frame.index,
					 s.fds[frame.index], 0);
				if (write(pipes[1], "", 1) != 1)
					_exit(1);
			}
		}
		close(pipes[1]);
		if (read(pipes[0], &byte, 1) != 1)
			bail_out("the child captures nothing");
		answers(unload_lcma(), -EWOULDBLOCK,
			"unloading lcma under a stream");
		ok(used_bytes(REGION) > 0, "the stream holds buffers");
		kill_and_wait(pid);
		close(pipes[0]);
		ok(is_idle(REGION, 5000),
		   "killed in mid-stream, everything comes back");
	}
}

int main(int argc, char **argv)
{
	int video, dev;

	if (argc > 1)
		node = argv[1];
	tap_start();
	video = open_video();
	dev = open_device();
	capture_size(video, dev, 640, 360);
	capture_size(video, dev, 1280, 720);
	capture_size(video, dev, 1920, 1080);
	moving_picture(video, dev);
	refusals(video, dev);
	close(video);
	closed_early(dev);
	frame_outlives_driver(dev);
	close(dev);
	killed_in_mid_stream();
	return tap_finish();
}
