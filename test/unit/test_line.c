// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the text device's line (src/core/line.c): every production, every
 * malformed form. Each text ends where its memory ends; it has no NUL.
 */
#include "core/line.h"
#include "complaint.h"
#include "tap.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

/* What the errors say, in so many words as tell one from the other. */
#define SAYS_SIZE	"SIZE needs KiB"
#define SAYS_HUGE	"SIZE is larger than any memory"
#define SAYS_SLOT	"0 takes no options"
#define SAYS_ALIGN	"align= needs a power of two"
#define SAYS_ALIGN_HUGE	"align= is larger than any memory"
#define SAYS_TIMEOUT	"timeout= needs milliseconds"
#define SAYS_LABEL	"label= needs 1 to 31 printable"
#define SAYS_REGION	"region= needs a region's name"
#define SAYS_UNKNOWN	"option"
#define SAYS_TWICE	"option given twice"
#define SAYS_AT		"at= needs an address"
#define SAYS_BELOW	"below= needs an address"
#define SAYS_BOUNDARY	"boundary= needs a power of two"
#define SAYS_NEWLINE	"text after the newline"
#define SAYS_LONG	"the line is longer than 256 bytes"

#define NAME_31		"abcdefghijklmnopqrstuvwxyz01234"

/* A text with its length, so that it can hold a NUL. */
#define T(string)	string, sizeof(string) - 1

static const struct {
	const char *text;
	size_t len_bytes;
	struct lcma_line line;	/* align_bytes 0 stands for the default, 1 */
} good[] = {
	/* The original protocol. */
	{ T(""), { .slot = true } },
	{ T("\n"), { .slot = true } },
	{ T("0"), { .slot = true } },
	{ T("0\n"), { .slot = true } },
	{ T("  \t \n"), { .slot = true } },
	{ T(" 0\t\n"), { .slot = true } },
	/* KiB, and the units. */
	{ T("1"), { .bytes = KIB } },
	{ T("131072\n"), { .bytes = 128 * MIB } },
	{ T("4K"), { .bytes = 4 * KIB } },
	{ T("4k"), { .bytes = 4 * KIB } },
	{ T("4M"), { .bytes = 4 * MIB } },
	{ T("4m"), { .bytes = 4 * MIB } },
	{ T("4G"), { .bytes = 4 * GIB } },
	{ T("4g"), { .bytes = 4 * GIB } },
	{ T("0004M"), { .bytes = 4 * MIB } },
	{ T("18014398509481983"), { .bytes = U64_MAX - 1023 } },
	{ T("17179869183G"), { .bytes = U64_MAX - (GIB - 1) } },
	/* Blanks. */
	{ T(" 4M"), { .bytes = 4 * MIB } },
	{ T("\t4M \t\n"), { .bytes = 4 * MIB } },
	{ T("4M \t nowait \t \n"), { .bytes = 4 * MIB, .nowait = true } },
	/* Options. */
	{ T("4M align=1"), { .bytes = 4 * MIB, .align_bytes = KIB } },
	{ T("4M align=64K"), { .bytes = 4 * MIB, .align_bytes = 64 * KIB } },
	{ T("4M align=1M\n"), { .bytes = 4 * MIB, .align_bytes = MIB } },
	{ T("4M align=8589934592G"),
	  { .bytes = 4 * MIB, .align_bytes = 1ULL << 63 } },
	{ T("4M region=cam"), { .bytes = 4 * MIB, .region = "cam" } },
	{ T("4M region=" NAME_31), { .bytes = 4 * MIB, .region = NAME_31 } },
	{ T("4M region=a+b"), { .bytes = 4 * MIB, .region = "a+b" } },
	{ T("4M region=a+b,c nowait"),
	  { .bytes = 4 * MIB, .region = "a+b,c", .nowait = true } },
	{ T("4M region=0"), { .bytes = 4 * MIB, .region = "0" } },
	{ T("4M label=x"), { .bytes = 4 * MIB, .label = "x" } },
	{ T("4M label=" NAME_31), { .bytes = 4 * MIB, .label = NAME_31 } },
	{ T("4M label=!~=\"#;,%s"),
	  { .bytes = 4 * MIB, .label = "!~=\"#;,%s" } },
	{ T("4M label=align=1"), { .bytes = 4 * MIB, .label = "align=1" } },
	{ T("4M timeout=1"), { .bytes = 4 * MIB, .timeout_ms = 1 } },
	{ T("4M timeout=4294967295"),
	  { .bytes = 4 * MIB, .timeout_ms = U32_MAX } },
	{ T("4M timeout=0000000000000000000000001"),
	  { .bytes = 4 * MIB, .timeout_ms = 1 } },
	{ T("4M nowait"), { .bytes = 4 * MIB, .nowait = true } },
	{ T("4M below=0x78000000"), { .bytes = 4 * MIB, .below = 0x78000000 } },
	{ T("4M below=1G"), { .bytes = 4 * MIB, .below = GIB } },
	{ T("4M below=0XfffFFFFfffffFFFF"), { .bytes = 4 * MIB, .below = U64_MAX } },
	{ T("4M at=0x9aBcD000"), { .bytes = 4 * MIB, .at = 0x9abcd000 } },
	/* An address counts bytes where a size counts KiB. */
	{ T("4M at=4096"), { .bytes = 4 * MIB, .at = 4096 } },
	{ T("4M boundary=16M"), { .bytes = 4 * MIB, .boundary_bytes = 16 * MIB } },
	{ T("4M boundary=64"), { .bytes = 4 * MIB, .boundary_bytes = 64 * KIB } },
	/* Ahead of time. */
	{ T("prepare 4M"), { .bytes = 4 * MIB, .prepare = true } },
	{ T("prepare\t 0\n"), { .prepare = true } },
	{ T("prepare 0 region=cam"), { .prepare = true, .region = "cam" } },
	{ T(" prepare 64M within=1000 for=5000 region=cam align=1M label=x wait\n"),
	  { .bytes = 64 * MIB, .prepare = true, .wait = true, .timeout_ms = 1000,
	    .hold_ms = 5000, .region = "cam", .align_bytes = MIB, .label = "x" } },
	{ T("prepare 1 within=10000 for=60000"),
	  { .bytes = KIB, .prepare = true, .timeout_ms = 10000, .hold_ms = 60000 } },
	/* All of them, in two orders. */
	{ T("8M boundary=1G at=1M below=2G"),
	  { .bytes = 8 * MIB, .at = MIB, .below = 2 * GIB, .boundary_bytes = GIB } },
	{ T("8M align=1M region=r label=l timeout=9 nowait\n"),
	  { .bytes = 8 * MIB, .align_bytes = MIB, .region = "r", .label = "l",
	    .timeout_ms = 9, .nowait = true } },
	{ T("8M nowait timeout=9 label=l region=r align=1M"),
	  { .bytes = 8 * MIB, .align_bytes = MIB, .region = "r", .label = "l",
	    .timeout_ms = 9, .nowait = true } },
};

