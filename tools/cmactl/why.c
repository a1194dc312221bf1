// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl why: the last failure, or the last slow allocation, in plain sentences, and
 * what to do about it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

/* As many as a region remembers. */
#define ROOM		16

/* Things that can be done about one failure. */
#define MAX_STEPS	4

/**
 * struct story - one failure, told
 * @entry: the failure
 * @info: its region, as it is now
 * @cause: why it failed
 * @steps: what to do; "" ends them
 */
struct story {
	const struct lcma_failure_entry *entry;
	const struct lcma_region_info *info;
	char cause[400];
	char steps[MAX_STEPS][240];
};

__attribute__((format(printf, 2, 3)))
static void cause(struct story *story, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(story->cause, sizeof(story->cause), format, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3)))
static void step(struct story *story, const char *format, ...)
{
	va_list ap;
	int i;

	for (i = 0; i < MAX_STEPS && *story->steps[i]; i++)
		;
	if (i == MAX_STEPS)
		return;
	va_start(ap, format);
	vsnprintf(story->steps[i], sizeof(story->steps[i]), format, ap);
	va_end(ap);
}

static uint64_t unused(const struct lcma_region_info *info)
{
	return info->pool + info->shared;
}

static void step_keep(struct story *story)
{
	step(story, "keep memory for buffers that must not wait: keep=SIZE in regions=, or keep_high and then keep_low in /sys/kernel/lcma/%s, in pages",
	     story->entry->region);
}

static void step_who(struct story *story)
{
	step(story, "see who has memory: cmactl list --all --holders (as root)");
}

/* Full, in pieces, or badly aligned? */
static void tell_enospc(struct story *story)
{
	const struct lcma_failure_entry *e = story->entry;
	char want[CMACTL_TEXT_BYTES], longest[CMACTL_TEXT_BYTES];
	char align[CMACTL_TEXT_BYTES], rest[CMACTL_TEXT_BYTES];

	size_text(e->bytes, want);
	size_text(e->align, align);
	size_text(e->longest, longest);
	if (e->bound_by == LCMA_BOUND_BY_PLACE ||
	    e->bound_by == LCMA_BOUND_BY_BOUNDARY) {
		cause(story, "the limits of the device: a run of %s was unused, but none of %s %s",
		      longest, want, e->bound_by == LCMA_BOUND_BY_PLACE ?
		      "where the request has to lie" :
		      "that crosses no boundary of the request's");
		step(story, "see what lies there: cmactl map %s", e->region);
		step(story, "place the region where the device reaches: at= or below= in regions=");
	} else if (e->longest >= e->bytes) {
		cause(story, "alignment: a run of %s was unused, but none of %s began on a multiple of %s",
		      longest, want, align);
		step(story, "ask for less alignment, if the device can do with less");
		step(story, "allocate what is most aligned first; cmactl plan tries orders");
	} else if (unused(story->info) >= e->bytes) {
		cause(story, "fragmentation: %s of the region are unused now, but the longest run was %s, and %s were wanted in one piece",
		      size_text(unused(story->info), rest), longest, want);
		step(story, "see what lies between: cmactl map %s", e->region);
		step(story, "allocate the largest buffers first, and free small ones that live long; cmactl plan tries orders");
	} else {
		cause(story, "the region is full: the longest unused run was %s, and %s were wanted",
		      longest, want);
	}
	step_who(story);
	step(story, "or make the region larger than %s: cmactl plan tells the least size for a list of buffers",
	     size_text(story->info->bytes, rest));
}

static void tell_obstacle(struct story *story, const char *end)
{
	const struct lcma_failure_entry *e = story->entry;
	char page[40] = "PFN";

	if (e->flags & LCMA_FAILURE_PHYS && e->obstacle)
		snprintf(page, sizeof(page), "0x%" PRIx64,
			 (uint64_t)(e->obstacle_phys / sysconf(_SC_PAGESIZE)));
	switch (e->obstacle) {
	case LCMA_HELD_BY_PIN:
		cause(story, "%s a page was pinned, so that it could not be moved: by O_DIRECT or RDMA, by fixed buffers of io_uring, by a pipe (vmsplice), or by a driver",
		      end);
		step(story, "end what pins it, or have it use memory of its own");
		break;
	case LCMA_HELD_BY_PASSING:
		cause(story, "%s a page was locked, or under I/O, for longer than the request could wait",
		      end);
		step(story, "ask again, or with a longer timeout: cmactl alloc --timeout MS");
		break;
	case LCMA_HELD_BY_UNMOVABLE:
		cause(story, "%s a page cannot be moved by the kernel: it is a driver's, or of a file system that cannot",
		      end);
		break;
	case LCMA_HELD_BY_RESERVED:
		cause(story, "%s the kernel has reserved a page", end);
		break;
	default:
		cause(story, "%s something held pages for a moment again and again, and was gone when lcma looked",
		      end);
		step(story, "ask again, or with a longer timeout: cmactl alloc --timeout MS");
		break;
	}
	if (e->obstacle != LCMA_HELD_BY_NONE)
		step(story, "see where such pages are: cmactl map %s (as root)%s%s",
		     e->region, e->flags & LCMA_FAILURE_PHYS ?
		     "; this one is page frame " : "",
		     e->flags & LCMA_FAILURE_PHYS ? page : "");
	step_keep(story);
	step(story, "a larger region has more places to choose from");
}

