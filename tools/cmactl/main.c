// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl - contiguous buffers from the command line: see cmactl(1).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmactl.h"

static const char usage[] =
"Usage: cmactl [OPTION...] COMMAND [ARGUMENT...]\n"
"\n"
"  regions                the regions, and how much of each is free\n"
"  add SPEC               add a region, written as in regions=; or bring back a\n"
"                         drained one: its name alone\n"
"  drain REGION           take its memory back and return it to its source\n"
"  alloc SIZE             allocate a buffer, hold it until a signal comes\n"
"    --hold SECONDS       or for that long\n"
"    --text               or leave it with the text device\n"
"    -- COMMAND...        or run COMMAND, which has it as descriptor\n"
"                         $LCMA_BUFFER_FD, of $LCMA_BUFFER_BYTES bytes\n"
"    --region NAME, --align SIZE, --label TEXT, --timeout MS, --nowait, --quiet\n"
"    --below ADDR, --at ADDR, --boundary SIZE\n"
"  free [--all]           free one buffer of the text device, or all of them\n"
"  prepare SIZE           empty memory ahead of time, for an allocation to come;\n"
"                         0: what was prepared is not needed\n"
"    --within MS, --for MS, --wait, --region NAME, --align SIZE, --label TEXT\n"
"  list [--all]           list this user's buffers, or everybody's\n"
"    --holders            and the processes that hold each now\n"
"  failures [REGION]      list this user's failed allocations, and why\n"
"    --all                or everybody's\n"
"    --slow               or those that took longer than slow_ms\n"
"  why [REGION]           the last of them in plain sentences, and what to do\n"
"    --all                of everybody's\n"
"    --slow               the last one that took longer than slow_ms\n"
"  devices                which devices allocate by rules (map=), and why not\n"
"  info [REGION]          all that is known of a region, or of all\n"
"  latency [REGION]       how long allocations took; --svg\n"
"  map [REGION]           a picture of a region, or of all, in colour\n"
"    --svg                as SVG, with the labels of buffers\n"
"    --watch              every second; --count N times, --interval SECONDS\n"
"  watch [SECONDS]        the regions every second; --count N times\n"
"  sync start|end         show the CPU what devices wrote to the buffer that\n"
"                         $LCMA_BUFFER_FD is, or devices what the CPU wrote\n"
"    --offset SIZE, --length SIZE\n"
"  stress [SECONDS]       allocate, fill, compare and free from many threads\n"
"    --seed N, --threads N, --max SIZE, --timeout MS, --region NAME\n"
"    --fill SIZE          and compare this much ordinary memory, too\n"
"    --pins N             and have N threads pin some of their pages\n"
"    --unload             try to unload the module meanwhile\n"
"  bench [REGION]         how long allocations take, by size\n"
"    --count N, --max SIZE, --nowait\n"
"  plan SIZE[*N][,align=SIZE][,boundary=SIZE][,below=ADDR][,at=ADDR]...\n"
"                         would these buffers fit, in this order? Here a bare\n"
"                         number is bytes, as in 12441600x4\n"
"    --region-size SIZE   in an empty region of this size, without the module\n"
"    --base ADDR, --unit SIZE, --page-size SIZE: where it would begin, in what\n"
"                         units that kernel migrates, how large its pages are\n"
"    --region NAMES       in these, joined as in a request: a+b, a,b\n"
"    --policy WORD        cost, best-fit or first-fit\n"
"    --dma-api            each aligned as the kernel's DMA API aligns it\n"
"  who REGION/ID|PFN      who holds a buffer now, or what is on a page\n"
"  doctor                 is everything there that lcma needs?\n"
"    --root DIR           look below DIR\n"
"  metrics                numbers for Prometheus (textfile collector)\n"
"    --output FILE        into FILE, whole\n"
"  version                of cmactl and of the module\n"
"\n"
"  -j, --json             for programs: JSON on one line, sizes in bytes\n"
"  -d, --device PATH      instead of $LCMA_DEVICE or /dev/lcma; for\n"
"                         --text, free and prepare: or /dev/cma_test\n"
"  -h, --help  -V, --version\n"
"\n"
"ADDR is physical: 0x and hexadecimal digits, or a number of bytes, which K, M\n"
"or G may follow.\n"
"SIZE is a number followed by K, M or G. A bare number is KiB, except in a plan,\n"
"as it is for /dev/cma_test: \"cmactl alloc --text 4096\" and\n"
"\"echo 4096 > /dev/cma_test\" are the same.\n"
"\n"
"Exit status: 0 success; 1 lcma refused; 2 wrong usage; 3 the module is not\n"
"loaded; 4 not permitted.\n";

