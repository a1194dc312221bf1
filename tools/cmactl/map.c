// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl map: a picture of each region, as text, as JSON, or as SVG.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmactl.h"
#include "map.h"
#include "size.h"

/* Characters of a row. */
#define COLUMNS		64

/* For a terminal: from the left, without what stood there. */
#define HOME		"\033[H"
#define CLEAR_SCREEN	"\033[H\033[2J"
#define CLEAR_LINE	"\033[K"
#define CLEAR_REST	"\033[J"
#define PLAIN		"\033[0m"

/* Of the kinds in one cell, the last that is there gives the character. */
static const struct {
	char letter;
	const char *colour;
	const char *word;
	const char *key;
} looks[NR_LOOKS] = {
	[LOOK_SHARED] = { '.', "\033[90m", "shared with the system", "unseen_pages" },
	[LOOK_UNUSED] = { '.', "\033[90m", "free for the system", "free_pages" },
	[LOOK_IN_USE] = { '+', "\033[34m", "in use, can be moved", "movable_pages" },
	[LOOK_LARGE] = { 'h', "\033[36m", "in use, in huge pages or large folios", "large_pages" },
	[LOOK_OFF_LIST] = { 'a', "\033[35m", "apart: being moved", "apart_pages" },
	[LOOK_IO] = { 'i', "\033[33m", "locked or under I/O", "passing_pages" },
	[LOOK_POOL] = { 'p', "\033[32m", "pool", "pool_pages" },
	[LOOK_BUSY] = { '~', "\033[93m", "on its way", "busy_pages" },
	[LOOK_USED] = { '#', "\033[97;44m", "in a buffer", "used_pages" },
	[LOOK_KERNEL] = { 'R', "\033[97;41m", "the kernel's: in the way", "reserved_pages" },
	[LOOK_STUCK] = { 'X', "\033[97;41m", "cannot be moved: in the way", "unmovable_pages" },
	[LOOK_PIN] = { 'P', "\033[97;41m", "pinned: in the way", "pinned_pages" },
};

enum look look_of(const struct lcma_map_entry *piece)
{
	static const enum look contents[] = {
		[LCMA_CONTENT_UNSEEN] = LOOK_SHARED,
		[LCMA_CONTENT_UNUSED] = LOOK_UNUSED,
		[LCMA_CONTENT_IN_USE] = LOOK_IN_USE,
		[LCMA_CONTENT_LARGE] = LOOK_LARGE,
		[LCMA_CONTENT_IO] = LOOK_IO,
		[LCMA_CONTENT_OFF_LIST] = LOOK_OFF_LIST,
		[LCMA_CONTENT_PIN] = LOOK_PIN,
		[LCMA_CONTENT_STUCK] = LOOK_STUCK,
		[LCMA_CONTENT_KERNEL] = LOOK_KERNEL,
	};

	switch (piece->state) {
	case LCMA_STATE_POOL:
		return LOOK_POOL;
	case LCMA_STATE_BUSY:
		return LOOK_BUSY;
	case LCMA_STATE_USED:
		return LOOK_USED;
	default:
		/* A later module may know more. */
		return piece->content < sizeof(contents) / sizeof(*contents) ?
		       contents[piece->content] : LOOK_SHARED;
	}
}

const char *look_word(enum look look)
{
	return looks[look].word;
}

size_t look_bytes(const struct picture *picture, size_t i, uint64_t from,
		  uint64_t end, uint64_t *bytes)
{
	memset(bytes, 0, NR_LOOKS * sizeof(*bytes));
	for (; i < picture->nr && picture->pieces[i].offset < end; i++) {
		const struct lcma_map_entry *piece = &picture->pieces[i];
		const uint64_t last = piece->offset + piece->bytes;
		const uint64_t first = piece->offset > from ? piece->offset :
							      from;

		if (last > first)
			bytes[look_of(piece)] += (last < end ? last : end) -
						 first;
		if (last > end)
			break;
	}
	return i;
}

static bool is_way(enum look look)
{
	return look >= LOOK_KERNEL;
}

/* What a cell shows; -1: it is in several states. */
static int cell_look(const uint64_t *bytes)
{
	int i, last = -1, nr_states = 0;
	bool is_shared = false;

	for (i = 0; i < NR_LOOKS; i++) {
		if (!bytes[i])
			continue;
		last = i;
		if (i == LOOK_POOL || i == LOOK_BUSY || i == LOOK_USED)
			nr_states++;
		else
			is_shared = true;
	}
	if (last >= 0 && is_way(last))
		return last;
	return nr_states + is_shared > 1 ? -1 : last;
}

/* --- text --------------------------------------------------------------------- */

/**
 * struct canvas - where a region is drawn
 * @with_colour: on a terminal
 * @line_end: after each line
 * @row: bytes of a row
 * @cell: bytes of a character
 */
struct canvas {
	bool with_colour;
	const char *line_end;
	uint64_t row;
	uint64_t cell;
};

