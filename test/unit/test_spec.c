// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the module parameter regions= (src/core/spec.c): every production,
 * every malformed form, what each error says and which character it is about.
 * Each text ends, with its NUL, where its memory ends.
 */
#include "core/spec.h"
#include "complaint.h"
#include "tap.h"
#include "words.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

/* What the errors say, in so many words as tell one from the other. */
#define SAYS_NAME	"NAME needs 1 to 31 of"
#define SAYS_EQUALS	"NAME needs = and a SIZE"
#define SAYS_SIZE	"SIZE needs a number above 0"
#define SAYS_SOURCE	"source"
#define SAYS_CMA	"this source takes nothing after a colon"
#define SAYS_ARG	"this source needs a name after a colon"
#define SAYS_ARG_LONG	"name after the source needs 1 to 63 printable"
#define SAYS_OPTION	"option"
#define SAYS_TWICE	"option given twice"
#define SAYS_KEEP	"keep= needs a SIZE, LOW-HIGH, or all"
#define SAYS_LOW_HIGH	"keep=LOW-HIGH needs LOW no larger"
#define SAYS_ALIGN	"align= needs a power of two"
#define SAYS_POLICY	"policy"
#define SAYS_ORDER	"order= needs a number from 0 to 30"
#define SAYS_WEDGE	"wedge= needs 0 or 1"
#define SAYS_AT		"at= needs an address"
#define SAYS_BELOW	"below= needs an address"
#define SAYS_CACHE	"cache"
#define SAYS_AT_ALIGN	"at= needs a multiple of align="
#define SAYS_ABOVE	"at= and SIZE end above below="
#define SAYS_MANY	"too many regions"
#define SAYS_SAME	"two regions of one name"

#define NAME_31		"abcdefghijklmnopqrstuvwxyz01234"
#define ARG_63		NAME_31 "-" NAME_31

