// SPDX-License-Identifier: GPL-2.0-only
/* meminfo.c - see meminfo.h. */

#include "meminfo.h"

unsigned long mem_free_kib(void)
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
