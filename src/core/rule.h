/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules: which devices allocate from which regions, the module parameter map=. Pure:
 * a rule names regions, it does not know them.
 *
 *	map     = rule *( ";" rule )
 *	rule    = GLOB "=" ( "kernel" / regions ) *( ":" option )
 *	regions = a list of regions, core/list.h
 *	option  = "min=" SIZE / "timeout=" MS / "keep=" SIZE
 *	SIZE    = 1*DIGIT [ "K" / "M" / "G" ]		bare: bytes
 *
 * GLOB is compared with a device's name, with BUS/NAME, and with its driver's name;
 * "*" stands for any characters, "?" for one. The first rule that matches counts. Of
 * "a,b" the second is asked when the first has no memory; of "a+b" each is asked first
 * in turn. "kernel" leaves a device alone.
 */
#ifndef LCMA_RULE_H
#define LCMA_RULE_H

#include "core/list.h"

/* The most rules. */
#define LCMA_MAX_RULES		32

/* A glob, with its NUL. */
#define LCMA_GLOB_BYTES		64

/* The longest text of rules, with its NUL: sysfs shows a page. */
#define LCMA_RULES_BYTES	4096

/* Smaller requests go to the kernel's own allocator, which has many small places. */
#define LCMA_RULE_MIN_BYTES	(64ULL << 10)

/**
 * struct lcma_rule - which regions devices of some names allocate from
 * @glob: the names
 * @list: the regions; none: "kernel", the devices are left alone
 * @min_bytes: smaller requests are left to the kernel
 * @timeout_ms: deadline of each allocation; 0: none
 * @keep_bytes: what is to be there for requests that may not wait; 0: nothing
 */
struct lcma_rule {
	char glob[LCMA_GLOB_BYTES];
	struct lcma_list list;
	u64 min_bytes;
	u32 timeout_ms;
	u64 keep_bytes;
};

/**
 * struct lcma_rule_names - what a device is called
 * @bus: its bus; "": none
 * @device: its name
 * @driver: its driver's name; "": none
 */
struct lcma_rule_names {
	const char *bus;
	const char *device;
	const char *driver;
};

int lcma_rules_parse(const char *text, struct lcma_rule *rules,
		     unsigned int max_rules, struct lcma_complaint *error);
bool lcma_rule_matches(const struct lcma_rule *rule,
		       const struct lcma_rule_names *names);

#endif