static void tell_late(struct story *story, const char *end)
{
	char took[CMACTL_TEXT_BYTES], text[120];

	duration_text(story->entry->took_ns, took);
	snprintf(text, sizeof(text), "%s after %s;", end, took);
	if (story->entry->obstacle) {
		tell_obstacle(story, text);
		return;
	}
	cause(story, "%s the pages of the region had to be emptied first, and that takes time",
	      text);
	step_keep(story);
	step(story, "give it a longer timeout");
}

/* It has what it asked for, but late. */
static void tell_slow(struct story *story)
{
	const struct lcma_failure_entry *e = story->entry;

	switch (e->obstacle) {
	case LCMA_HELD_BY_NONE:
		cause(story, "it succeeded; the pages had to be emptied first, and zeroed, and that takes time");
		break;
	case LCMA_HELD_BY_PASSING:
		cause(story, "it succeeded; a page was locked or under I/O, and had to be waited for, or another place tried");
		break;
	default:
		cause(story, "it succeeded; a page %s, and another place had to be tried",
		      e->obstacle == LCMA_HELD_BY_PIN ? "was pinned" :
		      e->obstacle == LCMA_HELD_BY_RESERVED ?
		      "was the kernel's" : "could not be moved");
		step(story, "see where such pages are: cmactl map %s (as root)",
		     e->region);
		break;
	}
	step_keep(story);
	step(story, "or empty memory ahead of time: cmactl prepare SIZE, LCMA_IOC_PREPARE");
	step(story, "see how often it is so: cmactl latency %s", e->region);
}

static void tell(struct story *story)
{
	const struct lcma_failure_entry *e = story->entry;
	char want[CMACTL_TEXT_BYTES], size[CMACTL_TEXT_BYTES];

	size_text(e->bytes, want);
	switch (e->err) {
	case 0:
		tell_slow(story);
		break;
	case ENOSPC:
		tell_enospc(story);
		break;
	case EBUSY:
		tell_obstacle(story, "there was room, but in each place");
		break;
	case ETIMEDOUT:
		tell_late(story, "its deadline passed");
		break;
	case EINTR:
		tell_late(story, "the caller was killed");
		break;
	case EAGAIN:
		cause(story, "the caller must not wait (nowait), and the pool had no run of %s; %s are in it now",
		      want, size_text(story->info->pool, size));
		step(story, "keep more in the pool: keep=SIZE in regions=, or keep_high and then keep_low in /sys/kernel/lcma/%s, in pages",
		     e->region);
		step(story, "or allocate without nowait where the caller can wait");
		break;
	case EFBIG:
		cause(story, "%s are more than the region has: %s", want,
		      size_text(story->info->bytes, size));
		step(story, "use a larger region; cmactl regions lists them");
		break;
	case ENOMEM:
		cause(story, "programs' pages were in the way and could be moved, but the system has no memory to move them to");
		step(story, "free memory, or stop what uses it; free -m shows how much there is");
		step(story, "a region in low memory needs room there: see LowFree in /proc/meminfo, if that is there");
		break;
	case ENOBUFS:
		cause(story, "the system has no memory for lcma's own structures");
		step(story, "free memory");
		break;
	case EDQUOT:
		cause(story, "the quota of this open file or of this user is used up");
		step(story, "see your buffers: cmactl list; and the quotas: cmactl version");
		step(story, "raise quota_file_kib or quota_user_kib in /sys/module/lcma/parameters (as root)");
		break;
	case ENOENT:
		cause(story, "the region is drained, or is being drained");
		step(story, "see drain in /sys/kernel/lcma/%s, or load the module again",
		     e->region);
		break;
	default:
		cause(story, "%s", e->why);
		break;
	}
}

