// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of words, names, numbers and sizes (src/core/parse.c). Each text ends
 * where its memory ends.
 */
#include "core/parse.h"
#include "complaint.h"
#include "tap.h"

#define WORD(string)	word_of(string, sizeof(string) - 1)

static char *last_word;

static void forget_word(void)
{
	if (last_word)
		tap_exact_free(last_word);
	last_word = NULL;
}

/* Lives until the next one is made. */
static struct lcma_word word_of(const char *string, size_t len_bytes)
{
	forget_word();
	last_word = tap_exact(string, len_bytes);
	return (struct lcma_word){ .at = last_word, .len_bytes = len_bytes };
}

static const struct {
	const char *word;
	int err;
	u64 value;
} numbers[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "9", 0, 9 },
	{ "10", 0, 10 },
	{ "00", 0, 0 },
	{ "007", 0, 7 },
	{ "4294967295", 0, 4294967295ULL },
	{ "4294967296", 0, 4294967296ULL },
	{ "9999999999999999999", 0, 9999999999999999999ULL },
	{ "18446744073709551609", 0, U64_MAX - 6 },
	{ "18446744073709551614", 0, U64_MAX - 1 },
	{ "18446744073709551615", 0, U64_MAX },
	{ "018446744073709551615", 0, U64_MAX },
	{ "0000000000000000000000000000000000000000000001", 0, 1 },
	{ "18446744073709551616", -EFBIG, 0 },
	{ "18446744073709551619", -EFBIG, 0 },
	{ "18446744073709551620", -EFBIG, 0 },
	{ "18446744073709551625", -EFBIG, 0 },
	{ "18446744073709551700", -EFBIG, 0 },
	{ "28446744073709551615", -EFBIG, 0 },
	{ "99999999999999999999", -EFBIG, 0 },
	{ "184467440737095516150", -EFBIG, 0 },
	/* Once too large, always too large, whatever it wraps to. */
	{ "100000000000000000000000000000000000000000000000", -EFBIG, 0 },
	{ "340282366920938463463374607431768211456", -EFBIG, 0 },
	{ "", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "1.5", -EINVAL, 0 },
	{ "/", -EINVAL, 0 },
	{ ":", -EINVAL, 0 },
	{ "1K", -EINVAL, 0 },
	{ "\xb2", -EINVAL, 0 },
	{ "1\xff", -EINVAL, 0 },
	/* No number at all, rather than one that is too large. */
	{ "99999999999999999999x", -EINVAL, 0 },
};

static const struct {
	const char *word;
	u64 bare_unit;
	int err;
	u64 bytes;
} sizes[] = {
	{ "0", 1, 0, 0 },
	{ "0G", 1, 0, 0 },
	{ "1", 1, 0, 1 },
	{ "1", 1024, 0, 1024 },
	{ "1", 4096, 0, 4096 },
	{ "1k", 1, 0, 1024 },
	{ "1K", 4096, 0, 1024 },
	{ "1m", 1, 0, 1048576 },
	{ "1M", 1024, 0, 1048576 },
	{ "1g", 1, 0, 1073741824 },
	{ "1G", 1024, 0, 1073741824 },
	{ "3000M", 1, 0, 3145728000ULL },
	{ "5G", 1, 0, 5368709120ULL },
	{ "18446744073709551615", 1, 0, U64_MAX },
	{ "18014398509481983", 1024, 0, U64_MAX - 1023 },
	{ "18014398509481984", 1024, -EFBIG, 0 },
	{ "18014398509481983K", 1, 0, U64_MAX - 1023 },
	{ "18014398509481984K", 1, -EFBIG, 0 },
	{ "17592186044415M", 1, 0, U64_MAX - 1048575 },
	{ "17592186044416M", 1, -EFBIG, 0 },
	{ "17179869183G", 1, 0, U64_MAX - 1073741823 },
	{ "17179869184G", 1, -EFBIG, 0 },
	{ "18446744073709551615G", 1, -EFBIG, 0 },
	{ "18446744073709551616", 1, -EFBIG, 0 },
	{ "18446744073709551616K", 1, -EFBIG, 0 },
	{ "", 1, -EINVAL, 0 },
	{ "K", 1, -EINVAL, 0 },
	{ "M", 1, -EINVAL, 0 },
	{ "G", 1, -EINVAL, 0 },
	{ "1KK", 1, -EINVAL, 0 },
	{ "1KB", 1, -EINVAL, 0 },
	{ "1KiB", 1, -EINVAL, 0 },
	{ "1T", 1, -EINVAL, 0 },
	{ "1B", 1, -EINVAL, 0 },
	{ "K1", 1, -EINVAL, 0 },
	{ "1 K", 1, -EINVAL, 0 },
	{ "-1K", 1, -EINVAL, 0 },
	{ "1.5M", 1, -EINVAL, 0 },
	{ "0x10K", 1, -EINVAL, 0 },
};

