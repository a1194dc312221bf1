// SPDX-License-Identifier: GPL-2.0-only
/*
 * The regions' files in debugfs: see debugfs.h.
 */
#include "debugfs.h"

#include <errno.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#define MOUNT_POINT	"/sys/kernel/debug"

static int open_file(const char *root, const char *region, const char *name,
		     FILE **file)
{
	char path[128];
	int len = snprintf(path, sizeof(path), "%s/%s/%s", root, region, name);

	if (len >= (int)sizeof(path) || strchr(region, '/') || *region == '.')
		return -ENOENT;
	*file = fopen(path, "re");
	return *file ? 0 : -errno;
}

int debugfs_open(const char *region, const char *name, FILE **file)
{
	return open_file(MOUNT_POINT "/lcma", region, name, file);
}

int debugfs_open_devices(FILE **file)
{
	*file = fopen(MOUNT_POINT "/lcma_devices", "re");
	return *file ? 0 : -errno;
}

int sysfs_open(const char *region, const char *name, FILE **file)
{
	return open_file("/sys/kernel/lcma", region, name, file);
}

const char *debugfs_why(int err)
{
	struct statfs fs;

	if (err == -EACCES || err == -EPERM)
		return "debugfs is for root only; run cmactl as root";
	if (err != -ENOENT)
		return NULL;
	if (!statfs(MOUNT_POINT, &fs) && fs.f_type != DEBUGFS_MAGIC)
		return "debugfs is not mounted; as root: mount -t debugfs debugfs " MOUNT_POINT;
	return "debugfs has no such file; was the kernel built without CONFIG_DEBUG_FS?";
}

const char *debugfs_pair(FILE *file, char *line, const char **value)
{
	char *colon;

	while (fgets(line, DEBUGFS_LINE_BYTES, file)) {
		line[strcspn(line, "\n")] = '\0';
		colon = strstr(line, ": ");
		if (!colon)
			continue;
		*colon = '\0';
		*value = colon + 2;
		return line;
	}
	return NULL;
}

/* As debugfs has it: one of many lines. */
static int debug_failure(const char *region, char *text, size_t size)
{
	char line[DEBUGFS_LINE_BYTES];
	const char *key, *value;
	FILE *file;
	int err = debugfs_open(region, "info", &file);

	if (err)
		return err;
	err = -ENOENT;
	while ((key = debugfs_pair(file, line, &value))) {
		if (!strcmp(key, "last_failure")) {
			snprintf(text, size, "%s", value);
			err = 0;
		}
	}
	fclose(file);
	return err;
}

int last_failure(const char *region, char *text, size_t size)
{
	FILE *file;
	char *got;

	/* Root is told more: addresses. */
	if (!debug_failure(region, text, size))
		return 0;
	if (sysfs_open(region, "last_failure", &file))
		return -ENOENT;
	got = fgets(text, size, file);
	fclose(file);
	if (!got)
		return -EIO;
	text[strcspn(text, "\n")] = '\0';
	return 0;
}
