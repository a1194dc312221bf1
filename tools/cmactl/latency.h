/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long allocations took, as /sys/kernel/lcma/NAME/latency has it.
 */
#ifndef CMACTL_LATENCY_H
#define CMACTL_LATENCY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Class i: up to 2^i microseconds; the last one: longer. */
#define LATENCY_CLASSES	25
#define LATENCY_LINES	32

/**
 * struct latency_line - allocations of one size and outcome
 * @outcome: "pool", "search", "failed"
 * @bytes: how large they were at most; 0: larger than all others
 * @counts: how many of each class
 * @nr: of all classes
 * @sum_ns: how long all of them took together
 * @has_sum: an older module tells no sum
 */
struct latency_line {
	char outcome[16];
	uint64_t bytes;
	uint64_t counts[LATENCY_CLASSES];
	uint64_t nr;
	uint64_t sum_ns;
	bool has_sum;
};

/**
 * latency_load - read a region's file
 * @region: its name
 * @lines: LATENCY_LINES
 *
 * Return: how many lines; a negative errno.
 */
int latency_load(const char *region, struct latency_line *lines);

/**
 * latency_quantile - which time so many allocations are not above
 * @line: the line
 * @percent: 50 for the median; 100 for the longest
 *
 * Return: the upper end of a class in nanoseconds; 0: nothing was counted;
 * UINT64_MAX: longer than all classes.
 */
uint64_t latency_quantile(const struct latency_line *line, unsigned int percent);

#endif
