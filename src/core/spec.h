/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module parameter regions= means. Pure.
 *
 *	regions = region *( ";" region )
 *	region  = NAME ( ":" / "=" ) SIZE [ "@" source ] *( "," option )
 *	source  = "cma" / "reserve_mem" [ ":" LABEL ]
 *	option  = "keep=" ( SIZE / "all" ) / "keep=" LOW "-" HIGH /
 *		  "align=" SIZE / "policy=" NAME / "order=" N / "heap=" NAME
 *	SIZE    = 1*DIGIT [ "K" / "M" / "G" ]		bare: bytes
 */
#ifndef LCMA_SPEC_H
#define LCMA_SPEC_H

#include "core/parse.h"
#include "core/place.h"

/* The most regions that one module serves. */
#define LCMA_MAX_REGIONS	16

/* Longest LABEL after a source, with its NUL. */
#define LCMA_SOURCE_ARG_BYTES	64

/* keep=all: nothing is ever given back. */
#define LCMA_KEEP_ALL		U64_MAX

enum lcma_source_id {
	LCMA_SOURCE_CMA,
	LCMA_SOURCE_RESERVE_MEM,
	LCMA_NR_SOURCES,
	LCMA_SOURCE_ANY = LCMA_NR_SOURCES,	/* no "@": whichever has it */
};

/**
 * struct lcma_spec - one region as it was asked for
 * @name: its name
 * @size_bytes: how large, not 0
 * @source: where its memory comes from
 * @source_arg: LABEL; "" if there was none
 * @keep_given: keep= was there
 * @keep_low_bytes: always refilled to
 * @keep_high_bytes: given back above; LCMA_KEEP_ALL: never
 * @align_bytes: least alignment of every buffer, a power of two
 * @heap: also serves as /dev/dma_heap/NAME; "": it does not. May hold commas:
 *	the kernel's own is called "linux,cma"
 * @policy: how places for buffers are chosen
 * @order: every buffer takes a multiple of this power of two of pages
 */
struct lcma_spec {
	char name[LCMA_NAME_BYTES];
	u64 size_bytes;
	enum lcma_source_id source;
	char source_arg[LCMA_SOURCE_ARG_BYTES];
	bool keep_given;
	u64 keep_low_bytes;
	u64 keep_high_bytes;
	u64 align_bytes;
	char heap[LCMA_NAME_BYTES];
	enum lcma_policy policy;
	unsigned int order;
};

int lcma_spec_parse(const char *text, struct lcma_spec *specs,
		    unsigned int max_specs, struct lcma_complaint *error);
int lcma_spec_parse_keep(const char *text, struct lcma_spec *spec,
			 struct lcma_complaint *error);
int lcma_policy_parse(const char *text);
const char *lcma_policy_word(enum lcma_policy policy);
const char *lcma_source_word(enum lcma_source_id source);

#endif
