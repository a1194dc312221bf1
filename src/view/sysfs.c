// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/lcma: see sysfs.h. One value a file; counts are in pages.
 */
#include "view/sysfs.h"

#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "alloc/policy.h"
#include "fault.h"
#include "life/door.h"
#include "life/drain.h"
#include "region/failure.h"
#include "region/poison.h"
#include "region/region.h"
#include "supply/surplus.h"

/**
 * struct region_dir - a region's directory
 * @kobj: the directory
 * @region: the region, which outlives it
 */
struct region_dir {
	struct kobject kobj;
	struct lcma_region *region;
};

static struct kobject *root;

static struct lcma_region *region_of(struct kobject *kobj)
{
	return container_of(kobj, struct region_dir, kobj)->region;
}

static unsigned long count_pages(struct kobject *kobj, enum lcma_state state)
{
	return lcma_region_count(region_of(kobj), state);
}

static ssize_t base_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *to)
{
	return sysfs_emit(to, "%#llx\n",
			  (u64)lcma_region_phys(region_of(kobj), 0));
}

static ssize_t nr_pages_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *to)
{
	return sysfs_emit(to, "%lu\n", region_of(kobj)->carve.nr_pages);
}

static ssize_t unit_pages_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", region_of(kobj)->unit_pages);
}

static ssize_t used_pages_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", count_pages(kobj, LCMA_USED));
}

static ssize_t pool_pages_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", count_pages(kobj, LCMA_POOL));
}

static ssize_t busy_pages_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", count_pages(kobj, LCMA_BUSY));
}

static ssize_t shared_pages_show(struct kobject *kobj,
				 struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", count_pages(kobj, LCMA_SHARED));
}

static ssize_t claimed_pages_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *to)
{
	struct lcma_region *region = region_of(kobj);
	unsigned long flags, nr_pages;

	lcma_region_lock(region, &flags);
	nr_pages = region->map.nr_in[LCMA_USED] + region->map.nr_in[LCMA_POOL];
	lcma_region_unlock(region, flags);
	return sysfs_emit(to, "%lu\n", nr_pages);
}

static ssize_t quarantined_pages_show(struct kobject *kobj,
				      struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", READ_ONCE(region_of(kobj)->quarantine.nr));
}

static ssize_t poisoned_pages_show(struct kobject *kobj,
				   struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", lcma_poison_count(region_of(kobj)));
}

static ssize_t largest_free_pages_show(struct kobject *kobj,
				       struct kobj_attribute *attr, char *to)
{
	struct lcma_region *region = region_of(kobj);
	unsigned long flags, nr_pages;

	lcma_region_lock(region, &flags);
	nr_pages = lcma_map_longest(&region->map, LCMA_KIND_UNUSED);
	lcma_region_unlock(region, flags);
	return sysfs_emit(to, "%lu\n", nr_pages);
}

static ssize_t source_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *to)
{
	return sysfs_emit(to, "%s\n", region_of(kobj)->carve.origin);
}

static ssize_t keep_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *to)
{
	const struct lcma_region *region = region_of(kobj);
	const unsigned long high = READ_ONCE(region->pool.keep_high);

	if (high >= region->carve.nr_pages)
		return sysfs_emit(to, "all\n");
	return sysfs_emit(to, "%lu-%lu\n", READ_ONCE(region->pool.keep_low), high);
}

static ssize_t keep_low_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *to)
{
	const struct lcma_region *region = region_of(kobj);

	return sysfs_emit(to, "%lu\n", min(READ_ONCE(region->pool.keep_low),
					   region->carve.nr_pages));
}

static ssize_t keep_low_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *text, size_t len_bytes)
{
	struct lcma_region *region = region_of(kobj);
	unsigned long low;
	int err = kstrtoul(text, 0, &low);

	if (!err)
		err = lcma_surplus_set_keep(region, low, LCMA_KEEP_SAME);
	return err ? err : len_bytes;
}

static ssize_t keep_high_show(struct kobject *kobj, struct kobj_attribute *attr,
			      char *to)
{
	const struct lcma_region *region = region_of(kobj);

	return sysfs_emit(to, "%lu\n", min(READ_ONCE(region->pool.keep_high),
					   region->carve.nr_pages));
}

static ssize_t keep_high_store(struct kobject *kobj,
			       struct kobj_attribute *attr, const char *text,
			       size_t len_bytes)
{
	struct lcma_region *region = region_of(kobj);
	unsigned long high;
	int err = kstrtoul(text, 0, &high);

	if (!err)
		err = lcma_surplus_set_keep(region, LCMA_KEEP_SAME, high);
	return err ? err : len_bytes;
}

