// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_answer.c - see fuzz_answer.h. */

#include "fuzz_answer.h"

struct counters *counters;

bool is_alone;

bool is_documented(int err)
{
	static const int documented[] = {
		EFAULT, EINVAL, E2BIG, EFBIG, EOPNOTSUPP, ENOTTY, ENOENT, ENOSPC, EBUSY, ENOMEM,
		ENOBUFS, EAGAIN, ETIMEDOUT, EINTR, EDQUOT, EMFILE, ENFILE,
		EBADF, EPERM,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented); i++)
		if (documented[i] == err)
			return true;
	return false;
}

void judge(int which, const union any_call *asked)
{
	const struct lcma_alloc *a = &asked->alloc;
	const size_t min_size = fuzz_calls[which].min_size ?:
				fuzz_calls[which].size;

	if (asked->size < min_size || asked->size > PAGE)
		wrong("%s: succeeded with size %u", fuzz_calls[which].name,
		      asked->size);
	/* The second word of all of them; the flags that there are. */
	if (asked->alloc.flags & ~(which == ALLOC || which == FAILURE_LIST ? 3u :
				 which == PREPARE ? 10u :
				 which == BUFFER_LIST || which == REGION_MAP))
		wrong("%s: succeeded with flags %#x", fuzz_calls[which].name,
		      asked->alloc.flags);
	if (which != ALLOC)
		return;
	if (!a->len || (a->align & (a->align - 1)))
		wrong("ALLOC: succeeded with flags %#x, len %llu, align %#llx",
		      a->flags, (unsigned long long)a->len,
		      (unsigned long long)a->align);
	if (!memchr(a->region, 0, LCMA_NAME_SIZE) ||
	    !memchr(a->label, 0, LCMA_LABEL_SIZE))
		wrong("ALLOC: succeeded with a text without NUL");
}

void check_new(const struct lcma_alloc *asked,
	       const struct lcma_alloc *got)
{
	char *map;
	size_t i;

	if (got->len < asked->len || got->len % PAGE)
		wrong("ALLOC: %llu bytes asked for, %llu given",
		      (unsigned long long)asked->len,
		      (unsigned long long)got->len);
	if (!is_alone || got->len > MIB)
		return;
	map = mmap(NULL, got->len, PROT_READ | PROT_WRITE, MAP_SHARED, got->fd,
		   0);
	if (map == MAP_FAILED) {
		wrong("ALLOC: no mapping of %llu bytes: %s",
		      (unsigned long long)got->len, strerrorname_np(errno));
		return;
	}
	for (i = 0; i < got->len; i += 4)
		if (*(uint32_t *)(map + i))
			break;
	if (i < got->len)
		wrong("ALLOC: byte %zu of a new buffer is not 0", i);
	COUNT(zeroed);
	memset(map, 0xa5, got->len);
	munmap(map, got->len);
}