static const struct {
	const char *text;
	size_t len_bytes;
	int err;
	const char *says;
} bad[] = {
	/* Sizes. */
	{ T("00"), -EINVAL, SAYS_SIZE },
	{ T("0K"), -EINVAL, SAYS_SIZE },
	{ T("0M nowait"), -EINVAL, SAYS_SIZE },
	{ T("-1"), -EINVAL, SAYS_SIZE },
	{ T("+1"), -EINVAL, SAYS_SIZE },
	{ T("0x10"), -EINVAL, SAYS_SIZE },
	{ T("4T"), -EINVAL, SAYS_SIZE },
	{ T("4MB"), -EINVAL, SAYS_SIZE },
	{ T("4 M"), -EINVAL, SAYS_UNKNOWN },
	{ T("M"), -EINVAL, SAYS_SIZE },
	{ T("four"), -EINVAL, SAYS_SIZE },
	{ T("1.5M"), -EINVAL, SAYS_SIZE },
	{ T("4M,align=1M"), -EINVAL, SAYS_SIZE },
	{ T("align=1M"), -EINVAL, SAYS_SIZE },
	{ T("nowait"), -EINVAL, SAYS_SIZE },
	{ T("nowait 4M"), -EINVAL, SAYS_SIZE },
	{ T("4M\r\n"), -EINVAL, SAYS_SIZE },
	{ T("\v4M"), -EINVAL, SAYS_SIZE },
	{ T("\xa0" "4M"), -EINVAL, SAYS_SIZE },
	{ T("4\xff"), -EINVAL, SAYS_SIZE },
	{ T("99999999999999999999x"), -EINVAL, SAYS_SIZE },
	{ T("18014398509481984"), -EFBIG, SAYS_HUGE },
	{ T("18446744073709551615"), -EFBIG, SAYS_HUGE },
	{ T("17179869184G"), -EFBIG, SAYS_HUGE },
	{ T("99999999999999999999999999"), -EFBIG, SAYS_HUGE },
	{ T("99999999999999999999G nowait"), -EFBIG, SAYS_HUGE },
	/* Ahead of time. */
	{ T("prepare"), -EINVAL, SAYS_SIZE },
	{ T("prepare \n"), -EINVAL, SAYS_SIZE },
	{ T("prepare x"), -EINVAL, SAYS_SIZE },
	{ T("prepare prepare 4M"), -EINVAL, SAYS_SIZE },
	{ T("prepared 4M"), -EINVAL, SAYS_SIZE },
	{ T("prepare 17179869184G"), -EFBIG, SAYS_HUGE },
	{ T("prepare 4M nowait"), -EINVAL, SAYS_UNKNOWN },
	{ T("prepare 4M timeout=1"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M within=1"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M for=1"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M wait"), -EINVAL, SAYS_UNKNOWN },
	{ T("prepare 4M within=0"), -EINVAL, "within= needs milliseconds" },
	{ T("prepare 4M within=10001"), -EINVAL, "within= needs milliseconds" },
	{ T("prepare 4M for=0"), -EINVAL, "for= needs milliseconds" },
	{ T("prepare 4M for=60001"), -EINVAL, "for= needs milliseconds" },
	{ T("prepare 4M for=1s"), -EINVAL, "for= needs milliseconds" },
	{ T("prepare 4M wait wait"), -EINVAL, SAYS_TWICE },
	{ T("prepare 4M within=1 within=1"), -EINVAL, SAYS_TWICE },
	/* 0 is not a size. */
	{ T("0 nowait"), -EINVAL, SAYS_SLOT },
	{ T("0 align=1M\n"), -EINVAL, SAYS_SLOT },
	{ T("0 0"), -EINVAL, SAYS_SLOT },
	{ T("0 \0"), -EINVAL, SAYS_SLOT },
	/* Options. */
	{ T("4M align="), -EINVAL, SAYS_ALIGN },
	{ T("4M align=0"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=3"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=3M"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=x"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=-4K"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=17179869183G"), -EINVAL, SAYS_ALIGN },
	{ T("4M align=17179869184G"), -EFBIG, SAYS_ALIGN_HUGE },
	{ T("4M align=18446744073709551616"), -EFBIG, SAYS_ALIGN_HUGE },
	{ T("4M region="), -EINVAL, SAYS_REGION },
	{ T("4M region=-x"), -EINVAL, SAYS_REGION },
	{ T("4M region=a+"), -EINVAL, SAYS_REGION },
	{ T("4M region=a+a"), -EINVAL, SAYS_REGION },
	{ T("4M region=a,,b"), -EINVAL, SAYS_REGION },
	{ T("4M region=a\0+b"), -EINVAL, SAYS_REGION },
	{ T("4M region=" NAME_31 "+" NAME_31 "x"), -EINVAL, SAYS_REGION },
	{ T("4M region=1" NAME_31 "+2"), -EINVAL, SAYS_REGION },
	{ T("4M region=.."), -EINVAL, SAYS_REGION },
	{ T("4M region=a/b"), -EINVAL, SAYS_REGION },
	{ T("4M region=" NAME_31 "x"), -EINVAL, SAYS_REGION },
	{ T("4M region=\xc3\xa9"), -EINVAL, SAYS_REGION },
	{ T("4M label="), -EINVAL, SAYS_LABEL },
	{ T("4M label=" NAME_31 "x"), -EINVAL, SAYS_LABEL },
	{ T("4M label=a\x1b[31m"), -EINVAL, SAYS_LABEL },
	{ T("4M label=\x7f"), -EINVAL, SAYS_LABEL },
	{ T("4M label=a\x80"), -EINVAL, SAYS_LABEL },
	{ T("4M label=\xff"), -EINVAL, SAYS_LABEL },
	{ T("4M label=a\0b"), -EINVAL, SAYS_LABEL },
	{ T("4M label=a\0"), -EINVAL, SAYS_LABEL },
	{ T("4M timeout="), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=0"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=-1"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=1s"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=1K"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=4294967296"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M timeout=18446744073709551617"), -EINVAL, SAYS_TIMEOUT },
	{ T("4M at="), -EINVAL, SAYS_AT },
	{ T("4M at=0"), -EINVAL, SAYS_AT },
	{ T("4M at=0x"), -EINVAL, SAYS_AT },
	{ T("4M at=0x0"), -EINVAL, SAYS_AT },
	{ T("4M at=0x1g"), -EINVAL, SAYS_AT },
	{ T("4M at=0x1M"), -EINVAL, SAYS_AT },
	{ T("4M at=x10"), -EINVAL, SAYS_AT },
	{ T("4M at=0x10000000000000000"), -EINVAL, SAYS_AT },
	{ T("4M at=1 at=1"), -EINVAL, SAYS_TWICE },
	{ T("4M below="), -EINVAL, SAYS_BELOW },
	{ T("4M below=0"), -EINVAL, SAYS_BELOW },
	{ T("4M below=-1"), -EINVAL, SAYS_BELOW },
	{ T("4M below=18446744073709551616"), -EINVAL, SAYS_BELOW },
	{ T("4M boundary="), -EINVAL, SAYS_BOUNDARY },
	{ T("4M boundary=0"), -EINVAL, SAYS_BOUNDARY },
	{ T("4M boundary=3M"), -EINVAL, SAYS_BOUNDARY },
	{ T("4M boundary=0x1000000"), -EINVAL, SAYS_BOUNDARY },
	{ T("4M nowait=1"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M nowai"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M nowaits"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M NOWAIT"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M align"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M align =1M"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M Align=1M"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M =1M"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M 4M"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M nowait,"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M label=two words"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M align=1M align=1M"), -EINVAL, SAYS_TWICE },
	{ T("4M region=a region=b"), -EINVAL, SAYS_TWICE },
	{ T("4M label=a nowait label=a"), -EINVAL, SAYS_TWICE },
	{ T("4M timeout=1 timeout=2"), -EINVAL, SAYS_TWICE },
	{ T("4M nowait nowait"), -EINVAL, SAYS_TWICE },
	/* One write is one line. */
	{ T("\n\n"), -EINVAL, SAYS_NEWLINE },
	{ T("\n4M"), -EINVAL, SAYS_NEWLINE },
	{ T("0\n0\n"), -EINVAL, SAYS_NEWLINE },
	{ T("4M\n "), -EINVAL, SAYS_NEWLINE },
	{ T("4M\nnowait\n"), -EINVAL, SAYS_NEWLINE },
	{ T("4M\n\0"), -EINVAL, SAYS_NEWLINE },
	/* A NUL is no end. */
	{ T("\0"), -EINVAL, SAYS_SIZE },
	{ T("0\0"), -EINVAL, SAYS_SIZE },
	{ T("4M\0"), -EINVAL, SAYS_SIZE },
	{ T("4M\0\n"), -EINVAL, SAYS_SIZE },
	{ T("4M \0"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M nowait\0"), -EINVAL, SAYS_UNKNOWN },
	{ T("4M nowait \0\n"), -EINVAL, SAYS_UNKNOWN },
};

static int parse(const char *text, size_t len_bytes, struct lcma_line *line,
		 const char **why)
{
	char *exact = tap_exact(text, len_bytes);
	struct lcma_complaint complaint;
	int err;

	/* The whole answer is the parser's, whatever was there before. */
	memset(line, 0xa5, sizeof(*line));
	err = lcma_line_parse(exact, len_bytes, line, &complaint);
	if (err) {
		*why = complaint.what;
		check_complaint(&complaint, exact, len_bytes);
	}
	tap_exact_free(exact);
	return err;
}

static void test_good(void)
{
	const char *unchanged = "unchanged", *why;
	struct lcma_line line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		tap_begin();
		why = unchanged;
		CHECK_EQ(parse(good[i].text, good[i].len_bytes, &line, &why), 0);
		CHECK(why == unchanged);
		CHECK_EQ(line.slot, good[i].line.slot);
		CHECK_EQ(line.nowait, good[i].line.nowait);
		CHECK_EQ(line.prepare, good[i].line.prepare);
		CHECK_EQ(line.wait, good[i].line.wait);
		CHECK_EQ(line.hold_ms, good[i].line.hold_ms);
		CHECK_EQ(line.bytes, good[i].line.bytes);
		CHECK_EQ(line.align_bytes, good[i].line.align_bytes ?: 1);
		CHECK_EQ(line.at, good[i].line.at);
		CHECK_EQ(line.below, good[i].line.below);
		CHECK_EQ(line.boundary_bytes, good[i].line.boundary_bytes);
		CHECK_EQ(line.timeout_ms, good[i].line.timeout_ms);
		CHECK(!strcmp(line.region, good[i].line.region));
		CHECK(!strcmp(line.label, good[i].line.label));
		tap_end("line takes %s",
			tap_quote(good[i].text, good[i].len_bytes));
	}
}

static void check_says(const char *why, const char *says)
{
	if (!CHECK(!strncmp(why, says, strlen(says))))
		printf("# it says: %s\n", why);
}

static void test_bad(void)
{
	struct lcma_line line;
	const char *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		tap_begin();
		why = "nothing";
		CHECK_EQ(parse(bad[i].text, bad[i].len_bytes, &line, &why),
			 bad[i].err);
		check_says(why, bad[i].says);
		tap_end("line refuses %s",
			tap_quote(bad[i].text, bad[i].len_bytes));
	}
}

/* 256 bytes with the newline are a line, 257 are not. */
static void long_lines(void)
{
	char text[LCMA_LINE_BYTES + 100];
	struct lcma_line line;
	const char *why = "nothing";
	size_t len;

	memset(text, ' ', sizeof(text));
	memcpy(text, "4M", 2);
	CHECK_EQ(parse(text, LCMA_LINE_BYTES, &line, &why), 0);
	CHECK_EQ(line.bytes, 4 * MIB);
	text[LCMA_LINE_BYTES - 1] = '\n';
	CHECK_EQ(parse(text, LCMA_LINE_BYTES, &line, &why), 0);
	for (len = LCMA_LINE_BYTES + 1; len < sizeof(text); len++) {
		why = "nothing";
		CHECK_EQ(parse(text, len, &line, &why), -EINVAL);
		check_says(why, SAYS_LONG);
	}
	memset(text, '0', sizeof(text));
	text[LCMA_LINE_BYTES - 1] = '7';
	CHECK_EQ(parse(text, LCMA_LINE_BYTES, &line, &why), 0);
	CHECK_EQ(line.bytes, 7 * KIB);
}

/* Every single byte: alone, as a size's end, as an option, inside a label. */
static void every_byte(void)
{
	const char *why = "nothing";
	struct lcma_line line;
	char text[16];
	int c, err;

	for (c = 0; c < 256; c++) {
		const bool blank = c == ' ' || c == '\t' || c == '\n';
		const bool digit = c >= '0' && c <= '9';
		const bool unit = c && strchr("kKmMgG", c);

		text[0] = c;
		err = parse(text, 1, &line, &why);
		CHECK_EQ(err, blank || digit ? 0 : -EINVAL);
		CHECK(err || line.slot == (blank || c == '0'));

		text[0] = '1';
		text[1] = c;
		err = parse(text, 2, &line, &why);
		CHECK_EQ(err, blank || digit || unit ? 0 : -EINVAL);

		memcpy(text, "1 label=", 8);
		text[8] = c;
		err = parse(text, 9, &line, &why);
		CHECK_EQ(err, c > ' ' && c <= '~' ? 0 : -EINVAL);
		CHECK(err || line.label[0] == c);

		memcpy(text, "1 ", 2);
		text[2] = c;
		err = parse(text, 3, &line, &why);
		CHECK_EQ(err, blank ? 0 : -EINVAL);
	}
}

static const struct tap_case cases[] = {
	TAP_CASE(long_lines),
	TAP_CASE(every_byte),
};

int main(void)
{
	test_good();
	test_bad();
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
