// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl latency: how long allocations took, as text, JSON or SVG.
 */
#include "latency.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmactl.h"
#include "debugfs.h"
#include "size.h"

/* Room for a line of the file. */
#define LINE_BYTES	1024

/* Of a picture. */
#define BAR_WIDTH	24
#define BAR_HEIGHT	60
#define LEFT		180
#define ROW_HEIGHT	90

/* Return: false if it is no such line. */
static bool read_line(char *text, struct latency_line *line)
{
	char size[32], *rest = text, *end;
	int at = 0, i;

	memset(line, 0, sizeof(*line));
	if (sscanf(text, "%15s %31s%n", line->outcome, size, &at) != 2)
		return false;
	line->bytes = strtoull(size, NULL, 10);
	rest += at;
	for (i = 0; i < LATENCY_CLASSES; i++, rest = end) {
		line->counts[i] = strtoull(rest, &end, 10);
		if (end == rest)
			return false;
		line->nr += line->counts[i];
	}
	line->sum_ns = strtoull(rest, &end, 10);
	line->has_sum = end != rest;
	return true;
}

int latency_load(const char *region, struct latency_line *lines)
{
	char text[LINE_BYTES];
	FILE *file;
	int nr = 0, err = sysfs_open(region, "latency", &file);

	if (err)
		return err;
	while (nr < LATENCY_LINES && fgets(text, sizeof(text), file))
		nr += read_line(text, &lines[nr]);
	fclose(file);
	return nr;
}

static uint64_t class_ns(int i)
{
	return i < LATENCY_CLASSES - 1 ? 1000ULL << i : UINT64_MAX;
}

uint64_t latency_quantile(const struct latency_line *line, unsigned int percent)
{
	uint64_t sum = 0;
	int i;

	if (!line->nr)
		return 0;
	for (i = 0; i < LATENCY_CLASSES - 1; i++) {
		sum += line->counts[i];
		if (sum && sum * 100 >= line->nr * percent)
			return class_ns(i);
	}
	return UINT64_MAX;
}

static const char *limit_text(uint64_t ns, char *text)
{
	char time[CMACTL_TEXT_BYTES];

	if (ns == UINT64_MAX)
		return strcpy(text, "> 8.3 s");
	snprintf(text, CMACTL_TEXT_BYTES, "<= %.30s", duration_text(ns, time));
	return text;
}

static const char *bytes_text(const struct latency_line *line, char *text)
{
	return line->bytes ? size_text(line->bytes, text) : strcpy(text, "more");
}

/* A letter for each class: how much of all there is in it. */
static void shape_text(const struct latency_line *line, char *text)
{
	static const char marks[] = " .:-=+*#";
	int i;

	for (i = 0; i < LATENCY_CLASSES; i++) {
		const uint64_t n = line->counts[i];

		text[i] = !n ? ' ' : marks[1 + n * 6 / line->nr];
	}
	text[i] = '\0';
}

static void write_table(const struct regions *regions,
			struct latency_line (*lines)[LATENCY_LINES],
			const int *nr)
{
	static const char *const heads[] = {
		"<REGION", "<OUTCOME", "UP TO", "COUNT", "MEDIAN", "P99",
		"LONGEST", "<1us     32us 1ms  32ms 1s ", NULL
	};
	struct table table = { .heads = heads };
	char text[CMACTL_TEXT_BYTES];
	int i, j;

	for (i = 0; i < regions->nr; i++) {
		for (j = 0; j < nr[i]; j++) {
			const struct latency_line *line = &lines[i][j];

			if (!line->nr)
				continue;
			table_cell(&table, regions->info[i].name);
			table_cell(&table, line->outcome);
			table_cell(&table, bytes_text(line, text));
			table_number(&table, line->nr);
			table_cell(&table, limit_text(latency_quantile(line, 50), text));
			table_cell(&table, limit_text(latency_quantile(line, 99), text));
			table_cell(&table, limit_text(latency_quantile(line, 100), text));
			shape_text(line, text);
			table_cell(&table, text);
		}
	}
	table_write(&table, stdout, "");
}

