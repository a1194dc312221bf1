/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preparations: pages that were emptied and zeroed ahead of time (alloc/ahead.h)
 * are held here, until an allocation uses them or their time is over.
 *
 *	EMPTYING --> READY --> ENDED
 *	    |                    ^	used; its time is over; cancelled; a drain;
 *	    +--------------------+	an allocation that would fail otherwise
 *
 * To the map they are used pages, so nothing else in lcma takes, zeroes or gives
 * them back: no search, decay, surplus or shrinker. A preparation is a promise with a
 * limit: a minute at most, eight at a time, charged to the caller. Under memory
 * pressure it is kept.
 */
#ifndef LCMA_PREPARE_H
#define LCMA_PREPARE_H

#include "region/region.h"

/**
 * struct lcma_prepare_key - whose preparations are meant
 * @owner: which front end asked
 * @holder: the open file; NULL: any
 * @uid: the user, unless @any_user
 * @any_user: of whichever user
 */
struct lcma_prepare_key {
	enum lcma_owner owner;
	const void *holder;
	kuid_t uid;
	bool any_user;
};

int lcma_prepare_init(void);
void lcma_prepare_exit(void);
int lcma_prepare_begin(struct lcma_prepared *prepared, struct work_struct *work);
bool lcma_prepare_enter(struct lcma_prepared *prepared);
bool lcma_prepare_done(struct lcma_prepared *prepared, unsigned long start,
		       unsigned long nr_pages, unsigned int hold_ms);
unsigned long lcma_prepare_use(struct lcma_region *region,
			       const struct lcma_fit *fit);
bool lcma_prepare_yield(struct lcma_region *region);
void lcma_prepare_cancel(struct lcma_region *region,
			 const struct lcma_prepare_key *key);
struct lcma_charge *lcma_prepare_uncharge(struct lcma_region *region,
					  const struct lcma_prepare_key *key,
					  const struct lcma_fit *fit);
void lcma_prepare_stop(struct lcma_region *region);

#endif
