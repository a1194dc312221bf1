/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timeouts: from nanoseconds to jiffies, which are fewer than there are
 * milliseconds in 32 bits, or more.
 */
#ifndef LCMA_TIMEOUT_H
#define LCMA_TIMEOUT_H

#include "core/seam.h"

long lcma_timeout_jiffies(s64 left_ns, unsigned int hz, long max);

#endif
