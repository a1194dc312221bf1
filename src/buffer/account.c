// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts: see account.h.
 *
 * A buffer is charged to the open file that it was asked for through, and to the
 * caller's user, whichever user opened the file. A process can give itself other user
 * ids in a user namespace that it makes; so the owner of each namespace around
 * the caller is charged as well, unless that is root, which has all ids anyway.
 *
 * Buffers outlive their file and their user's processes: charges hold accounts.
 */
#include "buffer/account.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

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
		 "show physical addresses to all processes, not only with CAP_SYS_RAWIO [N]");

/**
 * struct payer - a user who is charged, and what it holds
 * @node: in payers
 * @uid: which user
 * @nr_charges: charges that refer to it
 * @nr_pages: how much is held, in pages
 */
struct payer {
	struct rb_node node;
	kuid_t uid;
	unsigned long nr_charges;
	unsigned long nr_pages;
};

/**
 * struct lcma_charge - what one buffer costs, and who pays
 * @file: the open file's account, with a reference; NULL: no file is charged
 * @nr_pages: how much each of them is charged
 * @nr_payers: how many users are charged, at least 1
 * @payers: the caller's user, and the owners of the namespaces around it
 */
struct lcma_charge {
	struct lcma_account *file;
	unsigned long nr_pages;
	unsigned int nr_payers;
	struct payer *payers[];
};

/* Protects payers, their counters, and nr_pages of every account. */
static DEFINE_SPINLOCK(lock);
/* By user id: a user namespace may hold tens of thousands of them. */
static struct rb_root payers = RB_ROOT;

/* Under the lock: where a user is, or would be linked in. */
static struct payer *find_payer(kuid_t uid, struct rb_node **parent,
				struct rb_node ***link)
{
	struct rb_node **at = &payers.rb_node;
	struct payer *payer;

	lockdep_assert_held(&lock);
	*parent = NULL;
	while (*at) {
		payer = rb_entry(*at, struct payer, node);
		if (uid_eq(payer->uid, uid))
			return payer;
		*parent = *at;
		at = uid_lt(uid, payer->uid) ? &(*at)->rb_left : &(*at)->rb_right;
	}
	*link = at;
	return NULL;
}

/* Return: the user, charged once more; NULL: there is none, and no @fresh one. */
static struct payer *ref_payer(kuid_t uid, struct payer *fresh)
{
	struct rb_node *parent, **link;
	struct payer *payer;

	spin_lock(&lock);
	payer = find_payer(uid, &parent, &link);
	if (!payer && fresh) {
		payer = fresh;
		payer->uid = uid;
		rb_link_node(&payer->node, parent, link);
		rb_insert_color(&payer->node, &payers);
	}
	if (payer)
		payer->nr_charges++;
	spin_unlock(&lock);
	return payer;
}

static struct payer *get_payer(kuid_t uid)
{
	struct payer *payer = ref_payer(uid, NULL);
	struct payer *fresh;

	if (payer)
		return payer;
	fresh = lcma_fault(ACCOUNT_USER) ? NULL :
		kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;
	payer = ref_payer(uid, fresh);
	if (payer != fresh)
		kfree(fresh);
	return payer;
}

static void put_payer(struct payer *payer)
{
	bool is_last;

	spin_lock(&lock);
	is_last = !--payer->nr_charges;
	if (is_last)
		rb_erase(&payer->node, &payers);
	spin_unlock(&lock);
	if (is_last)
		kfree(payer);
}

/**
 * lcma_account_open - an account for a file that is being opened
 *
 * Context: process, may sleep.
 * Return: the account with one reference; ERR_PTR: -ENOBUFS.
 */
struct lcma_account *lcma_account_open(void)
{
	struct lcma_account *account;

	account = lcma_fault(ACCOUNT_NEW) ? NULL :
		  kzalloc(sizeof(*account), GFP_KERNEL);
	if (!account)
		return ERR_PTR(-ENOBUFS);
	kref_init(&account->ref);
	return account;
}

static void release_account(struct kref *ref)
{
	kfree(container_of(ref, struct lcma_account, ref));
}

/**
 * lcma_account_put - one reference less
 * @account: the account
 *
 * Context: any.
 */
void lcma_account_put(struct lcma_account *account)
{
	kref_put(&account->ref, release_account);
}

