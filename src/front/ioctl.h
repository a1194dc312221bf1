/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of include/uapi/linux/lcma.h.
 */
#ifndef LCMA_IOCTL_H
#define LCMA_IOCTL_H

struct lcma_account;

long lcma_ioctl(struct lcma_account *account, unsigned int cmd,
		unsigned long arg);

#endif
