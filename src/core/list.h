/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of regions: what a request may name in place of one region. Pure: a list names
 * regions, it does not know them.
 *
 *	list = NAME *( ( "+" / "," ) NAME )
 *
 * Of "a,b" the second is asked when the first has no memory. Of "a+b" each comes first
 * in turn, and then the other, so that buffers spread over both. "a+b,c" is both.
 */
#ifndef LCMA_LIST_H
#define LCMA_LIST_H

#include "core/parse.h"

/* The most regions of one list, and its longest text with its NUL. */
#define LCMA_LIST_REGIONS	8
#define LCMA_LIST_BYTES		128

/**
 * struct lcma_list - regions in an order
 * @nr: how many
 * @names: their names, all different
 * @steps: for each the number of its step, from 0 on: those of one step come first in
 *	turn; those of a later one are asked after them
 */
struct lcma_list {
	unsigned int nr;
	char names[LCMA_LIST_REGIONS][LCMA_NAME_BYTES];
	unsigned int steps[LCMA_LIST_REGIONS];
};

bool lcma_list_is_one(const char *text);
int lcma_list_add(struct lcma_list *list, const struct lcma_word *name,
		  unsigned int step);
int lcma_list_parse(const char *text, struct lcma_list *list);
unsigned int lcma_list_nth(const struct lcma_list *list, unsigned int i,
			   unsigned int turn);

#endif