/* Return: 0; -ENOBUFS. A user is charged once, however often it comes. */
static int add_user(struct lcma_charge *charge, kuid_t uid)
{
	struct payer *payer;
	unsigned int i;

	for (i = 0; i < charge->nr_payers; i++)
		if (uid_eq(charge->payers[i]->uid, uid))
			return 0;
	payer = get_payer(uid);
	if (!payer)
		return -ENOBUFS;
	charge->payers[charge->nr_payers++] = payer;
	return 0;
}

/* Return: 0; -ENOBUFS. */
static int add_users(struct lcma_charge *charge)
{
	const struct user_namespace *ns;
	int err = add_user(charge, current_uid());

	for (ns = current_user_ns(); !err && ns->parent; ns = ns->parent)
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			err = add_user(charge, ns->owner);
	return err;
}

/* Would a payer that holds so much be over a limit in KiB? */
static bool is_over(unsigned long nr_held, unsigned long nr_pages,
		    unsigned long limit_kib)
{
	const unsigned long limit = limit_kib >> (PAGE_SHIFT - 10);

	return limit_kib && (nr_pages > limit || nr_held > limit - nr_pages);
}

/* Under the lock: would any payer be over a limit? */
static bool is_anybody_over(const struct lcma_charge *charge,
			    unsigned long nr_pages)
{
	const unsigned long user_kib = READ_ONCE(quota_user_kib);
	unsigned int i;

	lockdep_assert_held(&lock);
	if (charge->file && is_over(charge->file->nr_pages, nr_pages,
				    READ_ONCE(quota_file_kib)))
		return true;
	for (i = 0; i < charge->nr_payers; i++)
		if (is_over(charge->payers[i]->nr_pages, nr_pages, user_kib))
			return true;
	return false;
}

/* Under the lock; a difference below 0 wraps, as it should. */
static void charge_all(struct lcma_charge *charge, unsigned long nr_pages)
{
	unsigned int i;

	lockdep_assert_held(&lock);
	charge->nr_pages += nr_pages;
	if (charge->file)
		charge->file->nr_pages += nr_pages;
	for (i = 0; i < charge->nr_payers; i++)
		charge->payers[i]->nr_pages += nr_pages;
}

/**
 * lcma_charge_new - charge for a buffer that the current task asks for
 * @file: the open file that it asks through; NULL: no file is charged
 * @nr_pages: how many pages
 *
 * Context: process, may sleep.
 * Return: the charge, for lcma_charge_free(); ERR_PTR: -EDQUOT over a limit;
 * -ENOBUFS.
 */
struct lcma_charge *lcma_charge_new(struct lcma_account *file,
				    unsigned long nr_pages)
{
	struct lcma_charge *charge;
	int err;

	/* The initial namespace has level 0. */
	charge = lcma_fault(ACCOUNT_CHARGE) ? NULL :
		 kzalloc(struct_size(charge, payers,
				     1 + current_user_ns()->level), GFP_KERNEL);
	if (!charge)
		return ERR_PTR(-ENOBUFS);
	if (file) {
		kref_get(&file->ref);
		charge->file = file;
	}
	err = add_users(charge) ?: lcma_charge_more(charge, nr_pages);
	if (err) {
		lcma_charge_free(charge);
		return ERR_PTR(err);
	}
	return charge;
}

/**
 * lcma_charge_more - a buffer is larger than was asked for
 * @charge: its charge
 * @nr_pages: how many pages more, possibly 0
 *
 * Context: process.
 * Return: 0; -EDQUOT, and nothing more is charged.
 */
int lcma_charge_more(struct lcma_charge *charge, unsigned long nr_pages)
{
	int err = 0;

	spin_lock(&lock);
	if (is_anybody_over(charge, nr_pages))
		err = -EDQUOT;
	else
		charge_all(charge, nr_pages);
	spin_unlock(&lock);
	return err;
}

/**
 * lcma_charge_free - a buffer is gone
 * @charge: its charge; NULL: none
 *
 * Context: process.
 */
void lcma_charge_free(struct lcma_charge *charge)
{
	unsigned int i;

	if (!charge)
		return;
	spin_lock(&lock);
	charge_all(charge, -charge->nr_pages);
	spin_unlock(&lock);
	for (i = 0; i < charge->nr_payers; i++)
		put_payer(charge->payers[i]);
	if (charge->file)
		lcma_account_put(charge->file);
	kfree(charge);
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
 * Return: true with CAP_SYS_RAWIO, or if all may.
 */
bool lcma_account_sees_phys(void)
{
	return READ_ONCE(phys_for_all) || capable(CAP_SYS_RAWIO);
}
