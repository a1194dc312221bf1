/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * lcma: contiguous buffers for programs.
 *
 * Open /dev/lcma, ask for a buffer with LCMA_IOC_ALLOC, and get a dma-buf
 * file descriptor. That descriptor is the buffer: map it (MAP_SHARED), bracket
 * CPU access with DMA_BUF_IOCTL_SYNC, pass it to a driver (V4L2_MEMORY_DMABUF,
 * DRM PRIME) or, over a socket, to another process. The memory goes back when
 * the last descriptor, mapping and attachment is gone, however the process that
 * had it ended. Closing /dev/lcma frees nothing; every call works on a file that
 * was opened in any mode. /dev/cma_test takes the same calls; it is root's.
 *
 * The memory is zeroed. Its physical address does not change while anything
 * holds the buffer. Mappings are of page frames, not of pages: O_DIRECT,
 * vmsplice() and io_uring fixed buffers on them fail with EFAULT; read() into
 * the mapping works, and so does a bounce buffer.
 *
 * How the structures grow: each begins with its own size, set by the caller.
 * A kernel that knows more fields takes the missing ones as 0. A kernel that
 * knows fewer accepts the rest if it is 0, and fails with E2BIG if it is not;
 * reserved fields are such fields. The second word of each structure is flags,
 * set by the caller; a flag that the call does not know is EOPNOTSUPP. What is
 * marked "out" only is ignored on input, so one structure can be used again and
 * again.
 *
 * Errors of every call:
 *	EFAULT	a pointer does not point to the caller's memory
 *	EINVAL	size is smaller than in the first version of the structure; text
 *		without a NUL
 *	EOPNOTSUPP	a flag that this call does not know
 *	E2BIG	a field that this version does not know is not 0, or size is
 *		larger than a page; no other reason
 *	ENOTTY	unknown call
 */
#ifndef _UAPI_LINUX_LCMA_H
#define _UAPI_LINUX_LCMA_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Grows when calls, fields or flags are added. ABI 2 also changed structures;
 * a program that was compiled for ABI 1 gets EINVAL from LCMA_IOC_VERSION.
 */
#define LCMA_ABI		2

#define LCMA_NAME_SIZE		32	/* region, with its NUL */
#define LCMA_LABEL_SIZE		32	/* label, with its NUL */
#define LCMA_ORIGIN_SIZE	80	/* source, with its NUL */
#define LCMA_COMM_SIZE		16	/* command, with its NUL */

#define LCMA_IOC_MAGIC		0xBC

/**
 * struct lcma_version - LCMA_IOC_VERSION: the module's version and limits
 * @size: in: sizeof(struct lcma_version)
 * @flags: in: 0, there are none yet
 * @abi: out: LCMA_ABI of the module
 * @major: out: version of the module
 * @minor: out
 * @patch: out
 * @nr_regions: out: how many regions there are
 * @reserved: out: 0
 * @quota_file: out: bytes that one open file may hold; 0: no limit
 * @quota_user: out: bytes that one user may hold; 0: no limit
 */
struct lcma_version {
	__u32 size;
	__u32 flags;
	__u32 abi;
	__u32 major;
	__u32 minor;
	__u32 patch;
	__u32 nr_regions;
	__u32 reserved;
	__aligned_u64 quota_file;
	__aligned_u64 quota_user;
};

#define LCMA_IOC_VERSION	_IO(LCMA_IOC_MAGIC, 0x00)

/**
 * struct lcma_region_list - LCMA_IOC_REGION_LIST: the regions' names
 * @size: in: sizeof(struct lcma_region_list)
 * @flags: in: 0, there are none yet
 * @nr: in: how many names fit at @names; out: how many regions there are
 * @reserved: in: 0
 * @names: in: pointer to nr times char[LCMA_NAME_SIZE]; as many as fit are
 *	written, in the order in which requests without a region try them
 */
struct lcma_region_list {
	__u32 size;
	__u32 flags;
	__u32 nr;
	__u32 reserved;
	__aligned_u64 names;
};

#define LCMA_IOC_REGION_LIST	_IO(LCMA_IOC_MAGIC, 0x01)

