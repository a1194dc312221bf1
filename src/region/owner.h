/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owners: which process asked for memory, and whether it is still there.
 */
#ifndef LCMA_OWNER_H
#define LCMA_OWNER_H

#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uidgid.h>

/**
 * enum lcma_owner - which front end something was asked for through
 * @LCMA_OWNER_TEXT: the text device
 * @LCMA_OWNER_PROGRAM: an ioctl; the buffer is a dma-buf
 * @LCMA_OWNER_KERNEL: another module
 */
enum lcma_owner {
	LCMA_OWNER_TEXT,
	LCMA_OWNER_PROGRAM,
	LCMA_OWNER_KERNEL,
};

/**
 * lcma_owner_word - what an owner is called
 * @owner: which
 *
 * Return: a constant string.
 */
static inline const char *lcma_owner_word(enum lcma_owner owner)
{
	static const char * const words[] = {
		[LCMA_OWNER_TEXT] = "text",
		[LCMA_OWNER_PROGRAM] = "file",
		[LCMA_OWNER_KERNEL] = "kernel",
	};

	return words[owner];
}

/**
 * struct lcma_asker - the process that asked, where another task does it
 * @tgid: its thread group, with a reference
 * @uid: whose it is
 * @comm: its command
 */
struct lcma_asker {
	struct pid *tgid;
	kuid_t uid;
	char comm[TASK_COMM_LEN];
};

/**
 * lcma_owner_is_gone - has a process ended?
 * @tgid: its thread group; NULL: there never was one
 *
 * A number may be another process's by now; a struct pid is not. A process that its
 * parent has not waited for yet has ended.
 *
 * Context: any.
 * Return: true if it has.
 */
static inline bool lcma_owner_is_gone(struct pid *tgid)
{
	struct task_struct *leader;
	bool is_gone;

	if (!tgid)
		return false;
	rcu_read_lock();
	leader = pid_task(tgid, PIDTYPE_TGID);
	is_gone = !leader || (READ_ONCE(leader->exit_state) &&
			      thread_group_empty(leader));
	rcu_read_unlock();
	return is_gone;
}

#endif
