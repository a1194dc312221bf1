// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl regions, cmactl info.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmactl.h"
#include "debugfs.h"
#include "size.h"

/* Characters of the bar in a table. */
#define BAR_COLUMNS	20

static const struct {
	uint32_t flag;
	const char *name;
} region_flags[] = {
	{ LCMA_REGION_SHAREABLE, "shareable" },
	{ LCMA_REGION_PRIVATE, "private" },
	{ LCMA_REGION_HIGHMEM, "highmem" },
	{ LCMA_REGION_NO_PAGES, "no_pages" },
	{ LCMA_REGION_WC, "wc" },
	{ LCMA_REGION_UNCACHED, "uncached" },
	{ LCMA_REGION_GONE, "gone" },
};

#define NR_FLAGS	(sizeof(region_flags) / sizeof(region_flags[0]))

/* What the device tells as well, and what is told beside the rest. */
static const char *const told_keys[] = {
	"name", "base", "source", "keep", "last_failure", "nr_pages",
	"unit_pages", "align_pages", "granule_pages", "keep_low", "keep_high",
	"used_pages", "pool_pages", "shared_pages", "busy_pages",
	"quarantined_pages", "largest_pages", "allocs", "frees", "failures",
	"claimed_pages", "pool_zero_pages", "decay_ms", "running_claims",
	"pool_hits", "pool_hits_zero", "spared_pages", "refilled_pages",
	"decayed_pages", "shrunk_pages", "zeroed_pages", "claims",
	"claims_failed", "claims_late", "claim_max_us", "wedge",
	"wedged_pages", "prepared_pages", "prepares", "prepares_used",
	"prepares_over", "address_bits", "cache",
};

#define NR_TOLD_KEYS	(sizeof(told_keys) / sizeof(told_keys[0]))

/* "private,highmem" */
static const char *flags_text(uint32_t flags, char *text, size_t size)
{
	size_t i, at = 0;

	*text = '\0';
	for (i = 0; i < NR_FLAGS; i++)
		if (flags & region_flags[i].flag)
			at += snprintf(text + at, size - at, "%s%s",
				       at ? "," : "", region_flags[i].name);
	return text;
}

/* A module without the member has flags for all but the first. */
static const char *cache_text(const struct lcma_region_info *info)
{
	if (info->cache == LCMA_REGION_CACHE_WC || info->attrs & LCMA_REGION_WC)
		return "wc";
	if (info->cache == LCMA_REGION_CACHE_UNCACHED ||
	    info->attrs & LCMA_REGION_UNCACHED)
		return "uncached";
	return "wb";
}

static char bar_char(const struct lcma_region_info *info, uint64_t at)
{
	if (at < info->used)
		return '#';
	if (at < info->used + info->busy)
		return '~';
	if (at < info->used + info->busy + info->pool)
		return 'p';
	return '.';
}

/* How much is used, not where: each character is worth a twentieth. */
static void bar_text(const struct lcma_region_info *info, char *text)
{
	int i;

	for (i = 0; i < BAR_COLUMNS; i++)
		text[i] = bar_char(info, info->bytes / BAR_COLUMNS * i);
	text[i] = '\0';
}

static uint64_t at_most(uint64_t value, uint64_t limit)
{
	return value < limit ? value : limit;
}