/* lcma_region_info.attrs */
#define LCMA_REGION_SHAREABLE	(1 << 0) /* idle pages can be the system's */
#define LCMA_REGION_PRIVATE	(1 << 1) /* keep=all: they never are */
#define LCMA_REGION_HIGHMEM	(1 << 2) /* not in the kernel's linear mapping */
#define LCMA_REGION_GONE	(1 << 3) /* being drained, or drained */
#define LCMA_REGION_PHYS	(1 << 4) /* @phys is valid */
#define LCMA_REGION_NO_PAGES	(1 << 5) /* no-map memory: buffers are page frames */
#define LCMA_REGION_WC		(1 << 6) /* mapped write-combining, not cached */
#define LCMA_REGION_UNCACHED	(1 << 7) /* mapped as registers are, not cached */

/* lcma_region_info.cache */
#define LCMA_REGION_CACHE_WB		1 /* cached */
#define LCMA_REGION_CACHE_WC		2 /* write-combining */
#define LCMA_REGION_CACHE_UNCACHED	3 /* as registers are */

/**
 * struct lcma_region_info - LCMA_IOC_REGION_INFO: one region
 * @size: in: sizeof(struct lcma_region_info)
 * @flags: in: 0, there are none yet
 * @name: in: the region
 * @origin: out: where its memory comes from, "cma", "reserve_mem:lcma",
 *	"of:camera"
 * @attrs: out: LCMA_REGION_*
 * @reserved: out: 0
 * @bytes: out: size of the region
 * @used: out: bytes in buffers; quarantine and what is prepared included
 * @pool: out: bytes that can be handed out at once
 * @shared: out: bytes that the system may use
 * @busy: out: bytes on their way
 * @quarantined: out: bytes whose buffer is gone, but which are still held
 * @largest: out: the longest unused run, in bytes; a larger request fails with
 *	ENOSPC
 * @align: out: least alignment of every buffer, in bytes
 * @granule: out: every buffer takes a multiple of this, in bytes
 * @unit: out: what migration touches at once, in bytes
 * @keep_low: out: idle bytes that the region always keeps for itself
 * @keep_high: out: idle bytes above this are given to the system; @bytes if
 *	LCMA_REGION_PRIVATE
 * @allocs: out: allocations that succeeded since the module was loaded
 * @frees: out: buffers that came back
 * @failures: out: allocations that failed, quiet ones not counted
 * @phys: out: the region's physical address, for CAP_SYS_RAWIO, or for all if
 *	the module parameter phys_for_all is set; else 0
 * @claimed: out: bytes that the system may not use: @used and @pool
 * @pool_zero: out: bytes of @pool that are already zero
 * @decay_ms: out: after how many milliseconds an idle pool is given back; 0: never
 * @running_claims: out: runs that are being taken now, those included whose caller
 *	has left
 * @pool_hits: out: allocations that the pool served alone
 * @pool_hits_zero: out: those of them whose pages were already zero
 * @spared: out: bytes beside a run that a claim had to take anyway and the pool kept
 * @refilled: out: bytes that were claimed to bring the pool to @keep_low
 * @decayed: out: bytes that were given back because the pool was idle
 * @shrunk: out: bytes that were given back because the system was short of memory
 * @zeroed: out: bytes that were zeroed in the background
 * @claims: out: calls of the kernel's alloc_contig_range()
 * @claims_failed: out: those of them that failed
 * @claims_late: out: those of them whose caller had left when they returned
 * @claim_max_us: out: the longest of them, in microseconds
 * @wedge: out: 1: the first page of each unit is kept besides; else 0
 * @wedged: out: how many bytes of these are in the pool now
 * @prepared: out: bytes of @used that are held for an allocation to come, see
 *	LCMA_IOC_PREPARE
 * @prepares: out: how often memory was held so
 * @prepares_used: out: how often an allocation has used it
 * @prepares_over: out: how often its time was over first
 * @address_bits: out: how many bits a device needs to address all of the region
 * @cache: out: LCMA_REGION_CACHE_*: how CPUs map its memory; 0: the module is older than
 *	this member
 *
 * The numbers fit each other, and have the names that they have in sysfs. What
 * sysfs counts in pages is here in bytes, without "_pages"; nr_pages is @bytes.
 * @allocs, @frees, @failures, @pool_hits to @claim_max_us, and @prepares to
 * @prepares_over count since the module was loaded.
 *
 * A region that is GONE is listed and answers, and has no memory to give.
 *
 * Errors: ENOENT no such region.
 */
