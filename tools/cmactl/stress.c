// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl stress: see stress.h. This part begins everything, disturbs it, and
 * says what came of it.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "size.h"
#include "stress.h"

#define TIMEOUT_MS	1000
#define TICK_MS		20
#define UNLOAD_MS	200
/* A victim lives for so long at most. */
#define VICTIM_MS	150
#define MIN_THREADS	4
#define MAX_THREADS	16

/* Numbers of threads and processes, for chance and tags: threads come first. */
#define MEMORY_NR	100
#define NURSERY_NR	110
#define DISTURBER_NR	111
#define PINS_NR		128

/**
 * struct thread - one of the run's
 * @stress: the run
 * @nr: its number, see above
 * @fill_bytes: of ordinary memory
 * @id: the thread's
 */
struct thread {
	struct stress *stress;
	unsigned int nr;
	uint64_t fill_bytes;
	pthread_t id;
};

/* --- beginning --------------------------------------------------------------------- */

static void *work(void *arg)
{
	const struct thread *thread = arg;

	if (thread->nr >= PINS_NR)
		stress_pin(thread->stress, thread->nr);
	else if (thread->nr >= MEMORY_NR)
		stress_fill_memory(thread->stress, thread->fill_bytes,
				   thread->nr);
	else
		stress_work(thread->stress, thread->nr);
	return NULL;
}

/*
 * A process that has children which allocate, and kills them one after the
 * other. Begun before there are threads, so that it may fork.
 */
static void nurse(struct stress *stress)
{
	struct chance chance = chance_from(stress->seed, NURSERY_NR);
	unsigned int nr = 1000;
	pid_t child;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	do {
		struct timespec time = { 0, chance_any(&chance, VICTIM_MS) * 1000000 };

		nr++;
		child = fork();
		if (!child) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			stress_victim(stress, nr);
		}
		nanosleep(&time, NULL);
		if (child > 0 && !kill(child, SIGKILL)) {
			waitpid(child, NULL, 0);
			STRESS_COUNT(stress->kills, 1);
		}
	} while (!stress->stop);
	_exit(0);
}

static uint64_t from_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec ^ (uint64_t)now.tv_nsec << 10) & 0xffffffff;
}

/* A quarter of the largest region. Return: EXIT_OK; else it is reported. */
static int choose_max(struct session *session, struct stress *stress)
{
	struct regions regions;
	int i, status = regions_load(session, stress->device, &regions);

	for (i = 0; !status && i < regions.nr; i++)
		if (regions.info[i].bytes / 4 > stress->max_bytes)
			stress->max_bytes = regions.info[i].bytes / 4;
	regions_free(&regions);
	if (session->args->max_bytes)
		stress->max_bytes = session->args->max_bytes;
	if (!status && stress->max_bytes < 4096)
		stress->max_bytes = 4096;
	return status;
}

static unsigned int choose_threads(void)
{
	const long nr = sysconf(_SC_NPROCESSORS_ONLN) * 2;

	if (nr < MIN_THREADS)
		return MIN_THREADS;
	return nr < MAX_THREADS ? nr : MAX_THREADS;
}

/* --- disturbing --------------------------------------------------------------------- */

static void on_signal(int number)
{
	(void)number;
}

/* No SA_RESTART: a call that a signal can end is ended by it. */
static void take_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
}

static void try_unload(struct stress *stress)
{
	if (!syscall(SYS_delete_module, "lcma", O_NONBLOCK))
		stress_complain(stress, &stress->odd,
				"the module was unloaded while it was in use");
	STRESS_COUNT(stress->unloads, 1);
}

/* Until the time is up, or a signal has come. */
static void disturb(struct stress *stress, const struct args *args,
		    struct thread *threads, unsigned int nr)
{
	struct chance chance = chance_from(stress->seed, DISTURBER_NR);
	const uint64_t end_ns = stress_now_ns() + args->hold_ms * 1000000;
	uint64_t unload_ns = 0;

	do {
		pthread_kill(threads[chance_any(&chance, nr)].id, SIGUSR1);
		STRESS_COUNT(stress->signals, 1);
		if (args->given & ARG_UNLOAD && stress_now_ns() >= unload_ns) {
			try_unload(stress);
			unload_ns = stress_now_ns() + UNLOAD_MS * 1000000ULL;
		}
	} while (stress_now_ns() < end_ns && !wait_for_end(TICK_MS));
	stress->stop = 1;
}

