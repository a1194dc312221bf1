/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dmatest: what its files share.
 */
#ifndef DMATEST_H
#define DMATEST_H

#include <linux/dma-mapping.h>
#include <linux/types.h>

struct device;
struct file;
struct platform_device;
struct vm_area_struct;

#define DMATEST_BYTES	(256 * 1024UL)

void dmatest_clear(void);
const char *dmatest_text(void);
bool dmatest_result(bool passed, const char *what, const char *fmt, ...) __printf(3, 4);
void dmatest_where(struct device *dev, const char *kind, dma_addr_t handle,
		   size_t size_bytes, const void *cookie);

#define RESULT(condition, ...)	dmatest_result(condition, #condition, __VA_ARGS__)

void dmatest_coherent(struct device *dev);
void dmatest_streaming(struct device *dev);
void dmatest_child(struct device *dev);
void dmatest_pool(struct device *dev);
int dmatest_banks(struct device *dev);
int dmatest_keep(struct device *dev);
int dmatest_table(void);
int dmatest_mmap(struct file *file, struct vm_area_struct *vma);
void dmatest_let_go(void);
int dmatest_storm(struct device *dev, unsigned int rounds);
void dmatest_storm_probe(struct device *dev);

#endif
