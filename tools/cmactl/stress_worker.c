// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads of cmactl stress that allocate: see stress.h.
 *
 * Each holds a few buffers. A new one must be zeroed; it is filled with a
 * pattern that no other buffer has, and compared before it is given back, so
 * that two writers of one page are found out, whichever wrote last.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

#define MAX_HELD	6
#define PAGE_BYTES	4096
/* However short the run and busy the machine, a thread does so much. */
#define MIN_STEPS	12

/**
 * struct held - a buffer that a thread has
 * @fd: its descriptor
 * @map: its mapping
 * @bytes: its size
 * @tag: its pattern's
 */
struct held {
	int fd;
	void *map;
	uint64_t bytes;
	uint32_t tag;
};

/**
 * struct worker - a thread
 * @stress: the run
 * @chance: its own
 * @held: its buffers
 * @nr_held: how many
 * @next_tag: of the next one; no other thread has it
 * @schedstat: /proc's file of how long it waited for a CPU; -1: none
 */
struct worker {
	struct stress *stress;
	struct chance chance;
	struct held held[MAX_HELD];
	unsigned int nr_held;
	uint32_t next_tag;
	int schedstat;
};

void stress_fill(void *at, size_t bytes, uint32_t tag)
{
	uint32_t *words = at;
	size_t i;

	for (i = 0; i < bytes / 4; i++)
		words[i] = stress_word(tag, i);
}

size_t stress_compare(const void *at, size_t bytes, uint32_t tag)
{
	const uint32_t *words = at;
	size_t i;

	for (i = 0; i < bytes / 4; i++)
		if (words[i] != stress_word(tag, i))
			return i * 4;
	return bytes;
}

void stress_complain(struct stress *stress, uint32_t *count,
		     const char *format, ...)
{
	static int is_said;
	va_list ap;

	STRESS_COUNT(*count, 1);
	if (__atomic_exchange_n(&is_said, 1, __ATOMIC_RELAXED))
		return;
	va_start(ap, format);
	vsnprintf(stress->why, sizeof(stress->why), format, ap);
	va_end(ap);
}

/* --- deadlines ---------------------------------------------------------------- */

static int open_schedstat(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/schedstat",
		 (long)syscall(SYS_gettid));
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* For how long the thread could have run, and had no CPU; 0: not known. */
static uint64_t waited_ns(const struct worker *worker)
{
	char text[96];
	ssize_t len = -1;
	char *second;

	if (worker->schedstat >= 0)
		len = pread(worker->schedstat, text, sizeof(text) - 1, 0);
	if (len <= 0)
		return 0;
	text[len] = '\0';
	second = strchr(text, ' ');
	return second ? strtoull(second, NULL, 10) : 0;
}

