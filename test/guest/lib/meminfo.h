/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free memory, for programs that fill it: nothing is allocated for the answer.
 */
#ifndef MEMINFO_H
#define MEMINFO_H

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* MemFree, in KiB. */
unsigned long mem_free_kib(void);

/*
 * Of how much free memory on the system no longer reclaims: the high watermarks of all
 * zones, in KiB, as they are now. (The kernel raises them for a while when it mixes
 * pageblocks.)
 */
unsigned long mem_high_kib(void);

#endif
