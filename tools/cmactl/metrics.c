// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl metrics: the regions' numbers as Prometheus reads them, for node_exporter's
 * textfile collector. Names have base units; what only grows ends in _total.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmactl.h"
#include "latency.h"
#include "picture.h"

/* Bytes and counts as they are; microseconds become seconds. */
enum unit { PLAIN, MICROSECONDS, MILLISECONDS };

/**
 * struct metric - one number of a region
 * @name: without "lcma_region_"
 * @type: "gauge" or "counter"
 * @help: a sentence
 * @offset: in struct lcma_region_info
 * @unit: what it is there in
 */
static const struct metric {
	const char *name;
	const char *type;
	const char *help;
	size_t offset;
	enum unit unit;
} metrics[] = {
#define GAUGE(name, field, help) \
	{ name, "gauge", help, offsetof(struct lcma_region_info, field), PLAIN }
#define COUNTER(name, field, help) \
	{ name, "counter", help, offsetof(struct lcma_region_info, field), PLAIN }
	GAUGE("size_bytes", bytes, "Size of the region."),
	GAUGE("used_bytes", used, "In buffers, quarantine included."),
	GAUGE("pool_bytes", pool, "Can be handed out at once."),
	GAUGE("pool_zero_bytes", pool_zero, "Of the pool, already zero."),
	GAUGE("shared_bytes", shared, "The system may use it."),
	GAUGE("busy_bytes", busy, "On its way."),
	GAUGE("quarantined_bytes", quarantined, "Still held although the buffer is gone."),
	GAUGE("largest_unused_bytes", largest, "The longest unused run."),
	GAUGE("keep_low_bytes", keep_low, "Idle memory that is always kept."),
	GAUGE("keep_high_bytes", keep_high, "Idle memory above this is given back."),
	GAUGE("running_claims", running_claims, "Runs that are being taken now."),
	COUNTER("allocations_total", allocs, "Allocations that succeeded."),
	COUNTER("frees_total", frees, "Buffers that came back."),
	COUNTER("failures_total", failures, "Allocations that failed, quiet ones not counted."),
	COUNTER("pool_hits_total", pool_hits, "Allocations that the pool served alone."),
	COUNTER("pool_hits_zero_total", pool_hits_zero, "Of these, of pages that were already zero."),
	COUNTER("claims_total", claims, "Calls of the kernel's alloc_contig_range()."),
	COUNTER("claims_failed_total", claims_failed, "Of these, those that failed."),
	COUNTER("claims_late_total", claims_late, "Of these, those whose caller had left."),
	COUNTER("spared_bytes_total", spared, "Taken beside a run and kept."),
	COUNTER("refilled_bytes_total", refilled, "Claimed to fill the pool."),
	COUNTER("decayed_bytes_total", decayed, "Given back because the pool was idle."),
	COUNTER("shrunk_bytes_total", shrunk, "Given back because memory was short."),
	COUNTER("zeroed_bytes_total", zeroed, "Zeroed in the background."),
	{ "claim_max_seconds", "gauge", "The longest call of alloc_contig_range() so far.",
	  offsetof(struct lcma_region_info, claim_max_us), MICROSECONDS },
	{ "decay_seconds", "gauge", "After how long an idle pool is given back; 0: never.",
	  offsetof(struct lcma_region_info, decay_ms), MILLISECONDS },
};

#define NR_METRICS	(sizeof(metrics) / sizeof(metrics[0]))

/* In quotes: a region's name has no such characters, a source's may. */
static void write_label(FILE *to, const char *name, const char *text)
{
	fprintf(to, "%s=\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text == '\n' ? ' ' : *text, to);
	}
	fputc('"', to);
}

static void write_head(FILE *to, const char *name, const char *type,
		       const char *help)
{
	fprintf(to, "# HELP lcma_%s %s\n# TYPE lcma_%s %s\n", name, help, name,
		type);
}

