// SPDX-License-Identifier: GPL-2.0-only
/*
 * prime_client - a DRM driver (vgem) gets lcma's buffers through PRIME.
 *
 * Each holder of a buffer (descriptor, handle, the descriptor that the handle
 * was made into, mapping) goes in each order. lcma has to be loaded with a
 * region `main`.
 */
#include "program.h"

#include <drm/drm.h>
#include <drm/vgem_drm.h>
#include <poll.h>

#define REGION	"main"
#define LEN	(256 * KIB)

/* --- the driver ----------------------------------------------------------------- */

static bool is_vgem(int card)
{
	char name[32] = "";
	struct drm_version version = {
		.name = name, .name_len = sizeof(name) - 1,
	};

	return !ioctl(card, DRM_IOCTL_VERSION, &version) &&
	       !strcmp(name, "vgem");
}

static int open_vgem(void)
{
	const long long until = now_ms() + 60000;
	char path[32];
	int card, i;

	do {
		for (i = 0; i < 4; i++) {
			snprintf(path, sizeof(path), "/dev/dri/card%d", i);
			card = open(path, O_RDWR | O_CLOEXEC);
			if (card >= 0 && is_vgem(card))
				return card;
			if (card >= 0)
				close(card);
		}
		sleep_ms(20);
	} while (now_ms() < until);
	bail_out("no vgem in /dev/dri");
	return -1;
}

/* Return: a handle, never 0; -errno. */
static long import(int card, int fd)
{
	struct drm_prime_handle prime = { .fd = fd };
	long ret = CALL(ioctl(card, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));

	return ret ? ret : (long)prime.handle;
}

/* Return: a descriptor; -errno. */
static long export(int card, uint32_t handle)
{
	struct drm_prime_handle prime = {
		.handle = handle, .flags = DRM_CLOEXEC | DRM_RDWR,
	};
	long ret = CALL(ioctl(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));

	return ret ? ret : prime.fd;
}

static void close_handle(int card, uint32_t handle)
{
	struct drm_gem_close gem = { .handle = handle };

	if (ioctl(card, DRM_IOCTL_GEM_CLOSE, &gem))
		bail_out("GEM_CLOSE: %m");
}

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

/* --- there and back --------------------------------------------------------------- */

static void there_and_back(int dev)
{
	const int fd = need_buffer(dev, REGION, LEN);
	const int copy = dup(fd);
	const int card = open_vgem(), other = open_vgem();
	struct lcma_buffer_entry mine, back;
	long handle, again, out;
	char *map, *map_out;

	handle = import(card, fd);
	answers(handle, 0, "a buffer becomes a handle");
	is(import(card, fd), handle, "the same one, imported again");
	is(import(card, copy), handle, "the same one, by another descriptor");
	again = import(other, fd);
	answers(again, 0, "another file of the driver gets one");
	holds(LEN, "all that is one buffer");

	out = export(card, handle);
	answers(out, 0, "a handle becomes a descriptor");
	ok(inode_of(out) == inode_of(fd), "of the same dma-buf");
	ok(!buffer_info(dev, fd, &mine) && !buffer_info(dev, out, &back) &&
	   mine.id == back.id && mine.phys == back.phys,
	   "which is the same buffer, in the same place");
	map = map_buffer(fd, LEN);
	map_out = map_buffer(out, LEN);
	fill(map, LEN, 1);
	ok(has_pattern(map_out, LEN, 1), "what is written here is there");
	fill(map_out, LEN, 2);
	ok(has_pattern(map, LEN, 2), "and what is written there is here");
	is(mmap(NULL, LEN, PROT_READ, MAP_PRIVATE, out, 0) == MAP_FAILED ?
	   errno : 0, EINVAL, "MAP_PRIVATE is refused there, too");

	munmap(map, LEN);
	munmap(map_out, LEN);
	close(fd);
	close(copy);
	close(out);
	close_handle(card, handle);
	holds(LEN, "one handle is left");
	out = export(other, again);
	map = map_buffer(out, LEN);
	ok(has_pattern(map, LEN, 2), "the contents are there still");
	munmap(map, LEN);
	close(out);
	answers(unload_lcma(), -EWOULDBLOCK, "unloading lcma under a handle");
	close(other);
	ok(is_idle(REGION, 2000), "the driver's file goes, all goes");
	close(card);
}

/* --- the driver's fences ------------------------------------------------------------- */

static int ready(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	return poll(&poll_fd, 1, 0);
}

