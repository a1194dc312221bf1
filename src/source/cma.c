// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "cma": a part of the kernel's own default CMA area (cma=96M on the
 * kernel command line, or CONFIG_CMA_SIZE_*). area.c takes it.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "page/pageblock.h"
#include "source/area.h"
#include "source/reason.h"
#include "source/source.h"
#include "source/system.h"

/*
 * The automatic choice leaves half of the area to the kernel's own users: at least a
 * unit each.
 */
#define SUGGEST_MIN_UNITS	2

/* What a cma= that lcma names leaves for them, beside what is asked for. */
#define KERNEL_SHARE_PAGES	(SZ_16M >> PAGE_SHIFT)

/* Room for a sentence that says why there is no memory. */
#define WHY_BYTES		240

/*
 * The size of the kernel's area.
 * Return: 0, also if there is none (*nr_pages is 0); -ENOMEM.
 */
static int find_area(unsigned long *nr_pages)
{
	struct lcma_area *area = lcma_area_open();
	int err;

	*nr_pages = 0;
	if (IS_ERR(area))
		return PTR_ERR(area);
	err = lcma_area_measure(area, nr_pages);
	lcma_area_close(area);
	return err;
}

/**
 * struct advice - what to put on the kernel command line
 * @is_known: what stands there can be known
 * @word: the value of the cma= that stands there; "": none
 * @word_pages: how much that asks for
 * @text: a sentence
 */
struct advice {
	bool is_known;
	char word[LCMA_SYSTEM_WORD_BYTES];
	unsigned long word_pages;
	char text[160];
};

/*
 * "put cma=64M in place of cma=32M": the value to write, which the machine may have. Of
 * @spec, where the area has to be; or NULL.
 */
static void advise(struct advice *advice, const struct lcma_system *system,
		   unsigned long nr_pages, const struct lcma_spec *spec)
{
	const unsigned long mib = 20 - PAGE_SHIFT;
	char place[LCMA_SYSTEM_WORD_BYTES + 24] = "";
	char range[32] = "";

	nr_pages = ALIGN(nr_pages, lcma_unit_pages());
	if (nr_pages >= system->all_pages) {
		snprintf(advice->text, sizeof(advice->text),
			 "ask for less: the machine has no more than %lu MiB of memory in all",
			 system->all_pages >> mib);
		return;
	}
	if (*advice->word)
		snprintf(place, sizeof(place), " in place of cma=%s",
			 advice->word);
	if (spec && spec->at)
		snprintf(range, sizeof(range), "@%#llx", spec->at);
	else if (spec && spec->below)
		snprintf(range, sizeof(range), "@0-%#llx", spec->below);
	snprintf(advice->text, sizeof(advice->text),
		 "put cma=%luM%s on the kernel command line%s",
		 nr_pages >> mib, range, place);
}

static void read_command_line(struct advice *advice)
{
	advice->is_known = lcma_system_cma_word(advice->word,
						sizeof(advice->word));
	advice->word_pages = memparse(advice->word, NULL) >> PAGE_SHIFT;
}

/*
 * No area at all is not an area that is too small: to ask for a larger one, where the
 * kernel could not reserve what it was asked for, makes it worse.
 */
static void explain_no_area(const struct lcma_system *system,
			    unsigned long want_pages,
			    const struct lcma_spec *spec, char *why,
			    size_t size_bytes)
{
	struct advice advice;

	read_command_line(&advice);
	if (advice.word_pages) {
		snprintf(why, size_bytes,
			 "the kernel has no CMA area although cma=%s was asked for: it could not reserve it, see the boot log; use a smaller one",
			 advice.word);
		return;
	}
	advise(&advice, system, want_pages + KERNEL_SHARE_PAGES, spec);
	snprintf(why, size_bytes, "the kernel has no CMA area; %s%s",
		 advice.is_known ? "" :
		 "if cma= is on its command line already it could not reserve that, see the boot log, and a smaller one may do; else ",
		 advice.text);
}

/* Why the area gave nothing that may be part of the region. */
static const char *nothing_text(const struct lcma_spec *spec)
{
	return spec->at || spec->below ?
	       ": others hold it, or the area lies elsewhere" : ": others hold it";
}

