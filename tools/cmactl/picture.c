// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a region looks like: see picture.h.
 */
#include "picture.h"

#include <errno.h>
#include <stdlib.h>

#include <liblcma.h>

/* Pieces that are asked for in one call. */
#define BATCH	512

/* Return: 0; -ENOMEM. */
static int add_piece(struct picture *picture, const struct lcma_map_entry *piece)
{
	struct lcma_map_entry *last = picture->nr ?
				      &picture->pieces[picture->nr - 1] : NULL;
	size_t room = picture->room ? picture->room * 2 : BATCH;
	void *pieces;

	if (last && last->state == piece->state &&
	    last->content == piece->content &&
	    last->offset + last->bytes == piece->offset) {
		last->bytes += piece->bytes;
		return 0;
	}
	if (picture->nr == picture->room) {
		pieces = realloc(picture->pieces, room * sizeof(*piece));
		if (!pieces)
			return -ENOMEM;
		picture->pieces = pieces;
		picture->room = room;
	}
	picture->pieces[picture->nr++] = *piece;
	return 0;
}

int picture_load(int device, const char *region, uint32_t flags,
		 struct picture *picture)
{
	struct lcma_map_entry batch[BATCH];
	uint64_t from = 0;
	int i, nr, err;

	*picture = (struct picture){ .has_look = flags & LCMA_MAP_LOOK };
	do {
		nr = lcma_get_map(device, region, flags, &from, batch, BATCH);
		for (i = 0; i < nr; i++) {
			err = add_piece(picture, &batch[i]);
			if (err)
				return err;
		}
	} while (nr > 0);
	return nr;
}

int picture_look(int device, const char *region, struct picture *picture)
{
	int err = picture_load(device, region, LCMA_MAP_LOOK, picture);

	if (err != -EPERM)
		return err;
	picture_free(picture);
	return picture_load(device, region, 0, picture);
}

void picture_free(struct picture *picture)
{
	free(picture->pieces);
	*picture = (struct picture){ 0 };
}

bool piece_is_stuck(const struct lcma_map_entry *piece)
{
	return piece->state == LCMA_STATE_SHARED &&
	       (piece->content == LCMA_CONTENT_PIN ||
		piece->content == LCMA_CONTENT_STUCK ||
		piece->content == LCMA_CONTENT_KERNEL);
}

uint64_t picture_largest_movable(const struct picture *picture)
{
	uint64_t run = 0, largest = 0;
	size_t i;

	for (i = 0; i < picture->nr; i++) {
		const struct lcma_map_entry *piece = &picture->pieces[i];

		if (piece->state == LCMA_STATE_USED ||
		    piece->state == LCMA_STATE_BUSY || piece_is_stuck(piece))
			run = 0;
		else
			run += piece->bytes;
		if (run > largest)
			largest = run;
	}
	return largest;
}
