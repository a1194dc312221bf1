/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree as a rule: a driver that asks the kernel for the memory of its node
 * (of_reserved_mem_device_init() and the like) gets the region that lies there.
 *
 *	reusable	the kernel has made a CMA area of it; it answers, and then lcma
 *	plain, no-map	the kernel has no answer; lcma has
 *
 * A driver that does not ask needs none of this: bind.c reads its device's node.
 */
#ifndef LCMA_TREE_H
#define LCMA_TREE_H

void lcma_tree_claim(void);
void lcma_tree_stop(void);

#endif
