// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text device: see text.h, and line.h for what a line means.
 *
 * The protocol is that of Barry Song's cma_test (2011), with three deliberate
 * differences: what is written selects the size, a failed allocation fails the
 * write, and a read tells what it freed. Buffers belong to the device, because
 * echo closes its file at once; they do not keep the module loaded, unloading
 * frees them.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "text.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "buffer.h"
#include "line.h"

/* The original's slots: slot i is (i + 1) MiB. */
#define NR_SLOTS	10

/* What a read answers. */
#define ANSWER_BYTES	256

/**
 * struct holding - a buffer of the text device
 * @link: in sized, oldest first; unused in a slot
 * @buffer: the buffer
 */
struct holding {
	struct list_head link;
	struct lcma_buffer *buffer;
};

/* Protects everything below. Not held while memory is allocated or freed. */
static DEFINE_MUTEX(lock);
static struct holding *slots[NR_SLOTS];
static LIST_HEAD(sized);

/* A slot whose buffer is being allocated. */
static struct holding reserved;

/**
 * struct reader - an open file
 * @lock: one read at a time
 * @has_freed: the first read has been
 * @len_bytes: length of the answer
 * @pos_bytes: how much of it has been read
 * @answer: what was freed
 */
struct reader {
	struct mutex lock;	/* one read at a time */
	bool has_freed;
	size_t len_bytes;
	size_t pos_bytes;
	char answer[ANSWER_BYTES];
};

/* Return: the lowest free slot, reserved now; -ENOSPC. */
static int reserve_slot(void)
{
	int i;

	mutex_lock(&lock);
	for (i = 0; i < NR_SLOTS; i++)
		if (!slots[i])
			break;
	if (i < NR_SLOTS)
		slots[i] = &reserved;
	mutex_unlock(&lock);
	return i < NR_SLOTS ? i : -ENOSPC;
}

static void fill_slot(int slot, struct holding *holding)
{
	mutex_lock(&lock);
	slots[slot] = holding;
	mutex_unlock(&lock);
}

/* The original touched every page; so do we, if zeroing has not done so. */
static void touch_pages(const struct lcma_buffer *buffer)
{
	const struct lcma_run *run = &buffer->run;
	unsigned long pfn = lcma_region_pfn(run->region, run->start);
	unsigned long i;

	for (i = 0; run->zeroed && i < run->nr_pages; i++) {
		u32 *word = kmap_local_page(pfn_to_page(pfn + i));

		WRITE_ONCE(*word, 0);
		kunmap_local(word);
		cond_resched();
	}
}

static struct holding *new_holding(const struct lcma_request *request,
				   const char *label)
{
	struct holding *holding = kzalloc(sizeof(*holding), GFP_KERNEL);
	struct lcma_buffer *buffer;

	if (!holding)
		return ERR_PTR(-ENOBUFS);
	buffer = lcma_buffer_new(request, label);
	if (IS_ERR(buffer)) {
		kfree(holding);
		return ERR_CAST(buffer);
	}
	touch_pages(buffer);
	holding->buffer = buffer;
	return holding;
}

static int alloc_slot(void)
{
	struct lcma_request request = {
		.align_pages = 1,
		.deadline = LCMA_FOREVER,
	};
	struct holding *holding;
	int slot = reserve_slot();

	if (slot < 0)
		return slot;
	request.nr_pages = (slot + 1) * (SZ_1M >> PAGE_SHIFT);
	holding = new_holding(&request, "");
	fill_slot(slot, IS_ERR(holding) ? NULL : holding);
	return PTR_ERR_OR_ZERO(holding);
}

