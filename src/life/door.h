/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doors: everything of ours that can be opened, read or written from outside.
 *
 * One rule for all of them: no door answers before loading can no longer fail,
 * and none answers after unloading has begun. Until then, and from then on,
 * open() of a device, and reads and writes in sysfs, end with ENODEV.
 *
 *	door				what keeps the rule
 *	devices (dev.c, heap.c)		lcma_doors_are_open() in open()
 *	/sys/kernel/lcma/NAME		lcma_doors_are_open(), in sysfs.c's one
 *					pair of read and write
 *	/sys/kernel/lcma/add		the same, in arrival.c; a write that has begun
 *					is waited for before anything else goes
 *	/sys/kernel/debug/lcma*		made after lcma_doors_open(), removed
 *					first
 *	the shrinker, the upkeep	started after lcma_doors_open()
 *	exported functions		the kernel: it resolves no symbol of a
 *					module that is still loading
 *	module parameters		what they set has no effect of its own;
 *					the kernel removes them, and waits
 *
 * A new door asks lcma_doors_are_open() before anything else in its open(), calls
 * lcma_door_enter() when nothing after it can fail, and lcma_door_leave() in its
 * release(): so holders of the module can be named.
 */
#ifndef LCMA_DOOR_H
#define LCMA_DOOR_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>

struct seq_file;

/**
 * struct lcma_visitor - an open file; embed it in the file's own data
 * @link: in the list of all
 * @door: what was opened, below /dev
 * @pid: the process that opened it, in the first pid namespace
 * @comm: its name then
 */
struct lcma_visitor {
	struct list_head link;
	const char *door;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

void lcma_doors_open(void);
void lcma_doors_close(void);
void lcma_doors_await(void);
bool lcma_doors_are_open(void);
void lcma_door_enter(struct lcma_visitor *visitor, const char *door);
void lcma_door_leave(struct lcma_visitor *visitor);
void lcma_doors_show(struct seq_file *m);

#endif
