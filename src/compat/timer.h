/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers on every kernel: del_timer_sync() has had another name since 6.2, and
 * no longer has the old one since 6.15.
 */
#ifndef LCMA_COMPAT_TIMER_H
#define LCMA_COMPAT_TIMER_H

#include <linux/timer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define lcma_compat_timer_stop	timer_delete_sync
#else
#define lcma_compat_timer_stop	del_timer_sync
#endif

#endif
