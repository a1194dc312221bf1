/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices: /dev/cma_test, lines by write and read and structures by ioctl,
 * and /dev/lcma, for programs: structures by ioctl only.
 */
#ifndef LCMA_DEV_H
#define LCMA_DEV_H

int lcma_dev_init(void);
void lcma_dev_exit(void);

#endif
