// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers: see worker.h.
 *
 * alloc_contig_range() looks for a fatal signal of the task that called it
 * between two batches of pages. A worker allows SIGKILL, from the kernel only,
 * and is sent one when the caller of its job leaves: so an abandoned call ends
 * at the next batch. The number of workers bounds the number of such calls; a
 * job that finds none idle waits in the queue, and leaves it at its deadline.
 *
 * A worker stands for its caller. It has the caller's memory scope: the caller
 * may hold a lock that reclaim would wait for. While the caller is real-time, so
 * is the worker, from before it is woken. And it is never frozen: while the system
 * suspends, drivers allocate in their callbacks.
 */
#include "supply/worker.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include <uapi/linux/sched/types.h>

#include "fault.h"

#define MIN_WORKERS	2U
#define MAX_WORKERS	8U

/* What is inherited of the caller's flags. */
#define SCOPE_FLAGS	(PF_MEMALLOC | PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS)

/**
 * struct lcma_worker - a kernel thread
 * @task: the thread
 * @link: in idle, while it has no job
 * @is_called: it has been taken off that list, and woken
 * @job: the job that it was given, until it begins; NULL: it is to look itself
 */
struct lcma_worker {
	struct task_struct *task;
	struct list_head link;
	bool is_called;
	struct lcma_job *job;
};

/* Protects queue, idle, and what belongs to jobs and workers. */
static DEFINE_SPINLOCK(jobs_lock);
/* The most urgent first. */
static LIST_HEAD(queue);
static LIST_HEAD(idle);

static struct lcma_worker workers[MAX_WORKERS];
static unsigned int nr_workers;

/*
 * Deadline tasks are above all that a worker can be. A caller that is less urgent
 * than most does not make its worker so: others may wait for the pages.
 */
static int prio_of_current(void)
{
	const int prio = READ_ONCE(current->prio);

	return prio < MAX_RT_PRIO ? clamp(prio, 0, MAX_RT_PRIO - 2) :
				    min(prio, DEFAULT_PRIO);
}

static void set_prio(struct lcma_worker *worker, int prio)
{
	const bool is_rt = prio < MAX_RT_PRIO;
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = is_rt ? SCHED_FIFO : SCHED_NORMAL,
		.sched_priority = is_rt ? MAX_RT_PRIO - 1 - prio : 0,
		.sched_nice = is_rt ? 0 : PRIO_TO_NICE(prio),
	};

	/* One that cannot be had is no reason not to serve. */
	if (READ_ONCE(worker->task->normal_prio) != prio)
		sched_setattr_nocheck(worker->task, &attr);
}

/* The next job of the queue, for this worker. */
static struct lcma_job *take_job(struct lcma_worker *worker)
{
	struct lcma_job *job;

	spin_lock(&jobs_lock);
	job = list_first_entry_or_null(&queue, struct lcma_job, link);
	if (job) {
		list_del_init(&job->link);
		job->worker = worker;
	}
	spin_unlock(&jobs_lock);
	return job;
}

/* Return: false if there is something in the queue after all. */
static bool become_idle(struct lcma_worker *worker)
{
	bool may;

	spin_lock(&jobs_lock);
	may = list_empty(&queue);
	if (may) {
		WRITE_ONCE(worker->is_called, false);
		list_add(&worker->link, &idle);
	}
	spin_unlock(&jobs_lock);
	return may;
}

/* Return: a job; NULL: look into the queue, or stop. */
static struct lcma_job *await_call(struct lcma_worker *worker)
{
	struct lcma_job *job;

