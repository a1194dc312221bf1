/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ahead: a request is served before the memory is needed. A worker finds a run, empties
 * and zeroes it; supply/prepare.h holds it.
 */
#ifndef LCMA_AHEAD_H
#define LCMA_AHEAD_H

#include "alloc/request.h"

/**
 * struct lcma_ahead_params - how a request is served ahead
 * @hold_ms: for how long what was found is held
 * @holder: the open file that it is bound to; NULL: to its time only
 * @charge: what it costs; NULL: nothing
 * @uncharge: frees @charge
 * @waits: the caller waits until it is held, or has failed
 */
struct lcma_ahead_params {
	unsigned int hold_ms;
	const void *holder;
	struct lcma_charge *charge;
	void (*uncharge)(struct lcma_charge *charge);
	bool waits;
};

int lcma_ahead(const struct lcma_request *request,
	       const struct lcma_ahead_params *params, bool *has_begun);

#endif
