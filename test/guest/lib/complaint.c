// SPDX-License-Identifier: GPL-2.0-only
/* complaint.c - see complaint.h. */

#include "complaint.h"

struct complaints *complaints;

void hear_complaints(void)
{
	complaints = need_shared(sizeof(*complaints));
}

void wrong(const char *format, ...)
{
	va_list args;

	if (__atomic_add_fetch(&complaints->nr, 1, __ATOMIC_RELAXED) > 1)
		return;
	va_start(args, format);
	vsnprintf(complaints->first, sizeof(complaints->first), format, args);
	va_end(args);
}

bool no_complaint(const char *what)
{
	if (complaints->nr)
		diag("first of %u: %s", complaints->nr, complaints->first);
	return ok(!complaints->nr, "%s", what);
}
