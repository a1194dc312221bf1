/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces: buffers as the DMA API knows them, of a device that has our operations. A
 * piece is found by the address that the device has, and keeps the module.
 */
#ifndef LCMA_PIECE_H
#define LCMA_PIECE_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/pgtable.h>
#include <linux/types.h>

struct device;
struct lcma_buffer;
struct lcma_dma_client;

/**
 * struct lcma_piece - a buffer as the DMA API knows it
 * @node: in client->pieces, under client->lock
 * @dying: in the list of those that are still to be freed
 * @client: whose
 * @buffer: the memory, with a reference
 * @handle: where the device sees it
 * @size_bytes: what was asked for
 * @cookie: what the driver got
 * @vaddr: a mapping of its own; or NULL
 */
struct lcma_piece {
	struct hlist_node node;
	struct llist_node dying;
	struct lcma_dma_client *client;
	struct lcma_buffer *buffer;
	dma_addr_t handle;
	size_t size_bytes;
	void *cookie;
	void *vaddr;
};

struct lcma_piece *lcma_piece_new(struct lcma_dma_client *client,
				  size_t size_bytes, gfp_t gfp,
				  unsigned long attrs, bool is_cached);
struct lcma_piece *lcma_piece_look(struct lcma_dma_client *client, dma_addr_t handle);
struct lcma_piece *lcma_piece_take(struct lcma_dma_client *client, dma_addr_t handle);
void lcma_piece_drop(struct lcma_piece *piece);
pgprot_t lcma_piece_protection(const struct lcma_piece *piece, pgprot_t prot,
			       unsigned long attrs);
void lcma_pieces_reap(void);
void lcma_pieces_reap_stop(void);

#endif
