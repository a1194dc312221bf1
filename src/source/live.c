// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "live": memory that nothing was reserved of, out of the running system,
 * live:0x90000000 or live. It is never chosen automatically.
 *
 * First a survey looks at every unit of every zone, and claims nothing: a unit will do
 * if all of its blocks are MOVABLE and no page of it looks stuck. (Up to Linux 6.16 a claim
 * would turn blocks of other types into MOVABLE ones, and a region must not change
 * what is not its own.) ZONE_MOVABLE is left alone: it is the administrator's for unplugging
 * memory, and blocks of the type CMA have no business there. Then strips of units are
 * claimed, in one call each, those of the longest row first (core/strip.h). Where a claim
 * fails, the unit that it failed in is found by claiming one after the other, and does
 * not count any longer.
 *
 * The blocks get the type CMA as long as they are the region's; what they were is
 * remembered for each, and is what they are again before their pages go back.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/parse.h"
#include "core/strip.h"
#include "fault.h"
#include "page/obstacle.h"
#include "page/pageblock.h"
#include "source/reason.h"
#include "source/source.h"
#include "source/taker.h"

/* How often a strip, and then a unit of it, is tried. */
#define STRIP_TRIES	3
#define UNIT_TRIES	2

/* How many strips are tried: each that fails takes the time of its migrations. */
#define MAX_STRIPS	16

/* What a region leaves of the memory that the system could do without: an eighth. */
#define SPARE_FRACTION	8

/**
 * struct live - what a carve remembers
 * @base_pfn: first page frame
 * @types: for each pageblock, what it was
 */
struct live {
	unsigned long base_pfn;
	u8 *types;
};

/**
 * struct survey - all units that there are
 * @spec: the region that they are looked at for
 * @units: what was seen, ascending in each zone
 * @pfns: the first page frame of each
 * @nr: how many there are
 * @max: how many fit
 */
struct survey {
	const struct lcma_spec *spec;
	struct lcma_strip_unit *units;
	unsigned long *pfns;
	unsigned long nr;
	unsigned long max;
};

static bool is_surveyed(struct zone *zone)
{
	return populated_zone(zone) && zone_idx(zone) < ZONE_MOVABLE;
}

/* Is every block of the unit there, in this zone, and MOVABLE? */
static bool is_movable(const struct zone *zone, unsigned long pfn)
{
	const unsigned long end = pfn + lcma_unit_pages();

	for (; pfn < end; pfn += pageblock_nr_pages) {
		if (!pfn_valid(pfn) || !pfn_valid(pfn + pageblock_nr_pages - 1) ||
		    page_zone(pfn_to_page(pfn)) != zone ||
		    page_zone(pfn_to_page(pfn + pageblock_nr_pages - 1)) != zone ||
		    lcma_pageblock_type(pfn) != MIGRATE_MOVABLE)
			return false;
	}
	return true;
}

static void look_at_unit(struct survey *survey, const struct zone *zone,
			 unsigned long pfn)
{
	const unsigned long unit_pages = lcma_unit_pages();
	struct lcma_strip_unit *unit = &survey->units[survey->nr];
	struct lcma_weight weight = {};

	*unit = (struct lcma_strip_unit) {
		.is_good = is_movable(zone, pfn),
		.is_first = !survey->nr ||
			    survey->pfns[survey->nr - 1] + unit_pages != pfn,
		.may_begin = lcma_source_may_begin(survey->spec, pfn),
		.may_end = lcma_source_may_end(survey->spec, pfn + unit_pages),
	};
	if (unit->is_good)
		lcma_obstacle_weigh(pfn, unit_pages, unit_pages, &weight);
	if (weight.nr_stuck)
		unit->is_good = false;
	unit->nr_users = weight.nr_users;
	survey->pfns[survey->nr++] = pfn;
}

static void look_at_zone(struct survey *survey, const struct zone *zone)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long end = zone_end_pfn(zone);
	unsigned long pfn = ALIGN(zone->zone_start_pfn, unit_pages);
	bool is_first = true;

	for (; pfn + unit_pages <= end && survey->nr < survey->max;
	     pfn += unit_pages) {
		look_at_unit(survey, zone, pfn);
		/* The neighbour may belong to another zone. */
		if (is_first)
			survey->units[survey->nr - 1].is_first = true;
		is_first = false;
		cond_resched();
	}
}

/* All zones of all nodes. next_zone() is not exported. */
static void for_zones(struct survey *survey,
		      void (*visit)(struct survey *survey, const struct zone *zone))
{
	int nid, i;

	for_each_online_node(nid)
		for (i = 0; i < MAX_NR_ZONES; i++)
			if (is_surveyed(&NODE_DATA(nid)->node_zones[i]))
				visit(survey, &NODE_DATA(nid)->node_zones[i]);
}

