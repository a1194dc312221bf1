// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/lcma: see debugfs.h. Views read; they take no part in any
 * allocation.
 */
#include "view/debugfs.h"

#include <linux/align.h>
#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "alloc/policy.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "compat/module.h"
#include "fault.h"
#include "front/bind.h"
#include "life/attach.h"
#include "life/door.h"
#include "page/obstacle.h"
#include "region/facts.h"
#include "region/failure.h"
#include "region/poison.h"
#include "region/region.h"
#include "supply/quarantine.h"

/* Characters in one line of the map. */
#define MAP_COLUMNS	64UL

/**
 * struct cursor - an open file that lists buffers
 * @region: whose
 * @facts: the buffer that is shown
 */
struct cursor {
	struct lcma_region *region;
	struct lcma_buffer_facts facts;
};

static struct dentry *root;

/* Beside the regions', not among them: a region may have any name. */
static struct dentry *holders;
static struct dentry *devices;

/* Shared pages of a range that the system uses at the moment. */
static unsigned long count_system_pages(struct lcma_region *region,
					unsigned long from, unsigned long end)
{
	struct lcma_stretch s;
	unsigned long pfn, nr_pages = 0;

	for (; lcma_region_stretch(region, from, end, &s); from += s.nr_pages) {
		pfn = lcma_region_pfn(region, s.start);
		if (s.state == LCMA_SHARED)
			nr_pages += lcma_obstacle_count_users(pfn, s.nr_pages);
		cond_resched();
	}
	return nr_pages;
}

static void show_fact(struct seq_file *m, const struct lcma_facts *facts,
		      const struct lcma_fact *fact)
{
	const char *word = lcma_fact_word(facts, fact);

	if (word)
		seq_printf(m, "%s: %s\n", fact->name, word);
	else
		seq_printf(m, "%s: %llu\n", fact->name,
			   lcma_fact_value(facts, fact));
}

