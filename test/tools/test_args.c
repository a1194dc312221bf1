// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes, times and command lines of cmactl. Proves what they mean and what is
 * refused; not what is done with them.
 */
#include <errno.h>

#include "../unit/tap.h"

#include "args.h"
#include "size.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_WORDS	24

static const struct {
	const char *text;
	int err;
	uint64_t bytes;
} sizes[] = {
	{ "4096", 0, 4096 << 10 },
	{ "4096K", 0, 4096 << 10 },
	{ "4m", 0, 4 << 20 },
	{ "1G", 0, 1 << 30 },
	{ "0", 0, 0 },
	{ "0004K", 0, 4096 },
	{ "17179869183G", 0, 17179869183ULL << 30 },
	{ "17179869184G", -ERANGE, 0 },
	{ "18014398509481983", 0, 18014398509481983ULL << 10 },
	{ "18014398509481984", -ERANGE, 0 },
	{ "99999999999999999999999999", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "K", -EINVAL, 0 },
	{ "4KK", -EINVAL, 0 },
	{ "4KiB", -EINVAL, 0 },
	{ "-4", -EINVAL, 0 },
	{ "+4", -EINVAL, 0 },
	{ " 4", -EINVAL, 0 },
	{ "4 ", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "1.5M", -EINVAL, 0 },
	{ "1T", -EINVAL, 0 },
};

static void test_sizes(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *text = tap_exact(sizes[i].text, strlen(sizes[i].text) + 1);
		uint64_t bytes = 77;

		tap_begin();
		CHECK_EQ(size_parse(text, &bytes), sizes[i].err);
		CHECK_EQ(bytes, sizes[i].err ? 77 : sizes[i].bytes);
		tap_end("size \"%s\"", sizes[i].text);
		tap_exact_free(text);
	}
}

static void numbers_have_a_limit(void)
{
	uint64_t value = 77;

	CHECK_EQ(number_parse("7", 7, &value), 0);
	CHECK_EQ(value, 7);
	CHECK_EQ(number_parse("8", 7, &value), -ERANGE);
	CHECK_EQ(number_parse("10", 7, &value), -ERANGE);
	CHECK_EQ(number_parse("4294967295", UINT32_MAX, &value), 0);
	CHECK_EQ(value, UINT32_MAX);
	CHECK_EQ(number_parse("4294967296", UINT32_MAX, &value), -ERANGE);
	CHECK_EQ(number_parse("18446744073709551615", UINT64_MAX, &value), 0);
	CHECK_EQ(value, UINT64_MAX);
	CHECK_EQ(number_parse("18446744073709551616", UINT64_MAX, &value),
		 -ERANGE);
}

static void times_have_fractions(void)
{
	uint64_t ms = 77;

	CHECK_EQ(seconds_parse("5", &ms), 0);
	CHECK_EQ(ms, 5000);
	CHECK_EQ(seconds_parse("0.25", &ms), 0);
	CHECK_EQ(ms, 250);
	CHECK_EQ(seconds_parse("1.23456", &ms), 0);
	CHECK_EQ(ms, 1234);
	CHECK_EQ(seconds_parse(".5", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("5.", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("5s", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("1.2.3", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("1.2345x", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("-1", &ms), -EINVAL);
	CHECK_EQ(seconds_parse("99999999999", &ms), -ERANGE);
}

static void sizes_are_told_to_people(void)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} told[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" },
		{ 1025, "1.0 KiB" }, { 1536, "1.5 KiB" }, { 2047, "1.9 KiB" },
		{ 8 << 20, "8 MiB" }, { (8 << 20) + 4096, "8.0 MiB" },
		{ 3ULL << 29, "1.5 GiB" }, { 1ULL << 40, "1 TiB" },
		{ UINT64_MAX, "15.9 EiB" },
	};
	char text[CMACTL_TEXT_BYTES];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(told); i++) {
		size_text(told[i].bytes, text);
		if (!CHECK(!strcmp(text, told[i].text)))
			printf("# %s, not %s\n", text, told[i].text);
	}
}

static void times_are_told_to_people(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} told[] = {
		{ 0, "0 us" }, { 999999, "999 us" }, { 1000000, "1.0 ms" },
		{ 12345678, "12.3 ms" }, { 3500000000ULL, "3.5 s" },
		{ 65000000000ULL, "1 m 05 s" }, { 7500000000000ULL, "2 h 05 m" },
		{ UINT64_MAX, "5124095 h 34 m" },
	};
	char text[CMACTL_TEXT_BYTES];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(told); i++) {
		duration_text(told[i].ns, text);
		if (!CHECK(!strcmp(text, told[i].text)))
			printf("# %s, not %s\n", text, told[i].text);
	}
}