static const struct {
	const char *text;
	int nr;
	struct lcma_spec spec[2];	/* align_bytes 0: the default, 1 */
} good[] = {
	/* The smallest; both separators; the units. */
	{ "a=1", 1, {{ .name = "a", .size_bytes = 1,
		       .source = LCMA_SOURCE_ANY }} },
	{ "a:1", 1, {{ .name = "a", .size_bytes = 1,
		       .source = LCMA_SOURCE_ANY }} },
	{ "a=4096\n", 1, {{ .name = "a", .size_bytes = 4096,
			    .source = LCMA_SOURCE_ANY }} },
	{ "a=5k", 1, {{ .name = "a", .size_bytes = 5 * KIB,
			.source = LCMA_SOURCE_ANY }} },
	{ "a=5K", 1, {{ .name = "a", .size_bytes = 5 * KIB,
			.source = LCMA_SOURCE_ANY }} },
	{ "a=5m", 1, {{ .name = "a", .size_bytes = 5 * MIB,
			.source = LCMA_SOURCE_ANY }} },
	{ "a=5G", 1, {{ .name = "a", .size_bytes = 5 * GIB,
			.source = LCMA_SOURCE_ANY }} },
	{ "a=18446744073709551615", 1,
	  {{ .name = "a", .size_bytes = U64_MAX,
	     .source = LCMA_SOURCE_ANY }} },
	{ "a=17179869183G", 1,
	  {{ .name = "a", .size_bytes = U64_MAX - (GIB - 1),
	     .source = LCMA_SOURCE_ANY }} },
	{ NAME_31 "=1M", 1, {{ .name = NAME_31, .size_bytes = MIB,
			       .source = LCMA_SOURCE_ANY }} },
	{ "0-_.Z=1M", 1, {{ .name = "0-_.Z", .size_bytes = MIB,
			    .source = LCMA_SOURCE_ANY }} },
	/* Sources. */
	{ "cam=32M@cma", 1, {{ .name = "cam", .size_bytes = 32 * MIB,
			       .source = CMA }} },
	{ "a=1M@reserve_mem", 1, {{ .name = "a", .size_bytes = MIB,
				    .source = RESERVE_MEM }} },
	{ "a=1M@reserve_mem:gpu", 1,
	  {{ .name = "a", .size_bytes = MIB, .source_arg = "gpu",
	     .source = RESERVE_MEM }} },
	{ "a=1M@reserve_mem:a:b=c", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = RESERVE_MEM,
	     .source_arg = "a:b=c" }} },
	{ "a=1M@fake:linux,cma", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = FAKE,
	     .source_arg = "linux,cma" }} },
	{ "a=1M@fake:linux,cma@1,x,order=3;b=1M", 2,
	  {{ .name = "a", .size_bytes = MIB, .source = FAKE,
	     .source_arg = "linux,cma@1,x", .order = 3 },
	   { .name = "b", .size_bytes = MIB, .source = LCMA_SOURCE_ANY }} },
	{ "a=1M@reserve_mem:" ARG_63, 1,
	  {{ .name = "a", .size_bytes = MIB, .source = RESERVE_MEM,
	     .source_arg = ARG_63 }} },
	/* keep= */
	{ "a=1M,keep=0", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true }} },
	{ "a=1M,keep=4K", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true, .keep_low_bytes = 4 * KIB,
	     .keep_high_bytes = 4 * KIB }} },
	{ "a=1M,keep=4K-1M", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true, .keep_low_bytes = 4 * KIB,
	     .keep_high_bytes = MIB }} },
	{ "a=1M,keep=1M-1M", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true, .keep_low_bytes = MIB,
	     .keep_high_bytes = MIB }} },
	{ "a=1M,keep=0-9G", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true, .keep_high_bytes = 9 * GIB }} },
	{ "a=1M,keep=all", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .keep_given = true, .keep_low_bytes = LCMA_KEEP_ALL,
	     .keep_high_bytes = LCMA_KEEP_ALL }} },
	/* The others. */
	{ "a=1M,align=1", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .align_bytes = 1 }} },
	{ "a=1M,align=2M", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .align_bytes = 2 * MIB }} },
	{ "a=1M,align=9223372036854775808", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .align_bytes = 1ULL << 63 }} },
	{ "a=1M,policy=first-fit", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .policy = FIRST_FIT }} },
	{ "a=1M,policy=best-fit", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .policy = BEST_FIT }} },
	{ "a=1M,policy=cost", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .policy = COST }} },
	{ "a=1M,order=0", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY }} },
	{ "a=1M,order=30", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .order = 30 }} },
	{ "a=1M,wedge=1", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .is_wedged = true }} },
	{ "a=1M,wedge=0", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY }} },
	{ "a=1M,at=0x78000000", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .at = 0x78000000 }} },
	{ "a=1M@cma,below=2G,align=1M,at=1G", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = CMA, .align_bytes = MIB,
	     .at = GIB, .below = 2 * GIB }} },
	/* What just fits. */
	{ "a=1M,cache=uncached;b=1M,cache=wc", 2,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .cache = LCMA_CACHE_UNCACHED },
	   { .name = "b", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .cache = LCMA_CACHE_WC }} },
	{ "a=1M,cache=wb", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .cache = LCMA_CACHE_WB }} },
	{ "a=1M,below=1M", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .below = MIB }} },
	{ "a=1M,below=0x100000001,at=1", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .below = 0x100000001, .at = 1 }} },
	{ "a=1M,at=1M,below=2M", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = LCMA_SOURCE_ANY,
	     .at = MIB, .below = 2 * MIB }} },
	{ "a=1048575,at=0xfffffffffff00000", 1,
	  {{ .name = "a", .size_bytes = MIB - 1, .source = LCMA_SOURCE_ANY,
	     .at = 0xfffffffffff00000 }} },
	/* All of it, and two regions. */
	{ "a=1M@reserve_mem:5,order=3,policy=first-fit,align=8K,keep=1-2", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = RESERVE_MEM,
	     .policy = FIRST_FIT,
	     .source_arg = "5", .keep_given = true, .keep_low_bytes = 1,
	     .keep_high_bytes = 2, .align_bytes = 8 * KIB, .order = 3 }} },
	{ "cam=32M@cma;gpu:16M@reserve_mem:gpu,keep=all\n", 2,
	  {{ .name = "cam", .size_bytes = 32 * MIB,
	     .source = CMA },
	   { .name = "gpu", .size_bytes = 16 * MIB, .source_arg = "gpu",
	     .source = RESERVE_MEM, .keep_given = true,
	     .keep_low_bytes = LCMA_KEEP_ALL,
	     .keep_high_bytes = LCMA_KEEP_ALL }} },
	/* A source and a policy that only this table knows. */
	{ "a=1M@fake:x,policy=fake", 1,
	  {{ .name = "a", .size_bytes = MIB, .source = FAKE, .source_arg = "x",
	     .policy = FAKE_POLICY }} },
	/* What one region was given is not the next one's. */
	{ "a=1M@reserve_mem:x,keep=1,align=2,order=1;A=2M", 2,
	  {{ .name = "a", .size_bytes = MIB, .source = RESERVE_MEM,
	     .source_arg = "x", .keep_given = true, .keep_low_bytes = 1,
	     .keep_high_bytes = 1, .align_bytes = 2, .order = 1 },
	   { .name = "A", .size_bytes = 2 * MIB,
	     .source = LCMA_SOURCE_ANY }} },
};