static int info_show(struct seq_file *m, void *unused)
{
	struct lcma_region *region = m->private;
	const struct lcma_carve *carve = &region->carve;
	unsigned long cma_pages, fixed_pages, fixed_free_pages;
	char failure[LCMA_FAILURE_TEXT_BYTES];
	struct lcma_facts facts;
	unsigned int i;

	lcma_facts_read(region, &facts);
	seq_printf(m, "name: %s\n", region->name);
	seq_printf(m, "base: %#llx\n", (u64)lcma_region_phys(region, 0));
	seq_printf(m, "pageblock_pages: %lu\n",
		   (unsigned long)pageblock_nr_pages);
	seq_printf(m, "source: %s\n", carve->origin);
	seq_printf(m, "zone: %s\n", lcma_carve_zone(carve));
	if (facts.keep_high == facts.nr_pages)
		seq_puts(m, "keep: all\n");
	else
		seq_printf(m, "keep: %llu-%llu\n", facts.keep_low,
			   facts.keep_high);
	seq_printf(m, "policy: %s\n",
		   lcma_policy_word(READ_ONCE(region->policy)));
	seq_printf(m, "state: %s\n", lcma_life_word(facts.life));
	for (i = 0; i < LCMA_NR_FACTS; i++)
		show_fact(m, &facts, &lcma_fact_table[i]);
	seq_printf(m, "poisoned_pages: %lu\n", lcma_poison_count(region));
	seq_printf(m, "suspect_pages: %lu\n",
		   lcma_poison_suspects(region, 0, carve->nr_pages));
	seq_printf(m, "system_pages: %lu\n", facts.life == LCMA_DRAINED ? 0 :
		   count_system_pages(region, 0, carve->nr_pages));
	seq_printf(m, "metadata_bytes: %zu\n",
		   sizeof(*region) + region->parts_bytes);
	lcma_attach_rest(&cma_pages, &fixed_pages, &fixed_free_pages);
	seq_printf(m, "kernel_cma_pages: %lu\n", cma_pages);
	seq_printf(m, "kernel_fixed_pages: %lu\n", fixed_pages);
	seq_printf(m, "kernel_fixed_free_pages: %lu\n", fixed_free_pages);
	lcma_failure_last(region, true, failure, sizeof(failure));
	seq_printf(m, "last_failure: %s\n", failure);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(info);

/* One character for the pages of [from, end). */
static char map_char(struct lcma_region *region, unsigned long from,
		     unsigned long end)
{
	static const char chars[LCMA_NR_STATES] = {
		[LCMA_SHARED] = '.',
		[LCMA_POOL] = 'p',
		[LCMA_BUSY] = '~',
		[LCMA_USED] = '#',
	};
	struct lcma_stretch s;

	lcma_region_stretch(region, from, end, &s);
	if (s.nr_pages < end - from)
		return '%';
	if (s.state == LCMA_SHARED &&
	    lcma_obstacle_count_users(lcma_region_pfn(region, from), end - from))
		return '+';
	return chars[s.state];
}

static void map_line(struct seq_file *m, struct lcma_region *region,
		     unsigned long from, unsigned long end,
		     unsigned long column_pages)
{
	unsigned long nr_in[LCMA_NR_STATES] = {};
	unsigned long at;
	struct lcma_stretch s;

	seq_printf(m, "%#010llx ", (u64)lcma_region_phys(region, from));
	for (at = from; at < end; at += column_pages)
		seq_putc(m, map_char(region, at, min(end, at + column_pages)));
	for (at = from; lcma_region_stretch(region, at, end, &s); at += s.nr_pages)
		nr_in[s.state] += s.nr_pages;
	seq_printf(m, " used %lu, pool %lu, busy %lu, shared %lu of which the system uses %lu\n",
		   nr_in[LCMA_USED], nr_in[LCMA_POOL], nr_in[LCMA_BUSY],
		   nr_in[LCMA_SHARED], count_system_pages(region, from, end));
}

/* Rows of the map: a pageblock each, the first and the last may be parts of one. */
static unsigned long nr_rows(const struct lcma_region *region)
{
	const unsigned long first_pfn = ALIGN_DOWN(region->carve.base_pfn,
						   pageblock_nr_pages);

	return DIV_ROUND_UP(lcma_region_pfn(region, region->carve.nr_pages) -
			    first_pfn, pageblock_nr_pages);
}

static void map_legend(struct seq_file *m, unsigned long column_pages)
{
	seq_printf(m, "# a line is a pageblock of %lu KiB, a character %lu KiB\n",
		   (unsigned long)pageblock_nr_pages << (PAGE_SHIFT - 10),
		   column_pages << (PAGE_SHIFT - 10));
	seq_puts(m, "# '#' used by a buffer   'p' pool   '~' on its way   '%' more than one of these\n");
	seq_puts(m, "# '.' free for the system   '+' the system uses some of it\n");
}

/* Position 0 is the legend, after it comes row after row. */
static int map_show(struct seq_file *m, void *position)
{
	struct lcma_region *region = m->private;
	const unsigned long base_pfn = region->carve.base_pfn;
	const unsigned long column_pages = max(1UL, pageblock_nr_pages / MAP_COLUMNS);
	const loff_t row = *(loff_t *)position;
	unsigned long from, end;

	if (READ_ONCE(region->life) == LCMA_DRAINED) {
		if (!row)
			seq_puts(m, "drained: the memory is back at its source\n");
		return 0;
	}
	if (!row) {
		map_legend(m, column_pages);
		return 0;
	}
	end = ALIGN_DOWN(base_pfn, pageblock_nr_pages) +
	      (unsigned long)row * pageblock_nr_pages - base_pfn;
	from = row == 1 ? 0 : end - pageblock_nr_pages;
	map_line(m, region, from, min(end, region->carve.nr_pages),
		 column_pages);
	return 0;
}

static void *map_start(struct seq_file *m, loff_t *pos)
{
	return *pos <= nr_rows(m->private) ? pos : NULL;
}

static void *map_next(struct seq_file *m, void *position, loff_t *pos)
{
	(*pos)++;
	return map_start(m, pos);
}

static void nothing_to_stop(struct seq_file *m, void *unused)
{
}

static const struct seq_operations map_sops = {
	.start = map_start,
	.next = map_next,
	.stop = nothing_to_stop,
	.show = map_show,
};
DEFINE_SEQ_ATTRIBUTE(map);

static void show_devices(struct seq_file *m, struct lcma_region *region, u64 id)
{
	char names[LCMA_DEVICES_BYTES];

	if (lcma_dmabuf_devices(region, id, names))
		seq_printf(m, " devices=%s", names);
}

static void show_buffer(struct seq_file *m, struct lcma_region *region,
			const struct lcma_buffer_facts *facts)
{
	seq_printf(m, "id=%llu region=%s phys=%#llx bytes=%llu align=%llu latency_us=%llu age_ms=%lld pins=%d pid=%d label=%s inode=%lu%s",
		   facts->id, region->name, (u64)facts->phys, facts->bytes,
		   facts->align_bytes, div_u64(facts->latency_ns, NSEC_PER_USEC),
		   ktime_ms_delta(ktime_get(), facts->created), facts->nr_pins,
		   facts->pid,
		   *facts->label ? facts->label : "-", facts->inode,
		   facts->is_gone ? " gone" : "");
	show_devices(m, region, facts->id);
	seq_printf(m, " comm=%s\n", facts->comm);
}

static int buffers_show(struct seq_file *m, void *facts)
{
	const struct cursor *cursor = m->private;

	show_buffer(m, cursor->region, facts);
	return 0;
}

/* A position is the number of a buffer: those after it are still to be shown. */
static void *buffers_start(struct seq_file *m, loff_t *pos)
{
	struct cursor *cursor = m->private;

	return lcma_buffer_list(cursor->region, *pos, &cursor->facts, 1) ?
	       &cursor->facts : NULL;
}

static void *buffers_next(struct seq_file *m, void *unused, loff_t *pos)
{
	const struct cursor *cursor = m->private;

	*pos = cursor->facts.id;
	return buffers_start(m, pos);
}

static const struct seq_operations buffers_sops = {
	.start = buffers_start,
	.next = buffers_next,
	.stop = nothing_to_stop,
	.show = buffers_show,
};

static int buffers_open(struct inode *inode, struct file *file)
{
	struct cursor *cursor;

	cursor = lcma_fault(DEBUGFS_LIST) ? NULL :
		 __seq_open_private(file, &buffers_sops, sizeof(*cursor));
	if (!cursor)
		return -ENOMEM;
	cursor->region = inode->i_private;
	return 0;
}

static const struct file_operations buffers_fops = {
	.owner = THIS_MODULE,
	.open = buffers_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

static void show_failure(struct seq_file *m, const struct lcma_region *region,
			 const struct lcma_failure *f)
{
	char text[LCMA_FAILURE_TEXT_BYTES];

	seq_printf(m, "seq=%llu errno=%pe bytes=%llu align=%llu age_ms=%llu took_us=%llu pid=%d%s uid=%u owner=%s label=%s comm=%s\n",
		   f->seq, ERR_PTR(f->err), (u64)f->nr_pages << PAGE_SHIFT,
		   (u64)f->align_pages << PAGE_SHIFT,
		   div_u64(ktime_get_ns() - f->when_ns, NSEC_PER_MSEC),
		   div_u64(f->took_ns, NSEC_PER_USEC), f->pid,
		   f->is_gone ? " gone" : "",
		   from_kuid_munged(current_user_ns(), f->uid),
		   lcma_owner_word(f->owner), *f->label ? f->label : "-",
		   *f->comm ? f->comm : "-");
	lcma_failure_text(region, f, true, text, sizeof(text));
	seq_printf(m, "  %s\n", text);
}

/* Oldest first. */
static int failures_show(struct seq_file *m, void *unused)
{
	struct lcma_region *region = m->private;
	struct lcma_failure *failures;
	unsigned int i, nr;

	failures = lcma_fault(DEBUGFS_LIST) ? NULL :
		   kcalloc(LCMA_FAILURES, sizeof(*failures), GFP_KERNEL);
	if (!failures)
		return -ENOMEM;
	nr = lcma_failure_list(region, false, 0, failures, LCMA_FAILURES);
	for (i = 0; i < nr; i++)
		show_failure(m, region, &failures[i]);
	kfree(failures);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(failures);

static int quarantine_show(struct seq_file *m, void *position)
{
	const unsigned long page = *(loff_t *)position;
	const unsigned long pfn = lcma_region_pfn(m->private, page);

	seq_printf(m, "pfn=%#lx refcount=%d%s\n", pfn,
		   page_ref_count(pfn_to_page(pfn)),
		   lcma_poison_has(m->private, page) ? " poisoned" : "");
	return 0;
}

/* A position is a page of the region: the first one to look at. */
static void *quarantine_start(struct seq_file *m, loff_t *pos)
{
	struct lcma_region *region = m->private;
	unsigned long page;

	if (*pos >= region->carve.nr_pages)
		return NULL;
	page = lcma_quarantine_next(region, *pos);
	if (page == LCMA_NO_PAGE)
		return NULL;
	*pos = page;
	return pos;
}

static void *quarantine_next(struct seq_file *m, void *position, loff_t *pos)
{
	(*pos)++;
	return quarantine_start(m, pos);
}

static const struct seq_operations quarantine_sops = {
	.start = quarantine_start,
	.next = quarantine_next,
	.stop = nothing_to_stop,
	.show = quarantine_show,
};
DEFINE_SEQ_ATTRIBUTE(quarantine);

/* What may keep the module loaded: not the text device's buffers. */
static void show_buffers(struct seq_file *m, struct lcma_region *region)
{
	struct lcma_buffer_facts facts = {};

	while (lcma_buffer_list(region, facts.id, &facts, 1)) {
		if (facts.owner == LCMA_OWNER_TEXT)
			continue;
		seq_printf(m, "%s=%s/%llu bytes=%llu pid=%d comm=%s label=%s",
			   facts.owner == LCMA_OWNER_PROGRAM ? "dmabuf" : "kernel",
			   region->name, facts.id, facts.bytes, facts.pid, facts.comm,
			   *facts.label ? facts.label : "-");
		show_devices(m, region, facts.id);
		seq_putc(m, '\n');
	}
}

/* This file is open itself, which is one of the references. */
static int holders_show(struct seq_file *m, void *unused)
{
	struct lcma_region *region;
	unsigned int i;

	seq_printf(m, "references=%d\n", lcma_compat_module_refcount());
	lcma_doors_show(m);
	lcma_bind_show_holders(m);
	lcma_for_each_region(region, i)
		show_buffers(m, region);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(holders);

static int devices_show(struct seq_file *m, void *unused)
{
	lcma_bind_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static struct dentry *add_dir(const char *name, struct dentry *parent)
{
	return ERR_PTR(lcma_fault(DEBUGFS_DIR)) ?:
	       debugfs_create_dir(name, parent);
}

static void add_file(struct dentry *dir, const char *name,
		     struct lcma_region *region,
		     const struct file_operations *fops)
{
	if (!lcma_fault(DEBUGFS_FILE))
		debugfs_create_file(name, 0400, dir, region, fops);
}

/**
 * lcma_debugfs_add - show a region
 * @region: the region
 *
 * Context: process, may sleep. A kernel without debugfs goes without it.
 */
void lcma_debugfs_add(struct lcma_region *region)
{
	struct dentry *dir = add_dir(region->name, root);

	add_file(dir, "info", region, &info_fops);
	add_file(dir, "map", region, &map_fops);
	add_file(dir, "buffers", region, &buffers_fops);
	add_file(dir, "failures", region, &failures_fops);
	add_file(dir, "quarantine", region, &quarantine_fops);
}

/**
 * lcma_debugfs_init - show the regions
 *
 * Context: while the module loads, when no later step can fail. A kernel
 * without debugfs goes without it.
 */
void lcma_debugfs_init(void)
{
	struct lcma_region *region;
	unsigned int i;

	holders = lcma_fault(DEBUGFS_FILE) ? NULL :
		  debugfs_create_file("lcma_holders", 0400, NULL, NULL,
				      &holders_fops);
	devices = lcma_fault(DEBUGFS_FILE) ? NULL :
		  debugfs_create_file("lcma_devices", 0400, NULL, NULL,
				      &devices_fops);
	root = add_dir("lcma", NULL);
	lcma_for_each_region(region, i)
		lcma_debugfs_add(region);
}

/**
 * lcma_debugfs_exit - show nothing from now on
 *
 * Context: while the module unloads; may sleep.
 */
void lcma_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
	debugfs_remove(holders);
	debugfs_remove(devices);
}
