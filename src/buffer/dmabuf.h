/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers as dma-bufs: for programs, and for other drivers.
 */
#ifndef LCMA_DMABUF_H
#define LCMA_DMABUF_H

#include "buffer/buffer.h"

struct dma_buf;

/* Names of devices, for a line of text. */
#define LCMA_DEVICES_BYTES	96

struct dma_buf *lcma_dmabuf_export(struct lcma_buffer *buffer, int fd_flags);
struct lcma_buffer *lcma_dmabuf_buffer(struct dma_buf *dmabuf);
unsigned int lcma_dmabuf_devices(struct lcma_region *region, u64 id,
				 char names[LCMA_DEVICES_BYTES]);
int lcma_dmabuf_sync(struct dma_buf *dmabuf, u64 offset, u64 len, u32 flags);
int lcma_dmabuf_new_fd(const struct lcma_request *request,
		       struct lcma_account *account, int fd_flags,
		       int (*publish)(const struct lcma_buffer *buffer, int fd,
				      void *context), void *context);

#endif