static void canvas_for(const struct lcma_region_info *info, bool on_screen,
		       bool with_colour, struct canvas *canvas)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);

	canvas->with_colour = with_colour;
	canvas->line_end = on_screen ? CLEAR_LINE "\n" : "\n";
	canvas->cell = info->unit / COLUMNS > page ? info->unit / COLUMNS : page;
	canvas->row = canvas->cell * COLUMNS;
}

/* The characters of a row; fewer in the last one. */
static void row_text(const struct canvas *canvas, const struct picture *picture,
		     size_t piece, uint64_t from, uint64_t end, FILE *to)
{
	uint64_t bytes[NR_LOOKS];
	int look, before = -2;
	uint64_t at;

	for (at = from; at < end; at += canvas->cell) {
		piece = look_bytes(picture, piece, at,
				   at + canvas->cell < end ?
				   at + canvas->cell : end, bytes);
		look = cell_look(bytes);
		if (canvas->with_colour && look != before)
			fprintf(to, PLAIN "%s", look < 0 ? "\033[97m" :
							   looks[look].colour);
		fputc(look < 0 ? '%' : looks[look].letter, to);
		before = look;
	}
	if (canvas->with_colour)
		fputs(PLAIN, to);
}

static void row_numbers(const uint64_t *bytes)
{
	char text[CMACTL_TEXT_BYTES];
	int i;

	for (i = NR_LOOKS; i--;)
		if (bytes[i])
			printf(" %c %s", looks[i].letter,
			       size_text(bytes[i], text));
}

static void write_rows(const struct canvas *canvas,
		       const struct lcma_region_info *info,
		       const struct picture *picture)
{
	const uint64_t base = info->attrs & LCMA_REGION_PHYS ? info->phys : 0;
	uint64_t bytes[NR_LOOKS], from, end;
	size_t piece = 0, next;

	for (from = 0; from < info->bytes; from = end) {
		end = from + canvas->row < info->bytes ? from + canvas->row :
							 info->bytes;
		next = look_bytes(picture, piece, from, end, bytes);
		printf("%s%08" PRIx64 " ", base ? "0x" : "+", base + from);
		row_text(canvas, picture, piece, from, end, stdout);
		row_numbers(bytes);
		fputs(canvas->line_end, stdout);
		piece = next;
	}
}

/* Only of what is there. */
static void write_legend(const struct canvas *canvas,
			 const struct lcma_region_info *info,
			 const struct picture *picture)
{
	char row[CMACTL_TEXT_BYTES], cell[CMACTL_TEXT_BYTES];
	uint64_t bytes[NR_LOOKS];
	int i;

	printf("# a line is %s, a character %s; '%%' is more than one of these%s",
	       size_text(canvas->row, row), size_text(canvas->cell, cell),
	       canvas->line_end);
	look_bytes(picture, 0, 0, info->bytes, bytes);
	for (i = 0; i < NR_LOOKS; i++)
		if (bytes[i])
			printf("# %s%c%s %s%s",
			       canvas->with_colour ? looks[i].colour : "",
			       looks[i].letter,
			       canvas->with_colour ? PLAIN : "", looks[i].word,
			       canvas->line_end);
}

static void write_region(const struct canvas *canvas,
			 const struct lcma_region_info *info,
			 const struct picture *picture)
{
	char largest[CMACTL_TEXT_BYTES], movable[CMACTL_TEXT_BYTES];

	if (!picture->nr) {
		printf("drained: the memory is back at its source%s",
		       canvas->line_end);
		return;
	}
	write_legend(canvas, info, picture);
	write_rows(canvas, info, picture);
	size_text(info->largest, largest);
	if (picture->has_look)
		printf("the longest unused run is %s, the longest with nothing in the way %s%s",
		       largest,
		       size_text(picture_largest_movable(picture), movable),
		       canvas->line_end);
	else
		printf("the longest unused run is %s (root sees what is in the way)%s",
		       largest, canvas->line_end);
}

/* --- JSON ---------------------------------------------------------------------- */

static void row_json(struct json *json, const struct canvas *canvas,
		     const struct lcma_region_info *info,
		     const struct picture *picture, uint64_t from, uint64_t end)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t bytes[NR_LOOKS], shared = 0;
	char *map = NULL;
	size_t size;
	FILE *text = open_memstream(&map, &size);
	int i;

	if (!text)
		return;
	row_text(canvas, picture, 0, from, end, text);
	fclose(text);
	look_bytes(picture, 0, from, end, bytes);
	json_open(json, NULL, '{');
	if (info->attrs & LCMA_REGION_PHYS)
		json_number(json, "phys", info->phys + from);
	else
		json_null(json, "phys");
	json_number(json, "offset", from);
	json_text(json, "map", map);
	for (i = 0; i < NR_LOOKS; i++)
		if (i != LOOK_POOL && i != LOOK_BUSY && i != LOOK_USED)
			shared += bytes[i];
	json_number(json, "shared_pages", shared / page);
	if (picture->has_look)
		json_number(json, "system_pages",
			    (shared - bytes[LOOK_UNUSED]) / page);
	else
		json_null(json, "system_pages");
	for (i = LOOK_UNUSED; i < NR_LOOKS; i++) {
		if (picture->has_look || (i >= LOOK_POOL && i <= LOOK_USED))
			json_number(json, looks[i].key, bytes[i] / page);
		else
			json_null(json, looks[i].key);
	}
	json_close(json, '}');
	free(map);
}

