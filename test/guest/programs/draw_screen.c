// SPDX-License-Identifier: GPL-2.0-only
/*
 * draw_screen - draws on /dev/fb0: a title, colour bars, and a region's map, each
 * character of it as a cell.
 *
 *	draw_screen REGION
 *
 * Prints "# screen WIDTH HEIGHT" without the checksum, which md5sum knows.
 */
#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RGB(r, g, b)	((unsigned short)((r) >> 3 << 11 | (g) >> 2 << 5 | (b) >> 3))
#define BLOCK		14	/* pixels of a block of the title's letters */
#define CELL_WIDTH	9
#define CELL_HEIGHT	17
#define MAP_TOP		210

static unsigned short *screen;
static unsigned int width, height, stride;

static void fill(unsigned int left, unsigned int top, unsigned int columns,
		 unsigned int lines, unsigned short colour)
{
	unsigned int x, y;

	for (y = top; y < top + lines && y < height; y++)
		for (x = left; x < left + columns && x < width; x++)
			screen[y * stride + x] = colour;
}

/* Five lines of blocks. */
static void draw_title(void)
{
	static const char *const letters[] = {
		"#        ###   ## ##    ### ",
		"#       #     #  #  #  #   #",
		"#       #     #  #  #  #####",
		"#       #     #  #  #  #   #",
		"#####    ###  #     #  #   #",
	};
	unsigned int line, column;

	for (line = 0; line < 5; line++)
		for (column = 0; letters[line][column]; column++)
			if (letters[line][column] == '#')
				fill(124 + column * BLOCK, 30 + line * BLOCK, BLOCK - 1,
				     BLOCK - 1, RGB(250, 200 - line * 24, 60 + column * 6));
}

static void draw_bars(void)
{
	static const unsigned short colours[] = {
		RGB(255, 255, 255), RGB(255, 255, 0), RGB(0, 255, 255), RGB(0, 255, 0),
		RGB(255, 0, 255), RGB(255, 0, 0), RGB(0, 0, 255), RGB(64, 64, 64),
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		fill(i * width / 8, 130, width / 8, 40, colours[i]);
}

static unsigned short colour_of(char c)
{
	switch (c) {
	case '.': return RGB(24, 96, 56);	/* free for the system */
	case '+': return RGB(232, 140, 40);	/* the system uses some of it */
	case 'p': return RGB(96, 176, 240);	/* pool */
	case '#': return RGB(250, 250, 250);	/* a buffer */
	default: return RGB(240, 230, 80);	/* on its way, or several of these */
	}
}

static void draw_map(const char *region)
{
	unsigned int row = 0, i;
	char path[96], line[256];
	const char *cells;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/debug/lcma/%s/map", region);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		cells = strchr(line, ' ');
		if (*line == '#' || !cells)
			continue;
		for (i = 0; cells[1 + i] && cells[1 + i] != ' ' && cells[1 + i] != '\n'; i++)
			fill((width - 64 * CELL_WIDTH) / 2 + i * CELL_WIDTH,
			     MAP_TOP + row * CELL_HEIGHT, CELL_WIDTH - 1, CELL_HEIGHT - 2,
			     colour_of(cells[1 + i]));
		row++;
	}
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	int fb = open("/dev/fb0", O_RDWR | O_CLOEXEC);
	unsigned int y;

	if (argc != 2 || fb < 0 || ioctl(fb, FBIOGET_VSCREENINFO, &var) ||
	    ioctl(fb, FBIOGET_FSCREENINFO, &fix)) {
		perror("/dev/fb0");
		return 1;
	}
	if (var.bits_per_pixel != 16) {
		fprintf(stderr, "/dev/fb0 has %u bits a pixel\n", var.bits_per_pixel);
		return 1;
	}
	width = var.xres;
	height = var.yres;
	stride = fix.line_length / 2;
	screen = mmap(NULL, fix.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fb, 0);
	if (screen == MAP_FAILED) {
		perror("mmap of /dev/fb0");
		return 1;
	}
	for (y = 0; y < height; y++)
		fill(0, y, width, 1, RGB(8, 12 + y / 16, 28 + y / 8));
	draw_title();
	draw_bars();
	draw_map(argv[1]);
	printf("%u %u\n", width, height);
	munmap(screen, fix.smem_len);
	close(fb);
	return 0;
}
