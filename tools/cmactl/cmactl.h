/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the commands share. Each has a file of its own and one function here;
 * main.c calls it.
 */
#ifndef CMACTL_H
#define CMACTL_H

#include <stddef.h>
#include <stdint.h>

#include <liblcma.h>

#include "args.h"
#include "json.h"
#include "table.h"

/* How cmactl ends; cmactl(1) lists the same. */
#define EXIT_OK			0
#define EXIT_FAILED		1	/* lcma refused, or the system did */
#define EXIT_USAGE		2
#define EXIT_NO_DEVICE		3	/* the module is not loaded */
#define EXIT_NOT_PERMITTED	4
#define EXIT_CANNOT_RUN		126	/* alloc ... -- COMMAND */
#define EXIT_NO_COMMAND		127

/**
 * struct session - one run of cmactl
 * @args: the command line
 * @json: standard output, if --json was given
 */
struct session {
	const struct args *args;
	struct json json;
};

int cmd_regions(struct session *session);
int cmd_add(struct session *session);
int cmd_drain(struct session *session);
int cmd_alloc(struct session *session);
int cmd_free(struct session *session);
int cmd_list(struct session *session);
int cmd_failures(struct session *session);
int cmd_devices(struct session *session);
int cmd_info(struct session *session);
int cmd_map(struct session *session);
int cmd_watch(struct session *session);
int cmd_prepare(struct session *session);
int cmd_sync(struct session *session);
int cmd_stress(struct session *session);
int cmd_bench(struct session *session);
int cmd_plan(struct session *session);
int cmd_why(struct session *session);
int cmd_doctor(struct session *session);
int cmd_metrics(struct session *session);
int cmd_latency(struct session *session);
int cmd_who(struct session *session);
int cmd_version(struct session *session);

/**
 * wants_json - is the output for programs?
 * @session: the session
 *
 * Return: true if it is.
 */
bool wants_json(const struct session *session);

/**
 * fail - say what failed, on stderr, and with --json on stdout too
 * @session: the session
 * @err: a negative errno
 * @why: a sentence; NULL: the one of liblcma
 * @format: what was tried, "alloc of 8 MiB"
 *
 * Return: the exit status.
 */
__attribute__((format(printf, 4, 5)))
int fail(struct session *session, int err, const char *why, const char *format,
	 ...);

/**
 * fail_alloc - the same, for an allocation: with what lcma knows of this one, and of
 * no other
 * @session: the session
 * @err: a negative errno
 * @began_ns: own_time_ns() before it was asked for
 *
 * Return: the exit status.
 */
int fail_alloc(struct session *session, int err, uint64_t began_ns);

/**
 * own_time_ns - the time, for fail_alloc()
 *
 * Return: nanoseconds on the clock that lcma tells ages by.
 */
uint64_t own_time_ns(void);

/**
 * holders_text - which processes hold a buffer now?
 * @inode: its dma-buf's
 * @text: out: "1234 gst-launch, 1300 weston"; "" if none was found
 * @size: of @text
 *
 * Looks at the descriptors of all processes that this one may look at; a mapping
 * without a descriptor is not found.
 */
void holders_text(uint64_t inode, char *text, size_t size);

/**
 * text_alloc - the part of alloc that --text asks for
 * @session: the session
 * @device: from text_open()
 *
 * Return: the exit status.
 */
int text_alloc(struct session *session, int device);

/**
 * buffer_write - say which buffer an alloc got, as a sentence or as the object
 * "buffer"
 * @session: the session
 * @entry: the buffer
 * @fd: its descriptor; negative: none
 * @fate: how long it will live
 */
void buffer_write(struct session *session,
		  const struct lcma_buffer_entry *entry, int fd,
		  const char *fate);

/**
 * device_path - which device is used
 * @session: the session
 *
 * Return: its path, for messages.
 */
const char *device_path(const struct session *session);

/**
 * device_open - open it, or say why not
 * @session: the session
 * @status: out: the exit status if it failed
 *
 * Return: a descriptor; negative: it failed, and was reported.
 */
int device_open(struct session *session, int *status);

/**
 * text_open - the same for the text device
 * @session: the session
 * @status: out: the exit status if it failed
 *
 * Return: a descriptor; negative: it failed, and was reported.
 */
int text_open(struct session *session, int *status);

/**
 * struct regions - the regions, or the one that was asked for
 * @info: what the device tells of each
 * @nr: how many
 */
struct regions {
	struct lcma_region_info *info;
	int nr;
};

/**
 * regions_load - ask for all regions, or for --region
 * @session: the session
 * @device: from device_open()
 * @regions: out; regions_free() it, whatever was returned
 *
 * Return: EXIT_OK; else the exit status, the failure is reported.
 */
int regions_load(struct session *session, int device, struct regions *regions);
void regions_free(struct regions *regions);

/**
 * regions_write - write regions, as table or as member "regions"
 * @session: the session
 * @regions: the regions
 * @line_end: after each line of a table
 */
void regions_write(struct session *session, const struct regions *regions,
		   const char *line_end);

/* region_json - the members of a region */
void region_json(struct json *json, const struct lcma_region_info *info);

/* buffer_json - the members of a buffer */
void buffer_json(struct json *json, const struct lcma_buffer_entry *entry);

/* failure_json - the members of a failure */
void failure_json(struct json *json, const struct lcma_failure_entry *entry);

/* phys_text - a physical address for people, "-" if it is not told */
const char *phys_text(int is_valid, uint64_t phys, char *text);

/* owner_text - whose a buffer with these LCMA_BUFFER_* is */
const char *owner_text(uint32_t flags);

/**
 * hold_signals - from now on, a signal that would end cmactl waits for
 * wait_for_end()
 *
 * What the parent had ignored is ignored still, as nohup and the shell's "&"
 * want it.
 */
void hold_signals(void);

/**
 * wait_for_end - sleep until such a signal comes; after hold_signals()
 * @ms: or until this much time has passed; 0: only the signal
 *
 * Return: true if a signal came.
 */
bool wait_for_end(uint64_t ms);

#endif
