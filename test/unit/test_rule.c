// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the rules for devices (src/core/rule.c): every production, every
 * malformed form, globs against a slow twin, and the order in which regions are
 * asked.
 */
#include "core/rule.h"
#include "complaint.h"
#include "tap.h"

#define NAME_31		"abcdefghijklmnopqrstuvwxyz01234"
#define GLOB_63		NAME_31 NAME_31 "x"

/* What the errors say, in so many words as tell one from the other. */
#define SAYS_GLOB	"a rule begins with"
#define SAYS_EQUALS	"the names need ="
#define SAYS_REGION	"a rule needs regions"
#define SAYS_KERNEL	"kernel stands alone"
#define SAYS_ONCE	"a rule names a region once"
#define SAYS_8		"a rule has at most 8 regions"
#define SAYS_MIN	"min= needs a SIZE"
#define SAYS_TIMEOUT	"timeout= needs milliseconds"
#define SAYS_KEEP	"keep= needs a SIZE"
#define SAYS_UNKNOWN	"option of a rule"
#define SAYS_TWICE	"option given twice"
#define SAYS_MANY	"too many rules"

static const struct {
	const char *text;
	int nr;
	struct lcma_rule rule;		/* the last one; min_bytes 0: the default */
} good[] = {
	{ "", 0, {} },
	{ "\n", 0, {} },
	{ "a=b", 1, { .glob = "a", .list.nr = 1, .list.names = { "b" } } },
	{ "a=b\n", 1, { .glob = "a", .list.nr = 1, .list.names = { "b" } } },
	{ GLOB_63 "=" NAME_31, 1,
	  { .glob = GLOB_63, .list.nr = 1, .list.names = { NAME_31 } } },
	{ "vivid*=cam,default", 1,
	  { .glob = "vivid*", .list.nr = 2, .list.names = { "cam", "default" },
	    .list.steps = { 0, 1 } } },
	{ "x=a+b", 1,
	  { .glob = "x", .list.nr = 2, .list.names = { "a", "b" } } },
	{ "x=a+b,c,d+e", 1,
	  { .glob = "x", .list.nr = 5, .list.names = { "a", "b", "c", "d", "e" },
	    .list.steps = { 0, 0, 1, 2, 2 } } },
	{ "x=1,2,3,4,5,6,7,8", 1,
	  { .glob = "x", .list.nr = 8,
	    .list.names = { "1", "2", "3", "4", "5", "6", "7", "8" },
	    .list.steps = { 0, 1, 2, 3, 4, 5, 6, 7 } } },
	{ "*=kernel", 1, { .glob = "*" } },
	{ "*=kernel\n", 1, { .glob = "*" } },
	{ "*=kernel:min=4K", 1, { .glob = "*", .min_bytes = 4096 } },
	{ "*=kernel2", 1, { .glob = "*", .list.nr = 1, .list.names = { "kernel2" } } },
	{ "pci/0000:03*=gpu", 1,
	  { .glob = "pci/0000:03*", .list.nr = 1, .list.names = { "gpu" } } },
	{ "a=b:min=1", 1,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .min_bytes = 1 } },
	{ "a=b:min=2M", 1,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .min_bytes = 2 << 20 } },
	{ "a=b:keep=1M", 1,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .keep_bytes = 1 << 20 } },
	{ "a=b:timeout=20", 1,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .timeout_ms = 20 } },
	{ "a=b:timeout=4294967295:min=8k", 1,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .min_bytes = 8192,
	    .timeout_ms = U32_MAX } },
	{ "vivid*=cam,default;pci/0000:03*=gpu;*=kernel", 3, { .glob = "*" } },
	{ "*=kernel;a=b:min=1M", 2,
	  { .glob = "a", .list.nr = 1, .list.names = { "b" }, .min_bytes = 1 << 20 } },
};

