// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzer of the rules for devices (src/core/rule.c): what was built from the grammar
 * means what it was built from; what is accepted has the grammar's shape and says the
 * same again when it is written out; an error lies inside the text; nothing is read
 * beyond either end; globs match whatever the names are.
 */
#include "core/rule.h"
#include "complaint.h"
#include "sentence.h"

#define NAME	"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}"
#define SIZE	"[0-9]+[kKmMgG]?"
#define RULE	"[!-:<>-~]{1,63}=" NAME "([,+]" NAME "){0,7}" \
		"(:(min=" SIZE "|timeout=[0-9]+))*"
#define SHAPE	"^(" RULE "(;" RULE ")*)?\n?$"

static const char * const parts[] = {
	"a", "vivid*", "*", "?", "pci/0000:03*", "=", ";", ",", "+", ":", "kernel",
	"=kernel", "a=b", ";*=kernel", "=cam,default", "+gpu", ":min=", ":min=4K",
	":timeout=", ":timeout=20", "0", "1M", "-", "/", "\n",
	"18446744073709551615", "18446744073709551616", "4294967296",
};

static regex_t shape;

static int parse(const struct sentence *s, struct lcma_rule *rules,
		 struct lcma_complaint *error)
{
	/* The NUL is the text's. */
	char *exact = tap_exact(s->text, strlen(s->text) + 1);
	int ret;

	memset(rules, 0xa5, LCMA_MAX_RULES * sizeof(*rules));
	ret = lcma_rules_parse(exact, rules, LCMA_MAX_RULES, error);
	if (ret < 0)
		check_complaint(error, exact, strlen(exact));
	tap_exact_free(exact);
	return ret;
}

static bool same(const struct lcma_rule *a, const struct lcma_rule *b)
{
	unsigned int i;

	if (strcmp(a->glob, b->glob) || a->list.nr != b->list.nr ||
	    a->min_bytes != b->min_bytes || a->timeout_ms != b->timeout_ms)
		return false;
	for (i = 0; i < a->list.nr; i++)
		if (strcmp(a->list.names[i], b->list.names[i]) ||
		    a->list.steps[i] != b->list.steps[i])
			return false;
	return true;
}

static bool is_named(const struct lcma_rule *rule, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(rule->list.names[i], rule->list.names[nr]))
			return true;
	return false;
}

/* Return: 0, or -EINVAL if what was said is not legal. */
static int build_regions(struct sentence *s, struct lcma_rule *rule)
{
	const unsigned int nr = 1 + below_log(LCMA_LIST_REGIONS);
	unsigned int i, step = 0;
	int err = 0;

	for (i = 0; i < nr; i++) {
		if (i && one_in(2)) {
			step++;
			say(s, ",");
		} else if (i) {
			say(s, "+");
		}
		say_name(s, rule->list.names[i]);
		rule->list.steps[i] = step;
		if (is_named(rule, i) || !strcmp(rule->list.names[i], "kernel"))
			err = -EINVAL;
	}
	rule->list.nr = nr;
	return err;
}

static int build_rule(struct sentence *s, struct lcma_rule *rule)
{
	int err = 0;

	memset(rule, 0, sizeof(*rule));
	rule->min_bytes = LCMA_RULE_MIN_BYTES;
	say_some(s, ALNUM "*?/:.,+-_@", 1 + below(63), rule->glob);
	say(s, "=");
	if (one_in(4))
		say(s, "kernel");
	else
		err = build_regions(s, rule);
	if (one_in(3)) {
		say(s, ":min=");
		rule->min_bytes = say_size(s, random_u64(), 0);
	}
	if (one_in(3)) {
		say(s, ":timeout=");
		rule->timeout_ms = (u32)random_u64() ?: 1;
		say_number(s, rule->timeout_ms);
	}
	return err;
}