void region_json(struct json *json, const struct lcma_region_info *info)
{
	size_t i;

	json_text(json, "name", info->name);
	json_text(json, "origin", info->origin);
	json_number(json, "bytes", info->bytes);
	json_number(json, "used", info->used);
	json_number(json, "pool", info->pool);
	json_number(json, "shared", info->shared);
	json_number(json, "busy", info->busy);
	json_number(json, "quarantined", info->quarantined);
	json_number(json, "largest", info->largest);
	json_number(json, "align", info->align);
	json_number(json, "granule", info->granule);
	json_number(json, "unit", info->unit);
	json_number(json, "keep_low", at_most(info->keep_low, info->bytes));
	json_number(json, "keep_high", at_most(info->keep_high, info->bytes));
	json_number(json, "allocs", info->allocs);
	json_number(json, "frees", info->frees);
	json_number(json, "failures", info->failures);
	json_number(json, "claimed", info->claimed);
	json_number(json, "pool_zero", info->pool_zero);
	json_number(json, "decay_ms", info->decay_ms);
	json_number(json, "running_claims", info->running_claims);
	json_number(json, "pool_hits", info->pool_hits);
	json_number(json, "pool_hits_zero", info->pool_hits_zero);
	json_number(json, "spared", info->spared);
	json_number(json, "refilled", info->refilled);
	json_number(json, "decayed", info->decayed);
	json_number(json, "shrunk", info->shrunk);
	json_number(json, "zeroed", info->zeroed);
	json_number(json, "claims", info->claims);
	json_number(json, "claims_failed", info->claims_failed);
	json_number(json, "claims_late", info->claims_late);
	json_number(json, "claim_max_us", info->claim_max_us);
	json_number(json, "wedge", info->wedge);
	json_number(json, "wedged", info->wedged);
	json_number(json, "prepared", info->prepared);
	json_number(json, "prepares", info->prepares);
	json_number(json, "prepares_used", info->prepares_used);
	json_number(json, "prepares_over", info->prepares_over);
	json_number(json, "address_bits", info->address_bits);
	json_text(json, "cache", cache_text(info));
	if (info->attrs & LCMA_REGION_PHYS)
		json_number(json, "phys", info->phys);
	else
		json_null(json, "phys");
	for (i = 0; i < NR_FLAGS; i++)
		json_bool(json, region_flags[i].name,
			  info->attrs & region_flags[i].flag);
}

static void write_table(const struct regions *regions, const char *line_end)
{
	static const char *const heads[] = {
		"<REGION", "SIZE", "USED", "POOL", "SHARED", "BUSY", "LARGEST",
		"<####~~~~pppp........", "<SOURCE", "<FLAGS", NULL
	};
	struct table table = { .heads = heads };
	char text[BAR_COLUMNS + 64];
	int i;

	for (i = 0; i < regions->nr; i++) {
		const struct lcma_region_info *info = &regions->info[i];

		table_cell(&table, info->name);
		table_size(&table, info->bytes);
		table_size(&table, info->used);
		table_size(&table, info->pool);
		table_size(&table, info->shared);
		table_size(&table, info->busy);
		table_size(&table, info->largest);
		bar_text(info, text);
		table_cell(&table, text);
		table_cell(&table, info->origin);
		table_cell(&table, flags_text(info->attrs, text, sizeof(text)));
	}
	table_write(&table, stdout, line_end);
}

