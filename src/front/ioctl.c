// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls: see ioctl.h, and include/uapi/linux/lcma.h for what each does.
 *
 * Every call is a row of one table. Its structure is copied in once, checked,
 * worked on, and copied out, by the same code for all; the handlers see a whole
 * structure of this version, whatever the caller's was.
 */
#include "front/ioctl.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/uaccess.h>

#include <uapi/linux/dma-buf.h>
#include <uapi/linux/lcma.h>

#include "alloc/request.h"
#include "buffer/account.h"
#include "buffer/buffer.h"
#include "buffer/dmabuf.h"
#include "buffer/prepared.h"
#include "core/parse.h"
#include "fault.h"
#include "front/outline.h"
#include "region/facts.h"
#include "region/failure.h"
#include "region/region.h"

/* The first version of an entry ended here. */
#define ENTRY_SIZE_MIN	offsetofend(struct lcma_buffer_entry, label)

/* What a program may ask of an allocation. */
#define ALLOC_FLAGS	(LCMA_ALLOC_F_NOWAIT | LCMA_ALLOC_F_QUIET)

/* What a program may ask of a preparation. */
#define PREPARE_FLAGS	(LCMA_PREPARE_F_WAIT | LCMA_PREPARE_F_QUIET)

/* Buffers looked at in one go. */
#define LIST_BATCH	16U

/* What the rest of lcma keeps must fit into what callers are told. */
static_assert(LCMA_NAME_SIZE >= LCMA_NAME_BYTES);
static_assert(LCMA_LABEL_SIZE == LCMA_LABEL_BYTES);
static_assert(sizeof_field(struct lcma_carve, origin) <= LCMA_ORIGIN_SIZE);
static_assert(LCMA_COMM_SIZE >= TASK_COMM_LEN);

/* The header promises the values of the kernel's own flags. */
static_assert(LCMA_SYNC_READ == DMA_BUF_SYNC_READ);
static_assert(LCMA_SYNC_WRITE == DMA_BUF_SYNC_WRITE);
static_assert(LCMA_SYNC_START == DMA_BUF_SYNC_START);
static_assert(LCMA_SYNC_END == DMA_BUF_SYNC_END);

/**
 * struct call - an ioctl on its way
 * @account: the open file's
 * @arg: the caller's structure
 * @size: the size that the caller says it has
 */
struct call {
	struct lcma_account *account;
	void __user *arg;
	u32 size;
};

/* Return: 0; -EINVAL if there is no NUL in it. */
static int check_text(const char *text, size_t size_bytes)
{
	return memchr(text, '\0', size_bytes) ? 0 : -EINVAL;
}

/* Copy back as much of a structure as the caller knows. */
static int give_answer(const struct call *call, const void *answer, size_t size)
{
	return copy_to_user(call->arg, answer, min_t(size_t, size, call->size)) ?
	       -EFAULT : 0;
}

static int do_version(const struct call *call, void *data)
{
	struct lcma_version *v = data;
	unsigned int i;

	v->abi = LCMA_ABI;
	if (sscanf(THIS_MODULE->version, "%u.%u.%u", &v->major, &v->minor,
		   &v->patch) != 3)
		return -EINVAL;
	for (i = 0; lcma_region_nth(i); i++)
		;
	v->nr_regions = i;
	v->quota_file = lcma_account_file_limit();
	v->quota_user = lcma_account_user_limit();
	return give_answer(call, v, sizeof(*v));
}

static int do_region_list(const struct call *call, void *data)
{
	struct lcma_region_list *list = data;
	char __user *names = u64_to_user_ptr(list->names);
	struct lcma_region *region;
	unsigned int i;

	if (list->reserved)
		return -E2BIG;
	lcma_for_each_region(region, i) {
		char name[LCMA_NAME_SIZE] = {};

		if (i >= list->nr)
			continue;
		strscpy(name, region->name, sizeof(name));
		if (copy_to_user(names + i * sizeof(name), name, sizeof(name)))
			return -EFAULT;
	}
	list->nr = i;
	return give_answer(call, list, sizeof(*list));
}

