// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the words of the command line mean: see args.h.
 *
 * Not getopt_long(): it keeps state, it takes abbreviations, which turn into
 * something else when options are added, and it cannot tell which option
 * belongs to which command.
 */
#include "args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/lcma.h>

#include "size.h"

/* The shortest interval of watch, and of map --watch. */
#define INTERVAL_MS_MIN	50

/* How long a preparation may take, and how long it is held. */
#define WITHIN_MS_MAX	10000u
#define FOR_MS_MAX	60000u

/* Linux has no others on the machines that lcma runs on. */
#define PAGE_BYTES_MIN	4096
#define PAGE_BYTES_MAX	65536

/* How long stress lasts unless it is told. */
#define STRESS_MS	10000
/* Tags of patterns have room for so many. */
#define MAX_THREADS	64

/* The command line while it is being read. */
struct reader {
	struct args *args;
	char **word;		/* the next one */
	char **end;		/* argv's, or the "--" */
	unsigned int nr_positional;
};

#define BIT(n)		(1u << (n))
#define ANY_COMMAND	(~0u)
#define WITH_REGION	(BIT(CMD_ALLOC) | BIT(CMD_PREPARE) | BIT(CMD_LIST) | BIT(CMD_INFO) | \
			 BIT(CMD_FAILURES) | \
			 BIT(CMD_MAP) | BIT(CMD_REGIONS) | BIT(CMD_WATCH) | BIT(CMD_STRESS) | \
			 BIT(CMD_BENCH) | BIT(CMD_PLAN) | BIT(CMD_WHY) | \
			 BIT(CMD_METRICS) | BIT(CMD_LATENCY))

