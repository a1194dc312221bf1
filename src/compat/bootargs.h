/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boot loader told the kernel, where a module can read it: the kernel exports
 * neither of its copies of the command line, and /proc/cmdline is for programs. A device
 * tree has it.
 */
#ifndef LCMA_COMPAT_BOOTARGS_H
#define LCMA_COMPAT_BOOTARGS_H

#include <linux/of.h>

/* Return: the command line; NULL if it cannot be known. */
#ifdef CONFIG_OF
static inline const char *lcma_compat_bootargs(void)
{
	const char *bootargs;

	if (!of_chosen || of_property_read_string(of_chosen, "bootargs", &bootargs))
		return NULL;
	return bootargs;
}
#else
static inline const char *lcma_compat_bootargs(void)
{
	return NULL;
}
#endif

#endif
