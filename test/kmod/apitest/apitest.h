/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * apitest: what its parts share. Each part is a suite, a function that takes
 * the region that it is to work on; main.c has the list.
 */
#ifndef APITEST_H
#define APITEST_H

#include <linux/dma-direction.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/lcma.h>
#include <linux/mm.h>
#include <linux/types.h>

/* result.c */
bool apitest_result(bool passed, const char *what, const char *fmt, ...)
	__printf(3, 4);
void apitest_clear(void);
const char *apitest_text(void);

/* OK(condition, description as for printf): true if the condition is. */
#define OK(condition, ...) \
	apitest_result(!!(condition), #condition, __VA_ARGS__)

/* FAILS(pointer, errno, description): true if it is that ERR_PTR. */
bool apitest_fails(const void *pointer, long err, const char *what,
		   const char *fmt, ...) __printf(4, 5);
#define FAILS(pointer, err, ...) \
	apitest_fails(pointer, err, #pointer, __VA_ARGS__)

struct lcma_region_state apitest_state(struct lcma_region *region);
bool apitest_settles(struct lcma_region *region,
		     const struct lcma_region_state *before);
bool apitest_sums_up(struct lcma_region *region);
unsigned long apitest_granule(struct lcma_region *region);

/*
 * Does less get done in the same time? With PREEMPT_RT each claim waits for a whole
 * RCU grace period; with KASAN everything takes several times as long.
 */
#define APITEST_IS_SLOW	(IS_ENABLED(CONFIG_PREEMPT_RT) || IS_ENABLED(CONFIG_KASAN))

/* importer.c: what a driver does with somebody's dma-buf */
struct device;
struct dma_buf;
struct dma_buf_attachment;
struct iosys_map;
struct sg_table;
int apitest_can_dma(struct device *dev);
struct sg_table *apitest_map(struct dma_buf_attachment *attachment,
			     enum dma_data_direction direction);
void apitest_unmap(struct dma_buf_attachment *attachment,
		   struct sg_table *table, enum dma_data_direction direction);
bool apitest_import(struct dma_buf *dmabuf, struct device *dev,
		    phys_addr_t phys);
int apitest_vmap_get(struct dma_buf *dmabuf, struct iosys_map *map);
void apitest_vmap_put(struct dma_buf *dmabuf, struct iosys_map *map);
bool apitest_vmap(struct dma_buf *dmabuf, u32 first, u32 last);
int apitest_attach_once(struct dma_buf *dmabuf, struct device *dev);
int apitest_vmap_once(struct dma_buf *dmabuf);

/* attach.c: devices for a test program's buffer */
extern const struct file_operations apitest_attach_fops;
void apitest_detach_all(void);

/* pages.c */
void apitest_fill(struct page *pages, unsigned long count, u32 value);
bool apitest_holds(struct page *pages, unsigned long count, u32 value);

void apitest_pages(struct lcma_region *region);
void apitest_errors(struct lcma_region *region);
void apitest_gone(struct lcma_region *region);
void apitest_release(struct lcma_region *region);
void apitest_quarantine(struct lcma_region *region);
void apitest_atomic(struct lcma_region *region);
void apitest_devices(struct lcma_region *region);
void apitest_managed(struct lcma_region *region);
void apitest_managed_gone(struct lcma_region *region);
void apitest_managed_back(struct lcma_region *region);
void apitest_forget(struct lcma_region *region);
void apitest_devices_exit(void);
void apitest_buffers(struct lcma_region *region);
void apitest_hold(struct lcma_region *region);
void apitest_let_go(struct lcma_region *region);
void apitest_pin(struct lcma_region *region);
void apitest_unpin(struct lcma_region *region);
void apitest_unpinned(struct lcma_region *region);
void apitest_bounce(struct lcma_region *region);
void apitest_crowd(struct lcma_region *region);
void apitest_intruder(struct lcma_region *region);
void apitest_banks(struct lcma_region *region);
void apitest_one_bank(struct lcma_region *region);
void apitest_prepare(struct lcma_region *region);
void apitest_leave(struct lcma_region *region);
void apitest_worker(struct lcma_region *region);
void apitest_sleeper(struct lcma_region *region);
void apitest_awake(struct lcma_region *region);
void apitest_worker_exit(void);

/* attempt.c: 0, or the first error; nothing is left of it either way */
int apitest_attempts_init(void);
void apitest_attempts_exit(void);
int apitest_try_pages(struct lcma_region *region);
int apitest_try_buffer(struct lcma_region *region);
int apitest_try_export(struct lcma_region *region);
int apitest_try_attach(struct lcma_region *region);
int apitest_try_vmap(struct lcma_region *region);
int apitest_try_assign(struct lcma_region *region);

/* managed.c: the same */
int apitest_try_managed(struct lcma_region *region);

#endif
