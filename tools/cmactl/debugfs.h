/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The regions' files: in debugfs, which only root can read, and in sysfs.
 */
#ifndef CMACTL_DEBUGFS_H
#define CMACTL_DEBUGFS_H

#include <stddef.h>
#include <stdio.h>

/* Room for a line of these files. */
#define DEBUGFS_LINE_BYTES	512

/**
 * debugfs_open - open a region's file
 * @region: its name, as the device tells it
 * @name: of the file
 * @file: out
 *
 * Return: 0; a negative errno.
 */
int debugfs_open(const char *region, const char *name, FILE **file);

/**
 * debugfs_open_devices - open the list of devices that rules name
 * @file: out
 *
 * Return: 0; a negative errno.
 */
int debugfs_open_devices(FILE **file);

/**
 * sysfs_open - open a region's file in sysfs
 * @region: its name, as the device tells it
 * @name: of the file
 * @file: out
 *
 * Return: 0; a negative errno.
 */
int sysfs_open(const char *region, const char *name, FILE **file);

/**
 * debugfs_why - what to do when that failed
 * @err: what it returned
 *
 * Return: a sentence; NULL if there is nothing special to say.
 */
const char *debugfs_why(int err);

/**
 * debugfs_pair - read the next "key: value" of a file
 * @file: the file
 * @line: DEBUGFS_LINE_BYTES; holds key and value afterwards
 * @value: out
 *
 * Return: the key; NULL at the end.
 */
const char *debugfs_pair(FILE *file, char *line, const char **value);

/**
 * last_failure - why the last allocation that failed in a region did so
 * @region: its name
 * @text: out: what lcma says, without a newline
 * @size: of @text
 *
 * Return: 0; a negative errno.
 */
int last_failure(const char *region, char *text, size_t size);

#endif