static const struct {
	const char *word;
	bool is_name;
} names[] = {
	{ "a", true },
	{ "Z", true },
	{ "0", true },
	{ "9", true },
	{ "cam", true },
	{ "cam-0_1.x", true },
	{ "0.0", true },
	{ "a-", true },
	{ "a.", true },
	{ "a_", true },
	{ "azAZ09", true },
	{ "abcdefghijklmnopqrstuvwxyz01234", true },	/* 31 */
	{ "abcdefghijklmnopqrstuvwxyz012345", false },	/* 32 */
	{ "", false },
	{ "_a", false },
	{ "-a", false },
	{ ".a", false },
	{ ".", false },
	{ "..", false },
	{ "/", false },
	{ "a/b", false },
	{ "a b", false },
	{ "a\n", false },
	{ "a\x7f", false },
	{ "a@b", false },
	{ "a[b", false },
	{ "a`b", false },
	{ "a{b", false },
	{ "a:b", false },
	{ "a,b", false },
	{ "\xc3\xa9", false },
	{ "a\xc3\xa9", false },
	{ "a\xff", false },
};

static void test_numbers(void)
{
	struct lcma_word word;
	size_t i;
	u64 value;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		tap_begin();
		word = word_of(numbers[i].word, strlen(numbers[i].word));
		value = 42;
		CHECK_EQ(lcma_word_u64(&word, &value), numbers[i].err);
		CHECK_EQ(value, numbers[i].err ? 42 : numbers[i].value);
		tap_end("number %s", tap_quote(word.at, word.len_bytes));
	}
}

static void test_sizes(void)
{
	struct lcma_word word;
	size_t i;
	u64 bytes;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		tap_begin();
		word = word_of(sizes[i].word, strlen(sizes[i].word));
		bytes = 42;
		CHECK_EQ(lcma_word_size(&word, sizes[i].bare_unit, &bytes),
			 sizes[i].err);
		CHECK_EQ(bytes, sizes[i].err ? 42 : sizes[i].bytes);
		tap_end("size %s", tap_quote(word.at, word.len_bytes));
	}
}

static void test_names(void)
{
	struct lcma_word word;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		tap_begin();
		word = word_of(names[i].word, strlen(names[i].word));
		CHECK_EQ(lcma_word_is_name(&word), names[i].is_name);
		tap_end("name %s", tap_quote(word.at, word.len_bytes));
	}
}

/* A NUL is a character like any other that is not allowed. */
static void nul_is_no_end(void)
{
	struct lcma_word word;
	u64 value = 42;

	word = WORD("1\0");
	CHECK_EQ(lcma_word_u64(&word, &value), -EINVAL);
	CHECK_EQ(lcma_word_size(&word, 1, &value), -EINVAL);
	word = WORD("\0");
	CHECK_EQ(lcma_word_u64(&word, &value), -EINVAL);
	CHECK_EQ(lcma_word_size(&word, 1, &value), -EINVAL);
	CHECK(!lcma_word_is_name(&word));
	word = WORD("\0K");
	CHECK_EQ(lcma_word_size(&word, 1, &value), -EINVAL);
	word = WORD("a\0b");
	CHECK(!lcma_word_is_name(&word));
	CHECK(!lcma_word_is(&word, "a"));
	CHECK_EQ(value, 42);
}

static void text_errors_say_where(void)
{
	static const char what[] = "what";
	struct lcma_cursor text = { .pos = what, .end = what + 4 };

	CHECK_EQ(lcma_cursor_error(&text, what + 2, -EFBIG, what), -EFBIG);
	CHECK(text.pos == what + 2);
	CHECK(text.error == what);
}

