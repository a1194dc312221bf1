/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free memory, for programs that fill it: nothing is allocated for the answer.
 */
#ifndef MEMINFO_H
#define MEMINFO_H

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* MemFree, in KiB. */
static inline unsigned long mem_free_kib(void)
{
	static int fd = -1;
	char text[512], *at;
	ssize_t len;

	if (fd < 0)
		fd = open("/proc/meminfo", O_RDONLY);
	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len <= 0)
		err(2, "/proc/meminfo");
	text[len] = '\0';
	at = strstr(text, "MemFree:");
	return at ? strtoul(at + 8, NULL, 10) : 0;
}

#endif