/* A caret stands under the character that the error is about. */
static const struct {
	const char *text;
	const char *caret;
	const char *says;
} bad[] = {
	/* NAME */
	{ "",
	  "^", SAYS_NAME },
	{ "\n",
	  "^", SAYS_NAME },
	{ "=1M",
	  "^", SAYS_NAME },
	{ ";a=1M",
	  "^", SAYS_NAME },
	{ " a=1M",
	  "^", SAYS_NAME },
	{ "map=1M",
	  "^", "NAME cannot be map or add" },
	{ "a=1M;map=1M",
	  "     ^", "NAME cannot be map or add" },
	{ "-a=1M",
	  "^", SAYS_NAME },
	{ "..=1M",
	  "^", SAYS_NAME },
	{ "a/b=1M",
	  "^", SAYS_NAME },
	{ "\xc3\xa9=1M",
	  "^", SAYS_NAME },
	{ NAME_31 "x=1M",
	  "^", SAYS_NAME },
	{ "a=1M;",
	  "     ^", SAYS_NAME },
	{ "a=1M;;b=1M",
	  "     ^", SAYS_NAME },
	{ "a=1M;\n",
	  "     ^", SAYS_NAME },
	{ "a=1M; b=1M",
	  "     ^", SAYS_NAME },
	{ "add=1M",
	  "^", "NAME cannot be map or add" },
	{ "a",
	  " ^", SAYS_EQUALS },
	{ "32M",
	  "   ^", SAYS_EQUALS },
	{ "a@cma",
	  " ^", SAYS_EQUALS },
	{ "a,keep=all",
	  " ^", SAYS_EQUALS },
	{ "a;b=1M",
	  " ^", SAYS_EQUALS },
	/* SIZE */
	{ "a=",
	  "  ^", SAYS_SIZE },
	{ "a=\n",
	  "  ^", SAYS_SIZE },
	{ "a=0",
	  "  ^", SAYS_SIZE },
	{ "a=0M",
	  "  ^", SAYS_SIZE },
	{ "a==1M",
	  "  ^", SAYS_SIZE },
	{ "a:=1M",
	  "  ^", SAYS_SIZE },
	{ "a=-1",
	  "  ^", SAYS_SIZE },
	{ "a= 1M",
	  "  ^", SAYS_SIZE },
	{ "a=1M ",
	  "  ^", SAYS_SIZE },
	{ "a=1T",
	  "  ^", SAYS_SIZE },
	{ "a=1MB",
	  "  ^", SAYS_SIZE },
	{ "a=0x100000",
	  "  ^", SAYS_SIZE },
	{ "a=1M:cma",
	  "  ^", SAYS_SIZE },
	{ "a=1M\n\n",
	  "  ^", SAYS_SIZE },
	{ "a=1M\r\n",
	  "  ^", SAYS_SIZE },
	{ "a=1M\nb=1M",
	  "  ^", SAYS_SIZE },
	{ "a=18446744073709551616",
	  "  ^", SAYS_SIZE },
	{ "a=17179869184G",
	  "  ^", SAYS_SIZE },
	{ "a=@cma",
	  "  ^", SAYS_SIZE },
	{ "a=,keep=all",
	  "  ^", SAYS_SIZE },
	/* source */
	{ "a=1M@",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@\n",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@,keep=0",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@CMA",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@cmaa",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@any",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@cma@live",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@cma:",
	  "         ^", SAYS_CMA },
	{ "a=1M@cma:x",
	  "         ^", SAYS_CMA },
	/* A source that wants a name. */
	{ "a=1M@fake",
	  "         ^", SAYS_ARG },
	{ "a=1M@fake:",
	  "          ^", SAYS_ARG },
	{ "a=1M@fake,keep=0",
	  "         ^", SAYS_ARG },
	{ "a=1M@fake:linux,cma,kep=0",
	  "                    ^", SAYS_OPTION },
	{ "a=1M@fake:x,",
	  "            ^", SAYS_OPTION },
	{ "a=1M@fake:x,,y",
	  "            ^", SAYS_OPTION },
	{ "a=1M@fake:,y",
	  "          ^", SAYS_ARG },
	/* Sources that other versions may have. */
	{ "a=1M@of:x",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@live",
	  "     ^", SAYS_SOURCE },
	{ "a=1M@reserve_mem:",
	  "                 ^", SAYS_ARG },
	{ "a=1M@reserve_mem:,keep=0",
	  "                 ^", SAYS_ARG },
	{ "a=1M@reserve_mem:;b=1M",
	  "                 ^", SAYS_ARG },
	{ "a=1M@reserve_mem:" ARG_63 "x",
	  "                 ^", SAYS_ARG_LONG },
	/* options */
	{ "a=1M,",
	  "     ^", SAYS_OPTION },
	{ "a=1M,\n",
	  "     ^", SAYS_OPTION },
	{ "a=1M,,keep=0",
	  "     ^", SAYS_OPTION },
	{ "a=1M,keep",
	  "     ^", SAYS_OPTION },
	{ "a=1M,Keep=0",
	  "     ^", SAYS_OPTION },
	{ "a=1M, keep=0",
	  "     ^", SAYS_OPTION },
	{ "a=1M,size=1",
	  "     ^", SAYS_OPTION },
	{ "a=1M,keep=0,x",
	  "            ^", SAYS_OPTION },
	{ "a=1M,@cma",
	  "     ^", SAYS_OPTION },
	{ "a=1M,keep=0,keep=0",
	  "            ^", SAYS_TWICE },
	{ "a=1M,align=1,keep=0,align=1",
	  "                    ^", SAYS_TWICE },
	{ "a=1M,policy=first-fit,policy=first-fit",
	  "                      ^", SAYS_TWICE },
	{ "a=1M,order=1,order=2",
	  "             ^", SAYS_TWICE },
	{ "a=1M,at=",
	  "        ^", SAYS_AT },
	{ "a=1M,at=0",
	  "        ^", SAYS_AT },
	{ "a=1M,at=0x",
	  "        ^", SAYS_AT },
	{ "a=1M,at=0x12345678123456789",
	  "        ^", SAYS_AT },
	{ "a=1M,at=1M,at=1M",
	  "           ^", SAYS_TWICE },
	{ "a=1M,below=",
	  "           ^", SAYS_BELOW },
	{ "a=1M,below=0x0",
	  "           ^", SAYS_BELOW },
	{ "a=1M,cache=",
	  "           ^", SAYS_CACHE },
	{ "a=1M,cache=WC",
	  "           ^", SAYS_CACHE },
	{ "a=1M,cache=wc,cache=wb",
	  "              ^", SAYS_TWICE },
	/* What no memory can be: the region is wrong. */
	{ "a=1M,align=2M,at=1M",
	  "^", SAYS_AT_ALIGN },
	{ "a=2M,below=1M",
	  "^", SAYS_ABOVE },
	{ "b=1M;a=1M,at=1M,below=0x1fffff",
	  "     ^", SAYS_ABOVE },
	{ "a=1M,at=3M,below=2M",
	  "^", SAYS_ABOVE },
	{ "a=1M,at=0xfffffffffff00001",
	  "^", SAYS_ABOVE },
	{ "a=1M,keep=",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=ALL",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=alll",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=x",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=-",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=-1M",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=1M-",
	  "             ^", SAYS_KEEP },
	{ "a=1M,keep=1M-2M-3M",
	  "             ^", SAYS_KEEP },
	{ "a=1M,keep=1M-all",
	  "             ^", SAYS_KEEP },
	{ "a=1M,keep=all-1M",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=18446744073709551616",
	  "          ^", SAYS_KEEP },
	{ "a=1M,keep=1-17179869184G",
	  "            ^", SAYS_KEEP },
	{ "a=1M,keep=2M-1M",
	  "          ^", SAYS_LOW_HIGH },
	{ "a=1M,keep=1025-1K",
	  "          ^", SAYS_LOW_HIGH },
	{ "a=1M,align=",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,align=0",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,align=3",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,align=3K",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,align=x",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,align=18446744073709551616",
	  "           ^", SAYS_ALIGN },
	{ "a=1M,policy=",
	  "            ^", SAYS_POLICY },
	{ "a=1M,policy=best",
	  "            ^", SAYS_POLICY },
	{ "a=1M,policy=costs",
	  "            ^", SAYS_POLICY },
	{ "a=1M,policy=first-fit2",
	  "            ^", SAYS_POLICY },
	{ "a=1M,order=",
	  "           ^", SAYS_ORDER },
	{ "a=1M,order=31",
	  "           ^", SAYS_ORDER },
	{ "a=1M,order=-1",
	  "           ^", SAYS_ORDER },
	{ "a=1M,wedge=",
	  "           ^", SAYS_WEDGE },
	{ "a=1M,wedge=2",
	  "           ^", SAYS_WEDGE },
	{ "a=1M,order=1K",
	  "           ^", SAYS_ORDER },
	{ "a=1M,order=4294967296",
	  "           ^", SAYS_ORDER },
	{ "a=1M,order=18446744073709551616",
	  "           ^", SAYS_ORDER },
	/* regions */
	{ "a=1M;a=1M",
	  "     ^", SAYS_SAME },
	{ "a=1M;b=2M@cma;a:3M@cma,keep=0",
	  "              ^", SAYS_SAME },
	/* The error in the second region, not in the first. */
	{ "a=1M@cma,keep=0;b=1M@cma,order=99",
	  "                               ^", SAYS_ORDER },
};

