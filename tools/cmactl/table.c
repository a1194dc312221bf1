// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table for people: see table.h.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "size.h"

static void out_of_memory(void)
{
	fputs("cmactl: out of memory\n", stderr);
	exit(1);
}

void table_cell(struct table *table, const char *text)
{
	char *copy = strdup(*text ? text : "-");
	char *p;

	if (table->nr_cells == table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		char **cells = realloc(table->cells, room * sizeof(*cells));

		if (!cells)
			out_of_memory();
		table->cells = cells;
		table->room = room;
	}
	if (!copy)
		out_of_memory();
	for (p = copy; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	table->cells[table->nr_cells++] = copy;
}

void table_number(struct table *table, unsigned long long value)
{
	char text[CMACTL_TEXT_BYTES];

	snprintf(text, sizeof(text), "%llu", value);
	table_cell(table, text);
}

void table_size(struct table *table, unsigned long long bytes)
{
	char text[CMACTL_TEXT_BYTES];

	table_cell(table, size_text(bytes, text));
}

void table_time(struct table *table, unsigned long long ns)
{
	char text[CMACTL_TEXT_BYTES];

	table_cell(table, duration_text(ns, text));
}

static void write_row(const struct table *table, char *const *cells,
		      const int *widths, FILE *to, const char *line_end)
{
	size_t i;

	for (i = 0; table->heads[i]; i++) {
		const char *head = table->heads[i];
		const char *text = cells ? cells[i] : head + (*head == '<');
		const char *gap = i ? "  " : "";

		if (*head != '<')
			fprintf(to, "%s%*s", gap, widths[i], text);
		else if (table->heads[i + 1])
			fprintf(to, "%s%-*s", gap, widths[i], text);
		else
			fprintf(to, "%s%s", gap, text);
	}
	fprintf(to, "%s\n", line_end);
}

void table_write(struct table *table, FILE *to, const char *line_end)
{
	int widths[TABLE_COLUMNS] = { 0 };
	size_t nr = 0, i;

	for (; table->heads[nr]; nr++)
		widths[nr] = strlen(table->heads[nr]) -
			     (*table->heads[nr] == '<');
	for (i = 0; i < table->nr_cells; i++)
		if ((int)strlen(table->cells[i]) > widths[i % nr])
			widths[i % nr] = strlen(table->cells[i]);
	write_row(table, NULL, widths, to, line_end);
	for (i = 0; i + nr <= table->nr_cells; i += nr)
		write_row(table, table->cells + i, widths, to, line_end);
	for (i = 0; i < table->nr_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->nr_cells = 0;
	table->room = 0;
}
