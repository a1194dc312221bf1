// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words, names and sizes: see parse.h.
 */
#include "parse.h"

/**
 * lcma_text_error - note what is wrong
 * @text: the text
 * @at: the character it begins with
 * @err: the error that the caller returns
 * @what: a constant string, "SIZE must be ..."
 *
 * Return: @err.
 */
int lcma_text_error(struct lcma_text *text, const char *at, int err,
		    const char *what)
{
	text->pos = at;
	text->error = what;
	return err;
}

/**
 * lcma_text_word - read up to one of some characters
 * @text: the text, which then stands at that character, or at its end
 * @stop: the characters that end a word
 *
 * Return: the word, empty if the text stands at a stop already.
 */
struct lcma_word lcma_text_word(struct lcma_text *text, const char *stop)
{
	struct lcma_word word = { .at = text->pos };

	while (text->pos < text->end &&
	       (!*text->pos || !strchr(stop, *text->pos)))
		text->pos++;
	word.len_bytes = text->pos - word.at;
	return word;
}

/**
 * lcma_text_take - read one character, if it is the next
 * @text: the text
 * @c: the character
 *
 * Return: true if it was there.
 */
bool lcma_text_take(struct lcma_text *text, char c)
{
	if (text->pos >= text->end || *text->pos != c)
		return false;
	text->pos++;
	return true;
}

/**
 * lcma_word_is - compare a word with a string
 * @word: the word
 * @string: the string
 *
 * Return: true if they are equal.
 */
bool lcma_word_is(const struct lcma_word *word, const char *string)
{
	return word->len_bytes == strlen(string) &&
	       !memcmp(word->at, string, word->len_bytes);
}

/**
 * lcma_word_option - is this word KEY=something?
 * @word: the word
 * @key: the key with its equals sign, "align="
 * @value: what stands behind it, possibly empty
 *
 * Return: true if it is.
 */
bool lcma_word_option(const struct lcma_word *word, const char *key,
		      struct lcma_word *value)
{
	const size_t len_bytes = strlen(key);

	if (word->len_bytes < len_bytes || memcmp(word->at, key, len_bytes))
		return false;
	value->at = word->at + len_bytes;
	value->len_bytes = word->len_bytes - len_bytes;
	return true;
}

/**
 * lcma_word_copy - copy a word into a string
 * @word: the word
 * @to: the string, terminated afterwards
 * @size_bytes: its size with the NUL
 *
 * Return: false, and nothing copied, if it does not fit.
 */
bool lcma_word_copy(const struct lcma_word *word, char *to, size_t size_bytes)
{
	if (word->len_bytes >= size_bytes)
		return false;
	memcpy(to, word->at, word->len_bytes);
	to[word->len_bytes] = '\0';
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

/**
 * lcma_word_is_name - can this be a region's name?
 * @word: the word
 *
 * A name becomes a file name: letters, digits, "_", "-" and ".", beginning
 * with a letter or a digit, short enough for LCMA_NAME_BYTES.
 *
 * Return: true if it can.
 */
bool lcma_word_is_name(const struct lcma_word *word)
{
	size_t i;

	if (!word->len_bytes || word->len_bytes >= LCMA_NAME_BYTES)
		return false;
	if (!is_name_char(word->at[0]) || strchr("_-.", word->at[0]))
		return false;
	for (i = 1; i < word->len_bytes; i++)
		if (!is_name_char(word->at[i]))
			return false;
	return true;
}

/**
 * lcma_label_is_valid - can this be a buffer's label?
 * @label: the label, possibly empty
 *
 * Return: true if it is made of printable characters without blanks.
 */
bool lcma_label_is_valid(const char *label)
{
	for (; *label; label++)
		if (*label <= ' ' || *label > '~')
			return false;
	return true;
}

/**
 * lcma_word_u64 - read a decimal number
 * @word: digits, and nothing else
 * @value: the number
 *
 * Return: 0; -EINVAL if it is no number; -E2BIG if it does not fit.
 */
int lcma_word_u64(const struct lcma_word *word, u64 *value)
{
	bool too_big = false;
	u64 n = 0;
	size_t i;

	if (!word->len_bytes)
		return -EINVAL;
	for (i = 0; i < word->len_bytes; i++) {
		unsigned int digit = word->at[i] - '0';

		if (!is_digit(word->at[i]))
			return -EINVAL;
		/* U64_MAX is 18446744073709551615. */
		if (n > 1844674407370955161ULL ||
		    (n == 1844674407370955161ULL && digit > 5))
			too_big = true;
		n = n * 10 + digit;
	}
	if (too_big)
		return -E2BIG;
	*value = n;
	return 0;
}

/**
 * lcma_word_size - read a size: a number with K, M or G behind it, or bare
 * @word: the size
 * @bare_unit: what a bare number counts, in bytes (a power of two)
 * @bytes: the size in bytes, possibly 0
 *
 * Return: 0; -EINVAL if it is no size; -E2BIG if it does not fit.
 */
int lcma_word_size(const struct lcma_word *word, u64 bare_unit, u64 *bytes)
{
	struct lcma_word digits = *word;
	u64 unit = bare_unit;
	u64 n;
	int err;

	switch (word->len_bytes ? word->at[word->len_bytes - 1] : '\0') {
	case 'k':
	case 'K':
		unit = 1ULL << 10;
		digits.len_bytes--;
		break;
	case 'm':
	case 'M':
		unit = 1ULL << 20;
		digits.len_bytes--;
		break;
	case 'g':
	case 'G':
		unit = 1ULL << 30;
		digits.len_bytes--;
		break;
	}
	err = lcma_word_u64(&digits, &n);
	if (err)
		return err;
	if (n > (U64_MAX >> ilog2(unit)))
		return -E2BIG;
	*bytes = n * unit;
	return 0;
}
