/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sizes, times and numbers: as arguments, and for people. Pure.
 */
#ifndef CMACTL_SIZE_H
#define CMACTL_SIZE_H

#include <stddef.h>
#include <stdint.h>

/* Room for what the functions that write a text write. */
#define CMACTL_TEXT_BYTES	40

/**
 * size_parse - read SIZE[K|M|G]; a bare number is KiB, as on /dev/cma_test
 * @text: all of it must be the size
 * @bytes: the size in bytes, possibly 0
 *
 * Return: 0; -EINVAL it is no size; -ERANGE more than 64 bits.
 */
int size_parse(const char *text, uint64_t *bytes);

/**
 * bytes_parse - the same; but a bare number is bytes
 * @text: all of it must be the size
 * @bytes: the size in bytes, possibly 0
 *
 * Return: 0; -EINVAL it is no size; -ERANGE more than 64 bits.
 */
int bytes_parse(const char *text, uint64_t *bytes);

/**
 * address_parse - read an address: 0x and hexadecimal digits, or a number of bytes with
 * or without K, M or G
 * @text: all of it must be the address
 * @address: the address, possibly 0
 *
 * Return: 0; -EINVAL it is no address; -ERANGE more than 64 bits.
 */
int address_parse(const char *text, uint64_t *address);

/**
 * number_parse - read a decimal number
 * @text: digits, and nothing else
 * @max: the largest that is allowed
 * @value: the number
 *
 * Return: 0; -EINVAL it is no number; -ERANGE larger than @max.
 */
int number_parse(const char *text, uint64_t max, uint64_t *value);

/**
 * seconds_parse - read a time, "5" or "0.25"
 * @text: all of it must be the time
 * @ms: in milliseconds; digits beyond the third are dropped
 *
 * Return: 0; -EINVAL it is none; -ERANGE more than a year.
 */
int seconds_parse(const char *text, uint64_t *ms);

/**
 * size_text - a size for people: "512 KiB", "8 MiB", "1.5 GiB"
 * @bytes: the size
 * @text: CMACTL_TEXT_BYTES
 *
 * What is not whole is shown with one decimal, rounded down.
 *
 * Return: @text.
 */
char *size_text(uint64_t bytes, char *text);

/**
 * duration_text - a time for people: "740 us", "12 ms", "3.5 s", "2 h 05 m"
 * @ns: in nanoseconds
 * @text: CMACTL_TEXT_BYTES
 *
 * Return: @text.
 */
char *duration_text(uint64_t ns, char *text);

#endif
