// SPDX-License-Identifier: GPL-2.0-only
/*
 * A word of "cmactl plan": see item.h.
 */
#include "item.h"

#include <errno.h>
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

static int item_size(const char *text, size_t len, uint64_t *bytes)
{
	char word[PART_BYTES];
	int err = part(text, len, word);

	if (err)
		return err;
	if (len && (word[len - 1] == 'B' || word[len - 1] == 'b')) {
		word[len - 1] = '\0';
		err = number_parse(word, UINT64_MAX, bytes);
	} else {
		err = size_parse(word, bytes);
	}
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

/* ",align=SIZE", or nothing more */
static int item_options(const char *text, struct item *item)
{
	static const char name[] = ",align=";
	int err;

	if (!*text)
		return 0;
	if (strncmp(text, name, sizeof(name) - 1))
		return -EINVAL;
	text += sizeof(name) - 1;
	err = item_size(text, strlen(text), &item->align);
	if (!err && item->align & (item->align - 1))
		err = -EINVAL;
	return err;
}

int item_parse(const char *text, struct item *item)
{
	size_t len = strcspn(text, "*x,");
	int err = item_size(text, len, &item->bytes);

	item->align = 0;
	item->count = 1;
	item->is_bare = len && text[len - 1] >= '0' && text[len - 1] <= '9';
	text += len;
	if (!err && (*text == '*' || *text == 'x')) {
		len = strcspn(++text, ",");
		err = item_count(text, len, &item->count);
		text += len;
	}
	return err ? err : item_options(text, item);
}
