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

#endif
