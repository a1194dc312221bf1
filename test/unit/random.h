/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Randomness that can be repeated, and the loop of a fuzzer: rounds until the
 * time is up, each from a seed of its own, which is told when the round fails
 * or dies. SEED=that runs the same round again, first.
 */
#ifndef LCMA_TEST_RANDOM_H
#define LCMA_TEST_RANDOM_H

#include <stdint.h>
#include <time.h>
#include <sanitizer/common_interface_defs.h>

#include "tap.h"

/* CPU seconds for one fuzzer, unless TIME_S= says otherwise. */
#define FUZZ_TIME_S	5

static uint64_t rnd_state;
static uint64_t fuzz_seed;	/* of the round that runs */

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom numbers). */
static inline uint64_t rnd(void)
{
	uint64_t z = rnd_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* 0 to n - 1. */
static inline unsigned long below(unsigned long n)
{
	return n ? rnd() % n : 0;
}

static inline bool one_in(unsigned long n)
{
	return !below(n);
}

/* 0 to n - 1, each order of magnitude as likely as any other. */
static inline unsigned long below_log(unsigned long n)
{
	unsigned int bits = 0;
	unsigned long value;

	while (bits < 8 * sizeof(n) - 1 && n >> bits)
		bits++;
	value = rnd() & ((1UL << below(bits + 1)) - 1);
	return value < n ? value : below(n);
}

static inline void fuzz_tell_seed(void)
{
	char say[64];
	int len = snprintf(say, sizeof(say), "# reproduce with SEED=%#llx\n",
			   (unsigned long long)fuzz_seed);

	if (write(STDOUT_FILENO, say, len) < 0)
		return;
}

static inline void fuzz_hangs(int sig)
{
	fuzz_tell_seed();
	tap_hangs(sig);
}

static inline uint64_t fuzz_first_seed(void)
{
	const char *env = getenv("SEED");
	struct timespec now;

	if (env && *env)
		return strtoull(env, NULL, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec * 1000003ULL + now.tv_nsec) & 0xffffffffffULL;
}

/* Of the CPU, so that a busy machine does not make fewer rounds. */
static inline double fuzz_now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* One case: a round again and again, until the time is up or one fails. */
static inline void fuzz(const char *name, void (*round)(void))
{
	const char *env = getenv("TIME_S");
	const double time_s = env && *env ? atof(env) : FUZZ_TIME_S;
	const double start_s = fuzz_now_s();
	const uint64_t seed = fuzz_first_seed();
	unsigned long nr_rounds = 0;

	printf("# %s: seed %#llx, %g s\n", name, (unsigned long long)seed,
	       time_s);
	fflush(stdout);
	__sanitizer_set_death_callback(fuzz_tell_seed);
	tap_begin();
	do {
		tap_limit(fuzz_hangs);
		fuzz_seed = seed + nr_rounds++;
		rnd_state = fuzz_seed;
		round();
	} while (!tap.nr_checks_failed && fuzz_now_s() - start_s < time_s);
	if (tap.nr_checks_failed) {
		fflush(stdout);
		fuzz_tell_seed();
	}
	tap_end("%s: %lu rounds", name, nr_rounds);
}

#endif