struct lcma_region_info {
	__u32 size;
	__u32 flags;
	char name[LCMA_NAME_SIZE];
	char origin[LCMA_ORIGIN_SIZE];
	__u32 attrs;
	__u32 reserved;
	__aligned_u64 bytes;
	__aligned_u64 used;
	__aligned_u64 pool;
	__aligned_u64 shared;
	__aligned_u64 busy;
	__aligned_u64 quarantined;
	__aligned_u64 largest;
	__aligned_u64 align;
	__aligned_u64 granule;
	__aligned_u64 unit;
	__aligned_u64 keep_low;
	__aligned_u64 keep_high;
	__aligned_u64 allocs;
	__aligned_u64 frees;
	__aligned_u64 failures;
	__aligned_u64 phys;
	__aligned_u64 claimed;
	__aligned_u64 pool_zero;
	__aligned_u64 decay_ms;
	__aligned_u64 running_claims;
	__aligned_u64 pool_hits;
	__aligned_u64 pool_hits_zero;
	__aligned_u64 spared;
	__aligned_u64 refilled;
	__aligned_u64 decayed;
	__aligned_u64 shrunk;
	__aligned_u64 zeroed;
	__aligned_u64 claims;
	__aligned_u64 claims_failed;
	__aligned_u64 claims_late;
	__aligned_u64 claim_max_us;
	__aligned_u64 wedge;
	__aligned_u64 wedged;
	__aligned_u64 prepared;
	__aligned_u64 prepares;
	__aligned_u64 prepares_used;
	__aligned_u64 prepares_over;
	__aligned_u64 address_bits;
	__aligned_u64 cache;
};

#define LCMA_IOC_REGION_INFO	_IO(LCMA_IOC_MAGIC, 0x02)

/* lcma_alloc.flags */
#define LCMA_ALLOC_F_NOWAIT	(1 << 0) /* from the pool or not at all */
#define LCMA_ALLOC_F_QUIET	(1 << 1) /* a failure is not recorded */

/**
 * struct lcma_alloc - LCMA_IOC_ALLOC: a buffer
 * @size: in: sizeof(struct lcma_alloc)
 * @flags: in: LCMA_ALLOC_F_*
 * @len: in: bytes that are wanted, not 0; out: bytes of the buffer, a multiple
 *	of the page size and of the region's granule
 * @align: in: alignment of the physical address in bytes, a power of two; 0:
 *	whatever the region has
 * @timeout_ms: in: deadline from now; 0: none
 * @fd: out: the dma-buf, readable, writable, close-on-exec
 * @region: in: where; empty: in the first region that can. Of several names, as many
 *	as fit, "a+b" lets each come first in turn, and of "a,b" the second is asked
 *	when the first has no memory
 * @label: in: what it is for: at most 31 printable ASCII characters, no blanks;
 *	or empty
 * @latency_ns: out: how long it took
 * @id: out: the buffer's number in its region
 * @below: in: the physical address before which the buffer ends, as 1 << 27 for a
 *	device with 27 address bits; 0: anywhere
 * @at: in: the physical address at which it begins, a multiple of the page size; 0:
 *	anywhere
 * @boundary: in: it crosses no multiple of so many bytes, a power of two not smaller
 *	than @len; 0: it may
 *
 * @at, and a @below that is no power of two, are for those who may see addresses:
 * CAP_SYS_RAWIO, or all if the module parameter phys_for_all is set.
 *
 * Errors: ENOENT no such region; EFBIG larger than the region; EPERM @at or @below,
 * see there; ENOSPC no unused run that fits, where it may lie; EBUSY every one held a
 * page that could not be moved; ENOMEM nowhere to move one to; ENOBUFS no memory for
 * structures; EAGAIN with NOWAIT: unused runs, but none in the pool; ETIMEDOUT; EINTR
 * killed; EDQUOT over the file's or the user's quota; EMFILE, ENFILE no descriptor
 * left.
 */
struct lcma_alloc {
	__u32 size;
	__u32 flags;
	__aligned_u64 len;
	__aligned_u64 align;
	__u32 timeout_ms;
	__s32 fd;
	char region[LCMA_NAME_SIZE];
	char label[LCMA_LABEL_SIZE];
	__aligned_u64 latency_ns;
	__aligned_u64 id;
	__aligned_u64 below;
	__aligned_u64 at;
	__aligned_u64 boundary;
};

