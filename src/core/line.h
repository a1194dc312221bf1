/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a line written to the text device means. Pure. list: list.h.
 *
 *	line   = "" / "0" / SIZE *( 1*blank option ) /
 *		 "prepare" 1*blank SIZE *( 1*blank ahead )
 *	option = common / "timeout=" MS / "nowait" / "at=" ADDR / "below=" ADDR /
 *		 "boundary=" SIZE
 *	ahead  = common / "within=" MS / "for=" MS / "wait"
 *	common = "align=" SIZE / "region=" list / "label=" TEXT
 *	SIZE   = 1*DIGIT [ "K" / "M" / "G" ]		bare: KiB
 *	ADDR   = "0x" 1*HEXDIG / 1*DIGIT [ "K" / "M" / "G" ]	physical; bare: bytes
 */
#ifndef LCMA_LINE_H
#define LCMA_LINE_H

#include "core/list.h"
#include "core/parse.h"

/* The longest line, with its newline. */
#define LCMA_LINE_BYTES		256

/* How long a preparation may take at most, and be held. */
#define LCMA_WITHIN_MAX_MS	10000
#define LCMA_HOLD_MAX_MS	60000

/**
 * struct lcma_line - one line, understood
 * @slot: the original protocol: the lowest free slot; nothing else counts
 * @nowait: only what can be had at once
 * @prepare: the memory is not needed yet
 * @wait: with @prepare: the write ends when the memory is there
 * @bytes: size of the buffer, not 0; with @prepare 0: what was prepared is not needed
 * @align_bytes: alignment of its address, a power of two
 * @at: the physical address at which it begins; 0: anywhere
 * @below: the physical address before which it ends; 0: anywhere
 * @boundary_bytes: it crosses no multiple of this, a power of two; 0: it may
 * @timeout_ms: deadline from now; 0: none; with @prepare: the default
 * @hold_ms: with @prepare: for how long it is held; 0: the default
 * @region: name of the region, or a list of them; "": any
 * @label: "" if there is none
 */
struct lcma_line {
	bool slot;
	bool nowait;
	bool prepare;
	bool wait;
	u64 bytes;
	u64 align_bytes;
	u64 at;
	u64 below;
	u64 boundary_bytes;
	u32 timeout_ms;
	u32 hold_ms;
	char region[LCMA_LIST_BYTES];
	char label[LCMA_LABEL_BYTES];
};

int lcma_line_parse(const char *text, size_t len_bytes, struct lcma_line *line,
		    struct lcma_complaint *complaint);

#endif