static const struct {
	const char *text;
	const char *says;
	size_t at;		/* the character that it is about */
} bad[] = {
	{ ";", SAYS_GLOB, 0 },
	{ "=b", SAYS_GLOB, 0 },
	{ "a=b;", SAYS_GLOB, 4 },
	{ ";a=b", SAYS_GLOB, 0 },
	{ "a b=c", SAYS_GLOB, 0 },
	{ "\x80=c", SAYS_GLOB, 0 },
	{ "a\nb=c", SAYS_GLOB, 0 },
	{ GLOB_63 "x=b", SAYS_GLOB, 0 },
	{ "a", SAYS_EQUALS, 1 },
	{ "a;b=c", SAYS_EQUALS, 1 },
	{ "\n\n", SAYS_GLOB, 0 },
	{ "a=", SAYS_REGION, 2 },
	{ "a=;b=c", SAYS_REGION, 2 },
	{ "a=b,", SAYS_REGION, 4 },
	{ "a=b++c", SAYS_REGION, 4 },
	{ "a=,b", SAYS_REGION, 2 },
	{ "a=b c", SAYS_REGION, 2 },
	{ "a=-b", SAYS_REGION, 2 },
	{ "a=b/c", SAYS_REGION, 2 },
	{ "a=b\n\n", SAYS_REGION, 2 },
	{ "a=" NAME_31 "x", SAYS_REGION, 2 },
	{ "a=b=c", SAYS_REGION, 2 },
	{ "a=b,kernel", SAYS_KERNEL, 4 },
	{ "a=kernel,b", SAYS_KERNEL, 2 },
	{ "a=kernel+b", SAYS_KERNEL, 2 },
	{ "a=b,b", SAYS_ONCE, 4 },
	{ "a=b,c+b", SAYS_ONCE, 6 },
	{ "a=1,2,3,4,5,6,7,8,9", SAYS_8, 18 },
	{ "a=b:min=", SAYS_MIN, 8 },
	{ "a=b:min=x", SAYS_MIN, 8 },
	{ "a=b:min=-1", SAYS_MIN, 8 },
	{ "a=b:min=4KB", SAYS_MIN, 8 },
	{ "a=b:min=99999999999999999999", SAYS_MIN, 8 },
	{ "a=b:timeout=", SAYS_TIMEOUT, 12 },
	{ "a=b:keep=", SAYS_KEEP, 9 },
	{ "a=b:keep=all", SAYS_KEEP, 9 },
	{ "a=b:keep=1K:keep=1K", SAYS_TWICE, 12 },
	{ "a=b:timeout=0", SAYS_TIMEOUT, 12 },
	{ "a=b:timeout=4294967296", SAYS_TIMEOUT, 12 },
	{ "a=b:timeout=5s", SAYS_TIMEOUT, 12 },
	{ "a=b:", SAYS_UNKNOWN, 4 },
	{ "a=b:max=1", SAYS_UNKNOWN, 4 },
	{ "a=b:min", SAYS_UNKNOWN, 4 },
	{ "a=b:min=1:", SAYS_UNKNOWN, 10 },
	{ "a=b:min=1:min=1", SAYS_TWICE, 10 },
	{ "a=b;c=d:min=1:timeout=2:min=3", SAYS_TWICE, 24 },
};

static int parse(const char *text, struct lcma_rule *rules, unsigned int max,
		 struct lcma_complaint *error)
{
	char *exact = tap_exact(text, strlen(text) + 1);
	int ret;

	memset(rules, 0xa5, max * sizeof(*rules));
	ret = lcma_rules_parse(exact, rules, max, error);
	if (ret < 0)
		check_complaint(error, exact, strlen(exact));
	tap_exact_free(exact);
	return ret;
}

static void check_rule(const struct lcma_rule *got, const struct lcma_rule *want)
{
	unsigned int i;

	CHECK(!strcmp(got->glob, want->glob));
	CHECK_EQ(got->list.nr, want->list.nr);
	for (i = 0; i < want->list.nr; i++) {
		CHECK(!strcmp(got->list.names[i], want->list.names[i]));
		CHECK_EQ(got->list.steps[i], want->list.steps[i]);
	}
	CHECK_EQ(got->min_bytes, want->min_bytes ?: LCMA_RULE_MIN_BYTES);
	CHECK_EQ(got->timeout_ms, want->timeout_ms);
	CHECK_EQ(got->keep_bytes, want->keep_bytes);
}