static void note_latency(struct stress *stress, uint64_t took_ns,
			 uint64_t waiting_ns, uint32_t timeout_ms)
{
	const uint64_t deadline_ns = (uint64_t)timeout_ms * 1000000;
	const uint64_t limit_ns = deadline_ns +
				  deadline_ns / 100 * STRESS_LATE_PERCENT;
	uint64_t max, late_ns;

	histogram_add(&stress->latency_ns, took_ns);
	if (took_ns <= limit_ns)
		return;
	STRESS_COUNT(stress->late, 1);
	took_ns -= waiting_ns < took_ns ? waiting_ns : took_ns;
	if (took_ns <= limit_ns) {
		STRESS_COUNT(stress->late_waiting, 1);
		return;
	}
	late_ns = took_ns - deadline_ns;
	max = __atomic_load_n(&stress->late_max_ns, __ATOMIC_RELAXED);
	while (late_ns > max &&
	       !__atomic_compare_exchange_n(&stress->late_max_ns, &max, late_ns,
					    0, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

/* --- buffers -------------------------------------------------------------------- */

/* As many small ones as large ones: every power of two is as likely. */
static uint64_t draw_bytes(struct worker *worker)
{
	const uint64_t max_pages = worker->stress->max_bytes / PAGE_BYTES;
	unsigned int powers = 1;
	uint64_t pages;

	while (max_pages >> powers)
		powers++;
	pages = 1ULL << chance_any(&worker->chance, powers);
	pages += chance_any(&worker->chance, pages);
	return (pages < max_pages ? pages : max_pages) * PAGE_BYTES;
}

static void draw_options(struct worker *worker, struct lcma_options *options)
{
	const uint32_t timeout_ms = worker->stress->timeout_ms;

	options->region = worker->stress->region;
	options->label = "stress";
	options->timeout_ms = timeout_ms / 2 + 1 +
			      chance_any(&worker->chance, timeout_ms);
	if (!chance_any(&worker->chance, 8))
		options->flags |= LCMA_ALLOC_F_NOWAIT;
	if (!chance_any(&worker->chance, 4))
		options->align = (uint64_t)PAGE_BYTES <<
				 chance_any(&worker->chance, 9);
}

static size_t first_not_zero(const void *at, size_t bytes)
{
	const uint32_t *words = at;
	size_t i;

	for (i = 0; i < bytes / 4; i++)
		if (words[i])
			return i * 4;
	return bytes;
}

static void complain_of(struct worker *worker, const struct held *held,
			const char *what, size_t at)
{
	struct lcma_buffer_entry entry = { 0 };

	lcma_get_buffer(worker->stress->device, held->fd, &entry);
	stress_complain(worker->stress, &worker->stress->corrupt,
			"buffer %llu of region %s, at %#llx: %s: byte %#zx of %#llx is part of %#x",
			(unsigned long long)entry.id, entry.region,
			(unsigned long long)entry.phys, what, at,
			(unsigned long long)held->bytes,
			((const uint32_t *)held->map)[at / 4]);
}

static bool begin(struct worker *worker, const struct held *held, int access)
{
	int err = lcma_begin_cpu(held->fd, access);

	if (err)
		stress_complain(worker->stress, &worker->stress->odd,
				"begin of CPU access: %s", lcma_errorname(err));
	return !err;
}

static void compare(struct worker *worker, const struct held *held)
{
	size_t at;

	if (!begin(worker, held, LCMA_ACCESS_READ))
		return;
	at = stress_compare(held->map, held->bytes, held->tag);
	lcma_end_cpu(held->fd, LCMA_ACCESS_READ);
	STRESS_COUNT(worker->stress->checked_bytes, held->bytes);
	if (at < held->bytes)
		complain_of(worker, held, "not what was written", at);
}

static void use_new(struct worker *worker, struct held *held)
{
	size_t at;

	if (!begin(worker, held, LCMA_ACCESS_RW))
		return;
	at = first_not_zero(held->map, held->bytes);
	if (at < held->bytes)
		complain_of(worker, held, "a new buffer, not zeroed", at);
	stress_fill(held->map, held->bytes, held->tag);
	lcma_end_cpu(held->fd, LCMA_ACCESS_RW);
}

static void allocate(struct worker *worker)
{
	struct stress *stress = worker->stress;
	struct held *held = &worker->held[worker->nr_held];
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t asked, began_ns, waited_before_ns, took_ns;
	int err;

	draw_options(worker, &options);
	asked = draw_bytes(worker);
	held->bytes = asked;
	waited_before_ns = waited_ns(worker);
	began_ns = stress_now_ns();
	held->fd = lcma_allocate(stress->device, &held->bytes, &options);
	took_ns = stress_now_ns() - began_ns;
	note_latency(stress, took_ns, waited_ns(worker) - waited_before_ns,
		     options.timeout_ms);
	if (held->fd < 0) {
		STRESS_COUNT(stress->errors[-held->fd % STRESS_ERRNOS], 1);
		return;
	}
	STRESS_COUNT(stress->buffers, 1);
	STRESS_COUNT(stress->bytes, held->bytes);
	err = held->bytes < asked ? -EINVAL :
	      lcma_map(held->fd, LCMA_ACCESS_RW, &held->map, &held->bytes);
	if (err) {
		stress_complain(stress, &stress->odd, "mapping %llu bytes: %s",
				(unsigned long long)held->bytes,
				lcma_errorname(err));
		lcma_free(held->fd);
		return;
	}
	held->tag = worker->next_tag++;
	use_new(worker, held);
	worker->nr_held++;
}

static void give_back(struct worker *worker, unsigned int which)
{
	struct held *held = &worker->held[which];

	compare(worker, held);
	/* The mapping holds the buffer as well as the descriptor does. */
	if (chance_any(&worker->chance, 2)) {
		lcma_free(held->fd);
		lcma_unmap(held->map, held->bytes);
	} else {
		lcma_unmap(held->map, held->bytes);
		lcma_free(held->fd);
	}
	*held = worker->held[--worker->nr_held];
}

void stress_work(struct stress *stress, unsigned int nr)
{
	struct worker worker = {
		.stress = stress,
		.chance = chance_from(stress->seed, nr),
		.next_tag = nr << 24,
		.schedstat = open_schedstat(),
	};
	unsigned int which, steps;

	for (steps = 0; !stress->stop || steps < MIN_STEPS; steps++) {
		which = chance_any(&worker.chance, MAX_HELD);
		if (which >= worker.nr_held)
			allocate(&worker);
		else if (chance_any(&worker.chance, 4))
			give_back(&worker, which);
		else
			compare(&worker, &worker.held[which]);
	}
	while (worker.nr_held)
		give_back(&worker, worker.nr_held - 1);
	if (worker.schedstat >= 0)
		close(worker.schedstat);
}

/* What it has when it is killed, only the kernel gives back. */
void stress_victim(struct stress *stress, unsigned int nr)
{
	struct chance chance = chance_from(stress->seed, nr);
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t bytes;
	void *map;
	int fd = -1;

	options.region = stress->region;
	options.label = "stress-victim";
	for (;;) {
		bytes = stress->max_bytes;
		/* Without a deadline as well: then the call itself is ended. */
		options.timeout_ms = chance_any(&chance, 2) * stress->timeout_ms;
		lcma_free(fd);
		fd = lcma_allocate(stress->device, &bytes, &options);
		if (fd >= 0 && !lcma_map(fd, LCMA_ACCESS_RW, &map, &bytes)) {
			memset(map, 0x5a, bytes);
			lcma_unmap(map, bytes);
		}
	}
}
