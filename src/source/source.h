/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sources: where a region's memory comes from. Each lives in a file of its own
 * (source_cma.c, source_reserve_mem.c) and is entered in the table in source.c;
 * nothing else knows how many there are.
 */
#ifndef LCMA_SOURCE_H
#define LCMA_SOURCE_H

#include <linux/types.h>

#include "core/map.h"
#include "core/spec.h"

struct lcma_source;

/**
 * struct lcma_carve - memory that was taken from a source
 * @source: the source
 * @base_pfn: first page frame
 * @nr_pages: how many
 * @chunk_pages: what can be returned to the source in one piece; nr_pages is a
 *	multiple of it, and so is @base_pfn if @shareable
 * @lost_pages: pages of the reservation that alignment made unusable
 * @shareable: pages may be given to the buddy allocator: the carve is made of
 *	whole units, whose pageblocks hold movable pages only
 * @origin: for people: "cma", "reserve_mem:lcma"; the source fills it in
 * @private: the source's own
 *
 * All pages are claimed: order 0, one reference each, no mapping, and, if the
 * carve is shareable, not Reserved.
 */
struct lcma_carve {
	const struct lcma_source *source;
	unsigned long base_pfn;
	unsigned long nr_pages;
	unsigned long chunk_pages;
	unsigned long lost_pages;
	bool shareable;
	char origin[LCMA_SOURCE_ARG_BYTES + 16];
	void *private;
};

/**
 * struct lcma_source - a kind of reservation
 * @id: which one it is in regions=
 * @suggest: for the automatic choice: fill in size_bytes and source_arg of a
 *	spec. May sleep. Return: 0; -ENODEV, and in @why a sentence: what was
 *	looked for and what to put on the command line; another errno if it
 *	could not look.
 * @carve: take memory that begins at a multiple of lcma_source_align_pages(). May
 *	sleep. Return: 0; or an errno, after it has logged in a sentence what is wrong
 *	and what to put on the command line.
 * @give_back: return chunks, all of whose pages are claimed. May sleep. Cannot
 *	fail.
 * @discard: the end of a carve. What was not returned by give_back() is lost
 *	to the source until the next boot. May sleep.
 */
struct lcma_source {
	enum lcma_source_id id;
	int (*suggest)(struct lcma_spec *spec, char *why, size_t size_bytes);
	int (*carve)(const struct lcma_spec *spec, struct lcma_carve *carve);
	void (*give_back)(struct lcma_carve *carve, unsigned long start_pfn,
			  unsigned long nr_pages);
	void (*discard)(struct lcma_carve *carve);
};

extern const struct lcma_source lcma_source_cma;
extern const struct lcma_source lcma_source_reserve_mem;

unsigned long lcma_source_align_pages(const struct lcma_spec *spec);
int lcma_source_suggest(struct lcma_spec *spec);
int lcma_source_carve(const struct lcma_spec *spec, struct lcma_carve *carve);

#endif
