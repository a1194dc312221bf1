// SPDX-License-Identifier: GPL-2.0-only
/*
 * overtake - free the buffer that a read of /dev/cma_test frees, and write a line to it at
 * once; say what came of the line: "ok" or "refused". On CPU 0 and at a real-time priority,
 * so that a task of that CPU which is woken by the free runs no sooner than this one
 * sleeps. With PID it kills that process between the two.
 *
 *	overtake LINE [PID]
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct sched_param param = { .sched_priority = 50 };
	char text[4096];
	cpu_set_t first;
	size_t len;
	int fd;

	if (argc != 2 && argc != 3)
		errx(2, "usage: overtake LINE [PID]");
	len = strlen(argv[1]);
	fd = open("/dev/cma_test", O_RDWR);
	if (fd < 0)
		err(2, "/dev/cma_test");
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		err(2, "cannot become a real-time task of CPU 0");
	if (read(fd, text, sizeof(text)) <= 0)
		err(2, "nothing was freed");
	if (argc == 3 && kill(atoi(argv[2]), SIGKILL))
		err(2, "process %s", argv[2]);
	puts(write(fd, argv[1], len) == (ssize_t)len ? "ok" : "refused");
	return 0;
}
