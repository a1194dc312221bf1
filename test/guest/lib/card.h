/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * card.h - a test card: a title, colour bars, and a region's map, each character of it
 * as a cell.
 */
#ifndef LCMA_TEST_CARD_H
#define LCMA_TEST_CARD_H

#include <stdint.h>

/* Where to draw, in RGB 565; stride in pixels. */
struct card {
	uint16_t *pixels;
	unsigned int width, height, stride;
};

/* number: how many white squares there are in a corner, so that cards differ. */
void card_draw(const struct card *card, const char *region, unsigned int number);

#endif
