// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text device: cmactl alloc --text, cmactl free, cmactl prepare. lcma(4) has the protocol.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

/* The longest line, either way, with its newline and a NUL. */
#define LINE_BYTES	257

/* --- alloc --text ------------------------------------------------------------- */

/* One more word of a line; what does not fit is noticed at its end. */
__attribute__((format(printf, 4, 5)))
static void add(char *line, size_t size, size_t *at, const char *format, ...)
{
	va_list ap;

	if (*at >= size)
		return;
	va_start(ap, format);
	*at += vsnprintf(line + *at, size - *at, format, ap);
	va_end(ap);
}

static int make_line(const struct args *args, char *line, size_t size)
{
	const bool prepares = args->command == CMD_PREPARE;
	size_t at = 0;

	add(line, size, &at, "%s%" PRIu64 "K", prepares ? "prepare " : "",
	    args->bytes >> 10);
	if (args->align)
		add(line, size, &at, " align=%" PRIu64 "K", args->align >> 10);
	if (args->below)
		add(line, size, &at, " below=%#" PRIx64, args->below);
	if (args->at)
		add(line, size, &at, " at=%#" PRIx64, args->at);
	if (args->boundary)
		add(line, size, &at, " boundary=%" PRIu64 "K", args->boundary >> 10);
	if (args->region)
		add(line, size, &at, " region=%s", args->region);
	if (args->label)
		add(line, size, &at, " label=%s", args->label);
	if (args->timeout_ms)
		add(line, size, &at, " %s=%" PRIu32, prepares ? "within" : "timeout",
		    args->timeout_ms);
	if (prepares && args->hold_ms)
		add(line, size, &at, " for=%" PRIu64, args->hold_ms);
	if (args->given & ARG_NOWAIT)
		add(line, size, &at, " nowait");
	if (args->given & ARG_WAIT)
		add(line, size, &at, " wait");
	add(line, size, &at, "\n");
	return at < size ? (int)at : -EINVAL;
}

/*
 * The write does not tell what it got: it is the youngest with our pid, which
 * others may have had before.
 */
static int find_own(const struct lcma_buffer_entry *entry, void *data)
{
	struct lcma_buffer_entry *own = data;

	if (entry->flags & LCMA_BUFFER_TEXT && entry->pid == getpid() &&
	    entry->age_ns < own->age_ns)
		*own = *entry;
	return 0;
}

int text_alloc(struct session *session, int device)
{
	const struct args *args = session->args;
	const uint64_t began_ns = own_time_ns();
	struct lcma_buffer_entry own = {
		.bytes = args->bytes,
		.age_ns = UINT64_MAX,
		.flags = LCMA_BUFFER_TEXT,
	};
	struct regions regions;
	char line[LINE_BYTES];
	int i, len, status;

	len = make_line(args, line, sizeof(line));
	if (len < 0)
		return fail_alloc(session, len, began_ns);
	if (write(device, line, len) != len)
		return fail_alloc(session, -errno, began_ns);
	status = regions_load(session, device, &regions);
	for (i = 0; i < regions.nr; i++)
		lcma_for_each_buffer(device, regions.info[i].name, 0, find_own,
				     &own);
	regions_free(&regions);
	if (own.age_ns == UINT64_MAX)
		own.age_ns = 0;
	if (!status)
		buffer_write(session, &own, -1, "stays until 'cmactl free'");
	return status;
}

/* --- prepare ------------------------------------------------------------------- */

int cmd_prepare(struct session *session)
{
	const struct args *args = session->args;
	int device, status, len, err = 0;
	char line[LINE_BYTES];

	device = text_open(session, &status);
	if (device < 0)
		return status;
	len = make_line(args, line, sizeof(line));
	if (len < 0)
		err = len;
	else if (write(device, line, len) != len)
		err = -errno;
	lcma_close(device);
	if (err)
		return fail(session, err, NULL, "prepare");
	if (wants_json(session)) {
		json_open(&session->json, NULL, '{');
		json_number(&session->json, "prepare", args->bytes);
		json_close(&session->json, '}');
		json_end(&session->json);
	}
	return EXIT_OK;
}

/* --- free ---------------------------------------------------------------------- */

