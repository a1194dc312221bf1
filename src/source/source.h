/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sources: where a region's memory comes from.
 *
 * A source is a file of this folder with a struct lcma_source in it, and one word in
 * LCMA_SOURCES(); nothing else names it. What others have to know of it are members
 * of that struct, and of the carve that it hands over.
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
 * @is_kernel_cma: it lies in a CMA area of the kernel, which counts its pages as
 *	such
 * @has_pages: its struct pages are memory's. Else nothing may look at them, it is never
 *	shared, and buffers are page frames
 * @cache: how every mapping of it is; the source sets it where it has no pages, else
 *	attach.c does
 * @vaddr: all of it mapped so, where it has no pages
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
	bool is_kernel_cma;
	bool has_pages;
	enum lcma_cache cache;
	void *vaddr;
	char origin[LCMA_SOURCE_ARG_BYTES + 16];
	void *private;
};

/**
 * struct lcma_source - a kind of reservation
 * @word: what it is called in regions=
 * @arg: what may follow that word
 * @turn: when the automatic choice asks it: the lowest comes first
 * @suggest: for the automatic choice: fill in size_bytes and source_arg of a
 *	spec; a size that is there already has to fit. NULL: it is never chosen
 *	automatically. May sleep. Return: 0;
 *	-ENODEV, and in @why a sentence: what was looked for and what to put on
 *	the command line; another errno if it could not look.
 * @describe: all that the automatic choice makes of it, in the words of regions=, after
 *	suggest() succeeded. NULL: the one region of suggest(). May sleep. Return: 0;
 *	an errno, after it has logged what is wrong.
 * @carve: take memory where lcma_source_may_begin() and lcma_source_may_end() say.
 *	May sleep. Return: 0; or an errno, after it has logged in a sentence what is wrong
 *	and what to put on the command line.
 * @give_back: return chunks, all of whose pages are claimed. May sleep. Cannot
 *	fail.
 * @discard: the end of a carve. What was not returned by give_back() is lost
 *	to the source until the next boot. May sleep.
 */
struct lcma_source {
	const char *word;
	enum lcma_source_arg arg;
	unsigned int turn;
	int (*suggest)(struct lcma_spec *spec, char *why, size_t size_bytes);
	int (*describe)(char *text, size_t size_bytes);
	int (*carve)(const struct lcma_spec *spec, struct lcma_carve *carve);
	void (*give_back)(struct lcma_carve *carve, unsigned long start_pfn,
			  unsigned long nr_pages);
	void (*discard)(struct lcma_carve *carve);
};

/* Every source, lcma_source_NAME, in the order in which complaints list them. */
#define LCMA_SOURCES(ROW) \
	ROW(cma) \
	ROW(reserve_mem) \
	ROW(live) \
	ROW(of)

#define LCMA_SOURCE_DECLARE(name) \
	extern const struct lcma_source lcma_source_##name;

LCMA_SOURCES(LCMA_SOURCE_DECLARE)

const char *lcma_source_word(unsigned int source);
enum lcma_source_arg lcma_source_arg(unsigned int source);
unsigned long lcma_source_align_pages(const struct lcma_spec *spec);
bool lcma_source_may_begin(const struct lcma_spec *spec, unsigned long pfn);
bool lcma_source_may_end(const struct lcma_spec *spec, unsigned long end_pfn);
int lcma_source_limit_text(const struct lcma_spec *spec, char *text,
			   size_t size_bytes);
bool lcma_carve_is_high(const struct lcma_carve *carve);
const char *lcma_carve_zone(const struct lcma_carve *carve);
int lcma_source_suggest(struct lcma_spec *spec);
int lcma_source_describe(const struct lcma_spec *spec, char *text,
			 size_t size_bytes);
int lcma_source_carve(const struct lcma_spec *spec, struct lcma_carve *carve);

/*
 * May a driver have its struct pages? The kernel maps pages cached. Where other mappings
 * are not, it may not get them.
 */
static inline bool lcma_carve_serves_pages(const struct lcma_carve *carve)
{
	return carve->has_pages && carve->cache == LCMA_CACHE_WB;
}

#endif
