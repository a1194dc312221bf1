/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_answer.h - what must hold of lcma's answers to lcma_fuzz, whatever was
 * asked; and how many of which kind there were, counted by all processes.
 */
#ifndef LCMA_TEST_FUZZ_ANSWER_H
#define LCMA_TEST_FUZZ_ANSWER_H

#include "complaint.h"
#include "fuzz_input.h"

/* Counted in shared memory by all. */
struct counters {
	volatile int stop;
	unsigned int steps, good[NR_CALLS], refused[NR_CALLS];
	unsigned int lines, lines_refused, frees, maps, touches, faults, forks;
	unsigned int heaps, unloads, zeroed, kills;
};
extern struct counters *counters;

#define COUNT(_what)	__atomic_add_fetch(&counters->_what, 1, __ATOMIC_RELAXED)

/* No other process has what this process gets. */
extern bool is_alone;
bool is_documented(int err);

/* What no structure that succeeded can have had. */
void judge(int which, const union any_call *asked);

/* A buffer that no other process can have touched. */
void check_new(const struct lcma_alloc *asked,
	       const struct lcma_alloc *got);

#endif
