// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for a region's lock (src/core/contend.h), beside two other ways: tickets, as
 * the kernel's own spinlock on 32-bit ARM, and 300,000 tries before a ticket, which
 * is what lcma did before. The machine is simulated, so that the numbers are the same
 * everywhere and at any load:
 *
 *	CPUs run the code itself, as coroutines; each step of it takes time. A cache
 *	line that another CPU has used last takes longer, so the CPU that had the lock last
 *	has it again before others see it free.
 *
 *	real	each CPU always runs
 *	uneven	the same, but every other one is slower, or further away
 *	virtual	they take turns of some milliseconds on half as many real ones
 *
 * Counted are, for each wait, how often others got the lock meanwhile (overtaken)
 * and how long it took, each CPU's share of the lock, and how often it was taken in
 * all. What a board's caches and bus do is not shown here.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <ucontext.h>

#include "host.h"

#define MAX_CPUS	16
#define STACK_BYTES	(64 << 10)
#define RUN_NS		100e6

/* What a step costs, in nanoseconds: a line that is here, or elsewhere. */
#define NEAR_NS		4
#define FAR_NS		60
#define RELAX_NS	10

/* An uneven machine's slower CPUs take so many times as long. */
#define SLOWNESS	6

/* Work inside the lock and outside, up to so much. */
#define INSIDE_NS	1500
#define OUTSIDE_NS	400

/* Turns on a real CPU: so long at least, and up to twice as long. */
#define TURN_NS		2e6

#define OLD_TRIES	300000

enum way {
	TICKETS,
	BEFORE,
	AFTER,
	NR_WAYS,
};

static const char * const way_names[] = { "tickets", "before", "after" };

struct cpu {
	jmp_buf at;
	ucontext_t start;
	char *stack;
	bool is_started;
	unsigned long nr_taken;
	unsigned long most;	/* overtaken in one wait */
	double longest_ns;
};

/* A real CPU: whose turn it is, and until when. */
struct seat {
	double ns;
	double turn_ends_ns;
	unsigned int turn;
};

static struct cpu cpus[MAX_CPUS];
static struct seat seats[MAX_CPUS];
static unsigned int nr_cpus, nr_seats, me;
static bool is_uneven;
static enum way way;
static jmp_buf scheduler;
static ucontext_t scheduler_start;
static u64 random_state;
static unsigned long nr_taken;
static bool is_taken;
static unsigned int nr_failed, nr_cases, nr_bad;

static unsigned int rnd(unsigned int below)
{
	random_state = random_state * 6364136223846793005ULL +
		       1442695040888963407ULL;
	return (random_state >> 33) % below;
}

static struct seat *my_seat(void)
{
	return &seats[me % nr_seats];
}

/* Time passes; others run until it is this CPU's turn again. */
static void spend(double ns)
{
	my_seat()->ns += is_uneven && me & 1 ? SLOWNESS * ns : ns;
	if (!_setjmp(cpus[me].at))
		_longjmp(scheduler, 1);
}

/* The kernel's names: a ticket lock in a cache line. */
typedef struct {
	unsigned int next;
	unsigned int owner;
	unsigned int used_by;
} spinlock_t;

static void fetch(spinlock_t *lock)
{
	const bool is_near = lock->used_by == me;

	lock->used_by = me;
	spend(is_near ? NEAR_NS : FAR_NS);
}

static void cpu_relax(void)
{
	spend(RELAX_NS + rnd(3));
}

static bool spin_is_locked(spinlock_t *lock)
{
	fetch(lock);
	return lock->next != lock->owner;
}

static bool spin_trylock(spinlock_t *lock)
{
	fetch(lock);
	if (lock->next != lock->owner)
		return false;
	lock->next++;
	return true;
}

static void spin_lock(spinlock_t *lock)
{
	unsigned int mine;

	fetch(lock);
	mine = lock->next++;
	while (lock->owner != mine) {
		cpu_relax();
		fetch(lock);
	}
}

static void spin_unlock(spinlock_t *lock)
{
	fetch(lock);
	lock->owner++;
}

#define spin_trylock_irqsave(lock, flags)	((flags) = 0, spin_trylock(lock))
#define spin_lock_irqsave(lock, flags)		((flags) = 0, spin_lock(lock))

#define __acquires(lock)
#define local_irq_save(flags)			((flags) = 0)
#define local_irq_restore(flags)		((void)(flags))

static unsigned int cmpxchg(unsigned int *word, unsigned int old,
			    unsigned int new)
{
	const unsigned int was = *word;

	if (was == old)
		*word = new;
	spend(FAR_NS);
	return was;
}

#include "core/contend.h"

static spinlock_t lock;
static unsigned int next;

static void take(void)
{
	unsigned long flags = 0;
	unsigned int tries;

	switch (way) {
	case TICKETS:
		spin_lock(&lock);
		break;
	case BEFORE:
		for (tries = 0; tries <= OLD_TRIES; tries++) {
			if (spin_trylock(&lock))
				return;
			cpu_relax();
		}
		spin_lock(&lock);
		break;
	default:
		if (!lcma_contend_begin(&lock, &next, flags))
			lcma_contend(&lock, &next, &flags);
	}
	(void)flags;
}

