// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes, times and numbers: see size.h.
 */
#include "size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS_MAX		(366ULL * 24 * 3600 * 1000)

/* Reads @len digits. */
static int digits_parse(const char *text, size_t len, uint64_t max,
			uint64_t *value)
{
	uint64_t n = 0;
	size_t i;

	if (!len)
		return -EINVAL;
	for (i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
	for (i = 0; i < len; i++) {
		unsigned int digit = text[i] - '0';

		if (n > (max - digit) / 10 || digit > max)
			return -ERANGE;
		n = n * 10 + digit;
	}
	*value = n;
	return 0;
}

int number_parse(const char *text, uint64_t max, uint64_t *value)
{
	return digits_parse(text, strlen(text), max, value);
}

/* A bare number counts 2^shift bytes. */
static int scaled_parse(const char *text, unsigned int shift, uint64_t *bytes)
{
	size_t len = strlen(text);
	uint64_t n;
	int err;

	switch (len ? text[len - 1] : '\0') {
	case 'k':
	case 'K':
		shift = 10;
		len--;
		break;
	case 'm':
	case 'M':
		shift = 20;
		len--;
		break;
	case 'g':
	case 'G':
		shift = 30;
		len--;
		break;
	}
	err = digits_parse(text, len, UINT64_MAX >> shift, &n);
	if (!err)
		*bytes = n << shift;
	return err;
}

int address_parse(const char *text, uint64_t *address)
{
	const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const size_t len = is_hex ? strspn(text + 2, "0123456789abcdefABCDEF") : 0;

	if (!is_hex)
		return scaled_parse(text, 0, address);
	if (!len || text[2 + len])
		return -EINVAL;
	errno = 0;
	*address = strtoull(text + 2, NULL, 16);
	return errno ? -ERANGE : 0;
}

int size_parse(const char *text, uint64_t *bytes)
{
	return scaled_parse(text, 10, bytes);
}

int bytes_parse(const char *text, uint64_t *bytes)
{
	return scaled_parse(text, 0, bytes);
}

int seconds_parse(const char *text, uint64_t *ms)
{
	const char *point = strchr(text, '.');
	size_t len = point ? (size_t)(point - text) : strlen(text);
	uint64_t whole, part = 0, scale = 1000;
	int err;

	err = digits_parse(text, len, MS_MAX / 1000, &whole);
	if (err)
		return err;
	if (point) {
		if (!*++point || strspn(point, "0123456789") != strlen(point))
			return -EINVAL;
		for (; *point && scale > 1; point++) {
			scale /= 10;
			part += (*point - '0') * scale;
		}
	}
	*ms = whole * 1000 + part;
	return 0;
}

char *size_text(uint64_t bytes, char *text)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
					     "PiB", "EiB" };
	unsigned int unit = 0;
	uint64_t scale = 1;

	while (unit < 6 && bytes / scale >= 1024) {
		scale <<= 10;
		unit++;
	}
	if (bytes % scale)
		snprintf(text, CMACTL_TEXT_BYTES, "%" PRIu64 ".%u %s",
			 bytes / scale,
			 (unsigned int)(bytes % scale * 10 / scale),
			 units[unit]);
	else
		snprintf(text, CMACTL_TEXT_BYTES, "%" PRIu64 " %s",
			 bytes / scale, units[unit]);
	return text;
}

char *duration_text(uint64_t ns, char *text)
{
	const uint64_t us = ns / 1000, ms = us / 1000, s = ms / 1000;
	const size_t size = CMACTL_TEXT_BYTES;

	if (us < 1000)
		snprintf(text, size, "%" PRIu64 " us", us);
	else if (ms < 1000)
		snprintf(text, size, "%" PRIu64 ".%" PRIu64 " ms", ms,
			 us % 1000 / 100);
	else if (s < 60)
		snprintf(text, size, "%" PRIu64 ".%" PRIu64 " s", s,
			 ms % 1000 / 100);
	else if (s < 3600)
		snprintf(text, size, "%" PRIu64 " m %02" PRIu64 " s", s / 60,
			 s % 60);
	else
		snprintf(text, size, "%" PRIu64 " h %02" PRIu64 " m", s / 3600,
			 s % 3600 / 60);
	return text;
}
