/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text device, /dev/cma_test: a line written allocates, a read frees.
 */
#ifndef LCMA_TEXT_H
#define LCMA_TEXT_H

int lcma_text_init(void);
void lcma_text_exit(void);

#endif
