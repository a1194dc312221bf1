// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text device's line: see line.h.
 */
#include "core/line.h"

#define BLANKS	" \t"

static void skip_blanks(struct lcma_cursor *cursor)
{
	while (lcma_cursor_take(cursor, ' ') || lcma_cursor_take(cursor, '\t'))
		;
}

static int parse_align(struct lcma_cursor *cursor, const struct lcma_word *value,
		       struct lcma_line *line)
{
	int err = lcma_word_size(value, 1024, &line->align_bytes);

	if (err == -EFBIG)
		return lcma_cursor_error(cursor, value->at, err,
					 "align= is larger than any memory");
	if (err || !lcma_is_pow2(line->align_bytes))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "align= needs a power of two, as in align=1M");
	return 0;
}

static int parse_boundary(struct lcma_cursor *cursor,
			  const struct lcma_word *value, struct lcma_line *line)
{
	if (lcma_word_size(value, 1024, &line->boundary_bytes) ||
	    !lcma_is_pow2(line->boundary_bytes))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "boundary= needs a power of two, as in boundary=16M");
	return 0;
}

/* An address of 0 would be no limit, and no memory. */
static int parse_address(struct lcma_cursor *cursor,
			 const struct lcma_word *value, const char *what,
			 u64 *address)
{
	if (lcma_word_address(value, address) || !*address)
		return lcma_cursor_error(cursor, value->at, -EINVAL, what);
	return 0;
}

static int parse_at(struct lcma_cursor *cursor, const struct lcma_word *value,
		    struct lcma_line *line)
{
	return parse_address(cursor, value,
			     "at= needs an address, as in at=0x60000000",
			     &line->at);
}

static int parse_below(struct lcma_cursor *cursor, const struct lcma_word *value,
		       struct lcma_line *line)
{
	return parse_address(cursor, value,
			     "below= needs an address, as in below=0x60000000 or below=1G",
			     &line->below);
}

static int parse_timeout(struct lcma_cursor *cursor, const struct lcma_word *value,
			 struct lcma_line *line)
{
	u64 ms;

	if (lcma_word_u64(value, &ms) || !ms || ms > U32_MAX)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "timeout= needs milliseconds, 1 to 4294967295");
	line->timeout_ms = ms;
	return 0;
}

static int parse_label(struct lcma_cursor *cursor, const struct lcma_word *value,
		       struct lcma_line *line)
{
	if (!value->len_bytes ||
	    !lcma_word_copy(value, line->label, sizeof(line->label)) ||
	    strlen(line->label) != value->len_bytes ||
	    !lcma_label_is_valid(line->label))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "label= needs 1 to 31 printable ASCII characters, no blanks");
	return 0;
}

static int parse_region(struct lcma_cursor *cursor, const struct lcma_word *value,
			struct lcma_line *line)
{
	struct lcma_list list;

	/* A NUL is no end of a word, but of a text. */
	if (!lcma_word_copy(value, line->region, sizeof(line->region)) ||
	    strlen(line->region) != value->len_bytes ||
	    lcma_list_parse(line->region, &list))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "region= needs a region's name, or several with + or , between");
	return 0;
}

static int parse_within(struct lcma_cursor *cursor, const struct lcma_word *value,
			struct lcma_line *line)
{
	u64 ms;

	if (lcma_word_u64(value, &ms) || !ms || ms > LCMA_WITHIN_MAX_MS)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "within= needs milliseconds, 1 to 10000");
	line->timeout_ms = ms;
	return 0;
}

static int parse_for(struct lcma_cursor *cursor, const struct lcma_word *value,
		     struct lcma_line *line)
{
	u64 ms;

	if (lcma_word_u64(value, &ms) || !ms || ms > LCMA_HOLD_MAX_MS)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "for= needs milliseconds, 1 to 60000");
	line->hold_ms = ms;
	return 0;
}

/* The options that take none. */
static const char nowait[] = "nowait";
static const char wait[] = "wait";

/* An option that takes a value; each may stand on the line once. */
struct option {
	const char *key;
	int (*parse)(struct lcma_cursor *cursor, const struct lcma_word *value,
		     struct lcma_line *line);
};

static const struct option options[] = {
	{ "align=", parse_align },
	{ "region=", parse_region },
	{ "label=", parse_label },
	{ "timeout=", parse_timeout },
	{ "at=", parse_at },
	{ "below=", parse_below },
	{ "boundary=", parse_boundary },
};