/* --- command lines ----------------------------------------------------------- */

/* Splits a line at its blanks; "_" is an empty word, "~" a blank in one. */
static int parse_line(const char *line, struct args *args)
{
	static char copy[512];
	static char *words[MAX_WORDS + 1];
	int nr = 0;
	char *word, *p;

	snprintf(copy, sizeof(copy), "cmactl %s", line);
	for (word = strtok(copy, " "); word && nr < MAX_WORDS;
	     word = strtok(NULL, " ")) {
		for (p = word; *p; p++)
			if (*p == '~')
				*p = ' ';
		words[nr++] = strcmp(word, "_") ? word : word + 1;
	}
	words[nr] = NULL;
	return args_parse(nr, words, args);
}

static const struct {
	const char *line;
	const char *error;	/* is in the sentence */
} wrong[] = {
	{ "", "which command?" },
	{ "--json", "which command?" },
	{ "frobnicate", "unknown command 'frobnicate'" },
	{ "reg", "unknown command 'reg'" },
	{ "_", "unknown command ''" },
	{ "regions cam", "unexpected word 'cam'" },
	{ "regions --hold 5", "--hold does not belong to this command" },
	{ "--hold regions", "--hold comes after the command" },
	{ "--jso regions", "unknown option '--jso'" },
	{ "-x regions", "unknown option '-x'" },
	{ "-jr regions", "unknown option '-jr'" },
	{ "---", "unknown option '---'" },
	{ "regions --json=1", "--json takes no value" },
	{ "regions --device", "--device needs a value" },
	{ "regions --device=", "--device needs a path" },
	{ "regions --region _", "--region needs a region's name" },
	{ "alloc", "alloc needs a SIZE" },
	{ "alloc --text", "alloc needs a SIZE" },
	{ "alloc 0", "SIZE needs a number" },
	{ "alloc -4", "unknown option '-4'" },
	{ "alloc four", "SIZE needs a number, bare for KiB, or with K, M or G, not 'four'" },
	{ "alloc 4M 5M", "unexpected word '5M'" },
	{ "alloc 4M --align 3K", "--align needs a power of two" },
	{ "alloc 4M --below 0", "--below needs an address" },
	{ "alloc 4M --below 0x", "--below needs an address" },
	{ "alloc 4M --below 0x1K", "--below needs an address" },
	{ "alloc 4M --below 0x10000000000000000", "--below needs an address" },
	{ "alloc 4M --at here", "--at needs an address" },
	{ "alloc 4M --boundary 3M", "--boundary needs a power of two" },
	{ "add", "add needs a region" },
	{ "add a=1M b=1M", "unexpected word 'b=1M'" },
	{ "drain", "drain needs a region's name" },
	{ "list --at 1G", "--at does not belong" },
	{ "alloc 4M --align 0", "--align needs a power of two" },
	{ "alloc 4M --align", "--align needs a value" },
	{ "alloc 4M --timeout 0", "--timeout needs milliseconds" },
	{ "alloc 4M --timeout 4294967296", "--timeout needs milliseconds" },
	{ "alloc 4M --timeout 1s", "--timeout needs milliseconds" },
	{ "alloc 4M --label _", "--label needs 1 to 31" },
	{ "alloc 4M --label 12345678901234567890123456789012", "--label needs" },
	{ "alloc 4M --label b\303\244r", "--label needs" },
	{ "alloc 4M --label a\nb", "--label needs" },
	{ "alloc 4M --hold=", "--hold needs seconds" },
	{ "alloc 4M --hold 0", "--hold needs seconds" },
	{ "alloc 4M --hold 5x", "--hold needs seconds" },
	{ "alloc --hold 5 4M", "unexpected word '4M'" },
	{ "alloc 4M --text --hold", "exclude each other" },
	{ "alloc 4M --text -- true", "exclude each other" },
	{ "alloc 4M --text --quiet", "exclude each other" },
	{ "alloc 4M --hold -- true", "exclude each other" },
	{ "alloc 4M --json -- true", "exclude each other" },
	{ "alloc 4M --text --label a~region=gpu", "no blanks" },
	{ "alloc 4M --text --region a~nowait", "--region needs" },
	{ "alloc 4M --", "a command should follow '--'" },
	{ "alloc -- true", "alloc needs a SIZE" },
	{ "list -- true", "only alloc runs a command" },
	{ "list cam", "unexpected word" },
	{ "failures cam gpu", "unexpected word" },
	{ "devices cam", "unexpected word" },
	{ "devices --region cam", "does not belong" },
	{ "failures --holders", "--holders does not belong to this command" },
	{ "free --region cam", "does not belong" },
	{ "map cam gpu", "unexpected word 'gpu'" },
	{ "watch 0", "watch needs seconds" },
	{ "watch 0.01", "watch needs seconds" },
	{ "watch --count 0", "--count needs" },
	{ "version 1", "unexpected word" },
	{ "prepare", "prepare needs a SIZE" },
	{ "prepare x", "SIZE needs" },
	{ "prepare 4M 4M", "unexpected word" },
	{ "prepare 4M --within 0", "--within needs" },
	{ "prepare 4M --within 10001", "--within needs" },
	{ "prepare 4M --for 60001", "--for needs" },
	{ "prepare 4M --nowait", "--nowait does not belong" },
	{ "prepare 4M --region a~nowait", "--region needs" },
	{ "alloc 4M --wait", "--wait does not belong" },
	{ "sync", "sync needs start or end" },
	{ "sync begin", "not 'begin'" },
	{ "sync start end", "unexpected word 'end'" },
	{ "sync end --length 0", "--length needs a size" },
	{ "alloc 4M --offset 4K", "--offset does not belong" },
	{ "map --svg --json", "--svg excludes" },
	{ "map --svg --watch", "--svg excludes" },
	{ "map --count 2", "--count belongs to --watch" },
	{ "map --interval 2", "--interval belongs to --watch" },
	{ "map --watch --interval", "--interval needs a value" },
	{ "map --watch --interval 0.04", "--interval needs seconds" },
	{ "map --watch --interval soon", "--interval needs seconds" },
	{ "watch --interval 0", "--interval needs seconds" },
	{ "list --interval 1", "--interval does not belong" },
	{ "why cam gpu", "unexpected word" },
	{ "metrics --json", "no --json" },
	{ "metrics --output=", "--output needs a file" },
	{ "doctor cam", "unexpected word" },
	{ "doctor --root=", "--root needs" },
	{ "latency --svg --json", "--svg excludes" },
	{ "list --slow", "--slow does not belong" },
	{ "who", "who needs a buffer" },
	{ "who cam/1 2", "unexpected word" },
	{ "plan", "plan needs buffers" },
	{ "plan 0 --region-size 1M", "plan needs SIZE" },
	{ "plan 0B", "plan needs SIZE" },
	{ "plan B", "plan needs SIZE" },
	{ "plan 1M*0", "plan needs SIZE" },
	{ "plan 1M*", "plan needs SIZE" },
	{ "plan 1M*2*3", "plan needs SIZE" },
	{ "plan 1M,align=3K", "plan needs SIZE" },
	{ "plan 1M,align=0", "plan needs SIZE" },
	{ "plan 1M,label=x", "plan needs SIZE" },
	{ "plan 1M,align", "plan needs SIZE" },
	{ "plan 1M,", "plan needs SIZE" },
	{ "plan 1M,align=", "plan needs SIZE" },
	{ "plan 1M,align=1M,align=1M", "plan needs SIZE" },
	{ "plan 1M,below=0", "plan needs SIZE" },
	{ "plan 1M,at=0x", "plan needs SIZE" },
	{ "plan 1M,boundary=3M", "plan needs SIZE" },
	{ "plan 8M,boundary=4M", "plan needs SIZE" },
	{ "plan 8MB", "plan needs SIZE" },
	{ "plan 8KB", "plan needs SIZE" },
	{ "plan iB", "plan needs SIZE" },
	{ "plan 5iB", "plan needs SIZE" },
	{ "plan 1M,below=1G --region-size 8M", "--base says where" },
	{ "plan 1M,at=1G --region-size 8M", "--base says where" },
	{ "plan 1M --base 1G", "--base belongs to" },
	{ "plan 1M --base here --region-size 8M", "--base needs an address" },
	{ "plan 1M --page-size 16K", "--page-size belongs to" },
	{ "plan 1M --page-size 2K --region-size 8M", "--page-size is 4K to 64K" },
	{ "plan 1M --page-size 12K --region-size 8M", "--page-size needs a power of two" },
	{ "plan 1M --policy worst", "--policy is cost, best-fit or first-fit" },
	{ "plan 1M*4097", "too much" },
	{ "plan 1M*4096 1M", "4096 buffers at most" },
	{ "plan 17179869184G", "too much" },
	{ "plan 1M --unit 3M --region-size 8M", "--unit needs a power of two" },
	{ "plan 1M --unit 4M", "--unit belongs to" },
	{ "plan 1M --region-size 0", "--region-size needs a size" },
	{ "plan 1M --region-size 8M --region a", "exclude each other" },
	{ "plan 1M --hold 1", "--hold does not belong" },
	{ "bench --count 0", "--count needs" },
	{ "bench --max 0", "--max needs a size" },
	{ "bench --hold 1", "--hold does not belong" },
	{ "bench a b", "unexpected word 'b'" },
	{ "stress 0", "stress needs seconds" },
	{ "stress 5 6", "unexpected word '6'" },
	{ "stress --seed x", "--seed needs" },
	{ "stress --seed 18446744073709551616", "--seed needs" },
	{ "stress --threads 0", "--threads needs 1 to 64" },
	{ "stress --threads 65", "--threads needs 1 to 64" },
	{ "stress --pins 65", "--pins needs 0 to 64" },
	{ "stress --max 0", "--max needs a size, as in --max 4M, not '0'" },
	{ "stress --fill x", "--fill needs a size" },
	{ "stress --timeout 0", "--timeout needs" },
	{ "stress --unload=1", "--unload takes no value" },
	{ "stress --label x", "does not belong" },
	{ "watch --seed 1", "--seed does not belong" },
	{ "stress -- true", "only alloc runs a command" },
};

