/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both parsers share: words, names and sizes out of a text, and one way
 * to say what is wrong with it and where. Pure.
 */
#ifndef LCMA_PARSE_H
#define LCMA_PARSE_H

#include "core/seam.h"

/* A region's name, and the label of a reservation, with their NUL. */
#define LCMA_NAME_BYTES		32
/* A buffer's label, with its NUL. */
#define LCMA_LABEL_BYTES	32

/* The i-th of the words that a text may hold in one place; NULL after the last. */
typedef const char *(*lcma_choice_fn)(unsigned int i);

/**
 * struct lcma_cursor - where in a text its reader is
 * @pos: the next character
 * @end: after the last character; the text need not end in NUL
 * @error: what is wrong with it, a constant string; NULL: nothing yet.
 *	Then @pos is where.
 * @error_len_bytes: with @choice: how long the unknown word at @pos is
 * @choice: the words that are known there, and @error says what they are; or NULL
 */
struct lcma_cursor {
	const char *pos;
	const char *end;
	const char *error;
	size_t error_len_bytes;
	lcma_choice_fn choice;
};

/**
 * struct lcma_complaint - what is wrong with a text, and where
 * @what: a constant string: a sentence, or, with @choice, what the word should be:
 *	"source"
 * @at_bytes: offset of the character that it is about
 * @len_bytes: with @choice: the length of the unknown word that stands there
 * @choice: the words that are known; NULL: it is not about a word
 */
struct lcma_complaint {
	const char *what;
	size_t at_bytes;
	size_t len_bytes;
	lcma_choice_fn choice;
};

/* Room for lcma_complaint_text(). */
#define LCMA_COMPLAINT_BYTES	256

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

int lcma_choice_find(lcma_choice_fn choice, const struct lcma_word *word);
int lcma_choice_parse(lcma_choice_fn choice, const char *text);
int lcma_cursor_error(struct lcma_cursor *cursor, const char *at, int err,
		      const char *what);
int lcma_cursor_unknown(struct lcma_cursor *cursor, const struct lcma_word *word,
			const char *what, lcma_choice_fn choice);
void lcma_cursor_complain(const struct lcma_cursor *cursor, const char *begin,
			  struct lcma_complaint *complaint);
int lcma_complaint_text(const struct lcma_complaint *complaint,
			const char *text, size_t len_bytes, char *to,
			size_t size_bytes);
struct lcma_word lcma_cursor_word(struct lcma_cursor *cursor, const char *stop);
bool lcma_cursor_take(struct lcma_cursor *cursor, char c);
bool lcma_word_is(const struct lcma_word *word, const char *string);
bool lcma_word_option(const struct lcma_word *word, const char *key,
		      struct lcma_word *value);
bool lcma_word_copy(const struct lcma_word *word, char *to, size_t size_bytes);
bool lcma_word_is_name(const struct lcma_word *word);
bool lcma_is_printable(const char *text);
bool lcma_label_is_valid(const char *label);
int lcma_word_u64(const struct lcma_word *word, u64 *value);
int lcma_word_size(const struct lcma_word *word, u64 bare_unit, u64 *bytes);
int lcma_word_address(const struct lcma_word *word, u64 *address);

#endif