static const struct option prepare_options[] = {
	{ "align=", parse_align },
	{ "region=", parse_region },
	{ "label=", parse_label },
	{ "within=", parse_within },
	{ "for=", parse_for },
};

static const char *option_choice(unsigned int i)
{
	if (i < ARRAY_SIZE(options))
		return options[i].key;
	return i == ARRAY_SIZE(options) ? nowait : NULL;
}

static const char *prepare_choice(unsigned int i)
{
	if (i < ARRAY_SIZE(prepare_options))
		return prepare_options[i].key;
	return i == ARRAY_SIZE(prepare_options) ? wait : NULL;
}

/* Of a line that prepares, or of one that allocates. */
static int parse_option(struct lcma_cursor *cursor, const struct lcma_word *word,
			unsigned long *seen, struct lcma_line *line)
{
	const struct option *known = line->prepare ? prepare_options : options;
	const unsigned int nr = line->prepare ? ARRAY_SIZE(prepare_options) :
						ARRAY_SIZE(options);
	struct lcma_word value;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (lcma_word_option(word, known[i].key, &value))
			break;
	if (i == nr && !lcma_word_is(word, line->prepare ? wait : nowait))
		return lcma_cursor_unknown(cursor, word, "option",
					   line->prepare ? prepare_choice :
							   option_choice);
	if (*seen & BIT(i))
		return lcma_cursor_error(cursor, word->at, -EINVAL,
					 "option given twice");
	*seen |= BIT(i);
	if (i < nr)
		return known[i].parse(cursor, &value, line);
	if (line->prepare)
		line->wait = true;
	else
		line->nowait = true;
	return 0;
}

/* Return: 0; -EINVAL; -EFBIG. Only a line that prepares may say 0. */
static int parse_size(struct lcma_cursor *cursor, const struct lcma_word *word,
		      struct lcma_line *line)
{
	int err = lcma_word_size(word, 1024, &line->bytes);

	if (err == -EFBIG)
		return lcma_cursor_error(cursor, word->at, err,
					 "SIZE is larger than any memory");
	if (err || (!line->bytes && !line->prepare))
		return lcma_cursor_error(cursor, word->at, -EINVAL,
					 "SIZE needs KiB, or a number with K, M or G");
	return 0;
}

static int parse_line(struct lcma_cursor *cursor, struct lcma_line *line)
{
	struct lcma_word word;
	unsigned long seen = 0;
	int err;

	skip_blanks(cursor);
	word = lcma_cursor_word(cursor, BLANKS);
	skip_blanks(cursor);
	if (!word.len_bytes || lcma_word_is(&word, "0")) {
		line->slot = true;
		if (cursor->pos < cursor->end)
			return lcma_cursor_error(cursor, cursor->pos, -EINVAL,
						 "0 takes no options");
		return 0;
	}

	if (lcma_word_is(&word, "prepare")) {
		line->prepare = true;
		word = lcma_cursor_word(cursor, BLANKS);
		skip_blanks(cursor);
	}
	err = parse_size(cursor, &word, line);
	if (err)
		return err;

	while (cursor->pos < cursor->end) {
		word = lcma_cursor_word(cursor, BLANKS);
		err = parse_option(cursor, &word, &seen, line);
		if (err)
			return err;
		skip_blanks(cursor);
	}
	return 0;
}

/**
 * lcma_line_parse - understand a line
 * @text: the line as it was written, with or without its newline
 * @len_bytes: its length; 0 is an empty line
 * @line: what it means; undefined after an error
 * @complaint: what is wrong with it; unchanged without error
 *
 * Return: 0; -EINVAL if it is malformed; -EFBIG if a size exceeds 64 bits.
 */
int lcma_line_parse(const char *text, size_t len_bytes, struct lcma_line *line,
		    struct lcma_complaint *complaint)
{
	struct lcma_cursor t = { .pos = text, .end = text + len_bytes };
	const char *newline;
	int err;

	memset(line, 0, sizeof(*line));
	line->align_bytes = 1;

	newline = memchr(text, '\n', len_bytes);
	if (len_bytes > LCMA_LINE_BYTES) {
		err = lcma_cursor_error(&t, text, -EINVAL,
					"the line is longer than 256 bytes");
	} else if (newline && newline != t.end - 1) {
		err = lcma_cursor_error(&t, newline + 1, -EINVAL,
					"text after the newline: one write is one line");
	} else {
		if (newline)
			t.end = newline;
		err = parse_line(&t, line);
	}
	if (err)
		lcma_cursor_complain(&t, text, complaint);
	return err;
}
