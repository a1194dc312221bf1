/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reasons: why a region could not be had, in a sentence. It is logged, and kept until
 * the next one: /sys/kernel/lcma/add shows it.
 */
#ifndef LCMA_REASON_H
#define LCMA_REASON_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

void lcma_reason_err(const char *format, ...) __printf(1, 2);
void lcma_reason_clear(void);
int lcma_reason_show(char *to, size_t size_bytes);

#endif
