// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON and tables: what a string can do to them. That whole documents are
 * valid is for test/tools/run, which asks a parser that is not ours.
 */
#include "../unit/tap.h"

#include "json.h"
#include "table.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text;
	const char *json;
} strings[] = {
	{ "", "\"\"" },
	{ "plain", "\"plain\"" },
	{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
	{ "\n\t\r\b\001\037\177", "\"\\n\\t\\u000d\\u0008\\u0001\\u001f\\u007f\"" },
	{ "\303\274 \342\202\254 \360\237\230\200", "\"\303\274 \342\202\254 \360\237\230\200\"" },
	{ "\377a", "\"\\ufffda\"" },			/* never UTF-8 */
	{ "\303", "\"\\ufffd\"" },			/* cut off */
	{ "\342\202", "\"\\ufffd\\ufffd\"" },
	{ "\200a", "\"\\ufffda\"" },			/* without a beginning */
	{ "\300\200", "\"\\ufffd\\ufffd\"" },		/* overlong */
	{ "\355\240\200", "\"\\ufffd\\ufffd\\ufffd\"" },/* a surrogate */
	{ "\364\220\200\200", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
};

static void test_strings(void)
{
	size_t i, size;
	char *got, *text;
	FILE *to;

	for (i = 0; i < ARRAY_SIZE(strings); i++) {
		text = tap_exact(strings[i].text, strlen(strings[i].text) + 1);
		to = open_memstream(&got, &size);
		tap_begin();
		json_string(to, text);
		fclose(to);
		if (!CHECK(!strcmp(got, strings[i].json)))
			printf("# %s\n", tap_quote(got, size));
		tap_end("string %s", tap_quote(strings[i].text,
					       strlen(strings[i].text)));
		tap_exact_free(text);
		free(got);
	}
}

static void commas_come_by_themselves(void)
{
	struct json json = { 0 };
	size_t size;
	char *got;

	json.to = open_memstream(&got, &size);
	json_open(&json, NULL, '{');
	json_open(&json, "empty", '[');
	json_close(&json, ']');
	json_number(&json, "n", UINT64_MAX);
	json_open(&json, "a", '[');
	json_signed(&json, NULL, -1);
	json_null(&json, NULL);
	json_open(&json, NULL, '{');
	json_bool(&json, "b", true);
	json_close(&json, '}');
	json_close(&json, ']');
	json_text(&json, "k\"", "v");
	json_close(&json, '}');
	json_end(&json);
	CHECK(!json.comma);
	fclose(json.to);
	if (!CHECK(!strcmp(got, "{\"empty\": [], \"n\": 18446744073709551615, \"a\": [-1, null, {\"b\": true}], \"k\\\"\": \"v\"}\n")))
		printf("# %s", got);
	free(got);
}

static void tables_are_as_wide_as_needed(void)
{
	static const char *const heads[] = { "<NAME", "N", "<END", NULL };
	struct table table = { .heads = heads };
	size_t size;
	char *got;
	FILE *to = open_memstream(&got, &size);

	table_cell(&table, "longer");
	table_number(&table, 1);
	table_cell(&table, "");
	table_cell(&table, "\033[2J\377");
	table_number(&table, 12345);
	table_cell(&table, "x");
	table_write(&table, to, "$");
	table_write(&table, to, "");
	fclose(to);
	if (!CHECK(!strcmp(got, "NAME        N  END$\n"
				"longer      1  -$\n"
				"?[2J?   12345  x$\n"
				"NAME  N  END\n")))
		printf("# %s\n", tap_quote(got, size));
	free(got);
}

static const struct tap_case cases[] = {
	TAP_CASE(commas_come_by_themselves),
	TAP_CASE(tables_are_as_wide_as_needed),
};

int main(void)
{
	test_strings();
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
