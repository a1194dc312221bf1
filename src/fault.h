/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults: what can fail because the kernel cannot give something can be made to
 * fail on purpose. Every allocation, every registration and every
 * answer of alloc_contig_range() is a point with a name:
 *
 *	buffer = lcma_fault(BUFFER_NEW) ? NULL : kzalloc(...);
 *	task = ERR_PTR(lcma_fault(WORKER_START)) ?: kthread_run(...);
 *	err = lcma_fault(DEV_REGISTER) ?: misc_register(...);
 *
 * A point that is passed asks no more than a jump label: one instruction that
 * does nothing, unless root injects a failure. Root does that by writing to
 * /sys/kernel/debug/lcma_faults, or, while loading, with the module parameter
 * fault=. Lockdown closes both.
 *
 *	#7		the 7th point that is passed from now on, whichever it is
 *	#7-		that one and all later ones
 *	CLAIM_BUSY#2	the second time that this point is passed
 *	CLAIM_BUSY	each time
 *	off		none
 *
 * Built with LCMA_FAULTS=n, nothing of it is left.
 */
#ifndef LCMA_FAULT_H
#define LCMA_FAULT_H

/* Every point, and what it fails with. The only list: the sweep reads it, too. */
#define LCMA_FAULT_POINTS(POINT) \
	POINT(WORKER_START, ENOMEM) \
	POINT(PREPARE_QUEUE, ENOMEM) \
	POINT(WATCH_PROBE, ENOMEM) \
	POINT(CACHE_DEVICE, ENOMEM) \
	POINT(CACHE_MASK, EIO) \
	POINT(ATTACH_SPECS, ENOMEM) \
	POINT(ATTACH_TEXT, ENOMEM) \
	POINT(SOURCE_WHY, ENOMEM) \
	POINT(CMA_CARVE, ENOMEM) \
	POINT(CMA_DEVICE, ENOMEM) \
	POINT(CMA_MASK, EIO) \
	POINT(CMA_PIECE, ENOMEM) \
	POINT(CMA_AREA, ENOSPC) \
	POINT(RMEM_CARVE, ENOMEM) \
	POINT(LIVE_CARVE, ENOMEM) \
	POINT(LIVE_SURVEY, ENOMEM) \
	POINT(OF_CARVE, ENOMEM) \
	POINT(OF_AREA, ENODEV) \
	POINT(NOMAP_MAP, ENOMEM) \
	POINT(REGION_NEW, ENOMEM) \
	POINT(REGION_PARTS, ENOMEM) \
	POINT(REGION_REGISTER, ENOSPC) \
	POINT(UPKEEP_START, ENOMEM) \
	POINT(SHRINK_REGISTER, ENOMEM) \
	POINT(SYSFS_ROOT, ENOMEM) \
	POINT(SYSFS_MAP, ENOMEM) \
	POINT(SYSFS_DIR, ENOMEM) \
	POINT(SYSFS_ADD, ENOMEM) \
	POINT(DEBUGFS_DIR, ENOMEM) \
	POINT(DEBUGFS_FILE, ENOMEM) \
	POINT(DEBUGFS_LIST, ENOMEM) \
	POINT(HEAP_NEW, ENOMEM) \
	POINT(HEAP_CDEV, ENOMEM) \
	POINT(HEAP_REGISTER, EBUSY) \
	POINT(HEAP_FILE, ENOBUFS) \
	POINT(DEV_REGISTER, EBUSY) \
	POINT(DEV_FILE, ENOBUFS) \
	POINT(ACCOUNT_NEW, ENOBUFS) \
	POINT(ACCOUNT_USER, ENOBUFS) \
	POINT(ACCOUNT_CHARGE, ENOBUFS) \
	POINT(CLAIM_BUSY, EBUSY) \
	POINT(CLAIM_NOMEM, ENOMEM) \
	POINT(CLAIM_INTR, EINTR) \
	POINT(UNCLAIM_BLOCK, EBUSY) \
	POINT(TAKE_JOB, ENOBUFS) \
	POINT(PREPARE_NEW, ENOBUFS) \
	POINT(BUFFER_NEW, ENOBUFS) \
	POINT(TEXT_BUFFER, ENOBUFS) \
	POINT(IOCTL_DATA, ENOBUFS) \
	POINT(IOCTL_LIST, ENOBUFS) \
	POINT(DMABUF_FD, EMFILE) \
	POINT(DMABUF_NEW, ENOBUFS) \
	POINT(DMABUF_EXPORT, ENOMEM) \
	POINT(DMABUF_ATTACH, ENOMEM) \
	POINT(DMABUF_TABLE, ENOMEM) \
	POINT(DMABUF_MAP, EIO) \
	POINT(DMABUF_FILL, ENOMEM) \
	POINT(DMABUF_FAULT, ENOMEM) \
	POINT(MAPPING_LIST, ENOMEM) \
	POINT(MAPPING_VMAP, ENOMEM) \
	POINT(DEVICE_ASSIGN, ENOMEM) \
	POINT(BUFFER_MAP, EIO) \
	POINT(DEVM_ACTION, ENOMEM) \
	POINT(DEVM_MAP, ENOMEM) \
	POINT(DMA_RULES, ENOMEM) \
	POINT(DMA_CLIENT, ENOMEM) \
	POINT(GROUP_NEW, ENOMEM) \
	POINT(DMA_PIECE, ENOBUFS) \
	POINT(DMA_TABLE, ENOMEM)

#ifdef __KERNEL__

#include <linux/jump_label.h>

#define LCMA_FAULT_ENUM(name, error)	LCMA_FAULT_##name,

enum lcma_fault_point {
	LCMA_FAULT_POINTS(LCMA_FAULT_ENUM)
	LCMA_NR_FAULT_POINTS
};

#ifdef LCMA_FAULTS

DECLARE_STATIC_KEY_FALSE(lcma_faults_injected);

int lcma_fault_pass(enum lcma_fault_point point);
void lcma_faults_init(void);
void lcma_faults_exit(void);

static inline int lcma_fault_at(enum lcma_fault_point point)
{
	return static_branch_unlikely(&lcma_faults_injected) ?
	       lcma_fault_pass(point) : 0;
}

#else

static inline int lcma_fault_at(enum lcma_fault_point point)
{
	return 0;
}

static inline void lcma_faults_init(void)
{
}

static inline void lcma_faults_exit(void)
{
}

#endif

/* Pass a point. 0: go on; a negative errno: fail, without trying. */
#define lcma_fault(name)	lcma_fault_at(LCMA_FAULT_##name)

#endif /* __KERNEL__ */

#endif
