// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzer of the module parameter regions= (src/core/spec.c): what was built from
 * the grammar means what it was built from; what is accepted has the grammar's
 * shape and says the same again when it is written out; an error lies inside
 * the text; nothing is read beyond either end.
 */
#include "core/spec.h"
#include "complaint.h"
#include "sentence.h"
#include "words.h"

#define SIZE	"[0-9]+[kKmMgG]?"
#define ADDR	"(0[xX][0-9a-fA-F]+|" SIZE ")"
#define ARG	":[^,;[:cntrl:] ]{1,63}(,[^,;=[:cntrl:] ]{1,61})*"
#define REGION \
	"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}[:=]" SIZE \
	"(@(cma|reserve_mem(" ARG ")?|fake" ARG "))?" \
	"(,(keep=(all|" SIZE "(-" SIZE ")?)|align=" SIZE \
	"|policy=(cost|best-fit|first-fit|fake)|order=[0-9]+|wedge=0*[01]|at=" ADDR "|below=" ADDR "|cache=(wb|wc|uncached)|heap=[A-Za-z0-9][A-Za-z0-9_.,-]{0,30}))*"
#define SHAPE	"^" REGION "(;" REGION ")*\n?$"

static const char * const parts[] = {
	"a", "cam", "gpu", "=", ":", "@", ",", ";", "-", "1", "32M", "16m", "1G",
	"4096", "0", "a=1M", "cma", "@cma", "@reserve_mem", "@reserve_mem:gpu",
	"@of:", "@live", "@fake", "@fake:x", "@fake:linux,cma", ",keep=", ",keep=all", ",keep=1M-2M", ",align=1M",
	",align=", ",policy=first-fit", ",order=3", ",order=", ",wedge=1", ",wedge=", ",heap=h", ",heap=linux,cma", ";b=2M@cma", "\n",
	",at=", ",at=0x100000", ",below=", ",below=4G", "0xfF", ",cache=wc", ",cache=",
	"18446744073709551615", "18446744073709551616", "17179869184G", "all",
};

static regex_t shape;

static int parse(const struct sentence *s, struct lcma_spec *specs,
		 struct lcma_complaint *error)
{
	/* The NUL is the text's. */
	char *exact = tap_exact(s->text, strlen(s->text) + 1);
	int ret;

	memset(specs, 0xa5, LCMA_MAX_REGIONS * sizeof(*specs));
	ret = lcma_spec_parse(exact, &words, specs, LCMA_MAX_REGIONS, error);
	if (ret < 0)
		check_complaint(error, exact, strlen(exact));
	tap_exact_free(exact);
	return ret;
}

static bool same(const struct lcma_spec *a, const struct lcma_spec *b)
{
	return !strcmp(a->name, b->name) && a->size_bytes == b->size_bytes &&
	       a->source == b->source && !strcmp(a->source_arg, b->source_arg) &&
	       a->keep_given == b->keep_given &&
	       a->keep_low_bytes == b->keep_low_bytes &&
	       a->keep_high_bytes == b->keep_high_bytes &&
	       a->at == b->at && a->below == b->below && a->cache == b->cache &&
	       a->align_bytes == b->align_bytes && a->order == b->order &&
	       a->is_wedged == b->is_wedged;
}

static void build_source(struct sentence *s, struct lcma_spec *spec)
{
	spec->source = (int)below(NR_SOURCES + 1) - 1;
	if (spec->source == LCMA_SOURCE_ANY)
		return;
	say(s, "@");
	say(s, source_word(spec->source));
	if (source_arg(spec->source) == LCMA_ARG_NONE ||
	    (source_arg(spec->source) == LCMA_ARG_OPTIONAL && one_in(2)))
		return;
	say(s, ":");
	say_some(s, ALNUM "/@:=-_.", 1 + below(63), spec->source_arg);
}

