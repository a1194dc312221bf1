/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes JSON, on one line. Commas come by themselves; the caller opens and
 * closes in pairs.
 */
#ifndef CMACTL_JSON_H
#define CMACTL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct json - a document being written
 * @to: where to
 * @comma: something stands before, at this depth
 */
struct json {
	FILE *to;
	bool comma;
};

/* @key everywhere: the name of a member; NULL: an element of an array. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t value);
void json_signed(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/**
 * json_end - the document is whole
 * @json: the document, everything closed
 */
void json_end(struct json *json);

/**
 * json_string - write a string with its quotes
 * @to: where to
 * @text: any bytes up to the NUL; what is not UTF-8 becomes U+FFFD
 */
void json_string(FILE *to, const char *text);

#endif
