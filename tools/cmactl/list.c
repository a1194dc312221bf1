// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl list.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmactl.h"
#include "size.h"

/* Room for the processes that hold a buffer. */
#define HOLDERS_BYTES	160

/* Collected first: what fails half-way would leave half a document. */
struct buffers {
	struct lcma_buffer_entry *entries;
	size_t nr;
	size_t room;
};

static int collect(const struct lcma_buffer_entry *entry, void *data)
{
	struct buffers *buffers = data;

	if (buffers->nr == buffers->room) {
		size_t room = buffers->room ? buffers->room * 2 : 32;
		void *entries = realloc(buffers->entries,
					room * sizeof(*entry));

		if (!entries)
			return -ENOMEM;
		buffers->entries = entries;
		buffers->room = room;
	}
	buffers->entries[buffers->nr++] = *entry;
	return 0;
}

static int collect_all(int device, const struct regions *regions,
		       uint32_t flags, struct buffers *buffers)
{
	int i, err;

	for (i = 0; i < regions->nr; i++) {
		err = lcma_for_each_buffer(device, regions->info[i].name, flags,
					   collect, buffers);
		if (err && err != -ENOENT)	/* that one has just gone */
			return err;
	}
	return 0;
}

static void write_json(struct json *json, const struct buffers *buffers,
		       bool with_holders)
{
	char holders[HOLDERS_BYTES];
	size_t i;

	json_open(json, NULL, '{');
	json_open(json, "buffers", '[');
	for (i = 0; i < buffers->nr; i++) {
		json_open(json, NULL, '{');
		buffer_json(json, &buffers->entries[i]);
		if (with_holders) {
			holders_text(buffers->entries[i].inode, holders,
				     sizeof(holders));
			json_text(json, "holders", holders);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
	json_end(json);
}

static void add_row(struct table *table, const struct lcma_buffer_entry *entry,
		    bool with_holders)
{
	char text[CMACTL_TEXT_BYTES], holders[HOLDERS_BYTES];

	table_cell(table, entry->region);
	table_number(table, entry->id);
	table_size(table, entry->bytes);
	table_cell(table, phys_text(entry->flags & LCMA_BUFFER_PHYS,
				    entry->phys, text));
	table_time(table, entry->age_ns);
	table_time(table, entry->latency_ns);
	table_number(table, entry->uid);
	if (entry->flags & LCMA_BUFFER_GONE)
		table_cell(table, "gone");
	else if (entry->pid)
		table_number(table, entry->pid);
	else
		table_cell(table, "");
	table_cell(table, owner_text(entry->flags));
	table_cell(table, entry->comm);
	table_cell(table, entry->label);
	if (!with_holders)
		return;
	holders_text(entry->inode, holders, sizeof(holders));
	table_cell(table, holders);
}

static void write_table(const struct buffers *buffers, bool with_holders)
{
	const char *const heads[] = {
		"<REGION", "ID", "SIZE", "ADDRESS", "AGE", "TOOK", "UID", "PID",
		"<OWNER", "<COMMAND", "<LABEL",
		with_holders ? "<HELD BY" : NULL, NULL
	};
	struct table table = { .heads = heads };
	size_t i;

	for (i = 0; i < buffers->nr; i++)
		add_row(&table, &buffers->entries[i], with_holders);
	table_write(&table, stdout, "");
}

int cmd_list(struct session *session)
{
	const uint32_t flags = session->args->given & ARG_ALL ?
			       LCMA_LIST_ALL : 0;
	const bool with_holders = session->args->given & ARG_HOLDERS;
	struct buffers buffers = { 0 };
	struct regions regions;
	int device, status, err;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	if (!status) {
		err = collect_all(device, &regions, flags, &buffers);
		if (err)
			status = fail(session, err, NULL, "list");
		else if (wants_json(session))
			write_json(&session->json, &buffers, with_holders);
		else
			write_table(&buffers, with_holders);
	}
	free(buffers.entries);
	regions_free(&regions);
	lcma_close(device);
	return status;
}