static void test_wrong(void)
{
	struct args args;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		tap_begin();
		CHECK_EQ(parse_line(wrong[i].line, &args), -EINVAL);
		if (!CHECK(strstr(args.error, wrong[i].error)))
			printf("# %s\n", args.error);
		tap_end("refused: %s", tap_quote(wrong[i].line,
						 strlen(wrong[i].line)));
	}
}

static void alloc_takes_everything(void)
{
	struct args args;

	CHECK_EQ(parse_line("-d /dev/x alloc --region=cam 4M --align 1M -l a-b "
			    "--timeout 200 --nowait -q -j", &args), 0);
	CHECK_EQ(args.command, CMD_ALLOC);
	CHECK(!strcmp(args.device, "/dev/x"));
	CHECK(!strcmp(args.region, "cam"));
	CHECK(!strcmp(args.label, "a-b"));
	CHECK_EQ(args.bytes, 4 << 20);
	CHECK_EQ(args.align, 1 << 20);
	CHECK_EQ(args.below | args.at | args.boundary, 0);
	CHECK_EQ(args.timeout_ms, 200);
	CHECK_EQ(args.given, ARG_NOWAIT | ARG_QUIET | ARG_JSON);
	CHECK(!args.run);
	/* An address counts bytes, a size KiB. */
	CHECK_EQ(parse_line("alloc 4M --below 1G --at=0xA0000000 --boundary 64",
			    &args), 0);
	CHECK_EQ(args.below, 1 << 30);
	CHECK_EQ(args.at, 0xa0000000);
	CHECK_EQ(args.boundary, 64 << 10);
	CHECK_EQ(parse_line("alloc 4M --below 4096 --at 0xffffffffffffffff", &args), 0);
	CHECK_EQ(args.below, 4096);
	CHECK_EQ(args.at, UINT64_MAX);
}

