/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests: what a caller asked for, checked and in the units of the map.
 *
 *	text, ioctl, heap, kernel API:	struct lcma_ask		bytes, names, flags
 *	lcma_request_make()		struct lcma_request	pages, a region, a deadline
 *	lcma_request_fit()		struct lcma_fit		what one region's map looks for
 *
 * Every way in hands over what it was asked for, and one function decides what is
 * wrong with it. No other function makes a request.
 */
#ifndef LCMA_REQUEST_H
#define LCMA_REQUEST_H

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/lcma.h>
#include <linux/types.h>

#include "core/list.h"
#include "core/reach.h"
#include "region/owner.h"
#include "region/region.h"

/*
 * The flags of a request are those of <linux/lcma.h>; LCMA_ALLOC_F_* of the uapi have
 * the same values. Three more are for requests inside lcma only:
 */
/* lcma_alloc_zeroed() writes to every page, also to those that are zero. */
#define LCMA_TOUCH		BIT(31)
/* A driver wants pages without a buffer: what the pool serves is marked as its own. */
#define LCMA_LOOSE		BIT(29)
/* Nobody waits for it, see ahead.h: it uses nothing that others have prepared. */
#define LCMA_AHEAD		BIT(30)

/**
 * struct lcma_ask - what a caller asks for, in its own units
 * @region: where; NULL: where @region_name says
 * @region_name: where: a region's name, or a list of them (core/list.h); NULL or "": in
 *	the first region that can
 * @bytes: how much; a caller that counts in pages sets @nr_pages and leaves this 0
 * @nr_pages: see @bytes
 * @align_bytes: alignment of the physical address, a power of two; 0: whatever the
 *	region has. A caller that counts in pages sets @align_order
 * @align_order: the same as 2^align_order pages
 * @limits: where in physical memory it may lie
 * @timeout_ms: deadline from now; 0: none
 * @flags: LCMA_NOWAIT and the like
 * @known_flags: those that are known where the caller has set them
 * @owner: which front end asks
 * @label: what it is for; NULL or "": none. The request points to it
 */
struct lcma_ask {
	struct lcma_region *region;
	const char *region_name;
	u64 bytes;
	unsigned long nr_pages;
	u64 align_bytes;
	unsigned int align_order;
	struct lcma_limits limits;
	unsigned int timeout_ms;
	unsigned int flags;
	unsigned int known_flags;
	enum lcma_owner owner;
	const char *label;
};

/**
 * struct lcma_request - what is asked for; only lcma_request_make() makes one
 * @region: where; NULL: in one of @regions
 * @nr_regions: how many of @regions there are; 0: in any region there is
 * @regions: those that are asked, in this order
 * @nr_pages: how many pages, at least 1
 * @align_pages: alignment of the physical address, in pages, a power of two
 * @reach: where in physical memory it may lie
 * @flags: LCMA_NOWAIT and the like
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 * @owner: which front end asks; it is told of a failure
 * @label: what it is for; "": none
 * @asker: the process that asked, if it is not the current one; NULL otherwise
 */
struct lcma_request {
	struct lcma_region *region;
	unsigned int nr_regions;
	struct lcma_region *regions[LCMA_LIST_REGIONS];
	unsigned long nr_pages;
	unsigned long align_pages;
	struct lcma_reach reach;
	unsigned int flags;
	ktime_t deadline;
	enum lcma_owner owner;
	const char *label;
	const struct lcma_asker *asker;
};

int lcma_request_make(const struct lcma_ask *ask, struct lcma_request *request);
struct lcma_region *lcma_request_nth(const struct lcma_request *request,
				     unsigned int i);
int lcma_request_fit(const struct lcma_request *request,
		     const struct lcma_region *region, struct lcma_fit *fit);

#endif
