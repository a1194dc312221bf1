// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations: see reserved.h.
 *
 * The name of a reservation outlives its pages: nothing takes it back when they are
 * given away. So no page is trusted for the name. Each must be Reserved with one
 * reference, as the boot left it, and in no other carve of ours.
 *
 * A region that may share its pages is made of whole units, because isolation
 * touches whole units. A private one (keep=all) takes any whole pages; so does
 * one that has no whole unit.
 */
#include "source/reserved.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "compat/page.h"
#include "fault.h"
#include "page/pageblock.h"
#include "source/reason.h"

/* Within so many pages all have a struct page or none, and lie in one zone. */
#define ALIKE_PAGES	(SZ_1M >> PAGE_SHIFT)

/* Pages of which the kernel is told in one step, and between offers to reschedule. */
#define COUNTED_PAGES	1024UL

/**
 * struct lcma_reserved - what a carve remembers
 * @link: in the list of all carves
 * @base_pfn: first page frame
 * @nr_pages: how many
 * @block_type: the pageblocks' type as the boot left it
 */
struct lcma_reserved {
	struct list_head link;
	unsigned long base_pfn;
	unsigned long nr_pages;
	unsigned int block_type;
};

/* All carves; a reservation may serve several regions. */
static LIST_HEAD(carves);
static DEFINE_MUTEX(carves_lock);

/**
 * lcma_reservation_set - a reservation in page frames
 * @reservation: the answer
 * @label: its name
 * @phys: first byte
 * @size_bytes: how many
 *
 * Context: any.
 * Return: true if it has a whole page.
 */
bool lcma_reservation_set(struct lcma_reservation *reservation,
			  const char *label, phys_addr_t phys,
			  phys_addr_t size_bytes)
{
	reservation->has_pages = true;
	reservation->label = label;
	reservation->phys = phys;
	reservation->first = PHYS_PFN(phys + PAGE_SIZE - 1);
	reservation->end = PHYS_PFN(phys + size_bytes);
	return reservation->first < reservation->end;
}

/* The whole units of a reservation. Return: pages, possibly 0. */
static unsigned long whole_units(const struct lcma_reservation *reservation,
				 unsigned long *first)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long end = ALIGN_DOWN(reservation->end, unit_pages);

	*first = ALIGN(reservation->first, unit_pages);
	return *first < end ? end - *first : 0;
}

/**
 * lcma_reservation_pages - how large a region can a reservation be?
 * @reservation: the reservation
 * @is_private: nothing of it is ever to be shared
 *
 * Context: any.
 * Return: pages: in whole units, if it has any, and pages can be shared.
 */
unsigned long lcma_reservation_pages(const struct lcma_reservation *reservation,
				     bool is_private)
{
	unsigned long first, nr_pages = 0;

	if (lcma_pageblock_can_share() && reservation->has_pages && !is_private)
		nr_pages = whole_units(reservation, &first);
	return nr_pages ?: reservation->end - reservation->first;
}

/*
 * The first page frame from @pfn on that no carve has. *end: where the next carve
 * begins.
 */
static unsigned long skip_carves(unsigned long pfn, unsigned long *end)
{
	const struct lcma_reserved *carve;
	unsigned long from;

	do {
		from = pfn;
		*end = ULONG_MAX;
		list_for_each_entry(carve, &carves, link) {
			if (carve->base_pfn > pfn)
				*end = min(*end, carve->base_pfn);
			else if (pfn - carve->base_pfn < carve->nr_pages)
				pfn = carve->base_pfn + carve->nr_pages;
		}
	} while (pfn != from);
	return pfn;
}

/**
 * lcma_reservation_taken - how much of a reservation do regions have?
 * @reservation: the reservation
 *
 * Context: process, may sleep.
 * Return: pages.
 */
