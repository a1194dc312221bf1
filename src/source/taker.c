// SPDX-License-Identifier: GPL-2.0-only
/*
 * The taker: see taker.h.
 */
#include "source/taker.h"

/* Set while the module loads, before any source is asked. */
static const struct lcma_taker *the_taker;

/**
 * lcma_taker_set - say who claims pages for sources
 * @taker: the functions, which stay
 *
 * Context: while the module loads, before any source is asked.
 */
void lcma_taker_set(const struct lcma_taker *taker)
{
	the_taker = taker;
}

/**
 * lcma_taker - who claims pages for sources
 *
 * Context: any.
 * Return: the functions.
 */
const struct lcma_taker *lcma_taker(void)
{
	return the_taker;
}
