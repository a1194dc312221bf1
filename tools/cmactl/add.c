// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions that come and go: cmactl add, cmactl drain.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmactl.h"

#define ROOT	"/sys/kernel/lcma"

/* One write. Return: 0; a negative errno. */
static int write_file(const char *path, const char *text)
{
	const ssize_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write(fd, text, len) == len ? 0 : -errno;
	close(fd);
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

/* The module is not loaded, or is one that cannot do this. */
static int fail_missing(struct session *session, const char *what)
{
	return access(ROOT, F_OK) ?
	       fail(session, -ENODEV, NULL, "%s", what) :
	       fail(session, -EOPNOTSUPP, "this module cannot add regions", "%s", what);
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
	int err = write_file(ROOT "/add", spec);

	if (err == -ENOENT && access(ROOT "/add", F_OK))
		return fail_missing(session, "add");
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
	int err;

	if (access(ROOT, F_OK))
		return fail_missing(session, "drain");
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
