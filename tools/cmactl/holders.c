// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds a buffer now: not who asked for it. A descriptor of a dma-buf has its
 * inode's number in /proc/PID/fdinfo.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmactl.h"

/* Is this a descriptor of a dma-buf of lcma's with that inode? */
static bool is_held_by_fd(const char *path, uint64_t inode)
{
	FILE *file = fopen(path, "re");
	bool is_ours = false, is_inode = false;
	char line[128];
	uint64_t ino;

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "ino: %" SCNu64, &ino) == 1)
			is_inode = ino == inode;
		if (!strncmp(line, "exp_name:", 9))
			is_ours = strstr(line, "lcma");
	}
	fclose(file);
	return is_ours && is_inode;
}

static bool is_held_by_process(const char *pid, uint64_t inode)
{
	char path[600];
	struct dirent *fd;
	bool held = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!held && (fd = readdir(dir))) {
		if (!isdigit((unsigned char)*fd->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/fdinfo/%.20s", pid,
			 fd->d_name);
		held = is_held_by_fd(path, inode);
	}
	closedir(dir);
	return held;
}

static void add_holder(const char *pid, char *text, size_t size)
{
	const size_t len = strlen(text);
	char path[64], comm[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(comm, sizeof(comm), file))
			comm[strcspn(comm, "\n")] = '\0';
		fclose(file);
	}
	snprintf(text + len, size - len, "%s%s%s%s", len ? ", " : "", pid,
		 *comm ? " " : "", comm);
}

void holders_text(uint64_t inode, char *text, size_t size)
{
	struct dirent *process;
	DIR *dir;

	*text = '\0';
	if (!inode)
		return;
	dir = opendir("/proc");
	if (!dir)
		return;
	while ((process = readdir(dir)))
		if (isdigit((unsigned char)*process->d_name) &&
		    is_held_by_process(process->d_name, inode))
			add_holder(process->d_name, text, size);
	closedir(dir);
}
