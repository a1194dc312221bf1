// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failures: see failure.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "region/failure.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "region/region.h"

static unsigned int slow_ms;
module_param(slow_ms, uint, 0644);
MODULE_PARM_DESC(slow_ms,
		 "an allocation that takes so long is remembered, with what it waited for; 0: none [0]");

/**
 * lcma_failure_slow_ns - how long is slow?
 *
 * Context: any.
 * Return: in nanoseconds; 0: nothing is.
 */
u64 lcma_failure_slow_ns(void)
{
	return (u64)READ_ONCE(slow_ms) * NSEC_PER_MSEC;
}

static const char *obstacle_word(enum lcma_obstacle_kind kind)
{
	static const char * const words[] = {
		[LCMA_OBSTACLE_NONE] = "an obstacle that was gone when it was looked for",
		[LCMA_OBSTACLE_HIDDEN] = "a page that was not moved for no visible reason",
		[LCMA_OBSTACLE_PASSING] = "a page that was locked, under I/O or isolated",
		[LCMA_OBSTACLE_PINNED] = "a pinned page",
		[LCMA_OBSTACLE_UNMOVABLE] = "a page that is not movable",
		[LCMA_OBSTACLE_RESERVED] = "a page that the kernel reserves",
	};

	return words[kind];
}

/**
 * lcma_failures_init - nothing has failed yet
 * @failures: a region's
 */
