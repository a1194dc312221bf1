// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words, names and sizes: see parse.h.
 */
#include "core/parse.h"

/* As much of a user's text as a complaint quotes. */
#define QUOTE_BYTES		40

/**
 * lcma_cursor_error - note what is wrong
 * @cursor: the text
 * @at: the character it begins with
 * @err: the error that the caller returns
 * @what: a constant string, "SIZE must be ..."
 *
 * Return: @err.
 */
int lcma_cursor_error(struct lcma_cursor *cursor, const char *at, int err,
		      const char *what)
{
	cursor->pos = at;
	cursor->error = what;
	cursor->error_len_bytes = 0;
	cursor->choice = NULL;
	return err;
}

/**
 * lcma_cursor_unknown - note that a word is none of those that are known
 * @cursor: the text
 * @word: the word
 * @what: what it should be, a constant string: "source"
 * @choice: the words that are known
 *
 * Return: -EINVAL.
 */
int lcma_cursor_unknown(struct lcma_cursor *cursor, const struct lcma_word *word,
			const char *what, lcma_choice_fn choice)
{
	const int err = lcma_cursor_error(cursor, word->at, -EINVAL, what);

	cursor->error_len_bytes = word->len_bytes;
	cursor->choice = choice;
	return err;
}

/**
 * lcma_cursor_complain - hand on what was noted
 * @cursor: a text with an error
 * @begin: its first character
 * @complaint: the answer
 */
void lcma_cursor_complain(const struct lcma_cursor *cursor, const char *begin,
			  struct lcma_complaint *complaint)
{
	complaint->what = cursor->error;
	complaint->at_bytes = cursor->pos - begin;
	complaint->len_bytes = cursor->error_len_bytes;
	complaint->choice = cursor->choice;
}

/* A part of what a user wrote, in quotes; what is not printable becomes "?". */
static int quote(const char *at, size_t len_bytes, char *to, size_t size_bytes)
{
	char part[QUOTE_BYTES + 1];
	size_t i;

	len_bytes = min_t(size_t, len_bytes, QUOTE_BYTES);
	for (i = 0; i < len_bytes; i++)
		part[i] = at[i] < ' ' || at[i] > '~' ? '?' : at[i];
	part[i] = '\0';
	return scnprintf(to, size_bytes, "\"%s\"", part);
}

/**
 * lcma_complaint_text - a complaint in words
 * @complaint: what is wrong
 * @text: the text that it is about
 * @len_bytes: the length of that
 * @to: where to, without a newline
 * @size_bytes: its size; LCMA_COMPLAINT_BYTES is enough
 *
 * It quotes the unknown word and lists those that are known; or says what is wanted,
 * and quotes what stands there.
 *
 * Return: length of the answer.
 */
int lcma_complaint_text(const struct lcma_complaint *complaint,
			const char *text, size_t len_bytes, char *to,
			size_t size_bytes)
{
	const char *at = text + complaint->at_bytes;
	const char *word;
	unsigned int i;
	int len;

	if (!complaint->choice) {
		len = scnprintf(to, size_bytes, "%s, at character %zu, here: ",
				complaint->what, complaint->at_bytes + 1);
		return len + quote(at, len_bytes - complaint->at_bytes,
				   to + len, size_bytes - len);
	}
	len = quote(at, complaint->len_bytes, to, size_bytes);
	len += scnprintf(to + len, size_bytes - len, " is no %s",
			 complaint->what);
	for (i = 0; (word = complaint->choice(i)); i++)
		len += scnprintf(to + len, size_bytes - len, "%s%s",
				 i ? ", " : " (there are ", word);
	return len + scnprintf(to + len, size_bytes - len, "), at character %zu",
			       complaint->at_bytes + 1);
}

/**
 * lcma_cursor_word - read up to one of some characters
 * @cursor: the cursor, which then stands at that character, or at the end
 * @stop: the characters that end a word
 *
 * Return: the word, empty if it stands at a stop already.
 */
struct lcma_word lcma_cursor_word(struct lcma_cursor *cursor, const char *stop)
{
	struct lcma_word word = { .at = cursor->pos };

