// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for devices: see rule.h.
 */
#include "core/rule.h"

/*
 * Does a text match a glob? After a star that matched too little, it takes one
 * character more; only the last star is remembered, since an earlier one
 * that took more would leave less for what has matched already.
 */
static bool is_match(const char *glob, const char *text)
{
	const char *star = NULL, *star_text = NULL;

	while (*text) {
		if (*glob == '*') {
			star = ++glob;
			star_text = text;
		} else if (*glob && (*glob == '?' || *glob == *text)) {
			glob++;
			text++;
		} else if (star) {
			glob = star;
			text = ++star_text;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

/* Does BUS/DEVICE match? Neither has to be copied for that. */
static bool is_path_match(const char *glob, const char *bus, const char *device)
{
	char path[2 * LCMA_GLOB_BYTES];

	/* A name that is cut off is longer than any glob without a star. */
	scnprintf(path, sizeof(path), "%s/%s", bus, device);
	return is_match(glob, path);
}

/**
 * lcma_rule_matches - is a rule about this device?
 * @rule: the rule
 * @names: what the device is called
 *
 * Return: true if it is.
 */
bool lcma_rule_matches(const struct lcma_rule *rule,
		       const struct lcma_rule_names *names)
{
	return is_match(rule->glob, names->device) ||
	       (*names->bus &&
		is_path_match(rule->glob, names->bus, names->device)) ||
	       (*names->driver && is_match(rule->glob, names->driver));
}

static int parse_glob(struct lcma_cursor *cursor, struct lcma_rule *rule)
{
	const struct lcma_word word = lcma_cursor_word(cursor, "=;");

	if (!word.len_bytes || !lcma_word_copy(&word, rule->glob, sizeof(rule->glob)) ||
	    !lcma_is_printable(rule->glob))
		return lcma_cursor_error(cursor, word.at, -EINVAL,
					 "a rule begins with 1 to 63 printable characters, a device's or driver's name, in which * and ? stand for others");
	if (!lcma_cursor_take(cursor, '='))
		return lcma_cursor_error(cursor, cursor->pos, -EINVAL,
					 "the names need = and a region after them");
	return 0;
}

/* One more region, of the same step or of the next one. */
static int add_region(struct lcma_cursor *cursor, const struct lcma_word *name,
		      unsigned int step, struct lcma_rule *rule)
{
	if (!lcma_word_is_name(name))
		return lcma_cursor_error(cursor, name->at, -EINVAL,
					 "a rule needs regions after =, with , or + between them, or kernel");
	if (lcma_word_is(name, "kernel"))
		return lcma_cursor_error(cursor, name->at, -EINVAL,
					 "kernel stands alone: the kernel is asked anyway where no region has memory");
	switch (lcma_list_add(&rule->list, name, step)) {
	case -EEXIST:
		return lcma_cursor_error(cursor, name->at, -EINVAL,
					 "a rule names a region once");
	case -ENOSPC:
		return lcma_cursor_error(cursor, name->at, -EINVAL,
					 "a rule has at most 8 regions");
	default:
		return 0;
	}
}

static int parse_regions(struct lcma_cursor *cursor, struct lcma_rule *rule)
{
	struct lcma_word name = lcma_cursor_word(cursor, ",+:;");
	unsigned int step = 0;
	int err;

	if (lcma_word_is(&name, "kernel") &&
	    (cursor->pos == cursor->end || *cursor->pos == ';' || *cursor->pos == ':'))
		return 0;
	for (;;) {
		err = add_region(cursor, &name, step, rule);
		if (err)
			return err;
		if (lcma_cursor_take(cursor, ','))
			step++;
		else if (!lcma_cursor_take(cursor, '+'))
			return 0;
		name = lcma_cursor_word(cursor, ",+:;");
	}
}

static int parse_min(struct lcma_cursor *cursor, const struct lcma_word *value,
		     struct lcma_rule *rule)
{
	if (lcma_word_size(value, 1, &rule->min_bytes))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "min= needs a SIZE, as in min=64K");
	return 0;
}

static int parse_timeout(struct lcma_cursor *cursor,
			 const struct lcma_word *value, struct lcma_rule *rule)
{
	u64 ms;

	if (lcma_word_u64(value, &ms) || !ms || ms > U32_MAX)
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "timeout= needs milliseconds, at least 1");
	rule->timeout_ms = ms;
	return 0;
}

static int parse_keep(struct lcma_cursor *cursor, const struct lcma_word *value,
		      struct lcma_rule *rule)
{
	if (lcma_word_size(value, 1, &rule->keep_bytes))
		return lcma_cursor_error(cursor, value->at, -EINVAL,
					 "keep= needs a SIZE, as in keep=1M");
	return 0;
}

static const struct {
	const char *key;
	int (*parse)(struct lcma_cursor *cursor, const struct lcma_word *value,
		     struct lcma_rule *rule);
} options[] = {
	{ "min=", parse_min },
	{ "timeout=", parse_timeout },
	{ "keep=", parse_keep },
};

static const char *option_word(unsigned int i)
{
	return i < ARRAY_SIZE(options) ? options[i].key : NULL;
}

static int parse_option(struct lcma_cursor *cursor, struct lcma_rule *rule,
			unsigned int *seen)
{
	const struct lcma_word word = lcma_cursor_word(cursor, ":;");
	const char *after = cursor->pos;
	struct lcma_word value;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (lcma_word_option(&word, options[i].key, &value))
			break;
	if (i == ARRAY_SIZE(options))
		return lcma_cursor_unknown(cursor, &word, "option of a rule",
					   option_word);
	if (*seen & BIT(i))
		return lcma_cursor_error(cursor, word.at, -EINVAL,
					 "option given twice");
	*seen |= BIT(i);
	err = options[i].parse(cursor, &value, rule);
	if (!err)
		cursor->pos = after;
	return err;
}

static int parse_rule(struct lcma_cursor *cursor, struct lcma_rule *rule)
{
	unsigned int seen = 0;
	int err;

	memset(rule, 0, sizeof(*rule));
	rule->min_bytes = LCMA_RULE_MIN_BYTES;
	err = parse_glob(cursor, rule);
	if (!err)
		err = parse_regions(cursor, rule);
	while (!err && lcma_cursor_take(cursor, ':'))
		err = parse_option(cursor, rule, &seen);
	return err;
}

static int parse_rules(struct lcma_cursor *cursor, struct lcma_rule *rules,
		       unsigned int max_rules)
{
	unsigned int nr = 0;
	int err;

	if (cursor->pos == cursor->end)
		return 0;
	do {
		if (nr == max_rules)
			return lcma_cursor_error(cursor, cursor->pos, -EINVAL,
						 "too many rules");
		err = parse_rule(cursor, &rules[nr]);
		if (err)
			return err;
		nr++;
	} while (lcma_cursor_take(cursor, ';'));
	/* Every word ends at one of its stops, and all of them were looked for. */
	return nr;
}

/**
 * lcma_rules_parse - understand map=
 * @text: the rules; "": none; one newline at its end is allowed, as from echo
 * @rules: the answer
 * @max_rules: how many fit
 * @error: what is wrong; unchanged without error
 *
 * Return: the number of rules; -EINVAL.
 */
int lcma_rules_parse(const char *text, struct lcma_rule *rules,
		     unsigned int max_rules, struct lcma_complaint *error)
{
	struct lcma_cursor t = { .pos = text, .end = text + strlen(text) };
	int ret;

	if (t.end > t.pos && t.end[-1] == '\n')
		t.end--;
	ret = parse_rules(&t, rules, max_rules);
	if (ret < 0)
		lcma_cursor_complain(&t, text, error);
	return ret;
}
