// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is prepared: see prepared.h.
 *
 * A program's preparation (ioctl) is bound to the open file: it goes when the file is
 * closed, by the end of its process for example. A text line's is bound to its time,
 * because echo closes its file at once. So is a module's; it is not charged.
 *
 * An allocation is charged before it takes what was prepared. If that would exceed a
 * quota, the charge of a preparation which it would use goes first.
 */
#include "buffer/prepared.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>

#include "alloc/ahead.h"
#include "alloc/alloc.h"
#include "core/line.h"
#include "supply/prepare.h"

/* The longest times that a line may ask for are those of every way in. */
static bool is_too_long(const struct lcma_ask *ask, unsigned int hold_ms)
{
	return ask->timeout_ms > LCMA_WITHIN_MAX_MS || hold_ms > LCMA_HOLD_MAX_MS;
}

/* The first region that serves and is large enough. Return: 0; -EFBIG; -ENOENT. */
static int choose_region(struct lcma_request *request, struct lcma_fit *fit)
{
	struct lcma_region *region;
	int err, last_err = -ENOENT;
	unsigned int i;

	if (request->region)
		return lcma_request_fit(request, request->region, fit);
	for (i = 0; (region = lcma_request_nth(request, i)); i++) {
		if (READ_ONCE(region->life) != LCMA_LIVE)
			continue;
		err = lcma_request_fit(request, region, fit);
		if (!err) {
			request->region = region;
			return 0;
		}
		last_err = err;
	}
	return last_err;
}

static int begin(const struct lcma_request *request, const struct lcma_fit *fit,
		 struct lcma_ahead_params *params, struct lcma_account *account)
{
	bool has_begun;
	int err;

	if (request->owner != LCMA_OWNER_KERNEL) {
		params->charge = lcma_charge_new(account, fit->nr_pages);
		if (IS_ERR(params->charge))
			return PTR_ERR(params->charge);
		params->uncharge = lcma_charge_free;
	}
	err = lcma_ahead(request, params, &has_begun);
	if (!has_begun)
		lcma_charge_free(params->charge);
	return err;
}

/**
 * lcma_prepared_new - prepare memory for an allocation to come
 * @ask: what is asked for; timeout_ms is the time that it may take, 0:
 *	LCMA_WITHIN_MS; with LCMA_WAIT the call returns when it is over
 * @hold_ms: for how long it is held then; 0: LCMA_HOLD_MS
 * @account: the open file that it is bound to, and which is charged; NULL: none
 *
 * Context: process, may sleep.
 * Return: 0: it has begun, or, with LCMA_WAIT, the memory is there; -EINVAL a time is
 * too long; what lcma_request_make() returns; -EFBIG larger than the region; -EDQUOT
 * over quota; -ENOENT the region is drained, or it was cancelled; -ENOBUFS no memory for
 * structures, or LCMA_MAX_PREPARES of the region; with LCMA_WAIT also what
 * lcma_alloc() returns.
 */
int lcma_prepared_new(const struct lcma_ask *ask, unsigned int hold_ms,
		      struct lcma_account *account)
{
	struct lcma_ahead_params params = {
		.hold_ms = hold_ms ?: LCMA_HOLD_MS,
		.holder = account,
		.waits = ask->flags & LCMA_WAIT,
	};
	const ktime_t began = ktime_get();
	struct lcma_request request;
	struct lcma_fit fit;
	int err;

	if (is_too_long(ask, hold_ms))
		return -EINVAL;
	err = lcma_request_make(ask, &request);
	if (err)
		return err;
	if (!ask->timeout_ms)
		request.deadline = ktime_add_ms(began, LCMA_WITHIN_MS);
	err = choose_region(&request, &fit);
	if (err) {
		lcma_alloc_failed(&request, err, began);
		return err;
	}
	request.flags &= ~LCMA_WAIT;
	err = begin(&request, &fit, &params, account);
	if (err == -EDQUOT || err == -ENOBUFS)
		lcma_alloc_failed(&request, err, began);
	return err;
}

/* In one region, or in all. */
static void cancel(struct lcma_region *only, const struct lcma_prepare_key *key)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		if (!only || region == only)
			lcma_prepare_cancel(region, key);
}

/**
 * lcma_prepared_cancel - what was prepared is not needed
 * @ask: the region, or none: all; and the front end
 * @account: of this open file; NULL: of the front end's callers, those of the current
 *	task's user if it is the text device
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP unknown flag; -ENOENT no such region.
 */
int lcma_prepared_cancel(const struct lcma_ask *ask,
			 const struct lcma_account *account)
{
	const struct lcma_prepare_key key = {
		.owner = ask->owner,
		.holder = account,
		.uid = current_uid(),
		.any_user = account || ask->owner == LCMA_OWNER_KERNEL,
	};
	struct lcma_region *region = ask->region;

	if (ask->flags & ~ask->known_flags)
		return -EOPNOTSUPP;
	if (!region && ask->region_name && *ask->region_name) {
		region = lcma_region_find(ask->region_name);
		if (!region)
			return -ENOENT;
	}
	cancel(region, &key);
	return 0;
}

/**
 * lcma_prepared_forget - an open file is being closed
 * @account: its account
 *
 * Context: process, may sleep.
 */
void lcma_prepared_forget(const struct lcma_account *account)
{
	const struct lcma_prepare_key key = {
		.owner = LCMA_OWNER_PROGRAM,
		.holder = account,
		.any_user = true,
	};

	cancel(NULL, &key);
}

static struct lcma_prepare_key key_of(const struct lcma_request *request)
{
	return (struct lcma_prepare_key) {
		.owner = request->owner,
		.uid = current_uid(),
	};
}

/**
 * lcma_prepared_pay - an allocation is over quota: free the charge of a preparation
 * @request: the allocation
 *
 * Of one that it would use, or that has ended a moment ago. If the allocation fails
 * after that, lcma_prepared_drop() has to follow.
 *
 * Context: process.
 * Return: true if there was one: charge again.
 */
bool lcma_prepared_pay(const struct lcma_request *request)
{
	const struct lcma_prepare_key key = key_of(request);
	struct lcma_charge *charge;
	struct lcma_region *region;
	struct lcma_fit fit;
	unsigned int i;

	for (i = 0; (region = lcma_request_nth(request, i)); i++) {
		if ((request->region && request->region != region) ||
		    lcma_request_fit(request, region, &fit))
			continue;
		charge = lcma_prepare_uncharge(region, &key, &fit);
		if (charge) {
			lcma_charge_free(charge);
			return true;
		}
	}
	return false;
}

/**
 * lcma_prepared_drop - an allocation has failed after lcma_prepared_pay()
 * @request: the allocation
 *
 * No one holds what is not charged: its user's preparations end.
 *
 * Context: process, may sleep.
 */
void lcma_prepared_drop(const struct lcma_request *request)
{
	const struct lcma_prepare_key key = key_of(request);

	cancel(request->region, &key);
}
