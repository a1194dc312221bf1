// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text protocol: see text.h, and line.h for what a line means.
 *
 * The protocol is that of Barry Song's cma_test (2011), with three deliberate
 * differences: what is written selects the size, a failed allocation fails the
 * write, and a read says what it freed. Buffers belong to the device, because
 * echo closes its file at once; they do not keep the module loaded, unloading
 * frees them.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/text.h"

#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "alloc/request.h"
#include "buffer/account.h"
#include "buffer/buffer.h"
#include "buffer/prepared.h"
#include "core/line.h"
#include "fault.h"

/* The original's slots: slot i is (i + 1) MiB. */
#define NR_SLOTS	10

/* The original touched every page, and so does this one. */
#define TEXT_FLAGS	(LCMA_TOUCH | LCMA_NOWAIT)

/**
 * struct text_buffer - a buffer of the text device
 * @link: in sized, oldest first; unused in a slot
 * @buffer: the buffer
 */
struct text_buffer {
	struct list_head link;
	struct lcma_buffer *buffer;
};

/* Protects everything below. Not held while memory is allocated or freed. */
static DEFINE_MUTEX(lock);
static struct text_buffer *slots[NR_SLOTS];
static LIST_HEAD(sized);

/* A slot whose buffer is being allocated. */
static struct text_buffer reserved;

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

static void fill_slot(int slot, struct text_buffer *buf)
{
	mutex_lock(&lock);
	slots[slot] = buf;
	mutex_unlock(&lock);
}

static struct text_buffer *new_text_buffer(const struct lcma_ask *ask)
{
	struct lcma_request request;
	struct lcma_buffer *buffer;
	struct text_buffer *buf;
	int err = lcma_request_make(ask, &request);

	if (err)
		return ERR_PTR(err);
	buf = lcma_fault(TEXT_BUFFER) ? NULL :
	      kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOBUFS);
	buffer = lcma_buffer_new(&request, NULL);
	if (IS_ERR(buffer)) {
		kfree(buf);
		return ERR_CAST(buffer);
	}
	buf->buffer = buffer;
	return buf;
}

static int alloc_slot(void)
{
	struct lcma_ask ask = {
		.flags = LCMA_TOUCH,
		.known_flags = TEXT_FLAGS,
		.owner = LCMA_OWNER_TEXT,
	};
	struct text_buffer *buf;
	int slot = reserve_slot();

	if (slot < 0)
		return slot;
	ask.bytes = (slot + 1) * SZ_1M;
	buf = new_text_buffer(&ask);
	fill_slot(slot, IS_ERR(buf) ? NULL : buf);
	return PTR_ERR_OR_ZERO(buf);
}

static int alloc_sized(const struct lcma_line *line)
{
	const struct lcma_ask ask = {
		.region_name = line->region,
		.bytes = line->bytes,
		.align_bytes = line->align_bytes,
		.limits = {
			.at = line->at,
			.below = line->below,
			.boundary = line->boundary_bytes,
		},
		.timeout_ms = line->timeout_ms,
		.flags = LCMA_TOUCH | (line->nowait ? LCMA_NOWAIT : 0),
		.known_flags = TEXT_FLAGS,
		.owner = LCMA_OWNER_TEXT,
		.label = line->label,
	};
	struct text_buffer *buf = new_text_buffer(&ask);

	if (IS_ERR(buf))
		return PTR_ERR(buf);
	mutex_lock(&lock);
	list_add_tail(&buf->link, &sized);
	mutex_unlock(&lock);
	return 0;
}

/* The file is closed at once: what is prepared is bound to no file. */
static int prepare(const struct lcma_line *line)
{
	const struct lcma_ask ask = {
		.region_name = line->region,
		.bytes = line->bytes,
		.align_bytes = line->align_bytes,
		.timeout_ms = line->timeout_ms,
		.flags = line->wait ? LCMA_WAIT : 0,
		.known_flags = LCMA_WAIT,
		.owner = LCMA_OWNER_TEXT,
		.label = line->label,
	};

	return line->bytes ? lcma_prepared_new(&ask, line->hold_ms, NULL) :
			     lcma_prepared_cancel(&ask, NULL);
}

