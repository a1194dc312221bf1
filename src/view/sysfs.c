// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/lcma: see sysfs.h. One value a file. The numbers among them are made
 * from the table of facts (facts.h), which gives their names and values.
 */
#include "view/sysfs.h"

#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "alloc/policy.h"
#include "fault.h"
#include "front/bind.h"
#include "life/door.h"
#include "life/drain.h"
#include "region/facts.h"
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

static ssize_t base_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *to)
{
	return sysfs_emit(to, "%#llx\n",
			  (u64)lcma_region_phys(region_of(kobj), 0));
}

static ssize_t poisoned_pages_show(struct kobject *kobj,
				   struct kobj_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", lcma_poison_count(region_of(kobj)));
}

static ssize_t source_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *to)
{
	return sysfs_emit(to, "%s\n", region_of(kobj)->carve.origin);
}

static ssize_t keep_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *to)
{
	struct lcma_facts facts;

	lcma_facts_read(region_of(kobj), &facts);
	if (facts.keep_high == facts.nr_pages)
		return sysfs_emit(to, "all\n");
	return sysfs_emit(to, "%llu-%llu\n", facts.keep_low, facts.keep_high);
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

static ssize_t wedge_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *text, size_t len_bytes)
{
	bool is_wedged;
	int err = kstrtobool(text, &is_wedged);

	if (err)
		return err;
	lcma_surplus_set_wedge(region_of(kobj), is_wedged);
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
 * struct fact_file - a file that shows a row of the table of facts
 * @attr: the file
 * @fact: the row
 */
struct fact_file {
	struct kobj_attribute attr;
	const struct lcma_fact *fact;
};

static ssize_t fact_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *to)
{
	const struct fact_file *file = container_of(attr, struct fact_file,
						    attr);
	struct lcma_facts facts;
	const char *word;

	lcma_facts_read(region_of(kobj), &facts);
	word = lcma_fact_word(&facts, file->fact);
	return word ? sysfs_emit(to, "%s\n", word) :
		      sysfs_emit(to, "%llu\n",
				 lcma_fact_value(&facts, file->fact));
}

/* Facts that can be set. */
static const struct {
	const char *name;
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *text, size_t len_bytes);
} knobs[] = {
	{ "keep_low", keep_low_store },
	{ "keep_high", keep_high_store },
	{ "decay_ms", decay_ms_store },
	{ "wedge", wedge_store },
};

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

static ssize_t latency_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *to)
{
	return lcma_latency_emit(&region_of(kobj)->latency, to);
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
static struct kobj_attribute poisoned_pages_attr = __ATTR_RO(poisoned_pages);
static struct kobj_attribute source_attr = __ATTR_RO(source);
static struct kobj_attribute keep_attr = __ATTR_RO(keep);
static struct kobj_attribute policy_attr = __ATTR_RW(policy);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute last_failure_attr = __ATTR_RO(last_failure);
static struct kobj_attribute latency_attr = __ATTR_RO(latency);
static struct kobj_attribute drain_attr = __ATTR_WO(drain);

static struct attribute *region_attrs[] = {
	&base_attr.attr,
	&poisoned_pages_attr.attr,
	&source_attr.attr,
	&keep_attr.attr,
	&policy_attr.attr,
	&state_attr.attr,
	&last_failure_attr.attr,
	&latency_attr.attr,
	&drain_attr.attr,
	NULL,
};

static const struct attribute_group region_group = { .attrs = region_attrs };

/* Made from the table, by make_fact_files(). */
static struct fact_file fact_files[LCMA_NR_FACTS];
static struct attribute *fact_attrs[LCMA_NR_FACTS + 1];

static const struct attribute_group fact_group = { .attrs = fact_attrs };

static const struct attribute_group *region_groups[] = {
	&region_group,
	&fact_group,
	NULL,
};

static void make_fact_files(void)
{
	unsigned int i, k;

	for (i = 0; i < LCMA_NR_FACTS; i++) {
		struct kobj_attribute *attr = &fact_files[i].attr;

		fact_files[i].fact = &lcma_fact_table[i];
		attr->attr.name = lcma_fact_table[i].name;
		attr->attr.mode = 0444;
		attr->show = fact_show;
		for (k = 0; k < ARRAY_SIZE(knobs); k++) {
			if (strcmp(knobs[k].name, attr->attr.name))
				continue;
			attr->attr.mode = 0644;
			attr->store = knobs[k].store;
		}
		fact_attrs[i] = &attr->attr;
	}
}

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

static ssize_t map_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *to)
{
	size_t len_bytes;

	if (!lcma_doors_are_open())
		return -ENODEV;
	len_bytes = lcma_bind_rules_show(to, PAGE_SIZE - 1);
	to[len_bytes] = '\n';
	return len_bytes + 1;
}

static ssize_t map_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *text, size_t len_bytes)
{
	int err = lcma_doors_are_open() ?
		  lcma_bind_rules_set(text, len_bytes) : -ENODEV;

	return err ? err : len_bytes;
}

static struct kobj_attribute map_attr = __ATTR_RW(map);

/**
 * lcma_sysfs_root - the directory of them all
 *
 * Context: any.
 * Return: /sys/kernel/lcma, which lives until lcma_sysfs_exit().
 */
struct kobject *lcma_sysfs_root(void)
{
	return root;
}

/**
 * lcma_sysfs_add - show a region
 * @region: the region
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM and others of kobject_add().
 */
int lcma_sysfs_add(struct lcma_region *region)
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

/**
 * lcma_sysfs_remove - show a region no longer
 * @region: the region; nothing happens if it is not shown
 *
 * Waits for reads and writes of its files.
 *
 * Context: process, may sleep.
 */
void lcma_sysfs_remove(struct lcma_region *region)
{
	kobject_del(region->kobj);
	kobject_put(region->kobj);
	region->kobj = NULL;
}

static void remove_all(void)
{
	struct lcma_region *region;
	unsigned int i;

	lcma_for_each_region(region, i)
		lcma_sysfs_remove(region);
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

	make_fact_files();
	root = lcma_fault(SYSFS_ROOT) ? NULL :
	       kobject_create_and_add("lcma", kernel_kobj);
	if (!root)
		return -ENOMEM;
	err = lcma_fault(SYSFS_MAP) ?: sysfs_create_file(root, &map_attr.attr);
	if (err) {
		kobject_put(root);
		return err;
	}
	lcma_for_each_region(region, i) {
		err = lcma_sysfs_add(region);
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