static void write_text(const struct story *story)
{
	const struct lcma_failure_entry *e = story->entry;
	char ago[CMACTL_TEXT_BYTES], size[CMACTL_TEXT_BYTES];
	char align[CMACTL_TEXT_BYTES] = "", took[CMACTL_TEXT_BYTES];
	int i;

	if (e->align > (uint64_t)sysconf(_SC_PAGESIZE))
		size_text(e->align, align);
	printf("%s ago, %s (pid %d%s, uid %" PRIu32 ") asked region %s for %s%s%s%s%s and got %s%s.\n",
	       duration_text(e->age_ns, ago), *e->comm ? e->comm : "an interrupt",
	       (int)e->pid, e->flags & LCMA_FAILURE_GONE ? ", gone" : "",
	       e->uid, e->region, size_text(e->bytes, size),
	       *align ? " aligned to " : "", align,
	       *e->label ? ", label " : "", e->label, e->err ? lcma_errorname(e->err) :
						      "it after ",
	       e->err ? "" : duration_text(e->took_ns, took));
	printf("\nwhy:  %s.\n", story->cause);
	for (i = 0; i < MAX_STEPS && *story->steps[i]; i++)
		printf("%s%s\n", i ? "      " : "do:   ", story->steps[i]);
	printf("\nlcma: %s\n", e->why);
}

static void write_json(struct session *session, const struct story *story)
{
	struct json *json = &session->json;
	int i;

	json_open(json, NULL, '{');
	if (!story) {
		json_null(json, "why");
	} else {
		json_open(json, "why", '{');
		json_text(json, "cause", story->cause);
		json_open(json, "do", '[');
		for (i = 0; i < MAX_STEPS && *story->steps[i]; i++)
			json_text(json, NULL, story->steps[i]);
		json_close(json, ']');
		json_open(json, "failure", '{');
		failure_json(json, story->entry);
		json_close(json, '}');
		json_close(json, '}');
	}
	json_close(json, '}');
	json_end(json);
}

/* The last one of a region. Return: 1; 0: there is none; a negative errno. */
static int find_last(struct session *session, int device, const char *region,
		     struct lcma_failure_entry *last)
{
	const unsigned int given = session->args->given;
	const uint32_t flags = (given & ARG_ALL ? LCMA_FAILURES_ALL : 0) |
			       (given & ARG_SLOW ? LCMA_FAILURES_SLOW : 0);
	struct lcma_failure_entry entries[ROOM];
	int nr = lcma_list_failures(device, region, flags, 0, entries, ROOM);

	if (nr > 0)
		*last = entries[nr - 1];
	return nr > 0 ? 1 : nr;
}

/* Of all regions. Return: as find_last(). */
static int find(struct session *session, int device,
		const struct regions *regions, struct lcma_failure_entry *last,
		const struct lcma_region_info **info)
{
	struct lcma_failure_entry entry;
	int i, found = 0, ret;

	for (i = 0; i < regions->nr; i++) {
		ret = find_last(session, device, regions->info[i].name, &entry);
		if (ret < 0 && ret != -ENOENT)	/* that one has just gone */
			return ret;
		if (ret != 1 || (found && entry.age_ns > last->age_ns))
			continue;
		*last = entry;
		*info = &regions->info[i];
		found = 1;
	}
	return found;
}

static void write_none(const struct session *session)
{
	const unsigned int given = session->args->given;

	printf("No allocation of %s has %s that lcma remembers.\n",
	       given & ARG_ALL ? "anybody" : "yours",
	       given & ARG_SLOW ? "been slow" : "failed");
	if (given & ARG_SLOW)
		printf("What counts as slow is told by /sys/module/lcma/parameters/slow_ms; with 0, nothing does.\n");
}

int cmd_why(struct session *session)
{
	struct lcma_failure_entry last;
	struct story story = { .entry = &last };
	struct regions regions;
	int device, status, found;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	found = status ? 0 : find(session, device, &regions, &last, &story.info);
	lcma_close(device);
	if (!status && found < 0) {
		status = fail(session, found, found == -ENOTTY ?
			      "the module is older than this cmactl" : NULL,
			      "why");
	} else if (!status) {
		if (found)
			tell(&story);
		if (wants_json(session))
			write_json(session, found ? &story : NULL);
		else if (found)
			write_text(&story);
		else
			write_none(session);
	}
	regions_free(&regions);
	return status;
}
