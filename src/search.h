/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search: one allocation's way through the candidates of one region.
 */
#ifndef LCMA_SEARCH_H
#define LCMA_SEARCH_H

#include <linux/ktime.h>

#include "place.h"
#include "region.h"
#include "take.h"

/**
 * struct lcma_search - one allocation in one region, on its way
 * @region: the region
 * @fit: length and alignment of what is asked for
 * @deadline: on the monotonic clock; LCMA_FOREVER: none
 * @place: which candidate is next
 * @is_choosy: in this pass candidates that look stuck are not tried
 * @any_seen: in this pass there was a candidate
 * @nr_tried: candidates that were tried in this pass
 * @nr_nomem: how many of them had nowhere to migrate to
 * @nr_unused: region->nr_unused when the last candidate was looked for
 * @any_busy: at that moment pages were busy in other hands
 * @again: the last candidate that failed for no visible reason
 * @nr_again: how often it did
 * @hold: the candidate, reserved
 * @obstacle: what was in the way last
 */
struct lcma_search {
	struct lcma_region *region;
	struct lcma_fit fit;
	ktime_t deadline;
	struct lcma_place place;
	bool is_choosy;
	bool any_seen;
	unsigned int nr_tried;
	unsigned int nr_nomem;
	unsigned long nr_unused;
	bool any_busy;
	unsigned long again;
	unsigned int nr_again;
	struct lcma_hold hold;
	struct lcma_obstacle obstacle;
};

int lcma_search_run(struct lcma_search *search, unsigned long *start);

#endif
