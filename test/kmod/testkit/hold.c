// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is held for a while, as by I/O:
 *
 *	echo KIND FD PFN MS > hold	makes the page, which has to be free, a page of
 *					an open block device, as a file system's is
 *					whose metadata it holds; and holds it for so
 *					many milliseconds
 *	echo now > hold			ends it
 *	cat hold			pfn=0x... kind=..., while it is held
 *
 * KIND is one of
 *	none		nothing: it is there, and can be moved
 *	pin		a reference: direct I/O, a pipe
 *	lock		a reference and the page's lock: a read that is waited for
 *	writeback	a page that is being written to its device
 *	buffers		a reference to the page's buffer heads, as a journal has: the
 *			page itself shows nothing of it
 *	used		a reference to a page that is in use already; FD is ignored
 *
 * One page at a time: -EBUSY.
 */
#include "testkit.h"

#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#ifdef ACR_FLAGS_CMA			/* 6.17 */
#define CONTIG_KIND	(IS_ENABLED(CONFIG_CMA) ? ACR_FLAGS_CMA : ACR_FLAGS_NONE)
#elif defined(CONFIG_CMA)
#define CONTIG_KIND	MIGRATE_CMA
#else
#define CONTIG_KIND	MIGRATE_MOVABLE
#endif

/* A page of the device that was read is in memory already. */
#define MAX_TRIES	8

enum hold_kind {
	HOLD_NONE,
	HOLD_PIN,
	HOLD_LOCK,
	HOLD_WRITEBACK,
	HOLD_BUFFERS,
	HOLD_USED,
};

static const char * const words[] = {
	[HOLD_NONE] = "none",
	[HOLD_PIN] = "pin",
	[HOLD_LOCK] = "lock",
	[HOLD_WRITEBACK] = "writeback",
	[HOLD_BUFFERS] = "buffers",
	[HOLD_USED] = "used",
};

static DEFINE_MUTEX(hold_lock);		/* all of these */
static struct folio *held;
static struct buffer_head *held_buffers;
static unsigned long next_index;	/* of the device's page that is made next */
static enum hold_kind held_kind;

static void let_go(struct work_struct *work)
{
	mutex_lock(&hold_lock);
	if (!held)
		goto unlock;
	if (held_kind == HOLD_LOCK)
		folio_unlock(held);
	if (held_kind == HOLD_WRITEBACK)
		folio_end_writeback(held);
	if (held_kind == HOLD_BUFFERS)
		put_bh(held_buffers);
	else if (held_kind != HOLD_WRITEBACK)
		folio_put(held);
	held = NULL;
unlock:
	mutex_unlock(&hold_lock);
}

static DECLARE_DELAYED_WORK(let_go_work, let_go);

/*
 * The page becomes a page of the device, with buffer heads; unlike those that a
 * program reads and writes it can be moved.
 * Return: 0 and a reference.
 */
static int make_page(struct block_device *bdev, struct address_space *mapping,
		     unsigned long pfn)
{
	struct folio *folio = page_folio(pfn_to_page(pfn));
	struct buffer_head *bh;
	int i, err = -EBUSY;

	for (i = 0; i < MAX_TRIES && err; i++)
		err = alloc_contig_range(pfn, pfn + 1, CONTIG_KIND, GFP_KERNEL);
	if (err)
		return err;
	for (i = 0, err = -EEXIST; i < MAX_TRIES && err == -EEXIST; i++)
		err = filemap_add_folio(mapping, folio, ++next_index, GFP_KERNEL);
	if (err) {
		folio_put(folio);
		return err;
	}
	folio_unlock(folio);
	bh = __getblk(bdev, next_index, PAGE_SIZE);
	if (!bh || folio_buffers(folio) != bh)
		err = -EIO;
	brelse(bh);
	if (err)
		folio_put(folio);
	return err;
}

/* With a reference of the folio, which is used up. */
static void hold_folio(struct folio *folio, enum hold_kind kind)
{
	held = folio;
	held_kind = kind;
	if (kind == HOLD_PIN || kind == HOLD_USED)
		return;
	folio_lock(folio);
	if (kind == HOLD_LOCK)
		return;
	if (kind == HOLD_WRITEBACK) {
		folio_start_writeback(folio);
	} else if (kind == HOLD_BUFFERS) {
		held_buffers = folio_buffers(folio);
		get_bh(held_buffers);
	} else {
		held = NULL;
	}
	folio_unlock(folio);
	folio_put(folio);
}

static int hold_one(enum hold_kind kind, struct file *disk, unsigned long pfn,
		    unsigned int ms)
{
	struct inode *inode = disk->f_mapping->host;
	int err = 0;

	if (!S_ISBLK(inode->i_mode) || !pfn_valid(pfn))
		return -EINVAL;
	mutex_lock(&hold_lock);
	if (held)
		err = -EBUSY;
	else if (kind != HOLD_USED)
		err = make_page(I_BDEV(inode), disk->f_mapping, pfn);
	else if (!get_page_unless_zero(pfn_to_page(pfn)))
		err = -ENOENT;
	if (!err)
		hold_folio(page_folio(pfn_to_page(pfn)), kind);
	if (held && !err)
		schedule_delayed_work(&let_go_work, msecs_to_jiffies(ms));
	mutex_unlock(&hold_lock);
	return err;
}

static ssize_t hold_write(struct file *file, const char __user *from,
			  size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES], word[16];
	int err = testkit_line(line, from, len_bytes);
	struct file *disk;
	unsigned long pfn;
	unsigned int ms;
	int fd, kind;

	if (err)
		return err;
	if (!strcmp(line, "now")) {
		mod_delayed_work(system_wq, &let_go_work, 0);
		return len_bytes;
	}
	if (sscanf(line, "%15s %i %li %u", word, &fd, &pfn, &ms) != 4)
		return -EINVAL;
	kind = match_string(words, ARRAY_SIZE(words), word);
	if (kind < 0)
		return kind;
	disk = fget(fd);
	if (!disk)
		return -EBADF;
	err = hold_one(kind, disk, pfn, ms);
	fput(disk);
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

/**
 * hold_init - make the file
 * @dir: where
 */
void hold_init(struct dentry *dir)
{
	debugfs_create_file("hold", 0600, dir, NULL, &hold_fops);
}

/**
 * hold_exit - let go of what is held
 */
void hold_exit(void)
{
	flush_delayed_work(&let_go_work);
}
