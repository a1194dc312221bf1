/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts: how much memory an open file and a user hold, and may hold; and
 * who may see where it is.
 */
#ifndef LCMA_ACCOUNT_H
#define LCMA_ACCOUNT_H

#include <linux/kref.h>
#include <linux/types.h>

struct lcma_charge;

/**
 * struct lcma_account - what was asked for through an open file
 * @ref: the file, and the charges that refer to it
 * @nr_pages: how much is held, in pages
 */
struct lcma_account {
	struct kref ref;
	unsigned long nr_pages;
};

struct lcma_account *lcma_account_open(void);
void lcma_account_put(struct lcma_account *account);
struct lcma_charge *lcma_charge_new(struct lcma_account *file,
				    unsigned long nr_pages);
int lcma_charge_more(struct lcma_charge *charge, unsigned long nr_pages);
void lcma_charge_free(struct lcma_charge *charge);
u64 lcma_account_file_limit(void);
u64 lcma_account_user_limit(void);
bool lcma_account_sees_phys(void);

#endif
