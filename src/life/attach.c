// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching regions: see attach.h. A carve becomes a region; when all else has
 * succeeded idle pages go to the system; and at the end all of it goes back.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "life/attach.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "alloc/policy.h"
#include "core/spec.h"
#include "fault.h"
#include "life/drain.h"
#include "page/pageblock.h"
#include "region/poison.h"
#include "region/region.h"
#include "source/reason.h"
#include "source/source.h"
#include "source/system.h"
#include "supply/quarantine.h"
#include "supply/surplus.h"

/* Room for the regions of a device tree. */
#define TEXT_BYTES	SZ_8K

/* The region of the automatic choice. */
#define DEFAULT_REGION	"default"

static char *regions;
module_param(regions, charp, 0444);
MODULE_PARM_DESC(regions,
		 "NAME=SIZE[@SOURCE][,OPTION]...[;...], for example \"cam=32M@cma;gpu=16M@reserve_mem:gpu,keep=all\"");

static char *default_keep;
module_param(default_keep, charp, 0444);
MODULE_PARM_DESC(default_keep,
		 "keep= of regions without one [from 0 to a quarter of the region]");

/* Without default_keep: so much of a region. */
#define DEFAULT_KEEP_FRACTION	4

static const struct lcma_spec_words words = {
	.source = lcma_source_word,
	.source_arg = lcma_source_arg,
	.policy = lcma_policy_word,
};

static void log_complaint(const char *parameter,
			  const struct lcma_complaint *complaint,
			  const char *text)
{
	char why[LCMA_COMPLAINT_BYTES];

	lcma_complaint_text(complaint, text, strlen(text), why, sizeof(why));
	lcma_reason_err("%s=: %s", parameter, why);
}

/*
 * What a region keeps without keep=: so much that a caller that allocates and frees
 * all the time, or many small buffers out of one large free block, finds most of
 * them here; without requests nothing of it stays.
 */
static int suggest_keep(const struct lcma_carve *carve, struct lcma_spec *spec)
{
	struct lcma_complaint complaint;
	int err;

	if (!default_keep || !*default_keep) {
		spec->keep_low_bytes = 0;
		spec->keep_high_bytes = (u64)(carve->nr_pages /
					      DEFAULT_KEEP_FRACTION) << PAGE_SHIFT;
		return 0;
	}
	err = lcma_spec_parse_keep(default_keep, spec, &complaint);
	if (err)
		log_complaint("default_keep", &complaint, default_keep);
	return err;
}

/*
 * Without CONFIG_CMA a claim empties whole pageblocks, all of them or none, and
 * one page in use makes its block unclaimable. So buffers are whole units there,
 * and nothing between all and none is kept.
 */
static int settle_movable(struct lcma_spec *spec)
{
	const unsigned long unit_pages = lcma_unit_pages();

	if (spec->keep_high_bytes) {
		lcma_reason_err("region %s: keep= is 0 or all on a kernel without CONFIG_CMA",
				spec->name);
		return -EOPNOTSUPP;
	}
	spec->order = max_t(unsigned int, spec->order, ilog2(unit_pages));
	spec->align_bytes = max(spec->align_bytes,
				(u64)unit_pages << PAGE_SHIFT);
	pr_warn("region %s: shared as movable memory, because this kernel has no CONFIG_CMA: every buffer takes whole units of %lu KiB, and memory that cannot be moved may enter the region (EBUSY, capacity lost at unload)\n",
		spec->name, unit_pages << (PAGE_SHIFT - 10));
	return 0;
}

/*
 * How the memory is mapped. What the kernel maps itself it maps cached, and two mappings
 * of one page have to be alike.
 */