static void test_good(void)
{
	static const char unchanged[] = "unchanged";
	struct lcma_rule rules[LCMA_MAX_RULES];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct lcma_complaint error = { .what = unchanged };

		tap_begin();
		CHECK_EQ(parse(good[i].text, rules, LCMA_MAX_RULES, &error),
			 good[i].nr);
		CHECK(error.what == unchanged);
		if (good[i].nr)
			check_rule(&rules[good[i].nr - 1], &good[i].rule);
		tap_end("rules take %s",
			tap_quote(good[i].text, strlen(good[i].text)));
	}
}

static void test_bad(void)
{
	struct lcma_rule rules[LCMA_MAX_RULES];
	struct lcma_complaint error;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		tap_begin();
		error.what = "nothing";
		CHECK_EQ(parse(bad[i].text, rules, LCMA_MAX_RULES, &error), -EINVAL);
		if (!CHECK(!strncmp(error.what, bad[i].says, strlen(bad[i].says))))
			printf("# it says: %s\n", error.what);
		CHECK_EQ(error.at_bytes, bad[i].at);
		tap_end("rules refuse %s",
			tap_quote(bad[i].text, strlen(bad[i].text)));
	}
}

static void test_many(void)
{
	struct lcma_rule rules[2];
	struct lcma_complaint error;

	tap_begin();
	CHECK_EQ(parse("a=b;c=d", rules, 2, &error), 2);
	CHECK_EQ(parse("a=b;c=d;e=f", rules, 2, &error), -EINVAL);
	CHECK(!strncmp(error.what, SAYS_MANY, strlen(SAYS_MANY)));
	CHECK_EQ(error.at_bytes, 8);
	tap_end("rules: as many as there is place for, and no more");
}

/* What a malformed rule says, and what of the text it quotes. */
static void test_quotes(void)
{
	struct lcma_rule rules[2];
	struct lcma_complaint error;
	char to[LCMA_COMPLAINT_BYTES];
	const char *text = "vivid*=cam:mni=4K";

	tap_begin();
	CHECK_EQ(parse(text, rules, 2, &error), -EINVAL);
	lcma_complaint_text(&error, text, strlen(text), to, sizeof(to));
	CHECK(strstr(to, "\"mni=4K\" is no option of a rule (there are min=, timeout=, keep=)") == to);
	CHECK(strstr(to, "at character 12"));
	text = "vivid*=cam;gpu";
	CHECK_EQ(parse(text, rules, 2, &error), -EINVAL);
	lcma_complaint_text(&error, text, strlen(text), to, sizeof(to));
	CHECK(!strcmp(to, "the names need = and a region after them, at character 15, here: \"\""));
	tap_end("rules: what is wrong is quoted");
}

static const struct {
	const char *glob, *bus, *device, *driver;
	bool matches;
} devices[] = {
	{ "vivid.0", "platform", "vivid.0", "vivid", true },
	{ "vivid", "platform", "vivid.0", "vivid", true },
	{ "vivid", "platform", "vivid.0", "", false },
	{ "vivid*", "platform", "vivid.0", "", true },
	{ "ivid*", "platform", "vivid.0", "vivid", false },
	{ "*.0", "platform", "vivid.0", "vivid", true },
	{ "*.1", "platform", "vivid.0", "vivid", false },
	{ "platform/vivid.0", "platform", "vivid.0", "vivid", true },
	{ "platform/*", "platform", "vivid.0", "vivid", true },
	{ "pci/*", "platform", "vivid.0", "vivid", false },
	{ "pci/0000:03*", "pci", "0000:03:00.0", "nvme", true },
	{ "pci/0000:03*", "pci", "0000:04:00.0", "nvme", false },
	{ "platform/vivid", "platform", "vivid.0", "vivid", false },
	{ "/vivid.0", "", "vivid.0", "vivid", false },
	{ "*", "", "x", "", true },
	{ "?ivid.?", "", "vivid.0", "", true },
	{ "vivid.?", "", "vivid.", "", false },
	{ "vivid.0?", "", "vivid.0", "", false },
	{ "*a*b*c", "", "xaxbxbxcxc", "", true },
	{ "*a*b*c", "", "xaxbxbxcxd", "", false },
	{ "a**", "", "a", "", true },
	{ "Vivid*", "", "vivid.0", "vivid", false },
};

