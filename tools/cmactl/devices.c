// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl devices: which devices allocate from which regions by the rules of map=, and
 * why others do not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmactl.h"
#include "debugfs.h"
#include "table.h"

/* Room for a device's line: names, a rule, numbers, a sentence. */
#define LINE_BYTES	2048

/* Why requests are left to the kernel, as the module calls it, and for people. */
static const struct {
	const char *key;
	const char *text;
} reasons[] = {
	{ "left_small", "smaller than min=" },
	{ "left_atomic", "caller may not sleep" },
	{ "left_attributes", "may not be mapped so" },
	{ "left_reach", "out of reach" },
	{ "left_failed", "no memory" },
};

#define NR_REASONS	(sizeof(reasons) / sizeof(reasons[0]))

/* The value of KEY= in a line, up to the next blank; "" if it is not there. */
static void value_of(const char *line, const char *key, char *to, size_t size)
{
	const size_t len = strlen(key);
	const char *at = line;

	*to = '\0';
	while (at && !(!strncmp(at, key, len) && at[len] == '=')) {
		at = strchr(at, ' ');
		at += !!at;
	}
	if (at)
		snprintf(to, size, "%.*s", (int)strcspn(at + len + 1, " \n"),
			 at + len + 1);
}

static uint64_t number_of(const char *line, const char *key)
{
	char text[32];

	value_of(line, key, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

/* A sentence, and the last of the line; or what the device's group has to say. */
static const char *why_of(char *line)
{
	char *why = strstr(line, " why=");

	line[strcspn(line, "\n")] = '\0';
	if (why && strcmp(why, " why=-"))
		return why + strlen(" why=");
	return number_of(line, "group") && !number_of(line, "reached") ?
	       "it reaches none of its regions" : "";
}

/* What was left to the kernel, with the reasons: "3 smaller than min=, 1 no memory". */
static void left_text(const char *line, char *to, size_t size)
{
	uint64_t number;
	size_t i, len = 0;

	*to = '\0';
	for (i = 0; i < NR_REASONS && len < size; i++) {
		number = number_of(line, reasons[i].key);
		if (number)
			len += snprintf(to + len, size - len, "%s%" PRIu64 " %s",
					len ? ", " : "", number, reasons[i].text);
	}
}

static void add_text(struct table *table, const char *line, const char *key)
{
	char text[128];

	value_of(line, key, text, sizeof(text));
	table_cell(table, strcmp(text, "-") ? text : "");
}

/* The rule that names a device, or what does so instead. */
static void add_rule(struct table *table, const char *line)
{
	char by[32];

	value_of(line, "by", by, sizeof(by));
	if (!strcmp(by, "tree"))
		table_cell(table, "device tree");
	else if (!strcmp(by, "driver"))
		table_cell(table, "device tree, by its driver");
	else
		add_text(table, line, "rule");
}

static void add_row(struct table *table, char *line)
{
	char left[256];

	add_text(table, line, "device");
	add_text(table, line, "driver");
	add_rule(table, line);
	add_text(table, line, "regions");
	add_text(table, line, "state");
	table_number(table, number_of(line, "buffers"));
	table_size(table, number_of(line, "bytes"));
	table_number(table, number_of(line, "allocs"));
	left_text(line, left, sizeof(left));
	table_cell(table, *why_of(line) ? why_of(line) : left);
}

static void json_value(struct json *json, const char *line, const char *key)
{
	char text[128];

	value_of(line, key, text, sizeof(text));
	json_text(json, key, strcmp(text, "-") ? text : "");
}

static void write_object(struct json *json, char *line)
{
	size_t i;

	json_open(json, NULL, '{');
	json_value(json, line, "device");
	json_value(json, line, "bus");
	json_value(json, line, "driver");
	json_value(json, line, "by");
	json_value(json, line, "rule");
	json_value(json, line, "regions");
	json_value(json, line, "state");
	json_number(json, "min", number_of(line, "min"));
	json_number(json, "group", number_of(line, "group"));
	json_number(json, "reached", number_of(line, "reached"));
	json_number(json, "keep", number_of(line, "keep"));
	json_bool(json, "coherent", number_of(line, "coherent"));
	json_number(json, "buffers", number_of(line, "buffers"));
	json_number(json, "bytes", number_of(line, "bytes"));
	json_number(json, "allocs", number_of(line, "allocs"));
	for (i = 0; i < NR_REASONS; i++)
		json_number(json, reasons[i].key, number_of(line, reasons[i].key));
	json_text(json, "why", why_of(line));
	json_close(json, '}');
}

int cmd_devices(struct session *session)
{
	static const char *const heads[] = {
		"<DEVICE", "<DRIVER", "<RULE", "<REGIONS", "<STATE", "BUFFERS", "SIZE",
		"SERVED", "<WHY, OR LEFT TO THE KERNEL", NULL
	};
	struct table table = { .heads = heads };
	struct json *json = &session->json;
	char line[LINE_BYTES];
	FILE *file;
	int err = debugfs_open_devices(&file);

	if (err)
		return fail(session, err, debugfs_why(err), "devices");
	if (wants_json(session)) {
		json_open(json, NULL, '{');
		json_open(json, "devices", '[');
	}
	while (fgets(line, sizeof(line), file)) {
		if (wants_json(session))
			write_object(json, line);
		else
			add_row(&table, line);
	}
	fclose(file);
	if (wants_json(session)) {
		json_close(json, ']');
		json_close(json, '}');
		json_end(json);
	} else {
		table_write(&table, stdout, "");
	}
	return EXIT_OK;
}