static ssize_t decay_ms_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *to)
{
	return sysfs_emit(to, "%u\n", READ_ONCE(region_of(kobj)->pool.decay_ms));
}

static ssize_t decay_ms_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *text, size_t len_bytes)
{
	unsigned int decay_ms;
	int err = kstrtouint(text, 0, &decay_ms);

	/* Jiffies are compared, and half of them are in the past. */
	if (!err && decay_ms > INT_MAX / 10)
		err = -ERANGE;
	if (err)
		return err;
	lcma_surplus_set_decay(region_of(kobj), decay_ms);
	return len_bytes;
}

static ssize_t policy_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *to)
{
	const struct lcma_region *region = region_of(kobj);

	return sysfs_emit(to, "%s\n",
			  lcma_policy_word(READ_ONCE(region->policy)));
}

static ssize_t policy_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *text, size_t len_bytes)
{
	const int policy = lcma_policy_parse(text);

	if (policy < 0)
		return policy;
	lcma_region_set_policy(region_of(kobj), policy);
	return len_bytes;
}

/**
 * struct counter - a file that shows one of a region's counters
 * @attr: the file
 * @offset_bytes: where the counter is in struct lcma_stats
 */
struct counter {
	struct kobj_attribute attr;
	size_t offset_bytes;
};

static ssize_t counter_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *to)
{
	const struct counter *counter = container_of(attr, struct counter,
						     attr);
	struct lcma_region *region = region_of(kobj);
	unsigned long flags;
	u64 value;

	lcma_region_lock(region, &flags);
	value = *(u64 *)((char *)&region->stats + counter->offset_bytes);
	lcma_region_unlock(region, flags);
	return sysfs_emit(to, "%llu\n", value);
}

static ssize_t pool_zero_pages_show(struct kobject *kobj,
				    struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", READ_ONCE(region_of(kobj)->zeroed.nr_pooled));
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *to)
{
	return sysfs_emit(to, "%s\n",
			  lcma_life_word(READ_ONCE(region_of(kobj)->life)));
}

static ssize_t last_failure_show(struct kobject *kobj,
				 struct kobj_attribute *attr, char *to)
{
	char text[LCMA_FAILURE_TEXT_BYTES];

	lcma_failure_last(region_of(kobj), false, text, sizeof(text));
	return sysfs_emit(to, "%s\n", text);
}

static ssize_t drain_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *text, size_t len_bytes)
{
	bool yes;
	int err = kstrtobool(text, &yes);

	if (err || !yes)
		return -EINVAL;
	err = lcma_drain(region_of(kobj));
	return err ? err : len_bytes;
}

static struct kobj_attribute base_attr = __ATTR_RO_MODE(base, 0400);
static struct kobj_attribute nr_pages_attr = __ATTR_RO(nr_pages);
static struct kobj_attribute unit_pages_attr = __ATTR_RO(unit_pages);
static struct kobj_attribute used_pages_attr = __ATTR_RO(used_pages);
static struct kobj_attribute pool_pages_attr = __ATTR_RO(pool_pages);
static struct kobj_attribute busy_pages_attr = __ATTR_RO(busy_pages);
static struct kobj_attribute shared_pages_attr = __ATTR_RO(shared_pages);
static struct kobj_attribute claimed_pages_attr = __ATTR_RO(claimed_pages);
static struct kobj_attribute quarantined_pages_attr =
	__ATTR_RO(quarantined_pages);
static struct kobj_attribute poisoned_pages_attr = __ATTR_RO(poisoned_pages);
static struct kobj_attribute largest_free_pages_attr =
	__ATTR_RO(largest_free_pages);
static struct kobj_attribute source_attr = __ATTR_RO(source);
static struct kobj_attribute keep_attr = __ATTR_RO(keep);
static struct kobj_attribute keep_low_attr = __ATTR_RW(keep_low);
static struct kobj_attribute keep_high_attr = __ATTR_RW(keep_high);
static struct kobj_attribute policy_attr = __ATTR_RW(policy);
static struct kobj_attribute decay_ms_attr = __ATTR_RW(decay_ms);
static struct kobj_attribute pool_zero_pages_attr = __ATTR_RO(pool_zero_pages);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute last_failure_attr = __ATTR_RO(last_failure);
static struct kobj_attribute drain_attr = __ATTR_WO(drain);

