// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl map: the picture that debugfs draws, or its numbers as JSON.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cmactl.h"
#include "debugfs.h"

/* A line of the picture. */
struct block {
	uint64_t phys;
	char map[129];
	uint64_t used, pool, busy, shared, system;
};

static bool read_block(const char *line, struct block *block)
{
	return sscanf(line, "%" SCNx64 " %128s used %" SCNu64 ", pool %" SCNu64
		      ", busy %" SCNu64 ", shared %" SCNu64
		      " of which the system uses %" SCNu64,
		      &block->phys, block->map, &block->used, &block->pool,
		      &block->busy, &block->shared, &block->system) == 7;
}

static void block_json(struct json *json, const struct block *block)
{
	json_open(json, NULL, '{');
	json_number(json, "phys", block->phys);
	json_text(json, "map", block->map);
	json_number(json, "used_pages", block->used);
	json_number(json, "pool_pages", block->pool);
	json_number(json, "busy_pages", block->busy);
	json_number(json, "shared_pages", block->shared);
	json_number(json, "system_pages", block->system);
	json_close(json, '}');
}

static void map_json(struct json *json, const char *region, FILE *file)
{
	char line[DEBUGFS_LINE_BYTES];
	uint64_t block_kib, cell_kib;
	struct block block;

	json_open(json, NULL, '{');
	json_text(json, "region", region);
	if (fgets(line, sizeof(line), file) &&
	    sscanf(line, "# a line is a pageblock of %" SCNu64
		   " KiB, a character %" SCNu64, &block_kib, &cell_kib) == 2) {
		json_number(json, "block_bytes", block_kib << 10);
		json_number(json, "cell_bytes", cell_kib << 10);
	}
	json_open(json, "blocks", '[');
	while (fgets(line, sizeof(line), file))
		if (read_block(line, &block))
			block_json(json, &block);
	json_close(json, ']');
	json_close(json, '}');
}

static void map_text(const char *region, FILE *file, bool with_name)
{
	char line[DEBUGFS_LINE_BYTES];

	if (with_name)
		printf("region %s:\n", region);
	while (fgets(line, sizeof(line), file))
		fputs(line, stdout);
}

/* Whether it can be read is found out before anything is written. */
static int try_maps(struct session *session, const struct regions *regions)
{
	FILE *file;
	int i, err;

	for (i = 0; i < regions->nr; i++) {
		err = debugfs_open(regions->info[i].name, "map", &file);
		if (err)
			return fail(session, err, debugfs_why(err),
				    "map of region '%s'", regions->info[i].name);
		fclose(file);
	}
	return EXIT_OK;
}

static void write_maps(struct session *session, const struct regions *regions)
{
	struct json *json = &session->json;
	FILE *file;
	int i;

	if (wants_json(session)) {
		json_open(json, NULL, '{');
		json_open(json, "maps", '[');
	}
	for (i = 0; i < regions->nr; i++) {
		const char *name = regions->info[i].name;

		if (debugfs_open(name, "map", &file))
			continue;
		if (wants_json(session))
			map_json(json, name, file);
		else
			map_text(name, file, regions->nr > 1);
		fclose(file);
	}
	if (wants_json(session)) {
		json_close(json, ']');
		json_close(json, '}');
		json_end(json);
	}
}

int cmd_map(struct session *session)
{
	struct regions regions;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	lcma_close(device);
	if (!status)
		status = try_maps(session, &regions);
	if (!status)
		write_maps(session, &regions);
	regions_free(&regions);
	return status;
}
