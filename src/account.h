/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts: how much memory an open file and a user hold, and may hold; and
 * who may see where it is.
 */
#ifndef LCMA_ACCOUNT_H
#define LCMA_ACCOUNT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>

/**
 * struct lcma_account - what somebody holds
 * @ref: files and buffers that refer to it
 * @link: in the list of users; unused in a file's account
 * @user: a file's account: its user's; a user's account: NULL
 * @uid: whose it is
 * @nr_pages: how much is held, in pages
 */
struct lcma_account {
	struct kref ref;
	struct list_head link;
	struct lcma_account *user;
	kuid_t uid;
	unsigned long nr_pages;
};

struct lcma_account *lcma_account_open(void);
struct lcma_account *lcma_account_get(struct lcma_account *account);
void lcma_account_put(struct lcma_account *account);
int lcma_account_charge(struct lcma_account *account, unsigned long nr_pages);
void lcma_account_uncharge(struct lcma_account *account,
			   unsigned long nr_pages);
u64 lcma_account_file_limit(void);
u64 lcma_account_user_limit(void);
bool lcma_account_sees_phys(void);

#endif