static int build_keep(struct sentence *s, struct lcma_spec *spec)
{
	spec->keep_given = true;
	say(s, "keep=");
	if (one_in(4)) {
		say(s, "all");
		spec->keep_low_bytes = LCMA_KEEP_ALL;
		spec->keep_high_bytes = LCMA_KEEP_ALL;
		return 0;
	}
	spec->keep_low_bytes = say_size(s, random_u64(), 0);
	spec->keep_high_bytes = spec->keep_low_bytes;
	if (one_in(2))
		return 0;
	say(s, "-");
	spec->keep_high_bytes = say_size(s, one_in(10) ? random_u64() :
					 spec->keep_low_bytes | random_u64(), 0);
	return spec->keep_low_bytes > spec->keep_high_bytes ? -EINVAL : 0;
}

/* What the grammar allows, and no memory can be. */
static int check_place(const struct lcma_spec *spec)
{
	const u64 end = spec->at + spec->size_bytes;

	if (!spec->at && !spec->below)
		return 0;
	if (spec->at % spec->align_bytes || end < spec->at)
		return -EINVAL;
	return spec->below && end > spec->below ? -EINVAL : 0;
}

static int build_region(struct sentence *s, struct lcma_spec *spec)
{
	unsigned int option, seen = 0, n = below(8);
	int err = 0;

	memset(spec, 0, sizeof(*spec));
	spec->align_bytes = 1;
	say_name(s, spec->name);
	say_char(s, one_in(2) ? '=' : ':');
	spec->size_bytes = say_size(s, random_u64(), 0);
	build_source(s, spec);
	while (n-- && !err) {
		option = below(7);
		if (seen & 1 << option) {
			if (!one_in(10))
				continue;
			err = -EINVAL;
		}
		seen |= 1 << option;
		say(s, ",");
		switch (option) {
		case 0:
			err = build_keep(s, spec) ?: err;
			break;
		case 1:
			say(s, "align=");
			spec->align_bytes = say_pow2(s, 0);
			break;
		case 2:
			spec->policy = below(NR_POLICIES);
			say(s, "policy=");
			say(s, policy_word(spec->policy));
			break;
		case 3:
			say(s, "order=");
			spec->order = below(31);
			say_number(s, spec->order);
			break;
		case 4:
			spec->is_wedged = below(2);
			say(s, spec->is_wedged ? "wedge=1" : "wedge=0");
			break;
		case 5:
			say(s, "at=");
			spec->at = say_address(s);
			break;
		case 6:
			say(s, "below=");
			spec->below = say_address(s);
			break;
		}
	}
	return err ?: check_place(spec);
}

static bool names_differ(const struct lcma_spec *specs, int nr)
{
	int i, k;

	for (i = 0; i < nr; i++) {
		if (!strcmp(specs[i].name, "map") || !strcmp(specs[i].name, "add"))
			return false;
		for (k = 0; k < i; k++)
			if (!strcmp(specs[i].name, specs[k].name))
				return false;
	}
	return true;
}

/* A text from the grammar, what it means, and whether it is legal. */
static int build(struct sentence *s, struct lcma_spec *specs)
{
	int nr = 1 + below_log(LCMA_MAX_REGIONS);
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < nr; i++) {
		if (i)
			say(s, ";");
		if (build_region(s, &specs[i]))
			return -EINVAL;
	}
	if (one_in(2))
		say(s, "\n");
	return names_differ(specs, nr) ? nr : -EINVAL;
}