static int settle_cache(struct lcma_carve *carve, const struct lcma_spec *spec)
{
	if (!carve->has_pages)
		return 0;
	carve->cache = spec->cache == LCMA_CACHE_ANY ? LCMA_CACHE_WB : spec->cache;
	if (carve->cache == LCMA_CACHE_WB ||
	    (carve->cache == LCMA_CACHE_WC && lcma_carve_is_high(carve)))
		return 0;
	lcma_reason_err("region %s: cache=%s is not possible in %s, which the kernel %s; use a no-map node of the device tree%s",
			spec->name, lcma_cache_word(carve->cache), lcma_carve_zone(carve),
			lcma_carve_is_high(carve) ? "maps cached at times" :
						    "has mapped cached already",
			IS_ENABLED(CONFIG_HIGHMEM) ? ", or, for cache=wc, HIGHMEM" : "");
	return -EOPNOTSUPP;
}

/* A region that cannot share its pages keeps them all. */
static int settle_keep(const struct lcma_carve *carve, struct lcma_spec *spec)
{
	const bool given = spec->keep_given;
	int err;

	if (!given && carve->shareable && LCMA_HAS_CMA) {
		err = suggest_keep(carve, spec);
		if (err)
			return err;
	}
	if (spec->keep_high_bytes == LCMA_KEEP_ALL)
		return 0;
	if (carve->shareable)
		return LCMA_HAS_CMA ? 0 : settle_movable(spec);
	if (given && !carve->has_pages) {
		lcma_reason_err("region %s: no-map memory cannot be shared with the system, so keep= is all",
				spec->name);
		return -EOPNOTSUPP;
	}
	if (given && !lcma_pageblock_can_share()) {
		lcma_reason_err("region %s: keep= less than all needs a kernel built with CONFIG_CMA, or share_movable=1",
				spec->name);
		return -EOPNOTSUPP;
	}
	pr_notice("region %s: %s, so it is private (keep=all)\n", spec->name,
		  !carve->has_pages ? "is memory that the kernel does not map" :
		  lcma_pageblock_can_share() ? "has no whole unit" :
					       "this kernel has no CONFIG_CMA");
	spec->keep_low_bytes = LCMA_KEEP_ALL;
	spec->keep_high_bytes = LCMA_KEEP_ALL;
	return 0;
}

/* A region in which no buffer can ever be is a mistake that shows at once. */
static int check_fit(const struct lcma_region *region)
{
	const struct lcma_carve *carve = &region->carve;
	const u64 granule = region->granule_pages;
	const u64 align = max_t(u64, region->align_pages, granule);
	const u64 first = ALIGN((u64)carve->base_pfn, align);

	if (first + granule <= (u64)carve->base_pfn + carve->nr_pages)
		return 0;
	lcma_reason_err("region %s: no buffer fits, with align= and order= as they are: %llu KiB at a multiple of %llu KiB, in %lu KiB; make SIZE larger, or align= or order= smaller",
			region->name, granule << (PAGE_SHIFT - 10),
			align << (PAGE_SHIFT - 10),
			carve->nr_pages << (PAGE_SHIFT - 10));
	return -ENOSPC;
}

static void announce(const struct lcma_region *region,
		     const struct lcma_spec *spec)
{
	const struct lcma_carve *carve = &region->carve;
	const u64 bytes = (u64)carve->nr_pages << PAGE_SHIFT;
	const phys_addr_t base = lcma_region_phys(region, 0);
	char keep[32];

	if (spec->keep_high_bytes == LCMA_KEEP_ALL)
		strscpy(keep, "all (private)", sizeof(keep));
	else
		snprintf(keep, sizeof(keep), "%llu KiB",
			 spec->keep_high_bytes >> 10);
	pr_info("region %s: %llu KiB at %pa from %s, zone %s%s%s, unit %lu KiB, keep %s; %llu KiB were asked for, %lu KiB of the reservation lost to alignment\n",
		region->name, bytes >> 10, &base, carve->origin,
		lcma_carve_zone(carve),
		carve->cache == LCMA_CACHE_WB ? "" : ", cache ",
		carve->cache == LCMA_CACHE_WB ? "" :
						lcma_cache_word(carve->cache),
		region->unit_pages << (PAGE_SHIFT - 10), keep,
		spec->size_bytes >> 10,
		carve->lost_pages << (PAGE_SHIFT - 10));
}

