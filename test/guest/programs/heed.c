// SPDX-License-Identifier: GPL-2.0-only
/*
 * heed - run a command that dies of SIGINT and SIGQUIT again: a shell lets
 * what it starts with & ignore them.
 *
 *	heed COMMAND [ARGUMENT...]
 */
#include <err.h>
#include <signal.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "usage: heed COMMAND [ARGUMENT...]");
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execvp(argv[1], argv + 1);
	err(2, "%s", argv[1]);
}