/* One rule for every door: printable ASCII, no blanks, room for its NUL. */
static void addresses_have_two_forms(void)
{
	static const struct {
		const char *text;
		int err;
		u64 address;
	} rows[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "3k", 0, 3072 },
		{ "1G", 0, 1 << 30 },
		{ "0x0", 0, 0 },
		{ "0xaF9", 0, 0xaf9 },
		{ "0X10", 0, 16 },
		{ "0x00000000000000000000000001", 0, 1 },
		{ "0xffffffffffffffff", 0, U64_MAX },
		{ "0x10000000000000000", -EFBIG, 0 },
		{ "0xf0000000000000000", -EFBIG, 0 },
		{ "18446744073709551616", -EFBIG, 0 },
		{ "", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "x1", -EINVAL, 0 },
		{ "0x1K", -EINVAL, 0 },
		{ "0xg", -EINVAL, 0 },
		{ "0x 1", -EINVAL, 0 },
		{ "1x1", -EINVAL, 0 },
		{ "0b11", -EINVAL, 0 },
		{ "0x@", -EINVAL, 0 },
		{ "0x`", -EINVAL, 0 },
		{ "0x/", -EINVAL, 0 },
		{ "0x:", -EINVAL, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const size_t len_bytes = strlen(rows[i].text);
		char *exact = tap_exact(rows[i].text, len_bytes);
		struct lcma_word word = { exact, len_bytes };
		u64 address = 77;

		CHECK_EQ(lcma_word_address(&word, &address), rows[i].err);
		if (!CHECK_EQ(address, rows[i].err ? 77 : rows[i].address))
			printf("# %s\n", rows[i].text);
		tap_exact_free(exact);
	}
}

static void labels_have_one_rule(void)
{
	char label[LCMA_LABEL_BYTES + 1] = "";
	int c;

	CHECK(lcma_label_is_valid(""));
	CHECK(lcma_label_is_valid("linux,cma"));
	for (c = 1; c < 256; c++) {
		label[0] = 'a';
		label[1] = c;
		CHECK_EQ(lcma_label_is_valid(label), c > ' ' && c <= '~');
	}
	memset(label, 'x', LCMA_LABEL_BYTES);
	CHECK(!lcma_label_is_valid(label));
	label[LCMA_LABEL_BYTES - 1] = '\0';
	CHECK(lcma_label_is_valid(label));
}

static void words_end_at_stops(void)
{
	struct lcma_word mem = WORD("ab,c;;d\0e,\xff");
	struct lcma_cursor text = {
		.pos = mem.at,
		.end = mem.at + mem.len_bytes,
	};
	struct lcma_word word;

	word = lcma_cursor_word(&text, ",;");
	CHECK(lcma_word_is(&word, "ab"));
	word = lcma_cursor_word(&text, ",;");
	CHECK(lcma_word_is(&word, ""));
	CHECK(word.at == mem.at + 2);
	CHECK(!lcma_cursor_take(&text, ';'));
	CHECK(lcma_cursor_take(&text, ','));
	word = lcma_cursor_word(&text, ",;");
	CHECK(lcma_word_is(&word, "c"));
	CHECK(lcma_cursor_take(&text, ';'));
	CHECK(lcma_cursor_take(&text, ';'));
	CHECK(!lcma_cursor_take(&text, ';'));
	word = lcma_cursor_word(&text, ",;");
	CHECK_EQ(word.len_bytes, 3);
	CHECK(lcma_cursor_take(&text, ','));
	word = lcma_cursor_word(&text, ",;");
	CHECK_EQ(word.len_bytes, 1);
	CHECK(text.pos == text.end);
	word = lcma_cursor_word(&text, ",;");
	CHECK_EQ(word.len_bytes, 0);
	CHECK(!lcma_cursor_take(&text, ','));
	CHECK(!lcma_cursor_take(&text, '\0'));
}

static void words_are_compared_whole(void)
{
	struct lcma_word word = WORD("cma");

	CHECK(lcma_word_is(&word, "cma"));
	CHECK(!lcma_word_is(&word, "cm"));
	CHECK(!lcma_word_is(&word, "cmb"));
	CHECK(!lcma_word_is(&word, "cma "));
	CHECK(!lcma_word_is(&word, ""));
	word = WORD("");
	CHECK(lcma_word_is(&word, ""));
	CHECK(!lcma_word_is(&word, "cma"));
}

