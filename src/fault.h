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
 * does nothing, unless root ordered a failure. Root does that by writing to
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

#include <linux/jump_label.h>

/* Every point; fault.c has what each fails with. */
enum lcma_fault_point {
	LCMA_FAULT_WORKER_START,
	LCMA_FAULT_CACHE_DEVICE,
	LCMA_FAULT_CACHE_MASK,
	LCMA_FAULT_ATTACH_SPECS,
	LCMA_FAULT_SOURCE_WHY,
	LCMA_FAULT_CMA_CARVE,
	LCMA_FAULT_CMA_DEVICE,
	LCMA_FAULT_CMA_MASK,
	LCMA_FAULT_CMA_PIECE,
	LCMA_FAULT_CMA_AREA,
	LCMA_FAULT_RMEM_CARVE,
	LCMA_FAULT_REGION_NEW,
	LCMA_FAULT_REGION_PARTS,
	LCMA_FAULT_REGION_REGISTER,
	LCMA_FAULT_UPKEEP_START,
	LCMA_FAULT_SHRINK_REGISTER,
	LCMA_FAULT_SYSFS_ROOT,
	LCMA_FAULT_SYSFS_DIR,
	LCMA_FAULT_SYSFS_ADD,
	LCMA_FAULT_DEBUGFS_DIR,
	LCMA_FAULT_DEBUGFS_FILE,
	LCMA_FAULT_DEBUGFS_LIST,
	LCMA_FAULT_HEAP_NEW,
	LCMA_FAULT_HEAP_CDEV,
	LCMA_FAULT_HEAP_REGISTER,
	LCMA_FAULT_HEAP_FILE,
	LCMA_FAULT_DEV_REGISTER,
	LCMA_FAULT_DEV_FILE,
	LCMA_FAULT_ACCOUNT_NEW,
	LCMA_FAULT_ACCOUNT_USER,
	LCMA_FAULT_ACCOUNT_CHARGE,
	LCMA_FAULT_CLAIM_BUSY,
	LCMA_FAULT_CLAIM_NOMEM,
	LCMA_FAULT_CLAIM_INTR,
	LCMA_FAULT_TAKE_JOB,
	LCMA_FAULT_BUFFER_NEW,
	LCMA_FAULT_TEXT_BUFFER,
	LCMA_FAULT_IOCTL_DATA,
	LCMA_FAULT_IOCTL_LIST,
	LCMA_FAULT_DMABUF_FD,
	LCMA_FAULT_DMABUF_NEW,
	LCMA_FAULT_DMABUF_EXPORT,
	LCMA_FAULT_DMABUF_ATTACH,
	LCMA_FAULT_DMABUF_TABLE,
	LCMA_FAULT_DMABUF_MAP,
	LCMA_FAULT_DMABUF_FILL,
	LCMA_FAULT_DMABUF_FAULT,
	LCMA_FAULT_DMABUF_VMAP_LIST,
	LCMA_FAULT_DMABUF_VMAP,
	LCMA_FAULT_DEVICE_ASSIGN,
	LCMA_NR_FAULT_POINTS
};

#ifdef LCMA_FAULTS

DECLARE_STATIC_KEY_FALSE(lcma_faults_ordered);

int lcma_fault_pass(enum lcma_fault_point point);
void lcma_faults_init(void);
void lcma_faults_exit(void);

static inline int lcma_fault_at(enum lcma_fault_point point)
{
	return static_branch_unlikely(&lcma_faults_ordered) ?
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

#endif
