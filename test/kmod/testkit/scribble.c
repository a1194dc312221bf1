// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing to the pages of a range, and looking for what was written:
 *
 *	echo FIRST_PFN NR WORD > scribble	fills them
 *	echo FIRST_PFN NR > scribble; cat scribble
 *						how many have a word that is not 0
 *
 * For pages of buffers that the test holds.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>

static unsigned long first_pfn;
static unsigned long nr_pfns;

static void fill_page(struct page *page, u32 word)
{
	u32 *words = kmap_local_page(page);

	memset32(words, word, PAGE_SIZE / sizeof(u32));
	kunmap_local(words);
}

static bool is_zero(struct page *page)
{
	u32 *words = kmap_local_page(page);
	bool zero = !memchr_inv(words, 0, PAGE_SIZE);

	kunmap_local(words);
	return zero;
}

static int scribble_show(struct seq_file *m, void *unused)
{
	unsigned long i, nr = 0;

	for (i = 0; i < nr_pfns; i++) {
		nr += !is_zero(pfn_to_page(first_pfn + i));
		cond_resched();
	}
	seq_printf(m, "%lu\n", nr);
	return 0;
}

static ssize_t scribble_write(struct file *file, const char __user *from,
			      size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	unsigned long first, nr, i;
	unsigned int word = 0;
	int err = testkit_line(line, from, len_bytes);
	int found;

	if (err)
		return err;
	found = sscanf(line, "%li %li %i", &first, &nr, &word);
	if (found < 2)
		return -EINVAL;
	for (i = 0; i < nr; i++)
		if (!pfn_valid(first + i))
			return -EINVAL;
	for (i = 0; found == 3 && i < nr; i++) {
		fill_page(pfn_to_page(first + i), word);
		cond_resched();
	}
	first_pfn = first;
	nr_pfns = nr;
	return len_bytes;
}

static int scribble_open(struct inode *inode, struct file *file)
{
	return single_open(file, scribble_show, NULL);
}

static const struct file_operations scribble_fops = {
	.owner = THIS_MODULE,
	.open = scribble_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = scribble_write,
};

/**
 * scribble_init - make the file
 * @dir: where
 */
void scribble_init(struct dentry *dir)
{
	debugfs_create_file("scribble", 0600, dir, NULL, &scribble_fops);
}
