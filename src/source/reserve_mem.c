// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "reserve_mem": a named reservation, reserve_mem=64M:8M:lcma on the
 * kernel command line (Linux 6.12 and later).
 *
 * The name outlives the pages: nothing takes it back when they are given away.
 * So no page is trusted for its name. Each must be Reserved with one reference,
 * as the boot left it, and in no other carve of ours.
 *
 * A region that may share its pages is made of whole units, because isolation
 * touches whole units. A private one (keep=all) takes any whole pages; so does
 * one that has no whole unit.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "source/source.h"

#include <linux/kmemleak.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat/page.h"
#include "compat/reserve_mem.h"
#include "fault.h"
#include "page/pageblock.h"

/* The reservation that the automatic choice looks for. */
#define DEFAULT_LABEL	"lcma"

/**
 * struct rmem_carve - what a carve remembers
 * @link: in the list of all carves
 * @base_pfn: first page frame
 * @nr_pages: how many
 * @block_type: the pageblocks' type as the boot left it
 */
struct rmem_carve {
	struct list_head link;
	unsigned long base_pfn;
	unsigned long nr_pages;
	unsigned int block_type;
};

/* All carves; a reservation may serve several regions. */
static LIST_HEAD(carves);
static DEFINE_MUTEX(carves_lock);

/**
 * struct rmem - a reservation, in page frames
 * @label: its name
 * @phys: where it begins
 * @first: first whole page
 * @end: exclusive end of the last whole page
 */
struct rmem {
	const char *label;
	phys_addr_t phys;
	unsigned long first;
	unsigned long end;
};

static bool find_rmem(const char *label, struct rmem *rmem)
{
	phys_addr_t start, size;

	rmem->label = *label ? label : DEFAULT_LABEL;
	if (!lcma_compat_reserve_mem(rmem->label, &start, &size))
		return false;
	rmem->phys = start;
	rmem->first = PHYS_PFN(start + PAGE_SIZE - 1);
	rmem->end = PHYS_PFN(start + size);
	return rmem->first < rmem->end;
}

/* The whole units of a reservation. Return: pages, possibly 0. */
static unsigned long whole_units(const struct rmem *rmem, unsigned long *first)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long end = ALIGN_DOWN(rmem->end, unit_pages);

	*first = ALIGN(rmem->first, unit_pages);
	return *first < end ? end - *first : 0;
}

static bool page_is_in_carve(unsigned long pfn)
{
	const struct rmem_carve *carve;

	list_for_each_entry(carve, &carves, link)
		if (pfn >= carve->base_pfn &&
		    pfn - carve->base_pfn < carve->nr_pages)
			return true;
	return false;
}

/* Is this page still as the boot left it? */
static bool page_is_ours(unsigned long pfn)
{
	struct lcma_page_look look;

	if (!pfn_valid(pfn))
		return false;
	lcma_page_look(pfn, &look);
	return look.reserved && look.refcount == 1 && !look.tail &&
	       !look.poisoned &&
	       !page_is_in_carve(pfn);
}

/*
 * The first row of @nr_pages pages in [first, end), beginning on a multiple of
 * @align, that are all ours. @longest: the longest row there was, in steps of @step.
 */
static bool find_row(unsigned long first, unsigned long end,
		     unsigned long align, unsigned long step,
		     unsigned long nr_pages, unsigned long *base,
		     unsigned long *longest)
{
	unsigned long row = ALIGN(first, align);
	unsigned long pfn;

	*longest = 0;
	for (pfn = row; pfn < end; pfn++) {
		if (!(pfn % 1024))
			cond_resched();
		if (!page_is_ours(pfn) ||
		    page_zone(pfn_to_page(pfn)) != page_zone(pfn_to_page(row))) {
			row = ALIGN(pfn + 1, align);
			pfn = row - 1;
			continue;
		}
		*longest = max(*longest, ALIGN_DOWN(pfn + 1 - row, step));
		if (pfn + 1 - row == nr_pages) {
			*base = row;
			return true;
		}
	}
	return false;
}

static void set_block_types(const struct rmem_carve *rc, unsigned int type)
{
	unsigned long pfn;

	for (pfn = rc->base_pfn; pfn < rc->base_pfn + rc->nr_pages;
	     pfn += pageblock_nr_pages)
		lcma_pageblock_set_type(pfn, type);
}

/* Make Reserved pages ordinary ones that are in use, by us; and back. */
static void unreserve_page(struct page *page)
{
	ClearPageReserved(page);
	adjust_managed_page_count(page, 1);
}

/* So many pages in MiB, in whole units. */
static unsigned long whole_mib(unsigned long nr_pages)
{
	return ALIGN(nr_pages, lcma_unit_pages()) >> (20 - PAGE_SHIFT);
}

static int rmem_carve_pages(const struct lcma_spec *spec, struct rmem *rmem,
			    struct lcma_carve *carve, struct rmem_carve *rc)
{
	const unsigned long unit_pages = lcma_unit_pages();
	unsigned long first = rmem->first, end = rmem->end;
	unsigned long nr_pages = PFN_UP(spec->size_bytes);
	unsigned long align = lcma_source_align_pages(spec);
	unsigned long step = 1, longest, i, units_first;
	const unsigned long units = whole_units(rmem, &units_first);
	const bool is_private = !units || !lcma_pageblock_can_share() ||
				spec->keep_high_bytes == LCMA_KEEP_ALL;