static const struct {
	const char *name;
	enum command command;
} commands[] = {
	{ "regions", CMD_REGIONS },
	{ "add", CMD_ADD },
	{ "drain", CMD_DRAIN },
	{ "alloc", CMD_ALLOC },
	{ "free", CMD_FREE },
	{ "prepare", CMD_PREPARE },
	{ "list", CMD_LIST },
	{ "failures", CMD_FAILURES },
	{ "devices", CMD_DEVICES },
	{ "info", CMD_INFO },
	{ "map", CMD_MAP },
	{ "watch", CMD_WATCH },
	{ "sync", CMD_SYNC },
	{ "stress", CMD_STRESS },
	{ "bench", CMD_BENCH },
	{ "plan", CMD_PLAN },
	{ "why", CMD_WHY },
	{ "doctor", CMD_DOCTOR },
	{ "metrics", CMD_METRICS },
	{ "latency", CMD_LATENCY },
	{ "who", CMD_WHO },
	{ "version", CMD_VERSION },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

__attribute__((format(printf, 2, 3)))
static int wrong(struct args *args, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(args->error, sizeof(args->error), format, ap);
	va_end(ap);
	return -EINVAL;
}

/* --- options --------------------------------------------------------------- */

static int take_device(struct args *args, const char *value)
{
	if (!*value)
		return wrong(args, "--device needs a path");
	args->device = value;
	return 0;
}

static int take_region(struct args *args, const char *value)
{
	if (!*value)
		return wrong(args, "--region needs a region's name");
	args->region = value;
	return 0;
}

static int take_label(struct args *args, const char *value)
{
	const char *p;

	for (p = value; *p > ' ' && *p <= '~'; p++)
		;
	if (*p || !*value || p - value >= LCMA_LABEL_SIZE)
		return wrong(args, "--label needs 1 to %d printable ASCII characters, no blanks",
			     LCMA_LABEL_SIZE - 1);
	args->label = value;
	return 0;
}

static int take_align(struct args *args, const char *value)
{
	if (size_parse(value, &args->align) || !args->align ||
	    (args->align & (args->align - 1)))
		return wrong(args, "--align needs a power of two, as in --align 1M, not '%s'",
			     value);
	return 0;
}

static int take_address(struct args *args, const char *name, const char *value,
			uint64_t *address)
{
	if (address_parse(value, address) || !*address)
		return wrong(args, "--%s needs an address, as in --%s 0x60000000, not '%s'",
			     name, name, value);
	return 0;
}

static int take_below(struct args *args, const char *value)
{
	return take_address(args, "below", value, &args->below);
}

static int take_at(struct args *args, const char *value)
{
	return take_address(args, "at", value, &args->at);
}

static int take_boundary(struct args *args, const char *value)
{
	if (size_parse(value, &args->boundary) || !args->boundary ||
	    (args->boundary & (args->boundary - 1)))
		return wrong(args, "--boundary needs a power of two, as in --boundary 16M, not '%s'",
			     value);
	return 0;
}

static int take_timeout(struct args *args, const char *value)
{
	uint64_t ms;

	if (number_parse(value, UINT32_MAX, &ms) || !ms)
		return wrong(args, "--timeout needs milliseconds, 1 to %u, not '%s'",
			     UINT32_MAX, value);
	args->timeout_ms = ms;
	return 0;
}

static int take_within(struct args *args, const char *value)
{
	uint64_t ms;

	if (number_parse(value, WITHIN_MS_MAX, &ms) || !ms)
		return wrong(args, "--within needs milliseconds, 1 to %u, not '%s'",
			     WITHIN_MS_MAX, value);
	args->timeout_ms = ms;
	return 0;
}

static int take_for(struct args *args, const char *value)
{
	if (number_parse(value, FOR_MS_MAX, &args->hold_ms) || !args->hold_ms)
		return wrong(args, "--for needs milliseconds, 1 to %u, not '%s'",
			     FOR_MS_MAX, value);
	return 0;
}

static int take_hold(struct args *args, const char *value)
{
	if (seconds_parse(value, &args->hold_ms) || !args->hold_ms)
		return wrong(args, "--hold needs seconds, as in --hold 5 or --hold 0.5, not '%s'",
			     value);
	return 0;
}

static int take_interval(struct args *args, const char *value)
{
	if (seconds_parse(value, &args->interval_ms) ||
	    args->interval_ms < INTERVAL_MS_MIN)
		return wrong(args, "--interval needs seconds, 0.05 or more, not '%s'",
			     value);
	return 0;
}

static int take_count(struct args *args, const char *value)
{
	uint64_t count;

	if (number_parse(value, UINT32_MAX, &count) || !count)
		return wrong(args, "--count needs a number, not '%s'", value);
	args->count = count;
	return 0;
}

static int take_seed(struct args *args, const char *value)
{
	if (number_parse(value, UINT64_MAX, &args->seed))
		return wrong(args, "--seed needs a number, not '%s'", value);
	return 0;
}

static int take_threads(struct args *args, const char *value)
{
	uint64_t nr;

	if (number_parse(value, MAX_THREADS, &nr) || !nr)
		return wrong(args, "--threads needs 1 to %d, not '%s'",
			     MAX_THREADS, value);
	args->threads = nr;
	return 0;
}

static int take_pins(struct args *args, const char *value)
{
	uint64_t nr;

	if (number_parse(value, MAX_THREADS, &nr))
		return wrong(args, "--pins needs 0 to %d, not '%s'",
			     MAX_THREADS, value);
	args->pins = nr;
	return 0;
}

static int take_size(struct args *args, const char *name, const char *value,
		     uint64_t *bytes)
{
	if (size_parse(value, bytes) || !*bytes)
		return wrong(args, "--%s needs a size, as in --%s 4M, not '%s'",
			     name, name, value);
	return 0;
}

static int take_max(struct args *args, const char *value)
{
	return take_size(args, "max", value, &args->max_bytes);
}

static int take_fill(struct args *args, const char *value)
{
	return take_size(args, "fill", value, &args->fill_bytes);
}

static int take_offset(struct args *args, const char *value)
{
	if (size_parse(value, &args->offset))
		return wrong(args, "--offset needs a size, as in --offset 64K, not '%s'",
			     value);
	return 0;
}

static int take_length(struct args *args, const char *value)
{
	return take_size(args, "length", value, &args->bytes);
}

/* What belongs to a plan: bare numbers count bytes there. */
static int take_region_size(struct args *args, const char *value)
{
	if (bytes_parse(value, &args->region_bytes) || !args->region_bytes)
		return wrong(args, "--region-size needs a size, as in --region-size 96M, not '%s'",
			     value);
	return 0;
}

static int take_power(struct args *args, const char *name, const char *value,
		      uint64_t *bytes)
{
	if (bytes_parse(value, bytes) || !*bytes || *bytes & (*bytes - 1))
		return wrong(args, "--%s needs a power of two, as in --%s %s, not '%s'",
			     name, name, *name == 'u' ? "8M" : "16K", value);
	return 0;
}

static int take_unit(struct args *args, const char *value)
{
	return take_power(args, "unit", value, &args->unit_bytes);
}

static int take_page_size(struct args *args, const char *value)
{
	int err = take_power(args, "page-size", value, &args->page_bytes);

	if (!err && (args->page_bytes < PAGE_BYTES_MIN ||
		     args->page_bytes > PAGE_BYTES_MAX))
		return wrong(args, "--page-size is 4K to 64K");
	return err;
}

static int take_base(struct args *args, const char *value)
{
	if (address_parse(value, &args->base))
		return wrong(args, "--base needs an address, as in --base 0x60000000, not '%s'",
			     value);
	args->given |= ARG_BASE;
	return 0;
}

static int take_policy(struct args *args, const char *value)
{
	static const char *const policies[] = { "cost", "best-fit", "first-fit" };
	size_t i;

	for (i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		if (!strcmp(policies[i], value)) {
			args->policy = value;
			return 0;
		}
	}
	return wrong(args, "--policy is cost, best-fit or first-fit, not '%s'",
		     value);
}

static int take_root(struct args *args, const char *value)
{
	if (!*value)
		return wrong(args, "--root needs a directory");
	args->root = value;
	return 0;
}

static int take_output(struct args *args, const char *value)
{
	if (!*value)
		return wrong(args, "--output needs a file");
	args->output = value;
	return 0;
}

enum value { NO_VALUE, VALUE, MAYBE_VALUE };

static const struct option {
	const char *name;
	char letter;
	enum value value;
	unsigned int commands;
	unsigned int given;
	int (*take)(struct args *args, const char *value);
} options[] = {
	{ "help", 'h', NO_VALUE, ANY_COMMAND, ARG_HELP, NULL },
	{ "version", 'V', NO_VALUE, ANY_COMMAND, ARG_VERSION, NULL },
	{ "json", 'j', NO_VALUE, ANY_COMMAND, ARG_JSON, NULL },
	{ "device", 'd', VALUE, ANY_COMMAND, 0, take_device },
	{ "region", 'r', VALUE, WITH_REGION, 0, take_region },
	{ "label", 'l', VALUE, BIT(CMD_ALLOC) | BIT(CMD_PREPARE), 0, take_label },
	{ "align", 0, VALUE, BIT(CMD_ALLOC) | BIT(CMD_PREPARE), 0, take_align },
	{ "below", 0, VALUE, BIT(CMD_ALLOC), 0, take_below },
	{ "at", 0, VALUE, BIT(CMD_ALLOC), 0, take_at },
	{ "boundary", 0, VALUE, BIT(CMD_ALLOC), 0, take_boundary },
	{ "timeout", 0, VALUE, BIT(CMD_ALLOC) | BIT(CMD_STRESS), 0, take_timeout },
	{ "within", 0, VALUE, BIT(CMD_PREPARE), 0, take_within },
	{ "for", 0, VALUE, BIT(CMD_PREPARE), 0, take_for },
	{ "wait", 0, NO_VALUE, BIT(CMD_PREPARE), ARG_WAIT, NULL },
	{ "nowait", 0, NO_VALUE, BIT(CMD_ALLOC) | BIT(CMD_BENCH), ARG_NOWAIT, NULL },
	{ "quiet", 'q', NO_VALUE, BIT(CMD_ALLOC), ARG_QUIET, NULL },
	{ "text", 't', NO_VALUE, BIT(CMD_ALLOC), ARG_TEXT, NULL },
	{ "hold", 0, MAYBE_VALUE, BIT(CMD_ALLOC), ARG_HOLD, take_hold },
	{ "all", 'a', NO_VALUE, BIT(CMD_FREE) | BIT(CMD_LIST) | BIT(CMD_FAILURES) | BIT(CMD_WHY),
	  ARG_ALL, NULL },
	{ "holders", 0, NO_VALUE, BIT(CMD_LIST), ARG_HOLDERS, NULL },
	{ "count", 0, VALUE, BIT(CMD_WATCH) | BIT(CMD_BENCH) | BIT(CMD_MAP), 0,
	  take_count },
	{ "interval", 0, VALUE, BIT(CMD_WATCH) | BIT(CMD_MAP), ARG_INTERVAL,
	  take_interval },
	{ "svg", 0, NO_VALUE, BIT(CMD_MAP) | BIT(CMD_LATENCY), ARG_SVG, NULL },
	{ "slow", 0, NO_VALUE, BIT(CMD_FAILURES) | BIT(CMD_WHY), ARG_SLOW, NULL },
	{ "watch", 0, NO_VALUE, BIT(CMD_MAP), ARG_WATCH, NULL },
	{ "seed", 0, VALUE, BIT(CMD_STRESS), ARG_SEED, take_seed },
	{ "threads", 0, VALUE, BIT(CMD_STRESS), 0, take_threads },
	{ "pins", 0, VALUE, BIT(CMD_STRESS), ARG_PINS, take_pins },
	{ "max", 0, VALUE, BIT(CMD_STRESS) | BIT(CMD_BENCH), 0, take_max },
	{ "fill", 0, VALUE, BIT(CMD_STRESS), 0, take_fill },
	{ "offset", 0, VALUE, BIT(CMD_SYNC), 0, take_offset },
	{ "length", 0, VALUE, BIT(CMD_SYNC), 0, take_length },
	{ "region-size", 0, VALUE, BIT(CMD_PLAN), 0, take_region_size },
	{ "base", 0, VALUE, BIT(CMD_PLAN), 0, take_base },
	{ "policy", 0, VALUE, BIT(CMD_PLAN), 0, take_policy },
	{ "unit", 0, VALUE, BIT(CMD_PLAN), 0, take_unit },
	{ "page-size", 0, VALUE, BIT(CMD_PLAN), 0, take_page_size },
	{ "dma-api", 0, NO_VALUE, BIT(CMD_PLAN), ARG_DMA_API, NULL },
	{ "root", 0, VALUE, BIT(CMD_DOCTOR) | BIT(CMD_WHO), 0, take_root },
	{ "output", 'o', VALUE, BIT(CMD_METRICS), 0, take_output },
	{ "unload", 0, NO_VALUE, BIT(CMD_STRESS), ARG_UNLOAD, NULL },
};

#define NR_OPTIONS	(sizeof(options) / sizeof(options[0]))

/* "--name", "--name=value", "-n": the option, and the value if it is there. */
static const struct option *find_option(const char *word, const char **value)
{
	const bool is_long = word[1] == '-';
	const char *name = word + 1 + is_long;
	size_t len = strcspn(name, "=");
	size_t i;

	*value = is_long && name[len] ? name + len + 1 : NULL;
	for (i = 0; i < NR_OPTIONS; i++) {
		if (is_long && strlen(options[i].name) == len &&
		    !memcmp(options[i].name, name, len))
			return &options[i];
		if (!is_long && options[i].letter == name[0] && !name[1])
			return &options[i];
	}
	return NULL;
}

/* A time after --hold is its value only where SIZE cannot be meant. */
static bool is_hold_value(const struct reader *reader)
{
	return reader->word < reader->end && reader->nr_positional > 0 &&
	       **reader->word >= '0' && **reader->word <= '9';
}

static int read_option(struct reader *reader)
{
	struct args *args = reader->args;
	const char *word = *reader->word++;
	const char *value;
	const struct option *option = find_option(word, &value);

	if (!option)
		return wrong(args, "unknown option '%s'", word);
	if (!(option->commands & BIT(args->command)) &&
	    args->command != CMD_NONE)
		return wrong(args, "--%s does not belong to this command",
			     option->name);
	if (args->command == CMD_NONE && option->commands != ANY_COMMAND)
		return wrong(args, "--%s comes after the command",
			     option->name);
	args->given |= option->given;
	if (option->value == NO_VALUE)
		return value ? wrong(args, "--%s takes no value",
				     option->name) : 0;
	if (!value && (option->value == VALUE || is_hold_value(reader))) {
		if (reader->word == reader->end)
			return wrong(args, "--%s needs a value", option->name);
		value = *reader->word++;
	}
	return value ? option->take(args, value) : 0;
}

/* --- the rest ---------------------------------------------------------------- */

static int take_command(struct args *args, const char *word)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, word)) {
			args->command = commands[i].command;
			return 0;
		}
	}
	return wrong(args, "unknown command '%s'", word);
}