/* What a read of the device answered. */
struct freed {
	char slot[12];
	char region[LCMA_NAME_SIZE];
	char label[LCMA_LABEL_SIZE];
	uint64_t bytes;
	uint64_t phys;
	bool has_phys;		/* else it is not for this user */
	uint64_t held_ms;
};

static bool read_freed(const char *line, struct freed *freed)
{
	char label[LCMA_LABEL_SIZE], phys[20];

	if (sscanf(line, "freed slot=%11s bytes=%" SCNu64
		   " phys=%19s region=%31s label=%31s held_ms=%" SCNu64,
		   freed->slot, &freed->bytes, phys, freed->region, label,
		   &freed->held_ms) != 6)
		return false;
	freed->has_phys = sscanf(phys, "%" SCNx64, &freed->phys) == 1;
	snprintf(freed->label, sizeof(freed->label), "%s",
		 strcmp(label, "-") ? label : "");
	return true;
}

/* Return: 1: one was freed; 0: there was none; a negative errno. */
static int free_one(struct session *session, char *line, size_t size)
{
	int device = lcma_open_text(session->args->device);
	ssize_t len;

	if (device < 0)
		return device;
	len = read(device, line, size - 1);
	if (len < 0)
		len = -errno;
	else
		line[len] = '\0';
	lcma_close(device);
	return len < 0 ? len : len > 0;
}

static void freed_json(struct json *json, const struct freed *freed)
{
	json_open(json, NULL, '{');
	if (*freed->slot == '-')
		json_null(json, "slot");
	else
		json_number(json, "slot", strtoul(freed->slot, NULL, 10));
	json_number(json, "bytes", freed->bytes);
	if (freed->has_phys)
		json_number(json, "phys", freed->phys);
	else
		json_null(json, "phys");
	json_text(json, "region", freed->region);
	json_text(json, "label", freed->label);
	json_number(json, "held_ms", freed->held_ms);
	json_close(json, '}');
}

static void freed_write(struct session *session, const char *line)
{
	char size[CMACTL_TEXT_BYTES], where[CMACTL_TEXT_BYTES];
	char held[CMACTL_TEXT_BYTES];
	struct freed freed;

	if (!read_freed(line, &freed)) {
		if (wants_json(session))
			json_text(&session->json, NULL, line);
		else
			fputs(line, stdout);
		return;
	}
	if (wants_json(session)) {
		freed_json(&session->json, &freed);
		return;
	}
	printf("freed %s at %s in region %s, held for %s",
	       size_text(freed.bytes, size), phys_text(freed.has_phys, freed.phys, where),
	       freed.region, duration_text(freed.held_ms * 1000000, held));
	if (*freed.slot != '-')
		printf(", slot %s", freed.slot);
	if (*freed.label)
		printf(", label %s", freed.label);
	putchar('\n');
}

int cmd_free(struct session *session)
{
	const bool all = session->args->given & ARG_ALL;
	struct json *json = &session->json;
	char line[LINE_BYTES];
	int device, status, got, nr = 0;

	/* Not there is to be found out before anything is written. */
	device = text_open(session, &status);
	if (device < 0)
		return status;
	lcma_close(device);

	if (wants_json(session)) {
		json_open(json, NULL, '{');
		json_open(json, "freed", '[');
	}
	while ((got = free_one(session, line, sizeof(line))) > 0) {
		freed_write(session, line);
		nr++;
		if (!all)
			break;
	}
	if (wants_json(session)) {
		json_close(json, ']');
		if (got < 0) {
			json_open(json, "error", '{');
			json_text(json, "errno", lcma_errorname(got));
			json_text(json, "what", "free");
			json_text(json, "message", lcma_strerror(got));
			json_close(json, '}');
		}
		json_close(json, '}');
		json_end(json);
	}
	if (got < 0) {
		fprintf(stderr, "cmactl: free: %s: %s\n", lcma_errorname(got),
			lcma_strerror(got));
		return EXIT_FAILED;
	}
	if (!nr && !all) {
		fprintf(stderr, "cmactl: free: the text device holds no buffer\n");
		return EXIT_FAILED;
	}
	return EXIT_OK;
}