/* What a line asks for. Return: 0; -ENOENT no such region; -E2BIG. */
static int make_request(const struct lcma_line *line,
			struct lcma_request *request)
{
	*request = (struct lcma_request) {
		.flags = line->nowait ? LCMA_ALLOC_NOWAIT : 0,
		.deadline = LCMA_FOREVER,
	};
	if (*line->region) {
		request->region = lcma_region_find(line->region);
		if (!request->region)
			return -ENOENT;
	}
	if (line->timeout_ms)
		request->deadline = ktime_add_ms(ktime_get(), line->timeout_ms);
	/* No region has as many pages, and no address is aligned so well. */
	if (line->bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return -E2BIG;
	if (line->align_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES)
		return -ENOSPC;
	request->nr_pages = PFN_UP(line->bytes);
	request->align_pages = max_t(unsigned long, 1,
				     line->align_bytes >> PAGE_SHIFT);
	return 0;
}

static int alloc_sized(const struct lcma_line *line)
{
	struct lcma_request request;
	struct holding *holding;
	int err = make_request(line, &request);

	if (err)
		return err;
	holding = new_holding(&request, line->label);
	if (IS_ERR(holding))
		return PTR_ERR(holding);
	mutex_lock(&lock);
	list_add_tail(&holding->link, &sized);
	mutex_unlock(&lock);
	return 0;
}

static ssize_t text_write(struct file *file, const char __user *from,
			  size_t len_bytes, loff_t *pos)
{
	char text[LCMA_LINE_BYTES];
	struct lcma_line line;
	const char *why;
	int err;

	if (!len_bytes)
		return 0;
	if (len_bytes > sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len_bytes))
		return -EFAULT;
	err = lcma_line_parse(text, len_bytes, &line, &why);
	if (err)
		pr_info_ratelimited("/dev/cma_test: %s\n", why);
	else if (line.slot)
		err = alloc_slot();
	else
		err = alloc_sized(&line);
	return err ? err : len_bytes;
}

/* The next holding to free, not on the device any more; *slot: -1: sized. */
static struct holding *take_holding(int *slot)
{
	struct holding *holding = NULL;
	int i;

	mutex_lock(&lock);
	for (i = 0; i < NR_SLOTS && !holding; i++) {
		if (slots[i] && slots[i] != &reserved) {
			holding = slots[i];
			slots[i] = NULL;
			*slot = i;
		}
	}
	if (!holding) {
		holding = list_first_entry_or_null(&sized, struct holding, link);
		if (holding)
			list_del(&holding->link);
		*slot = -1;
	}
	mutex_unlock(&lock);
	return holding;
}

static void free_holding(struct holding *holding)
{
	lcma_buffer_put(holding->buffer);
	kfree(holding);
}

static void free_one(struct reader *reader)
{
	const struct lcma_buffer_info *info;
	struct holding *holding;
	char name[12] = "-";
	int slot;

	holding = take_holding(&slot);
	if (!holding)
		return;
	if (slot >= 0)
		snprintf(name, sizeof(name), "%d", slot);
	info = &holding->buffer->info;
	reader->len_bytes =
		scnprintf(reader->answer, sizeof(reader->answer),
			  "freed slot=%s bytes=%llu phys=%#llx region=%s label=%s held_ms=%lld\n",
			  name, info->bytes, (u64)info->phys,
			  holding->buffer->run.region->name,
			  *info->label ? info->label : "-",
			  ktime_ms_delta(ktime_get(), info->created));
	free_holding(holding);
}

static ssize_t text_read(struct file *file, char __user *to, size_t len_bytes,
			 loff_t *pos)
{
	struct reader *reader = file->private_data;
	ssize_t ret;

	if (!len_bytes)
		return 0;
	if (mutex_lock_killable(&reader->lock))
		return -EINTR;
	if (!reader->has_freed) {
		reader->has_freed = true;
		free_one(reader);
	}
	len_bytes = min(len_bytes, reader->len_bytes - reader->pos_bytes);
	ret = len_bytes - copy_to_user(to, reader->answer + reader->pos_bytes,
				       len_bytes);
	reader->pos_bytes += ret;
	if (len_bytes && !ret)
		ret = -EFAULT;
	mutex_unlock(&reader->lock);
	return ret;
}

static int text_open(struct inode *inode, struct file *file)
{
	struct reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader)
		return -ENOBUFS;
	mutex_init(&reader->lock);
	file->private_data = reader;
	return stream_open(inode, file);
}

static int text_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.release = text_release,
	.read = text_read,
	.write = text_write,
};

static struct miscdevice text_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cma_test",
	.fops = &text_fops,
};

/**
 * lcma_text_init - let /dev/cma_test appear
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; what misc_register() returns, -EEXIST among them.
 */
int lcma_text_init(void)
{
	return misc_register(&text_device);
}

/**
 * lcma_text_exit - the device and its buffers are no more
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_text_exit(void)
{
	struct holding *holding;
	int slot;

	misc_deregister(&text_device);
	while ((holding = take_holding(&slot)))
		free_holding(holding);
}
