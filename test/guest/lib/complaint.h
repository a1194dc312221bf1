/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complaint.h - what many processes and threads find wrong at once: how much of
 * it there is, and the first of it in words.
 */
#ifndef LCMA_TEST_COMPLAINT_H
#define LCMA_TEST_COMPLAINT_H

#include "program.h"

static struct complaints {
	unsigned int nr;
	char first[240];
} *complaints;

/* Before the first of them is forked. */
static inline void hear_complaints(void)
{
	complaints = need_shared(sizeof(*complaints));
}

PRINTF(1, 2)
static void wrong(const char *format, ...)
{
	va_list args;

	if (__atomic_add_fetch(&complaints->nr, 1, __ATOMIC_RELAXED) > 1)
		return;
	va_start(args, format);
	vsnprintf(complaints->first, sizeof(complaints->first), format, args);
	va_end(args);
}

static inline bool no_complaint(const char *what)
{
	if (complaints->nr)
		diag("first of %u: %s", complaints->nr, complaints->first);
	return ok(!complaints->nr, "%s", what);
}

#endif