static int (*const commands[])(struct session *session) = {
	[CMD_REGIONS] = cmd_regions,
	[CMD_ADD] = cmd_add,
	[CMD_DRAIN] = cmd_drain,
	[CMD_ALLOC] = cmd_alloc,
	[CMD_FREE] = cmd_free,
	[CMD_PREPARE] = cmd_prepare,
	[CMD_LIST] = cmd_list,
	[CMD_FAILURES] = cmd_failures,
	[CMD_DEVICES] = cmd_devices,
	[CMD_INFO] = cmd_info,
	[CMD_MAP] = cmd_map,
	[CMD_WATCH] = cmd_watch,
	[CMD_SYNC] = cmd_sync,
	[CMD_STRESS] = cmd_stress,
	[CMD_BENCH] = cmd_bench,
	[CMD_PLAN] = cmd_plan,
	[CMD_WHY] = cmd_why,
	[CMD_DOCTOR] = cmd_doctor,
	[CMD_METRICS] = cmd_metrics,
	[CMD_LATENCY] = cmd_latency,
	[CMD_WHO] = cmd_who,
	[CMD_VERSION] = cmd_version,
};

bool wants_json(const struct session *session)
{
	return session->args->given & ARG_JSON;
}

static int exit_status(int err)
{
	switch (err) {
	case -ENODEV:
		return EXIT_NO_DEVICE;
	case -EACCES:
	case -EPERM:
		return EXIT_NOT_PERMITTED;
	default:
		return EXIT_FAILED;
	}
}

static void write_error(struct session *session, const char *name,
			const char *what, const char *why)
{
	struct json *json = &session->json;

	json_open(json, NULL, '{');
	json_open(json, "error", '{');
	json_text(json, "errno", name);
	json_text(json, "what", what);
	json_text(json, "message", why);
	json_close(json, '}');
	json_close(json, '}');
	json_end(json);
}

int fail(struct session *session, int err, const char *why, const char *format,
	 ...)
{
	char what[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (!why)
		why = lcma_strerror(err);
	fflush(stdout);
	fprintf(stderr, "cmactl: %s: %s: %s\n", what, lcma_errorname(err), why);
	if (wants_json(session))
		write_error(session, lcma_errorname(err), what, why);
	return exit_status(err);
}

static int fail_usage(struct session *session, const char *why)
{
	fprintf(stderr, "cmactl: %s\nTry 'cmactl --help'.\n", why);
	if (wants_json(session))
		write_error(session, "EINVAL", "usage", why);
	return EXIT_USAGE;
}

/* What was written to a full disk was not written. */
static int close_stdout(int status)
{
	if (!ferror(stdout) && !fflush(stdout))
		return status;
	fprintf(stderr, "cmactl: standard output: %s\n", strerror(errno));
	return status ? status : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct args args;
	struct session session = { .args = &args, .json.to = stdout };
	int err = args_parse(argc, argv, &args);

	if (err)
		return fail_usage(&session, args.error);
	if (args.given & ARG_HELP) {
		fputs(usage, stdout);
		return close_stdout(EXIT_OK);
	}
	if (args.given & ARG_VERSION) {
		printf("cmactl %s\n", lcma_library_version());
		return close_stdout(EXIT_OK);
	}
	return close_stdout(commands[args.command](&session));
}
