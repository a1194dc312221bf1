// SPDX-License-Identifier: GPL-2.0-only
/*
 * load - load lcma.ko, and say exactly what came of it.
 *
 *	load [REGIONS]
 *
 * Regions keep nothing unless they say so (default_keep=0, or what $lcma_keep
 * says, see tap.sh): jobs count pages.
 * Prints "ok" or the name of the errno. insmod says it in words, tries twice
 * when it fails, and takes a blank for the end of the parameter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open("/lcma.ko", O_RDONLY | O_CLOEXEC);
	const char *keep = getenv("lcma_keep");
	char *parameters;
	const char *name;

	if (!keep)
		keep = "0";
	if (asprintf(&parameters, "%s%s %s%s%s",
		     strcmp(keep, "default") ? "default_keep=" : "",
		     strcmp(keep, "default") ? keep : "",
		     argc > 1 ? "regions=\"" : "", argc > 1 ? argv[1] : "",
		     argc > 1 ? "\"" : "") < 0)
		return 2;
	if (fd < 0) {
		perror("/lcma.ko");
		return 2;
	}
	if (!syscall(SYS_finit_module, fd, parameters, 0)) {
		printf("ok\n");
		return 0;
	}
	name = strerrorname_np(errno);
	printf("%s\n", name ? name : "UNKNOWN");
	return 1;
}