static void write_out(struct sentence *out, const struct lcma_spec *spec)
{
	char word[256];

	snprintf(word, sizeof(word), "%s=%llu,align=%llu,order=%u,wedge=%u", spec->name,
		 (unsigned long long)spec->size_bytes,
		 (unsigned long long)spec->align_bytes, spec->order,
			 spec->is_wedged);
	if (spec->source != LCMA_SOURCE_ANY)
		snprintf(word, sizeof(word),
			 "%s=%llu@%s%s%s,align=%llu,order=%u,wedge=%u", spec->name,
			 (unsigned long long)spec->size_bytes,
			 source_word(spec->source),
			 *spec->source_arg ? ":" : "", spec->source_arg,
			 (unsigned long long)spec->align_bytes, spec->order,
			 spec->is_wedged);
	say(out, word);
	if (spec->cache) {
		snprintf(word, sizeof(word), ",cache=%s",
			 lcma_cache_word(spec->cache));
		say(out, word);
	}
	if (spec->at) {
		snprintf(word, sizeof(word), ",at=%#llx",
			 (unsigned long long)spec->at);
		say(out, word);
	}
	if (spec->below) {
		snprintf(word, sizeof(word), ",below=%llu",
			 (unsigned long long)spec->below);
		say(out, word);
	}
	if (!spec->keep_given)
		return;
	snprintf(word, sizeof(word), ",keep=%llu-%llu",
		 (unsigned long long)spec->keep_low_bytes,
		 (unsigned long long)spec->keep_high_bytes);
	say(out, word);
}

static void judge_region(const struct lcma_spec *spec)
{
	CHECK(*spec->name);
	CHECK(memchr(spec->name, '\0', sizeof(spec->name)));
	CHECK(memchr(spec->source_arg, '\0', sizeof(spec->source_arg)));
	CHECK(spec->size_bytes);
	CHECK(spec->source >= LCMA_SOURCE_ANY && spec->source < NR_SOURCES);
	CHECK(spec->source != CMA || !*spec->source_arg);
	CHECK(spec->source != FAKE || *spec->source_arg);
	CHECK(spec->source != LCMA_SOURCE_ANY || !*spec->source_arg);
	CHECK(spec->keep_low_bytes <= spec->keep_high_bytes);
	CHECK(spec->keep_given || !spec->keep_high_bytes);
	CHECK(lcma_is_pow2(spec->align_bytes));
	CHECK(spec->order <= 30);
	CHECK_EQ(check_place(spec), 0);
}

/* Whatever the text is: a legal answer, and one that can be trusted. */
static void judge(const struct sentence *s)
{
	static const char unchanged[] = "unchanged";
	struct lcma_spec specs[LCMA_MAX_REGIONS], again[LCMA_MAX_REGIONS];
	struct lcma_complaint error = { .what = unchanged, .at_bytes = 77777 };
	const size_t len_bytes = strlen(s->text);
	struct sentence out = {};
	int ret = parse(s, specs, &error);
	int i;

	if (ret <= 0) {
		CHECK_EQ(ret, -EINVAL);
		CHECK(error.what && *error.what && error.what != unchanged);
		CHECK(error.at_bytes <= len_bytes);
		return;
	}
	CHECK(ret <= LCMA_MAX_REGIONS);
	CHECK(error.what == unchanged && error.at_bytes == 77777);
	CHECK(has_shape(&shape, s->text, len_bytes));
	CHECK(names_differ(specs, ret));
	for (i = 0; i < ret && !tap.nr_checks_failed; i++) {
		judge_region(&specs[i]);
		if (i)
			say(&out, ";");
		write_out(&out, &specs[i]);
	}
	CHECK_EQ(parse(&out, again, &error), ret);
	for (i = 0; i < ret && !tap.nr_checks_failed; i++)
		CHECK(same(&specs[i], &again[i]));
}

static void round_of_specs(void)
{
	struct lcma_spec want[LCMA_MAX_REGIONS], specs[LCMA_MAX_REGIONS];
	struct lcma_complaint error;
	struct sentence s;
	int i, ret;

	ret = build(&s, want);
	CHECK_EQ(parse(&s, specs, &error), ret);
	for (i = 0; i < ret; i++)
		CHECK(same(&specs[i], &want[i]));
	judge_spoilt(&s, parts, ARRAY_SIZE(parts), judge);
	if (tap.nr_checks_failed)
		printf("# the text: %s\n",
		       tap_quote(s.text, strlen(s.text)));
}

int main(void)
{
	shape = compile_shape(SHAPE);
	fuzz("regions=: built, damaged and noise", round_of_specs);
	regfree(&shape);
	return tap_finish();
}