#define LCMA_IOC_ALLOC		_IO(LCMA_IOC_MAGIC, 0x03)

/* lcma_buffer_entry.flags */
#define LCMA_BUFFER_PHYS	(1 << 0) /* @phys is valid */
#define LCMA_BUFFER_TEXT	(1 << 1) /* belongs to the text device */
#define LCMA_BUFFER_KERNEL	(1 << 2) /* belongs to a kernel module */
#define LCMA_BUFFER_GONE	(1 << 3) /* the process that asked has ended */

/**
 * struct lcma_buffer_entry - one buffer
 * @id: its number in its region, never used twice
 * @bytes: size
 * @align: the alignment that was asked for
 * @phys: physical address, if LCMA_BUFFER_PHYS
 * @latency_ns: how long the allocation took
 * @age_ns: how long ago that was
 * @flags: LCMA_BUFFER_*
 * @pid: the process that asked, as the caller's pid namespace sees it; 0: not in it
 * @uid: whose it was, in the caller's user namespace
 * @reserved: 0
 * @comm: its command
 * @region: the region
 * @label: what it is for; may be empty
 * @inode: the dma-buf's inode number, as /proc/PID/fdinfo and
 *	/sys/kernel/debug/dma_buf/bufinfo of its holders tell it; 0: no dma-buf
 */
struct lcma_buffer_entry {
	__aligned_u64 id;
	__aligned_u64 bytes;
	__aligned_u64 align;
	__aligned_u64 phys;
	__aligned_u64 latency_ns;
	__aligned_u64 age_ns;
	__u32 flags;
	__s32 pid;
	__u32 uid;
	__u32 reserved;
	char comm[LCMA_COMM_SIZE];
	char region[LCMA_NAME_SIZE];
	char label[LCMA_LABEL_SIZE];
	__aligned_u64 inode;
};

/**
 * struct lcma_buffer_info - LCMA_IOC_BUFFER_INFO: the buffer of an fd
 * @size: in: sizeof(struct lcma_buffer_info), or what comes before @entry and
 *	entry_size
 * @flags: in: 0, there are none yet
 * @fd: in: a dma-buf
 * @entry_size: in: sizeof(struct lcma_buffer_entry) of the caller
 * @reserved: in: 0; room for fields to come, as @entry has to stay the last
 * @entry: out: what can be told of it; what a larger entry has and this version
 *	does not know is left as it was
 *
 * Errors: EBADF no open descriptor; EINVAL no dma-buf, or not one of lcma's;
 * EINVAL entry_size is smaller than in the first version of the entry, or
 * @size has no room for it.
 */
struct lcma_buffer_info {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 entry_size;
	__aligned_u64 reserved[4];
	struct lcma_buffer_entry entry;
};

#define LCMA_IOC_BUFFER_INFO	_IO(LCMA_IOC_MAGIC, 0x04)

/* lcma_buffer_list.flags */
#define LCMA_LIST_ALL		(1 << 0) /* everybody's, for CAP_SYS_ADMIN */

/**
 * struct lcma_buffer_list - LCMA_IOC_BUFFER_LIST: the buffers of a region
 * @size: in: sizeof(struct lcma_buffer_list)
 * @flags: in: LCMA_LIST_*; 0: the buffers of the caller's user
 * @region: in: the region
 * @after_id: in: only buffers with a higher id; 0: from the oldest. To read on,
 *	give the last entry's id.
 * @nr: in: how many entries fit; out: how many were written
 * @entry_size: in: sizeof(struct lcma_buffer_entry) of the caller
 * @entries: in: pointer to nr entries, entry_size bytes apart; what a larger
 *	entry has and this version does not know is left as it was
 *
 * Errors: ENOENT no such region; EPERM LCMA_LIST_ALL without CAP_SYS_ADMIN;
 * EINVAL nr above 2^31 - 1.
 */
struct lcma_buffer_list {
	__u32 size;
	__u32 flags;
	char region[LCMA_NAME_SIZE];
	__aligned_u64 after_id;
	__u32 nr;
	__u32 entry_size;
	__aligned_u64 entries;
};

#define LCMA_IOC_BUFFER_LIST	_IO(LCMA_IOC_MAGIC, 0x05)

