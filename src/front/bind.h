/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which devices allocate from lcma without knowing it: the rules of map=, and
 * memory-region of the device tree, applied when a driver binds to a device.
 */
#ifndef LCMA_BIND_H
#define LCMA_BIND_H

#include <linux/types.h>

struct device;
struct lcma_region;
struct seq_file;

int lcma_bind_init(void);
void lcma_bind_start(void);
void lcma_bind_stop(void);
void lcma_bind_exit(void);

size_t lcma_bind_rules_show(char *to, size_t size_bytes);
int lcma_bind_rules_set(const char *text, size_t len_bytes);
int lcma_bind_memory(struct device *dev, struct lcma_region *const *regions,
		     unsigned int nr_regions);
void lcma_bind_memory_release(struct device *dev);
void lcma_bind_show(struct seq_file *m);
void lcma_bind_show_holders(struct seq_file *m);

#endif