static struct lcma_region *find_region(const char *name)
{
	if (check_text(name, LCMA_NAME_SIZE))
		return ERR_PTR(-EINVAL);
	return lcma_region_find(name) ?: ERR_PTR(-ENOENT);
}

static u64 bytes_of(u64 nr_pages)
{
	return nr_pages << PAGE_SHIFT;
}

static u32 region_attrs(const struct lcma_region *region,
			const struct lcma_facts *facts)
{
	const struct lcma_carve *carve = &region->carve;
	u32 attrs = 0;

	if (carve->shareable)
		attrs |= LCMA_REGION_SHAREABLE;
	if (facts->keep_high == facts->nr_pages)
		attrs |= LCMA_REGION_PRIVATE;
	if (lcma_carve_is_high(carve))
		attrs |= LCMA_REGION_HIGHMEM;
	if (!carve->has_pages)
		attrs |= LCMA_REGION_NO_PAGES;
	if (carve->cache == LCMA_CACHE_WC)
		attrs |= LCMA_REGION_WC;
	if (carve->cache == LCMA_CACHE_UNCACHED)
		attrs |= LCMA_REGION_UNCACHED;
	if (facts->life != LCMA_LIVE)
		attrs |= LCMA_REGION_GONE;
	return attrs;
}

/* The same numbers. */
static_assert(LCMA_REGION_CACHE_WB == (int)LCMA_CACHE_WB);
static_assert(LCMA_REGION_CACHE_WC == (int)LCMA_CACHE_WC);
static_assert(LCMA_REGION_CACHE_UNCACHED == (int)LCMA_CACHE_UNCACHED);

/* Every fact is told, and the address. */
static_assert((sizeof(struct lcma_region_info) -
	       offsetof(struct lcma_region_info, bytes)) / sizeof(u64) ==
	      LCMA_NR_FACTS + 1);

static void fill_region_stats(struct lcma_region_info *out,
			      const struct lcma_stats *stats)
{
	out->allocs = stats->allocs;
	out->frees = stats->frees;
	out->failures = stats->failures;
	out->pool_hits = stats->pool_hits;
	out->pool_hits_zero = stats->pool_hits_zero;
	out->spared = bytes_of(stats->spared_pages);
	out->refilled = bytes_of(stats->refilled_pages);
	out->decayed = bytes_of(stats->decayed_pages);
	out->shrunk = bytes_of(stats->shrunk_pages);
	out->zeroed = bytes_of(stats->zeroed_pages);
	out->claims = stats->claims;
	out->claims_failed = stats->claims_failed;
	out->claims_late = stats->claims_late;
	out->claim_max_us = div_u64(stats->claim_max_ns, NSEC_PER_USEC);
	out->prepares = stats->prepares;
	out->prepares_used = stats->prepares_used;
	out->prepares_over = stats->prepares_over;
}

static int do_region_info(const struct call *call, void *data)
{
	struct lcma_region_info *info = data;
	struct lcma_region *region = find_region(info->name);
	struct lcma_region_info out = { .size = info->size };
	struct lcma_facts facts;

	if (IS_ERR(region))
		return PTR_ERR(region);
	lcma_facts_read(region, &facts);
	strscpy(out.name, region->name, sizeof(out.name));
	strscpy(out.origin, region->carve.origin, sizeof(out.origin));
	out.attrs = region_attrs(region, &facts);
	out.bytes = bytes_of(facts.nr_pages);
	out.used = bytes_of(facts.used_pages);
	out.pool = bytes_of(facts.pool_pages);
	out.shared = bytes_of(facts.shared_pages);
	out.busy = bytes_of(facts.busy_pages);
	out.quarantined = bytes_of(facts.quarantined_pages);
	out.largest = bytes_of(facts.largest_pages);
	out.align = bytes_of(facts.align_pages);
	out.granule = bytes_of(facts.granule_pages);
	out.unit = bytes_of(facts.unit_pages);
	out.keep_low = bytes_of(facts.keep_low);
	out.keep_high = bytes_of(facts.keep_high);
	out.claimed = bytes_of(facts.claimed_pages);
	out.pool_zero = bytes_of(facts.pool_zero_pages);
	out.decay_ms = facts.decay_ms;
	out.running_claims = facts.running_claims;
	out.wedge = facts.wedge;
	out.wedged = bytes_of(facts.wedged_pages);
	out.prepared = bytes_of(facts.prepared_pages);
	out.address_bits = facts.address_bits;
	out.cache = facts.cache;
	fill_region_stats(&out, &facts.stats);
	if (lcma_account_sees_phys()) {
		out.attrs |= LCMA_REGION_PHYS;
		out.phys = lcma_region_phys(region, 0);
	}
	return give_answer(call, &out, sizeof(out));
}

