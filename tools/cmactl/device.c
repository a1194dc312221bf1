// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device, and what is asked of it by several commands.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmactl.h"
#include "size.h"

static const char *path_or(const struct session *session, const char *other)
{
	const char *path = session->args->device;

	if (!path)
		path = getenv("LCMA_DEVICE");
	return path && *path ? path : other;
}

const char *device_path(const struct session *session)
{
	return path_or(session, LCMA_DEVICE_PATH);
}

int device_open(struct session *session, int *status)
{
	int device = lcma_open(session->args->device);

	*status = EXIT_OK;
	if (device < 0)
		*status = fail(session, device, NULL, "%s",
			       device_path(session));
	return device;
}

int text_open(struct session *session, int *status)
{
	int device = lcma_open_text(session->args->device);

	*status = EXIT_OK;
	if (device < 0)
		*status = fail(session, device, device == -EACCES ?
			       "the text device is root's: whoever may open it may free everybody's text buffers" :
			       NULL, "%s", path_or(session, LCMA_TEXT_PATH));
	return device;
}

/* Return: how many; a negative errno. names is the caller's to free. */
static int load_names(int device, char (**names)[LCMA_NAME_SIZE])
{
	int nr = lcma_get_regions(device, NULL, 0);
	int again;

	if (nr < 0)
		return nr;
	*names = calloc(nr ? nr : 1, LCMA_NAME_SIZE);
	if (!*names)
		return -ENOMEM;
	again = lcma_get_regions(device, *names, nr);
	return again < nr ? again : nr;
}

static int load_all(int device, struct regions *regions)
{
	char (*names)[LCMA_NAME_SIZE] = NULL;
	int i, err, nr = load_names(device, &names);

	if (nr > 0) {
		regions->info = calloc(nr, sizeof(*regions->info));
		if (!regions->info)
			nr = -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		err = lcma_get_region(device, names[i],
				      &regions->info[regions->nr]);
		if (!err)
			regions->nr++;
		else if (err != -ENOENT)	/* that one has just gone */
			nr = err;
	}
	free(names);
	return nr < 0 ? nr : 0;
}

int regions_load(struct session *session, int device, struct regions *regions)
{
	const char *name = session->args->region;
	int err;

	*regions = (struct regions){ 0 };
	if (!name) {
		err = load_all(device, regions);
		return err ? fail(session, err, NULL, "regions") : EXIT_OK;
	}
	regions->info = calloc(1, sizeof(*regions->info));
	err = -ENOMEM;
	if (regions->info)
		err = lcma_get_region(device, name, regions->info);
	if (err)
		return fail(session, err, NULL, "region '%s'", name);
	regions->nr = 1;
	return EXIT_OK;
}

void regions_free(struct regions *regions)
{
	free(regions->info);
	*regions = (struct regions){ 0 };
}

const char *owner_text(uint32_t flags)
{
	if (flags & LCMA_BUFFER_TEXT)
		return "text";
	return flags & LCMA_BUFFER_KERNEL ? "kernel" : "file";
}

void buffer_json(struct json *json, const struct lcma_buffer_entry *entry)
{
	json_text(json, "region", entry->region);
	json_number(json, "id", entry->id);
	json_number(json, "bytes", entry->bytes);
	json_number(json, "align", entry->align);
	if (entry->flags & LCMA_BUFFER_PHYS)
		json_number(json, "phys", entry->phys);
	else
		json_null(json, "phys");
	json_number(json, "latency_ns", entry->latency_ns);
	json_number(json, "age_ns", entry->age_ns);
	if (entry->pid)
		json_signed(json, "pid", entry->pid);
	else
		json_null(json, "pid");
	json_bool(json, "gone", entry->flags & LCMA_BUFFER_GONE);
	json_number(json, "uid", entry->uid);
	json_text(json, "comm", entry->comm);
	json_text(json, "owner", owner_text(entry->flags));
	json_text(json, "label", entry->label);
	json_number(json, "inode", entry->inode);
}

const char *phys_text(int is_valid, uint64_t phys, char *text)
{
	if (!is_valid)
		return "-";
	snprintf(text, CMACTL_TEXT_BYTES, "0x%08" PRIx64, phys);
	return text;
}
