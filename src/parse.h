/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both parsers share: words, names and sizes out of a text, and one way
 * to say what is wrong with it and where. Pure.
 */
#ifndef LCMA_PARSE_H
#define LCMA_PARSE_H

#include "seam.h"

/* A region's name, and the label of a reservation, with their NUL. */
#define LCMA_NAME_BYTES		32
/* A buffer's label, with its NUL. */
#define LCMA_LABEL_BYTES	32

/**
 * struct lcma_text - a text that is being read
 * @pos: the next character
 * @end: behind the last character; the text need not end in NUL
 * @error: what is wrong with it, a constant string; NULL: nothing yet.
 *	Then @pos is where.
 */
struct lcma_text {
	const char *pos;
	const char *end;
	const char *error;
};

/**
 * struct lcma_word - a part of a text
 * @at: first character
 * @len_bytes: how many; 0 is the empty word
 */
struct lcma_word {
	const char *at;
	size_t len_bytes;
};

/**
 * lcma_is_pow2 - is a 64-bit number a power of two?
 * @n: the number
 *
 * Return: true if it is; 0 is not.
 */
static inline bool lcma_is_pow2(u64 n)
{
	return n && !(n & (n - 1));
}

int lcma_text_error(struct lcma_text *text, const char *at, int err,
		    const char *what);
struct lcma_word lcma_text_word(struct lcma_text *text, const char *stop);
bool lcma_text_take(struct lcma_text *text, char c);
bool lcma_word_is(const struct lcma_word *word, const char *string);
bool lcma_word_option(const struct lcma_word *word, const char *key,
		      struct lcma_word *value);
bool lcma_word_copy(const struct lcma_word *word, char *to, size_t size_bytes);
bool lcma_word_is_name(const struct lcma_word *word);
bool lcma_label_is_valid(const char *label);
int lcma_word_u64(const struct lcma_word *word, u64 *value);
int lcma_word_size(const struct lcma_word *word, u64 bare_unit, u64 *bytes);

#endif
