/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_step.h - what a thread of lcma_fuzz does: one call or the like at a time,
 * drawn by chance.
 */
#ifndef LCMA_TEST_FUZZ_STEP_H
#define LCMA_TEST_FUZZ_STEP_H

#include "fuzz_answer.h"

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <poll.h>
#include <sys/uio.h>

/* --- descriptors ------------------------------------------------------------------ */

void keep_fd_at(unsigned int at, int fd);
void keep_fd(int fd);
int open_something(void);
void spoil_descriptors(void);

/* --- ioctls ----------------------------------------------------------------------- */

void call_lcma(void);
void call_heap(void);
void call_buffer(void);

/* --- lines ---------------------------------------------------------------------------- */

void write_line(void);
void read_line(void);

/* --- mappings -------------------------------------------------------------------------- */

void map_something(void);
void touch_something(void);

/* The kernel's own accesses to a mapping. */
void pass_mapping(void);

/* --- the rest ----------------------------------------------------------------------------- */

void look_around(void);
void try_unload(void);


/* A child has all that its parent has, for a moment. */
void fork_something(void);

extern __thread int depth;
void step(void);

#endif
