// SPDX-License-Identifier: GPL-2.0-only
/*
 * Surveys: see survey.h.
 *
 * A policy ranks the ends of the shortest unused runs that are long enough, without
 * the lock, and the best are tried first. What it sees may be gone a moment later, so
 * a survey only decides what comes first: when it has nothing (more) to recommend,
 * every place there is comes in turn (place.c).
 */
#include "alloc/survey.h"

#include <linux/lockdep.h>

#include "alloc/policy.h"
#include "supply/surplus.h"

/* Places that a policy chooses from. */
#define MAX_OPTIONS	16

/* Only options outside the units that are backed off. Return: how many. */
static unsigned int leave_backed_off(const struct lcma_region *region,
				     const struct lcma_fit *fit,
				     struct lcma_option *options,
				     unsigned int nr)
{
	unsigned int i, kept = 0;

	lockdep_assert_held(&region->lock);
	for (i = 0; i < nr; i++)
		if (!lcma_backoff_touches(&region->backoff,
					  options[i].start, fit->nr_pages))
			options[kept++] = options[i];
	return kept;
}

/**
 * lcma_survey_begin - begin to go through the places where a run could lie
 * @region: the region
 * @fit: length and alignment
 * @place: the iteration
 *
 * Context: any.
 */
void lcma_survey_begin(const struct lcma_region *region, const struct lcma_fit *fit,
		       struct lcma_place *place)
{
	lcma_place_init(place, fit);
	if (!READ_ONCE(region->pool.keep_high))
		lcma_place_mix(place);
}

/**
 * lcma_survey - look where a run could lie
 * @region: the region; its policy decides
 * @fit: length and alignment
 * @place: an iteration that has just begun; it is told what to begin with
 *
 * Context: process, may sleep; takes region->lock.
 */
void lcma_survey(struct lcma_region *region, const struct lcma_fit *fit,
		 struct lcma_place *place)
{
	const struct lcma_policy *policy = lcma_policy(READ_ONCE(region->policy));
	struct lcma_option options[MAX_OPTIONS];
	unsigned long flags, room;
	unsigned int nr;

	if (!policy->rank)
		return;
	lcma_region_lock(region, &flags);
	nr = lcma_place_options(&region->map, fit, options, MAX_OPTIONS);
	nr = leave_backed_off(region, fit, options, nr);
	room = lcma_surplus_room(region);
	lcma_region_unlock(region, flags);

	if (nr)
		nr = policy->rank(region, fit, room, options, nr);
	lcma_place_prefer(place, options, nr);
}
