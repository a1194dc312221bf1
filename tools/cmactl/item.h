/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A word of "cmactl plan": SIZE[*COUNT][,OPTION=VALUE]..., as in 8M*30 or
 * 12441600x4,align=1M,below=1G. Pure. A bare number counts bytes: such lists are
 * copied from drivers and data sheets.
 */
#ifndef CMACTL_ITEM_H
#define CMACTL_ITEM_H

#include <stdint.h>

/* Words of one plan, and buffers of all of them together. */
#define ITEM_WORDS	64
#define ITEM_BUFFERS	4096

/**
 * struct item - some buffers that are alike
 * @bytes: size of each
 * @align: alignment in bytes, a power of two; 0: none
 * @at: the address that it begins at; 0: any
 * @below: the address that it ends before; 0: any
 * @boundary: it crosses no multiple of this, a power of two, at least @bytes; 0: none
 * @count: how many
 * @is_bare: the size had no unit
 */
struct item {
	uint64_t bytes;
	uint64_t align;
	uint64_t at;
	uint64_t below;
	uint64_t boundary;
	uint32_t count;
	int is_bare;
};

/**
 * item_parse - read such a word
 * @text: the word; "*" may be "x" or "X"; a size may end in B, K, M, G, or KiB, MiB, GiB
 * @item: what it means; undefined after an error
 *
 * Return: 0; -EINVAL it is none; -ERANGE a size beyond 64 bits, more than
 * ITEM_BUFFERS of them.
 */
int item_parse(const char *text, struct item *item);

#endif
