// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of sources, and the automatic choice among them.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "source/source.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/printk.h>

/* Room for the sentence in which a source says what it lacks. */
#define WHY_BYTES	240

/* In the order of the automatic choice. */
static const struct lcma_source * const sources[] = {
	&lcma_source_reserve_mem,
	&lcma_source_cma,
};

/* regions= accepts, and advertises, the sources that are here. */
static_assert(ARRAY_SIZE(sources) == LCMA_NR_SOURCES);

static const struct lcma_source *find_source(enum lcma_source_id id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sources) - 1; i++)
		if (sources[i]->id == id)
			break;
	return sources[i];
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
 * lcma_source_suggest - the automatic choice
 * @spec: gets source, source_arg and size_bytes
 *
 * Asks every source in turn, the most specific one first.
 *
 * Context: process, may sleep.
 * Return: 0; -ENODEV if there is no reservation, and the log says what was
 * looked for; -ENOMEM if there was no memory to look.
 */
int lcma_source_suggest(struct lcma_spec *spec)
{
	char why[ARRAY_SIZE(sources)][WHY_BYTES];
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		err = sources[i]->suggest(spec, why[i], WHY_BYTES);
		if (!err)
			spec->source = sources[i]->id;
		if (err != -ENODEV)
			return err;
	}
	pr_err("region %s: no source of memory:\n", spec->name);
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		pr_err("  %s: %s\n", lcma_source_word(sources[i]->id), why[i]);
	return -ENODEV;
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
	source = find_source(wanted.source);

	memset(carve, 0, sizeof(*carve));
	err = source->carve(&wanted, carve);
	if (err)
		return err;
	carve->source = source;
	return 0;
}
