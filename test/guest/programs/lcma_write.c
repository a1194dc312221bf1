// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_write - write one line to /dev/cma_test with one write(2), and say what
 * came of it: "ok 12" or "EBUSY 12", with the milliseconds that it took.
 *
 *	lcma_write [-nr] [-d DEVICE] [-t TIMES] LINE
 *
 * -n writes LINE without a newline. -r is a real-time task. -t writes it that often, or until it is
 * refused, and says what came of the last one, and how often it was ok. Always
 * exits 0 when the write was tried, so that a test compares one word; 2 on wrong
 * usage or if DEVICE is not there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static const char *outcome(ssize_t written, size_t len, int error)
{
	const char *name;

	if (written == (ssize_t)len)
		return "ok";
	if (written >= 0)
		return "SHORT";
	name = strerrorname_np(error);
	return name ? name : "UNKNOWN";
}

int main(int argc, char **argv)
{
	const struct sched_param param = { .sched_priority = 10 };
	const char *device = "/dev/cma_test", *newline = "\n";
	long long begin_ms, times = 0, done = 0;
	ssize_t written;
	int fd, opt, error;
	size_t len;
	char *line;

	while ((opt = getopt(argc, argv, "nrd:t:")) != -1) {
		if (opt == 'n')
			newline = "";
		else if (opt == 'r' && !sched_setscheduler(0, SCHED_FIFO, &param))
			continue;
		else if (opt == 'd')
			device = optarg;
		else if (opt == 't' && atoll(optarg) > 0)
			times = atoll(optarg);
		else
			return 2;
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: lcma_write [-nr] [-d DEVICE] [-t TIMES] LINE\n");
		return 2;
	}
	if (asprintf(&line, "%s%s", argv[optind], newline) < 0)
		return 2;
	len = strlen(line);

	fd = open(device, O_WRONLY);
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", device, strerror(errno));
		return 2;
	}
	begin_ms = now_ms();
	do {
		written = write(fd, line, len);
		error = errno;
		done += written == (ssize_t)len;
	} while (done < times && written == (ssize_t)len);
	printf("%s %lld", outcome(written, len, error), now_ms() - begin_ms);
	if (times)
		printf(" %lld", done);
	printf("\n");
	close(fd);
	free(line);
	return 0;
}
