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
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define MIN_WORKERS	2U
#define MAX_WORKERS	8U

/* Protects the queue, and runner and abandoned of every job. */
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
	if (!abandoned)
		complete(&job->done);
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
		task = kthread_run(worker, NULL, "lcma/%u", nr_workers);
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

/* Wait for the job. Return: 0; -ETIMEDOUT; -EINTR on a fatal signal. */
static int wait_for_job(struct lcma_job *job, ktime_t deadline)
{
	s64 left_ns;
	long ret;

	do {
		left_ns = ktime_to_ns(ktime_sub(deadline, ktime_get()));
		if (left_ns <= 0)
			return completion_done(&job->done) ? 0 : -ETIMEDOUT;
		ret = nsecs_to_jiffies(left_ns) + 1;
		ret = wait_for_completion_killable_timeout(&job->done, ret);
	} while (!ret);
	return ret < 0 ? -EINTR : 0;
}

/* The caller leaves. Return: true if the job was done or never began. */
static bool abandon_job(struct lcma_job *job, bool *ran)
{
	bool ours = true;

	spin_lock(&jobs_lock);
	*ran = completion_done(&job->done);
	if (job->runner) {
		job->abandoned = true;
		send_sig(SIGKILL, job->runner, 1);
		ours = false;
	} else if (!*ran) {
		list_del_init(&job->link);
	}
	spin_unlock(&jobs_lock);
	return ours;
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
	bool ran;
	int err;

	job->ops = ops;
	job->runner = NULL;
	job->abandoned = false;
	init_completion(&job->done);
	*left = false;

	spin_lock(&jobs_lock);
	list_add_tail(&job->link, &queue);
	spin_unlock(&jobs_lock);
	wake_up(&work_to_do);

	err = wait_for_job(job, deadline);
	if (!err)
		return 0;
	if (!abandon_job(job, &ran)) {
		*left = true;
		return err;
	}
	return ran ? 0 : err;
}
