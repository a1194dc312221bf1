// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of lists of regions (src/core/list.c): what is one, what is none, and in
 * which order each request asks. Each text ends, with its NUL, where its memory ends.
 */
#include "core/list.h"
#include "tap.h"

#define NAME_31		"abcdefghijklmnopqrstuvwxyz01234"

static int parse(const char *text, struct lcma_list *list)
{
	char *exact = tap_exact(text, strlen(text) + 1);
	int err;

	memset(list, 0xa5, sizeof(*list));
	err = lcma_list_parse(exact, list);
	tap_exact_free(exact);
	return err;
}

static void what_is_a_list(void)
{
	struct lcma_list list;

	CHECK(!lcma_list_is_one(""));
	CHECK(!lcma_list_is_one("bank0"));
	CHECK(lcma_list_is_one("a+b"));
	CHECK(lcma_list_is_one("a,b"));
	CHECK_EQ(parse("bank0", &list), 0);
	CHECK_EQ(list.nr, 1);
	CHECK(!strcmp(list.names[0], "bank0"));
	CHECK_EQ(parse("a+b," NAME_31, &list), 0);
	CHECK_EQ(list.nr, 3);
	CHECK(!strcmp(list.names[1], "b"));
	CHECK(!strcmp(list.names[2], NAME_31));
	CHECK_EQ(list.steps[0], 0);
	CHECK_EQ(list.steps[1], 0);
	CHECK_EQ(list.steps[2], 1);
	CHECK_EQ(parse("1+2+3+4,5+6+7+8", &list), 0);
	CHECK_EQ(list.nr, 8);
}

static void what_is_none(void)
{
	static const char * const texts[] = {
		"", "+", ",", "a+", "a,", "+a", ",a", "a++b", "a+,b", "a,,b",
		"a+a", "a,b,a", "a+b ", "a +b", "-a+b", "a+b/c", "a;b",
		"a+" NAME_31 "x", "1+2+3+4+5+6+7+8+9", "a+b\n",
	};
	struct lcma_list list;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!CHECK_EQ(parse(texts[i], &list), -EINVAL))
			printf("# %s\n", texts[i]);
}

/* For each turn, the numbers of the regions as they are asked. */
static void check_order(const char *text, unsigned int turn, const char *want)
{
	struct lcma_list list;
	char got[LCMA_LIST_REGIONS + 1] = "";
	unsigned int i;

	CHECK_EQ(parse(text, &list), 0);
	for (i = 0; i < list.nr; i++)
		got[i] = '0' + lcma_list_nth(&list, i, turn);
	if (!CHECK(!strcmp(got, want)))
		printf("# %s, turn %u: %s, not %s\n", text, turn, got, want);
}

static void regions_take_turns(void)
{
	check_order("a", 0, "0");
	check_order("a", 7, "0");
	check_order("a,b", 0, "01");
	check_order("a,b", 1, "01");
	check_order("a+b", 0, "01");
	check_order("a+b", 1, "10");
	check_order("a+b", 2, "01");
	check_order("a+b", UINT_MAX, "10");
	check_order("a+b+c", 1, "120");
	check_order("a+b+c", 2, "201");
	check_order("a+b,c", 1, "102");
	check_order("c,a+b", 1, "021");
	check_order("a+b,c,d+e", 3, "10243");
}

static const struct tap_case cases[] = {
	TAP_CASE(what_is_a_list),
	TAP_CASE(what_is_none),
	TAP_CASE(regions_take_turns),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
