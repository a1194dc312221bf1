/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often this module is held. A kernel without CONFIG_MODULE_UNLOAD does not
 * count.
 */
#ifndef LCMA_COMPAT_MODULE_H
#define LCMA_COMPAT_MODULE_H

#include <linux/module.h>

#ifdef CONFIG_MODULE_UNLOAD

static inline int lcma_compat_module_refcount(void)
{
	return module_refcount(THIS_MODULE);
}

#else

static inline int lcma_compat_module_refcount(void)
{
	return 0;
}

#endif

#endif