static void write_value(FILE *to, const struct metric *metric,
			const struct lcma_region_info *info)
{
	uint64_t value;

	memcpy(&value, (const char *)info + metric->offset, sizeof(value));
	if ((metric->offset == offsetof(struct lcma_region_info, keep_low) ||
	     metric->offset == offsetof(struct lcma_region_info, keep_high)) &&
	    value > info->bytes)
		value = info->bytes;
	fprintf(to, "lcma_region_%s{", metric->name);
	write_label(to, "region", info->name);
	if (metric->unit == PLAIN)
		fprintf(to, "} %" PRIu64 "\n", value);
	else if (metric->unit == MICROSECONDS)
		fprintf(to, "} %" PRIu64 ".%06u\n", value / 1000000,
			(unsigned int)(value % 1000000));
	else
		fprintf(to, "} %" PRIu64 ".%03u\n", value / 1000,
			(unsigned int)(value % 1000));
}

static void write_one(FILE *to, const char *name,
		      const struct lcma_region_info *info, uint64_t value)
{
	fprintf(to, "lcma_region_%s{", name);
	write_label(to, "region", info->name);
	fprintf(to, "} %" PRIu64 "\n", value);
}

static uint64_t stuck_bytes(const struct picture *picture)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < picture->nr; i++)
		if (piece_is_stuck(&picture->pieces[i]))
			bytes += picture->pieces[i].bytes;
	return bytes;
}

/* Bounds in seconds, as Prometheus has them: each bucket counts all before it, too. */
static void write_latency(FILE *to, const char *region,
			  const struct latency_line *line)
{
	uint64_t sum = 0;
	char labels[160];
	int i;

	if (line->bytes)
		snprintf(labels, sizeof(labels),
			 "region=\"%.31s\",outcome=\"%.15s\",bytes_up_to=\"%" PRIu64 "\"",
			 region, line->outcome, line->bytes);
	else
		snprintf(labels, sizeof(labels),
			 "region=\"%.31s\",outcome=\"%.15s\",bytes_up_to=\"+Inf\"",
			 region, line->outcome);
	for (i = 0; i < LATENCY_CLASSES; i++) {
		sum += line->counts[i];
		fprintf(to, "lcma_region_allocation_seconds_bucket{%s,le=\"",
			labels);
		if (i < LATENCY_CLASSES - 1)
			fprintf(to, "%u.%06u", (unsigned int)((1U << i) / 1000000),
				(unsigned int)((1U << i) % 1000000));
		else
			fprintf(to, "+Inf");
		fprintf(to, "\"} %" PRIu64 "\n", sum);
	}
	if (line->has_sum)
		fprintf(to, "lcma_region_allocation_seconds_sum{%s} %" PRIu64 ".%09u\n",
			labels, line->sum_ns / 1000000000,
			(unsigned int)(line->sum_ns % 1000000000));
	fprintf(to, "lcma_region_allocation_seconds_count{%s} %" PRIu64 "\n",
		labels, sum);
}

static void write_latencies(FILE *to, const struct regions *regions)
{
	struct latency_line lines[LATENCY_LINES];
	bool any = false;
	int i, j, nr;

	for (i = 0; i < regions->nr; i++) {
		nr = latency_load(regions->info[i].name, lines);
		for (j = 0; j < nr; j++) {
			if (!any)
				write_head(to, "region_allocation_seconds",
					   "histogram",
					   "How long allocations took.");
			any = true;
			write_latency(to, regions->info[i].name, &lines[j]);
		}
	}
}

/* What is in the way: only root may look, and only a look can tell. */
static void write_pictures(FILE *to, const struct regions *regions,
			   const struct picture *pictures)
{
	int i;

	write_head(to, "region_largest_movable_bytes", "gauge",
		   "The longest run with nothing in it that looks stuck.");
	for (i = 0; i < regions->nr; i++)
		if (pictures[i].has_look)
			write_one(to, "largest_movable_bytes",
				  &regions->info[i],
				  picture_largest_movable(&pictures[i]));
	write_head(to, "region_stuck_bytes", "gauge",
		   "Shared memory that is pinned or cannot be moved.");
	for (i = 0; i < regions->nr; i++)
		if (pictures[i].has_look)
			write_one(to, "stuck_bytes", &regions->info[i],
				  stuck_bytes(&pictures[i]));
}

