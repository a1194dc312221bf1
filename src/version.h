/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of the module; dkms.conf says the same.
 */
#ifndef LCMA_VERSION_H
#define LCMA_VERSION_H

#include <linux/stringify.h>

#define LCMA_VERSION_MAJOR	0
#define LCMA_VERSION_MINOR	1
#define LCMA_VERSION_PATCH	0

#define LCMA_VERSION_TEXT	__stringify(LCMA_VERSION_MAJOR) "." \
				__stringify(LCMA_VERSION_MINOR) "." \
				__stringify(LCMA_VERSION_PATCH)

#endif
