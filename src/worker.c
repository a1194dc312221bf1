// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers: see worker.h.
 *
 * alloc_contig_range() looks for a fatal signal of the task that called it
 * between two batches of pages. A worker allows SIGKILL, from the kernel only,
 * and is sent one when the caller of its job leaves: so an abandoned call ends
 * at the next batch. The number of workers bounds the number of such calls; a
 * job that finds none idle waits in the queue, and leaves it at its deadline.
 */
#include "worker.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "fault.h"

#define MIN_WORKERS	2U
#define MAX_WORKERS	8U

/* Protects the queue, and runner, abandoned and done of every job. */
static DEFINE_SPINLOCK(jobs_lock);
static LIST_HEAD(queue);
static DECLARE_WAIT_QUEUE_HEAD(work_to_do);

static struct task_struct *workers[MAX_WORKERS];
static unsigned int nr_workers;

static struct lcma_job *take_job(void)
{
	struct lcma_job *job;

	spin_lock(&jobs_lock);
	job = list_first_entry_or_null(&queue, struct lcma_job, link);
	if (job) {
		list_del_init(&job->link);
		job->runner = current;
	}
	spin_unlock(&jobs_lock);
	return job;
}

static void run_job(struct lcma_job *job)
{
	bool abandoned;

	job->ops->run(job);

	spin_lock(&jobs_lock);
	/* From here on nobody sends this worker a signal for this job. */
	job->runner = NULL;
	flush_signals(current);
	abandoned = job->abandoned;
	if (!abandoned) {
		WRITE_ONCE(job->done, true);
		wake_up_process(job->waiter);
	}
	spin_unlock(&jobs_lock);

	if (abandoned)
		job->ops->orphaned(job);
}

static int worker(void *unused)
{
	struct lcma_job *job;

	allow_kernel_signal(SIGKILL);
	set_freezable();
	while (!kthread_should_stop()) {
		wait_event_freezable(work_to_do,
				     !list_empty(&queue) ||
				     kthread_should_stop());
		job = take_job();
		if (job)
			run_job(job);
	}
	return 0;
}

/**
 * lcma_workers_start - start the workers
 *
 * Context: while the module loads.
 * Return: 0; -ENOMEM and others of kthread_run().
 */
int lcma_workers_start(void)
{
	const unsigned int want = clamp(num_online_cpus(), MIN_WORKERS,
					MAX_WORKERS);
	struct task_struct *task;

	while (nr_workers < want) {
		task = ERR_PTR(lcma_fault(WORKER_START)) ?:
		       kthread_run(worker, NULL, "lcma/%u", nr_workers);
		if (IS_ERR(task)) {
			lcma_workers_stop();
			return PTR_ERR(task);
		}
		workers[nr_workers++] = task;
	}
	return 0;
}

/**
 * lcma_workers_stop - stop the workers
 *
 * Waits for what they run to return. Nobody may have a job in the queue.
 *
 * Context: while the module unloads; may sleep.
 */
void lcma_workers_stop(void)
{
	while (nr_workers)
		kthread_stop(workers[--nr_workers]);
}

/*
 * Wait for the job. A worker that clears a large free block does not let go of
 * its CPU, and timers of the wheel may have to wait for that: this one fires in
 * interrupt context.
 * Return: 0; -ETIMEDOUT; -EINTR on a fatal signal.
 */
static int wait_for_job(struct lcma_job *job, ktime_t deadline)
{
	int err = 0;

	set_current_state(TASK_KILLABLE);
	while (!READ_ONCE(job->done)) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		/* 0: the time is up; else somebody woke us. */
		if (!schedule_hrtimeout(&deadline, HRTIMER_MODE_ABS)) {
			err = -ETIMEDOUT;
			break;
		}
		set_current_state(TASK_KILLABLE);
	}
	__set_current_state(TASK_RUNNING);
	return err;
}

/*
 * The wait is over. Return: 0 if the job is done; @err if it is not: then it
 * is the worker's, or (*left false) never began.
 */
static int leave_job(struct lcma_job *job, int err, bool *left)
{
	/* Not before the worker that says "done" has let go of the job. */
	spin_lock(&jobs_lock);
	if (job->done) {
		err = 0;
	} else if (job->runner) {
		job->abandoned = true;
		send_sig(SIGKILL, job->runner, 1);
		*left = true;
	} else {
		list_del_init(&job->link);
	}
	spin_unlock(&jobs_lock);
	return err;
}

/**
 * lcma_job_run - have a worker do something, and wait for it
 * @job: the job
 * @ops: what it does
 * @deadline: when the wait ends, on the monotonic clock
 * @left: true afterwards if the worker goes on without the caller: then the
 *	job is the worker's, and ops->orphaned() ends it
 *
 * Context: process, may sleep.
 * Return: 0 if the job has run; -ETIMEDOUT or -EINTR if it has not, or (*left)
 * not yet.
 */
int lcma_job_run(struct lcma_job *job, const struct lcma_job_ops *ops,
		 ktime_t deadline, bool *left)
{
	job->ops = ops;
	job->waiter = current;
	job->runner = NULL;
	job->abandoned = false;
	job->done = false;
	*left = false;

	spin_lock(&jobs_lock);
	list_add_tail(&job->link, &queue);
	spin_unlock(&jobs_lock);
	wake_up(&work_to_do);

	return leave_job(job, wait_for_job(job, deadline), left);
}
