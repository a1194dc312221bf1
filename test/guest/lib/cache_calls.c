// SPDX-License-Identifier: GPL-2.0-only
/* cache_calls.c - see cache_calls.h. */

#include "cache_calls.h"

struct cache_call calls[MAX_CALLS];

int nr_calls;

bool cleans(const struct cache_call *call)
{
	return !call->for_cpu && call->direction != FROM_DEVICE;
}

bool invalidates(const struct cache_call *call)
{
	return call->for_cpu ? call->direction != TO_DEVICE :
			       call->direction == FROM_DEVICE;
}

void forget_calls(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC);

	if (fd < 0)
		bail_out("the trace: %m");
	close(fd);
	nr_calls = 0;
}

void read_calls(uint64_t phys, uint64_t len)
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

void show_calls(void)
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

bool covered(bool (*which)(const struct cache_call *), int end,
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

bool stays_within(uint64_t phys, uint64_t len)
{
	int i;

	for (i = 0; i < nr_calls; i++)
		if (calls[i].phys < phys ||
		    calls[i].phys + calls[i].len > phys + len)
			return false;
	return true;
}

int count_calls(bool (*which)(const struct cache_call *))
{
	int i, nr = 0;

	for (i = 0; i < nr_calls; i++)
		nr += which(&calls[i]);
	return nr;
}

bool cleaned_before_invalidated(void)
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
