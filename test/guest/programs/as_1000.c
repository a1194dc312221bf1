// SPDX-License-Identifier: GPL-2.0-only
/*
 * as_1000 - run a command as uid and gid 1000, without capabilities.
 *
 *	as_1000 COMMAND [ARGUMENT...]
 *
 * Ends as the command does; 127 if it cannot be run.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: as_1000 COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if (setgroups(0, NULL) || setresgid(1000, 1000, 1000) ||
	    setresuid(1000, 1000, 1000)) {
		perror("as_1000");
		return 127;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