/* lcma_sync.flags; the values of DMA_BUF_SYNC_* */
#define LCMA_SYNC_READ		(1 << 0) /* the CPU reads */
#define LCMA_SYNC_WRITE		(1 << 1) /* the CPU writes */
#define LCMA_SYNC_RW		(LCMA_SYNC_READ | LCMA_SYNC_WRITE)
#define LCMA_SYNC_START		(0 << 2) /* it is about to begin */
#define LCMA_SYNC_END		(1 << 2) /* it has done */

/**
 * struct lcma_sync - LCMA_IOC_SYNC: hand a part of a buffer to the CPU or back
 * @size: in: sizeof(struct lcma_sync)
 * @flags: in: LCMA_SYNC_*; READ or WRITE or both, and START or END
 * @fd: in: a dma-buf
 * @reserved: in: 0
 * @offset: in: first byte
 * @len: in: how many bytes; 0: to the end of the buffer
 *
 * As DMA_BUF_IOCTL_SYNC, for a range: with START the CPU sees what devices wrote
 * to it, with END devices see what the CPU wrote. It is for the devices to which
 * a driver has attached the buffer, and for those that were told only its
 * physical address. It never loses what a CPU wrote, whatever else has the
 * buffer; caches work in lines of up to 128 bytes, so a device and the CPU should
 * not write to the same line at the same time.
 *
 * Errors: EBADF no open descriptor; EINVAL no dma-buf, or not one of lcma's;
 * EINVAL neither READ nor WRITE; EINVAL the range is empty or not within the
 * buffer; EOPNOTSUPP another flag, or cached no-map memory where devices do not see
 * the caches.
 */
struct lcma_sync {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 reserved;
	__aligned_u64 offset;
	__aligned_u64 len;
};

#define LCMA_IOC_SYNC		_IO(LCMA_IOC_MAGIC, 0x06)

#define LCMA_WHY_SIZE		320	/* a sentence, with its NUL */

/* lcma_failure_entry.flags */
#define LCMA_FAILURE_PHYS	(1 << 0) /* the addresses are valid */
#define LCMA_FAILURE_TEXT	(1 << 1) /* asked for through the text device */
#define LCMA_FAILURE_KERNEL	(1 << 2) /* asked for by a kernel module */
#define LCMA_FAILURE_GONE	(1 << 3) /* the process that asked has ended */
#define LCMA_FAILURE_AT_LEAST	(1 << 4) /* @aligned: there may be a longer one */

/* lcma_failure_entry.obstacle */
#define LCMA_HELD_BY_NONE	0	/* no page was found in the way */
#define LCMA_HELD_BY_PASSING	1	/* locked, under I/O, or isolated */
#define LCMA_HELD_BY_PIN	2	/* pinned */
#define LCMA_HELD_BY_UNMOVABLE	3	/* no page that migration can move */
#define LCMA_HELD_BY_RESERVED	4	/* reserved by the kernel */

/* lcma_failure_entry.bound_by */
#define LCMA_BOUND_BY_NONE	0	/* it was asked for at any place */
#define LCMA_BOUND_BY_ALIGN	1	/* by the alignment */
#define LCMA_BOUND_BY_PLACE	2	/* by @at or @below */
#define LCMA_BOUND_BY_BOUNDARY	3	/* by @boundary */

/**
 * struct lcma_failure_entry - one allocation that failed
 * @seq: its number in its region, from 1, never used twice
 * @bytes: how much it wanted, in the region's granules
 * @align: how it wanted that aligned, in bytes
 * @age_ns: how long ago it failed
 * @took_ns: how long it was tried
 * @longest: the longest unused run at that moment, in bytes
 * @longest_phys: where that is, if LCMA_FAILURE_PHYS
 * @aligned: the longest unused run that begins on @align, in bytes, and meets what
 *	else @bound_by names
 * @aligned_phys: where that is, if LCMA_FAILURE_PHYS
 * @obstacle_phys: the page in the way, if there was one, and LCMA_FAILURE_PHYS
 * @obstacle: LCMA_HELD_BY_*: what kept that page
 * @err: the errno, positive; 0: it succeeded, and was slow
 * @flags: LCMA_FAILURE_*
 * @pid: the process that asked, as the caller's pid namespace sees it; 0: not in it, or an
 *	interrupt
 * @uid: whose it was, in the caller's user namespace
 * @reserved: 0
 * @comm: its command; empty: an interrupt
 * @region: the region
 * @label: what it was for; may be empty
 * @why: all of it in one sentence, with addresses if LCMA_FAILURE_PHYS
 * @at: the address at which it was wanted; 0: anywhere
 * @below: the address before which it had to end; 0: anywhere
 * @boundary: it must cross no multiple of this; 0: it might
 * @bound_by: LCMA_BOUND_BY_*: the first of these, in this order, that no unused run of
 *	the size met; if one met them all, the last that was asked for
 * @reserved2: 0
 */