static void log_shortage(struct lcma_area *area, const struct lcma_row *want)
{
	const struct lcma_spec *spec = want->spec;
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long align_pages = lcma_source_align_pages(spec);
	const unsigned int kib = PAGE_SHIFT - 10;
	const unsigned long missing = (want->nr_units - want->longest) *
				      unit_pages;
	unsigned long area_pages;
	struct lcma_system system;
	struct advice advice;
	char why[WHY_BYTES], where[80];

	lcma_system_look(&system);
	if (!system.cma_pages) {
		explain_no_area(&system, want->nr_units * unit_pages, spec, why,
				sizeof(why));
		lcma_reason_err("region %s: %s", spec->name, why);
		return;
	}
	lcma_source_limit_text(spec, where, sizeof(where));
	if (lcma_area_measure(area, &area_pages) || !area_pages)
		area_pages = system.cma_pages;
	read_command_line(&advice);
	advise(&advice, &system,
	       (advice.word_pages ?: area_pages) + missing +
	       align_pages - min(align_pages, unit_pages), spec);
	lcma_reason_err("region %s: wants %lu KiB in one piece%s, the kernel's CMA area can give %lu KiB now (in units of %lu KiB, on their edges)%s; %s",
			spec->name, (want->nr_units * unit_pages) << kib, where,
			(want->longest * unit_pages) << kib, unit_pages << kib,
			want->longest ? "" : nothing_text(spec), advice.text);
}

static int cma_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	struct lcma_area *area;
	struct lcma_row want;
	int err;

	if (!LCMA_HAS_CMA) {
		lcma_reason_err("region %s: this kernel was built without CONFIG_CMA, so there is no cma= area; use reserve_mem",
				spec->name);
		return -EOPNOTSUPP;
	}
	err = lcma_area_row(spec, &want);
	if (err)
		return err;
	area = lcma_area_open();
	if (IS_ERR(area))
		return PTR_ERR(area);
	err = lcma_area_take(area, &want, carve);
	if (err == -ENOSPC)
		log_shortage(area, &want);
	if (err) {
		lcma_area_close(area);
		return err;
	}
	strscpy(carve->origin, "cma", sizeof(carve->origin));
	carve->private = area;
	return 0;
}

static void cma_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			  unsigned long nr_pages)
{
	lcma_area_give_back(carve->private, start_pfn, nr_pages);
}

static void cma_discard(struct lcma_carve *carve)
{
	lcma_area_close(carve->private);
}

static int cma_suggest(struct lcma_spec *spec, char *why, size_t size_bytes)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long want_pages = SUGGEST_MIN_UNITS * unit_pages;
	struct lcma_system system;
	struct advice advice;
	unsigned long nr_pages;
	int err;

	if (!LCMA_HAS_CMA) {
		snprintf(why, size_bytes,
			 "this kernel was built without CONFIG_CMA");
		return -ENODEV;
	}
	err = find_area(&nr_pages);
	if (err)
		return err;
	if (!nr_pages) {
		lcma_system_look(&system);
		if (system.cma_pages)
			snprintf(why, size_bytes,
				 "the kernel's CMA area has nothing to give now: its %lu KiB are in use",
				 system.cma_pages << (PAGE_SHIFT - 10));
		else
			explain_no_area(&system, want_pages, NULL, why,
					size_bytes);
		return -ENODEV;
	}
	if (nr_pages < want_pages) {
		lcma_system_look(&system);
		read_command_line(&advice);
		advise(&advice, &system, want_pages + KERNEL_SHARE_PAGES, NULL);
		snprintf(why, size_bytes,
			 "the kernel's CMA area has %lu KiB, %lu KiB (%u units of %lu KiB) are wanted; %s",
			 nr_pages << (PAGE_SHIFT - 10),
			 want_pages << (PAGE_SHIFT - 10), SUGGEST_MIN_UNITS,
			 unit_pages << (PAGE_SHIFT - 10), advice.text);
		return -ENODEV;
	}
	spec->size_bytes = (u64)round_down(nr_pages / 2, unit_pages) << PAGE_SHIFT;
	return 0;
}

const struct lcma_source lcma_source_cma = {
	.word = "cma",
	.arg = LCMA_ARG_NONE,
	.turn = 20,
	.suggest = cma_suggest,
	.carve = cma_carve,
	.give_back = cma_give_back,
	.discard = cma_discard,
};