static void log_complaint(const struct lcma_complaint *complaint,
			  const char *text, size_t len_bytes)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	char why[LCMA_COMPLAINT_BYTES];

	if (!__ratelimit(&limit))
		return;
	if (text[len_bytes - 1] == '\n')
		len_bytes--;
	lcma_complaint_text(complaint, text, len_bytes, why, sizeof(why));
	pr_info("/dev/cma_test: %s\n", why);
}

/**
 * lcma_text_write - one line
 * @from: the line, whole, in one piece or in many
 *
 * Text buffers outlive the file: only the writer's user is charged.
 *
 * Context: process, may sleep.
 * Return: the line's length; -EFAULT; -EINVAL and others of lcma_line_parse();
 * -ENOENT no such region; what lcma_buffer_new() returns.
 */
ssize_t lcma_text_write(struct iov_iter *from)
{
	const size_t len_bytes = iov_iter_count(from);
	char text[LCMA_LINE_BYTES];
	struct lcma_line line;
	struct lcma_complaint complaint;
	int err;

	if (!len_bytes)
		return 0;
	if (len_bytes > sizeof(text))
		return -EINVAL;
	if (!copy_from_iter_full(text, len_bytes, from))
		return -EFAULT;
	err = lcma_line_parse(text, len_bytes, &line, &complaint);
	if (err)
		log_complaint(&complaint, text, len_bytes);
	else if (line.slot)
		err = alloc_slot();
	else if (line.prepare)
		err = prepare(&line);
	else
		err = alloc_sized(&line);
	return err ? err : len_bytes;
}

/* Take the next buffer to free off the device; *slot: -1: sized. */
static struct text_buffer *take_text_buffer(int *slot)
{
	struct text_buffer *buf = NULL;
	int i;

	mutex_lock(&lock);
	for (i = 0; i < NR_SLOTS && !buf; i++) {
		if (slots[i] && slots[i] != &reserved) {
			buf = slots[i];
			slots[i] = NULL;
			*slot = i;
		}
	}
	if (!buf) {
		buf = list_first_entry_or_null(&sized, struct text_buffer, link);
		if (buf)
			list_del(&buf->link);
		*slot = -1;
	}
	mutex_unlock(&lock);
	return buf;
}

static void free_text_buffer(struct text_buffer *buf)
{
	lcma_buffer_unref(buf->buffer);
	kfree(buf);
}

static void free_one(struct lcma_text_reader *reader)
{
	const struct lcma_buffer_facts *facts;
	struct text_buffer *buf;
	char name[12] = "-", phys[20] = "-";
	int slot;

	buf = take_text_buffer(&slot);
	if (!buf)
		return;
	if (slot >= 0)
		snprintf(name, sizeof(name), "%d", slot);
	facts = &buf->buffer->facts;
	if (lcma_account_sees_phys())
		snprintf(phys, sizeof(phys), "%#llx", (u64)facts->phys);
	reader->len_bytes =
		scnprintf(reader->answer, sizeof(reader->answer),
			  "freed slot=%s bytes=%llu phys=%s region=%s label=%s held_ms=%lld\n",
			  name, facts->bytes, phys,
			  buf->buffer->run.region->name,
			  *facts->label ? facts->label : "-",
			  ktime_ms_delta(ktime_get(), facts->created));
	free_text_buffer(buf);
}

/**
 * lcma_text_open - a file is opened
 * @reader: the file's
 */
void lcma_text_open(struct lcma_text_reader *reader)
{
	mutex_init(&reader->lock);
}

/**
 * lcma_text_read - free a buffer and tell which, or tell the rest of it
 * @reader: the file's
 * @to: where to
 * @len_bytes: how much of it
 *
 * Context: process, may sleep.
 * Return: bytes read, 0 at the end; -EFAULT, and nothing is lost of the answer;
 * -EINTR.
 */
ssize_t lcma_text_read(struct lcma_text_reader *reader, char __user *to,
		       size_t len_bytes)
{
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

/**
 * lcma_text_free_all - free every buffer of the text device
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_text_free_all(void)
{
	struct text_buffer *buf;
	int slot;

	while ((buf = take_text_buffer(&slot)))
		free_text_buffer(buf);
}
