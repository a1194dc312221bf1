/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module parameter regions= means. Pure: which sources and policies there
 * are is told by the caller, in a table of words.
 *
 *	regions = region *( ";" region )
 *	region  = NAME ( ":" / "=" ) SIZE [ "@" source ] *( "," option )
 *	source  = WORD [ ":" NAME ]			source/: which, and what NAME is; after a
 *							comma in it there is no "="
 *	option  = "keep=" ( SIZE / "all" ) / "keep=" LOW "-" HIGH /
 *		  "align=" SIZE / "policy=" WORD / "order=" N / "heap=" NAME /
 *		  "wedge=" ( "0" / "1" ) / "at=" ADDR / "below=" ADDR /
 *		  "cache=" ( "wb" / "wc" / "uncached" )
 *	SIZE    = 1*DIGIT [ "K" / "M" / "G" ]		bare: bytes
 *	ADDR    = "0x" 1*HEXDIG / SIZE			physical
 */
#ifndef LCMA_SPEC_H
#define LCMA_SPEC_H

#include "core/parse.h"

/* The most regions that one module serves. */
#define LCMA_MAX_REGIONS	64

/* The longest NAME after a source, with its NUL. */
#define LCMA_SOURCE_ARG_BYTES	64

/* keep=all: nothing is ever given back. */
#define LCMA_KEEP_ALL		U64_MAX

/* Without "@": whichever source has memory. */
#define LCMA_SOURCE_ANY		(-1)

/**
 * enum lcma_source_arg - may a source's word be followed by a colon and a name?
 * @LCMA_ARG_NONE: no
 * @LCMA_ARG_OPTIONAL: yes
 * @LCMA_ARG_REQUIRED: it must be
 */
enum lcma_source_arg {
	LCMA_ARG_NONE,
	LCMA_ARG_OPTIONAL,
	LCMA_ARG_REQUIRED,
};

/**
 * enum lcma_cache - how CPUs map a region's memory
 * @LCMA_CACHE_ANY: as the source has it; in a spec only
 * @LCMA_CACHE_WB: cached
 * @LCMA_CACHE_WC: not cached, but writes may be combined
 * @LCMA_CACHE_UNCACHED: as a device's registers
 */
enum lcma_cache {
	LCMA_CACHE_ANY,
	LCMA_CACHE_WB,
	LCMA_CACHE_WC,
	LCMA_CACHE_UNCACHED,
};

/**
 * struct lcma_spec_words - the words that regions= may use
 * @source: the sources; its numbers are what a spec has for a source
 * @source_arg: what may follow the word of the source with this number
 * @policy: the policies, the default first; its numbers are what a spec has for
 *	a policy
 */
struct lcma_spec_words {
	lcma_choice_fn source;
	enum lcma_source_arg (*source_arg)(unsigned int source);
	lcma_choice_fn policy;
};

/**
 * struct lcma_spec - one region as it was asked for
 * @name: its name
 * @size_bytes: how large, not 0
 * @source: where its memory comes from: a number of lcma_spec_words.source, or
 *	LCMA_SOURCE_ANY
 * @source_arg: NAME; "" if there was none
 * @keep_given: keep= was there
 * @keep_low_bytes: always refilled to
 * @keep_high_bytes: given back above; LCMA_KEEP_ALL: never
 * @align_bytes: least alignment of every buffer, a power of two
 * @at: the physical address at which it begins; 0: anywhere
 * @below: the physical address before which it ends; 0: anywhere
 * @heap: also serves as /dev/dma_heap/NAME; "": it does not. May hold commas:
 *	the kernel's own is called "linux,cma"
 * @policy: how places for buffers are chosen: a number of lcma_spec_words.policy
 * @cache: how CPUs are to map it
 * @is_wedged: the first page of each unit is kept
 * @order: every buffer takes a multiple of this power of two of pages
 */
struct lcma_spec {
	char name[LCMA_NAME_BYTES];
	u64 size_bytes;
	int source;
	char source_arg[LCMA_SOURCE_ARG_BYTES];
	bool keep_given;
	u64 keep_low_bytes;
	u64 keep_high_bytes;
	u64 align_bytes;
	u64 at;
	u64 below;
	char heap[LCMA_NAME_BYTES];
	unsigned int policy;
	unsigned int order;
	enum lcma_cache cache;
	bool is_wedged;
};

const char *lcma_cache_word(enum lcma_cache cache);
int lcma_spec_parse(const char *text, const struct lcma_spec_words *words,
		    struct lcma_spec *specs, unsigned int max_specs,
		    struct lcma_complaint *error);
int lcma_spec_parse_keep(const char *text, struct lcma_spec *spec,
			 struct lcma_complaint *error);

#endif
