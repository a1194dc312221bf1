// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl watch: the table of regions, again and again.
 *
 * The device is opened anew each time: an open file would keep the module from
 * being unloaded while cmactl watches.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmactl.h"

#define CLEAR_SCREEN	"\033[H\033[2J"
#define HOME		"\033[H"
#define CLEAR_LINE	"\033[K"
#define CLEAR_REST	"\033[J"

static void write_json(struct session *session, const struct regions *regions)
{
	struct json *json = &session->json;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_open(json, NULL, '{');
	json_number(json, "time_ms", (uint64_t)now.tv_sec * 1000 +
				     now.tv_nsec / 1000000);
	regions_write(session, regions, "");
	json_close(json, '}');
	json_end(json);
}

static void write_screen(struct session *session, const struct regions *regions)
{
	const uint64_t ms = session->args->interval_ms;
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf(HOME "cmactl watch: every %" PRIu64 ".%" PRIu64
	       " s, ^C ends" CLEAR_LINE "\n%s" CLEAR_LINE "\n" CLEAR_LINE "\n",
	       ms / 1000, ms % 1000 / 100, clock);
	regions_write(session, regions, CLEAR_LINE);
	fputs(CLEAR_REST, stdout);
	fflush(stdout);
}

static int show(struct session *session, bool on_screen)
{
	struct regions regions;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	lcma_close(device);
	if (!status) {
		if (wants_json(session))
			write_json(session, &regions);
		else if (on_screen)
			write_screen(session, &regions);
		else
			regions_write(session, &regions, "");
		fflush(stdout);
	}
	regions_free(&regions);
	return status;
}

int cmd_watch(struct session *session)
{
	const bool on_screen = !wants_json(session) && isatty(STDOUT_FILENO);
	uint32_t left = session->args->count;
	int status;

	hold_signals();
	if (on_screen)
		fputs(CLEAR_SCREEN, stdout);
	do {
		status = show(session, on_screen);
		if (status || ferror(stdout) || (left && !--left))
			break;
	} while (!wait_for_end(session->args->interval_ms));
	return status;
}
