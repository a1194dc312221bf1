// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_fuzz - calls of everything that lcma offers, with arguments that are
 * nearly right. See fuzz.sh.
 *
 *	lcma_fuzz SECONDS SEED
 *
 * Four processes, two of them of two threads that share descriptors and
 * mappings without any agreement: each draws a call, a structure that would be
 * right, and then spoils some of it. Now and then one is killed. The order of
 * what a thread does follows from SEED; how the threads interleave does not.
 */
#include "fuzz_step.h"

#include <pthread.h>
#include <sys/resource.h>

#define WORKERS		4
#define KILL_MS		400
#define REGIONS		"regions=main=32M@cma,heap=fuzz;pool=16M@cma,keep=all;some=16M@cma,keep=1M-4M,order=2"

/* What a thread begins with. */
struct start {
	uint32_t seed;
	char *room;
};

static void *thread(void *arg)
{
	const struct start *start = arg;

	chance = start->seed | 1;
	room = start->room;
	while (!counters->stop)
		step();
	return NULL;
}

static char *make_room(void)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + 2 * PAGE, PAGE, PROT_NONE))
		_exit(1);
	return at;
}

/* All that the program needs is mapped before there are holes in the arena. */
static void work(uint32_t seed, bool alone)
{
	const struct rlimit limit = { 96, 96 };
	struct start starts[2] = {
		{ seed, make_room() }, { seed * 0x9e3779b1u, make_room() },
	};
	pthread_t other;
	int i;

	is_alone = alone;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGPIPE, SIG_IGN);	/* of a pipe that the other thread closed */
	catch_faults();
	arena = mmap(NULL, ARENA_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		_exit(1);
	for (i = 0; i < NR_FDS; i++)
		fds[i] = i < NR_DEVICES ? open(i & 1 ? DEVICE : PROGRAMS,
							 O_RDWR | O_CLOEXEC) : -1;
	if (!alone && pthread_create(&other, NULL, thread, &starts[1]))
		_exit(1);
	thread(&starts[0]);
	_exit(0);
}

static pid_t start(uint32_t *state, int nr)
{
	const uint32_t seed = next_random(state);
	pid_t pid = need_fork();

	if (!pid)
		work(seed, nr % 2);
	return pid;
}

static void run(long seconds, uint32_t seed)
{
	const long long until = now_ms() + seconds * 1000;
	pid_t pids[WORKERS];
	uint32_t state = seed;
	int i, status;

	fflush(stdout);
	for (i = 0; i < WORKERS; i++)
		pids[i] = start(&state, i);
	while (now_ms() < until && !complaints->nr) {
		sleep_ms(KILL_MS);
		i = next_random(&state) % WORKERS;
		if (waitpid(pids[i], &status, WNOHANG) == pids[i]) {
			wrong("a worker ended by itself, with status %#x", status);
		} else {
			kill_and_wait(pids[i]);
			COUNT(kills);
		}
		pids[i] = start(&state, i);
	}
	counters->stop = 1;
	for (i = 0; i < WORKERS; i++)
		wait_status(pids[i]);
}

static void free_text(void)
{
	char text[256];

	while (read_text(DEVICE, text, sizeof(text)) > 0)
		;
}

int main(int argc, char **argv)
{
	const long seconds = argc > 1 ? atol(argv[1]) : 20;
	const uint32_t seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	unsigned long long base[2], all;
	struct counters *c;
	int dev, i;

	tap_start();
	counters = c = need_shared(sizeof(*c));
	hear_complaints();
	need_lcma(REGIONS);
	base[0] = region_value("main", "base");
	all = region_value("main", "nr_pages");
	dev = open_device();	/* so that no attempt to unload succeeds */
	run(seconds, seed | 1);
	diag("%u steps, %u maps, %u touches of which %u faulted, %u forks, %u killed",
	     c->steps, c->maps, c->touches, c->faults, c->forks, c->kills);
	diag("%u lines, %u refused, %u reads freed, %u from the heap, %u attempts to unload",
	     c->lines, c->lines_refused, c->frees, c->heaps, c->unloads);
	for (i = 0; i < NR_CALLS; i++)
		diag("%s: %u good, %u refused", fuzz_calls[i].name, c->good[i],
		     c->refused[i]);

	if (!no_complaint("every answer is one that the manual has"))
		diag("seed %u", seed);
	for (i = 0; i < NR_CALLS; i++)
		ok(c->good[i] > 0 && c->refused[i] > 0,
		   "%s was good sometimes, and sometimes refused", fuzz_calls[i].name);
	ok(c->lines && c->lines_refused && c->frees, "so were lines, and reads freed");
	ok(c->maps && c->faults && c->faults < c->touches,
	   "mappings were touched, and missed");
	ok(c->zeroed > 0, "%u buffers were looked at, whether they are zeroed",
	   c->zeroed);
	ok(c->unloads > 0, "unloading was tried, and refused");

	/* No process has anything now. */
	free_text();
	write_text("/sys/module/lcma/parameters/quota_file_kib", "0");
	ok(is_idle("main", 60000), "main: nothing is held at the end");
	ok(is_idle("pool", 60000), "pool: nothing is held at the end");
	is(region_value("some", "used_pages"), 0, "some: nothing is used at the end");
	is(region_value("some", "quarantined_pages"), 0, "some: nor held by anybody");
	i = need_buffer(dev, "main", all * PAGE);
	ok(i >= 0, "all of main can be had");
	close(i);
	close(dev);
	answers(unload_lcma(), 0, "unload");
	need_lcma(REGIONS);
	base[1] = region_value("main", "base");
	ok(base[0] == base[1], "loaded again, main is where it was");
	answers(unload_lcma(), 0, "unload again");
	return tap_finish();
}
