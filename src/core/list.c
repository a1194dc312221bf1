// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of regions: see list.h.
 */
#include "core/list.h"

/**
 * lcma_list_is_one - is this a list, rather than the name of one region?
 * @text: the text
 *
 * Return: true if it has a character that joins names.
 */
bool lcma_list_is_one(const char *text)
{
	return strpbrk(text, "+,");
}

static bool is_named(const struct lcma_list *list, const struct lcma_word *name)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++)
		if (lcma_word_is(name, list->names[i]))
			return true;
	return false;
}

/**
 * lcma_list_add - one more region, as the last one
 * @list: the list
 * @name: the region
 * @step: its step, not before that of the last one
 *
 * Return: 0; -EINVAL it is no name; -EEXIST it is there; -ENOSPC there are
 * LCMA_LIST_REGIONS.
 */
int lcma_list_add(struct lcma_list *list, const struct lcma_word *name,
		  unsigned int step)
{
	if (!lcma_word_is_name(name))
		return -EINVAL;
	if (is_named(list, name))
		return -EEXIST;
	if (list->nr == LCMA_LIST_REGIONS)
		return -ENOSPC;
	lcma_word_copy(name, list->names[list->nr], LCMA_NAME_BYTES);
	list->steps[list->nr++] = step;
	return 0;
}

/**
 * lcma_list_parse - understand a list of regions
 * @text: the list; all of the text
 * @list: what it means; undefined after an error
 *
 * Return: 0; -EINVAL if something in it is no name, if a name is there twice, or if
 * there are more than LCMA_LIST_REGIONS.
 */
int lcma_list_parse(const char *text, struct lcma_list *list)
{
	struct lcma_cursor t = { .pos = text, .end = text + strlen(text) };
	unsigned int step = 0;
	struct lcma_word name;

	memset(list, 0, sizeof(*list));
	for (;;) {
		name = lcma_cursor_word(&t, "+,");
		if (lcma_list_add(list, &name, step))
			return -EINVAL;
		if (lcma_cursor_take(&t, ','))
			step++;
		else if (!lcma_cursor_take(&t, '+'))
			return 0;
	}
}

/**
 * lcma_list_nth - which region is asked after how many others?
 * @list: the list
 * @i: how many were asked before, less than the list has
 * @turn: how many requests there were before this one
 *
 * Return: the number of the region in the list.
 */
unsigned int lcma_list_nth(const struct lcma_list *list, unsigned int i,
			   unsigned int turn)
{
	unsigned int first = i, end = i + 1;

	while (first && list->steps[first - 1] == list->steps[i])
		first--;
	while (end < list->nr && list->steps[end] == list->steps[i])
		end++;
	return first + (i - first + turn % (end - first)) % (end - first);
}