static void fences(int dev)
{
	const int fd = need_buffer(dev, REGION, LEN);
	const int card = open_vgem();
	struct drm_vgem_fence_attach attach = {
		.handle = import(card, fd), .flags = VGEM_FENCE_WRITE,
	};
	struct drm_vgem_fence_signal signal = {};

	is(ready(fd, POLLIN), 1, "an idle buffer can be read");
	answers(CALL(ioctl(card, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach)), 0,
		"the driver is writing");
	is(ready(fd, POLLIN), 0, "now it may not be read");
	signal.fence = attach.out_fence;
	answers(CALL(ioctl(card, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal)), 0,
		"the driver is done");
	is(ready(fd, POLLIN), 1, "it can be read again");
	close(fd);
	close(card);
	ok(is_idle(REGION, 2000), "a fence holds nothing back");
}

/* --- what is refused -------------------------------------------------------------------- */

static void refusals(int dev)
{
	const int fd = need_buffer(dev, REGION, LEN);
	const int card = open_vgem();
	struct drm_mode_create_dumb dumb = {
		.width = 64, .height = 64, .bpp = 32,
	};
	struct drm_mode_map_dumb map = { .handle = import(card, fd) };
	struct lcma_buffer_entry entry;
	long out, none;

	answers(CALL(ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)), -EINVAL,
		"a mapping through the driver");
	none = open("/dev/null", O_RDWR | O_CLOEXEC);
	answers(import(card, none), -EINVAL, "import of no dma-buf");
	close(none);
	answers(import(card, none), -EBADF, "import of no descriptor");
	if (ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		bail_out("CREATE_DUMB: %m");
	out = export(card, dumb.handle);
	answers(buffer_info(dev, out, &entry), -EINVAL,
		"the driver's own dma-buf is none of lcma's");
	close(out);
	close(fd);
	close(card);
	ok(is_idle(REGION, 2000), "nothing is left");
}

/* --- which goes first ------------------------------------------------------------------------ */

enum { FD, HANDLE, OUT, MAP, NR_HOLDERS };

struct holders {
	int card;
	int fd;
	long handle;
	long out;
	char *map;
};

static struct holders take_all(int dev)
{
	struct holders h = { .card = open_vgem() };

	h.fd = need_buffer(dev, REGION, LEN);
	h.handle = import(h.card, h.fd);
	h.out = export(h.card, h.handle);
	h.map = map_buffer(h.fd, LEN);
	if (h.handle <= 0 || h.out < 0)
		bail_out("PRIME: %s, %s", error_name(h.handle),
			 error_name(h.out));
	return h;
}

static void let_go(struct holders *h, int which)
{
	switch (which) {
	case FD:
		close(h->fd);
		break;
	case HANDLE:
		close_handle(h->card, h->handle);
		break;
	case OUT:
		close(h->out);
		break;
	case MAP:
		munmap(h->map, LEN);
		break;
	}
}

static void one_order(int dev, const int order[NR_HOLDERS])
{
	static const char * const names[NR_HOLDERS] = {
		"descriptor", "handle", "exported", "mapping",
	};
	struct holders h = take_all(dev);
	bool held = true;
	int i;

	for (i = 0; i < NR_HOLDERS; i++) {
		held &= used_bytes(REGION) == LEN;
		let_go(&h, order[i]);
	}
	ok(held && is_idle(REGION, 2000), "%s, %s, %s, %s: held to the last",
	   names[order[0]], names[order[1]], names[order[2]], names[order[3]]);
	close(h.card);
}

static void every_order(int dev)
{
	int order[NR_HOLDERS], code;

	for (code = 0; code < 256; code++) {
		int i, seen = 0;

		for (i = 0; i < NR_HOLDERS; i++) {
			order[i] = code >> (2 * i) & 3;
			seen |= 1 << order[i];
		}
		if (seen == 15)
			one_order(dev, order);
	}
}

static void killed(int dev)
{
	struct holders h;
	int pipes[2];
	char byte;
	pid_t pid;

	if (pipe(pipes))
		bail_out("pipe: %m");
	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		h = take_all(dev);
		close(h.fd);
		close(h.out);
		if (write(pipes[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 1)
		bail_out("the child has nothing");
	holds(LEN, "a process has a handle");
	kill_and_wait(pid);
	close(pipes[0]);
	ok(is_idle(REGION, 2000), "it is killed, all goes");
}

int main(void)
{
	int dev;

	tap_start();
	dev = open_device();
	there_and_back(dev);
	fences(dev);
	refusals(dev);
	every_order(dev);
	killed(dev);
	close(dev);
	return tap_finish();
}
