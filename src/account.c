// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts: see account.h. A file's account belongs to its user's; what is
 * charged to the file is charged to the user. Buffers outlive the file they
 * were asked for through, so accounts are counted.
 */
#include "account.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "fault.h"

static unsigned long quota_file_kib;
module_param(quota_file_kib, ulong, 0644);
MODULE_PARM_DESC(quota_file_kib,
		 "KiB of buffers that one open file may hold; 0: no limit [0]");

static unsigned long quota_user_kib;
module_param(quota_user_kib, ulong, 0644);
MODULE_PARM_DESC(quota_user_kib,
		 "KiB of buffers that one user may hold; 0: no limit [0]");

static bool phys_for_all;
module_param(phys_for_all, bool, 0644);
MODULE_PARM_DESC(phys_for_all,
		 "tell physical addresses to everybody, not only with CAP_SYS_RAWIO [N]");

/* Protects the list of users, and nr_pages of every account. */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(users);

static struct lcma_account *new_account(kuid_t uid)
{
	struct lcma_account *account;

	account = lcma_fault(ACCOUNT_NEW) ? NULL :
		  kzalloc(sizeof(*account), GFP_KERNEL);
	if (!account)
		return NULL;
	kref_init(&account->ref);
	account->uid = uid;
	return account;
}

/* The account of a user, with a reference, or NULL. */
static struct lcma_account *find_user_account(kuid_t uid)
{
	struct lcma_account *user;

	list_for_each_entry(user, &users, link)
		if (uid_eq(user->uid, uid) && kref_get_unless_zero(&user->ref))
			return user;
	return NULL;
}

static struct lcma_account *get_user_account(kuid_t uid)
{
	struct lcma_account *fresh = new_account(uid);
	struct lcma_account *user;

	if (!fresh)
		return NULL;
	spin_lock(&lock);
	user = find_user_account(uid);
	if (!user)
		list_add(&fresh->link, &users);
	spin_unlock(&lock);
	if (!user)
		return fresh;
	kfree(fresh);
	return user;
}

/**
 * lcma_account_open - an account for a file that the current task opens
 *
 * Context: process, may sleep.
 * Return: the account with one reference; -ENOBUFS.
 */
struct lcma_account *lcma_account_open(void)
{
	struct lcma_account *account = new_account(current_uid());

	if (!account)
		return ERR_PTR(-ENOBUFS);
	account->user = get_user_account(account->uid);
	if (!account->user) {
		kfree(account);
		return ERR_PTR(-ENOBUFS);
	}
	return account;
}

/**
 * lcma_account_get - one more reference
 * @account: the account
 *
 * Context: any.
 * Return: @account.
 */
struct lcma_account *lcma_account_get(struct lcma_account *account)
{
	kref_get(&account->ref);
	return account;
}

static void release_account(struct kref *ref)
{
	struct lcma_account *account = container_of(ref, struct lcma_account,
						    ref);

	if (account->user) {
		lcma_account_put(account->user);
	} else {
		spin_lock(&lock);
		list_del(&account->link);
		spin_unlock(&lock);
	}
	kfree(account);
}

/**
 * lcma_account_put - one reference less
 * @account: the account
 *
 * Context: process.
 */
void lcma_account_put(struct lcma_account *account)
{
	kref_put(&account->ref, release_account);
}

/* Would an account be over a limit in KiB? */
static bool is_over(const struct lcma_account *account, unsigned long nr_pages,
		    unsigned long limit_kib)
{
	const unsigned long limit = limit_kib >> (PAGE_SHIFT - 10);

	return limit_kib && (nr_pages > limit ||
			     account->nr_pages > limit - nr_pages);
}

/**
 * lcma_account_charge - somebody wants to hold more
 * @account: the file's account, or a user's: then no file's limit counts
 * @nr_pages: how many pages more
 *
 * Context: process.
 * Return: 0; -EDQUOT, and nothing is charged.
 */
int lcma_account_charge(struct lcma_account *account, unsigned long nr_pages)
{
	struct lcma_account *file = account->user ? account : NULL;
	struct lcma_account *user = account->user ?: account;
	int err = 0;

	spin_lock(&lock);
	if ((file && is_over(file, nr_pages, READ_ONCE(quota_file_kib))) ||
	    is_over(user, nr_pages, READ_ONCE(quota_user_kib))) {
		err = -EDQUOT;
	} else {
		user->nr_pages += nr_pages;
		if (file)
			file->nr_pages += nr_pages;
	}
	spin_unlock(&lock);
	return err;
}

/**
 * lcma_account_uncharge - somebody holds less
 * @account: what was charged
 * @nr_pages: how many pages less
 *
 * Context: process.
 */
void lcma_account_uncharge(struct lcma_account *account, unsigned long nr_pages)
{
	spin_lock(&lock);
	account->nr_pages -= nr_pages;
	if (account->user)
		account->user->nr_pages -= nr_pages;
	spin_unlock(&lock);
}

/**
 * lcma_account_file_limit - how much one open file may hold
 *
 * Return: bytes; 0: no limit.
 */
u64 lcma_account_file_limit(void)
{
	return (u64)READ_ONCE(quota_file_kib) << 10;
}

/**
 * lcma_account_user_limit - how much one user may hold
 *
 * Return: bytes; 0: no limit.
 */
u64 lcma_account_user_limit(void)
{
	return (u64)READ_ONCE(quota_user_kib) << 10;
}

/**
 * lcma_account_sees_phys - may the caller see physical addresses?
 *
 * Context: any that has a current task whose call this is.
 * Return: true with CAP_SYS_RAWIO, or if everybody may.
 */
bool lcma_account_sees_phys(void)
{
	return READ_ONCE(phys_for_all) || capable(CAP_SYS_RAWIO);
}
