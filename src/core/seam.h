/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the pure core and the place it runs in.
 *
 * The .c files of this folder include this header and no other outside header. In
 * the kernel it names what they use; on the host tools/host/host.h supplies the
 * same names, and the very same files compile into the unit tests and the fuzzers.
 */
#ifndef LCMA_SEAM_H
#define LCMA_SEAM_H

#ifdef __KERNEL__
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "host.h"
#endif

#endif