static int parse(const char *text, struct lcma_spec *specs,
		 unsigned int max_specs, struct lcma_complaint *error)
{
	char *exact = tap_exact(text, strlen(text) + 1);
	int ret;

	/* The whole answer is the parser's, whatever was there before. */
	memset(specs, 0xa5, max_specs * sizeof(*specs));
	ret = lcma_spec_parse(exact, &words, specs, max_specs, error);
	if (ret < 0)
		check_complaint(error, exact, strlen(exact));
	tap_exact_free(exact);
	return ret;
}

static void check_spec(const struct lcma_spec *got,
		       const struct lcma_spec *want)
{
	CHECK(!strcmp(got->name, want->name));
	CHECK_EQ(got->size_bytes, want->size_bytes);
	CHECK_EQ(got->source, want->source);
	CHECK(!strcmp(got->source_arg, want->source_arg));
	CHECK_EQ(got->keep_given, want->keep_given);
	CHECK_EQ(got->keep_low_bytes, want->keep_low_bytes);
	CHECK_EQ(got->keep_high_bytes, want->keep_high_bytes);
	CHECK_EQ(got->align_bytes, want->align_bytes ?: 1);
	CHECK_EQ(got->at, want->at);
	CHECK_EQ(got->below, want->below);
	CHECK_EQ(got->cache, want->cache);
	CHECK_EQ(got->order, want->order);
	CHECK_EQ(got->policy, want->policy);
	CHECK_EQ(got->is_wedged, want->is_wedged);
}

