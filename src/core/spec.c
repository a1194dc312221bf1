// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module parameter regions=: see spec.h.
 */
#include "core/spec.h"

/* Larger granules than this are a mistake, not a wish. */
#define MAX_ORDER_OPTION	30

static int parse_size(struct lcma_cursor *cursor, const struct lcma_word *word,
		      const char *what, u64 *bytes)
{
	if (lcma_word_size(word, 1, bytes))
		return lcma_cursor_error(cursor, word->at, -EINVAL, what);
	return 0;
}

static int parse_name(struct lcma_cursor *cursor, struct lcma_spec *spec)
{
	struct lcma_word name = lcma_cursor_word(cursor, ":=@,;");

	if (!lcma_word_is_name(&name) ||
	    !lcma_word_copy(&name, spec->name, sizeof(spec->name)))
		return lcma_cursor_error(cursor, name.at, -EINVAL,
					 "NAME needs 1 to 31 of A-Z a-z 0-9 _ - . and begins with a letter or digit");
	if (lcma_word_is(&name, "map") || lcma_word_is(&name, "add"))
		return lcma_cursor_error(cursor, name.at, -EINVAL,
					 "NAME cannot be map or add, which are files beside the regions'");
	if (!lcma_cursor_take(cursor, '=') && !lcma_cursor_take(cursor, ':'))
		return lcma_cursor_error(cursor, cursor->pos, -EINVAL,
					 "NAME needs = and a SIZE after it");
	return 0;
}

/* A value that may hold commas ends where @ends says so of what follows one. */
static struct lcma_word value_with_commas(struct lcma_cursor *cursor,
					  struct lcma_word word,
					  bool (*ends)(const struct lcma_word *next))
{
	const char *start;
	struct lcma_word next;

	for (;;) {
		start = cursor->pos;
		if (!lcma_cursor_take(cursor, ','))
			return word;
		next = lcma_cursor_word(cursor, ",;");
		if (ends(&next)) {
			cursor->pos = start;
			return word;
		}
		word.len_bytes = cursor->pos - word.at;
	}
}

/* Nodes of a device tree may be called "linux,cma"; every option has a "=". */
static bool is_no_name(const struct lcma_word *word)
{
	return !word->len_bytes || memchr(word->at, '=', word->len_bytes);
}

static int parse_source(struct lcma_cursor *cursor,
			const struct lcma_spec_words *words,
			struct lcma_spec *spec)
{
	struct lcma_word word = lcma_cursor_word(cursor, ":,;");
	const int source = lcma_choice_find(words->source, &word);
	struct lcma_word arg = { .at = cursor->pos };
	enum lcma_source_arg rule;
	bool has_arg;

	if (source < 0)
		return lcma_cursor_unknown(cursor, &word, "source",
					   words->source);
	spec->source = source;
	rule = words->source_arg(source);

	has_arg = lcma_cursor_take(cursor, ':');
	if (has_arg)
		arg = lcma_cursor_word(cursor, ",;");
	if (arg.len_bytes)
		arg = value_with_commas(cursor, arg, is_no_name);
	if (rule == LCMA_ARG_NONE && has_arg)
		return lcma_cursor_error(cursor, arg.at, -EINVAL,
					 "this source takes nothing after a colon");
	if ((rule == LCMA_ARG_REQUIRED || has_arg) && !arg.len_bytes)
		return lcma_cursor_error(cursor, arg.at, -EINVAL,
					 "this source needs a name after a colon");
	if (!lcma_word_copy(&arg, spec->source_arg, sizeof(spec->source_arg)) ||
	    !lcma_is_printable(spec->source_arg))
		return lcma_cursor_error(cursor, arg.at, -EINVAL,
					 "name after the source needs 1 to 63 printable characters");
	return 0;
}

static int parse_keep(struct lcma_cursor *cursor, const struct lcma_word *value,
		      const struct lcma_spec_words *words,
		      struct lcma_spec *spec)
{
	static const char what[] =
		"keep= needs a SIZE, LOW-HIGH, or all";
	struct lcma_word low = *value, high = *value;
	const char *dash;
	int err;

	spec->keep_given = true;
	if (lcma_word_is(value, "all")) {
		spec->keep_low_bytes = LCMA_KEEP_ALL;
		spec->keep_high_bytes = LCMA_KEEP_ALL;
		return 0;
	}
	dash = memchr(value->at, '-', value->len_bytes);
	if (dash) {
		low.len_bytes = dash - value->at;
		high.at = dash + 1;
		high.len_bytes = value->len_bytes - low.len_bytes - 1;
	}
	err = parse_size(cursor, &low, what, &spec->keep_low_bytes);
	if (!err)
		err = parse_size(cursor, &high, what, &spec->keep_high_bytes);
	if (!err && spec->keep_low_bytes > spec->keep_high_bytes)
		err = lcma_cursor_error(cursor, value->at, -EINVAL,
					"keep=LOW-HIGH needs LOW no larger than HIGH");
	return err;
}

