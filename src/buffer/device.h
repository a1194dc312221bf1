/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices: which regions a device allocates from.
 */
#ifndef LCMA_DEVICE_H
#define LCMA_DEVICE_H

#include <linux/lcma.h>

void lcma_devices_forget(void);

#endif
