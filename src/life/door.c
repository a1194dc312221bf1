// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doors: see door.h.
 *
 * The kernel lets programs open a device while the module's init function still
 * runs, and frees the module when that function fails, whether or not a file is
 * open. So open() fails while loading can still fail: then no file is left.
 * What is left for a moment is a program on its way out of the open() that
 * failed: the kernel lets go of the file operations, and of the module, after
 * misc_deregister() may have returned. lcma_doors_await() waits for it.
 */
#include "life/door.h"

#include <linux/delay.h>
#include <linux/pid.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "compat/module.h"

/* While a module loads, the kernel itself holds it once. */
#define LOADER_REFS	1

/* Protects the list; nothing is taken inside. */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(visitors);

/* Set when all is ready to be used, cleared when no file is left open. */
static bool are_open;

/**
 * lcma_doors_open - from now on doors answer
 *
 * Context: while the module loads, when no later step can fail; may sleep.
 */
void lcma_doors_open(void)
{
	/* Pairs with lcma_doors_are_open(): visitors see all that init did. */
	smp_store_release(&are_open, true);
}

/**
 * lcma_doors_close - from now on no door answers
 *
 * Context: the first step of unloading; no file is open. May sleep.
 */
void lcma_doors_close(void)
{
	/* Pairs with lcma_doors_are_open(). */
	smp_store_release(&are_open, false);
}

/**
 * lcma_doors_await - wait until no task is inside an open() that was refused
 *
 * Nothing can come in when this is called, and no open() succeeded, so
 * what still holds the module are tasks a few instructions before the end of
 * their open(). There is no limit to the wait: the module's memory goes next.
 *
 * Context: while the module fails to load, after every door has been removed;
 * may sleep.
 */
void lcma_doors_await(void)
{
	while (lcma_compat_module_refcount() > LOADER_REFS)
		msleep(20);
}

/**
 * lcma_doors_are_open - do doors answer?
 *
 * First of all in open(): what is refused passes no failure point. They do not
 * close as long as a file is open.
 *
 * Context: any.
 * Return: true if they do; if not, the caller says -ENODEV.
 */
bool lcma_doors_are_open(void)
{
	/* Pairs with lcma_doors_open(). */
	return smp_load_acquire(&are_open);
}

/**
 * lcma_door_enter - a device has been opened
 * @visitor: the open file
 * @door: what was opened, below /dev; has to outlive the file
 *
 * Context: process.
 */
void lcma_door_enter(struct lcma_visitor *visitor, const char *door)
{
	visitor->door = door;
	visitor->pid = task_tgid_nr(current);
	get_task_comm(visitor->comm, current);
	spin_lock(&lock);
	list_add_tail(&visitor->link, &visitors);
	spin_unlock(&lock);
}

/**
 * lcma_door_leave - the file is closed
 * @visitor: the open file
 *
 * Context: process.
 */
void lcma_door_leave(struct lcma_visitor *visitor)
{
	spin_lock(&lock);
	list_del(&visitor->link);
	spin_unlock(&lock);
}

/* The file that comes after @nr others. Return: false if there is none. */
static bool copy_visitor(unsigned int nr, struct lcma_visitor *copy)
{
	struct lcma_visitor *visitor;
	bool found = false;

	spin_lock(&lock);
	list_for_each_entry(visitor, &visitors, link) {
		if (nr--)
			continue;
		*copy = *visitor;
		found = true;
		break;
	}
	spin_unlock(&lock);
	return found;
}

/* Open files that are shown at most: the walk is quadratic. */
#define MAX_SHOWN	256

/**
 * lcma_doors_show - which files are open, one a line
 * @m: where to
 *
 * A file that is closed meanwhile may hide another one.
 *
 * Context: process, may sleep.
 */
void lcma_doors_show(struct seq_file *m)
{
	struct lcma_visitor visitor;
	unsigned int nr;

	for (nr = 0; nr < MAX_SHOWN && copy_visitor(nr, &visitor); nr++)
		seq_printf(m, "file=/dev/%s pid=%d comm=%s\n", visitor.door,
			   visitor.pid, visitor.comm);
}