/**
 * struct publication - what a caller of LCMA_IOC_ALLOC is told
 * @call: the call
 * @alloc: its structure
 */
struct publication {
	const struct call *call;
	struct lcma_alloc *alloc;
};

static int publish_alloc(const struct lcma_buffer *buffer, int fd,
			 void *context)
{
	const struct publication *p = context;

	p->alloc->fd = fd;
	p->alloc->len = buffer->facts.bytes;
	p->alloc->latency_ns = buffer->facts.latency_ns;
	p->alloc->id = buffer->facts.id;
	return give_answer(p->call, p->alloc, sizeof(*p->alloc));
}

/*
 * Whether a buffer could be had at an address, or before it, tells addresses; one with a
 * power of two tells next to nothing, and is what a device with few address bits needs.
 */
static bool may_limit(const struct lcma_alloc *alloc)
{
	return lcma_account_sees_phys() ||
	       (!alloc->at && (!alloc->below || lcma_is_pow2(alloc->below)));
}

static int do_alloc(const struct call *call, void *data)
{
	struct lcma_alloc *alloc = data;
	struct publication publication = { .call = call, .alloc = alloc };
	const struct lcma_ask ask = {
		.region_name = alloc->region,
		.bytes = alloc->len,
		.align_bytes = alloc->align,
		.limits = {
			.at = alloc->at,
			.below = alloc->below,
			.boundary = alloc->boundary,
		},
		.timeout_ms = alloc->timeout_ms,
		.flags = alloc->flags,
		.known_flags = ALLOC_FLAGS,
		.owner = LCMA_OWNER_PROGRAM,
		.label = alloc->label,
	};
	struct lcma_request request;
	int err;

	if (!may_limit(alloc))
		return -EPERM;
	err = check_text(alloc->region, sizeof(alloc->region)) ?:
	      lcma_request_make(&ask, &request);
	return err ?: lcma_dmabuf_new_fd(&request, call->account,
					 O_RDWR | O_CLOEXEC, publish_alloc,
					 &publication);
}

static u32 owner_flags(enum lcma_owner owner)
{
	switch (owner) {
	case LCMA_OWNER_TEXT:
		return LCMA_BUFFER_TEXT;
	case LCMA_OWNER_KERNEL:
		return LCMA_BUFFER_KERNEL;
	default:
		return 0;
	}
}

static void fill_entry(struct lcma_buffer_entry *entry,
		       const struct lcma_region *region,
		       const struct lcma_buffer_facts *facts, bool with_phys)
{
	memset(entry, 0, sizeof(*entry));
	entry->id = facts->id;
	entry->bytes = facts->bytes;
	entry->align = facts->align_bytes;
	entry->latency_ns = facts->latency_ns;
	entry->age_ns = ktime_to_ns(ktime_sub(ktime_get(), facts->created));
	entry->flags = owner_flags(facts->owner);
	if (facts->is_gone)
		entry->flags |= LCMA_BUFFER_GONE;
	entry->inode = facts->inode;
	entry->pid = facts->pid;
	entry->uid = from_kuid_munged(current_user_ns(), facts->uid);
	strscpy(entry->comm, facts->comm, sizeof(entry->comm));
	strscpy(entry->region, region->name, sizeof(entry->region));
	strscpy(entry->label, facts->label, sizeof(entry->label));
	if (with_phys) {
		entry->flags |= LCMA_BUFFER_PHYS;
		entry->phys = facts->phys;
	}
}

