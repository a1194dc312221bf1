// SPDX-License-Identifier: GPL-2.0-only
/*
 * load - load lcma.ko, and say exactly what came of it.
 *
 *	load [REGIONS]
 *
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
	char *parameters = "";
	const char *name;

	if (argc > 1 && asprintf(&parameters, "regions=\"%s\"", argv[1]) < 0)
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
