/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buses that this kernel has, of those whose devices do DMA.
 */
#ifndef LCMA_COMPAT_BUSES_H
#define LCMA_COMPAT_BUSES_H

#include <linux/amba/bus.h>
#include <linux/device/bus.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

/* Constant from 6.9 on, here and in the functions that take one. */
#define lcma_compat_bus(type)	((void *)(type))

#ifdef CONFIG_PCI
#define LCMA_COMPAT_PCI_BUSES(ROW)	ROW(pci_bus_type)
#else
#define LCMA_COMPAT_PCI_BUSES(ROW)
#endif

#ifdef CONFIG_ARM_AMBA
#define LCMA_COMPAT_AMBA_BUSES(ROW)	ROW(amba_bustype)
#else
#define LCMA_COMPAT_AMBA_BUSES(ROW)
#endif

#define LCMA_COMPAT_BUSES(ROW) \
	ROW(platform_bus_type) \
	LCMA_COMPAT_PCI_BUSES(ROW) \
	LCMA_COMPAT_AMBA_BUSES(ROW)

#endif
