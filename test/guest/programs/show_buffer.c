// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_buffer - a program's dma-buf on the board's display (test/kmod/display).
 *
 *	show_buffer REGION NUMBER FILE [hold]	draws test card NUMBER into a buffer of the
 *						region, has it shown, writes what it drew to
 *						FILE as well, says "shown", and ends, or holds
 *						it until it is killed
 *	show_buffer hide			nothing is shown
 *	show_buffer wrong REGION		what the driver refuses, as results
 */
#include "program.h"

#include <linux/dma-buf.h>

#include "../../kmod/display/lcma_display.h"
#include "card.h"

#define NODE		"/dev/lcma_display"
#define WIDTH		640
#define HEIGHT		480
#define BYTES		(WIDTH * HEIGHT * 2UL)

static int need_display(void)
{
	int display = open(NODE, O_RDWR | O_CLOEXEC);

	if (display < 0) {
		perror(NODE);
		exit(1);
	}
	return display;
}

/* What is drawn does not come from the buffer, so a buffer that lost it shows. */
static uint16_t *draw(const char *region, unsigned int number, const char *path)
{
	static uint16_t pixels[WIDTH * HEIGHT];
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	card_draw(&(struct card) { .pixels = pixels, .width = WIDTH, .height = HEIGHT,
				   .stride = WIDTH }, region, number);
	if (file < 0 || write(file, pixels, BYTES) != (ssize_t)BYTES) {
		perror(path);
		exit(1);
	}
	close(file);
	return pixels;
}

/* Between the two calls the CPU has the buffer. */
static void sync_buffer(int fd, unsigned int when)
{
	struct dma_buf_sync sync = { .flags = when | DMA_BUF_SYNC_WRITE };

	if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync)) {
		perror("DMA_BUF_IOCTL_SYNC");
		exit(1);
	}
}

static int show(const char *region, unsigned int number, const char *path, bool hold)
{
	int lcma = open(PROGRAMS, O_RDWR | O_CLOEXEC), display = need_display();
	struct lcma_alloc alloc = alloc_for(region, BYTES);
	uint16_t *map;

	snprintf(alloc.label, sizeof(alloc.label), "card-%u", number);
	if (lcma < 0 || ioctl(lcma, LCMA_IOC_ALLOC, &alloc)) {
		perror(PROGRAMS);
		return 1;
	}
	map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, alloc.fd, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	sync_buffer(alloc.fd, DMA_BUF_SYNC_START);
	memcpy(map, draw(region, number, path), BYTES);
	sync_buffer(alloc.fd, DMA_BUF_SYNC_END);
	if (ioctl(display, LCMA_DISPLAY_SHOW, alloc.fd)) {
		perror("LCMA_DISPLAY_SHOW");
		return 1;
	}
	puts("shown");
	fflush(stdout);
	while (hold)
		pause();
	return 0;
}

static void wrong(const char *region)
{
	int lcma = open_device(), display = need_display();
	int small = need_buffer(lcma, region, PAGE);
	int no_buffer = open("/dev/null", O_RDWR | O_CLOEXEC);

	answers(CALL(ioctl(display, LCMA_DISPLAY_SHOW, -1)), -EBADF, "no descriptor");
	answers(CALL(ioctl(display, LCMA_DISPLAY_SHOW, no_buffer)), -EINVAL, "no dma-buf");
	answers(CALL(ioctl(display, LCMA_DISPLAY_SHOW, small)), -EINVAL,
		"a buffer that is smaller than the frame");
	answers(CALL(ioctl(display, 0, 0)), -ENOTTY, "no call");
}

int main(int argc, char **argv)
{
	if (argc >= 4 && argc <= 5)
		return show(argv[1], atoi(argv[2]), argv[3], argc == 5);
	if (argc == 2 && !strcmp(argv[1], "hide"))
		return ioctl(need_display(), LCMA_DISPLAY_HIDE) ? 1 : 0;
	tap_start();
	if (argc != 3 || strcmp(argv[1], "wrong"))
		bail_out("show_buffer REGION NUMBER FILE [hold] | hide | wrong REGION");
	wrong(argv[2]);
	return tap_finish();
}
