/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How to wait for a spinlock that others have, on real CPUs and on virtual ones.
 *
 * The kernel's spinlocks are handed to the one that has waited longest. That is
 * fair, but where CPUs are virtual that one often does not run, and all others
 * wait until it does. If instead every CPU tries, that does not happen; but a CPU
 * that is further away, or slower, is overtaken again and again.
 *
 * So every CPU tries, and after LCMA_OPEN_TRIES a waiter becomes the next one, if
 * there is none: then the others let it go first. They do not try unless they see
 * the lock free LCMA_FREE_LOOKS times in a row: then the next one does not run,
 * and is passed. A CPU that runs takes a free lock before that.
 *
 * The order among those that have waited long is chance, not a queue: a queue
 * would have members that do not run, too. test/unit/bench_lock.c compiles this
 * file on the host, beside tickets and mere tries, and simulates CPUs of all kinds.
 */
#ifndef LCMA_CONTEND_H
#define LCMA_CONTEND_H

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/processor.h>
#include <linux/spinlock.h>
#endif

/* Tries before a waiter may become the next one. */
#define LCMA_OPEN_TRIES		100

/* How often in a row the lock is seen free before the next one is passed. */
#define LCMA_FREE_LOOKS		50

/**
 * lcma_contend_begin - the first try
 * @lock: the lock
 * @next: not 0: a CPU that has waited long is there, and goes first
 * @flags: for spin_unlock_irqrestore()
 *
 * Context: any.
 * Return: true if the caller has the lock now; else lcma_contend() is due.
 */
#define lcma_contend_begin(lock, next, flags) \
	(!READ_ONCE(*(next)) && spin_trylock_irqsave(lock, flags))

/**
 * lcma_contend - wait for a lock that others have
 * @lock: the lock
 * @next: not 0: a CPU that has waited long is there, and goes first
 * @flags: for spin_unlock_irqrestore()
 *
 * Context: any; afterwards with interrupts off, and the lock held.
 */
static inline void lcma_contend(spinlock_t *lock, unsigned int *next,
				unsigned long *flags)
	__acquires(lock)
{
	unsigned int tries = 0, nr_free = 0;

	for (;; tries++) {
		if (READ_ONCE(*next) && nr_free < LCMA_FREE_LOOKS) {
			nr_free = spin_is_locked(lock) ? 0 : nr_free + 1;
		} else {
			if (spin_trylock_irqsave(lock, *flags))
				return;
			nr_free = 0;
			if (tries >= LCMA_OPEN_TRIES && !READ_ONCE(*next)) {
				local_irq_save(*flags);
				if (!cmpxchg(next, 0, 1))
					break;
				local_irq_restore(*flags);
			}
		}
		cpu_relax();
	}
	/* With interrupts off: it is no time to do anything else. */
	while (!spin_trylock(lock))
		cpu_relax();
	WRITE_ONCE(*next, 0);
}

#endif