static struct counter allocs_counter = {
	__ATTR(allocs, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, allocs),
};

static struct counter pool_hits_counter = {
	__ATTR(pool_hits, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, pool_hits),
};

static struct counter pool_hits_zero_counter = {
	__ATTR(pool_hits_zero, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, pool_hits_zero),
};

static struct counter spared_pages_counter = {
	__ATTR(spared_pages, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, spared_pages),
};

static struct counter refilled_pages_counter = {
	__ATTR(refilled_pages, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, refilled_pages),
};

static struct counter decayed_pages_counter = {
	__ATTR(decayed_pages, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, decayed_pages),
};

static struct counter shrunk_pages_counter = {
	__ATTR(shrunk_pages, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, shrunk_pages),
};

static struct counter zeroed_pages_counter = {
	__ATTR(zeroed_pages, 0444, counter_show, NULL),
	offsetof(struct lcma_stats, zeroed_pages),
};

static struct attribute *region_attrs[] = {
	&base_attr.attr,
	&nr_pages_attr.attr,
	&unit_pages_attr.attr,
	&used_pages_attr.attr,
	&pool_pages_attr.attr,
	&busy_pages_attr.attr,
	&shared_pages_attr.attr,
	&claimed_pages_attr.attr,
	&quarantined_pages_attr.attr,
	&poisoned_pages_attr.attr,
	&largest_free_pages_attr.attr,
	&source_attr.attr,
	&keep_attr.attr,
	&keep_low_attr.attr,
	&keep_high_attr.attr,
	&decay_ms_attr.attr,
	&policy_attr.attr,
	&pool_zero_pages_attr.attr,
	&allocs_counter.attr.attr,
	&pool_hits_counter.attr.attr,
	&pool_hits_zero_counter.attr.attr,
	&spared_pages_counter.attr.attr,
	&refilled_pages_counter.attr.attr,
	&decayed_pages_counter.attr.attr,
	&shrunk_pages_counter.attr.attr,
	&zeroed_pages_counter.attr.attr,
	&state_attr.attr,
	&last_failure_attr.attr,
	&drain_attr.attr,
	NULL,
};
ATTRIBUTE_GROUPS(region);

static void release_dir(struct kobject *kobj)
{
	kfree(container_of(kobj, struct region_dir, kobj));
}

/* Every read and write of a region's files comes through these two: see door.h. */
static ssize_t show_file(struct kobject *kobj, struct attribute *attr, char *to)
{
	return lcma_doors_are_open() ? kobj_sysfs_ops.show(kobj, attr, to) :
				       -ENODEV;
}

static ssize_t store_file(struct kobject *kobj, struct attribute *attr,
			  const char *text, size_t len_bytes)
{
	return lcma_doors_are_open() ?
	       kobj_sysfs_ops.store(kobj, attr, text, len_bytes) : -ENODEV;
}

static const struct sysfs_ops region_ops = {
	.show = show_file,
	.store = store_file,
};

static const struct kobj_type region_dir_type = {
	.release = release_dir,
	.sysfs_ops = &region_ops,
	.default_groups = region_groups,
};

static int add_region(struct lcma_region *region)
{
	struct region_dir *dir;
	int err;

	dir = lcma_fault(SYSFS_DIR) ? NULL : kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;
	dir->region = region;
	kobject_init(&dir->kobj, &region_dir_type);
	err = lcma_fault(SYSFS_ADD) ?:
	      kobject_add(&dir->kobj, root, "%s", region->name);
	if (err)
		kobject_put(&dir->kobj);
	else
		region->kobj = &dir->kobj;
	return err;
}

static void remove_all(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i) {
		kobject_del(region->kobj);
		kobject_put(region->kobj);
		region->kobj = NULL;
	}
	kobject_put(root);
}

/**
 * lcma_sysfs_init - show the regions
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; -ENOMEM and others of kobject_add().
 */
int lcma_sysfs_init(void)
{
	struct lcma_region *region;
	unsigned int i;
	int err;

	root = lcma_fault(SYSFS_ROOT) ? NULL :
	       kobject_create_and_add("lcma", kernel_kobj);
	if (!root)
		return -ENOMEM;
	lcma_for_each_region(region, i) {
		err = add_region(region);
		if (err) {
			remove_all();
			return err;
		}
	}
	return 0;
}

/**
 * lcma_sysfs_exit - show nothing from now on
 *
 * Waits for reads and writes of these files.
 *
 * Context: while the module unloads; may sleep.
 */
void lcma_sysfs_exit(void)
{
	remove_all();
}
