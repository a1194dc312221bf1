// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system: see system.h.
 */
#include "source/system.h"

#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "compat/bootargs.h"

static void look_at_zone(struct zone *zone, struct lcma_system *system)
{
	const unsigned long managed = zone_managed_pages(zone);
	const unsigned long cma = zone_cma_pages(zone);
	unsigned long free, free_cma;

	system->all_pages += managed;
	system->cma_pages += cma;
	if (is_highmem(zone) || zone_idx(zone) == ZONE_MOVABLE)
		return;
	/* Counters that change meanwhile: never below 0. */
	free = zone_page_state(zone, NR_FREE_PAGES);
	free_cma = zone_page_state(zone, NR_FREE_CMA_PAGES);
	system->fixed_pages += managed - min(managed, cma);
	system->fixed_free_pages += free - min(free, free_cma);
}

/**
 * lcma_system_look - look at the memory of all zones
 * @system: the answer
 *
 * Context: process.
 */
void lcma_system_look(struct lcma_system *system)
{
	int nid, i;

	memset(system, 0, sizeof(*system));
	for_each_online_node(nid)
		for (i = 0; i < MAX_NR_ZONES; i++)
			if (populated_zone(&NODE_DATA(nid)->node_zones[i]))
				look_at_zone(&NODE_DATA(nid)->node_zones[i],
					     system);
}

/**
 * lcma_system_cma_word - which cma= stands on the kernel command line?
 * @word: its value, the last one's, as the kernel takes it; "" if there is none
 * @size_bytes: its size; LCMA_SYSTEM_WORD_BYTES is enough for sense
 *
 * Return: false if the command line cannot be known on this machine.
 */
bool lcma_system_cma_word(char *word, size_t size_bytes)
{
	const char *at = lcma_compat_bootargs();
	size_t len_bytes;

	*word = '\0';
	if (!at)
		return false;
	for (at = skip_spaces(at); *at; at = skip_spaces(at + len_bytes)) {
		len_bytes = strcspn(at, " \t\n");
		if (!strncmp(at, "cma=", 4))
			strscpy(word, at + 4,
				min(size_bytes, len_bytes - 4 + 1));
	}
	return true;
}
