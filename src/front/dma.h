/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMA API of drivers that know nothing of lcma. A device that a rule or the device
 * tree names gets operations of its own. Coherent memory, and contiguous pages, are lcma
 * buffers with the device's name as their label:
 *
 *	driver			dma_alloc_coherent(dev)
 *	kernel			dev->dma_ops->alloc(dev)
 *	here			a buffer, if the request is large enough and the
 *				memory may be mapped as the device needs it
 *	otherwise		dma_alloc_attrs(shadow)
 *
 * Everything else (mappings, synchronisation, masks, requests that lcma leaves to the
 * kernel) goes the kernel's own way, through a shadow: a device without operations that
 * is told before each call what the device is like.
 *
 * The operations are embedded in the client, so a call finds it without a lookup. They
 * stay while any buffer is there, whether the device has a driver or not: a free that
 * went the kernel's way would hand our pages to the kernel's own allocator.
 */
#ifndef LCMA_DMA_H
#define LCMA_DMA_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "buffer/group.h"
#include "core/rule.h"

struct lcma_region;

/* log2 of the lists that a client's buffers are in, by address. */
#define LCMA_DMA_PIECES_BITS	6

/**
 * enum lcma_dma_by - what says that a device allocates from lcma
 * @LCMA_BY_RULE: a rule of map=
 * @LCMA_BY_TREE: memory-region in its node of the device tree
 * @LCMA_BY_DRIVER: its driver, which asked for the memory of a phandle
 * @LCMA_NR_DMA_BY: how many there are
 */
enum lcma_dma_by {
	LCMA_BY_RULE,
	LCMA_BY_TREE,
	LCMA_BY_DRIVER,
	LCMA_NR_DMA_BY
};

/**
 * enum lcma_dma_why - why a request was left to the kernel
 * @LCMA_DMA_SMALL: smaller than min=
 * @LCMA_DMA_ATOMIC: its caller may not sleep, and no pool had it, or it needs a mapping
 * @LCMA_DMA_ATTRIBUTES: the memory may not be mapped as the device needs it
 * @LCMA_DMA_REACH: the device does not reach the region
 * @LCMA_DMA_FAILED: no region had it; the regions' failures tell why
 * @LCMA_NR_DMA_WHY: how many there are
 */
enum lcma_dma_why {
	LCMA_DMA_SMALL,
	LCMA_DMA_ATOMIC,
	LCMA_DMA_ATTRIBUTES,
	LCMA_DMA_REACH,
	LCMA_DMA_FAILED,
	LCMA_NR_DMA_WHY
};

/**
 * struct lcma_dma_client - a device that allocates from lcma
 * @ops: the device's operations
 * @link: in bind.c's list of all; bind.c's own
 * @dev: the device, with a reference
 * @shadow: what goes the kernel's way goes through this; its last reference frees all
 *	of this
 * @by: what says so
 * @rule: which regions, and which requests; changed while the device has no driver, or by
 *	its driver. Without a glob if it is not of map=
 * @regions: those of @rule
 * @member: its group, for its requests that may not wait
 * @refusal: why it has not got our operations, a constant string; NULL: it has
 * @driver: the name of its driver, of the last one if it has none now
 * @is_bound: it has a driver, and keeps the module; bind.c's own
 * @is_gone: it was removed; bind.c's own
 * @was_set_up: what lcma_compat_ops_keep() said
 * @lock: protects @pieces; interrupts off
 * @pieces: its buffers, by the address that the device has
 * @nr_pieces: how many, those included that are just being freed
 * @nr_bytes: how much that is
 * @nr_allocs: requests that lcma served
 * @nr_left: requests that were left to the kernel, by reason
 * @said: bits of the reasons that the log has named once
 */
struct lcma_dma_client {
	const struct dma_map_ops ops;
	struct list_head link;
	struct device *dev;
	struct device shadow;
	enum lcma_dma_by by;
	struct lcma_rule rule;
	struct lcma_region *regions[LCMA_LIST_REGIONS];
	struct lcma_member member;
	const char *refusal;
	char driver[LCMA_NAME_BYTES];
	bool is_bound;
	bool is_gone;
	bool was_set_up;
	spinlock_t lock;		/* pieces */
	DECLARE_HASHTABLE(pieces, LCMA_DMA_PIECES_BITS);
	atomic_t nr_pieces;
	atomic_long_t nr_bytes;
	atomic_t nr_allocs;
	atomic_t nr_left[LCMA_NR_DMA_WHY];
	unsigned long said;
};

struct lcma_dma_client *lcma_dma_client_new(struct device *dev);
void lcma_dma_client_put(struct lcma_dma_client *client);
struct lcma_dma_client *lcma_dma_client_of(struct device *dev);
void lcma_dma_regroup(struct lcma_dma_client *client);
void lcma_dma_ops_set(struct lcma_dma_client *client);
void lcma_dma_ops_clear(struct lcma_dma_client *client);
const char *lcma_dma_by_word(enum lcma_dma_by by);
const char *lcma_dma_why_word(enum lcma_dma_why why);

#endif
