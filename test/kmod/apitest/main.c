// SPDX-License-Identifier: GPL-2.0-only
/*
 * apitest: runs suites over lcma's kernel API.
 *
 *	echo SUITE REGION > /sys/kernel/debug/lcma_apitest/run
 *	cat /sys/kernel/debug/lcma_apitest/results
 *
 * What is written runs to its end, in a kernel thread; `results` then has a
 * line for each check, "ok WHAT" or "not ok WHAT (not: CONDITION)".
 * An attempt is a suite of one step, made by the writer itself: the write
 * fails with its error.
 */
#include "apitest.h"

#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

static const struct suite {
	const char *name;
	void (*run)(struct lcma_region *region);
} suites[] = {
	{ "pages", apitest_pages },
	{ "errors", apitest_errors },
	{ "gone", apitest_gone },
	{ "release", apitest_release },
	{ "quarantine", apitest_quarantine },
	{ "atomic", apitest_atomic },
	{ "devices", apitest_devices },
	{ "managed", apitest_managed },
	{ "managed_gone", apitest_managed_gone },
	{ "managed_back", apitest_managed_back },
	{ "forget", apitest_forget },
	{ "buffers", apitest_buffers },
	{ "hold", apitest_hold },
	{ "let_go", apitest_let_go },
	{ "pin", apitest_pin },
	{ "unpin", apitest_unpin },
	{ "unpinned", apitest_unpinned },
	{ "bounce", apitest_bounce },
	{ "crowd", apitest_crowd },
	{ "intruder", apitest_intruder },
	{ "banks", apitest_banks },
	{ "one_bank", apitest_one_bank },
	{ "prepare", apitest_prepare },
	{ "leave", apitest_leave },
	{ "worker", apitest_worker },
	{ "sleeper", apitest_sleeper },
	{ "awake", apitest_awake },
};

static const struct attempt {
	const char *name;
	int (*run)(struct lcma_region *region);
} attempts[] = {
	{ "try_pages", apitest_try_pages },
	{ "try_buffer", apitest_try_buffer },
	{ "try_export", apitest_try_export },
	{ "try_attach", apitest_try_attach },
	{ "try_vmap", apitest_try_vmap },
	{ "try_assign", apitest_try_assign },
	{ "try_managed", apitest_try_managed },
};

static DEFINE_MUTEX(run_lock);	/* one suite at a time, and its results */
static struct dentry *dir;

/* A suite on its way. */
struct job {
	struct work_struct work;
	const struct suite *suite;
	struct lcma_region *region;
};

static void run_job(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	job->suite->run(job->region);
}

static int run_suite(const char *name, struct lcma_region *region)
{
	struct job job = { .region = region };
	unsigned int i;

	for (i = 0; region && i < ARRAY_SIZE(attempts); i++)
		if (!strcmp(attempts[i].name, name))
			return attempts[i].run(region);
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (!strcmp(suites[i].name, name))
			job.suite = &suites[i];
	if (!job.suite || !region)
		return -ENOENT;

	mutex_lock(&run_lock);
	apitest_clear();
	INIT_WORK_ONSTACK(&job.work, run_job);
	queue_work(system_unbound_wq, &job.work);
	flush_work(&job.work);
	destroy_work_on_stack(&job.work);
	mutex_unlock(&run_lock);
	return 0;
}

static ssize_t run_write(struct file *file, const char __user *from,
			 size_t count, loff_t *pos)
{
	char line[80], *rest = line;
	const char *name;
	int err;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';
	name = strsep(&rest, "\t\n ");
	err = run_suite(name, rest ? lcma_region_find(strim(rest)) : NULL);
	return err ?: count;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static int results_show(struct seq_file *file, void *unused)
{
	mutex_lock(&run_lock);
	seq_puts(file, apitest_text());
	mutex_unlock(&run_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(results);

static int __init apitest_init(void)
{
	int err = apitest_attempts_init();

	if (err)
		return err;
	dir = debugfs_create_dir("lcma_apitest", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("results", 0400, dir, NULL, &results_fops);
	debugfs_create_file("attach", 0200, dir, NULL, &apitest_attach_fops);
	return 0;
}
module_init(apitest_init);

static void __exit apitest_exit(void)
{
	debugfs_remove_recursive(dir);
	apitest_worker_exit();
	apitest_detach_all();
	apitest_devices_exit();
	apitest_attempts_exit();
}
module_exit(apitest_exit);

LCMA_IMPORT;
LCMA_IMPORT_DMA_BUF;
MODULE_DESCRIPTION("Tests of lcma's kernel API");
MODULE_LICENSE("GPL");
