// SPDX-License-Identifier: GPL-2.0-only
/*
 * A word of "cmactl plan": see item.h.
 */
#include "item.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "size.h"

/* Room for a size or a count. */
#define PART_BYTES	40

/* Return: 0; -EINVAL; -ERANGE. */
static int part(const char *text, size_t len, char *to)
{
	if (len >= PART_BYTES)
		return -ERANGE;
	memcpy(to, text, len);
	to[len] = '\0';
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int item_size(const char *text, size_t len, uint64_t *bytes)
{
	char word[PART_BYTES];
	int err = part(text, len, word);

	if (err)
		return err;
	if (len > 2 && !strcmp(word + len - 2, "iB") && strchr("KMG", word[len - 3]))
		word[len - 2] = '\0';
	else if (len > 1 && strchr("Bb", word[len - 1]) && is_digit(word[len - 2]))
		word[len - 1] = '\0';
	err = bytes_parse(word, bytes);
	return err ? err : *bytes ? 0 : -EINVAL;
}

static int item_count(const char *text, size_t len, uint32_t *count)
{
	char word[PART_BYTES];
	uint64_t nr = 0;
	int err = part(text, len, word);

	if (!err)
		err = number_parse(word, ITEM_BUFFERS, &nr);
	*count = nr;
	return err ? err : nr ? 0 : -EINVAL;
}

static int item_address(const char *text, size_t len, uint64_t *address)
{
	char word[PART_BYTES];
	int err = part(text, len, word);

	if (!err)
		err = address_parse(word, address);
	return err ? err : *address ? 0 : -EINVAL;
}

/* "NAME=VALUE" */
static int item_option(const char *text, size_t len, struct item *item)
{
	const struct {
		const char *name;
		int (*parse)(const char *text, size_t len, uint64_t *value);
		uint64_t *value;
		bool is_power;
	} options[] = {
		{ "align=", item_size, &item->align, true },
		{ "boundary=", item_size, &item->boundary, true },
		{ "below=", item_address, &item->below, false },
		{ "at=", item_address, &item->at, false },
	};
	size_t i, name;
	int err;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		name = strlen(options[i].name);
		if (len <= name || strncmp(text, options[i].name, name))
			continue;
		if (*options[i].value)
			return -EINVAL;
		err = options[i].parse(text + name, len - name,
				       options[i].value);
		if (!err && options[i].is_power &&
		    *options[i].value & (*options[i].value - 1))
			err = -EINVAL;
		return err;
	}
	return -EINVAL;
}

int item_parse(const char *text, struct item *item)
{
	size_t len = strcspn(text, "*xX,");
	int err;

	*item = (struct item){ .count = 1 };
	err = item_size(text, len, &item->bytes);
	item->is_bare = len && is_digit(text[len - 1]);
	text += len;
	if (!err && *text && *text != ',') {
		len = strcspn(++text, ",");
		err = item_count(text, len, &item->count);
		text += len;
	}
	for (; !err && *text; text += len) {
		len = strcspn(++text, ",");
		err = item_option(text, len, item);
	}
	/* As the module refuses it. */
	if (!err && item->boundary && item->boundary < item->bytes)
		err = -EINVAL;
	return err;
}