static int parse_align(struct lcma_cursor *cursor, const struct lcma_word *value,
		       const struct lcma_spec_words *words,
		       struct lcma_spec *spec)
{
	if (lcma_word_size(value, 1, &spec->align_bytes) ||
	    !lcma_is_pow2(spec->align_bytes))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "align= needs a power of two, as in align=1M");
	return 0;
}

static int parse_policy(struct lcma_cursor *cursor, const struct lcma_word *value,
			const struct lcma_spec_words *words,
			struct lcma_spec *spec)
{
	const int policy = lcma_choice_find(words->policy, value);

	if (policy < 0)
		return lcma_cursor_unknown(cursor, value, "policy", words->policy);
	spec->policy = policy;
	return 0;
}

static int parse_order(struct lcma_cursor *cursor, const struct lcma_word *value,
		       const struct lcma_spec_words *words,
		       struct lcma_spec *spec)
{
	u64 order;

	if (lcma_word_u64(value, &order) || order > MAX_ORDER_OPTION)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "order= needs a number from 0 to 30");
	spec->order = order;
	return 0;
}

static int parse_wedge(struct lcma_cursor *cursor, const struct lcma_word *value,
		       const struct lcma_spec_words *words,
		       struct lcma_spec *spec)
{
	u64 wedge;

	if (lcma_word_u64(value, &wedge) || wedge > 1)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "wedge= needs 0 or 1");
	spec->is_wedged = wedge;
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
		    const struct lcma_spec_words *words, struct lcma_spec *spec)
{
	return parse_address(cursor, value,
			     "at= needs an address, as in at=0x60000000",
			     &spec->at);
}

static int parse_below(struct lcma_cursor *cursor, const struct lcma_word *value,
		       const struct lcma_spec_words *words,
		       struct lcma_spec *spec)
{
	return parse_address(cursor, value,
			     "below= needs an address, as in below=0x60000000 or below=1G",
			     &spec->below);
}

static const char *cache_choice(unsigned int i)
{
	static const char * const choices[] = { "wb", "wc", "uncached" };

	return i < ARRAY_SIZE(choices) ? choices[i] : NULL;
}

static int parse_cache(struct lcma_cursor *cursor, const struct lcma_word *value,
		       const struct lcma_spec_words *words,
		       struct lcma_spec *spec)
{
	const int cache = lcma_choice_find(cache_choice, value);

	if (cache < 0)
		return lcma_cursor_unknown(cursor, value, "cache", cache_choice);
	spec->cache = LCMA_CACHE_WB + cache;
	return 0;
}

static int parse_heap(struct lcma_cursor *cursor, const struct lcma_word *value,
		      const struct lcma_spec_words *words,
		      struct lcma_spec *spec)
{
	struct lcma_word part = *value;
	size_t i;

	/* A name, or names with commas between. */
	for (i = 0; i <= value->len_bytes; i++) {
		if (i < value->len_bytes && value->at[i] != ',')
			continue;
		part.len_bytes = value->at + i - part.at;
		if (!lcma_word_is_name(&part))
			break;
		part.at = value->at + i + 1;
	}
	if (i <= value->len_bytes ||
	    !lcma_word_copy(value, spec->heap, sizeof(spec->heap)))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "heap= needs 1 to 31 of A-Z a-z 0-9 _ - . and commas between names");
	return 0;
}

static const struct {
	const char *key;
	int (*parse)(struct lcma_cursor *cursor, const struct lcma_word *value,
		     const struct lcma_spec_words *words, struct lcma_spec *spec);
} options[] = {
	{ "keep=", parse_keep },
	{ "align=", parse_align },
	{ "policy=", parse_policy },
	{ "order=", parse_order },
	{ "heap=", parse_heap },
	{ "wedge=", parse_wedge },
	{ "at=", parse_at },
	{ "below=", parse_below },
	{ "cache=", parse_cache },
};

static const char *option_choice(unsigned int i)
{
	return i < ARRAY_SIZE(options) ? options[i].key : NULL;
}

/* Does an option begin here? */
static bool is_option(const struct lcma_word *word)
{
	struct lcma_word value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (lcma_word_option(word, options[i].key, &value))
			return true;
	return false;
}

static int parse_option(struct lcma_cursor *cursor,
			const struct lcma_spec_words *words,
			unsigned long *seen, struct lcma_spec *spec)
{
	struct lcma_word word = lcma_cursor_word(cursor, ",;");
	struct lcma_word value;
	const char *after;
	unsigned int i;
	int err;

	if (lcma_word_option(&word, "heap=", &value))
		word = value_with_commas(cursor, word, is_option);
	after = cursor->pos;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (lcma_word_option(&word, options[i].key, &value))
			break;
	if (i == ARRAY_SIZE(options))
		return lcma_cursor_unknown(cursor, &word, "option", option_choice);
	if (*seen & BIT(i))
		return lcma_cursor_error(cursor, word.at, -EINVAL,
					 "option given twice");
	*seen |= BIT(i);
	err = options[i].parse(cursor, &value, words, spec);
	if (!err)
		cursor->pos = after;
	return err;
}