static void test_good(void)
{
	static const char unchanged[] = "unchanged";
	struct lcma_spec specs[LCMA_MAX_REGIONS];
	struct lcma_complaint error;
	size_t i;
	int k;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		tap_begin();
		error = (struct lcma_complaint){ .what = unchanged, .at_bytes = 77 };
		CHECK_EQ(parse(good[i].text, specs, LCMA_MAX_REGIONS, &error),
			 good[i].nr);
		for (k = 0; k < good[i].nr; k++)
			check_spec(&specs[k], &good[i].spec[k]);
		CHECK(error.what == unchanged);
		CHECK_EQ(error.at_bytes, 77);
		tap_end("regions= takes %s",
			tap_quote(good[i].text, strlen(good[i].text)));
	}
}

/* The value of keep= alone, as default_keep= has it. */
static void test_keep_alone(void)
{
	static const struct {
		const char *text;
		int err;
		u64 low, high;
		size_t at_bytes;
	} texts[] = {
		{ "0", 0, 0, 0, 77 },
		{ "4M", 0, 4 * MIB, 4 * MIB, 77 },
		{ "1M-2M\n", 0, MIB, 2 * MIB, 77 },
		{ "all", 0, LCMA_KEEP_ALL, LCMA_KEEP_ALL, 77 },
		{ "", -EINVAL, 0, 0, 0 },
		{ "1M-", -EINVAL, 0, 0, 3 },
		{ "2M-1M", -EINVAL, 0, 0, 0 },
		{ "1M,", -EINVAL, 0, 0, 0 },
		{ "1M\n\n", -EINVAL, 0, 0, 3 },
		{ "1M\nx", -EINVAL, 0, 0, 3 },
	};
	struct lcma_complaint error;
	struct lcma_spec spec;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char *exact = tap_exact(texts[i].text,
					strlen(texts[i].text) + 1);

		tap_begin();
		error = (struct lcma_complaint){ .what = "unchanged", .at_bytes = 77 };
		spec = (struct lcma_spec){};
		CHECK_EQ(lcma_spec_parse_keep(exact, &spec, &error),
			 texts[i].err);
		if (!texts[i].err) {
			CHECK_EQ(spec.keep_low_bytes, texts[i].low);
			CHECK_EQ(spec.keep_high_bytes, texts[i].high);
		}
		CHECK_EQ(error.at_bytes, texts[i].at_bytes);
		tap_end("keep= alone: %s",
			tap_quote(texts[i].text, strlen(texts[i].text)));
		tap_exact_free(exact);
	}
}