unsigned long lcma_reservation_taken(const struct lcma_reservation *reservation)
{
	const struct lcma_reserved *carve;
	unsigned long nr_pages = 0, first, end;

	mutex_lock(&carves_lock);
	list_for_each_entry(carve, &carves, link) {
		first = max(carve->base_pfn, reservation->first);
		end = min(carve->base_pfn + carve->nr_pages, reservation->end);
		if (first < end)
			nr_pages += end - first;
	}
	mutex_unlock(&carves_lock);
	return nr_pages;
}

/* Does the page frame have a struct page in the row's zone? Of what lies here it says all. */
static bool is_in_zone(unsigned long pfn, unsigned long row)
{
	return pfn_valid(pfn) &&
	       (pfn == row ||
		page_zone(pfn_to_page(pfn)) == page_zone(pfn_to_page(row)));
}

/* Can a row that begins at @row go on with @pfn, which no carve has? */
static bool goes_on(unsigned long pfn, unsigned long row)
{
	if ((pfn == row || !(pfn % ALIKE_PAGES)) && !is_in_zone(pfn, row))
		return false;
	return lcma_page_is_as_booted(pfn);
}

/*
 * The first row of @nr_pages pages in [first, end), beginning on a multiple of
 * @align, that are all ours. @longest: the longest row there was, in steps of @step.
 */