static void write_infos(FILE *to, const struct lcma_version *version,
			const struct regions *regions)
{
	int i;

	write_head(to, "build_info", "gauge", "Version of the module.");
	fprintf(to, "lcma_build_info{version=\"%" PRIu32 ".%" PRIu32 ".%" PRIu32
		"\",abi=\"%" PRIu32 "\"} 1\n", version->major, version->minor,
		version->patch, version->abi);
	write_head(to, "region_info", "gauge", "Where the memory comes from.");
	for (i = 0; i < regions->nr; i++) {
		fprintf(to, "lcma_region_info{");
		write_label(to, "region", regions->info[i].name);
		fputc(',', to);
		write_label(to, "source", regions->info[i].origin);
		fprintf(to, ",private=\"%d\"} 1\n",
			!!(regions->info[i].attrs & LCMA_REGION_PRIVATE));
	}
}

static void write_all(FILE *to, const struct lcma_version *version,
		      const struct regions *regions,
		      const struct picture *pictures)
{
	char name[80];
	size_t m;
	int i;

	write_infos(to, version, regions);
	for (m = 0; m < NR_METRICS; m++) {
		snprintf(name, sizeof(name), "region_%s", metrics[m].name);
		write_head(to, name, metrics[m].type, metrics[m].help);
		for (i = 0; i < regions->nr; i++)
			write_value(to, &metrics[m], &regions->info[i]);
	}
	write_latencies(to, regions);
	for (i = 0; i < regions->nr; i++)
		if (pictures[i].has_look)
			break;
	if (i < regions->nr)
		write_pictures(to, regions, pictures);
}

/* A collector never reads half a file. Return: 0; a negative errno. */
static int write_file(const char *path, const struct lcma_version *version,
		      const struct regions *regions,
		      const struct picture *pictures)
{
	const size_t size = strlen(path) + 16;
	char *other = malloc(size);
	int err = 0, is_bad;
	FILE *to;

	if (!other)
		return -ENOMEM;
	snprintf(other, size, "%s.%ld", path, (long)getpid());
	to = fopen(other, "we");
	if (!to) {
		err = -errno;
		free(other);
		return err;
	}
	write_all(to, version, regions, pictures);
	is_bad = ferror(to);
	if (fclose(to) || is_bad || rename(other, path)) {
		err = errno ? -errno : -EIO;
		unlink(other);
	}
	free(other);
	return err;
}

static int show(struct session *session, int device,
		const struct regions *regions)
{
	struct picture *pictures = calloc(regions->nr + 1, sizeof(*pictures));
	const char *path = session->args->output;
	struct lcma_version version;
	int i, err = lcma_get_version(device, &version);

	if (!pictures)
		err = -ENOMEM;
	/* An older module has no pictures: then there is that much less. */
	for (i = 0; !err && i < regions->nr; i++)
		if (picture_look(device, regions->info[i].name, &pictures[i]))
			picture_free(&pictures[i]);
	if (!err && path)
		err = write_file(path, &version, regions, pictures);
	else if (!err)
		write_all(stdout, &version, regions, pictures);
	for (i = 0; pictures && i < regions->nr; i++)
		picture_free(&pictures[i]);
	free(pictures);
	return err ? fail(session, err, NULL, "%s", path ? path : "metrics") :
		     EXIT_OK;
}

int cmd_metrics(struct session *session)
{
	struct regions regions;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	if (!status)
		status = show(session, device, &regions);
	regions_free(&regions);
	lcma_close(device);
	return status;
}
