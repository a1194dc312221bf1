// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: see request.h.
 */
#include "alloc/request.h"

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pfn.h>

#include <uapi/linux/lcma.h>

#include "core/parse.h"

/* One set of flags, whichever front end sets them. */
static_assert(LCMA_ALLOC_F_NOWAIT == LCMA_NOWAIT);
static_assert(LCMA_ALLOC_F_QUIET == LCMA_QUIET);
static_assert(LCMA_PREPARE_F_QUIET == LCMA_QUIET);
static_assert(LCMA_PREPARE_F_WAIT == LCMA_WAIT);
static_assert(!((LCMA_TOUCH | LCMA_AHEAD) &
		(LCMA_NOWAIT | LCMA_QUIET | LCMA_ZERO | LCMA_WAIT)));

/* A request for no page at all. */
static bool is_empty(const struct lcma_ask *ask)
{
	return !ask->bytes && !ask->nr_pages;
}

/* An alignment that no address can have. */
static bool is_odd(const struct lcma_ask *ask)
{
	return (ask->align_bytes && !lcma_is_pow2(ask->align_bytes)) ||
	       ask->align_order >= BITS_PER_LONG - 1;
}

/* Return: 0; -EFBIG: no region has as many pages. */
static int count_pages(const struct lcma_ask *ask, unsigned long *nr_pages)
{
	if (ask->bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES ||
	    ask->nr_pages >= LCMA_MAP_MAX_PAGES)
		return -EFBIG;
	*nr_pages = max_t(unsigned long, ask->nr_pages, PFN_UP(ask->bytes));
	return 0;
}

/* Return: 0; -ENOSPC: no address in a region is aligned so. */
static int align_pages(const struct lcma_ask *ask, unsigned long *nr_pages)
{
	if (ask->align_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES ||
	    1UL << ask->align_order >= LCMA_MAP_MAX_PAGES)
		return -ENOSPC;
	*nr_pages = max_t(unsigned long, 1UL << ask->align_order,
			  ask->align_bytes >> PAGE_SHIFT);
	return 0;
}

/* More page frames than an unsigned long counts are no limit. */
static unsigned long pages_of(u64 bytes)
{
	return min_t(u64, bytes >> PAGE_SHIFT, ULONG_MAX);
}

/*
 * Return: 0; -EINVAL: a place or a boundary that no memory can have; -ENOSPC: nothing
 * lies before such an address.
 */
static int limit_pages(const struct lcma_limits *limits, unsigned long nr_pages,
		       struct lcma_reach *reach)
{
	*reach = (struct lcma_reach) {};
	if (!(limits->at | limits->below | limits->boundary))
		return 0;
	reach->at = pages_of(limits->at);
	reach->below = pages_of(limits->below);
	reach->boundary = pages_of(limits->boundary);
	if (offset_in_page((unsigned long)limits->at))
		return -EINVAL;
	if (limits->boundary && (!lcma_is_pow2(limits->boundary) ||
				 reach->boundary < nr_pages))
		return -EINVAL;
	/* Nothing on this machine is so far up. */
	if (limits->boundary >> PAGE_SHIFT > ULONG_MAX)
		reach->boundary = 0;
	return limits->below && !reach->below ? -ENOSPC : 0;
}

/*
 * The regions of a list, in the order in which this request asks them.
 * Return: 0; -EINVAL: no list; -ENOENT: no region of one of its names.
 */
static noinline int find_listed(const char *text, struct lcma_request *request)
{
	struct lcma_region *found[LCMA_LIST_REGIONS];
	struct lcma_list list;
	unsigned int i, turn;

	if (lcma_list_parse(text, &list))
		return -EINVAL;
	for (i = 0; i < list.nr; i++) {
		found[i] = lcma_region_find(list.names[i]);
		if (!found[i])
			return -ENOENT;
	}
	/* Each list counts by itself, unless two begin with the same region. */
	turn = atomic_fetch_inc(&found[0]->nr_listed);
	for (i = 0; i < list.nr; i++)
		request->regions[i] = found[lcma_list_nth(&list, i, turn)];
	request->nr_regions = list.nr;
	return 0;
}

