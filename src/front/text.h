/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text protocol of /dev/cma_test: a line written allocates, a read frees.
 */
#ifndef LCMA_TEXT_H
#define LCMA_TEXT_H

#include <linux/compiler_types.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct iov_iter;

/* What a read answers. */
#define LCMA_ANSWER_BYTES	256

/**
 * struct lcma_text_reader - how far an open file's first read has got
 * @lock: one read at a time
 * @has_freed: the first read has been
 * @len_bytes: length of the answer
 * @pos_bytes: how much of it has been read
 * @answer: what was freed
 */
struct lcma_text_reader {
	struct mutex lock;	/* one read at a time */
	bool has_freed;
	size_t len_bytes;
	size_t pos_bytes;
	char answer[LCMA_ANSWER_BYTES];
};

void lcma_text_open(struct lcma_text_reader *reader);
ssize_t lcma_text_read(struct lcma_text_reader *reader, char __user *to,
		       size_t len_bytes);
ssize_t lcma_text_write(struct iov_iter *from);
void lcma_text_free_all(void);

#endif
