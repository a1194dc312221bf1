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

static struct cache_call calls[MAX_CALLS];
static int nr_calls;

static inline bool cleans(const struct cache_call *call)
{
	return !call->for_cpu && call->direction != FROM_DEVICE;
}

static inline bool invalidates(const struct cache_call *call)
{
	return call->for_cpu ? call->direction != TO_DEVICE :
			       call->direction == FROM_DEVICE;
}

static inline void forget_calls(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC);

	if (fd < 0)
		bail_out("the trace: %m");
	close(fd);
	nr_calls = 0;
}

/* Read what was called since forget_calls(), of what touches a range. */
static inline void read_calls(uint64_t phys, uint64_t len)
{
	FILE *trace = fopen(TRACING "trace", "r");
	char line[256];

	if (!trace)
		bail_out("the trace: %m");
	nr_calls = 0;
	while (fgets(line, sizeof(line), trace)) {
		struct cache_call *call = &calls[nr_calls];
		const char *at = strstr(line, "phys=");
		const char *size = strstr(line, "len=");
		const char *dir = strstr(line, "dir=");

		if (!at || !size || !dir)
			continue;
		call->for_cpu = strstr(line, "lcma_for_cpu:");
		call->phys = strtoull(at + 5, NULL, 0);
		call->len = strtoull(size + 4, NULL, 0);
		call->direction = strtoul(dir + 4, NULL, 0);
		if (call->phys >= phys + len || call->phys + call->len <= phys)
			continue;
		if (++nr_calls == MAX_CALLS)
			bail_out("more than %d calls", MAX_CALLS);
	}
	fclose(trace);
}

static inline void show_calls(void)
{
	int i;

	for (i = 0; i < nr_calls && i < 8; i++)
		diag("for_%s dir %d %#llx + %#llx",
		     calls[i].for_cpu ? "cpu" : "device", calls[i].direction,
		     (unsigned long long)calls[i].phys,
		     (unsigned long long)calls[i].len);
	if (nr_calls > i)
		diag("and %d more", nr_calls - i);
}

/* Do calls before number @end that @which accepts cover every byte of a range? */
static inline bool covered(bool (*which)(const struct cache_call *), int end,
			   uint64_t phys, uint64_t len)
{
	const uint64_t stop = phys + len;
	bool moved = true;
	int i;

	/* Pieces may come in any order. */
	while (phys < stop && moved) {
		moved = false;
		for (i = 0; i < end; i++) {
			if (!which(&calls[i]) || calls[i].phys > phys ||
			    calls[i].phys + calls[i].len <= phys)
				continue;
			phys = calls[i].phys + calls[i].len;
			moved = true;
		}
	}
	return phys >= stop;
}

/* Is there no call beyond a range? */
static inline bool stays_within(uint64_t phys, uint64_t len)
{
	int i;

	for (i = 0; i < nr_calls; i++)
		if (calls[i].phys < phys ||
		    calls[i].phys + calls[i].len > phys + len)
			return false;
	return true;
}

static inline int count_calls(bool (*which)(const struct cache_call *))
{
	int i, nr = 0;

	for (i = 0; i < nr_calls; i++)
		nr += which(&calls[i]);
	return nr;
}

/*
 * Is each range that is invalidated clean at that moment: cleaned since the
 * last time that it was invalidated?
 */
static inline bool cleaned_before_invalidated(void)
{
	int i, k;

	for (i = 0; i < nr_calls; i++) {
		uint64_t at = calls[i].phys;

		if (!invalidates(&calls[i]))
			continue;
		/* Pieces of the clean come one after the other. */
		for (k = 0; k < i; k++) {
			if (cleans(&calls[k]) && calls[k].phys <= at &&
			    calls[k].phys + calls[k].len > at)
				at = calls[k].phys + calls[k].len;
			else if (invalidates(&calls[k]) &&
				 calls[k].phys < calls[i].phys + calls[i].len &&
				 calls[i].phys < calls[k].phys + calls[k].len)
				at = calls[i].phys;
		}
		if (at < calls[i].phys + calls[i].len)
			return false;
	}
	return true;
}

#endif
