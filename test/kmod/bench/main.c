// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench: see bench.h. Reads the order, lets it run, keeps what it says.
 */
#include "bench.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define LINE_BYTES	256
#define TEXT_BYTES	(256 << 10)

static char *region_name = "bench";
module_param_named(region, region_name, charp, 0444);
MODULE_PARM_DESC(region, "lcma's side");

struct lcma_region *bench_region;

static DEFINE_MUTEX(run_lock);	/* one measurement at a time, and its text */
static struct dentry *dir;
static char *text;
static size_t text_bytes;

static const struct measurement {
	const char *name;
	int (*run)(const struct bench_order *order);
} measurements[] = {
	{ "pair", bench_pair },
	{ "held", bench_held },
	{ "crowd", bench_crowd },
	{ "move", bench_move },
	{ "meter", bench_meter },
};

static const struct word {
	const char *name;
	size_t offset;
} words[] = {
	{ "size", offsetof(struct bench_order, size) },
	{ "reps", offsetof(struct bench_order, reps) },
	{ "count", offsetof(struct bench_order, count) },
	{ "pool", offsetof(struct bench_order, pool) },
	{ "used", offsetof(struct bench_order, used) },
	{ "swap", offsetof(struct bench_order, swap) },
	{ "soil", offsetof(struct bench_order, soil) },
	{ "fill", offsetof(struct bench_order, fill) },
	{ "fifo", offsetof(struct bench_order, fifo) },
	{ "wait_ms", offsetof(struct bench_order, wait_ms) },
	{ "threads", offsetof(struct bench_order, threads) },
	{ "each", offsetof(struct bench_order, each) },
	{ "min", offsetof(struct bench_order, min) },
	{ "max", offsetof(struct bench_order, max) },
	{ "hold", offsetof(struct bench_order, hold) },
	{ "rounds", offsetof(struct bench_order, rounds) },
	{ "seed", offsetof(struct bench_order, seed) },
};

/**
 * bench_say - add to the result
 * @format: as printf() has it
 */
void bench_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_bytes += vscnprintf(text + text_bytes, TEXT_BYTES - text_bytes,
				 format, args);
	va_end(args);
}

/**
 * bench_say_array - add an array to the result
 * @name: its name
 * @values: what is in it
 * @nr: how many
 */
void bench_say_array(const char *name, const u64 *values, unsigned int nr)
{
	unsigned int i;

	bench_say(",\"%s\":[", name);
	for (i = 0; i < nr; i++)
		bench_say("%s%llu", i ? "," : "", values[i]);
	bench_say("]");
}

static int parse_word(struct bench_order *order, char *text_word)
{
	char *value = strchr(text_word, '=');
	unsigned int i;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, text_word))
			return kstrtol(value, 0,
				       (void *)order + words[i].offset);
	return -EINVAL;
}

static int parse(struct bench_order *order, char *line)
{
	const char *what = strsep(&line, " ");
	char *word;
	int err;

	strscpy(order->what, what, sizeof(order->what));
	while ((word = strsep(&line, " "))) {
		err = *word ? parse_word(order, word) : 0;
		if (err)
			return err;
	}
	if (order->reps < 1 || order->reps > BENCH_MAX_REPS ||
	    order->size < 1 || order->count < 1)
		return -EINVAL;
	return 0;
}

static int measure(const struct bench_order *order)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(measurements); i++) {
		if (strcmp(measurements[i].name, order->what))
			continue;
		text_bytes = 0;
		bench_say("\"peer\":\"%s\",\"init_on_alloc\":%d,\"walk_ns\":%llu",
			  bench_kernel_way(), want_init_on_alloc(GFP_KERNEL),
			  bench_walk_ns());
		bench_fifo(order->fifo);
		err = measurements[i].run(order);
		bench_fifo(false);
		return err;
	}
	return -EINVAL;
}

static ssize_t run_write(struct file *file, const char __user *from,
			 size_t len_bytes, loff_t *pos)
{
	struct bench_order order = {
		.size = 1,
		.reps = 1,
		.count = 1,
		.pool = -1,
		.wait_ms = 20000,
		.seed = 1,
	};
	char line[LINE_BYTES];
	int err;

	if (len_bytes >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len_bytes))
		return -EFAULT;
	line[len_bytes] = '\0';
	err = parse(&order, strim(line));
	if (err)
		return err;
	mutex_lock(&run_lock);
	err = measure(&order);
	mutex_unlock(&run_lock);
	return err ?: len_bytes;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static int result_show(struct seq_file *file, void *unused)
{
	mutex_lock(&run_lock);
	seq_printf(file, "%s\n", text);
	mutex_unlock(&run_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int __init bench_init(void)
{
	int err;

	bench_region = lcma_region_find(region_name);
	if (!bench_region)
		return -ENODEV;
	text = vzalloc(TEXT_BYTES);
	if (!text)
		return -ENOMEM;
	err = bench_sides_init();
	if (err) {
		vfree(text);
		return err;
	}
	bench_say("%#lx %#lx %lu", bench_parts[BENCH_LCMA].first_pfn,
		  bench_parts[BENCH_KERNEL].first_pfn,
		  bench_parts[BENCH_LCMA].nr_pages);
	dir = debugfs_create_dir("lcma_bench", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("result", 0400, dir, NULL, &result_fops);
	return 0;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	debugfs_remove_recursive(dir);
	bench_sides_exit();
	vfree(text);
}
module_exit(bench_exit);

LCMA_IMPORT;
MODULE_AUTHOR("The lcma authors");
MODULE_DESCRIPTION("lcma and the kernel's own CMA, side by side");
MODULE_LICENSE("GPL");
