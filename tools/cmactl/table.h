/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table for people: rows are collected, then written in columns as wide as
 * what stands in them.
 */
#ifndef CMACTL_TABLE_H
#define CMACTL_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS	16

/**
 * struct table - a table
 * @heads: one a column, NULL after the last; "<" before a head that is to the
 *	left, others are to the right
 * @cells: all cells, row after row
 * @nr_cells: how many
 * @room: how many fit at the moment
 */
struct table {
	const char *const *heads;
	char **cells;
	size_t nr_cells;
	size_t room;
};

/**
 * table_cell - add the next cell
 * @table: the table
 * @text: is copied; bytes that are not printable ASCII become "?", so that
 *	no command's name plays with the terminal; "": "-"
 */
void table_cell(struct table *table, const char *text);

/* table_number, table_size, table_time - the same, with the value as text */
void table_number(struct table *table, unsigned long long value);
void table_size(struct table *table, unsigned long long bytes);
void table_time(struct table *table, unsigned long long ns);

/**
 * table_write - write the table, and forget its rows
 * @table: the table
 * @to: where to
 * @line_end: after each line, before its newline
 */
void table_write(struct table *table, FILE *to, const char *line_end);

#endif
