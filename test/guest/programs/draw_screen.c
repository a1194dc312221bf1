// SPDX-License-Identifier: GPL-2.0-only
/*
 * draw_screen - draws the test card (card.h) on /dev/fb0.
 *
 *	draw_screen REGION
 *
 * Prints "WIDTH HEIGHT".
 */
#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"

int main(int argc, char **argv)
{
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	int fb = open("/dev/fb0", O_RDWR | O_CLOEXEC);
	struct card card;

	if (argc != 2 || fb < 0 || ioctl(fb, FBIOGET_VSCREENINFO, &var) ||
	    ioctl(fb, FBIOGET_FSCREENINFO, &fix)) {
		perror("/dev/fb0");
		return 1;
	}
	if (var.bits_per_pixel != 16) {
		fprintf(stderr, "/dev/fb0 has %u bits a pixel\n", var.bits_per_pixel);
		return 1;
	}
	card.width = var.xres;
	card.height = var.yres;
	card.stride = fix.line_length / 2;
	card.pixels = mmap(NULL, fix.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fb, 0);
	if (card.pixels == MAP_FAILED) {
		perror("mmap of /dev/fb0");
		return 1;
	}
	card_draw(&card, argv[1], 0);
	printf("%u %u\n", card.width, card.height);
	munmap(card.pixels, fix.smem_len);
	close(fb);
	return 0;
}