static bool find_row(bool has_pages, unsigned long first, unsigned long end,
		     unsigned long align, unsigned long step,
		     unsigned long nr_pages, unsigned long *base,
		     unsigned long *longest)
{
	unsigned long row = ALIGN(first, align);
	unsigned long pfn, next, carve_pfn = 0;

	*longest = 0;
	for (pfn = row; pfn < end; pfn++) {
		if (!(pfn % ALIKE_PAGES))
			cond_resched();
		next = pfn < carve_pfn ? pfn : skip_carves(pfn, &carve_pfn);
		if (next == pfn && has_pages && !goes_on(pfn, row))
			next = pfn + 1;
		if (next != pfn) {
			row = ALIGN(next, align);
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

static void set_block_types(unsigned long pfn, unsigned long nr_pages, unsigned int type)
{
	const unsigned long end = pfn + nr_pages;

	for (; pfn < end; pfn += pageblock_nr_pages)
		lcma_pageblock_set_type(pfn, type);
}

/*
 * Reserved pages become ordinary ones that are in use, by us; and back. To tell the
 * kernel that it manages more or less memory costs far more than the flag of a page,
 * whatever the number: so it is told once for many.
 */
static void set_reserved(unsigned long pfn, unsigned long nr_pages, bool reserved)
{
	const unsigned long end = pfn + nr_pages;
	unsigned long next;

	for (; pfn < end; pfn = next) {
		next = min(end, ALIGN(pfn + 1, COUNTED_PAGES));
		adjust_managed_page_count(pfn_to_page(pfn), reserved ? -(long)(next - pfn) :
							    (long)(next - pfn));
		for (; pfn < next; pfn++) {
			if (reserved)
				SetPageReserved(pfn_to_page(pfn));
			else
				ClearPageReserved(pfn_to_page(pfn));
		}
		cond_resched();
	}
}

static void share_blocks(struct lcma_reserved *reserved)
{
	reserved->block_type = lcma_pageblock_type(reserved->base_pfn);
	set_block_types(reserved->base_pfn, reserved->nr_pages, LCMA_MIGRATETYPE);
	set_reserved(reserved->base_pfn, reserved->nr_pages, false);
}

/* What at= and below= leave of [*first, *end). */
static void limit_range(const struct lcma_spec *spec, unsigned long nr_pages,
			unsigned long *first, unsigned long *end)
{
	if (spec->below)
		*end = min_t(u64, *end, spec->below >> PAGE_SHIFT);
	if (spec->at) {
		*first = max_t(u64, *first, spec->at >> PAGE_SHIFT);
		*end = min_t(u64, *end, (spec->at >> PAGE_SHIFT) + nr_pages);
	}
}

/*
 * Under the list's lock: which pages. Return: 0; -ENOSPC; -EINVAL, and the log says so:
 * at= is no place for a region.
 */
static int choose_pages(const struct lcma_spec *spec,
			const struct lcma_reservation *reservation,
			struct lcma_wish *wish, struct lcma_reserved *reserved)
{
	const unsigned long unit_pages = lcma_unit_pages();
	unsigned long first = reservation->first, end = reservation->end;
	unsigned long step = 1, units_first;
	const unsigned long units = whole_units(reservation, &units_first);

	*wish = (struct lcma_wish) {
		.nr_pages = PFN_UP(spec->size_bytes),
		.align_pages = lcma_source_align_pages(spec),
		.is_private = !units || !reservation->has_pages || !lcma_pageblock_can_share() ||
			      spec->keep_high_bytes == LCMA_KEEP_ALL,
	};
	if (!wish->is_private) {
		step = unit_pages;
		first = units_first;
		end = first + units;
		wish->nr_pages = ALIGN(wish->nr_pages, unit_pages);
		wish->align_pages = max(wish->align_pages, unit_pages);
		wish->lost_pages = reservation->end - reservation->first - units;
	}
	reserved->nr_pages = wish->nr_pages;
	if (spec->at & (((u64)step << PAGE_SHIFT) - 1)) {
		lcma_reason_err("region %s: at= has to be a multiple of %lu KiB",
				spec->name, step << (PAGE_SHIFT - 10));
		return -EINVAL;
	}
	limit_range(spec, wish->nr_pages, &first, &end);
	return find_row(reservation->has_pages, first, end, wish->align_pages, step, wish->nr_pages,
			&reserved->base_pfn, &wish->longest) ? 0 : -ENOSPC;
}

/**
 * lcma_reserved_take - take a part of a reservation
 * @spec: the region; no larger than the reservation
 * @reservation: the reservation
 * @wish: what was looked for, and found; for a sentence about -ENOSPC
 * @carve: is filled in, but for its source and its origin
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC; -EINVAL, and the log says why: at= is no place for a region;
 * -ENOMEM. Nothing is taken after an error.
 */
int lcma_reserved_take(const struct lcma_spec *spec,
		       const struct lcma_reservation *reservation,
		       struct lcma_wish *wish, struct lcma_carve *carve)
{
	struct lcma_reserved *reserved;
	int err;

	reserved = lcma_fault(RMEM_CARVE) ? NULL :
		   kzalloc(sizeof(*reserved), GFP_KERNEL);
	if (!reserved)
		return -ENOMEM;
	mutex_lock(&carves_lock);
	err = choose_pages(spec, reservation, wish, reserved);
	if (!err)
		list_add_tail(&reserved->link, &carves);
	mutex_unlock(&carves_lock);
	if (err) {
		kfree(reserved);
		return err;
	}

	carve->base_pfn = reserved->base_pfn;
	carve->nr_pages = reserved->nr_pages;
	carve->shareable = !wish->is_private;
	carve->chunk_pages = wish->is_private ? 1 : lcma_unit_pages();
	carve->lost_pages = wish->lost_pages;
	carve->has_pages = reservation->has_pages;
	carve->private = reserved;
	if (carve->shareable)
		share_blocks(reserved);
	return 0;
}

/**
 * lcma_reserved_give_back - pages are as the boot left them
 * @carve: of lcma_reserved_take()
 * @start_pfn: first page frame; all pages are claimed
 * @nr_pages: how many
 *
 * Context: process, may sleep.
 */
void lcma_reserved_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			     unsigned long nr_pages)
{
	const struct lcma_reserved *reserved = carve->private;

	if (!carve->shareable)
		return;
	set_reserved(start_pfn, nr_pages, true);
	set_block_types(start_pfn, nr_pages, reserved->block_type);
}

/**
 * lcma_reserved_discard - the end of a carve
 * @carve: of lcma_reserved_take(). Pages that were not given back are not Reserved:
 *	no later load takes them.
 *
 * Context: process, may sleep.
 */
void lcma_reserved_discard(struct lcma_carve *carve)
{
	struct lcma_reserved *reserved = carve->private;

	mutex_lock(&carves_lock);
	list_del(&reserved->link);
	mutex_unlock(&carves_lock);
	kfree(reserved);
}
