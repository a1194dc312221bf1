/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complaint.h - what many processes and threads find wrong at once: how much of
 * it there is, and the first of it in words.
 */
#ifndef LCMA_TEST_COMPLAINT_H
#define LCMA_TEST_COMPLAINT_H

#include "program.h"

struct complaints {
	unsigned int nr;
	char first[240];
};
extern struct complaints *complaints;

/* Before the first of them is forked. */
void hear_complaints(void);

PRINTF(1, 2)
void wrong(const char *format, ...);
bool no_complaint(const char *what);

#endif