static int take_item(struct args *args, const char *word)
{
	int err;

	if (args->nr_items == ITEM_WORDS)
		return wrong(args, "plan takes %d words at most", ITEM_WORDS);
	err = item_parse(word, &args->items[args->nr_items++]);
	if (err == -ERANGE)
		return wrong(args, "'%s' is too much: %d buffers at most, sizes of 64 bits",
			     word, ITEM_BUFFERS);
	return err ? wrong(args, "plan needs SIZE[*COUNT][,align=|boundary=SIZE][,below=|at=ADDRESS], as in 8M*30 or 12441600x4,align=1M, not '%s'",
			   word) : 0;
}

static int take_positional(struct reader *reader, const char *word)
{
	struct args *args = reader->args;
	int err;

	if (args->command == CMD_NONE)
		return take_command(args, word);
	if (args->command == CMD_PLAN)
		return take_item(args, word);
	if (reader->nr_positional++)
		return wrong(args, "unexpected word '%s'", word);
	switch (args->command) {
	case CMD_ALLOC:
		err = size_parse(word, &args->bytes);
		if (err || !args->bytes)
			return wrong(args, "SIZE needs a number, bare for KiB, or with K, M or G, not '%s'",
				     word);
		return 0;
	case CMD_PREPARE:
		args->given |= ARG_SIZE;
		err = size_parse(word, &args->bytes);
		return err ? wrong(args, "SIZE needs a number, bare for KiB, or with K, M or G, not '%s'",
				   word) : 0;
	case CMD_ADD:
	case CMD_DRAIN:
	case CMD_INFO:
	case CMD_MAP:
	case CMD_BENCH:
	case CMD_FAILURES:
	case CMD_WHY:
	case CMD_LATENCY:
		return take_region(args, word);
	case CMD_WHO:
		args->what = word;
		return 0;
	case CMD_WATCH:
		if (seconds_parse(word, &args->interval_ms) ||
		    args->interval_ms < INTERVAL_MS_MIN)
			return wrong(args, "watch needs seconds, 0.05 or more, not '%s'",
				     word);
		return 0;
	case CMD_SYNC:
		if (strcmp(word, "start") && strcmp(word, "end"))
			return wrong(args, "sync needs start or end, not '%s'",
				     word);
		args->given |= *word == 's' ? ARG_START : ARG_END;
		return 0;
	case CMD_STRESS:
		if (seconds_parse(word, &args->hold_ms) || !args->hold_ms)
			return wrong(args, "stress needs seconds, as in 'stress 60', not '%s'",
				     word);
		return 0;
	default:
		return wrong(args, "unexpected word '%s'", word);
	}
}

