/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the words of the command line mean. Pure: nothing is opened, and
 * nothing printed.
 */
#ifndef CMACTL_ARGS_H
#define CMACTL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "item.h"

enum command {
	CMD_NONE,	/* --help and --version go without */
	CMD_REGIONS,
	CMD_ADD,
	CMD_DRAIN,
	CMD_ALLOC,
	CMD_FREE,
	CMD_PREPARE,
	CMD_LIST,
	CMD_FAILURES,
	CMD_DEVICES,
	CMD_INFO,
	CMD_MAP,
	CMD_WATCH,
	CMD_SYNC,
	CMD_STRESS,
	CMD_BENCH,
	CMD_PLAN,
	CMD_WHY,
	CMD_DOCTOR,
	CMD_METRICS,
	CMD_LATENCY,
	CMD_WHO,
	CMD_VERSION,
};

/* args.given: options without a value, and those whose value may be 0 */
#define ARG_HELP	(1 << 0)
#define ARG_VERSION	(1 << 1)
#define ARG_JSON	(1 << 2)
#define ARG_NOWAIT	(1 << 3)
#define ARG_TEXT	(1 << 4)
#define ARG_HOLD	(1 << 5)
#define ARG_ALL		(1 << 6)
#define ARG_QUIET	(1 << 7)
#define ARG_SEED	(1 << 8)
#define ARG_PINS	(1 << 9)
#define ARG_UNLOAD	(1 << 10)
#define ARG_HOLDERS	(1 << 11)
#define ARG_START	(1 << 12)
#define ARG_END		(1 << 13)
#define ARG_DMA_API	(1 << 14)
#define ARG_SVG		(1 << 15)
#define ARG_WATCH	(1 << 16)
#define ARG_SLOW	(1 << 17)
#define ARG_WAIT	(1 << 18)
#define ARG_SIZE	(1 << 19)
#define ARG_BASE	(1 << 20)
#define ARG_INTERVAL	(1 << 21)

/**
 * struct args - a command line, understood
 * @command: what to do
 * @given: ARG_*
 * @device: --device; NULL: the usual one
 * @region: --region, or REGION, or SPEC; NULL: any, or all
 * @label: --label; NULL: none
 * @bytes: SIZE, of prepare possibly 0; --length; 0: to the end
 * @offset: --offset
 * @align: --align, a power of two; 0: none
 * @below: --below; 0: anywhere
 * @at: --at; 0: anywhere
 * @boundary: --boundary, a power of two; 0: none
 * @timeout_ms: --timeout; 0: none; --within; 0: the default
 * @hold_ms: --hold; 0: until a signal comes; SECONDS of stress; --for; 0: the default
 * @interval_ms: --interval; SECONDS of watch
 * @count: --count; 0: until a signal comes; repetitions of bench
 * @seed: --seed, if ARG_SEED
 * @threads: --threads; 0: as many as suit the machine
 * @pins: --pins, if ARG_PINS
 * @max_bytes: --max; 0: what suits the regions
 * @fill_bytes: --fill; 0: none
 * @region_bytes: --region-size; 0: none
 * @base: --base, if ARG_BASE
 * @policy: --policy; NULL: the region's, or the default
 * @unit_bytes: --unit, a power of two; 0: this kernel's
 * @page_bytes: --page-size, a power of two; 0: this machine's
 * @root: --root; NULL: /
 * @output: --output; NULL: standard output
 * @what: PFN or BUFFER of who
 * @items: the buffers of plan
 * @nr_items: how many words
 * @run: the command after "--", ending in NULL; NULL: none
 * @error: what is wrong, for args_parse()'s caller
 */
struct args {
	enum command command;
	unsigned int given;
	const char *device;
	const char *region;
	const char *label;
	uint64_t bytes;
	uint64_t offset;
	uint64_t align;
	uint64_t below;
	uint64_t at;
	uint64_t boundary;
	uint32_t timeout_ms;
	uint64_t hold_ms;
	uint64_t interval_ms;
	uint32_t count;
	uint64_t seed;
	uint32_t threads;
	uint32_t pins;
	uint64_t max_bytes;
	uint64_t fill_bytes;
	uint64_t region_bytes;
	uint64_t base;
	const char *policy;
	uint64_t unit_bytes;
	uint64_t page_bytes;
	const char *root;
	const char *output;
	const char *what;
	struct item items[ITEM_WORDS];
	unsigned int nr_items;
	char **run;
	char error[200];
};

/**
 * args_parse - understand a command line
 * @argc: as main() has it
 * @argv: as main() has it; args points into it afterwards
 * @args: what it means
 *
 * Return: 0; -EINVAL with a sentence in @args->error, and what was understood
 * so far (--json is looked for everywhere).
 */
int args_parse(int argc, char **argv, struct args *args);

#endif
