/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a parser complains of, in words: whatever the text, the words are printable,
 * fit, and quote no byte that is not the text's.
 */
#ifndef LCMA_TEST_COMPLAINT_H
#define LCMA_TEST_COMPLAINT_H

#include "core/parse.h"
#include "tap.h"

static inline void check_complaint(const struct lcma_complaint *complaint,
				   const char *text, size_t len_bytes)
{
	char to[LCMA_COMPLAINT_BYTES];
	int i, len;

	CHECK(complaint->what && *complaint->what);
	CHECK(complaint->at_bytes + complaint->len_bytes <= len_bytes);
	len = lcma_complaint_text(complaint, text, len_bytes, to,
				  LCMA_COMPLAINT_BYTES);
	CHECK_EQ(len, strlen(to));
	/* What is cut off has lost the character's number. */
	CHECK(len < LCMA_COMPLAINT_BYTES - 1);
	for (i = 0; i < len; i++)
		if (!CHECK(to[i] >= ' ' && to[i] <= '~'))
			break;
}

#endif
