// SPDX-License-Identifier: GPL-2.0-only
/*
 * comb: scatters the pool of a region, so that tests see what becomes of large
 * requests then. Orders are written to /sys/kernel/debug/lcma_comb, one a line:
 *
 *	hold REGION PAGES EVERY	allocate PAGES in one piece, free all of them but
 *				every EVERYth, which is held
 *	drop			free those, each by itself
 *
 * With a pool that keeps nothing between the two, and with room for them before
 * the second, each of them is a pool page by itself. The pages belong to one test
 * at a time, and are freed when the module is unloaded.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/lcma.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define LINE_BYTES	96
#define NAME_BYTES	32

static DEFINE_MUTEX(lock);	/* all of these */
static struct lcma_region *region;
static struct page *pages;
static unsigned long nr_pages, every;

/* Free those that are held, or all the others. */
static int free_teeth(bool held)
{
	unsigned long i;

	for (i = 0; i < nr_pages; i++) {
		if (!(i % every) == held &&
		    !lcma_free_pages(region, pages + i, 1))
			return -EIO;
		if (!(i % 256))
			cond_resched();
	}
	return 0;
}

static int drop(void)
{
	int err = 0;

	if (pages)
		err = free_teeth(true);
	pages = NULL;
	return err;
}

static int hold(const char *name, unsigned long want, unsigned long step)
{
	if (pages || !want || !step)
		return -EINVAL;
	region = lcma_region_find(name);
	if (!region)
		return -ENOENT;
	pages = lcma_alloc_pages(region, want, 0, 0);
	if (IS_ERR(pages)) {
		const int err = PTR_ERR(pages);

		pages = NULL;
		return err;
	}
	nr_pages = want;
	every = step;
	return free_teeth(false);
}

static ssize_t order(struct file *file, const char __user *from, size_t len_bytes,
		     loff_t *pos)
{
	char line[LINE_BYTES], name[NAME_BYTES];
	unsigned long want, step;
	int err = -EINVAL;

	if (len_bytes >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len_bytes))
		return -EFAULT;
	line[len_bytes] = '\0';
	mutex_lock(&lock);
	if (sysfs_streq(line, "drop"))
		err = drop();
	else if (sscanf(line, "hold %31s %lu %lu", name, &want, &step) == 3)
		err = hold(name, want, step);
	mutex_unlock(&lock);
	return err ?: len_bytes;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = order,
};

static struct dentry *file;

static int __init comb_init(void)
{
	file = debugfs_create_file("lcma_comb", 0200, NULL, NULL, &fops);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit comb_exit(void)
{
	debugfs_remove(file);
	drop();
}

module_init(comb_init);
module_exit(comb_exit);

LCMA_IMPORT;
MODULE_AUTHOR("The lcma authors");
MODULE_DESCRIPTION("Scatters the pool of a region");
MODULE_LICENSE("GPL");