static void options_have_values(void)
{
	struct lcma_word value = {};
	struct lcma_word word = WORD("align=4K");

	CHECK(lcma_word_option(&word, "align=", &value));
	CHECK(lcma_word_is(&value, "4K"));
	CHECK(!lcma_word_option(&word, "alignx", &value));
	CHECK(!lcma_word_option(&word, "align=4K=", &value));
	word = WORD("align=");
	CHECK(lcma_word_option(&word, "align=", &value));
	CHECK_EQ(value.len_bytes, 0);
	word = WORD("align");
	CHECK(!lcma_word_option(&word, "align=", &value));
	word = WORD("");
	CHECK(!lcma_word_option(&word, "align=", &value));
}

static void copies_fit_or_are_refused(void)
{
	struct lcma_word word = WORD("abc");
	char to[6] = "vwxyz";

	CHECK(!lcma_word_copy(&word, to, 0));
	CHECK(!lcma_word_copy(&word, to, 3));
	CHECK(!memcmp(to, "vwxyz", 6));
	CHECK(lcma_word_copy(&word, to, 4));
	CHECK(!memcmp(to, "abc\0z", 6));
	word = WORD("");
	CHECK(lcma_word_copy(&word, to, 1));
	CHECK(!memcmp(to, "\0bc\0z", 6));
}

static void powers_of_two(void)
{
	unsigned int bit;

	CHECK(!lcma_is_pow2(0));
	CHECK(!lcma_is_pow2(U64_MAX));
	for (bit = 0; bit < 64; bit++) {
		CHECK(lcma_is_pow2(1ULL << bit));
		if (bit > 1)
			CHECK(!lcma_is_pow2((1ULL << bit) - 1));
		if (bit)
			CHECK(!lcma_is_pow2((1ULL << bit) + 1));
	}
}

static const char *fruit(unsigned int i)
{
	static const char * const words[] = { "apple", "pear=" };

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

static void check_words(const char *text, size_t at, size_t len,
			lcma_choice_fn choice, const char *want)
{
	const size_t len_bytes = strlen(text);
	char *exact = tap_exact(text, len_bytes);
	struct lcma_cursor t = { .pos = exact, .end = exact + len_bytes };
	const struct lcma_word word = { .at = exact + at, .len_bytes = len };
	char got[LCMA_COMPLAINT_BYTES];
	struct lcma_complaint complaint;

	if (choice)
		CHECK_EQ(lcma_cursor_unknown(&t, &word, "fruit", choice), -EINVAL);
	else
		CHECK_EQ(lcma_cursor_error(&t, word.at, -EFBIG, "too much"), -EFBIG);
	lcma_cursor_complain(&t, exact, &complaint);
	CHECK_EQ(complaint.at_bytes, at);
	lcma_complaint_text(&complaint, exact, len_bytes, got, sizeof(got));
	if (!CHECK(!strcmp(got, want)))
		printf("# it says: %s\n", got);
	check_complaint(&complaint, exact, len_bytes);
	tap_exact_free(exact);
}

#define FORTY	"1234567890123456789012345678901234567890"

static void complaints_quote(void)
{
	check_words("a plum b", 2, 4, fruit,
		    "\"plum\" is no fruit (there are apple, pear=), at character 3");
	check_words("a", 1, 0, fruit,
		    "\"\" is no fruit (there are apple, pear=), at character 2");
	check_words("pl\x1b[31m\n\xff", 0, 9, fruit,
		    "\"pl?[31m??\" is no fruit (there are apple, pear=), at character 1");
	check_words(FORTY "x", 0, 41, fruit,
		    "\"" FORTY "\" is no fruit (there are apple, pear=), at character 1");
	check_words("a plum b", 2, 0, NULL,
		    "too much, at character 3, here: \"plum b\"");
	check_words("x" FORTY "y", 1, 0, NULL,
		    "too much, at character 2, here: \"" FORTY "\"");
	check_words("x", 1, 0, NULL, "too much, at character 2, here: \"\"");
}

static const struct tap_case cases[] = {
	TAP_CASE(nul_is_no_end),
	TAP_CASE(text_errors_say_where),
	TAP_CASE(addresses_have_two_forms),
	TAP_CASE(labels_have_one_rule),
	TAP_CASE(words_end_at_stops),
	TAP_CASE(words_are_compared_whole),
	TAP_CASE(options_have_values),
	TAP_CASE(copies_fit_or_are_refused),
	TAP_CASE(powers_of_two),
	TAP_CASE(complaints_quote),
};

int main(void)
{
	test_numbers();
	test_sizes();
	test_names();
	tap_run(cases, ARRAY_SIZE(cases));
	forget_word();
	return tap_finish();
}