static void hold_may_have_a_time(void)
{
	struct args args;

	CHECK_EQ(parse_line("alloc 4M --hold", &args), 0);
	CHECK_EQ(args.hold_ms, 0);
	CHECK_EQ(args.given, ARG_HOLD);
	CHECK_EQ(parse_line("alloc 4M --hold 5 --json", &args), 0);
	CHECK_EQ(args.hold_ms, 5000);
	CHECK_EQ(parse_line("alloc --hold=0.5 4M", &args), 0);
	CHECK_EQ(args.hold_ms, 500);
	/* Before SIZE, a number is SIZE. */
	CHECK_EQ(parse_line("alloc --hold 4096", &args), 0);
	CHECK_EQ(args.hold_ms, 0);
	CHECK_EQ(args.bytes, 4 << 20);
	CHECK_EQ(parse_line("alloc 4M --hold --nowait", &args), 0);
	CHECK_EQ(args.hold_ms, 0);
}

static void a_command_is_left_alone(void)
{
	struct args args;

	CHECK_EQ(parse_line("alloc 4M -- sh --text -- -x", &args), 0);
	CHECK_EQ(args.given, 0);
	CHECK(!strcmp(args.run[0], "sh"));
	CHECK(!strcmp(args.run[1], "--text"));
	CHECK(!strcmp(args.run[2], "--"));
	CHECK(!strcmp(args.run[3], "-x"));
	CHECK(!args.run[4]);
}

