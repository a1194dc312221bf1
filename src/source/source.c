// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of sources, and the automatic choice among them.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "source/source.h"

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "fault.h"
#include "source/reason.h"

/* Room for the sentence in which a source says what it lacks. */
#define WHY_BYTES	240

#define SOURCE_ROW(name)	&lcma_source_##name,

static const struct lcma_source * const sources[] = {
	LCMA_SOURCES(SOURCE_ROW)
};

/**
 * lcma_source_word - the word of the source with a number
 * @source: the number, as a spec has it
 *
 * Context: any.
 * Return: a constant string; NULL if there is no such source.
 */
const char *lcma_source_word(unsigned int source)
{
	return source < ARRAY_SIZE(sources) ? sources[source]->word : NULL;
}

/**
 * lcma_source_arg - what may follow the word of the source with a number
 * @source: the number; there is such a source
 *
 * Context: any.
 * Return: the rule.
 */
enum lcma_source_arg lcma_source_arg(unsigned int source)
{
	return sources[source]->arg;
}

/**
 * lcma_source_align_pages - at a multiple of what has a region to begin?
 * @spec: the region
 *
 * So that it can hold one buffer of its own size, aligned as all its buffers are.
 * What wants more alignment than it has memory is attach.c's to judge.
 *
 * Return: pages, a power of two; 1: no matter.
 */
unsigned long lcma_source_align_pages(const struct lcma_spec *spec)
{
	const u64 align_bytes = max(spec->align_bytes,
				    (u64)PAGE_SIZE << spec->order);

	if (align_bytes > spec->size_bytes ||
	    align_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return 1;
	return align_bytes >> PAGE_SHIFT;
}

/**
 * lcma_source_may_begin - may a region begin at a page frame?
 * @spec: the region
 * @pfn: the page frame
 *
 * Context: any.
 * Return: true if align=, order= and at= allow it.
 */
bool lcma_source_may_begin(const struct lcma_spec *spec, unsigned long pfn)
{
	return IS_ALIGNED(pfn, lcma_source_align_pages(spec)) &&
	       (!spec->at || spec->at == (u64)pfn << PAGE_SHIFT);
}

/**
 * lcma_source_may_end - may a region end before a page frame?
 * @spec: the region
 * @end_pfn: the page frame after its last one
 *
 * Context: any.
 * Return: true if below= allows it.
 */
bool lcma_source_may_end(const struct lcma_spec *spec, unsigned long end_pfn)
{
	return !spec->below || (u64)end_pfn << PAGE_SHIFT <= spec->below;
}

/**
 * lcma_source_limit_text - where a region has to be, in words
 * @spec: the region
 * @text: where to: "", or words that begin with a blank
 * @size_bytes: its size; 80 is enough
 *
 * Context: any.
 * Return: length of the text.
 */
int lcma_source_limit_text(const struct lcma_spec *spec, char *text,
			   size_t size_bytes)
{
	int len = scnprintf(text, size_bytes, "%s", "");

	if (spec->at)
		return scnprintf(text, size_bytes, " at %#llx", spec->at);
	if (lcma_source_align_pages(spec) > 1)
		len = scnprintf(text, size_bytes, " at a multiple of %lu KiB",
				lcma_source_align_pages(spec) <<
				(PAGE_SHIFT - 10));
	if (spec->below)
		len += scnprintf(text + len, size_bytes - len, " below %#llx",
				 spec->below);
	return len;
}

/**
 * lcma_carve_is_high - is it outside the kernel's linear mapping, and has pages?
 * @carve: the carve
 *
 * Context: any.
 * Return: true for HIGHMEM.
 */
bool lcma_carve_is_high(const struct lcma_carve *carve)
{
	return carve->has_pages && PageHighMem(pfn_to_page(carve->base_pfn));
}

/**
 * lcma_carve_zone - the zone that it lies in, for people
 * @carve: the carve
 *
 * Context: any.
 * Return: the zone's name; "none" if it has no pages.
 */
const char *lcma_carve_zone(const struct lcma_carve *carve)
{
	return carve->has_pages ?
	       page_zone(pfn_to_page(carve->base_pfn))->name : "none";
}

/* The numbers of the sources that may be chosen automatically, in turn; how many. */
static unsigned int list_turns(unsigned int *turns)
{
	unsigned int i, at, nr = 0;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!sources[i]->suggest)
			continue;
		for (at = nr++; at && sources[turns[at - 1]]->turn >
				      sources[i]->turn; at--)
			turns[at] = turns[at - 1];
		turns[at] = i;
	}
	return nr;
}

/* Return: 0; -ENODEV, and why in a sentence of each source; another errno. */
static int ask_in_turn(struct lcma_spec *spec, const unsigned int *turns,
		       unsigned int nr, char (*why)[WHY_BYTES])
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		err = sources[turns[i]]->suggest(spec, why[i], WHY_BYTES);
		if (!err)
			spec->source = turns[i];
		if (err != -ENODEV)
			return err;
	}
	return -ENODEV;
}

/**
 * lcma_source_suggest - the automatic choice
 * @spec: gets source, source_arg and size_bytes
 *
 * Asks every source that may be chosen so, each in its turn.
 *
 * Context: process, may sleep.
 * Return: 0; -ENODEV if there is no reservation, and the log says what was
 * looked for; -ENOMEM if there was no memory to look.
 */
int lcma_source_suggest(struct lcma_spec *spec)
{
	unsigned int turns[ARRAY_SIZE(sources)];
	const unsigned int nr = list_turns(turns);
	char (*why)[WHY_BYTES];
	unsigned int i;
	int err;

	why = lcma_fault(SOURCE_WHY) ? NULL :
	      kcalloc(nr, sizeof(*why), GFP_KERNEL);
	if (!why)
		return -ENOMEM;
	err = ask_in_turn(spec, turns, nr, why);
	if (err == -ENODEV) {
		lcma_reason_err("region %s: no source of memory:", spec->name);
		for (i = 0; i < nr; i++)
			pr_err("  %s: %s\n", sources[turns[i]]->word, why[i]);
	}
	kfree(why);
	return err;
}

/**
 * lcma_source_describe - all that the automatic choice makes of a source
 * @spec: of lcma_source_suggest()
 * @text: regions, in the words of regions=; "": the one that the spec says
 * @size_bytes: room for it
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC if it does not fit, and the log says so.
 */
int lcma_source_describe(const struct lcma_spec *spec, char *text,
			 size_t size_bytes)
{
	const struct lcma_source *source = sources[spec->source];

	*text = '\0';
	return source->describe ? source->describe(text, size_bytes) : 0;
}

/**
 * lcma_source_carve - take the memory of a region from its source
 * @spec: the region
 * @carve: what was taken
 *
 * A spec without "@source" takes what the automatic choice would, in the size
 * that the spec says.
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP if this kernel lacks the source; else the source's errno.
 * The log says what is wrong.
 */
int lcma_source_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	const struct lcma_source *source;
	struct lcma_spec wanted = *spec;
	int err;

	if (wanted.source == LCMA_SOURCE_ANY) {
		err = lcma_source_suggest(&wanted);
		if (err)
			return err;
		wanted.size_bytes = spec->size_bytes;
	}
	source = sources[wanted.source];

	memset(carve, 0, sizeof(*carve));
	err = source->carve(&wanted, carve);
	if (err)
		return err;
	carve->source = source;
	return 0;
}