static int check_alloc(struct args *args)
{
	const bool text = args->given & ARG_TEXT;

	if (!args->bytes)
		return wrong(args, "alloc needs a SIZE");
	if (text && (args->given & ARG_HOLD))
		return wrong(args, "--text and --hold exclude each other: a text buffer stays until it is freed");
	if (text && args->run)
		return wrong(args, "--text and a command exclude each other: a text buffer has no descriptor");
	if (text && (args->given & ARG_QUIET))
		return wrong(args, "--text and --quiet exclude each other");
	if (args->run && (args->given & ARG_HOLD))
		return wrong(args, "--hold and a command exclude each other: the buffer lives as long as the command");
	if (args->run && (args->given & ARG_JSON))
		return wrong(args, "--json and a command exclude each other: the output is the command's");
	/* It would be read as something else by the text device. */
	if (text && args->region && strpbrk(args->region, " \t\n"))
		return wrong(args, "--region needs a region's name");
	return 0;
}

static int check_plan(struct args *args)
{
	const bool is_placed = args->given & ARG_BASE;
	uint64_t nr = 0;
	unsigned int i;

	if (!args->nr_items)
		return wrong(args, "plan needs buffers, as in 8M*30 4M,align=1M");
	if (args->region && args->region_bytes)
		return wrong(args, "--region and --region-size exclude each other");
	if (!args->region_bytes && args->unit_bytes)
		return wrong(args, "--unit belongs to --region-size: a region that exists has its own");
	if (!args->region_bytes && args->page_bytes)
		return wrong(args, "--page-size belongs to --region-size: this machine has its own");
	if (!args->region_bytes && is_placed)
		return wrong(args, "--base belongs to --region-size: a region that exists has its own");
	for (i = 0; i < args->nr_items; i++) {
		nr += args->items[i].count;
		if (args->region_bytes && !is_placed &&
		    (args->items[i].at || args->items[i].below))
			return wrong(args, "at= and below= are addresses: --base says where the region of --region-size would begin");
	}
	if (nr > ITEM_BUFFERS)
		return wrong(args, "plan takes %d buffers at most", ITEM_BUFFERS);
	return 0;
}

