// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults: see fault.h. Its file in debugfs stands beside those of the regions,
 * not among them: a fault in making them does not take it away. While the module
 * loads there is none (see door.h), but the module parameter.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "fault.h"

#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* Room for an injection, as it is written. */
#define INJECTION_BYTES	48

/* An injection at every point. */
#define ANY_POINT	LCMA_NR_FAULT_POINTS

#define POINT_ROW(name, error)	{ #name, -(error) },

static const struct {
	const char *name;
	int err;
} points[LCMA_NR_FAULT_POINTS] = {
	LCMA_FAULT_POINTS(POINT_ROW)
};

/**
 * struct injection - which passes fail
 * @text: as it was written
 * @point: passes of this point, or ANY_POINT
 * @first: the first pass that fails, counted from 1
 * @last: the last one, inclusive
 * @nr_passes: passes so far
 * @nr_failures: those that failed
 */
struct injection {
	char text[INJECTION_BYTES];
	unsigned int point;
	unsigned long first;
	unsigned long last;
	unsigned long nr_passes;
	unsigned long nr_failures;
};

DEFINE_STATIC_KEY_FALSE(lcma_faults_injected);

/* One injection at a time, and the static key that belongs to it. */
static DEFINE_MUTEX(injection_lock);

/* Innermost of all, with interrupts off. Protects everything below. */
static DEFINE_SPINLOCK(lock);
static struct injection injection = { .text = "off" };

/* Since the last injection; not counted while there is none. */
static struct {
	unsigned long nr_passes;
	unsigned long nr_failures;
} counts[LCMA_NR_FAULT_POINTS];

static struct dentry *file;

static bool injection_strikes(unsigned int point)
{
	if (injection.point != ANY_POINT && injection.point != point)
		return false;
	injection.nr_passes++;
	return injection.nr_passes >= injection.first && injection.nr_passes <= injection.last;
}

/**
 * lcma_fault_pass - pass a point while a failure is injected
 * @point: the point
 *
 * Context: any.
 * Return: 0; the point's errno, negative, if it is to fail.
 */
int lcma_fault_pass(enum lcma_fault_point point)
{
	unsigned long flags, nr_passes;
	bool strikes, is_first = false;

	spin_lock_irqsave(&lock, flags);
	counts[point].nr_passes++;
	strikes = injection_strikes(point);
	nr_passes = injection.nr_passes;
	if (strikes) {
		counts[point].nr_failures++;
		is_first = !injection.nr_failures++;
	}
	spin_unlock_irqrestore(&lock, flags);

	if (is_first)
		pr_info("fault: %s fails, pass %lu\n", points[point].name,
			nr_passes);
	return strikes ? points[point].err : 0;
}

/* Return: a point; ANY_POINT if there is none of this name. */
static unsigned int find_point(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++)
		if (!strcmp(points[i].name, name))
			return i;
	return ANY_POINT;
}

/* [NAME][#N[-]], cut up on the way. Return: 0; -EINVAL. */
static int parse_injection(char *text, struct injection *new)
{
	char *number = text, *name = strsep(&number, "#");
	size_t len;

	new->point = find_point(name);
	if (*name ? new->point == ANY_POINT : !number)
		return -EINVAL;
	new->first = 1;
	new->last = ULONG_MAX;
	if (!number)
		return 0;
	len = strlen(number);
	if (len && number[len - 1] == '-')
		number[len - 1] = '\0';
	else
		len = 0;
	if (kstrtoul(number, 10, &new->first) || !new->first)
		return -EINVAL;
	if (!len)
		new->last = new->first;
	return 0;
}

static void follow(const struct injection *new)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	injection = *new;
	if (injection.last)
		memset(counts, 0, sizeof(counts));
	spin_unlock_irqrestore(&lock, flags);
}

/* Return: 0; -EINVAL. */
static int inject(const char *text)
{
	struct injection new = {};
	char copy[INJECTION_BYTES];
	int err = 0;

	if (strscpy(copy, skip_spaces(text), sizeof(copy)) < 0)
		return -EINVAL;
	strim(copy);
	strscpy(new.text, copy, sizeof(new.text));

	mutex_lock(&injection_lock);
	if (!strcmp(copy, "off")) {
		static_branch_disable(&lcma_faults_injected);
		follow(&new);
	} else {
		err = parse_injection(copy, &new);
		if (!err) {
			follow(&new);
			static_branch_enable(&lcma_faults_injected);
		}
	}
	mutex_unlock(&injection_lock);
	return err;
}

static int fault_set(const char *text, const struct kernel_param *unused)
{
	return inject(text);
}

static int fault_get(char *to, const struct kernel_param *unused)
{
	unsigned long flags;
	int len_bytes;

	spin_lock_irqsave(&lock, flags);
	len_bytes = scnprintf(to, PAGE_SIZE, "%s passes=%lu failures=%lu\n",
			      injection.text, injection.nr_passes, injection.nr_failures);
	spin_unlock_irqrestore(&lock, flags);
	return len_bytes;
}

static const struct kernel_param_ops fault_ops = {
	.set = fault_set,
	.get = fault_get,
};

/*
 * Only while loading: at run time the file in debugfs takes injections, which
 * lockdown closes. The flag closes this door under lockdown as well: a load
 * with fault= then fails with EPERM.
 */
__module_param_call(MODULE_PARAM_PREFIX, fault, &fault_ops, NULL, 0400, -1,
		    KERNEL_PARAM_FL_HWPARAM);

MODULE_PARM_DESC(fault,
		 "for tests: which failure point fails, NAME, NAME#N, #N or #N- [off]");

static int faults_show(struct seq_file *m, void *unused)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&lock, flags);
	seq_printf(m, "%s passes=%lu failures=%lu\n", injection.text,
		   injection.nr_passes, injection.nr_failures);
	for (i = 0; i < ARRAY_SIZE(points); i++)
		seq_printf(m, "%s passes=%lu failures=%lu\n", points[i].name,
			   counts[i].nr_passes, counts[i].nr_failures);
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int faults_open(struct inode *inode, struct file *file)
{
	return single_open(file, faults_show, NULL);
}

static ssize_t faults_write(struct file *file, const char __user *from,
			    size_t len_bytes, loff_t *pos)
{
	char text[INJECTION_BYTES];
	int err;

	if (len_bytes >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len_bytes))
		return -EFAULT;
	text[len_bytes] = '\0';
	err = inject(text);
	return err ? err : len_bytes;
}

static const struct file_operations faults_fops = {
	.owner = THIS_MODULE,
	.open = faults_open,
	.read = seq_read,
	.write = faults_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * lcma_faults_init - let failures be injected
 *
 * Context: while the module loads, when no later step can fail.
 */
void lcma_faults_init(void)
{
	file = debugfs_create_file("lcma_faults", 0600, NULL, NULL,
				   &faults_fops);
}

/**
 * lcma_faults_exit - no more injections
 *
 * Context: while the module unloads, before what may be told to fail; may sleep.
 */
void lcma_faults_exit(void)
{
	debugfs_remove(file);
}