static void region_map_json(struct json *json, const struct canvas *canvas,
			    const struct lcma_region_info *info,
			    const struct picture *picture)
{
	uint64_t from, end;

	json_open(json, NULL, '{');
	json_text(json, "region", info->name);
	json_number(json, "block_bytes", canvas->row);
	json_number(json, "cell_bytes", canvas->cell);
	json_number(json, "largest", info->largest);
	if (picture->has_look)
		json_number(json, "largest_movable",
			    picture_largest_movable(picture));
	else
		json_null(json, "largest_movable");
	json_open(json, "blocks", '[');
	for (from = 0; picture->nr && from < info->bytes; from = end) {
		end = from + canvas->row < info->bytes ? from + canvas->row :
							 info->bytes;
		row_json(json, canvas, info, picture, from, end);
	}
	json_close(json, ']');
	json_close(json, '}');
}

/* --- the command --------------------------------------------------------------- */

static bool wants_colour(const struct session *session)
{
	const char *no = getenv("NO_COLOR");

	return !wants_json(session) && isatty(STDOUT_FILENO) && !(no && *no);
}

static void write_one(struct session *session, int device,
		      const struct lcma_region_info *info,
		      const struct picture *picture, bool with_name,
		      bool on_screen)
{
	struct canvas canvas;

	canvas_for(info, on_screen, wants_colour(session), &canvas);
	if (wants_json(session)) {
		region_map_json(&session->json, &canvas, info, picture);
	} else if (session->args->given & ARG_SVG) {
		svg_region(stdout, device, info, picture);
	} else {
		if (with_name)
			printf("region %s:%s", info->name, canvas.line_end);
		write_region(&canvas, info, picture);
	}
}

/* All of it is asked for before anything is written. */
static int write_all(struct session *session, int device,
		     const struct regions *regions, bool on_screen)
{
	struct picture *pictures = calloc(regions->nr + 1, sizeof(*pictures));
	struct json *json = &session->json;
	struct timespec now;
	int i, err = pictures ? 0 : -ENOMEM;

	for (i = 0; !err && i < regions->nr; i++)
		err = picture_look(device, regions->info[i].name, &pictures[i]);
	if (!err && wants_json(session)) {
		clock_gettime(CLOCK_REALTIME, &now);
		json_open(json, NULL, '{');
		json_number(json, "time_ms", (uint64_t)now.tv_sec * 1000 +
					     now.tv_nsec / 1000000);
		json_open(json, "maps", '[');
	}
	for (i = 0; !err && i < regions->nr; i++)
		write_one(session, device, &regions->info[i], &pictures[i],
			  regions->nr > 1, on_screen);
	if (!err && wants_json(session)) {
		json_close(json, ']');
		json_close(json, '}');
		json_end(json);
	}
	for (i = 0; pictures && i < regions->nr; i++)
		picture_free(&pictures[i]);
	free(pictures);
	if (!err)
		return EXIT_OK;
	return fail(session, err, err == -ENOTTY ?
		    "the module is older than this cmactl" : NULL, "map");
}

static void write_clock(bool on_screen)
{
	char clock[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S", &tm);
	if (on_screen)
		printf(HOME "%s, ^C ends" CLEAR_LINE "\n", clock);
	else
		printf("%s\n", clock);
}

static int show(struct session *session, bool on_screen)
{
	struct regions regions;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	status = regions_load(session, device, &regions);
	if (!status) {
		if (session->args->given & ARG_WATCH && !wants_json(session))
			write_clock(on_screen);
		status = write_all(session, device, &regions, on_screen);
		if (on_screen)
			fputs(CLEAR_REST, stdout);
		fflush(stdout);
	}
	regions_free(&regions);
	lcma_close(device);
	return status;
}

int cmd_map(struct session *session)
{
	const bool is_live = session->args->given & ARG_WATCH;
	const bool on_screen = is_live && !wants_json(session) &&
			       isatty(STDOUT_FILENO);
	uint32_t left = session->args->count;
	int status;

	if (!is_live)
		return show(session, false);
	hold_signals();
	if (on_screen)
		fputs(CLEAR_SCREEN, stdout);
	do {
		status = show(session, on_screen);
		if (status || ferror(stdout) || (left && !--left))
			break;
	} while (!wait_for_end(session->args->interval_ms));
	return status;
}