static void run(void)
{
	struct cpu *cpu = &cpus[me];
	unsigned long before;
	double began_ns;

	for (;;) {
		spend(rnd(OUTSIDE_NS));
		before = nr_taken;
		began_ns = my_seat()->ns;
		take();
		nr_failed += is_taken;
		is_taken = true;
		cpu->most = max(cpu->most, nr_taken - before);
		cpu->longest_ns = max(cpu->longest_ns, my_seat()->ns - began_ns);
		cpu->nr_taken++;
		nr_taken++;
		spend(rnd(INSIDE_NS));
		is_taken = false;
		spin_unlock(&lock);
	}
}

/* The real CPU whose clock is behind all others' goes on. */
static struct seat *next_seat(void)
{
	struct seat *next = seats;
	unsigned int i;

	for (i = 1; i < nr_seats; i++)
		if (seats[i].ns < next->ns)
			next = &seats[i];
	return next;
}

static void take_turns(struct seat *seat)
{
	if (seat->ns < seat->turn_ends_ns)
		return;
	seat->turn = (seat->turn + 1) % (nr_cpus / nr_seats);
	seat->turn_ends_ns = seat->ns + TURN_NS + rnd(TURN_NS);
}

static void simulate(void)
{
	struct seat *volatile seat;
	unsigned int i;

	random_state = 1;
	nr_taken = 0;
	is_taken = false;
	memset(&lock, 0, sizeof(lock));
	next = 0;
	memset(seats, 0, sizeof(seats));
	for (i = 0; i < nr_cpus; i++) {
		char *stack = cpus[i].stack ?: malloc(STACK_BYTES);

		memset(&cpus[i], 0, sizeof(cpus[i]));
		cpus[i].stack = stack;
		getcontext(&cpus[i].start);
		cpus[i].start.uc_stack.ss_sp = stack;
		cpus[i].start.uc_stack.ss_size = STACK_BYTES;
		makecontext(&cpus[i].start, run, 0);
	}
	for (;;) {
		seat = next_seat();
		if (seat->ns >= RUN_NS)
			return;
		take_turns(seat);
		me = seat - seats + seat->turn * nr_seats;
		if (_setjmp(scheduler))
			continue;
		if (cpus[me].is_started)
			_longjmp(cpus[me].at, 1);
		cpus[me].is_started = true;
		swapcontext(&scheduler_start, &cpus[me].start);
	}
}

struct result {
	unsigned long nr_taken;
	unsigned long most;
	unsigned long least_share;
	double longest_us;
};

static struct result measure(void)
{
	struct result result = {};
	unsigned long least = ULONG_MAX;
	unsigned int i;

	simulate();
	for (i = 0; i < nr_cpus; i++) {
		least = min(least, cpus[i].nr_taken);
		result.nr_taken += cpus[i].nr_taken;
		result.most = max(result.most, cpus[i].most);
		result.longest_us = max(result.longest_us,
					cpus[i].longest_ns / 1e3);
	}
	result.least_share = 100 * least * nr_cpus / max(1UL, result.nr_taken);
	return result;
}

/* @most: overtaken in one wait; @work: in percent of what was done before. */
static void compare(const char *kind, unsigned int cpu_count,
		    unsigned long most, unsigned int work)
{
	struct result results[NR_WAYS];
	bool good;

	nr_cpus = cpu_count;
	nr_seats = strcmp(kind, "virtual") ? nr_cpus : nr_cpus / 2;
	is_uneven = !strcmp(kind, "uneven");
	nr_failed = 0;
	printf("# %u %s CPUs: taken in %.0f ms, least share, overtaken, longest wait\n",
	       nr_cpus, kind, RUN_NS / 1e6);
	for (way = 0; way < NR_WAYS; way++) {
		results[way] = measure();
		printf("# %-8s %7lu %4lu %% %6lu %10.1f us\n", way_names[way],
		       results[way].nr_taken, results[way].least_share,
		       results[way].most, results[way].longest_us);
	}
	good = !nr_failed && results[AFTER].most <= most &&
	       results[AFTER].nr_taken * 100 >= results[BEFORE].nr_taken * work;
	printf("%sok %u - the lock of %u %s CPUs: none waits too long, and work is done\n",
	       good ? "" : "not ", ++nr_cases, nr_cpus, kind);
	fflush(stdout);
	nr_bad += !good;
}

int main(void)
{
	compare("real", 2, 40, 90);
	compare("real", 4, 40, 90);
	compare("real", 8, 40, 90);
	compare("uneven", 4, 120, 80);
	compare("uneven", 8, 120, 80);
	compare("virtual", 4, ULONG_MAX, 80);
	compare("virtual", 8, ULONG_MAX, 80);
	printf("1..%u\n", nr_cases);
	return nr_bad != 0;
}
