// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that come and go: cmactl add, cmactl drain.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmactl.h"

#define ROOT	"/sys/kernel/lcma"

/* One write. Return: 0; a negative errno. */
static int write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	int err = 0;

	if (!file)
		return -errno;
	if (fputs(text, file) < 0 || fflush(file))
		err = -errno;
	fclose(file);
	return err;
}

/* Why the last region was refused. Return: @line; NULL if that is not known. */
static const char *read_reason(char *line, size_t size)
{
	FILE *file = fopen(ROOT "/add", "re");

	if (!file)
		return NULL;
	if (!fgets(line, size, file))
		*line = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return *line ? line : NULL;
}

/* Is the module there? Return: 0; an exit status, and what is wrong was said. */
static int check_module(struct session *session)
{
	int status, device = device_open(session, &status);

	if (device < 0)
		return status;
	lcma_close(device);
	return 0;
}

static bool can_add(void)
{
	FILE *file = fopen(ROOT "/add", "re");

	if (file)
		fclose(file);
	return file || errno != ENOENT;
}

static void write_state(struct session *session, const char *region,
			const char *state)
{
	struct json *json = &session->json;

	if (!wants_json(session)) {
		printf("region %s: %s\n", region, state);
		return;
	}
	json_open(json, NULL, '{');
	json_text(json, "region", region);
	json_text(json, "state", state);
	json_close(json, '}');
	json_end(json);
}

int cmd_add(struct session *session)
{
	const char *spec = session->args->region;
	char line[640], name[LCMA_NAME_SIZE];
	int err = check_module(session);

	if (err)
		return err;
	if (!can_add())
		return fail(session, -EOPNOTSUPP,
			    "this module cannot add regions", "add");
	err = write_file(ROOT "/add", spec);
	if (err)
		return fail(session, err, err == -EACCES || err == -EPERM ? NULL :
			    read_reason(line, sizeof(line)), "add of '%s'", spec);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(spec, "=:"), spec);
	write_state(session, name, "live");
	return EXIT_OK;
}

int cmd_drain(struct session *session)
{
	const char *region = session->args->region;
	char path[128];
	int err = check_module(session);

	if (err)
		return err;
	if (strchr(region, '/') || *region == '.' || strlen(region) >= LCMA_NAME_SIZE)
		return fail(session, -ENOENT, NULL, "drain of region '%s'", region);
	snprintf(path, sizeof(path), ROOT "/%s/drain", region);
	err = write_file(path, "1");
	if (err)
		return fail(session, err, err == -EBUSY ?
			    "something holds a part of it; the kernel log names what" : NULL,
			    "drain of region '%s'", region);
	write_state(session, region, "drained");
	return EXIT_OK;
}
