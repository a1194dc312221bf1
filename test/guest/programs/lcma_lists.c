// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_lists - what it costs to list many buffers. See lists.sh.
 */
#include "program.h"

#include <sys/resource.h>

#define NR_FEW		1000
#define NR_MANY		10000
#define ENTRY		sizeof(struct lcma_buffer_entry)

/*
 * Ten times as many buffers may cost that many times as much: a list that is read
 * from its head for each piece would cost a hundred times. The host's load adds to
 * either; so the best of some tries counts.
 */
#define MAX_FACTOR	30
#define TRIES		5

static int dev;
static int fds[NR_MANY];
static int nr_fds;
static struct lcma_buffer_entry *entries;

static long long cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void make_buffers(int nr)
{
	for (; nr_fds < nr; nr_fds++)
		fds[nr_fds] = need_buffer(dev, "main", PAGE);
}

/* Return: how many are listed, so many at a time; oldest first, each once. */
static long list_all(uint32_t at_a_time, uint32_t flags)
{
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.flags = flags,
		.entry_size = ENTRY,
		.region = "main",
	};
	long seen = 0;
	uint32_t i;

	do {
		list.nr = at_a_time;
		list.entries = (uintptr_t)entries;
		if (lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list))
			return -1;
		for (i = 0; i < list.nr; i++) {
			if (entries[i].id <= list.after_id)
				return -2;
			list.after_id = entries[i].id;
		}
		seen += list.nr;
	} while (list.nr);
	return seen;
}

/* Return: the best of some tries, in microseconds. */
static long long cost_us(uint32_t at_a_time, long wanted)
{
	long long best = -1, took;
	long seen;
	int i;

	for (i = 0; i < TRIES; i++) {
		took = cpu_us();
		seen = list_all(at_a_time, LCMA_LIST_ALL);
		took = cpu_us() - took;
		if (seen != wanted) {
			diag("%ld of %ld are listed, %u at a time", seen, wanted,
			     at_a_time);
			return -1;
		}
		if (best < 0 || took < best)
			best = took;
	}
	return best;
}

/* Reads debugfs's list by pieces. Return: how many lines; -1: not in order. */
static long read_list(size_t piece, long long *took)
{
	FILE *file = fopen("/sys/kernel/debug/lcma/main/buffers", "r");
	unsigned long long id, last_id = 0;
	char line[512];
	long nr = 0;

	*took = cpu_us();
	if (!file)
		return -1;
	setvbuf(file, NULL, _IOFBF, piece);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "id=%llu ", &id) != 1 || id <= last_id) {
			diag("after %llu: %s", last_id, line);
			nr = -1;
			break;
		}
		last_id = id;
		nr++;
	}
	fclose(file);
	*took = cpu_us() - *took;
	return nr;
}

static void end_of_the_list(void *unused MAYBE_UNUSED)
{
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.nr = 1,
		.entry_size = ENTRY,
		.entries = (uintptr_t)entries,
		.region = "main",
		.after_id = 1ULL << 40,
	};
	long long at_end, at_none;
	int i, own = open_device();

	at_end = cpu_us();
	for (i = 0; i < 1000; i++)
		lcma_call(own, LCMA_IOC_BUFFER_LIST, &list);
	at_end = cpu_us() - at_end;
	is(list.nr, 0, "a user without buffers, from the end of the list: none");
	strcpy(list.region, "empty");
	at_none = cpu_us();
	for (i = 0; i < 1000; i++)
		lcma_call(own, LCMA_IOC_BUFFER_LIST, &list);
	at_none = cpu_us() - at_none;
	diag("1000 calls from the end of %d buffers: %lld us, of an empty region: %lld us",
	     nr_fds, at_end, at_none);
	ok(at_end <= 3 * at_none, "which costs what an empty list costs");
}

static void test_cost(void)
{
	static const uint32_t sizes[] = { 16, 100, NR_MANY };
	long long few[ARRAY_SIZE(sizes)], many, took;
	unsigned int i;

	make_buffers(NR_FEW);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		few[i] = cost_us(sizes[i], NR_FEW);
	make_buffers(NR_MANY);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		many = cost_us(sizes[i], NR_MANY);
		diag("%u at a time: %d in %lld us, %d in %lld us", sizes[i],
		     NR_FEW, few[i], NR_MANY, many);
		ok(many >= 0 && few[i] >= 0 && many <= MAX_FACTOR * few[i],
		   "%u at a time: ten times as many cost as much more", sizes[i]);
	}
	is(read_list(4096, &took), NR_MANY, "debugfs: all, by a page");
	diag("debugfs: %d in %lld us", NR_MANY, took);
	is(read_list(100, &took), NR_MANY, "debugfs: all, by 100 bytes");
	in_child(1000, end_of_the_list, NULL);
}

/* Others come and go during a read: what stays is there once. */
static void test_change(void)
{
	long long until = now_ms() + 2000, took;
	pid_t child;
	int i, lost = 0;

	for (i = 0; i < NR_MANY; i += 2)
		close(fds[i]);
	fflush(stdout);
	child = need_fork();
	if (!child) {
		int own = open_device();

		while (now_ms() < until)
			close(alloc_buffer(own, "main", PAGE));
		_exit(0);
	}
	while (now_ms() < until) {
		long nr = list_all(7, LCMA_LIST_ALL);
		long lines = read_list(1000, &took);

		if (nr < NR_MANY / 2 || lines < NR_MANY / 2)
			lost++;
	}
	wait_status(child);
	is(lost, 0, "while others come and go: nothing is left out or told twice");
	is(list_all(NR_MANY, 0), NR_MANY / 2, "every other one is left");
	for (i = 1; i < NR_MANY; i += 2)
		close(fds[i]);
	nr_fds = 0;
}

int main(void)
{
	const struct rlimit limit = { NR_MANY + 100, NR_MANY + 100 };

	tap_start();
	if (setrlimit(RLIMIT_NOFILE, &limit))
		bail_out("setrlimit: %m");
	need_lcma("regions=main=64M@cma,keep=all;empty=8M@cma,keep=all");
	chmod(DEVICE, 0666);
	dev = open_device();
	entries = malloc((NR_MANY + 1) * ENTRY);
	if (!entries)
		bail_out("no memory");

	test_cost();
	test_change();
	ok(is_idle("main", 10000), "the region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