/* What regions leave to the kernel, which has only that for what cannot be moved. */
static void announce_rest(void)
{
	unsigned long cma_pages, fixed_pages, fixed_free_pages;

	lcma_attach_rest(&cma_pages, &fixed_pages, &fixed_free_pages);
	pr_info("%lu KiB of the kernel's CMA are left for its own users; for what cannot be moved the kernel has %lu KiB outside CMA, %lu KiB of them free\n",
		cma_pages << (PAGE_SHIFT - 10),
		fixed_pages << (PAGE_SHIFT - 10),
		fixed_free_pages << (PAGE_SHIFT - 10));
}

/* Return: a region with all of its pages, which no caller can find; ERR_PTR. */
static struct lcma_region *make_region(struct lcma_spec *spec)
{
	struct lcma_region *region;
	struct lcma_carve carve;
	int err;

	err = lcma_source_carve(spec, &carve);
	if (err)
		return ERR_PTR(err);
	err = settle_cache(&carve, spec) ?: settle_keep(&carve, spec);
	if (err)
		goto err_give_back;
	region = lcma_region_new(spec, &carve);
	if (IS_ERR(region)) {
		err = PTR_ERR(region);
		goto err_give_back;
	}
	err = check_fit(region);
	if (err)
		goto err_free;
	lcma_poison_note(region, 0, carve.nr_pages);
	lcma_quarantine_start(region);
	lcma_surplus_start(region);
	return region;

err_free:
	lcma_region_free(region);
err_give_back:
	carve.source->give_back(&carve, carve.base_pfn, carve.nr_pages);
	carve.source->discard(&carve);
	return ERR_PTR(err);
}

/* The end of a region that no caller can find, or will ever find again. */
static void end_region(struct lcma_region *region)
{
	lcma_drain_for_good(region);
	lcma_surplus_stop(region);
	lcma_region_uncarve(region);
	lcma_region_free(region);
}

static int attach_region(struct lcma_spec *spec)
{
	struct lcma_region *region;
	int err = lcma_region_has_room();

	if (err) {
		lcma_reason_err("region %s: there are %u regions already", spec->name,
				LCMA_MAX_REGIONS);
		return err;
	}
	region = make_region(spec);
	if (IS_ERR(region))
		return PTR_ERR(region);
	lcma_region_register(region);
	announce(region, spec);
	return 0;
}

/* @text is what @parameter says. */
static int attach_specs(const char *parameter, const char *text)
{
	struct lcma_complaint complaint;
	struct lcma_spec *specs;
	int i, nr, err = 0;

	specs = lcma_fault(ATTACH_SPECS) ? NULL :
		kcalloc(LCMA_MAX_REGIONS, sizeof(*specs), GFP_KERNEL);
	if (!specs)
		return -ENOMEM;
	nr = lcma_spec_parse(text, &words, specs, LCMA_MAX_REGIONS,
			     &complaint);
	if (nr < 0) {
		log_complaint(parameter, &complaint, text);
		err = nr;
	}
	for (i = 0; i < nr && !err; i++)
		err = attach_region(&specs[i]);
	kfree(specs);
	return err;
}

