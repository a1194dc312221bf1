/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workers: kernel threads that make a call which may take seconds, so that the
 * caller can leave before it returns.
 */
#ifndef LCMA_WORKER_H
#define LCMA_WORKER_H

#include <linux/ktime.h>
#include <linux/list.h>

struct lcma_job;
struct lcma_worker;
struct task_struct;

/**
 * struct lcma_job_ops - what a job does
 * @run: the call itself, in a worker. Should end soon after a SIGKILL is
 *	pending for the worker.
 * @orphaned: @run has returned, the caller has left: undo or keep what was
 *	done, and free the job. In the worker.
 */
struct lcma_job_ops {
	void (*run)(struct lcma_job *job);
	void (*orphaned)(struct lcma_job *job);
};

/**
 * struct lcma_job - one call, embedded in what it is about
 * @ops: what it does
 * @link: in the queue, until a worker takes it
 * @waiter: the caller, which waits for it
 * @prio: how urgent it is, as the kernel counts: less is more
 * @scope: what the caller's memory allocations must not do just now, PF_MEMALLOC*
 * @worker: which worker has it
 * @abandoned: the caller has left
 * @done: @run has returned
 */
struct lcma_job {
	const struct lcma_job_ops *ops;
	struct list_head link;
	struct task_struct *waiter;
	int prio;
	unsigned int scope;
	struct lcma_worker *worker;
	bool abandoned;
	bool done;
};

int lcma_workers_start(void);
void lcma_workers_stop(void);
int lcma_job_run(struct lcma_job *job, const struct lcma_job_ops *ops,
		 ktime_t deadline, bool *left);

#endif
