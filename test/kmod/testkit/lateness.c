// SPDX-License-Identifier: GPL-2.0-only
/*
 * How late the CPUs themselves are:
 *
 *	echo start > lateness; ...; cat lateness; echo stop > lateness
 *
 * A busy host takes an emulated CPU away for a while, and nothing in the guest
 * knows. So a timer on each CPU wants to run every millisecond, as an interrupt,
 * and notes by how much it comes late. What is read is the sum over all CPUs
 * since the start, in milliseconds: an allowance for a verdict about time.
 *
 * Interrupts that are kept off for more than a millisecond count, too, and
 * so would hide in that allowance. A task that only keeps others from the CPU
 * does not: the timer does not wait for those.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/version.h>

#define PERIOD_NS	NSEC_PER_MSEC

/**
 * struct watch - one CPU's
 * @timer: runs every PERIOD_NS
 * @late_ns: the sum of what was more than PERIOD_NS late
 */
struct watch {
	struct hrtimer timer;
	u64 late_ns;
};

static DEFINE_PER_CPU(struct watch, watches);
static bool runs;

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct watch *watch = container_of(timer, struct watch, timer);
	const s64 late_ns = ktime_to_ns(ktime_sub(ktime_get(),
						  hrtimer_get_expires(timer)));

	if (late_ns > PERIOD_NS)
		WRITE_ONCE(watch->late_ns, watch->late_ns + late_ns);
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

static void start_here(void *unused)
{
	struct watch *watch = this_cpu_ptr(&watches);

	watch->late_ns = 0;
	/* The second name came in 6.13, the first one went in 6.15. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(&watch->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	watch->timer.function = tick;
#else
	hrtimer_setup(&watch->timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
#endif
	hrtimer_start(&watch->timer, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static void stop(void)
{
	int cpu;

	if (!runs)
		return;
	for_each_online_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(&watches, cpu)->timer);
	runs = false;
}

static ssize_t lateness_write(struct file *file, const char __user *from,
			      size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);

	if (err)
		return err;
	stop();
	if (!strcmp(line, "start")) {
		on_each_cpu(start_here, NULL, 1);
		runs = true;
	} else if (strcmp(line, "stop")) {
		return -EINVAL;
	}
	return len_bytes;
}

static int lateness_show(struct seq_file *seq, void *unused)
{
	u64 late_ns = 0;
	int cpu;

	for_each_online_cpu(cpu)
		late_ns += READ_ONCE(per_cpu_ptr(&watches, cpu)->late_ns);
	seq_printf(seq, "%llu\n", div_u64(late_ns, NSEC_PER_MSEC));
	return 0;
}

static int lateness_open(struct inode *inode, struct file *file)
{
	return single_open(file, lateness_show, NULL);
}

static const struct file_operations lateness_fops = {
	.owner = THIS_MODULE,
	.open = lateness_open,
	.read = seq_read,
	.write = lateness_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * lateness_init - makes the file
 * @dir: where
 *
 * Context: process, may sleep.
 */
void lateness_init(struct dentry *dir)
{
	debugfs_create_file("lateness", 0600, dir, NULL, &lateness_fops);
}

/**
 * lateness_exit - no timer runs after this
 *
 * Context: process, may sleep; the file is gone.
 */
void lateness_exit(void)
{
	stop();
}
