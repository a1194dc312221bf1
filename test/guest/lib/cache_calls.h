/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache_calls.h - the kernel's cache maintenance, as it was called: kprobes on
 * arch_sync_dma_for_device() and _for_cpu() write each call to the trace, with
 * its range and direction. caches.sh sets the kprobes.
 *
 * What a call does on ARM and arm64, as this header judges it:
 *
 *	for_device, DMA_FROM_DEVICE	invalidates on ARMv7 (cleans on arm64)
 *	for_device, others		cleans
 *	for_cpu, DMA_TO_DEVICE		nothing
 *	for_cpu, others			invalidates
 */
#ifndef LCMA_TEST_CACHE_CALLS_H
#define LCMA_TEST_CACHE_CALLS_H

#include "program.h"

#define TRACING		"/sys/kernel/debug/tracing/"
#define MAX_CALLS	20000

enum direction { BOTH_WAYS, TO_DEVICE, FROM_DEVICE };

struct cache_call {
	bool for_cpu;
	enum direction direction;
	uint64_t phys;
	uint64_t len;
};

extern struct cache_call calls[MAX_CALLS];
extern int nr_calls;
bool cleans(const struct cache_call *call);
bool invalidates(const struct cache_call *call);
void forget_calls(void);

/* Read what was called since forget_calls(), of what touches a range. */
void read_calls(uint64_t phys, uint64_t len);
void show_calls(void);

/* Do calls before number @end that @which accepts cover every byte of a range? */
bool covered(bool (*which)(const struct cache_call *), int end,
	     uint64_t phys, uint64_t len);

/* Is there no call beyond a range? */
bool stays_within(uint64_t phys, uint64_t len);
int count_calls(bool (*which)(const struct cache_call *));

/*
 * Is each range that is invalidated clean at that moment: cleaned since the
 * last time that it was invalidated?
 */
bool cleaned_before_invalidated(void);

#endif
