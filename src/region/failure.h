/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures: which allocations in a region failed, and why, in numbers and in words.
 *
 * A region remembers the last LCMA_FAILURES of them. One that was asked for quietly
 * (LCMA_QUIET) is neither remembered nor logged; one of a caller that must not
 * wait (LCMA_NOWAIT) is not logged.
 */
#ifndef LCMA_FAILURE_H
#define LCMA_FAILURE_H

#include <linux/ratelimit_types.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "core/parse.h"
#include "core/place.h"
#include "core/reach.h"
#include "page/obstacle.h"
#include "region/owner.h"

struct lcma_region;

/* As many failures as a region remembers. */
#define LCMA_FAILURES		16

/* Room for lcma_failure_text(). */
#define LCMA_FAILURE_TEXT_BYTES	320

/**
 * struct lcma_failure - an allocation that failed, or was slow
 * @seq: its number in its region, from 1, never used twice; 0: none
 * @err: its errno, negative; 0: it succeeded, and was slow
 * @nr_pages: how many pages it wanted
 * @align_pages: how it wanted them aligned
 * @reach: where in physical memory it might lie
 * @longest: the longest unused runs at that moment; as far as @err is about them
 * @obstacle: the page in the way, if it was one
 * @waited_ms: how long it waited for what was in the way, all waits together
 * @when_ns: when, on the monotonic clock
 * @took_ns: how long it was tried
 * @owner: which front end it was asked for through
 * @pid: the process that asked, a thread group, as the reader's pid namespace sees it; 0: not in
 *	it, or none: an interrupt. The reader's copy has it.
 * @asker: the process that asked, if it is not the current one; NULL otherwise, and in
 *	the reader's copy
 * @is_gone: that process has ended. The reader's copy has it.
 * @uid: whose it was
 * @comm: its command; "": an interrupt
 * @label: "" if none was given
 */
struct lcma_failure {
	u64 seq;
	int err;
	unsigned long nr_pages;
	unsigned long align_pages;
	struct lcma_reach reach;
	struct lcma_longest longest;
	struct lcma_obstacle obstacle;
	unsigned int waited_ms;
	u64 when_ns;
	u64 took_ns;
	enum lcma_owner owner;
	const struct lcma_asker *asker;
	pid_t pid;
	bool is_gone;
	kuid_t uid;
	char comm[TASK_COMM_LEN];
	char label[LCMA_LABEL_BYTES];
};

/**
 * struct lcma_failures - the failures, or the slow allocations, that a region remembers
 * @ring: [lock] number n is at n % LCMA_FAILURES
 * @tgid: [lock] the process that asked, for each; NULL: an interrupt
 * @nr: [lock] how many there have been
 * @log_limit: so many may be logged; it has a lock of its own
 *
 * Written in: region/failure.c
 */
struct lcma_failures {
	struct lcma_failure ring[LCMA_FAILURES];
	struct pid *tgid[LCMA_FAILURES];
	u64 nr;
	struct ratelimit_state log_limit;
};

u64 lcma_failure_slow_ns(void);
void lcma_failures_init(struct lcma_failures *failures);
void lcma_failures_free(struct lcma_failures *failures);
void lcma_failure_record(struct lcma_region *region,
			 struct lcma_failure *failure);
void lcma_failure_log(struct lcma_region *region,
		      const struct lcma_failure *failure);
unsigned int lcma_failure_list(struct lcma_region *region, bool is_slow,
			       u64 after_seq, struct lcma_failure *failures,
			       unsigned int max);
int lcma_failure_text(const struct lcma_region *region,
		      const struct lcma_failure *failure, bool with_pfn,
		      char *text, size_t size_bytes);
int lcma_failure_last(struct lcma_region *region, bool with_pfn, char *text,
		      size_t size_bytes);

#endif
