/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint that the kernel passes after it has marked a page with a memory error.
 * Its declaration has moved to a header of its own since; its name and what it tells
 * are the same on all kernels. The kernel exports no symbol for it, so it is looked up
 * by its name. The declaration serves one purpose here: the compiler compares the probe
 * with it, because the kernel calls a probe through a pointer without a type.
 */
#ifndef LCMA_COMPAT_MEMFAIL_H
#define LCMA_COMPAT_MEMFAIL_H

#include <linux/string.h>
#include <linux/tracepoint.h>

typedef void (*lcma_memfail_probe)(void *data, unsigned long pfn, int type, int result);

#if defined(CONFIG_MEMORY_FAILURE) && defined(CONFIG_TRACEPOINTS)

#if __has_include("trace/events/memory-failure.h")
#include <trace/events/memory-failure.h>
#else
#include <ras/ras_event.h>
#endif

static inline void lcma_compat_memfail_visit(struct tracepoint *point, void *found)
{
	if (!strcmp(point->name, "memory_failure_event"))
		*(struct tracepoint **)found = point;
}

/* Return: NULL if this kernel has none of that name. */
static inline struct tracepoint *lcma_compat_memfail_find(lcma_memfail_probe probe)
{
	struct tracepoint *found = NULL;

	check_trace_callback_type_memory_failure_event(probe);
	for_each_kernel_tracepoint(lcma_compat_memfail_visit, &found);
	return found;
}

#else

static inline struct tracepoint *lcma_compat_memfail_find(lcma_memfail_probe probe)
{
	return NULL;
}

#endif

#endif