/* --- the report ---------------------------------------------------------------------- */

/* How many of our buffers are listed. */
static int count_own(const struct lcma_buffer_entry *entry, void *data)
{
	uint64_t *nr = data;

	if (!strncmp(entry->label, "stress", 6))
		++*nr;
	return 0;
}

/* What processes that are gone still hold; one just killed may take a moment. */
static uint64_t count_leaked(struct stress *stress)
{
	char names[16][LCMA_NAME_SIZE];
	struct timespec pause = { 0, 100000000 };
	int i, nr, tries;
	uint64_t leaked = 0;

	for (tries = 0; tries < 50; tries++) {
		leaked = 0;
		nr = lcma_get_regions(stress->device, names, 16);
		for (i = 0; i < nr && i < 16; i++)
			lcma_for_each_buffer(stress->device, names[i], 0,
					     count_own, &leaked);
		if (!leaked)
			break;
		nanosleep(&pause, NULL);
	}
	return leaked;
}

static bool is_counted(const struct stress *stress, unsigned int err)
{
	return err && stress->errors[err];
}

static void write_json(struct session *session, const struct stress *stress,
		       uint64_t took_ns, unsigned int nr_threads,
		       uint64_t leaked)
{
	struct json *json = &session->json;
	unsigned int i;

	json_open(json, NULL, '{');
	json_open(json, "stress", '{');
	json_number(json, "seed", stress->seed);
	json_number(json, "duration_ms", took_ns / 1000000);
	json_number(json, "threads", nr_threads);
	json_number(json, "max_bytes", stress->max_bytes);
	json_number(json, "timeout_ms", stress->timeout_ms);
	json_number(json, "buffers", stress->buffers);
	json_number(json, "bytes", stress->bytes);
	json_open(json, "failures", '{');
	for (i = 0; i < STRESS_ERRNOS; i++)
		if (is_counted(stress, i))
			json_number(json, lcma_errorname(i), stress->errors[i]);
	json_close(json, '}');
	json_open(json, "latency_ns", '{');
	json_number(json, "median", histogram_quantile(&stress->latency_ns, 50));
	json_number(json, "p99", histogram_quantile(&stress->latency_ns, 99));
	json_number(json, "max", stress->latency_ns.max);
	json_close(json, '}');
	json_number(json, "late", stress->late);
	json_number(json, "late_waiting", stress->late_waiting);
	json_number(json, "late_max_ns", stress->late_max_ns);
	json_number(json, "checked_bytes", stress->checked_bytes);
	json_number(json, "memory_pages", stress->moved);
	json_number(json, "pins", stress->pins);
	json_number(json, "signals", stress->signals);
	json_number(json, "kills", stress->kills);
	json_number(json, "unloads", stress->unloads);
	json_number(json, "corrupt", stress->corrupt);
	json_number(json, "odd", stress->odd);
	json_number(json, "leaked", leaked);
	if (*stress->why)
		json_text(json, "why", stress->why);
	else
		json_null(json, "why");
	json_close(json, '}');
	json_close(json, '}');
	json_end(json);
}

static void write_text(const struct stress *stress, uint64_t took_ns,
		       unsigned int nr_threads, uint64_t leaked)
{
	char text[4][CMACTL_TEXT_BYTES];
	unsigned int i;

	printf("stress     %s, %u threads, up to %s, seed %" PRIu64 "\n",
	       duration_text(took_ns, text[0]), nr_threads,
	       size_text(stress->max_bytes, text[1]), stress->seed);
	printf("buffers    %" PRIu64 ", %s\n", stress->buffers,
	       size_text(stress->bytes, text[0]));
	printf("requests   %" PRIu64 ", half of them within %s, 99%% within %s, all within %s\n",
	       stress->latency_ns.nr,
	       duration_text(histogram_quantile(&stress->latency_ns, 50), text[0]),
	       duration_text(histogram_quantile(&stress->latency_ns, 99), text[1]),
	       duration_text(stress->latency_ns.max, text[2]));
	printf("failures  ");
	for (i = 0; i < STRESS_ERRNOS; i++)
		if (is_counted(stress, i))
			printf(" %s %" PRIu32, lcma_errorname(i), stress->errors[i]);
	printf("\nmeanwhile  %" PRIu64 " pins, %" PRIu64 " signals, %" PRIu64
	       " processes killed, %" PRIu64 " attempts to unload\n",
	       stress->pins, stress->signals, stress->kills, stress->unloads);
	printf("compared   %s, %" PRIu64 " pages of ordinary memory among it\n",
	       size_text(stress->checked_bytes, text[0]), stress->moved);
	printf("late       %" PRIu32 ", more than %d %% after the deadline",
	       stress->late - stress->late_waiting, STRESS_LATE_PERCENT);
	if (stress->late_waiting)
		printf(" (and %" PRIu32 " that waited for a CPU)", stress->late_waiting);
	printf("\ncorrupt    %" PRIu32 "\nleaked     %" PRIu64 "\n",
	       stress->corrupt, leaked);
	if (*stress->why)
		printf("first      %s\n", stress->why);
}