	while (cursor->pos < cursor->end &&
	       (!*cursor->pos || !strchr(stop, *cursor->pos)))
		cursor->pos++;
	word.len_bytes = cursor->pos - word.at;
	return word;
}

/**
 * lcma_cursor_take - read one character, if it is the next
 * @cursor: the text
 * @c: the character
 *
 * Return: true if it was there.
 */
bool lcma_cursor_take(struct lcma_cursor *cursor, char c)
{
	if (cursor->pos >= cursor->end || *cursor->pos != c)
		return false;
	cursor->pos++;
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
 * lcma_choice_find - which of some words is it?
 * @choice: the words
 * @word: the word
 *
 * Return: its number; -EINVAL if it is none of them.
 */
int lcma_choice_find(lcma_choice_fn choice, const struct lcma_word *word)
{
	const char *known;
	int i;

	for (i = 0; (known = choice(i)); i++)
		if (lcma_word_is(word, known))
			return i;
	return -EINVAL;
}

/**
 * lcma_choice_parse - understand a text that is one of some words
 * @choice: the words
 * @text: the text; one newline at its end is allowed
 *
 * Return: the word's number; -EINVAL if it is none of them.
 */
int lcma_choice_parse(lcma_choice_fn choice, const char *text)
{
	struct lcma_cursor t = { .pos = text, .end = text + strlen(text) };
	const struct lcma_word word = lcma_cursor_word(&t, "\n");

	lcma_cursor_take(&t, '\n');
	return t.pos == t.end ? lcma_choice_find(choice, &word) : -EINVAL;
}

/**
 * lcma_word_option - is this word KEY=something?
 * @word: the word
 * @key: the key with its equals sign, "align="
 * @value: what stands after it, possibly empty
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

static bool is_printable(char c)
{
	return c > ' ' && c <= '~';
}

/**
 * lcma_is_printable - does a text consist of printable characters?
 * @text: the text, possibly empty
 *
 * Return: true if it has no blanks and nothing but ASCII.
 */
bool lcma_is_printable(const char *text)
{
	while (is_printable(*text))
		text++;
	return !*text;
}

/**
 * lcma_label_is_valid - can this be a buffer's label?
 * @label: the label, possibly empty
 *
 * The rule for every door: printable ASCII characters, no blanks, and room for
 * the NUL in LCMA_LABEL_BYTES.
 *
 * Return: true if it can.
 */
bool lcma_label_is_valid(const char *label)
{
	size_t i;

	for (i = 0; i < LCMA_LABEL_BYTES && label[i]; i++)
		if (!is_printable(label[i]))
			return false;
	return i < LCMA_LABEL_BYTES;
}

/**
 * lcma_word_u64 - read a decimal number
 * @word: digits, and nothing else
 * @value: the number
 *
 * Return: 0; -EINVAL if it is no number; -EFBIG if it does not fit.
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
		return -EFBIG;
	*value = n;
	return 0;
}

/**
 * lcma_word_size - read a size: a number, followed by K, M or G, or bare
 * @word: the size
 * @bare_unit: what a bare number counts, in bytes (a power of two)
 * @bytes: the size in bytes, possibly 0
 *
 * Return: 0; -EINVAL if it is no size; -EFBIG if it does not fit.
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
		return -EFBIG;
	*bytes = n * unit;
	return 0;
}

/* Return: the value of a hexadecimal digit; -EINVAL if it is none. */
static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -EINVAL;
}

/**
 * lcma_word_address - read an address: 0x and hexadecimal digits, or a size in bytes
 * @word: the address
 * @address: its value, possibly 0
 *
 * Return: 0; -EINVAL if it is no address; -EFBIG if it does not fit.
 */
int lcma_word_address(const struct lcma_word *word, u64 *address)
{
	bool too_big = false;
	u64 n = 0;
	size_t i;

	if (word->len_bytes < 3 || word->at[0] != '0' ||
	    (word->at[1] != 'x' && word->at[1] != 'X'))
		return lcma_word_size(word, 1, address);
	for (i = 2; i < word->len_bytes; i++) {
		const int digit = hex_digit(word->at[i]);

		if (digit < 0)
			return digit;
		too_big |= n >> 60;
		n = n << 4 | digit;
	}
	if (too_big)
		return -EFBIG;
	*address = n;
	return 0;
}
