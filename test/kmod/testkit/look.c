// SPDX-License-Identifier: GPL-2.0-only
/*
 * A look at the pages of a range:
 *
 *	echo FIRST_PFN NR > look; cat look
 *
 * One line of counts: pages that are Reserved; that have no, one, and more
 * references; that are Reserved with one reference (as the boot leaves a
 * reservation); that are in free blocks of the buddy allocator; on a reclaim
 * list; and the first page that is in neither of the last two nor Reserved.
 * Pages change meanwhile: exact only where only the test has them.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

static unsigned long first_pfn;
static unsigned long nr_pfns;

/**
 * struct counts - what a range consists of, in pages
 * @reserved: Reserved
 * @ref0: without a reference
 * @ref1: with one
 * @more: with more than one
 * @as_booted: Reserved, with one reference
 * @buddy: in free blocks
 * @lru: on a reclaim list
 * @other: none of Reserved, buddy and lru
 * @first_other: the first of them
 */
struct counts {
	unsigned long reserved;
	unsigned long ref0;
	unsigned long ref1;
	unsigned long more;
	unsigned long as_booted;
	unsigned long buddy;
	unsigned long lru;
	unsigned long other;
	unsigned long first_other;
};

static void count_page(struct counts *c, struct page *page, bool is_buddy)
{
	int refs = page_ref_count(page);
	bool reserved = PageReserved(page);
	bool lru = test_bit(PG_lru, (unsigned long *)&page->flags);

	c->reserved += reserved;
	c->ref0 += refs == 0;
	c->ref1 += refs == 1;
	c->more += refs > 1;
	c->as_booted += reserved && refs == 1;
	c->buddy += is_buddy;
	c->lru += lru;
	if (!reserved && !is_buddy && !lru && !c->other++)
		c->first_other = page_to_pfn(page);
}

static int look_show(struct seq_file *m, void *unused)
{
	unsigned long pfn, end = first_pfn + nr_pfns, buddy_end = 0;
	struct counts c = {};

	for (pfn = first_pfn; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (!(pfn % 1024))
			cond_resched();
		if (PageBuddy(page) && pfn >= buddy_end)
			buddy_end = pfn + (1UL << (READ_ONCE(page->private) & 15));
		count_page(&c, page, pfn < buddy_end);
	}
	seq_printf(m, "pages=%lu reserved=%lu ref0=%lu ref1=%lu more=%lu as_booted=%lu buddy=%lu lru=%lu other=%lu first_other=%#lx\n",
		   nr_pfns, c.reserved, c.ref0, c.ref1, c.more, c.as_booted,
		   c.buddy, c.lru, c.other, c.first_other);
	return 0;
}

static ssize_t look_write(struct file *file, const char __user *from,
			  size_t len_bytes, loff_t *pos)
{
	unsigned long first, nr, i;
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);

	if (err)
		return err;
	if (sscanf(line, "%li %li", &first, &nr) != 2)
		return -EINVAL;
	for (i = 0; i < nr; i++)
		if (!pfn_valid(first + i))
			return -EINVAL;
	first_pfn = first;
	nr_pfns = nr;
	return len_bytes;
}

static int look_open(struct inode *inode, struct file *file)
{
	return single_open(file, look_show, NULL);
}

static const struct file_operations look_fops = {
	.owner = THIS_MODULE,
	.open = look_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = look_write,
};

/**
 * look_init - make the file
 * @dir: where
 */
void look_init(struct dentry *dir)
{
	debugfs_create_file("look", 0600, dir, NULL, &look_fops);
}