static int build(struct sentence *s, struct lcma_rule *rules)
{
	int nr = 1 + below_log(LCMA_MAX_RULES);
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < nr; i++) {
		if (i)
			say(s, ";");
		if (build_rule(s, &rules[i]))
			return -EINVAL;
	}
	if (one_in(2))
		say(s, "\n");
	return nr;
}

static void write_out(struct sentence *out, const struct lcma_rule *rule)
{
	char word[64];
	unsigned int i;

	say(out, rule->glob);
	say(out, rule->list.nr ? "=" : "=kernel");
	for (i = 0; i < rule->list.nr; i++) {
		if (i)
			say(out, rule->list.steps[i] == rule->list.steps[i - 1] ? "+" : ",");
		say(out, rule->list.names[i]);
	}
	snprintf(word, sizeof(word), ":min=%llu", (unsigned long long)rule->min_bytes);
	say(out, word);
	if (!rule->timeout_ms)
		return;
	snprintf(word, sizeof(word), ":timeout=%u", rule->timeout_ms);
	say(out, word);
}

/* A rule that was accepted can be used with any names. */
static void judge_rule(const struct lcma_rule *rule, const char *text)
{
	const struct lcma_rule_names names = {
		.bus = text, .device = text, .driver = text };
	unsigned int i, k, nth, seen = 0;

	CHECK(*rule->glob && memchr(rule->glob, '\0', sizeof(rule->glob)));
	CHECK(rule->list.nr <= LCMA_LIST_REGIONS);
	lcma_rule_matches(rule, &names);
	for (i = 0; i < rule->list.nr; i++) {
		nth = lcma_list_nth(&rule->list, i, rnd());
		CHECK(nth < rule->list.nr);
		CHECK_EQ(rule->list.steps[nth], rule->list.steps[i]);
	}
	k = rnd();
	for (i = 0; i < rule->list.nr; i++)
		seen |= 1U << lcma_list_nth(&rule->list, i, k);
	CHECK_EQ(seen, (1U << rule->list.nr) - 1);
}

static void judge(const struct sentence *s)
{
	static const char unchanged[] = "unchanged";
	struct lcma_rule rules[LCMA_MAX_RULES], again[LCMA_MAX_RULES];
	struct lcma_complaint error = { .what = unchanged, .at_bytes = 77777 };
	const size_t len_bytes = strlen(s->text);
	struct sentence out = {};
	int ret = parse(s, rules, &error);
	int i;

	if (ret < 0) {
		CHECK_EQ(ret, -EINVAL);
		CHECK(error.what != unchanged);
		CHECK(error.at_bytes <= len_bytes);
		return;
	}
	CHECK(ret <= LCMA_MAX_RULES);
	CHECK(error.what == unchanged && error.at_bytes == 77777);
	CHECK(has_shape(&shape, s->text, len_bytes));
	for (i = 0; i < ret && !tap.nr_checks_failed; i++) {
		judge_rule(&rules[i], s->text);
		if (i)
			say(&out, ";");
		write_out(&out, &rules[i]);
	}
	CHECK_EQ(parse(&out, again, &error), ret);
	for (i = 0; i < ret && !tap.nr_checks_failed; i++)
		CHECK(same(&rules[i], &again[i]));
}

static void round_of_rules(void)
{
	struct lcma_rule want[LCMA_MAX_RULES], rules[LCMA_MAX_RULES];
	struct lcma_complaint error;
	struct sentence s;
	int i, ret;

	ret = build(&s, want);
	CHECK_EQ(parse(&s, rules, &error), ret);
	for (i = 0; i < ret; i++)
		CHECK(same(&rules[i], &want[i]));
	judge_spoilt(&s, parts, ARRAY_SIZE(parts), judge);
	if (tap.nr_checks_failed)
		printf("# the text: %s\n", tap_quote(s.text, strlen(s.text)));
}

int main(void)
{
	shape = compile_shape(SHAPE);
	fuzz("map=: built, damaged and noise", round_of_rules);
	regfree(&shape);
	return tap_finish();
}
