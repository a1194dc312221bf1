// SPDX-License-Identifier: GPL-2.0-only
/* meminfo.c - see meminfo.h. */

#include "meminfo.h"

/* The same file, read again: its first LEN - 1 bytes. */
static void read_again(const char *path, int *fd, char *text, size_t len)
{
	size_t had = 0;
	ssize_t got = 1;

	if (*fd < 0)
		*fd = open(path, O_RDONLY);
	for (; got > 0 && had < len - 1; had += got) {
		got = pread(*fd, text + had, len - 1 - had, had);
		if (got < 0)
			err(2, "%s", path);
	}
	text[had] = '\0';
}

unsigned long mem_free_kib(void)
{
	static int fd = -1;
	char text[512], *at;

	read_again("/proc/meminfo", &fd, text, sizeof(text));
	at = strstr(text, "MemFree:");
	return at ? strtoul(at + 8, NULL, 10) : 0;
}

unsigned long mem_high_kib(void)
{
	static char text[1 << 16];
	static int fd = -1;
	const char *at = text;
	unsigned long pages = 0;

	/* Each line of a zone that says `high`, not the `high:` of its lists. */
	read_again("/proc/zoneinfo", &fd, text, sizeof(text));
	while ((at = strstr(at, "\n        high "))) {
		at += sizeof("\n        high ") - 1;
		pages += strtoul(at, NULL, 10);
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}
