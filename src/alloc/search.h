/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search: one allocation's way through the candidates of one region.
 */
#ifndef LCMA_SEARCH_H
#define LCMA_SEARCH_H

#include <linux/ktime.h>

#include "core/place.h"
#include "region/region.h"
#include "supply/take.h"

/* Obstacles that a request waits for at a time. */
#define LCMA_NR_WATCHED	8

/**
 * struct lcma_watched - an obstacle that is waited for
 * @start: the candidate that it was in the way of
 * @obstacle: the obstacle
 */
struct lcma_watched {
	unsigned long start;
	struct lcma_obstacle obstacle;
};

/**
 * struct lcma_search - one allocation in one region, on its way
 * @region: the region
 * @fit: length and alignment of what is asked for
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 * @place: which candidate is next
 * @is_picky: this pass passes over candidates with pages that a claim would wait for
 * @any_awaited: it has passed over some for such a page
 * @is_proof: this pass rejects a candidate only for a page that a claim of its own
 *	could not move; the first pass does so for a page that looks stuck
 * @prove_until: when such passes end, on the monotonic clock
 * @first: a candidate that comes before all others, or LCMA_NO_PAGE
 * @any_seen: in this pass there was a candidate
 * @nr_tried: candidates that were tried in this pass
 * @nr_nomem: how many of them had nowhere to migrate to
 * @nr_unused: region->settling.nr_unused when the last candidate was looked for
 * @any_busy: at that moment pages were busy in other hands
 * @again: the last candidate that failed for no visible reason
 * @nr_again: how often it did
 * @taking: the candidate, reserved
 * @obstacle: what was in the way of the last candidate
 * @blamed: the last obstacle that was seen at all
 * @watched: what was in the way in this pass, and may go away
 * @nr_watched: how many of them there are
 * @nr_settles: how often it waited for pages that were busy in other hands
 * @hidden_ms: how long it waits for an obstacle that a look does not show
 * @waited_ms: how long it has waited for obstacles
 */
struct lcma_search {
	struct lcma_region *region;
	struct lcma_fit fit;
	ktime_t deadline;
	struct lcma_place place;
	bool is_picky;
	bool any_awaited;
	bool is_proof;
	ktime_t prove_until;
	unsigned long first;
	bool any_seen;
	unsigned int nr_tried;
	unsigned int nr_nomem;
	unsigned long nr_unused;
	bool any_busy;
	unsigned long again;
	unsigned int nr_again;
	struct lcma_taking taking;
	struct lcma_obstacle obstacle;
	struct lcma_obstacle blamed;
	struct lcma_watched watched[LCMA_NR_WATCHED];
	unsigned int nr_watched;
	unsigned int nr_settles;
	unsigned int hidden_ms;
	unsigned int waited_ms;
};

int lcma_search_run(struct lcma_search *search, unsigned long *start);

#endif