	if (!is_private) {
		step = unit_pages;
		first = units_first;
		end = first + units;
		nr_pages = ALIGN(nr_pages, unit_pages);
		align = max(align, unit_pages);
	}
	if (!find_row(first, end, align, step, nr_pages, &rc->base_pfn,
		      &longest)) {
		pr_err("region %s: wants %lu KiB in one piece at a multiple of %lu KiB, reservation %s has %lu KiB that are still reserved, unused%s; put reserve_mem=%luM:%luM:%s on the kernel command line, or reboot if an earlier unload left pages behind\n",
		       spec->name, nr_pages << (PAGE_SHIFT - 10),
		       align << (PAGE_SHIFT - 10), rmem->label,
		       longest << (PAGE_SHIFT - 10),
		       is_private ? "" : " and in whole units",
		       whole_mib(rmem->end - rmem->first + nr_pages - longest),
		       max(align, unit_pages) >> (20 - PAGE_SHIFT), rmem->label);
		return -ENOSPC;
	}
	rc->nr_pages = nr_pages;

	carve->base_pfn = rc->base_pfn;
	carve->nr_pages = nr_pages;
	carve->shareable = !is_private;
	carve->chunk_pages = is_private ? 1 : unit_pages;
	carve->lost_pages = is_private ? 0 : rmem->end - rmem->first - units;
	carve->private = rc;
	snprintf(carve->origin, sizeof(carve->origin), "reserve_mem:%s",
		 rmem->label);

	if (carve->shareable) {
		rc->block_type = lcma_pageblock_type(rc->base_pfn);
		set_block_types(rc, LCMA_MIGRATETYPE);
		for (i = 0; i < nr_pages; i++) {
			unreserve_page(pfn_to_page(rc->base_pfn + i));
			if (!(i % 1024))
				cond_resched();
		}
	}
	return 0;
}

static int rmem_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	struct rmem_carve *rc;
	struct rmem rmem;
	int err;

	if (!LCMA_HAS_RESERVE_MEM) {
		pr_err("region %s: reserve_mem= came with Linux 6.12; on this kernel use cma=\n",
		       spec->name);
		return -EOPNOTSUPP;
	}
	if (!find_rmem(spec->source_arg, &rmem)) {
		pr_err("region %s: no reservation of the name %s; put reserve_mem=%lluM:%luM:%s on the kernel command line\n",
		       spec->name, rmem.label,
		       (spec->size_bytes + SZ_1M - 1) >> 20,
		       lcma_unit_pages() >> (20 - PAGE_SHIFT), rmem.label);
		return -ENODEV;
	}
	if (spec->size_bytes > (u64)(rmem.end - rmem.first) << PAGE_SHIFT) {
		pr_err("region %s: wants %llu KiB, reservation %s has %lu KiB; put reserve_mem=%lluM:%luM:%s on the kernel command line\n",
		       spec->name, spec->size_bytes >> 10, rmem.label,
		       (rmem.end - rmem.first) << (PAGE_SHIFT - 10),
		       (spec->size_bytes + SZ_1M - 1) >> 20,
		       max(lcma_source_align_pages(spec), lcma_unit_pages()) >>
		       (20 - PAGE_SHIFT), rmem.label);
		return -ENOSPC;
	}

	rc = lcma_fault(RMEM_CARVE) ? NULL : kzalloc(sizeof(*rc), GFP_KERNEL);
	if (!rc)
		return -ENOMEM;
	mutex_lock(&carves_lock);
	err = rmem_carve_pages(spec, &rmem, carve, rc);
	if (!err) {
		list_add(&rc->link, &carves);
		/* It took the reservation for data of the kernel, full of pointers. */
		kmemleak_ignore_phys(rmem.phys);
	}
	mutex_unlock(&carves_lock);
	if (err)
		kfree(rc);
	return err;
}

static void rmem_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			   unsigned long nr_pages)
{
	const struct rmem_carve *rc = carve->private;
	unsigned long pfn;

	if (!carve->shareable)
		return;
	for (pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++) {
		mark_page_reserved(pfn_to_page(pfn));
		if (!(pfn % pageblock_nr_pages))
			lcma_pageblock_set_type(pfn, rc->block_type);
		if (!(pfn % 1024))
			cond_resched();
	}
}

/* Pages that were not given back are not Reserved: no later load takes them. */
static void rmem_discard(struct lcma_carve *carve)
{
	struct rmem_carve *rc = carve->private;

	mutex_lock(&carves_lock);
	list_del(&rc->link);
	mutex_unlock(&carves_lock);
	kfree(rc);
}

static int rmem_suggest(struct lcma_spec *spec, char *why, size_t size_bytes)
{
	unsigned long first, nr_pages;
	struct rmem rmem;

	if (!LCMA_HAS_RESERVE_MEM) {
		snprintf(why, size_bytes,
			 "reserve_mem= came with Linux 6.12, this kernel is older");
		return -ENODEV;
	}
	if (!find_rmem(DEFAULT_LABEL, &rmem)) {
		snprintf(why, size_bytes,
			 "no reservation of the name %s; put reserve_mem=64M:%luM:%s on the kernel command line",
			 DEFAULT_LABEL, lcma_unit_pages() >> (20 - PAGE_SHIFT),
			 DEFAULT_LABEL);
		return -ENODEV;
	}
	nr_pages = lcma_pageblock_can_share() ? whole_units(&rmem, &first) : 0;
	if (!nr_pages || spec->keep_high_bytes == LCMA_KEEP_ALL)
		nr_pages = rmem.end - rmem.first;
	spec->size_bytes = (u64)nr_pages << PAGE_SHIFT;
	strscpy(spec->source_arg, DEFAULT_LABEL, sizeof(spec->source_arg));
	return 0;
}

const struct lcma_source lcma_source_reserve_mem = {
	.word = "reserve_mem",
	.arg = LCMA_ARG_OPTIONAL,
	.turn = 10,
	.suggest = rmem_suggest,
	.carve = rmem_carve,
	.give_back = rmem_give_back,
	.discard = rmem_discard,
};