/* Return: 0; -EINVAL: no list of regions; -ENOENT: no region of that name. */
static int find_region(const struct lcma_ask *ask, struct lcma_request *request)
{
	request->region = ask->region;
	if (request->region || !ask->region_name || !*ask->region_name)
		return 0;
	if (lcma_list_is_one(ask->region_name))
		return find_listed(ask->region_name, request);
	request->region = lcma_region_find(ask->region_name);
	return request->region ? 0 : -ENOENT;
}

/**
 * lcma_request_make - check what a caller asks for, and translate it
 * @ask: what it asks for
 * @request: the same as a request; undefined after an error
 *
 * The deadline runs from now.
 *
 * Context: any but hard interrupts.
 * Return: 0; -EOPNOTSUPP unknown flag; -EINVAL no pages, an alignment that is no
 * power of two or beyond any address, a place that is no multiple of the page size, a
 * boundary that is no power of two or smaller than the request, a malformed label or list;
 * -ENOENT no region of that name; -EFBIG larger than any region; -ENOSPC no address in
 * a region is aligned so, or there is no page before the limit.
 */
int lcma_request_make(const struct lcma_ask *ask, struct lcma_request *request)
{
	int err;

	if (ask->flags & ~ask->known_flags)
		return -EOPNOTSUPP;
	/* All but the regions of a list: hardly any request has one. */
	request->nr_regions = 0;
	request->flags = ask->flags;
	request->deadline = LCMA_FOREVER;
	request->owner = ask->owner;
	request->label = ask->label ?: "";
	request->asker = NULL;
	if (is_empty(ask) || is_odd(ask) ||
	    (ask->label && !lcma_label_is_valid(ask->label)))
		return -EINVAL;
	err = find_region(ask, request);
	err = err ?: count_pages(ask, &request->nr_pages);
	err = err ?: align_pages(ask, &request->align_pages);
	err = err ?: limit_pages(&ask->limits, request->nr_pages, &request->reach);
	if (!err && ask->timeout_ms)
		request->deadline = ktime_add_ms(ktime_get(), ask->timeout_ms);
	return err;
}

/**
 * lcma_request_nth - the regions that a request without one region asks
 * @request: the request
 * @i: 0 and up
 *
 * Context: any.
 * Return: the region; NULL after the last one.
 */
struct lcma_region *lcma_request_nth(const struct lcma_request *request,
				     unsigned int i)
{
	if (!request->nr_regions)
		return lcma_region_nth(i);
	return i < request->nr_regions ? request->regions[i] : NULL;
}

/**
 * lcma_request_fit - what a request looks for in one region
 * @request: the request
 * @region: the region
 * @fit: length and alignment, multiples of what the region deals in, and limits; after
 *	an error too, for the failure's record
 *
 * Context: any.
 * Return: 0; -EOPNOTSUPP: pages are wanted, and it serves none; -EFBIG: larger than the
 * region; -ERANGE: the limits leave no place in it,
 * whatever is used.
 */
int lcma_request_fit(const struct lcma_request *request,
		     const struct lcma_region *region, struct lcma_fit *fit)
{
	const bool is_limited = lcma_reach_is_given(&request->reach);
	const unsigned long granule = region->granule_pages;

	fit->align_offset = region->carve.base_pfn;
	fit->align_mask = max3(request->align_pages, granule,
			       region->align_pages) - 1;
	fit->nr_pages = request->nr_pages;
	fit->first = 0;
	fit->end = 0;
	fit->boundary_mask = 0;
	if (is_limited)
		lcma_reach_apply(&request->reach, region->map.nr_pages, fit);
	if (request->flags & LCMA_LOOSE && !lcma_carve_serves_pages(&region->carve))
		return -EOPNOTSUPP;
	if (request->nr_pages > region->map.nr_pages)
		return -EFBIG;
	fit->nr_pages = ALIGN(request->nr_pages, granule);
	if (fit->nr_pages > region->map.nr_pages)
		return -EFBIG;
	if (is_limited &&
	    !lcma_reach_apply(&request->reach, region->map.nr_pages, fit))
		return -ERANGE;
	return 0;
}