/* A word alone, as sysfs has a policy. */
static void test_policy_alone(void)
{
	int policy;

	tap_begin();
	for (policy = 0; policy < NR_POLICIES; policy++)
		CHECK_EQ(lcma_choice_parse(policy_word, policy_word(policy)),
			 policy);
	CHECK_EQ(lcma_choice_parse(policy_word, "cost\n"), COST);
	CHECK_EQ(lcma_choice_parse(policy_word, "cost\n\n"), -EINVAL);
	CHECK_EQ(lcma_choice_parse(policy_word, "cos"), -EINVAL);
	CHECK_EQ(lcma_choice_parse(policy_word, ""), -EINVAL);
	tap_end("a policy's name alone");
}

static void check_refused(const char *text, unsigned int max_specs,
			  const char *says, size_t at_bytes)
{
	struct lcma_spec specs[LCMA_MAX_REGIONS];
	struct lcma_complaint error = { .what = "nothing", .at_bytes = 77 };

	CHECK_EQ(parse(text, specs, max_specs, &error), -EINVAL);
	CHECK_EQ(error.at_bytes, at_bytes);
	if (!CHECK(!strncmp(error.what, says, strlen(says))))
		printf("# it says: %s\n", error.what);
}

static void test_bad(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		tap_begin();
		check_refused(bad[i].text, LCMA_MAX_REGIONS, bad[i].says,
			      strlen(bad[i].caret) - 1);
		tap_end("regions= refuses %s",
			tap_quote(bad[i].text, strlen(bad[i].text)));
	}
}

static void as_many_as_fit(void)
{
	struct lcma_spec specs[LCMA_MAX_REGIONS];
	struct lcma_complaint error;
	char text[8 * (LCMA_MAX_REGIONS + 1)];
	char *to = text;
	int i;

	for (i = 0; i < LCMA_MAX_REGIONS; i++)
		to += sprintf(to, "%sr%02d=%dM", i ? ";" : "", i, i + 1);
	CHECK_EQ(parse(text, specs, LCMA_MAX_REGIONS, &error),
		 LCMA_MAX_REGIONS);
	CHECK(!strcmp(specs[63].name, "r63"));
	CHECK_EQ(specs[63].size_bytes, 64 * MIB);
	strcpy(to, ";x=1M");
	check_refused(text, LCMA_MAX_REGIONS, SAYS_MANY, to + 1 - text);
	check_refused("a=1M;b=1M", 1, SAYS_MANY, 5);
	check_refused("a=1M", 0, SAYS_MANY, 0);
	/* The last name is compared with the very first. */
	strcpy(strrchr(text, ';'), "");
	memcpy(strstr(text, "r63"), "r00", 3);
	check_refused(text, LCMA_MAX_REGIONS, SAYS_SAME,
		      strrchr(text, ';') + 1 - text);
}

/* What a complaint lists is the table. */
static void complaints_list_the_table(void)
{
	static const struct {
		const char *text;
		const char *says;
	} texts[] = {
		{ "a=1M@any",
		  "\"any\" is no source (there are cma, reserve_mem, fake), at character 6" },
		{ "a=1M,policy=any",
		  "\"any\" is no policy (there are cost, best-fit, first-fit, fake), at character 13" },
	};
	struct lcma_spec spec;
	struct lcma_complaint error;
	char got[LCMA_COMPLAINT_BYTES];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		CHECK_EQ(parse(texts[i].text, &spec, 1, &error), -EINVAL);
		lcma_complaint_text(&error, texts[i].text, strlen(texts[i].text),
				    got, sizeof(got));
		if (!CHECK(!strcmp(got, texts[i].says)))
			printf("# it says: %s\n", got);
	}
}

static const struct tap_case cases[] = {
	TAP_CASE(as_many_as_fit),
	TAP_CASE(complaints_list_the_table),
};

int main(void)
{
	test_good();
	test_keep_alone();
	test_policy_alone();
	test_bad();
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
