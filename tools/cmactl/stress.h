/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of cmactl stress share: stress.c, which begins, disturbs and
 * reports; stress_worker.c, whose threads allocate and compare; and
 * stress_memory.c, which looks after ordinary memory meanwhile.
 */
#ifndef CMACTL_STRESS_H
#define CMACTL_STRESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cmactl.h"
#include "histogram.h"

/* More than any errno that is counted. */
#define STRESS_ERRNOS	140

/* An overrun counts from this much after the deadline on. */
#define STRESS_LATE_PERCENT	10

/**
 * struct stress - one run, shared by its threads and processes
 * @device: from device_open()
 * @region: where; NULL: anywhere
 * @seed: what chance is drawn from
 * @max_bytes: the largest request
 * @timeout_ms: deadlines are between a half and one and a half of it
 * @stop: all threads are to end
 * @latency_ns: of all requests, those that failed, too
 * @buffers: how many were allocated
 * @bytes: how much that was
 * @checked_bytes: how much was compared
 * @errors: how many requests failed, by errno
 * @late: requests that were answered more than STRESS_LATE_PERCENT too late
 * @late_waiting: of those, how many are in time if that is left out for which
 *	the thread could have run, and had no CPU
 * @late_max_ns: how late the worst was, that time left out
 * @corrupt: buffers, pages of ordinary memory and pins with a wrong content
 * @odd: calls that failed and should not
 * @why: the first of these, as a sentence
 * @moved: pages of ordinary memory that were compared
 * @pins: pins that were made
 * @signals: signals that were sent to threads in a request
 * @kills: processes that were killed in a request
 * @unloads: attempts to unload the module
 */
struct stress {
	int device;
	const char *region;
	uint64_t seed;
	uint64_t max_bytes;
	uint32_t timeout_ms;
	volatile int stop;
	struct histogram latency_ns;
	uint64_t buffers, bytes, checked_bytes;
	uint32_t errors[STRESS_ERRNOS];
	uint32_t late, late_waiting;
	uint64_t late_max_ns;
	uint32_t corrupt, odd;
	char why[200];
	uint64_t moved, pins, signals, kills, unloads;
};

#define STRESS_COUNT(what, n) \
	__atomic_add_fetch(&(what), n, __ATOMIC_RELAXED)

/**
 * struct chance - a source of random numbers of its own
 * @state: not 0
 */
struct chance {
	uint64_t state;
};

/**
 * chance_from - begin one
 * @seed: the run's
 * @nr: whose it is: each thread has numbers of its own
 *
 * Return: the source.
 */
static inline struct chance chance_from(uint64_t seed, unsigned int nr)
{
	uint64_t z = seed + (nr + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (struct chance){ (z ^ z >> 31) | 1 };
}

/**
 * chance_any - a number from 0 up
 * @chance: the source
 * @n: below this; not 0
 *
 * Return: the number.
 */
static inline uint64_t chance_any(struct chance *chance, uint64_t n)
{
	chance->state ^= chance->state << 13;
	chance->state ^= chance->state >> 7;
	chance->state ^= chance->state << 17;
	return (chance->state >> 11) % n;
}

static inline uint64_t stress_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What stands at a word of memory that carries a tag; never 0. */
static inline uint32_t stress_word(uint32_t tag, size_t i)
{
	const uint32_t mixed = tag * 0x85ebca6bu + (uint32_t)i * 0x9e3779b1u;

	return (mixed ^ mixed >> 15) | 1;
}

/**
 * stress_fill - write a tag's pattern
 * @at: memory, on a multiple of 4
 * @bytes: a multiple of 4
 * @tag: the tag
 */
void stress_fill(void *at, size_t bytes, uint32_t tag);

/**
 * stress_compare - is it still there?
 * @at: as for stress_fill()
 * @bytes: as for stress_fill()
 * @tag: the tag
 *
 * Return: the first byte of a word that differs; @bytes if none does.
 */
size_t stress_compare(const void *at, size_t bytes, uint32_t tag);

/**
 * stress_complain - note that something is wrong
 * @stress: the run
 * @count: which count: &stress->corrupt or &stress->odd
 * @format: what, a sentence; the first one is kept
 */
__attribute__((format(printf, 3, 4)))
void stress_complain(struct stress *stress, uint32_t *count,
		     const char *format, ...);

/**
 * stress_work - allocate, fill, compare and free until the end
 * @stress: the run
 * @nr: which thread
 *
 * Nothing is held afterwards.
 */
void stress_work(struct stress *stress, unsigned int nr);

/**
 * stress_victim - allocate until killed
 * @stress: the run
 * @nr: which process
 */
void stress_victim(struct stress *stress, unsigned int nr);

/**
 * stress_fill_memory - keep ordinary memory, and compare it again and again
 * @stress: the run
 * @bytes: how much
 * @nr: which thread
 */
void stress_fill_memory(struct stress *stress, uint64_t bytes, unsigned int nr);

/**
 * stress_pin - pin pages of ordinary memory for moments
 * @stress: the run
 * @nr: which thread
 */
void stress_pin(struct stress *stress, unsigned int nr);

#endif
