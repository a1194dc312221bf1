/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/lcma_display: the display shows a dma-buf, 640 x 480 pixels in RGB 565 from its start.
 */
#ifndef LCMA_DISPLAY_H
#define LCMA_DISPLAY_H

#include <linux/ioctl.h>

/* The argument is the dma-buf's descriptor. Another buffer may be shown; it is let go of. */
#define LCMA_DISPLAY_SHOW	_IO(0xBD, 0x00)
/* Nothing is shown from then on. */
#define LCMA_DISPLAY_HIDE	_IO(0xBD, 0x01)

#endif