void lcma_failures_init(struct lcma_failures *failures)
{
	ratelimit_state_init(&failures->log_limit, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
}

/**
 * lcma_failures_free - forget them all
 * @failures: those of a region that no caller can reach
 */
void lcma_failures_free(struct lcma_failures *failures)
{
	unsigned int i;

	for (i = 0; i < LCMA_FAILURES; i++)
		put_pid(failures->tgid[i]);
}

/* The caller. Return: a reference of its process; NULL in an interrupt. */
static struct pid *note_who(struct lcma_failure *failure)
{
	const struct lcma_asker *asker = failure->asker;

	if (asker) {
		failure->uid = asker->uid;
		strscpy(failure->comm, asker->comm, sizeof(failure->comm));
		return get_pid(asker->tgid);
	}
	if (!in_task()) {
		failure->uid = GLOBAL_ROOT_UID;
		failure->comm[0] = '\0';
		return NULL;
	}
	failure->uid = current_uid();
	/* Not get_task_comm(): a caller that must not sleep may hold any lock. */
	strscpy(failure->comm, current->comm, sizeof(failure->comm));
	return get_pid(task_tgid(current));
}

/**
 * lcma_failure_record - an allocation has failed, or was slow: remember it
 * @region: the region
 * @failure: err (0: it was slow), nr_pages, align_pages, reach, obstacle, took_ns,
 *	owner and label are set; the rest is filled in
 *
 * Context: any; takes region->lock.
 */
void lcma_failure_record(struct lcma_region *region,
			 struct lcma_failure *failure)
{
	struct lcma_fit fit = {
		.nr_pages = failure->nr_pages,
		.align_mask = failure->align_pages - 1,
		.align_offset = region->carve.base_pfn,
	};
	struct lcma_failures *failures;
	struct pid *tgid = note_who(failure);
	unsigned long flags;
	unsigned int i;

	lcma_reach_apply(&failure->reach, region->map.nr_pages, &fit);
	lcma_region_lock(region, &flags);
	failures = failure->err ? &region->failures : &region->slow;
	lcma_place_longest(&region->map, &fit, &failure->longest);
	failure->when_ns = ktime_get_ns();
	failure->seq = ++failures->nr;
	i = failure->seq % LCMA_FAILURES;
	failures->ring[i] = *failure;
	failures->ring[i].asker = NULL;
	swap(failures->tgid[i], tgid);
	if (failure->err)
		lcma_stats_add(&region->stats.failures, 1);
	lcma_region_unlock(region, flags);
	put_pid(tgid);
}

/**
 * lcma_failure_log - an allocation has failed: log it, unless too many do
 * @region: the region
 * @failure: as lcma_failure_record() has it
 *
 * Without addresses: a log has more readers than root.
 *
 * Context: process.
 */
void lcma_failure_log(struct lcma_region *region,
		      const struct lcma_failure *failure)
{
	char text[LCMA_FAILURE_TEXT_BYTES];

	if (!__ratelimit(&region->failures.log_limit))
		return;
	lcma_failure_text(region, failure, false, text, sizeof(text));
	pr_warn("region %s: %s[%d]%s%s: %s\n", region->name, failure->comm,
		failure->asker ? pid_nr(failure->asker->tgid) :
				 task_tgid_nr(current),
		*failure->label ? " for " : "",
		failure->label, text);
}

/**
 * lcma_failure_list - which allocations failed, or were slow?
 * @region: the region
 * @is_slow: those that were slow
 * @after_seq: only those with a higher number; 0: from the oldest that is remembered
 * @failures: the answer, for the current task
 * @max: how many fit
 *
 * Context: any; takes region->lock.
 * Return: how many were filled in, oldest first.
 */
unsigned int lcma_failure_list(struct lcma_region *region, bool is_slow,
			       u64 after_seq, struct lcma_failure *failures,
			       unsigned int max)
{
	const struct lcma_failures *all;
	unsigned long flags;
	unsigned int nr = 0;
	u64 seq;

	lcma_region_lock(region, &flags);
	all = is_slow ? &region->slow : &region->failures;
	seq = all->nr > LCMA_FAILURES ? all->nr - LCMA_FAILURES : 0;
	for (seq = max(seq, after_seq) + 1; seq <= all->nr && nr < max; seq++) {
		struct pid *tgid = all->tgid[seq % LCMA_FAILURES];

		failures[nr] = all->ring[seq % LCMA_FAILURES];
		failures[nr].pid = pid_vnr(tgid);
		failures[nr].is_gone = lcma_owner_is_gone(tgid);
		nr++;
	}
	lcma_region_unlock(region, flags);
	return nr;
}

static int run_text(const struct lcma_region *region, bool with_pfn,
		    unsigned long start, unsigned long nr_pages, char *text,
		    size_t size_bytes)
{
	int len = scnprintf(text, size_bytes, "%lu pages", nr_pages);

	if (with_pfn && nr_pages)
		len += scnprintf(text + len, size_bytes - len, " at %#llx",
				 (u64)lcma_region_phys(region, start));
	return len;
}

static unsigned long long phys_of(unsigned long pfn)
{
	return (unsigned long long)pfn << PAGE_SHIFT;
}

/* Where it might lie: of what it was told to, up to one of the limits. */
static int reach_text(const struct lcma_failure *f, enum lcma_limit limit,
		      char *text, size_t size_bytes)
{
	const struct lcma_reach *reach = &f->reach;
	int len = 0;

	if (limit >= LCMA_LIMIT_WINDOW && reach->at)
		len += scnprintf(text + len, size_bytes - len, " at %#llx",
				 phys_of(reach->at));
	if (limit >= LCMA_LIMIT_WINDOW && reach->below)
		len += scnprintf(text + len, size_bytes - len, " below %#llx",
				 phys_of(reach->below));
	if (limit >= LCMA_LIMIT_BOUNDARY && reach->boundary)
		len += scnprintf(text + len, size_bytes - len,
				 " between multiples of %llu KiB",
				 phys_of(reach->boundary) >> 10);
	return len;
}

/* What was asked for beside a length, and would it fit without? */
static const char *without_limit(const struct lcma_failure *f)
{
	static const char * const words[] = {
		[LCMA_LIMIT_NONE] = "",
		[LCMA_LIMIT_ALIGN] = " (less alignment would fit)",
		[LCMA_LIMIT_WINDOW] = " (elsewhere it would fit)",
		[LCMA_LIMIT_BOUNDARY] = " (across a boundary it would fit)",
	};
	const struct lcma_longest *longest = &f->longest;

	return f->err == -ENOSPC && longest->nr_pages >= f->nr_pages &&
	       longest->fit_pages < f->nr_pages ? words[longest->limit] : "";
}

/* The longest runs, and which of the two was the one that did not do. */
static int longest_text(const struct lcma_region *region,
			const struct lcma_failure *f, bool with_pfn, char *text,
			size_t size_bytes)
{
	const struct lcma_longest *longest = &f->longest;
	int len;

	len = scnprintf(text, size_bytes, "the longest unused run is ");
	len += run_text(region, with_pfn, longest->start, longest->nr_pages,
			text + len, size_bytes - len);
	if (longest->limit == LCMA_LIMIT_NONE)
		return len;
	len += scnprintf(text + len, size_bytes - len, ", the longest%s",
			 f->align_pages > 1 ? " that is aligned so" : "");
	len += reach_text(f, longest->limit, text + len, size_bytes - len);
	len += scnprintf(text + len, size_bytes - len, " %s",
			 longest->is_exact ? "" : "at least ");
	len += run_text(region, with_pfn, longest->fit_start,
			longest->fit_pages, text + len, size_bytes - len);
	return len + scnprintf(text + len, size_bytes - len, "%s",
			       without_limit(f));
}

static int obstacle_text(const struct lcma_failure *f, bool with_pfn,
			 char *text, size_t size_bytes)
{
	char page[LCMA_OBSTACLE_TEXT_BYTES];
	int len;

	len = scnprintf(text, size_bytes, "in the way was %s", with_pfn ?
			lcma_obstacle_text(&f->obstacle, page, sizeof(page)) :
			obstacle_word(f->obstacle.kind));
	if (f->waited_ms)
		len += scnprintf(text + len, size_bytes - len,
				 ", waited %u ms for it", f->waited_ms);
	return len;
}

/* What kept a request from being served. */
static int constraint_text(const struct lcma_region *region,
			   const struct lcma_failure *f, bool with_pfn,
			   char *text, size_t size_bytes)
{
	switch (f->err) {
	case -EFBIG:
		return scnprintf(text, size_bytes, "the region has %lu pages",
				 region->map.nr_pages);
	case -EBUSY:
		return obstacle_text(f, with_pfn, text, size_bytes);
	case -EAGAIN:
		return scnprintf(text, size_bytes,
				 "the pool has no such run, and the caller must not wait for another");
	case -EOPNOTSUPP:
		return scnprintf(text, size_bytes,
				 "struct pages are wanted, and the region has none that may be mapped cached");
	case -EDQUOT:
		return scnprintf(text, size_bytes,
				 "a quota is used up, quota_file_kib or quota_user_kib");
	case -ENOENT:
		return scnprintf(text, size_bytes, "the region is drained");
	case -ENOBUFS:
		return scnprintf(text, size_bytes, "no memory for structures");
	case -ENOMEM:
		return scnprintf(text, size_bytes,
				 "the system has no memory to move pages to");
	case -ETIMEDOUT:
	case -EINTR:
		if (f->obstacle.kind == LCMA_OBSTACLE_NONE)
			return scnprintf(text, size_bytes, "after %llu ms",
					 div_u64(f->took_ns, NSEC_PER_MSEC));
		return obstacle_text(f, with_pfn, text, size_bytes);
	default:
		return longest_text(region, f, with_pfn, text, size_bytes);
	}
}

/* One that succeeded: what it waited for. */
static int slow_text(const struct lcma_region *region,
		     const struct lcma_failure *f, bool with_pfn, char *text,
		     size_t size_bytes)
{
	int len = scnprintf(text, size_bytes, "slow, %lu pages aligned to %lu: %llu ms, ",
			    f->nr_pages, f->align_pages,
			    div_u64(f->took_ns, NSEC_PER_MSEC));

	if (f->obstacle.kind != LCMA_OBSTACLE_NONE)
		return len + obstacle_text(f, with_pfn, text + len,
					   size_bytes - len);
	return len + scnprintf(text + len, size_bytes - len,
			       "of emptying and zeroing pages, nothing was in the way");
}

/**
 * lcma_failure_text - why an allocation failed, or was slow
 * @region: the region
 * @failure: the failure
 * @with_pfn: name addresses, and the page that was in the way
 * @text: where to, without a newline
 * @size_bytes: its size; LCMA_FAILURE_TEXT_BYTES is enough
 *
 * Context: any.
 * Return: length of the text.
 */
int lcma_failure_text(const struct lcma_region *region,
		      const struct lcma_failure *failure, bool with_pfn,
		      char *text, size_t size_bytes)
{
	int len;

	if (!failure->err)
		return slow_text(region, failure, with_pfn, text, size_bytes);
	len = scnprintf(text, size_bytes, "%pe, %lu pages aligned to %lu",
			ERR_PTR(failure->err), failure->nr_pages,
			failure->align_pages);
	/* Where there is more to say of it, that names the limits. */
	if (failure->err != -ENOSPC)
		len += reach_text(failure, LCMA_LIMIT_BOUNDARY, text + len,
				  size_bytes - len);
	len += scnprintf(text + len, size_bytes - len, ": ");
	return len + constraint_text(region, failure, with_pfn, text + len,
				     size_bytes - len);
}

/**
 * lcma_failure_last - why did the last allocation that failed fail?
 * @region: the region
 * @with_pfn: name addresses, and the page that was in the way
 * @text: where to, without a newline
 * @size_bytes: its size; LCMA_FAILURE_TEXT_BYTES is enough
 *
 * Context: any.
 * Return: length of the text.
 */
int lcma_failure_last(struct lcma_region *region, bool with_pfn, char *text,
		      size_t size_bytes)
{
	struct lcma_failure f;
	unsigned long flags;
	int len;

	lcma_region_lock(region, &flags);
	f = region->failures.ring[region->failures.nr % LCMA_FAILURES];
	lcma_region_unlock(region, flags);

	if (!f.seq)
		return scnprintf(text, size_bytes, "none");
	len = lcma_failure_text(region, &f, with_pfn, text, size_bytes);
	return len + scnprintf(text + len, size_bytes - len, ", %llu ms ago",
			       div_u64(ktime_get_ns() - f.when_ns,
				       NSEC_PER_MSEC));
}
