// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl alloc, but for --text, which is in text.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

void buffer_write(struct session *session,
		  const struct lcma_buffer_entry *entry, int fd,
		  const char *fate)
{
	struct json *json = &session->json;
	char size[CMACTL_TEXT_BYTES], where[CMACTL_TEXT_BYTES];
	char took[CMACTL_TEXT_BYTES];

	if (!wants_json(session)) {
		printf("buffer %" PRIu64 " of region %s: %s at %s, took %s; %s\n",
		       (uint64_t)entry->id, entry->region, size_text(entry->bytes, size),
		       phys_text(entry->flags & LCMA_BUFFER_PHYS, entry->phys,
				 where),
		       duration_text(entry->latency_ns, took), fate);
		fflush(stdout);
		return;
	}
	json_open(json, NULL, '{');
	json_open(json, "buffer", '{');
	buffer_json(json, entry);
	if (fd >= 0)
		json_signed(json, "fd", fd);
	json_close(json, '}');
	json_close(json, '}');
	json_end(json);
}

/* --- failures ---------------------------------------------------------------- */

uint64_t own_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The youngest failure of this process since a moment, if there is one. */
static void print_reason(int device, const char *region, uint64_t began_ns)
{
	struct lcma_failure_entry entries[16];
	int i = lcma_list_failures(device, region, 0, 0, entries, 16);

	while (i-- > 0) {
		if (entries[i].pid != getpid() ||
		    entries[i].age_ns > own_time_ns() - began_ns)
			continue;
		fprintf(stderr, "cmactl: region %s: %s\n", region,
			entries[i].why);
		return;
	}
}

/* Of one region, or of each of a list. */
static void print_listed(int device, const char *list, uint64_t began_ns)
{
	char name[LCMA_NAME_SIZE];
	size_t len;

	for (; *list; list += len + !!list[len]) {
		len = strcspn(list, "+,");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		print_reason(device, name, began_ns);
	}
}

static void print_reasons(struct session *session, uint64_t began_ns)
{
	char names[16][LCMA_NAME_SIZE];
	int device, i, nr;

	device = lcma_open(session->args->device);
	if (device < 0)
		return;
	if (session->args->region) {
		print_listed(device, session->args->region, began_ns);
	} else {
		nr = lcma_get_regions(device, names, 16);
		for (i = 0; i < nr && i < 16; i++)
			print_reason(device, names[i], began_ns);
	}
	lcma_close(device);
}

int fail_alloc(struct session *session, int err, uint64_t began_ns)
{
	const struct args *args = session->args;
	char size[CMACTL_TEXT_BYTES];
	int status;

	size_text(args->bytes, size);
	if (args->region)
		status = fail(session, err, NULL, "alloc of %s in region '%s'",
			      size, args->region);
	else
		status = fail(session, err, NULL, "alloc of %s", size);
	if (!(args->given & ARG_QUIET))
		print_reasons(session, began_ns);
	return status;
}

/* --- what becomes of it ------------------------------------------------------ */

/* Become the command, with the buffer as a descriptor. Return: exit status. */
static int run(struct session *session, int buffer, uint64_t bytes)
{
	char **words = session->args->run;
	char number[32];
	int err;

	if (fcntl(buffer, F_SETFD, 0))
		return fail(session, -errno, NULL, "descriptor");
	snprintf(number, sizeof(number), "%d", buffer);
	setenv("LCMA_BUFFER_FD", number, 1);
	snprintf(number, sizeof(number), "%" PRIu64, bytes);
	setenv("LCMA_BUFFER_BYTES", number, 1);
	execvp(words[0], words);
	err = errno;
	fprintf(stderr, "cmactl: %s: %s\n", words[0], strerror(err));
	return err == ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN;
}

static int hold(struct session *session, int device, int buffer, uint64_t bytes)
{
	const uint64_t ms = session->args->hold_ms;
	struct lcma_buffer_entry entry;
	char fate[64], time[CMACTL_TEXT_BYTES];
	int err = lcma_get_buffer(device, buffer, &entry);

	if (err) {
		entry = (struct lcma_buffer_entry){ .bytes = bytes };
		fail(session, err, NULL, "buffer information");
	}
	if (ms)
		snprintf(fate, sizeof(fate), "held for %s by process %d",
			 duration_text(ms * 1000000, time), (int)getpid());
	else
		snprintf(fate, sizeof(fate), "held until process %d ends",
			 (int)getpid());
	hold_signals();
	buffer_write(session, &entry, buffer, fate);
	wait_for_end(ms);
	return EXIT_OK;
}

int cmd_alloc(struct session *session)
{
	const struct args *args = session->args;
	struct lcma_options options = LCMA_OPTIONS_INIT;
	const uint64_t began_ns = own_time_ns();
	uint64_t bytes = args->bytes;
	int device, buffer, status;

	device = args->given & ARG_TEXT ? text_open(session, &status) :
					  device_open(session, &status);
	if (device < 0)
		return status;
	if (args->given & ARG_TEXT) {
		status = text_alloc(session, device);
		lcma_close(device);
		return status;
	}
	options.align = args->align;
	options.below = args->below;
	options.at = args->at;
	options.boundary = args->boundary;
	options.timeout_ms = args->timeout_ms;
	options.region = args->region;
	options.label = args->label;
	if (args->given & ARG_NOWAIT)
		options.flags |= LCMA_ALLOC_F_NOWAIT;
	if (args->given & ARG_QUIET)
		options.flags |= LCMA_ALLOC_F_QUIET;
	buffer = lcma_allocate(device, &bytes, &options);
	if (buffer < 0)
		status = fail_alloc(session, buffer, began_ns);
	else if (args->run)
		status = run(session, buffer, bytes);
	else
		status = hold(session, device, buffer, bytes);
	lcma_free(buffer);
	lcma_close(device);
	return status;
}