	for (;;) {
		set_current_state(TASK_IDLE);
		if (READ_ONCE(worker->is_called) || kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);

	spin_lock(&jobs_lock);
	list_del_init(&worker->link);
	job = worker->job;
	worker->job = NULL;
	spin_unlock(&jobs_lock);
	return job;
}

/*
 * The freezer waits for a call that began before it, as for any that works on
 * behalf of programs. A call that begins later is one that the system needs to
 * become suspended.
 */
static void enter_call(const struct lcma_job *job)
{
	current->flags |= job->scope;
	current->flags &= ~PF_NOFREEZE;
	if (freezing(current))
		current->flags |= PF_NOFREEZE;
}

static void leave_call(unsigned int scope)
{
	current->flags |= PF_NOFREEZE;
	current->flags &= ~scope;
}

static void run_job(struct lcma_job *job)
{
	const unsigned int scope = job->scope;
	bool abandoned;

	enter_call(job);
	job->ops->run(job);

	spin_lock(&jobs_lock);
	/* From here on no caller sends this worker a signal for this job. */
	job->worker = NULL;
	flush_signals(current);
	abandoned = job->abandoned;
	if (!abandoned) {
		WRITE_ONCE(job->done, true);
		wake_up_process(job->waiter);
	}
	spin_unlock(&jobs_lock);

	if (abandoned)
		job->ops->orphaned(job);
	leave_call(scope);
}

static int work(void *data)
{
	struct lcma_worker *worker = data;
	struct lcma_job *job;

	allow_kernel_signal(SIGKILL);
	while (!kthread_should_stop()) {
		job = take_job(worker);
		if (job) {
			set_prio(worker, job->prio);
		} else {
			set_prio(worker, DEFAULT_PRIO);
			if (become_idle(worker))
				job = await_call(worker);
		}
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
	struct lcma_worker *worker;
	struct task_struct *task;

	while (nr_workers < want) {
		worker = &workers[nr_workers];
		INIT_LIST_HEAD(&worker->link);
		task = ERR_PTR(lcma_fault(WORKER_START)) ?:
		       kthread_create(work, worker, "lcma/%u", nr_workers);
		if (IS_ERR(task)) {
			lcma_workers_stop();
			return PTR_ERR(task);
		}
		worker->task = task;
		nr_workers++;
		wake_up_process(task);
	}
	return 0;
}

/**
 * lcma_workers_stop - stop the workers
 *
 * Waits for what they run to return. No job may be in the queue.
 *
 * Context: while the module unloads; may sleep.
 */
void lcma_workers_stop(void)
{
	while (nr_workers)
		kthread_stop(workers[--nr_workers].task);
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
		/* 0: the time is up; else we were woken. */
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
	struct lcma_worker *worker;

	/* Not before the worker that says "done" has let go of the job. */
	spin_lock(&jobs_lock);
	worker = job->worker;
	if (job->done) {
		err = 0;
	} else if (!worker) {
		list_del_init(&job->link);
	} else if (worker->job == job) {
		worker->job = NULL;
	} else {
		job->abandoned = true;
		send_sig(SIGKILL, worker->task, 1);
		*left = true;
	}
	spin_unlock(&jobs_lock);
	return err;
}

/* By priority, and by arrival where it is the same. */
static void enqueue(struct lcma_job *job)
{
	struct lcma_job *other;

	lockdep_assert_held(&jobs_lock);
	list_for_each_entry(other, &queue, link) {
		if (job->prio < other->prio)
			break;
	}
	list_add_tail(&job->link, &other->link);
}

/* An idle worker, which no other caller can get; else into the queue. */
static struct lcma_worker *find_worker(struct lcma_job *job)
{
	struct lcma_worker *worker;

	spin_lock(&jobs_lock);
	worker = list_first_entry_or_null(&idle, struct lcma_worker, link);
	if (worker)
		list_del_init(&worker->link);
	else
		enqueue(job);
	spin_unlock(&jobs_lock);
	return worker;
}

static void call_worker(struct lcma_worker *worker, struct lcma_job *job)
{
	/* Before it is woken: else it might never run to set it itself. */
	set_prio(worker, job->prio);
	spin_lock(&jobs_lock);
	job->worker = worker;
	worker->job = job;
	WRITE_ONCE(worker->is_called, true);
	spin_unlock(&jobs_lock);
	wake_up_process(worker->task);
}

/* An urgent job waits for any of the workers: none may be less urgent. */
static void hurry_workers(int prio)
{
	unsigned int i;

	for (i = 0; i < nr_workers; i++)
		if (prio < READ_ONCE(workers[i].task->normal_prio))
			set_prio(&workers[i], prio);
}

/**
 * lcma_job_run - have a worker do something, and wait for it
 * @job: the job
 * @ops: what it does
 * @deadline: when the wait ends, on the monotonic clock
 * @left: true afterwards if the worker goes on without the caller: then the
 *	job is the worker's, and ops->orphaned() ends it
 *
 * Context: process, may sleep; also while the system is being suspended.
 * Return: 0 if the job has run; -ETIMEDOUT or -EINTR if it has not, or (*left)
 * not yet.
 */
int lcma_job_run(struct lcma_job *job, const struct lcma_job_ops *ops,
		 ktime_t deadline, bool *left)
{
	struct lcma_worker *worker;

	job->ops = ops;
	INIT_LIST_HEAD(&job->link);
	job->waiter = current;
	job->prio = prio_of_current();
	job->scope = current->flags & SCOPE_FLAGS;
	job->worker = NULL;
	job->abandoned = false;
	job->done = false;
	*left = false;

	worker = find_worker(job);
	if (worker)
		call_worker(worker, job);
	else
		hurry_workers(job->prio);
	return leave_job(job, wait_for_job(job, deadline), left);
}