/* What no memory can be, wherever the source has it. */
static int check_place(struct lcma_cursor *cursor, const char *at,
		       const struct lcma_spec *spec)
{
	const u64 room = spec->below ? spec->below : U64_MAX;

	if (spec->at & (spec->align_bytes - 1))
		return lcma_cursor_error(cursor, at, -EINVAL,
					 "at= needs a multiple of align=");
	if (spec->at >= room || spec->size_bytes > room - spec->at)
		return lcma_cursor_error(cursor, at, -EINVAL,
					 "at= and SIZE end above below=");
	return 0;
}

static int parse_region(struct lcma_cursor *cursor,
			const struct lcma_spec_words *words,
			struct lcma_spec *spec)
{
	const char *begin = cursor->pos;
	struct lcma_word size;
	unsigned long seen = 0;
	int err;

	memset(spec, 0, sizeof(*spec));
	spec->source = LCMA_SOURCE_ANY;
	spec->align_bytes = 1;

	err = parse_name(cursor, spec);
	if (err)
		return err;
	size = lcma_cursor_word(cursor, "@,;");
	if (lcma_word_size(&size, 1, &spec->size_bytes) || !spec->size_bytes)
		return lcma_cursor_error(cursor, size.at, -EINVAL,
					 "SIZE needs a number above 0, with K, M or G or nothing after it");
	if (lcma_cursor_take(cursor, '@')) {
		err = parse_source(cursor, words, spec);
		if (err)
			return err;
	}
	while (lcma_cursor_take(cursor, ',')) {
		err = parse_option(cursor, words, &seen, spec);
		if (err)
			return err;
	}
	return spec->at || spec->below ? check_place(cursor, begin, spec) : 0;
}

static bool name_is_taken(const struct lcma_spec *specs, unsigned int nr)
{
	const struct lcma_spec *last = &specs[nr];

	while (nr--)
		if (!strcmp(specs[nr].name, last->name))
			return true;
	return false;
}

static bool heap_is_taken(const struct lcma_spec *specs, unsigned int nr)
{
	const struct lcma_spec *last = &specs[nr];

	while (nr--)
		if (*last->heap && !strcmp(specs[nr].heap, last->heap))
			return true;
	return false;
}

static int parse_regions(struct lcma_cursor *cursor,
			 const struct lcma_spec_words *words,
			 struct lcma_spec *specs, unsigned int max_specs)
{
	const char *at;
	unsigned int nr = 0;
	int err;

	do {
		at = cursor->pos;
		if (nr == max_specs)
			return lcma_cursor_error(cursor, at, -EINVAL,
						 "too many regions");
		err = parse_region(cursor, words, &specs[nr]);
		if (err)
			return err;
		if (name_is_taken(specs, nr))
			return lcma_cursor_error(cursor, at, -EINVAL,
						 "two regions of one name");
		if (heap_is_taken(specs, nr))
			return lcma_cursor_error(cursor, at, -EINVAL,
						 "two regions of one heap= name");
		nr++;
	} while (lcma_cursor_take(cursor, ';'));

	return nr;
}

/**
 * lcma_cache_word - how CPUs map memory, as cache= says it
 * @cache: how; not LCMA_CACHE_ANY
 *
 * Return: a constant string.
 */
const char *lcma_cache_word(enum lcma_cache cache)
{
	return cache_choice(cache - LCMA_CACHE_WB);
}

/**
 * lcma_spec_parse - understand regions=
 * @text: the parameter; one newline at its end is allowed, as from echo
 * @words: which sources and policies there are
 * @specs: the regions
 * @max_specs: how many fit
 * @error: what is wrong; unchanged without error
 *
 * Return: the number of regions, at least 1; -EINVAL.
 */
int lcma_spec_parse(const char *text, const struct lcma_spec_words *words,
		    struct lcma_spec *specs, unsigned int max_specs,
		    struct lcma_complaint *error)
{
	struct lcma_cursor t = { .pos = text, .end = text + strlen(text) };
	int ret;

	if (t.end > t.pos && t.end[-1] == '\n')
		t.end--;
	ret = parse_regions(&t, words, specs, max_specs);
	if (ret < 0)
		lcma_cursor_complain(&t, text, error);
	return ret;
}

/**
 * lcma_spec_parse_keep - understand the value of keep= alone
 * @text: SIZE, LOW-HIGH or all; one newline at its end is allowed
 * @spec: its marks are set, nothing else
 * @error: what is wrong; unchanged without error
 *
 * Return: 0; -EINVAL.
 */
int lcma_spec_parse_keep(const char *text, struct lcma_spec *spec,
			 struct lcma_complaint *error)
{
	struct lcma_cursor t = { .pos = text, .end = text + strlen(text) };
	const struct lcma_word word = lcma_cursor_word(&t, "\n");
	int err = parse_keep(&t, &word, NULL, spec);

	if (!err)
		lcma_cursor_take(&t, '\n');
	if (!err && t.pos != t.end)
		err = lcma_cursor_error(&t, t.pos, -EINVAL,
					"nothing may stand after it");
	if (err)
		lcma_cursor_complain(&t, text, error);
	return err;
}
