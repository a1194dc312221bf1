// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reasons: see reason.h.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "source/reason.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/stdarg.h>

#define REASON_BYTES	512

/* Protects the last reason; nothing is taken inside. */
static DEFINE_MUTEX(lock);
static char last[REASON_BYTES];

/**
 * lcma_reason_err - say why a region cannot be had
 * @format: a sentence without a newline, as for printf
 *
 * It is logged as an error. Of several, the last one is kept.
 *
 * Context: process, may sleep.
 */
void lcma_reason_err(const char *format, ...)
{
	va_list ap;

	mutex_lock(&lock);
	va_start(ap, format);
	vscnprintf(last, sizeof(last), format, ap);
	va_end(ap);
	pr_err("%s\n", last);
	mutex_unlock(&lock);
}

/**
 * lcma_reason_clear - forget the last reason
 *
 * Context: process, may sleep.
 */
void lcma_reason_clear(void)
{
	mutex_lock(&lock);
	*last = '\0';
	mutex_unlock(&lock);
}

/**
 * lcma_reason_show - the last reason
 * @to: where to, without a newline; "": there is none
 * @size_bytes: its size
 *
 * Context: process, may sleep.
 * Return: length of the text.
 */
int lcma_reason_show(char *to, size_t size_bytes)
{
	int len;

	mutex_lock(&lock);
	len = scnprintf(to, size_bytes, "%s", last);
	mutex_unlock(&lock);
	return len;
}
