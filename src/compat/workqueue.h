/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system's queue for work that may take seconds: system_unbound_wq is called
 * system_dfl_wq since 6.17, and later kernels warn about the old name.
 */
#ifndef LCMA_COMPAT_WORKQUEUE_H
#define LCMA_COMPAT_WORKQUEUE_H

#include <linux/version.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define lcma_compat_long_wq	system_dfl_wq
#else
#define lcma_compat_long_wq	system_unbound_wq
#endif

#endif