static void count_units(struct survey *survey, const struct zone *zone)
{
	survey->max += zone->spanned_pages / lcma_unit_pages();
}

static void end_survey(struct survey *survey)
{
	kvfree(survey->units);
	kvfree(survey->pfns);
}

/* Return: 0; -ENOMEM. */
static int make_survey(const struct lcma_spec *spec, struct survey *survey)
{
	*survey = (struct survey) { .spec = spec };
	for_zones(survey, count_units);
	survey->units = lcma_fault(LIVE_SURVEY) ? NULL :
			kvcalloc(survey->max + 1, sizeof(*survey->units),
				 GFP_KERNEL);
	survey->pfns = kvcalloc(survey->max + 1, sizeof(*survey->pfns),
				GFP_KERNEL);
	if (!survey->units || !survey->pfns) {
		end_survey(survey);
		return -ENOMEM;
	}
	for_zones(survey, look_at_zone);
	return 0;
}

/* Return: 0; -EBUSY, -ENOMEM or -EINTR of the last try. */
static int take(unsigned long pfn, unsigned long nr_pages, unsigned int tries)
{
	int err;

	do {
		err = lcma_taker()->take(pfn, nr_pages);
		if (fatal_signal_pending(current))
			return err ? -EINTR : 0;
	} while (err == -EBUSY && --tries);
	return err;
}

/* A strip failed: the units of it that fail by themselves are no longer good. */
static int find_bad_units(struct survey *survey, unsigned long first,
			  unsigned long nr)
{
	const unsigned long unit_pages = lcma_unit_pages();
	unsigned long i, nr_bad = 0;
	int err;

	for (i = first; i < first + nr; i++) {
		err = take(survey->pfns[i], unit_pages, UNIT_TRIES);
		if (!err) {
			lcma_taker()->give(survey->pfns[i], unit_pages);
			continue;
		}
		if (err != -EBUSY)
			return err;
		survey->units[i].is_good = false;
		nr_bad++;
	}
	/* It was there for a moment; or will be there again. */
	if (!nr_bad)
		survey->units[first + nr / 2].is_good = false;
	return 0;
}

/*
 * Return: 0, and the strip of *first is taken; -ENOSPC; -ENOMEM; -EINTR. *longest: the
 * longest strip that looked as if it could be taken, in units.
 */
static int take_strip(struct survey *survey, unsigned long nr,
		      unsigned long *first, unsigned long *longest)
{
	const unsigned long unit_pages = lcma_unit_pages();
	unsigned int tries;
	int err;

	for (tries = 0; tries < MAX_STRIPS; tries++) {
		*first = lcma_strip_choose(survey->units, survey->nr, nr, longest);
		if (*first == LCMA_NO_UNIT)
			return -ENOSPC;
		err = take(survey->pfns[*first], nr * unit_pages, STRIP_TRIES);
		if (!err)
			return 0;
		if (err == -EBUSY)
			err = find_bad_units(survey, *first, nr);
		if (err)
			return err;
	}
	return -ENOSPC;
}

static void log_shortage(const struct lcma_spec *spec, int err,
			 unsigned long nr_pages, unsigned long longest_pages)
{
	const unsigned int kib = PAGE_SHIFT - 10;
	char where[80];

	lcma_source_limit_text(spec, where, sizeof(where));
	if (err == -ENOMEM)
		lcma_reason_err("region %s: the system has no memory to move %lu KiB to",
				spec->name, nr_pages << kib);
	else if (err == -EINTR)
		lcma_reason_err("region %s: was killed while memory was taken",
				spec->name);
	else
		lcma_reason_err("region %s: wants %lu KiB in one piece%s, the running system can give %lu KiB now (whole units of %lu KiB in MOVABLE blocks); ask for less, earlier after the boot, or reserve it: cma=%luM",
				spec->name, nr_pages << kib, where,
				longest_pages << kib, lcma_unit_pages() << kib,
				ALIGN(nr_pages, lcma_unit_pages()) >> (20 - PAGE_SHIFT));
}

/* live:BASE is live and at=BASE. Return: 0; -EINVAL. */
static int read_base(const struct lcma_spec *spec, struct lcma_spec *wanted)
{
	const struct lcma_word word = {
		.at = spec->source_arg, .len_bytes = strlen(spec->source_arg),
	};
	u64 base;

	*wanted = *spec;
	if (*spec->source_arg) {
		if (lcma_word_address(&word, &base) || !base ||
		    (spec->at && spec->at != base)) {
			lcma_reason_err("region %s: live:%s needs an address, as in live:0x90000000, and no other at=",
					spec->name, spec->source_arg);
			return -EINVAL;
		}
		wanted->at = base;
	}
	if (wanted->at & (((u64)lcma_unit_pages() << PAGE_SHIFT) - 1)) {
		lcma_reason_err("region %s: live memory begins at multiples of %lu KiB",
				spec->name, lcma_unit_pages() << (PAGE_SHIFT - 10));
		return -EINVAL;
	}
	return 0;
}