static void test_matches(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		const struct lcma_rule_names names = {
			.bus = devices[i].bus,
			.device = devices[i].device,
			.driver = devices[i].driver,
		};
		struct lcma_rule rule = {};

		tap_begin();
		memcpy(rule.glob, devices[i].glob, strlen(devices[i].glob) + 1);
		CHECK_EQ(lcma_rule_matches(&rule, &names), devices[i].matches);
		tap_end("%s %s %s/%s of driver \"%s\"", devices[i].glob,
			devices[i].matches ? "is" : "is not", devices[i].bus,
			devices[i].device, devices[i].driver);
	}
}

/* The meaning of a glob, tried out: slow and obvious. */
static bool twin(const char *glob, const char *text)
{
	if (!*glob)
		return !*text;
	if (*glob == '*')
		return twin(glob + 1, text) || (*text && twin(glob, text + 1));
	return *text && (*glob == '?' || *glob == *text) && twin(glob + 1, text + 1);
}

static void spell(unsigned int number, const char *set, unsigned int base, char *to)
{
	while (number) {
		*to++ = set[--number % base];
		number /= base;
	}
	*to = '\0';
}

/* All globs of up to 5 and texts of up to 4 characters out of a few. */
static void test_twin(void)
{
	struct lcma_rule_names names = { .bus = "", .driver = "" };
	struct lcma_rule rule = {};
	unsigned int g, t;
	char text[8];

	tap_begin();
	for (g = 1; g < 1365; g++) {
		spell(g, "ab*?", 4, rule.glob);
		for (t = 0; t < 31; t++) {
			spell(t, "ab", 2, text);
			names.device = text;
			if (!CHECK_EQ(lcma_rule_matches(&rule, &names),
				      twin(rule.glob, text)))
				printf("# glob %s, text %s\n", rule.glob, text);
		}
	}
	tap_end("globs: as their slow twin, all short ones");
}

static void check_order(const char *text, unsigned int turn, const char *want)
{
	struct lcma_complaint error;
	struct lcma_rule rule;
	unsigned int i;
	char got[LCMA_LIST_REGIONS + 1] = "";

	CHECK_EQ(parse(text, &rule, 1, &error), 1);
	for (i = 0; i < rule.list.nr; i++)
		got[i] = rule.list.names[lcma_list_nth(&rule.list, i, turn)][0];
	if (!CHECK(!strcmp(got, want)))
		printf("# %s, turn %u: %s\n", text, turn, got);
}

static void test_order(void)
{
	tap_begin();
	check_order("x=a,b,c", 0, "abc");
	check_order("x=a,b,c", 7, "abc");
	check_order("x=a+b", 0, "ab");
	check_order("x=a+b", 1, "ba");
	check_order("x=a+b", 2, "ab");
	check_order("x=a+b+c", 2, "cab");
	check_order("x=a,b+c,d", 0, "abcd");
	check_order("x=a,b+c,d", 1, "acbd");
	check_order("x=a+b,c+d+e", 1, "badec");
	check_order("x=a+b,c+d+e", U32_MAX, "bacde");
	tap_end("rules: regions are asked in order, or in turn");
}

int main(void)
{
	test_good();
	test_bad();
	test_many();
	test_quotes();
	test_matches();
	test_twin();
	test_order();
	return tap_finish();
}
