// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results: "ok WHAT", "not ok WHAT (not: CONDITION)", and where memory lies:
 * "where KIND PHYS BYTES ADDRESS", with ADDRESS linear, vmalloc, page or none.
 */
#include "dmatest.h"

#include <linux/dma-direct.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

static char text[SZ_16K];
static size_t len;

void dmatest_clear(void)
{
	len = 0;
	text[0] = '\0';
}

const char *dmatest_text(void)
{
	return text;
}

bool dmatest_result(bool passed, const char *what, const char *fmt, ...)
{
	va_list args;

	len += scnprintf(text + len, sizeof(text) - len, passed ? "ok " : "not ok ");
	va_start(args, fmt);
	len += vscnprintf(text + len, sizeof(text) - len, fmt, args);
	va_end(args);
	if (!passed)
		len += scnprintf(text + len, sizeof(text) - len, " (not: %s)", what);
	len += scnprintf(text + len, sizeof(text) - len, "\n");
	return passed;
}

static const char *kind_of(const void *cookie)
{
	if (!cookie)
		return "none";
	if (is_vmalloc_addr(cookie))
		return "vmalloc";
	return virt_addr_valid(cookie) ? "linear" : "page";
}

void dmatest_where(struct device *dev, const char *kind, dma_addr_t handle,
		   size_t size_bytes, const void *cookie)
{
	const phys_addr_t phys = dma_to_phys(dev, handle);

	len += scnprintf(text + len, sizeof(text) - len, "where %s %pa %zu %s\n",
			 kind, &phys, size_bytes, kind_of(cookie));
}
