// SPDX-License-Identifier: GPL-2.0-only
/* A test card: see card.h. */
#include "card.h"

#include <stdio.h>
#include <string.h>

#define RGB(r, g, b)	((uint16_t)((r) >> 3 << 11 | (g) >> 2 << 5 | (b) >> 3))
#define BLOCK		14	/* pixels of a block of the title's letters */
#define CELL_WIDTH	9
#define CELL_HEIGHT	17
#define MAP_TOP		210

static void paint(const struct card *card, unsigned int left, unsigned int top, unsigned int columns,
		  unsigned int lines, uint16_t colour)
{
	unsigned int x, y;

	for (y = top; y < top + lines && y < card->height; y++)
		for (x = left; x < left + columns && x < card->width; x++)
			card->pixels[y * card->stride + x] = colour;
}

/* Five lines of blocks. */
static void draw_title(const struct card *card)
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
				paint(card, 124 + column * BLOCK, 30 + line * BLOCK, BLOCK - 1,
				      BLOCK - 1, RGB(250, 200 - line * 24, 60 + column * 6));
}

static void draw_bars(const struct card *card)
{
	static const uint16_t colours[] = {
		RGB(255, 255, 255), RGB(255, 255, 0), RGB(0, 255, 255), RGB(0, 255, 0),
		RGB(255, 0, 255), RGB(255, 0, 0), RGB(0, 0, 255), RGB(64, 64, 64),
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		paint(card, i * card->width / 8, 130, card->width / 8, 40, colours[i]);
}

static uint16_t colour_of(char c)
{
	switch (c) {
	case '.': return RGB(24, 96, 56);	/* free for the system */
	case '+': return RGB(232, 140, 40);	/* the system uses some of it */
	case 'p': return RGB(96, 176, 240);	/* pool */
	case '#': return RGB(250, 250, 250);	/* a buffer */
	default: return RGB(240, 230, 80);	/* on its way, or several of these */
	}
}

static void draw_map(const struct card *card, const char *region)
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
			paint(card, (card->width - 64 * CELL_WIDTH) / 2 + i * CELL_WIDTH,
			      MAP_TOP + row * CELL_HEIGHT, CELL_WIDTH - 1, CELL_HEIGHT - 2,
			      colour_of(cells[1 + i]));
		row++;
	}
	if (file)
		fclose(file);
}

void card_draw(const struct card *card, const char *region, unsigned int number)
{
	unsigned int y, i;

	for (y = 0; y < card->height; y++)
		paint(card, 0, y, card->width, 1, RGB(8, 12 + y / 16, 28 + y / 8));
	draw_title(card);
	draw_bars(card);
	draw_map(card, region);
	for (i = 0; i < number; i++)
		paint(card, 8 + i * 14, 8, 10, 10, RGB(255, 255, 255));
}