struct lcma_failure_entry {
	__aligned_u64 seq;
	__aligned_u64 bytes;
	__aligned_u64 align;
	__aligned_u64 age_ns;
	__aligned_u64 took_ns;
	__aligned_u64 longest;
	__aligned_u64 longest_phys;
	__aligned_u64 aligned;
	__aligned_u64 aligned_phys;
	__aligned_u64 obstacle_phys;
	__u32 obstacle;
	__s32 err;
	__u32 flags;
	__s32 pid;
	__u32 uid;
	__u32 reserved;
	char comm[LCMA_COMM_SIZE];
	char region[LCMA_NAME_SIZE];
	char label[LCMA_LABEL_SIZE];
	char why[LCMA_WHY_SIZE];
	__aligned_u64 at;
	__aligned_u64 below;
	__aligned_u64 boundary;
	__u32 bound_by;
	__u32 reserved2;
};

/* lcma_failure_list.flags */
#define LCMA_FAILURES_ALL	(1 << 0) /* everybody's, for CAP_SYS_ADMIN */
#define LCMA_FAILURES_SLOW	(1 << 1) /* those that succeeded, but took slow_ms */

/**
 * struct lcma_failure_list - LCMA_IOC_FAILURE_LIST: which allocations failed
 * @size: in: sizeof(struct lcma_failure_list)
 * @flags: in: LCMA_FAILURES_*; 0: those of the caller's user. With SLOW, allocations
 *	that succeeded, but took as long as the module parameter slow_ms says: their
 *	@err is 0, and they have numbers of their own
 * @region: in: the region; it remembers its last 16 failures, but no quiet ones
 * @after_seq: in: only failures with a higher number; 0: from the oldest
 * @nr: in: how many entries fit; out: how many were written, oldest first
 * @entry_size: in: sizeof(struct lcma_failure_entry) of the caller
 * @entries: in: pointer to nr entries, entry_size bytes apart; what a larger
 *	entry has and this version does not know is left as it was
 *
 * Errors: ENOENT no such region; EPERM LCMA_FAILURES_ALL without CAP_SYS_ADMIN;
 * EINVAL entry_size is smaller than in the first version of the entry; ENOBUFS no
 * memory for structures.
 */
struct lcma_failure_list {
	__u32 size;
	__u32 flags;
	char region[LCMA_NAME_SIZE];
	__aligned_u64 after_seq;
	__u32 nr;
	__u32 entry_size;
	__aligned_u64 entries;
};

#define LCMA_IOC_FAILURE_LIST	_IO(LCMA_IOC_MAGIC, 0x07)

/* lcma_prepare.flags */
#define LCMA_PREPARE_F_QUIET	(1 << 1) /* a failure is not recorded */
#define LCMA_PREPARE_F_WAIT	(1 << 3) /* return when the memory is there */

/**
 * struct lcma_prepare - LCMA_IOC_PREPARE: memory that will be wanted soon
 * @size: in: sizeof(struct lcma_prepare)
 * @flags: in: LCMA_PREPARE_F_*
 * @len: in: bytes that will be wanted; 0: what this open file has prepared in @region
 *	is not needed
 * @align: in: alignment of the physical address in bytes, a power of two; 0:
 *	whatever the region has
 * @within_ms: in: how long it may take, at most 10000; 0: 1000
 * @hold_ms: in: for how long it is held then, at most 60000; 0: 5000
 * @region: in: where; empty: in the first region that is large enough; with @len 0: in
 *	all
 * @label: in: what it is for, as in struct lcma_alloc; it names a failure
 *
 * The region empties and zeroes one run in the background, and holds it until an
 * allocation uses it, the time is over, or this file is closed. An allocation in the
 * region uses it if it fits and needs more than half of it, whichever process asks; what is left
 * goes back. One that would fail otherwise ends every preparation of the region. What is
 * prepared counts as used, and against the quotas.
 *
 * Without WAIT the call returns at once; if the memory cannot be prepared, an entry of
 * LCMA_IOC_FAILURE_LIST says why.
 *
 * Errors: ENOENT no such region, or it is being drained; EFBIG larger than the region;
 * EINVAL a time is too long, an alignment is no power of two, a malformed label;
 * ENOSPC no address in a region is aligned so; EDQUOT over the file's or the user's
 * quota; ENOBUFS no memory for structures, or 8 preparations in the region. With WAIT
 * also: ENOSPC, EBUSY, ENOMEM as for LCMA_IOC_ALLOC; ETIMEDOUT not within the time;
 * ENOENT cancelled meanwhile; EINTR killed.
 */
