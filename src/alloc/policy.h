/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies: which places for a buffer are tried before all the others.
 *
 * A policy is a struct lcma_policy somewhere in this folder, and one word in
 * LCMA_POLICIES(); nothing else names it. A region has its number, regions= and sysfs
 * its word.
 */
#ifndef LCMA_POLICY_H
#define LCMA_POLICY_H

#include "core/place.h"

struct lcma_region;

/**
 * struct lcma_policy - how to choose among places
 * @word: what it is called in policy=
 * @rank: bring @options, the ends of the @nr (at least 1) shortest unused runs that
 *	are long enough, shortest run first, into the order in which they are to be
 *	tried. @room: so many pages more the pool may have. May sleep.
 *	Return: how many of them are worth a try. NULL: it prefers none.
 */
struct lcma_policy {
	const char *word;
	unsigned int (*rank)(struct lcma_region *region,
			     const struct lcma_fit *fit, unsigned long room,
			     struct lcma_option *options, unsigned int nr);
};

/* Every policy, lcma_policy_NAME; the default first. */
#define LCMA_POLICIES(ROW) \
	ROW(cost) \
	ROW(best_fit) \
	ROW(first_fit)

#define LCMA_POLICY_DECLARE(name) \
	extern const struct lcma_policy lcma_policy_##name;

LCMA_POLICIES(LCMA_POLICY_DECLARE)

const struct lcma_policy *lcma_policy(unsigned int policy);
const char *lcma_policy_word(unsigned int policy);
int lcma_policy_parse(const char *text);

#endif
