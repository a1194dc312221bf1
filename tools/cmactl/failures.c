// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl failures.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cmactl.h"
#include "size.h"

/* As many as a region remembers. */
#define ROOM	16

static const char *asker_text(const struct lcma_failure_entry *entry,
			      char *text, size_t size)
{
	if (!*entry->comm)
		return "an interrupt";
	if (entry->flags & LCMA_FAILURE_GONE)
		snprintf(text, size, "%s (gone)", entry->comm);
	else
		snprintf(text, size, "%s[%d]", entry->comm, (int)entry->pid);
	return text;
}

static void write_line(const struct lcma_failure_entry *entry)
{
	char size[CMACTL_TEXT_BYTES], ago[CMACTL_TEXT_BYTES];
	char took[CMACTL_TEXT_BYTES], asker[64];

	printf("%s %" PRIu64 ": %s ago, %s, by %s, uid %u%s%s, tried for %s\n  %s\n",
	       entry->region, (uint64_t)entry->seq,
	       duration_text(entry->age_ns, ago), size_text(entry->bytes, size),
	       asker_text(entry, asker, sizeof(asker)), entry->uid,
	       *entry->label ? ", for " : "", entry->label,
	       duration_text(entry->took_ns, took), entry->why);
}

static const char *held_text(uint32_t obstacle)
{
	static const char *const texts[] = {
		[LCMA_HELD_BY_NONE] = "none",
		[LCMA_HELD_BY_PASSING] = "passing",
		[LCMA_HELD_BY_PIN] = "pin",
		[LCMA_HELD_BY_UNMOVABLE] = "unmovable",
		[LCMA_HELD_BY_RESERVED] = "reserved",
	};

	return obstacle < sizeof(texts) / sizeof(*texts) ? texts[obstacle] :
							   "unknown";
}

static void phys_json(struct json *json, const char *name,
		      const struct lcma_failure_entry *entry, bool is_there,
		      uint64_t phys)
{
	if (is_there && entry->flags & LCMA_FAILURE_PHYS)
		json_number(json, name, phys);
	else
		json_null(json, name);
}

/* Which of the things that were asked for could not be had. */
static const char *bound_text(uint32_t bound_by)
{
	static const char *const words[] = {
		[LCMA_BOUND_BY_NONE] = "none",
		[LCMA_BOUND_BY_ALIGN] = "align",
		[LCMA_BOUND_BY_PLACE] = "place",
		[LCMA_BOUND_BY_BOUNDARY] = "boundary",
	};

	return bound_by < sizeof(words) / sizeof(words[0]) ? words[bound_by] : "?";
}

void failure_json(struct json *json, const struct lcma_failure_entry *entry)
{
	json_text(json, "region", entry->region);
	json_number(json, "seq", entry->seq);
	if (entry->err)
		json_text(json, "errno", lcma_errorname(entry->err));
	else
		json_null(json, "errno");
	json_number(json, "bytes", entry->bytes);
	json_number(json, "align", entry->align);
	json_number(json, "age_ns", entry->age_ns);
	json_number(json, "took_ns", entry->took_ns);
	json_number(json, "longest", entry->longest);
	phys_json(json, "longest_phys", entry, entry->longest,
		  entry->longest_phys);
	json_number(json, "aligned", entry->aligned);
	phys_json(json, "aligned_phys", entry, entry->aligned,
		  entry->aligned_phys);
	json_number(json, "at", entry->at);
	json_number(json, "below", entry->below);
	json_number(json, "boundary", entry->boundary);
	json_text(json, "bound_by", bound_text(entry->bound_by));
	json_text(json, "obstacle", held_text(entry->obstacle));
	phys_json(json, "obstacle_phys", entry, entry->obstacle,
		  entry->obstacle_phys);
	if (entry->pid)
		json_signed(json, "pid", entry->pid);
	else
		json_null(json, "pid");
	json_bool(json, "gone", entry->flags & LCMA_FAILURE_GONE);
	json_number(json, "uid", entry->uid);
	json_text(json, "comm", entry->comm);
	/* The bits are those of a buffer. */
	json_text(json, "owner", owner_text(entry->flags));
	json_text(json, "label", entry->label);
	json_text(json, "why", entry->why);
}

static void write_object(struct json *json,
			 const struct lcma_failure_entry *entry)
{
	json_open(json, NULL, '{');
	failure_json(json, entry);
	json_close(json, '}');
}

static uint32_t failure_flags(const struct args *args)
{
	uint32_t flags = args->given & ARG_ALL ? LCMA_FAILURES_ALL : 0;

	return args->given & ARG_SLOW ? flags | LCMA_FAILURES_SLOW : flags;
}

/* Return: 0; a negative errno. */
static int write_region(struct session *session, int device, const char *region)
{
	const uint32_t flags = failure_flags(session->args);
	struct lcma_failure_entry entries[ROOM];
	int i, nr = lcma_list_failures(device, region, flags, 0, entries, ROOM);

	for (i = 0; i < nr; i++) {
		if (wants_json(session))
			write_object(&session->json, &entries[i]);
		else
			write_line(&entries[i]);
	}
	return nr < 0 ? nr : 0;
}

/* What would fail for every region fails before anything is written. */
static int check(struct session *session, int device, const char *region)
{
	const uint32_t flags = failure_flags(session->args);
	int err = lcma_list_failures(device, region, flags, 0, NULL, 0);

	if (err == -ENOTTY)
		return fail(session, err, "the module is older than this cmactl",
			    "failures");
	return err < 0 ? fail(session, err, NULL, "failures") : EXIT_OK;
}

int cmd_failures(struct session *session)
{
	struct json *json = &session->json;
	struct regions regions;
	int i, device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	if (!status && regions.nr)
		status = check(session, device, regions.info[0].name);
	if (!status) {
		if (wants_json(session)) {
			json_open(json, NULL, '{');
			json_open(json, "failures", '[');
		}
		/* A region that has just gone has nothing to tell. */
		for (i = 0; i < regions.nr; i++)
			write_region(session, device, regions.info[i].name);
		if (wants_json(session)) {
			json_close(json, ']');
			json_close(json, '}');
			json_end(json);
		}
	}
	regions_free(&regions);
	lcma_close(device);
	return status;
}
