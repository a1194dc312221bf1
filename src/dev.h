/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/cma_test: lines by write and read, structures by ioctl.
 */
#ifndef LCMA_DEV_H
#define LCMA_DEV_H

int lcma_dev_init(void);
void lcma_dev_exit(void);

#endif
