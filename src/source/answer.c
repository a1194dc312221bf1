// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers: see answer.h. The kernel has one constant struct for all of its own areas,
 * so one pointer remembers what was there before.
 */
#include "source/answer.h"

#include <linux/compiler.h>
#include <linux/module.h>
#include <linux/of_reserved_mem.h>

/* For nodes that are areas of the kernel's: its answer, and ours. */
static const struct reserved_mem_ops *kernel_answer, *area_answer;

static bool is_ours(const struct reserved_mem *rmem)
{
	return rmem->ops && within_module((unsigned long)rmem->ops, THIS_MODULE);
}

/**
 * lcma_answer_of_kernel - what the kernel answers for a node
 * @rmem: what the kernel made of the node
 *
 * Context: any.
 * Return: its operations, as if lcma were not there; NULL: none.
 */
const struct reserved_mem_ops *lcma_answer_of_kernel(const struct reserved_mem *rmem)
{
	if (!is_ours(rmem))
		return rmem->ops;
	return rmem->ops == area_answer ? kernel_answer : NULL;
}

/**
 * lcma_answer_set - lcma answers for a node
 * @rmem: what the kernel made of the node
 * @plain: operations for a node without an answer
 * @area: operations for an area of the kernel's; they call lcma_answer_of_kernel()
 *
 * Context: process; one caller at a time.
 */
void lcma_answer_set(struct reserved_mem *rmem, const struct reserved_mem_ops *plain,
		     const struct reserved_mem_ops *area)
{
	if (is_ours(rmem))
		return;
	if (!rmem->ops) {
		WRITE_ONCE(rmem->ops, plain);
		return;
	}
	if (!rmem->ops->device_init || (kernel_answer && rmem->ops != kernel_answer))
		return;
	kernel_answer = rmem->ops;
	area_answer = area;
	WRITE_ONCE(rmem->ops, area);
}

/**
 * lcma_answer_clear - the kernel answers for a node, as before lcma came
 * @rmem: what the kernel made of the node
 *
 * Context: process; one caller at a time.
 */
void lcma_answer_clear(struct reserved_mem *rmem)
{
	WRITE_ONCE(rmem->ops, lcma_answer_of_kernel(rmem));
}