static void line_json(struct json *json, const char *region,
		      const struct latency_line *line)
{
	int i;

	json_open(json, NULL, '{');
	json_text(json, "region", region);
	json_text(json, "outcome", line->outcome);
	if (line->bytes)
		json_number(json, "bytes_up_to", line->bytes);
	else
		json_null(json, "bytes_up_to");
	json_number(json, "count", line->nr);
	if (line->has_sum)
		json_number(json, "sum_ns", line->sum_ns);
	else
		json_null(json, "sum_ns");
	json_open(json, "classes", '[');
	for (i = 0; i < LATENCY_CLASSES; i++) {
		json_open(json, NULL, '{');
		if (i < LATENCY_CLASSES - 1)
			json_number(json, "ns_up_to", class_ns(i));
		else
			json_null(json, "ns_up_to");
		json_number(json, "count", line->counts[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void bar_svg(const struct latency_line *line, int i, unsigned int y,
		    const char *colour)
{
	const uint64_t n = line->counts[i];
	/* As much as can be seen, if there is one at all. */
	const double height = n ? 2 + (double)(BAR_HEIGHT - 2) * n / line->nr : 0;
	char text[CMACTL_TEXT_BYTES];

	printf("<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"><title>%s: %" PRIu64 "</title></rect>\n",
	       LEFT + i * BAR_WIDTH, y + BAR_HEIGHT - height, BAR_WIDTH - 2,
	       height, colour, limit_text(class_ns(i), text) + (*text == '<') * 3,
	       n);
}

static void region_svg(const char *region, const struct latency_line *lines,
		       int nr)
{
	static const int ticks[] = { 0, 5, 10, 15, 20 };
	char text[CMACTL_TEXT_BYTES];
	unsigned int y = 40;
	size_t t;
	int i, j, nr_shown = 0;

	for (j = 0; j < nr; j++)
		nr_shown += !!lines[j].nr;
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"monospace\" font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n<text x=\"8\" y=\"20\" font-size=\"13\">How long allocations in region %s took</text>\n",
	       LEFT + LATENCY_CLASSES * BAR_WIDTH + 20,
	       60 + nr_shown * ROW_HEIGHT, region);
	for (j = 0; j < nr; j++) {
		const bool failed = !strcmp(lines[j].outcome, "failed");

		if (!lines[j].nr)
			continue;
		printf("<text x=\"8\" y=\"%u\">%s, up to %s: %" PRIu64 "</text>\n",
		       y + BAR_HEIGHT / 2, lines[j].outcome,
		       bytes_text(&lines[j], text), lines[j].nr);
		for (i = 0; i < LATENCY_CLASSES; i++)
			bar_svg(&lines[j], i, y, failed ? "#cb181d" :
				*lines[j].outcome == 'p' ? "#74c476" : "#08519c");
		for (t = 0; t < sizeof(ticks) / sizeof(*ticks); t++)
			printf("<text x=\"%d\" y=\"%u\" fill=\"#777777\">%s</text>\n",
			       LEFT + ticks[t] * BAR_WIDTH, y + BAR_HEIGHT + 14,
			       duration_text(class_ns(ticks[t]), text));
		y += ROW_HEIGHT;
	}
	printf("</svg>\n");
}

static void write_all(struct session *session, const struct regions *regions,
		      struct latency_line (*lines)[LATENCY_LINES], const int *nr)
{
	struct json *json = &session->json;
	int i, j;

	if (wants_json(session)) {
		json_open(json, NULL, '{');
		json_open(json, "latencies", '[');
		for (i = 0; i < regions->nr; i++)
			for (j = 0; j < nr[i]; j++)
				line_json(json, regions->info[i].name,
					  &lines[i][j]);
		json_close(json, ']');
		json_close(json, '}');
		json_end(json);
	} else if (session->args->given & ARG_SVG) {
		for (i = 0; i < regions->nr; i++)
			region_svg(regions->info[i].name, lines[i], nr[i]);
	} else {
		write_table(regions, lines, nr);
	}
}

int cmd_latency(struct session *session)
{
	struct latency_line (*lines)[LATENCY_LINES] = NULL;
	struct regions regions;
	int device, status, i, *nr = NULL;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	lcma_close(device);
	if (!status) {
		lines = calloc(regions.nr + 1, sizeof(*lines));
		nr = calloc(regions.nr + 1, sizeof(*nr));
		if (!lines || !nr)
			status = fail(session, -ENOMEM, NULL, "latency");
	}
	for (i = 0; !status && i < regions.nr; i++) {
		nr[i] = latency_load(regions.info[i].name, lines[i]);
		if (nr[i] < 0)
			status = fail(session, nr[i], NULL,
				      "/sys/kernel/lcma/%s/latency",
				      regions.info[i].name);
	}
	if (!status)
		write_all(session, &regions, lines, nr);
	free(lines);
	free(nr);
	regions_free(&regions);
	return status;
}