static void others_take_what_is_theirs(void)
{
	struct args args;

	CHECK_EQ(parse_line("watch", &args), 0);
	CHECK_EQ(args.interval_ms, 1000);
	CHECK_EQ(args.count, 0);
	CHECK_EQ(parse_line("watch 0.05 --count 3 -r gpu", &args), 0);
	CHECK_EQ(args.interval_ms, 50);
	CHECK_EQ(args.count, 3);
	CHECK_EQ(parse_line("watch --interval 2.5", &args), 0);
	CHECK_EQ(args.interval_ms, 2500);
	CHECK_EQ(parse_line("map --watch cam", &args), 0);
	CHECK_EQ(args.interval_ms, 1000);
	CHECK_EQ(parse_line("map --watch --interval 0.05 cam", &args), 0);
	CHECK_EQ(args.interval_ms, 50);
	CHECK(!strcmp(args.region, "cam"));
	CHECK_EQ(parse_line("map cam", &args), 0);
	CHECK_EQ(args.command, CMD_MAP);
	CHECK(!strcmp(args.region, "cam"));
	CHECK_EQ(parse_line("list -a", &args), 0);
	CHECK_EQ(args.given, ARG_ALL);
	CHECK_EQ(parse_line("free --all", &args), 0);
	CHECK_EQ(args.given, ARG_ALL);
	CHECK_EQ(parse_line("--version", &args), 0);
	CHECK_EQ(parse_line("alloc --help", &args), 0);
	CHECK_EQ(args.given, ARG_HELP);
	CHECK_EQ(parse_line("regions -", &args), -EINVAL);
}

