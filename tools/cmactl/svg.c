// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region as SVG: a row for each unit, a rectangle for each piece. Pins and what
 * cannot be moved are red and at least as wide as can be seen; buffers have their
 * labels, if their addresses are told.
 */
#include <inttypes.h>

#include <liblcma.h>

#include "map.h"
#include "size.h"

#define LEFT		110	/* of a row, for the address */
#define WIDTH		1000	/* of a row */
#define ROW		22
#define BAR		16
#define HEAD		30
#define FOOT		(20 * 6)
#define LEAST		2	/* of what is in the way */

static const char *const colours[NR_LOOKS] = {
	[LOOK_SHARED] = "#eeeeee",
	[LOOK_UNUSED] = "#f6f6f6",
	[LOOK_IN_USE] = "#9ecae1",
	[LOOK_LARGE] = "#6baed6",
	[LOOK_OFF_LIST] = "#bcbddc",
	[LOOK_IO] = "#fdae6b",
	[LOOK_POOL] = "#a1d99b",
	[LOOK_BUSY] = "#fff2ae",
	[LOOK_USED] = "#08519c",
	[LOOK_KERNEL] = "#a50f15",
	[LOOK_STUCK] = "#cb181d",
	[LOOK_PIN] = "#ef3b2c",
};

/* A region on its sheet. */
struct sheet {
	FILE *to;
	const struct lcma_region_info *info;
	uint64_t row;
};

static void escape(FILE *to, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			fputc(*text >= ' ' && *text <= '~' ? *text : '?', to);
		}
	}
}

static double x_of(const struct sheet *sheet, uint64_t in_row)
{
	return LEFT + (double)in_row * WIDTH / sheet->row;
}

/* A piece may reach over several rows. */
static void draw_piece(const struct sheet *sheet,
		       const struct lcma_map_entry *piece)
{
	const enum look look = look_of(piece);
	uint64_t at = piece->offset, end = at + piece->bytes, stop;
	char size[CMACTL_TEXT_BYTES];
	double x, width;

	for (; at < end; at = stop) {
		stop = (at / sheet->row + 1) * sheet->row;
		if (stop > end)
			stop = end;
		x = x_of(sheet, at % sheet->row);
		width = (double)(stop - at) * WIDTH / sheet->row;
		if (look >= LOOK_KERNEL && width < LEAST)
			width = LEAST;
		fprintf(sheet->to, "<rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%u\" fill=\"%s\"><title>",
			x, HEAD + (unsigned int)(at / sheet->row) * ROW, width,
			BAR, colours[look]);
		fprintf(sheet->to, "%s at +0x%" PRIx64 ": %s</title></rect>\n",
			size_text(piece->bytes, size), (uint64_t)piece->offset,
			look_word(look));
	}
}

/* Return: 0, to go on. */
static int draw_label(const struct lcma_buffer_entry *entry, void *data)
{
	const struct sheet *sheet = data;
	const struct lcma_region_info *info = sheet->info;
	uint64_t at, end, stop;
	bool is_first = true;
	unsigned int y;

	if (!(entry->flags & LCMA_BUFFER_PHYS) ||
	    !(info->attrs & LCMA_REGION_PHYS) || entry->phys < info->phys ||
	    entry->phys - info->phys >= info->bytes)
		return 0;
	at = entry->phys - info->phys;
	end = at + entry->bytes;
	for (; at < end; at = stop, is_first = false) {
		stop = (at / sheet->row + 1) * sheet->row;
		if (stop > end)
			stop = end;
		y = HEAD + (unsigned int)(at / sheet->row) * ROW;
		fprintf(sheet->to, "<rect class=\"%s\" x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%u\" fill=\"none\" stroke=\"#ffffff\"/>\n",
			is_first ? "buffer" : "rest", x_of(sheet, at % sheet->row),
			y, (double)(stop - at) * WIDTH / sheet->row, BAR);
		if (!is_first)
			continue;
		fprintf(sheet->to, "<text x=\"%.2f\" y=\"%u\" fill=\"#ffffff\">",
			x_of(sheet, at % sheet->row) + 3, y + 12);
		escape(sheet->to, *entry->label ? entry->label : entry->comm);
		fputs("</text>\n", sheet->to);
	}
	return 0;
}

static void draw_legend(const struct sheet *sheet, unsigned int y)
{
	unsigned int i;

	for (i = 0; i < NR_LOOKS; i++) {
		const unsigned int x = LEFT + i % 3 * 330;
		const unsigned int line = y + 20 + i / 3 * 20;

		fprintf(sheet->to, "<rect x=\"%u\" y=\"%u\" width=\"14\" height=\"14\" fill=\"%s\"/><text x=\"%u\" y=\"%u\">%s</text>\n",
			x, line, colours[i], x + 20, line + 11,
			look_word((enum look)i));
	}
}

void svg_region(FILE *to, int device, const struct lcma_region_info *info,
		const struct picture *picture)
{
	struct sheet sheet = { .to = to, .info = info, .row = info->unit };
	const unsigned int rows = (info->bytes + info->unit - 1) / info->unit;
	const uint64_t base = info->attrs & LCMA_REGION_PHYS ? info->phys : 0;
	char size[CMACTL_TEXT_BYTES], unit[CMACTL_TEXT_BYTES];
	unsigned int i;

	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" font-family=\"monospace\" font-size=\"11\">\n",
		LEFT + WIDTH + 20, HEAD + rows * ROW + FOOT);
	fputs("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text x=\"8\" y=\"18\" font-size=\"13\">region ",
	      to);
	escape(to, info->name);
	fprintf(to, ", %s, a row is %s</text>\n", size_text(info->bytes, size),
		size_text(info->unit, unit));
	for (i = 0; i < rows; i++)
		fprintf(to, "<text x=\"8\" y=\"%u\">%s%08" PRIx64 "</text>\n",
			HEAD + i * ROW + 12,
			info->attrs & LCMA_REGION_PHYS ? "0x" : "+",
			base + i * (uint64_t)info->unit);
	for (i = 0; i < picture->nr; i++)
		draw_piece(&sheet, &picture->pieces[i]);
	/* Everybody's, or at least this user's. */
	if (lcma_for_each_buffer(device, info->name, LCMA_LIST_ALL, draw_label,
				 &sheet))
		lcma_for_each_buffer(device, info->name, 0, draw_label, &sheet);
	draw_legend(&sheet, HEAD + rows * ROW);
	fputs("</svg>\n", to);
}