static int report(struct session *session, struct stress *stress,
		  uint64_t took_ns, unsigned int nr_threads)
{
	const uint64_t leaked = count_leaked(stress);

	if (wants_json(session))
		write_json(session, stress, took_ns, nr_threads, leaked);
	else
		write_text(stress, took_ns, nr_threads, leaked);
	if (stress->corrupt || stress->odd || leaked || !stress->buffers ||
	    stress->late > stress->late_waiting)
		return EXIT_FAILED;
	return EXIT_OK;
}

/* --- all of it ------------------------------------------------------------------------- */

/* Return: how many threads were begun. */
static unsigned int begin_threads(struct stress *stress,
				  const struct args *args,
				  struct thread *threads, unsigned int nr_workers)
{
	const unsigned int nr_pins = args->given & ARG_PINS ? args->pins : 1;
	const unsigned int nr_memory = args->fill_bytes ? 1 : 0;
	unsigned int i;

	for (i = 0; i < nr_workers + nr_pins + nr_memory; i++) {
		threads[i].stress = stress;
		threads[i].fill_bytes = args->fill_bytes;
		if (i < nr_workers)
			threads[i].nr = i + 1;
		else if (i < nr_workers + nr_pins)
			threads[i].nr = PINS_NR + i - nr_workers;
		else
			threads[i].nr = MEMORY_NR;
		if (pthread_create(&threads[i].id, NULL, work, &threads[i])) {
			stress_complain(stress, &stress->odd,
					"only %u threads could be begun", i);
			break;
		}
	}
	return i;
}

static int run(struct session *session, struct stress *stress)
{
	const struct args *args = session->args;
	const unsigned int nr_workers = args->threads ? args->threads :
					choose_threads();
	struct thread *threads = calloc(nr_workers + 66, sizeof(*threads));
	uint64_t began_ns;
	unsigned int i, nr;
	pid_t nursery;

	if (!threads)
		return fail(session, -ENOMEM, NULL, "stress");
	fflush(stdout);
	take_signals();
	nursery = fork();
	if (!nursery)
		nurse(stress);
	hold_signals();
	began_ns = stress_now_ns();
	nr = begin_threads(stress, args, threads, nr_workers);
	if (nr)
		disturb(stress, args, threads, nr < nr_workers ? nr : nr_workers);
	stress->stop = 1;
	for (i = 0; i < nr; i++)
		pthread_join(threads[i].id, NULL);
	if (nursery > 0)
		waitpid(nursery, NULL, 0);
	free(threads);
	return report(session, stress, stress_now_ns() - began_ns, nr_workers);
}

int cmd_stress(struct session *session)
{
	const struct args *args = session->args;
	struct stress *stress;
	int device, status;

	device = device_open(session, &status);
	if (device < 0)
		return status;
	/* The victims count, too, and they are other processes. */
	stress = mmap(NULL, sizeof(*stress), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stress == MAP_FAILED) {
		lcma_close(device);
		return fail(session, -errno, NULL, "stress");
	}
	stress->device = device;
	stress->region = args->region;
	stress->seed = args->given & ARG_SEED ? args->seed : from_clock();
	stress->timeout_ms = args->timeout_ms ? args->timeout_ms : TIMEOUT_MS;
	status = choose_max(session, stress);
	if (!status)
		status = run(session, stress);
	munmap(stress, sizeof(*stress));
	lcma_close(device);
	return status;
}