static void stress_takes_everything(void)
{
	struct args args;

	CHECK_EQ(parse_line("stress", &args), 0);
	CHECK_EQ(args.command, CMD_STRESS);
	CHECK_EQ(args.hold_ms, 10000);
	CHECK_EQ(args.given, 0);
	CHECK_EQ(args.threads, 0);
	CHECK_EQ(parse_line("stress 0.5 --seed 0 --threads 64 --pins 0 --max 2M "
			    "--fill 8M --timeout 300 --region cam --unload -j",
			    &args), 0);
	CHECK_EQ(args.hold_ms, 500);
	CHECK_EQ(args.given, ARG_SEED | ARG_PINS | ARG_UNLOAD | ARG_JSON);
	CHECK_EQ(args.seed, 0);
	CHECK_EQ(args.threads, 64);
	CHECK_EQ(args.pins, 0);
	CHECK_EQ(args.max_bytes, 2 << 20);
	CHECK_EQ(args.fill_bytes, 8 << 20);
	CHECK_EQ(args.timeout_ms, 300);
	CHECK(!strcmp(args.region, "cam"));
	CHECK_EQ(parse_line("stress --seed 18446744073709551615", &args), 0);
	CHECK_EQ(args.seed, UINT64_MAX);
}

static void plan_takes_everything(void)
{
	struct args args;

	CHECK_EQ(parse_line("plan 12441600x4 8MiB*2,align=1M,boundary=16M,below=0x7c000000 "
			    "4096B,at=1G,align=4096 --region-size 4194304 --unit 65536 "
			    "--base 0 --page-size 16K --policy first-fit", &args), 0);
	CHECK_EQ(args.nr_items, 3);
	CHECK_EQ(args.items[0].bytes, 12441600);
	CHECK_EQ(args.items[0].count, 4);
	CHECK(args.items[0].is_bare);
	CHECK_EQ(args.items[0].align | args.items[0].at | args.items[0].below |
		 args.items[0].boundary, 0);
	CHECK_EQ(args.items[1].bytes, 8 << 20);
	CHECK_EQ(args.items[1].count, 2);
	CHECK_EQ(args.items[1].align, 1 << 20);
	CHECK_EQ(args.items[1].boundary, 16 << 20);
	CHECK_EQ(args.items[1].below, 0x7c000000);
	CHECK_EQ(args.items[2].bytes, 4096);
	CHECK_EQ(args.items[2].at, 1 << 30);
	CHECK_EQ(args.items[2].align, 4096);
	CHECK_EQ(args.region_bytes, 4 << 20);
	CHECK_EQ(args.unit_bytes, 65536);
	CHECK_EQ(args.page_bytes, 16384);
	CHECK_EQ(args.given, ARG_BASE);
	CHECK_EQ(parse_line("plan 8M --region a+b,c", &args), 0);
	CHECK(!strcmp(args.region, "a+b,c"));
}

static void json_is_seen_behind_an_error(void)
{
	struct args args;

	CHECK_EQ(parse_line("frobnicate --json", &args), -EINVAL);
	CHECK_EQ(args.given & ARG_JSON, ARG_JSON);
	CHECK_EQ(parse_line("alloc x -- y --json", &args), -EINVAL);
	CHECK_EQ(args.given & ARG_JSON, 0);
}

static void nothing_at_all(void)
{
	char *none[] = { NULL };
	struct args args;

	CHECK_EQ(args_parse(0, none, &args), -EINVAL);
}

static const struct tap_case cases[] = {
	TAP_CASE(numbers_have_a_limit),
	TAP_CASE(times_have_fractions),
	TAP_CASE(sizes_are_told_to_people),
	TAP_CASE(times_are_told_to_people),
	TAP_CASE(alloc_takes_everything),
	TAP_CASE(hold_may_have_a_time),
	TAP_CASE(a_command_is_left_alone),
	TAP_CASE(others_take_what_is_theirs),
	TAP_CASE(stress_takes_everything),
	TAP_CASE(plan_takes_everything),
	TAP_CASE(json_is_seen_behind_an_error),
	TAP_CASE(nothing_at_all),
};

int main(void)
{
	test_sizes();
	test_wrong();
	tap_run(cases, ARRAY_SIZE(cases));
	return tap_finish();
}
