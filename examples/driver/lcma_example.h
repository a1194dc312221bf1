/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What a program needs to know of /dev/lcma_example.
 */
#ifndef LCMA_EXAMPLE_H
#define LCMA_EXAMPLE_H

#include <linux/ioctl.h>

/*
 * Draws the next frame and returns a dma-buf of it. Word i of frame number n,
 * counted from 1, is (n << 24) + i.
 */
#define LCMA_EXAMPLE_FRAME	_IO('X', 0)

#endif
