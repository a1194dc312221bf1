/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * testkit: hands inside the kernel for the guest tests. It knows nothing of
 * lcma and shares no code with it, so that it can contradict it. Everything is
 * below /sys/kernel/debug/lcma_testkit:
 *
 *	pin, unpin	take and drop references of pages (pin.c)
 *	hold		a page held for a while, as by I/O (hold.c)
 *	look		what the pages of a range are (look.c)
 *	lateness	how long the host kept CPUs from running (lateness.c)
 *	scribble	writes to the pages of a range (scribble.c)
 *	unmap		takes a file's user mappings away (unmap.c)
 *	frames		a dma-buf's mappings, and what a device gets (frames.c)
 *	node		changes properties of the device tree (node.c)
 *	neighbour	the other user of the kernel's CMA area (neighbour.c)
 *
 * One writer at a time: the tests are shell scripts.
 */
#ifndef TESTKIT_H
#define TESTKIT_H

#include <linux/types.h>

struct dentry;

/* Longest line that a file takes. */
#define TESTKIT_LINE_BYTES	96

/* Copies what was written into @line, ends it, and strips the newline. */
int testkit_line(char *line, const char __user *from, size_t len_bytes);

void pin_init(struct dentry *dir);
void pin_exit(void);

void hold_init(struct dentry *dir);
void hold_exit(void);

void lateness_init(struct dentry *dir);
void lateness_exit(void);

void look_init(struct dentry *dir);
void scribble_init(struct dentry *dir);
void unmap_init(struct dentry *dir);
void frames_init(struct dentry *dir);
void node_init(struct dentry *dir);

int neighbour_init(struct dentry *dir);
void neighbour_exit(void);

#endif