static int do_buffer_info(const struct call *call, void *data)
{
	const size_t head = offsetof(struct lcma_buffer_info, entry);
	struct lcma_buffer_info *info = data;
	struct lcma_buffer_facts facts;
	struct lcma_buffer *buffer;
	struct dma_buf *dmabuf;
	size_t room;
	int err = -EINVAL;

	if (memchr_inv(info->reserved, 0, sizeof(info->reserved)))
		return -E2BIG;
	if (info->entry_size < ENTRY_SIZE_MIN ||
	    info->entry_size > call->size - head)
		return -EINVAL;
	room = head + min_t(size_t, sizeof(info->entry), info->entry_size);
	dmabuf = dma_buf_get(info->fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	buffer = lcma_dmabuf_buffer(dmabuf);
	if (buffer) {
		lcma_buffer_describe(buffer, &facts);
		fill_entry(&info->entry, buffer->run.region, &facts,
			   lcma_account_sees_phys());
		err = give_answer(call, info, room);
	}
	dma_buf_put(dmabuf);
	return err;
}

/**
 * struct listing - LCMA_IOC_BUFFER_LIST on its way
 * @list: the caller's structure
 * @region: whose buffers
 * @facts: room for LIST_BATCH of them
 * @with_phys: the caller may see addresses
 */
struct listing {
	struct lcma_buffer_list *list;
	struct lcma_region *region;
	struct lcma_buffer_facts *facts;
	bool with_phys;
};

/* Return: 0; -EFAULT. */
static int list_one(const struct listing *listing,
		    const struct lcma_buffer_facts *facts, u32 nr)
{
	const struct lcma_buffer_list *list = listing->list;
	struct lcma_buffer_entry entry;
	void __user *to;

	fill_entry(&entry, listing->region, facts, listing->with_phys);
	to = u64_to_user_ptr(list->entries + (u64)nr * list->entry_size);
	return copy_to_user(to, &entry, min_t(size_t, sizeof(entry),
					      list->entry_size)) ? -EFAULT : 0;
}

/* Return: how many entries were written; -EFAULT; -EINTR. */
static int list_buffers(const struct listing *listing)
{
	const struct lcma_buffer_list *list = listing->list;
	const bool all = list->flags & LCMA_LIST_ALL;
	u64 after_id = list->after_id;
	unsigned int got, i;
	u32 nr = 0;
	int err;

	do {
		got = lcma_buffer_list(listing->region, after_id,
				       listing->facts, LIST_BATCH);
		for (i = 0; i < got && nr < list->nr; i++) {
			const struct lcma_buffer_facts *f = &listing->facts[i];

			after_id = f->id;
			if (!all && !uid_eq(f->uid, current_uid()))
				continue;
			err = list_one(listing, f, nr++);
			if (err)
				return err;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (got == LIST_BATCH && nr < list->nr);
	return nr;
}

static int do_buffer_list(const struct call *call, void *data)
{
	struct lcma_buffer_list *list = data;
	struct listing listing = {
		.list = list,
		.region = find_region(list->region),
		.with_phys = lcma_account_sees_phys(),
	};
	int ret;

	if (IS_ERR(listing.region))
		return PTR_ERR(listing.region);
	if (list->nr > INT_MAX || list->entry_size < ENTRY_SIZE_MIN)
		return -EINVAL;
	if (list->flags & LCMA_LIST_ALL && !capable(CAP_SYS_ADMIN))
		return -EPERM;

	listing.facts = lcma_fault(IOCTL_LIST) ? NULL :
			kcalloc(LIST_BATCH, sizeof(*listing.facts), GFP_KERNEL);
	if (!listing.facts)
		return -ENOBUFS;
	ret = list_buffers(&listing);
	kfree(listing.facts);
	if (ret < 0)
		return ret;
	list->nr = ret;
	return give_answer(call, list, sizeof(*list));
}

static int do_sync(const struct call *call, void *data)
{
	const struct lcma_sync *sync = data;
	struct dma_buf *dmabuf;
	int err = -EINVAL;

	if (sync->reserved)
		return -E2BIG;
	if (!(sync->flags & (LCMA_SYNC_READ | LCMA_SYNC_WRITE)))
		return -EINVAL;
	dmabuf = dma_buf_get(sync->fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	if (lcma_dmabuf_buffer(dmabuf))
		err = lcma_dmabuf_sync(dmabuf, sync->offset, sync->len,
				       sync->flags);
	dma_buf_put(dmabuf);
	return err;
}

static int do_prepare(const struct call *call, void *data)
{
	const struct lcma_prepare *prepare = data;
	const struct lcma_ask ask = {
		.region_name = prepare->region,
		.bytes = prepare->len,
		.align_bytes = prepare->align,
		.timeout_ms = prepare->within_ms,
		.flags = prepare->flags,
		.known_flags = PREPARE_FLAGS,
		.owner = LCMA_OWNER_PROGRAM,
		.label = prepare->label,
	};

	if (check_text(prepare->region, sizeof(prepare->region)) ||
	    check_text(prepare->label, sizeof(prepare->label)))
		return -EINVAL;
	return prepare->len ?
	       lcma_prepared_new(&ask, prepare->hold_ms, call->account) :
	       lcma_prepared_cancel(&ask, call->account);
}

static_assert(LCMA_WHY_SIZE >= LCMA_FAILURE_TEXT_BYTES);

/* Up to the last field of the first version of the entry. */
#define FAILURE_SIZE_MIN	offsetofend(struct lcma_failure_entry, why)

/**
 * struct failure_batch - LCMA_IOC_FAILURE_LIST on its way
 * @failures: what the region remembers
 * @entry: the one that is being told
 */
struct failure_batch {
	struct lcma_failure failures[LCMA_FAILURES];
	struct lcma_failure_entry entry;
};

static u32 held_by(enum lcma_obstacle_kind kind)
{
	switch (kind) {
	case LCMA_OBSTACLE_PASSING:
		return LCMA_HELD_BY_PASSING;
	case LCMA_OBSTACLE_PINNED:
		return LCMA_HELD_BY_PIN;
	case LCMA_OBSTACLE_UNMOVABLE:
		return LCMA_HELD_BY_UNMOVABLE;
	case LCMA_OBSTACLE_RESERVED:
		return LCMA_HELD_BY_RESERVED;
	default:
		return LCMA_HELD_BY_NONE;
	}
}

static u32 bound_by(enum lcma_limit limit)
{
	switch (limit) {
	case LCMA_LIMIT_ALIGN:
		return LCMA_BOUND_BY_ALIGN;
	case LCMA_LIMIT_WINDOW:
		return LCMA_BOUND_BY_PLACE;
	case LCMA_LIMIT_BOUNDARY:
		return LCMA_BOUND_BY_BOUNDARY;
	default:
		return LCMA_BOUND_BY_NONE;
	}
}

static u32 failure_flags(const struct lcma_failure *f)
{
	u32 flags = 0;

	if (f->owner == LCMA_OWNER_TEXT)
		flags |= LCMA_FAILURE_TEXT;
	if (f->owner == LCMA_OWNER_KERNEL)
		flags |= LCMA_FAILURE_KERNEL;
	if (f->is_gone)
		flags |= LCMA_FAILURE_GONE;
	if (!f->longest.is_exact)
		flags |= LCMA_FAILURE_AT_LEAST;
	return flags;
}

static void fill_failure(struct lcma_failure_entry *entry,
			 const struct lcma_region *region,
			 const struct lcma_failure *f, bool with_phys)
{
	const struct lcma_longest *longest = &f->longest;

	memset(entry, 0, sizeof(*entry));
	entry->seq = f->seq;
	entry->bytes = bytes_of(f->nr_pages);
	entry->align = bytes_of(f->align_pages);
	entry->age_ns = ktime_get_ns() - f->when_ns;
	entry->took_ns = f->took_ns;
	entry->longest = bytes_of(longest->nr_pages);
	entry->aligned = bytes_of(longest->fit_pages);
	entry->obstacle = held_by(f->obstacle.kind);
	entry->at = bytes_of(f->reach.at);
	entry->below = bytes_of(f->reach.below);
	entry->boundary = bytes_of(f->reach.boundary);
	entry->bound_by = bound_by(longest->limit);
	entry->err = -f->err;
	entry->flags = failure_flags(f);
	entry->pid = f->pid;
	entry->uid = from_kuid_munged(current_user_ns(), f->uid);
	strscpy(entry->comm, f->comm, sizeof(entry->comm));
	strscpy(entry->region, region->name, sizeof(entry->region));
	strscpy(entry->label, f->label, sizeof(entry->label));
	lcma_failure_text(region, f, with_phys, entry->why, sizeof(entry->why));
	if (!with_phys)
		return;
	entry->flags |= LCMA_FAILURE_PHYS;
	if (longest->nr_pages)
		entry->longest_phys = lcma_region_phys(region, longest->start);
	if (longest->fit_pages)
		entry->aligned_phys = lcma_region_phys(region,
						       longest->fit_start);
	if (f->obstacle.kind != LCMA_OBSTACLE_NONE)
		entry->obstacle_phys = PFN_PHYS(f->obstacle.pfn);
}

/* Return: how many entries were written; -EFAULT. */
static int list_failures(const struct lcma_failure_list *list,
			 struct lcma_region *region,
			 struct failure_batch *batch)
{
	const bool with_phys = lcma_account_sees_phys();
	const bool all = list->flags & LCMA_FAILURES_ALL;
	unsigned int i, got;
	void __user *to;
	u32 nr = 0;

	got = lcma_failure_list(region, list->flags & LCMA_FAILURES_SLOW,
				list->after_seq, batch->failures,
				LCMA_FAILURES);
	for (i = 0; i < got && nr < list->nr; i++) {
		const struct lcma_failure *f = &batch->failures[i];

		if (!all && !uid_eq(f->uid, current_uid()))
			continue;
		fill_failure(&batch->entry, region, f, with_phys);
		to = u64_to_user_ptr(list->entries + (u64)nr * list->entry_size);
		if (copy_to_user(to, &batch->entry,
				 min_t(size_t, sizeof(batch->entry),
				       list->entry_size)))
			return -EFAULT;
		nr++;
	}
	return nr;
}

static int do_failure_list(const struct call *call, void *data)
{
	struct lcma_failure_list *list = data;
	struct lcma_region *region = find_region(list->region);
	struct failure_batch *batch;
	int ret;

	if (IS_ERR(region))
		return PTR_ERR(region);
	if (list->entry_size < FAILURE_SIZE_MIN)
		return -EINVAL;
	if (list->flags & LCMA_FAILURES_ALL && !capable(CAP_SYS_ADMIN))
		return -EPERM;

	batch = lcma_fault(IOCTL_LIST) ? NULL :
		kzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOBUFS;
	ret = list_failures(list, region, batch);
	kfree(batch);
	if (ret < 0)
		return ret;
	list->nr = ret;
	return give_answer(call, list, sizeof(*list));
}

static int do_region_map(const struct call *call, void *data)
{
	struct lcma_region_map *map = data;
	struct lcma_region *region = find_region(map->region);
	int err;

	if (IS_ERR(region))
		return PTR_ERR(region);
	err = lcma_outline_write(region, map);
	return err ?: give_answer(call, map, sizeof(*map));
}

/* Room for any of the structures, and what all of them begin with. */
union any_call {
	struct {
		u32 size;
		u32 flags;
	} head;
	struct lcma_version version;
	struct lcma_region_list region_list;
	struct lcma_region_info region_info;
	struct lcma_alloc alloc;
	struct lcma_buffer_info buffer_info;
	struct lcma_buffer_list buffer_list;
	struct lcma_sync sync;
	struct lcma_failure_list failure_list;
	struct lcma_prepare prepare;
	struct lcma_region_map region_map;
};

/*
 * One row of the table. Its structure is the member of union any_call that has
 * the handler's name, which is struct lcma_NAME; it begins with size and flags,
 * and without padding at its end it is as large for 32 bits as for 64.
 */
#define CALL(_nr, _name, _last, _flags)					\
	[_IOC_NR(_nr)] = {						\
		.handle = do_##_name,					\
		.size = sizeof(struct lcma_##_name) +			\
			BUILD_BUG_ON_ZERO(!__builtin_types_compatible_p(	\
				struct lcma_##_name,			\
				typeof_member(union any_call, _name))) + \
			BUILD_BUG_ON_ZERO(offsetof(struct lcma_##_name, size) || \
				sizeof_field(struct lcma_##_name, size) != 4) + \
			BUILD_BUG_ON_ZERO(offsetof(struct lcma_##_name, flags) != 4 || \
				sizeof_field(struct lcma_##_name, flags) != 4) + \
			BUILD_BUG_ON_ZERO(sizeof(struct lcma_##_name) % 8 || \
				__alignof__(struct lcma_##_name) != 8),	\
		.min_size = offsetofend(struct lcma_##_name, _last),	\
		.flags = (_flags),					\
	}

/*
 * min_size: up to the last field of the first version of the structure.
 * flags: those that a caller may set.
 */
static const struct {
	int (*handle)(const struct call *call, void *data);
	size_t size;
	size_t min_size;
	u32 flags;
} calls[] = {
	CALL(LCMA_IOC_VERSION, version, quota_user, 0),
	CALL(LCMA_IOC_REGION_LIST, region_list, names, 0),
	CALL(LCMA_IOC_REGION_INFO, region_info, phys, 0),
	CALL(LCMA_IOC_ALLOC, alloc, id, ALLOC_FLAGS),
	CALL(LCMA_IOC_BUFFER_INFO, buffer_info, entry.label, 0),
	CALL(LCMA_IOC_BUFFER_LIST, buffer_list, entries, LCMA_LIST_ALL),
	CALL(LCMA_IOC_FAILURE_LIST, failure_list, entries,
	     LCMA_FAILURES_ALL | LCMA_FAILURES_SLOW),
	CALL(LCMA_IOC_REGION_MAP, region_map, entries, LCMA_MAP_LOOK),
	CALL(LCMA_IOC_SYNC, sync, len, LCMA_SYNC_RW | LCMA_SYNC_END),
	CALL(LCMA_IOC_PREPARE, prepare, label, PREPARE_FLAGS),
};

/**
 * lcma_ioctl - one ioctl
 * @account: the open file's account
 * @cmd: which
 * @arg: the caller's structure
 *
 * Context: process, may sleep.
 * Return: 0; what include/uapi/linux/lcma.h says.
 */
long lcma_ioctl(struct lcma_account *account, unsigned int cmd,
		unsigned long arg)
{
	struct call call = { .account = account, .arg = (void __user *)arg };
	unsigned int nr = _IOC_NR(cmd);
	union any_call *data;
	int err;

	if (cmd != _IO(LCMA_IOC_MAGIC, nr) || nr >= ARRAY_SIZE(calls))
		return -ENOTTY;
	nr = array_index_nospec(nr, ARRAY_SIZE(calls));
	if (!calls[nr].handle)
		return -ENOTTY;
	if (get_user(call.size, (u32 __user *)call.arg))
		return -EFAULT;
	if (call.size < calls[nr].min_size)
		return -EINVAL;
	if (call.size > PAGE_SIZE)
		return -E2BIG;

	data = lcma_fault(IOCTL_DATA) ? NULL : kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOBUFS;
	err = copy_struct_from_user(data, calls[nr].size, call.arg, call.size);
	data->head.size = call.size;
	if (!err && data->head.flags & ~calls[nr].flags)
		err = -EOPNOTSUPP;
	if (!err)
		err = calls[nr].handle(&call, data);
	kfree(data);
	return err;
}