/* What regions= could have said. */
static int attach_described(struct lcma_spec *spec)
{
	char *text;
	int err;

	text = lcma_fault(ATTACH_TEXT) ? NULL : kzalloc(TEXT_BYTES, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	err = lcma_source_describe(spec, text, TEXT_BYTES);
	if (!err && *text) {
		pr_info("without regions= as with regions=%s\n", text);
		err = attach_specs("device tree, regions", text);
	} else if (!err) {
		err = attach_region(spec);
	}
	kfree(text);
	return err;
}

static int attach_automatically(void)
{
	struct lcma_spec spec = {
		.name = DEFAULT_REGION,
		.source = LCMA_SOURCE_ANY,
		.align_bytes = 1,
	};

	return lcma_source_suggest(&spec) ?: attach_described(&spec);
}

/**
 * lcma_attach_all - attach what regions= says, or the automatic choice
 *
 * Context: while the module loads; may sleep.
 * Return: 0; -EINVAL for a malformed parameter; -ENODEV if there is no source;
 * -ENOSPC if one has less than a region wants; -EOPNOTSUPP if this kernel lacks
 * it; -ENOMEM. Then nothing is attached, and the log says why.
 */
int lcma_attach_all(void)
{
	int err = regions && *regions ? attach_specs("regions", regions) :
					attach_automatically();

	if (err)
		lcma_detach_all();
	else
		announce_rest();
	return err;
}

/* Is there a region, or a heap, of that name? Return: 0; -EEXIST. */
static int check_new(const struct lcma_spec *spec)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i) {
		if (!strcmp(region->name, spec->name)) {
			lcma_reason_err("region %s: there is one of this name%s",
					spec->name,
					READ_ONCE(region->life) == LCMA_DRAINED ?
					"; it is drained, write its name alone to bring it back" :
					"");
			return -EEXIST;
		}
		if (*spec->heap && !strcmp(region->heap, spec->heap)) {
			lcma_reason_err("region %s: region %s has heap=%s",
					spec->name, region->name, spec->heap);
			return -EEXIST;
		}
	}
	return 0;
}

/**
 * lcma_attach_new - make one more region
 * @text: one region, as in regions=
 *
 * It has all of its pages, and serves whoever knows it, but cannot be found:
 * lcma_attach_publish() or lcma_attach_drop() follows.
 *
 * Context: process, may sleep; the caller lets one region arrive at a time.
 * Return: the region; ERR_PTR of lcma_attach_all(); -EEXIST there is one of this name,
 * or of this heap= name; -ENOSPC also if there are LCMA_MAX_REGIONS. The reason is known
 * (source/reason.h).
 */
struct lcma_region *lcma_attach_new(const char *text)
{
	struct lcma_complaint complaint;
	struct lcma_region *region;
	struct lcma_spec spec;
	int err = lcma_spec_parse(text, &words, &spec, 1, &complaint);

	if (err < 0) {
		log_complaint("add", &complaint, text);
		return ERR_PTR(err);
	}
	err = check_new(&spec);
	if (err)
		return ERR_PTR(err);
	err = lcma_region_has_room();
	if (err) {
		lcma_reason_err("region %s: there are %u regions already", spec.name,
				LCMA_MAX_REGIONS);
		return ERR_PTR(err);
	}
	region = make_region(&spec);
	if (IS_ERR(region))
		return region;
	announce(region, &spec);
	return region;
}

/**
 * lcma_attach_publish - let a new region be found, and share its idle pages
 * @region: of lcma_attach_new(), whose caller is still the only one
 *
 * Context: process, may sleep.
 */
void lcma_attach_publish(struct lcma_region *region)
{
	lcma_region_register(region);
	lcma_surplus_share(region);
	/* The upkeep learns of its pool. */
	lcma_surplus_poke();
}

/**
 * lcma_attach_drop - the end of a new region that cannot be shown
 * @region: of lcma_attach_new()
 *
 * Context: process, may sleep.
 */
void lcma_attach_drop(struct lcma_region *region)
{
	end_region(region);
}

/* Does what the source gave now fit what the region was made for? */
static bool is_alike(const struct lcma_carve *a, const struct lcma_carve *b)
{
	return a->nr_pages == b->nr_pages && a->shareable == b->shareable &&
	       a->has_pages == b->has_pages && a->cache == b->cache &&
	       IS_ALIGNED(a->base_pfn - b->base_pfn, lcma_unit_pages());
}