void regions_write(struct session *session, const struct regions *regions,
		   const char *line_end)
{
	struct json *json = &session->json;
	int i;

	if (!wants_json(session)) {
		write_table(regions, line_end);
		return;
	}
	json_open(json, "regions", '[');
	for (i = 0; i < regions->nr; i++) {
		json_open(json, NULL, '{');
		region_json(json, &regions->info[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
}

int cmd_regions(struct session *session)
{
	struct regions regions;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	lcma_close(device);
	if (!status) {
		if (wants_json(session))
			json_open(&session->json, NULL, '{');
		regions_write(session, &regions, "");
		if (wants_json(session)) {
			json_close(&session->json, '}');
			json_end(&session->json);
		}
	}
	regions_free(&regions);
	return status;
}

/* --- info -------------------------------------------------------------------- */

/* All that only debugfs tells, whatever this version of the module has there. */
static bool is_debug_key(const char *key)
{
	size_t i;

	for (i = 0; i < NR_TOLD_KEYS; i++)
		if (!strcmp(told_keys[i], key))
			return false;
	return true;
}

static bool is_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	/* JSON knows no leading zeros. */
	return len && !text[len] && (len == 1 || *text != '0');
}

static void debug_json(struct json *json, const char *region)
{
	char line[DEBUGFS_LINE_BYTES];
	const char *key, *value;
	FILE *file;

	if (debugfs_open(region, "info", &file)) {
		json_null(json, "debug");
		return;
	}
	json_open(json, "debug", '{');
	while ((key = debugfs_pair(file, line, &value))) {
		if (!is_debug_key(key))
			continue;
		if (is_number(value))
			json_number(json, key, strtoull(value, NULL, 10));
		else
			json_text(json, key, value);
	}
	json_close(json, '}');
	fclose(file);
}

static void debug_write(const char *region)
{
	char line[DEBUGFS_LINE_BYTES];
	const char *key, *value;
	FILE *file;
	int err = debugfs_open(region, "info", &file);

	if (err) {
		printf("  (root can see more)\n");
		return;
	}
	while ((key = debugfs_pair(file, line, &value)))
		if (is_debug_key(key))
			printf("  %-16s %s\n", key, value);
	fclose(file);
}

static void write_size(const char *key, uint64_t bytes)
{
	char text[CMACTL_TEXT_BYTES];

	printf("  %-16s %-10s %" PRIu64 " bytes\n", key, size_text(bytes, text),
	       bytes);
}

static void write_number(const char *key, uint64_t value)
{
	printf("  %-16s %" PRIu64 "\n", key, value);
}

static void info_write(const struct lcma_region_info *info)
{
	char text[64], reason[DEBUGFS_LINE_BYTES];

	printf("%s\n", info->name);
	printf("  %-16s %s\n", "source", info->origin);
	printf("  %-16s %s\n", "flags",
	       flags_text(info->attrs, text, sizeof(text)));
	printf("  %-16s %s\n", "address",
	       phys_text(info->attrs & LCMA_REGION_PHYS, info->phys, text));
	if (info->address_bits)
		printf("  %-16s %llu\n", "address_bits",
		       (unsigned long long)info->address_bits);
	printf("  %-16s %s\n", "cache", cache_text(info));
	write_size("size", info->bytes);
	write_size("used", info->used);
	write_size("quarantined", info->quarantined);
	write_size("prepared", info->prepared);
	write_size("pool", info->pool);
	write_size("pool_zero", info->pool_zero);
	write_size("claimed", info->claimed);
	write_size("wedged", info->wedged);
	write_size("shared", info->shared);
	write_size("busy", info->busy);
	write_size("largest", info->largest);
	write_size("align", info->align);
	write_size("granule", info->granule);
	write_size("unit", info->unit);
	if (info->keep_high >= info->bytes) {
		printf("  %-16s all\n", "keep");
	} else {
		write_size("keep from", info->keep_low);
		write_size("keep to", info->keep_high);
	}
	write_number("decay_ms", info->decay_ms);
	write_number("wedge", info->wedge);
	write_number("running_claims", info->running_claims);
	write_number("allocs", info->allocs);
	write_number("frees", info->frees);
	write_number("failures", info->failures);
	write_number("pool_hits", info->pool_hits);
	write_number("pool_hits_zero", info->pool_hits_zero);
	write_size("spared", info->spared);
	write_size("refilled", info->refilled);
	write_size("decayed", info->decayed);
	write_size("shrunk", info->shrunk);
	write_size("zeroed", info->zeroed);
	write_number("claims", info->claims);
	write_number("claims_failed", info->claims_failed);
	write_number("claims_late", info->claims_late);
	write_number("claim_max_us", info->claim_max_us);
	if (!last_failure(info->name, reason, sizeof(reason)))
		printf("  %-16s %s\n", "last failure", reason);
	debug_write(info->name);
}

static void infos_json(struct json *json, const struct regions *regions)
{
	char reason[DEBUGFS_LINE_BYTES];
	int i;

	json_open(json, NULL, '{');
	json_open(json, "regions", '[');
	for (i = 0; i < regions->nr; i++) {
		json_open(json, NULL, '{');
		region_json(json, &regions->info[i]);
		if (last_failure(regions->info[i].name, reason, sizeof(reason)))
			json_null(json, "last_failure");
		else
			json_text(json, "last_failure", reason);
		debug_json(json, regions->info[i].name);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
	json_end(json);
}

int cmd_info(struct session *session)
{
	struct regions regions;
	int device, status, i;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	lcma_close(device);
	if (!status && wants_json(session))
		infos_json(&session->json, &regions);
	else if (!status)
		for (i = 0; i < regions.nr; i++)
			info_write(&regions.info[i]);
	regions_free(&regions);
	return status;
}