/* Return: 0; -EFBIG; -ENOMEM: the system needs its memory itself. */
static int count_pages(const struct lcma_spec *spec, unsigned long *nr_pages)
{
	const long spare = si_mem_available();

	if (spec->size_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES) {
		lcma_reason_err("region %s: %llu KiB is more than one region can be",
				spec->name, spec->size_bytes >> 10);
		return -EFBIG;
	}
	*nr_pages = ALIGN((unsigned long)(spec->size_bytes >> PAGE_SHIFT) +
			  !!offset_in_page(spec->size_bytes), lcma_unit_pages());
	if (spare > 0 && *nr_pages <= spare - spare / SPARE_FRACTION)
		return 0;
	lcma_reason_err("region %s: wants %lu KiB of the running system, which has %ld KiB to spare",
			spec->name, *nr_pages << (PAGE_SHIFT - 10),
			max(spare, 0L) << (PAGE_SHIFT - 10));
	return -ENOMEM;
}

/* The blocks are ours: from now on only movable pages may come into them. */
static void change_types(struct live *live, unsigned long nr_pages)
{
	unsigned long i, pfn;

	for (i = 0; i < nr_pages / pageblock_nr_pages; i++) {
		pfn = live->base_pfn + i * pageblock_nr_pages;
		live->types[i] = lcma_pageblock_type(pfn);
		if (lcma_pageblock_can_share())
			lcma_pageblock_set_type(pfn, LCMA_MIGRATETYPE);
	}
}

static int live_take(const struct lcma_spec *spec, struct live *live,
		     unsigned long nr_pages)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long nr_units = nr_pages / unit_pages;
	const ktime_t began = ktime_get();
	unsigned long first, longest = 0;
	struct survey survey;
	ktime_t surveyed;
	int err = make_survey(spec, &survey);

	if (err)
		return err;
	surveyed = ktime_get();
	err = take_strip(&survey, nr_units, &first, &longest);
	if (err) {
		log_shortage(spec, err, nr_pages, longest * unit_pages);
	} else {
		live->base_pfn = survey.pfns[first];
		pr_info("region %s: %lu KiB taken from the running system, %lu KiB of them were in use and have moved; looking at %lu MiB took %lld ms, taking %lld ms\n",
			spec->name, nr_pages << (PAGE_SHIFT - 10),
			lcma_strip_users(survey.units, first, nr_units) <<
			(PAGE_SHIFT - 10),
			survey.nr * unit_pages >> (20 - PAGE_SHIFT),
			ktime_ms_delta(surveyed, began),
			ktime_ms_delta(ktime_get(), surveyed));
	}
	end_survey(&survey);
	return err;
}

static int live_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	unsigned long nr_pages;
	struct lcma_spec wanted;
	struct live *live;
	int err;

	err = read_base(spec, &wanted) ?: count_pages(&wanted, &nr_pages);
	if (err)
		return err;
	live = lcma_fault(LIVE_CARVE) ? NULL : kzalloc(sizeof(*live), GFP_KERNEL);
	if (!live)
		return -ENOMEM;
	live->types = kvzalloc(nr_pages / pageblock_nr_pages, GFP_KERNEL);
	if (!live->types) {
		kfree(live);
		return -ENOMEM;
	}
	err = live_take(&wanted, live, nr_pages);
	if (err) {
		kvfree(live->types);
		kfree(live);
		return err;
	}
	change_types(live, nr_pages);

	carve->base_pfn = live->base_pfn;
	carve->nr_pages = nr_pages;
	carve->chunk_pages = lcma_unit_pages();
	carve->has_pages = true;
	carve->shareable = lcma_pageblock_can_share();
	strscpy(carve->origin, "live", sizeof(carve->origin));
	carve->private = live;
	return 0;
}

static void live_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			   unsigned long nr_pages)
{
	const struct live *live = carve->private;
	unsigned long i, pfn;

	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += pageblock_nr_pages) {
		i = (pfn - live->base_pfn) / pageblock_nr_pages;
		lcma_pageblock_set_type(pfn, live->types[i]);
	}
	lcma_taker()->give(start_pfn, nr_pages);
}

/* What was not given back stays movable memory, in blocks of the type CMA. */
static void live_discard(struct lcma_carve *carve)
{
	struct live *live = carve->private;

	kvfree(live->types);
	kfree(live);
}

const struct lcma_source lcma_source_live = {
	.word = "live",
	.arg = LCMA_ARG_OPTIONAL,
	.carve = live_carve,
	.give_back = live_give_back,
	.discard = live_discard,
};
