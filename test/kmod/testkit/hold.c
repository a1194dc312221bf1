// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that are held for a while, as by I/O:
 *
 *	echo KIND FIRST_PFN NR MS > hold	the first page of the range that is
 *						fit for it, for so many milliseconds
 *	cat hold				pfn=0x... kind=..., while it is held
 *
 * KIND is one of
 *	pin		a reference: direct I/O, a pipe
 *	lock		a reference and the page's lock: a read that is waited for
 *	writeback	a page that is being written to its device
 *	buffers		a reference to the page's buffer heads, as a journal has: the
 *			page itself shows nothing of it
 *
 * One page at a time: -EBUSY. -ENOENT: no page of the range is fit for it.
 *
 *	echo FD NR > buffers			the first so many pages of an open block
 *						device, with buffer heads, into the
 *						page cache: what is in them is undefined
 */
#include "testkit.h"

#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/workqueue.h>

enum hold_kind {
	HOLD_PIN,
	HOLD_LOCK,
	HOLD_WRITEBACK,
	HOLD_BUFFERS,
};

static const char * const words[] = {
	[HOLD_PIN] = "pin",
	[HOLD_LOCK] = "lock",
	[HOLD_WRITEBACK] = "writeback",
	[HOLD_BUFFERS] = "buffers",
};

static DEFINE_MUTEX(hold_lock);		/* all of these */
static struct folio *held;
static struct buffer_head *held_buffers;
static enum hold_kind held_kind;

static void let_go(struct work_struct *work)
{
	mutex_lock(&hold_lock);
	if (held_kind == HOLD_LOCK)
		folio_unlock(held);
	if (held_kind == HOLD_WRITEBACK)
		folio_end_writeback(held);
	if (held_kind == HOLD_BUFFERS)
		put_bh(held_buffers);
	else if (held_kind != HOLD_WRITEBACK)
		folio_put(held);
	held = NULL;
	mutex_unlock(&hold_lock);
}

static DECLARE_DELAYED_WORK(let_go_work, let_go);

/* With the page's lock. Return: is the page fit for it, and held? */
static bool hold_locked(struct folio *folio, enum hold_kind kind)
{
	if (!folio->mapping || folio_test_writeback(folio))
		return false;
	switch (kind) {
	case HOLD_WRITEBACK:
		folio_start_writeback(folio);
		break;
	case HOLD_BUFFERS:
		held_buffers = folio_buffers(folio);
		if (!held_buffers)
			return false;
		get_bh(held_buffers);
		break;
	case HOLD_PIN:
	case HOLD_LOCK:
		folio_get(folio);
		break;
	}
	held = folio;
	held_kind = kind;
	return true;
}

static bool hold_page(struct page *page, enum hold_kind kind)
{
	struct folio *folio;
	bool done;

	/* A head or a lone page: a tail has no references. */
	if (!get_page_unless_zero(page))
		return false;
	folio = page_folio(page);
	done = folio_test_lru(folio) && folio_trylock(folio);
	if (done) {
		done = hold_locked(folio, kind);
		if (!done || kind != HOLD_LOCK)
			folio_unlock(folio);
	}
	folio_put(folio);
	return done;
}

static int hold_one(enum hold_kind kind, unsigned long pfn, unsigned long nr,
		    unsigned int ms)
{
	unsigned long end = pfn + nr;
	int err = -ENOENT;

	mutex_lock(&hold_lock);
	if (held)
		err = -EBUSY;
	for (; pfn < end && err == -ENOENT; pfn++)
		if (pfn_valid(pfn) && hold_page(pfn_to_page(pfn), kind))
			err = 0;
	mutex_unlock(&hold_lock);
	if (!err)
		schedule_delayed_work(&let_go_work, msecs_to_jiffies(ms));
	return err;
}

static ssize_t hold_write(struct file *file, const char __user *from,
			  size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES], word[16];
	unsigned long pfn, nr;
	unsigned int ms;
	int err = testkit_line(line, from, len_bytes);
	int kind;

	if (err)
		return err;
	if (sscanf(line, "%15s %li %li %u", word, &pfn, &nr, &ms) != 4)
		return -EINVAL;
	kind = match_string(words, ARRAY_SIZE(words), word);
	if (kind < 0)
		return kind;
	err = hold_one(kind, pfn, nr, ms);
	return err ? err : len_bytes;
}

static int hold_show(struct seq_file *m, void *unused)
{
	mutex_lock(&hold_lock);
	if (held)
		seq_printf(m, "pfn=%#lx kind=%s\n", folio_pfn(held),
			   words[held_kind]);
	mutex_unlock(&hold_lock);
	return 0;
}

static int hold_open(struct inode *inode, struct file *file)
{
	return single_open(file, hold_show, NULL);
}

static const struct file_operations hold_fops = {
	.owner = THIS_MODULE,
	.open = hold_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = hold_write,
};

/*
 * As a file system gets the pages of its metadata: unlike those that a program reads
 * and writes through the device they are movable.
 */
static int get_buffers(struct block_device *bdev, unsigned long nr)
{
	struct buffer_head *bh;
	unsigned long i;

	for (i = 0; i < nr; i++) {
		bh = __getblk(bdev, i, PAGE_SIZE);
		if (!bh)
			return -ENOMEM;
		brelse(bh);
		cond_resched();
	}
	return 0;
}

static ssize_t buffers_write(struct file *file, const char __user *from,
			     size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);
	struct file *disk;
	unsigned long nr;
	int fd;

	if (err)
		return err;
	if (sscanf(line, "%i %li", &fd, &nr) != 2)
		return -EINVAL;
	disk = fget(fd);
	if (!disk)
		return -EBADF;
	err = S_ISBLK(disk->f_mapping->host->i_mode) ?
	      get_buffers(I_BDEV(disk->f_mapping->host), nr) : -ENOTBLK;
	fput(disk);
	return err ? err : len_bytes;
}

static const struct file_operations buffers_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = buffers_write,
};

/**
 * hold_init - make the files
 * @dir: where
 */
void hold_init(struct dentry *dir)
{
	debugfs_create_file("hold", 0600, dir, NULL, &hold_fops);
	debugfs_create_file("buffers", 0200, dir, NULL, &buffers_fops);
}

/**
 * hold_exit - let go of what is held
 */
void hold_exit(void)
{
	flush_delayed_work(&let_go_work);
}
