// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrivals: see arrival.h.
 *
 * The same steps as while the module loads, for one region: its memory, its directory,
 * its heap; then nothing can fail, and it can be found. Until then no allocation
 * without a region's name lands in it, and all of it goes back if a step fails. Once
 * a region can be found it stays until the module unloads, drained or not, because
 * callers do without a lock.
 */
#include "view/arrival.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "fault.h"
#include "front/heap.h"
#include "front/tree.h"
#include "life/attach.h"
#include "life/door.h"
#include "region/region.h"
#include "source/reason.h"
#include "view/debugfs.h"
#include "view/sysfs.h"

/* One region arrives at a time; and what says whether one may. */
static DEFINE_MUTEX(lock);
static bool may_arrive;

/* Under the lock. Return: 0; an errno, and the reason is known. */
static int add(const char *text)
{
	struct lcma_region *region = lcma_attach_new(text);
	int err;

	if (IS_ERR(region))
		return PTR_ERR(region);
	err = lcma_sysfs_add(region);
	/* The last step that can fail: a heap that was opened cannot go again. */
	err = err ?: lcma_heap_add(region);
	if (err) {
		lcma_reason_err("region %s: its files could not be made (%pe)",
				region->name, ERR_PTR(err));
		lcma_sysfs_remove(region);
		lcma_attach_drop(region);
		return err;
	}
	lcma_attach_publish(region);
	lcma_debugfs_add(region);
	lcma_tree_claim();
	return 0;
}

static ssize_t add_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *text, size_t len_bytes)
{
	int err;

	if (!lcma_doors_are_open())
		return -ENODEV;
	if (mutex_lock_killable(&lock))
		return -EINTR;
	lcma_reason_clear();
	if (!may_arrive)
		err = -ENODEV;
	else if (strpbrk(text, "=:"))
		err = add(text);
	else
		err = lcma_attach_again(text);
	mutex_unlock(&lock);
	return err ? err : len_bytes;
}

static ssize_t add_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *to)
{
	int len;

	if (!lcma_doors_are_open())
		return -ENODEV;
	len = lcma_reason_show(to, PAGE_SIZE - 1);
	return len ? len + sysfs_emit_at(to, len, "\n") : 0;
}

static struct kobj_attribute add_attr = __ATTR_RW_MODE(add, 0600);

/**
 * lcma_arrivals_init - make the file; nothing can be added yet
 *
 * Context: while the module loads, after lcma_sysfs_init(); may sleep.
 * Return: 0; -ENOMEM and others of sysfs_create_file().
 */
int lcma_arrivals_init(void)
{
	return lcma_fault(SYSFS_ADD) ?:
	       sysfs_create_file(lcma_sysfs_root(), &add_attr.attr);
}

/**
 * lcma_arrivals_start - let regions be added from now on
 *
 * Context: the last step of loading, after all else that goes through the regions; may
 * sleep.
 */
void lcma_arrivals_start(void)
{
	mutex_lock(&lock);
	may_arrive = true;
	mutex_unlock(&lock);
}

/**
 * lcma_arrivals_exit - no region is added from now on
 *
 * Waits for one that is arriving.
 *
 * Context: while the module unloads, or fails to load, before anything else of a region
 * goes; may sleep.
 */
void lcma_arrivals_exit(void)
{
	sysfs_remove_file(lcma_sysfs_root(), &add_attr.attr);
}
