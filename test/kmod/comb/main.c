// SPDX-License-Identifier: GPL-2.0-only
/*
 * comb: scatters the pool of a region, so that tests see what becomes of large
 * requests then. Orders are written to /sys/kernel/debug/lcma_comb, one a line:
 *
 *	hold REGION PAGES EVERY	allocate PAGES, each by itself, out of a pool that has
 *				room for them, and free all but every EVERYth, which
 *				is held
 *	drop			free those
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
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define LINE_BYTES	96
#define NAME_BYTES	32

static DEFINE_MUTEX(lock);	/* all of these */
static struct lcma_region *region;
static struct page **pages;
static unsigned long nr_pages, every;

static bool is_tooth(unsigned long i)
{
	return !(page_to_pfn(pages[i]) % every);
}

/* Free those that are held, or all the others. */
static int free_teeth(bool teeth)
{
	unsigned long i;

	for (i = 0; i < nr_pages; i++) {
		if (!pages[i] || is_tooth(i) != teeth)
			continue;
		if (!lcma_free_pages(region, pages[i], 1))
			return -EIO;
		pages[i] = NULL;
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
	kvfree(pages);
	pages = NULL;
	return err;
}

/* So many pages into the pool, and out of it again one by one. */
static int take(void)
{
	struct page *page = lcma_alloc_pages(region, nr_pages, 0, 0);
	unsigned long i;

	if (IS_ERR(page))
		return PTR_ERR(page);
	lcma_free_pages(region, page, nr_pages);
	for (i = 0; i < nr_pages; i++) {
		page = lcma_alloc_pages(region, 1, 0, LCMA_NOWAIT);
		if (IS_ERR(page))
			return PTR_ERR(page);
		pages[i] = page;
		if (!(i % 256))
			cond_resched();
	}
	return 0;
}

static int hold(const char *name, unsigned long want, unsigned long step)
{
	int err;

	if (pages || !want || !step)
		return -EINVAL;
	region = lcma_region_find(name);
	if (!region)
		return -ENOENT;
	pages = kvcalloc(want, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	nr_pages = want;
	every = step;
	err = take();
	if (!err)
		return free_teeth(false);
	free_teeth(false);
	drop();
	return err;
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
