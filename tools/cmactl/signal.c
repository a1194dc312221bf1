// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping until a signal comes. No handlers: the signals stay blocked
 * and are waited for, so none can come between a check and a sleep.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "cmactl.h"

/* SIGPIPE ends a watch whose reader has gone, without any help. */
static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

static sigset_t held;

void hold_signals(void)
{
	struct sigaction action;
	size_t i;

	sigemptyset(&held);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&held, ends[i]);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

bool wait_for_end(uint64_t ms)
{
	struct timespec now, end, left;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000;
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = end.tv_sec - now.tv_sec;
		left.tv_nsec = end.tv_nsec - now.tv_nsec;
		while (left.tv_nsec < 0) {
			left.tv_sec--;
			left.tv_nsec += 1000000000;
		}
		if (left.tv_nsec >= 1000000000) {
			left.tv_sec++;
			left.tv_nsec -= 1000000000;
		}
		if (ms && left.tv_sec < 0)
			return false;
		if (sigtimedwait(&held, NULL, ms ? &left : NULL) > 0)
			return true;
		/* Stopped and continued: EINTR. */
		if (errno == EAGAIN)
			return false;
	}
}
