// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes JSON: see json.h.
 */
#include "json.h"

#include <inttypes.h>

/* Return: bytes of the UTF-8 character that begins here; 0: it is none. */
static size_t utf8_length(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	if ((s[0] & 0xe0) == 0xc0) {
		len = 2;
		c = s[0] & 0x1f;
	} else if ((s[0] & 0xf0) == 0xe0) {
		len = 3;
		c = s[0] & 0x0f;
	} else if ((s[0] & 0xf8) == 0xf0) {
		len = 4;
		c = s[0] & 0x07;
	} else {
		return 0;
	}
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;	/* the NUL too */
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

void json_string(FILE *to, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	putc('"', to);
	for (; *s; s += len) {
		len = utf8_length(s);
		if (!len) {
			fputs("\\ufffd", to);
			len = 1;
		} else if (len > 1) {
			fwrite(s, 1, len, to);
		} else if (*s == '"' || *s == '\\') {
			putc('\\', to);
			putc(*s, to);
		} else if (*s == '\n') {
			fputs("\\n", to);
		} else if (*s == '\t') {
			fputs("\\t", to);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(to, "\\u%04x", *s);
		} else {
			putc(*s, to);
		}
	}
	putc('"', to);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->comma)
		fputs(", ", json->to);
	json->comma = true;
	if (key) {
		json_string(json->to, key);
		fputs(": ", json->to);
	}
}

void json_open(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	putc(bracket, json->to);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	putc(bracket, json->to);
	json->comma = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
	begin_value(json, key);
	json_string(json->to, text);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	begin_value(json, key);
	fprintf(json->to, "%" PRIu64, value);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	begin_value(json, key);
	fprintf(json->to, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->to);
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->to);
}

void json_end(struct json *json)
{
	putc('\n', json->to);
	fflush(json->to);
	json->comma = false;
}