struct lcma_prepare {
	__u32 size;
	__u32 flags;
	__aligned_u64 len;
	__aligned_u64 align;
	__u32 within_ms;
	__u32 hold_ms;
	char region[LCMA_NAME_SIZE];
	char label[LCMA_LABEL_SIZE];
};

#define LCMA_IOC_PREPARE	_IO(LCMA_IOC_MAGIC, 0x08)

/* lcma_map_entry.state */
#define LCMA_STATE_SHARED	0	/* the system may use it */
#define LCMA_STATE_POOL		1	/* can be handed out at once */
#define LCMA_STATE_BUSY		2	/* on its way */
#define LCMA_STATE_USED		3	/* in a buffer, or in quarantine */

/* lcma_map_entry.content: of what is shared, with LCMA_MAP_LOOK */
#define LCMA_CONTENT_UNSEEN	0	/* it was not looked at */
#define LCMA_CONTENT_UNUSED	1	/* free */
#define LCMA_CONTENT_IN_USE	2	/* a program's or a file's, can be moved */
#define LCMA_CONTENT_LARGE	3	/* the same, in folios of several pages */
#define LCMA_CONTENT_IO		4	/* locked, or under I/O: it passes */
#define LCMA_CONTENT_OFF_LIST	5	/* being moved, or in a CPU's batch */
#define LCMA_CONTENT_PIN	6	/* pinned: in the way */
#define LCMA_CONTENT_STUCK	7	/* cannot be moved: in the way */
#define LCMA_CONTENT_KERNEL	8	/* reserved by the kernel: in the way */

/**
 * struct lcma_map_entry - a piece of a region that looks alike
 * @offset: its first byte, from the region's first
 * @bytes: how long it is
 * @state: LCMA_STATE_*
 * @content: LCMA_CONTENT_*
 */
struct lcma_map_entry {
	__aligned_u64 offset;
	__aligned_u64 bytes;
	__u32 state;
	__u32 content;
};

/* lcma_region_map.flags */
#define LCMA_MAP_LOOK		(1 << 0) /* at the system's pages, for CAP_SYS_ADMIN */

/**
 * struct lcma_region_map - LCMA_IOC_REGION_MAP: what a region looks like
 * @size: in: sizeof(struct lcma_region_map)
 * @flags: in: LCMA_MAP_*
 * @region: in: the region
 * @from: in: the first byte that is asked for, a multiple of the page size, 0: from
 *	the beginning; out: where to go on; at the region's end there is no more
 * @nr: in: how many entries fit; out: how many were written, in order
 * @entry_size: in: sizeof(struct lcma_map_entry) of the caller
 * @entries: in: pointer to nr entries, entry_size bytes apart; what a larger
 *	entry has and this version does not know is left as it was
 *
 * Two entries next to each other may look alike. Nothing stands still meanwhile, so a
 * map may never have been true as a whole. One call looks at 65536 pages at most.
 * A region that was drained has no map.
 *
 * Errors: ENOENT no such region; EPERM LCMA_MAP_LOOK without CAP_SYS_ADMIN; EINVAL
 * from is no multiple of the page size or beyond the region; EINVAL entry_size is
 * smaller than in the first version of the entry; EINTR killed.
 */
struct lcma_region_map {
	__u32 size;
	__u32 flags;
	char region[LCMA_NAME_SIZE];
	__aligned_u64 from;
	__u32 nr;
	__u32 entry_size;
	__aligned_u64 entries;
};

#define LCMA_IOC_REGION_MAP	_IO(LCMA_IOC_MAGIC, 0x09)

#endif /* _UAPI_LINUX_LCMA_H */
