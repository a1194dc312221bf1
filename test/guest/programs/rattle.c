// SPDX-License-Identifier: GPL-2.0-only
/*
 * rattle - opens doors in a loop and keeps what it gets
 *
 *	rattle PATH... [PATH=TEXT...]
 *
 * Each path is opened and read, or TEXT is written to it. The first time that a
 * path answers (a device: that it can be opened; any other file: that bytes come
 * out or go in) a line says so. Files that answered stay open. Ends when it is
 * told to (SIGTERM), and closes them then.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_DOORS	64
#define PAUSE_US	500

static volatile sig_atomic_t is_over;

static void end(int unused)
{
	(void)unused;
	is_over = 1;
}

/* Return: a descriptor if it answered, else -1. */
static int rattle(const char *path, const char *text)
{
	const int fd = open(path, (text ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	char bytes[64];
	ssize_t got;

	if (fd < 0 || !strncmp(path, "/dev/", 5))
		return fd;
	got = text ? write(fd, text, strlen(text)) :
		     read(fd, bytes, sizeof(bytes));
	if (got > 0)
		return fd;
	close(fd);
	return -1;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end };
	int fds[MAX_DOORS];
	char *texts[MAX_DOORS];
	int i, nr = argc - 1;

	if (nr < 1 || nr > MAX_DOORS)
		return 2;
	/* The process that loads the module comes first. */
	if (nice(10) < 0)
		return 2;
	sigaction(SIGTERM, &action, NULL);
	for (i = 0; i < nr; i++) {
		fds[i] = -1;
		texts[i] = strchr(argv[i + 1], '=');
		if (texts[i])
			*texts[i]++ = '\0';
	}
	while (!is_over) {
		for (i = 0; i < nr && !is_over; i++) {
			if (fds[i] >= 0)
				continue;
			fds[i] = rattle(argv[i + 1], texts[i]);
			if (fds[i] < 0)
				continue;
			printf("answered %s\n", argv[i + 1]);
			fflush(stdout);
		}
		/* As often as a load has steps, and not all of a CPU. */
		usleep(PAUSE_US);
	}
	return 0;
}
