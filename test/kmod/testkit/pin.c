// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pins: references to pages, taken and dropped on request, as a driver does
 * that forgets about a page, or a DMA that is late.
 *
 *	echo PFN [NR] > pin	one reference to each of NR pages (default 1)
 *	echo PFN > unpin	drops one; `all` drops all
 *	cat pin			a line for each that is held
 *
 * A page that is not in use cannot be pinned: -EBUSY, and none of them is.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct pin - a reference that is held
 * @link: in pins, oldest first
 * @pfn: the page
 */
struct pin {
	struct list_head link;
	unsigned long pfn;
};

static LIST_HEAD(pins);
static DEFINE_MUTEX(pins_lock);

static void drop_pin(struct pin *pin)
{
	put_page(pfn_to_page(pin->pfn));
	list_del(&pin->link);
	kfree(pin);
}

static int add_pin(unsigned long pfn)
{
	struct pin *pin;

	if (!pfn_valid(pfn))
		return -EINVAL;
	pin = kzalloc(sizeof(*pin), GFP_KERNEL);
	if (!pin)
		return -ENOMEM;
	if (!get_page_unless_zero(pfn_to_page(pfn))) {
		kfree(pin);
		return -EBUSY;
	}
	pin->pfn = pfn;
	list_add_tail(&pin->link, &pins);
	return 0;
}

/* Drop the youngest @nr pins. */
static void undo_pins(unsigned long nr)
{
	while (nr--)
		drop_pin(list_last_entry(&pins, struct pin, link));
}

static int add_pins(unsigned long pfn, unsigned long nr)
{
	unsigned long i;
	int err = 0;

	mutex_lock(&pins_lock);
	for (i = 0; i < nr && !err; i++)
		err = add_pin(pfn + i);
	if (err)
		undo_pins(i - 1);
	mutex_unlock(&pins_lock);
	return err;
}

/* Drop one pin of a page, or (@all) every pin. */
static int drop_pins(unsigned long pfn, bool all)
{
	struct pin *pin, *next;
	int err = all ? 0 : -ENOENT;

	mutex_lock(&pins_lock);
	list_for_each_entry_safe(pin, next, &pins, link) {
		if (!all && pin->pfn != pfn)
			continue;
		drop_pin(pin);
		err = 0;
		if (!all)
			break;
	}
	mutex_unlock(&pins_lock);
	return err;
}

static ssize_t pin_write(struct file *file, const char __user *from,
			 size_t len_bytes, loff_t *pos)
{
	unsigned long pfn, nr = 1;
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);

	if (err)
		return err;
	if (sscanf(line, "%li %li", &pfn, &nr) < 1 || !nr)
		return -EINVAL;
	err = add_pins(pfn, nr);
	return err ? err : len_bytes;
}

static ssize_t unpin_write(struct file *file, const char __user *from,
			   size_t len_bytes, loff_t *pos)
{
	unsigned long pfn = 0;
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);
	bool all = !err && !strcmp(line, "all");

	if (err)
		return err;
	if (!all)
		err = kstrtoul(line, 0, &pfn);
	if (!err)
		err = drop_pins(pfn, all);
	return err ? err : len_bytes;
}

static int pin_show(struct seq_file *m, void *unused)
{
	struct pin *pin;

	mutex_lock(&pins_lock);
	list_for_each_entry(pin, &pins, link)
		seq_printf(m, "pfn=%#lx refcount=%d\n", pin->pfn,
			   page_ref_count(pfn_to_page(pin->pfn)));
	mutex_unlock(&pins_lock);
	return 0;
}

static int pin_open(struct inode *inode, struct file *file)
{
	return single_open(file, pin_show, NULL);
}

static const struct file_operations pin_fops = {
	.owner = THIS_MODULE,
	.open = pin_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = pin_write,
};

static const struct file_operations unpin_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = unpin_write,
};

/**
 * pin_init - make the files
 * @dir: where
 */
void pin_init(struct dentry *dir)
{
	debugfs_create_file("pin", 0600, dir, NULL, &pin_fops);
	debugfs_create_file("unpin", 0200, dir, NULL, &unpin_fops);
}

/**
 * pin_exit - let go of everything
 */
void pin_exit(void)
{
	drop_pins(0, true);
}