/* The region is drained, and stays so. Return: 0, and it serves; an errno. */
static int carve_again(struct lcma_region *region)
{
	const struct lcma_spec *spec = &region->spec;
	struct lcma_carve carve;
	int err = lcma_source_carve(spec, &carve);

	if (err)
		return err;
	/* It may lie in another zone, where it may not be mapped so. */
	err = settle_cache(&carve, spec);
	if (!err && !is_alike(&carve, &region->carve)) {
		lcma_reason_err("region %s: the source has %lu KiB at another place or of another kind now, it had %lu KiB",
				region->name, carve.nr_pages << (PAGE_SHIFT - 10),
				region->carve.nr_pages << (PAGE_SHIFT - 10));
		err = -ENOSPC;
	}
	if (err) {
		carve.source->give_back(&carve, carve.base_pfn, carve.nr_pages);
		carve.source->discard(&carve);
		return err;
	}
	lcma_region_recarve(region, &carve);
	lcma_poison_note(region, 0, carve.nr_pages);
	lcma_region_set_life(region, LCMA_LIVE);
	lcma_surplus_share(region);
	lcma_surplus_poke();
	announce(region, spec);
	return 0;
}

/**
 * lcma_attach_again - bring a drained region back
 * @name: its name; a newline may follow
 *
 * It is the same region: clients that have it can allocate again, and what was set at
 * run time stays. It may lie elsewhere.
 *
 * Context: process, may sleep; the caller lets one region arrive at a time.
 * Return: 0; -ENOENT no such region; -EEXIST it is not drained; -EINTR; -ENOSPC the
 * source has not as much memory now; else the source's errno. The reason is known
 * (source/reason.h), and the region is still drained.
 */
int lcma_attach_again(const char *name)
{
	struct lcma_region *region = NULL;
	char word[LCMA_NAME_BYTES];
	int err;

	if (strscpy(word, name, sizeof(word)) >= 0) {
		strim(word);
		region = lcma_region_find(word);
	}
	if (!region) {
		lcma_reason_err("no region of this name is drained; a new one is NAME=SIZE[@SOURCE][,OPTION]...");
		return -ENOENT;
	}
	if (mutex_lock_killable(&region->drain_lock))
		return -EINTR;
	if (READ_ONCE(region->life) == LCMA_DRAINED) {
		err = carve_again(region);
	} else {
		lcma_reason_err("region %s is not drained", region->name);
		err = -EEXIST;
	}
	mutex_unlock(&region->drain_lock);
	return err;
}

/**
 * lcma_attach_rest - what is left for the kernel itself, beside all regions
 * @cma_pages: of its CMA areas, for its own users and for movable pages
 * @fixed_pages: where it can put what cannot be moved
 * @fixed_free_pages: how many of these are free just now
 *
 * Context: process; may sleep.
 */
void lcma_attach_rest(unsigned long *cma_pages, unsigned long *fixed_pages,
		      unsigned long *fixed_free_pages)
{
	const struct lcma_carve *carve;
	struct lcma_region *region;
	struct lcma_system system;
	unsigned int i;

	lcma_system_look(&system);
	lcma_for_each_region(region, i) {
		carve = &region->carve;
		if (READ_ONCE(region->life) == LCMA_DRAINED)
			continue;
		if (carve->is_kernel_cma)
			system.cma_pages -= min(system.cma_pages,
						carve->nr_pages);
		else if (carve->shareable &&
			 !lcma_carve_is_high(carve))
			system.fixed_pages -= min(system.fixed_pages,
						  carve->nr_pages);
	}
	*cma_pages = system.cma_pages;
	*fixed_pages = system.fixed_pages;
	*fixed_free_pages = system.fixed_free_pages;
}

/**
 * lcma_attach_share - give the system what regions do not keep for themselves
 *
 * Until then nothing is shared, so nothing has to be migrated back, and nothing
 * can be lost, when a step of loading fails.
 *
 * Context: the last step of loading; may sleep. A region may be in use, or
 * drained, by now: then the pool gives nothing away.
 */
void lcma_attach_share(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		lcma_surplus_share(region);
}

/**
 * lcma_detach_all - all memory back to where it came from
 *
 * Context: while the module unloads; may sleep. There are no buffers.
 */
void lcma_detach_all(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		end_region(region);
	lcma_region_forget_all();
}
