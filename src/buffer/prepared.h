/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is prepared for a caller: charged to it, and bound to its open file.
 */
#ifndef LCMA_PREPARED_H
#define LCMA_PREPARED_H

#include "alloc/request.h"
#include "buffer/account.h"

/* How long a preparation may take, and how long it is held: what 0 stands for. */
#define LCMA_WITHIN_MS		1000
#define LCMA_HOLD_MS		5000

int lcma_prepared_new(const struct lcma_ask *ask, unsigned int hold_ms,
		      struct lcma_account *account);
int lcma_prepared_cancel(const struct lcma_ask *ask,
			 const struct lcma_account *account);
void lcma_prepared_forget(const struct lcma_account *account);
bool lcma_prepared_pay(const struct lcma_request *request);
void lcma_prepared_drop(const struct lcma_request *request);

#endif
