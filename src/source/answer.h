/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers: who answers a driver that asks for the memory of a node of the device tree
 * (of_reserved_mem_device_init() and the like). The kernel does for an area of its own,
 * and nobody does for other nodes; lcma does while a region lies in the node.
 */
#ifndef LCMA_ANSWER_H
#define LCMA_ANSWER_H

struct reserved_mem;
struct reserved_mem_ops;

const struct reserved_mem_ops *lcma_answer_of_kernel(const struct reserved_mem *rmem);
void lcma_answer_set(struct reserved_mem *rmem, const struct reserved_mem_ops *plain,
		     const struct reserved_mem_ops *area);
void lcma_answer_clear(struct reserved_mem *rmem);

#endif