static int check_svg(struct args *args)
{
	const unsigned int given = args->given;

	if (given & ARG_SVG && given & (ARG_JSON | ARG_WATCH))
		return wrong(args, "--svg excludes --json and --watch");
	if (args->count && !(given & ARG_WATCH))
		return wrong(args, "--count belongs to --watch");
	if (given & ARG_INTERVAL && !(given & ARG_WATCH))
		return wrong(args, "--interval belongs to --watch");
	return 0;
}

static int check(struct args *args)
{
	if (args->given & (ARG_HELP | ARG_VERSION))
		return 0;
	if (args->command == CMD_NONE)
		return wrong(args, "which command?");
	if (args->run && args->command != CMD_ALLOC)
		return wrong(args, "only alloc runs a command");
	if (args->command == CMD_ALLOC)
		return check_alloc(args);
	if (args->command == CMD_PREPARE && !(args->given & ARG_SIZE))
		return wrong(args, "prepare needs a SIZE");
	/* It would be read as something else by the text device. */
	if (args->command == CMD_PREPARE && args->region &&
	    strpbrk(args->region, " \t\n"))
		return wrong(args, "--region needs a region's name");
	if (args->command == CMD_ADD && !args->region)
		return wrong(args, "add needs a region, as in 'add cam=16M@cma,keep=0', or the name of a drained one");
	if (args->command == CMD_DRAIN && !args->region)
		return wrong(args, "drain needs a region's name");
	if (args->command == CMD_METRICS && args->given & ARG_JSON)
		return wrong(args, "metrics has a format of its own: no --json");
	if (args->command == CMD_WHO && !args->what)
		return wrong(args, "who needs a buffer, as in cam/3, or a page frame, as in 0x7a801");
	if (args->command == CMD_PLAN)
		return check_plan(args);
	if (args->command == CMD_MAP || args->command == CMD_LATENCY)
		return check_svg(args);
	if (args->command == CMD_SYNC && !(args->given & (ARG_START | ARG_END)))
		return wrong(args, "sync needs start or end");
	if (args->command == CMD_STRESS && !args->hold_ms)
		args->hold_ms = STRESS_MS;
	return 0;
}

/* Errors are JSON, too, whatever stands before --json. */
static void look_for_json(struct reader *reader)
{
	char **word;

	for (word = reader->word; word < reader->end; word++)
		if (!strcmp(*word, "--json") || !strcmp(*word, "-j"))
			reader->args->given |= ARG_JSON;
}

int args_parse(int argc, char **argv, struct args *args)
{
	struct reader reader = { .args = args };
	int i, err = 0;

	memset(args, 0, sizeof(*args));
	args->interval_ms = 1000;
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	reader.word = argv + (argc > 0);
	reader.end = argc > 0 ? argv + i : argv;
	look_for_json(&reader);
	if (i < argc) {
		args->run = argv + i + 1;
		if (!*args->run)
			return wrong(args, "a command should follow '--'");
	}
	while (!err && reader.word < reader.end) {
		if ((*reader.word)[0] == '-' && (*reader.word)[1])
			err = read_option(&reader);
		else
			err = take_positional(&reader, *reader.word++);
	}
	return err ? err : check(args);
}
