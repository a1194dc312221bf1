/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sources and policies of the tests of regions=: the core knows none of its own.
 * FAKE and the policy "fake" are in no kernel: to be understood they only have to be
 * in a table.
 */
#ifndef LCMA_WORDS_H
#define LCMA_WORDS_H

#include "core/spec.h"

enum { CMA, RESERVE_MEM, FAKE, NR_SOURCES };
enum { COST, BEST_FIT, FIRST_FIT, FAKE_POLICY, NR_POLICIES };

static const struct {
	const char *word;
	enum lcma_source_arg arg;
} test_sources[NR_SOURCES] = {
	[CMA] = { "cma", LCMA_ARG_NONE },
	[RESERVE_MEM] = { "reserve_mem", LCMA_ARG_OPTIONAL },
	[FAKE] = { "fake", LCMA_ARG_REQUIRED },
};

static const char * const test_policies[NR_POLICIES] = {
	[COST] = "cost",
	[BEST_FIT] = "best-fit",
	[FIRST_FIT] = "first-fit",
	[FAKE_POLICY] = "fake",
};

static const char *source_word(unsigned int i)
{
	return i < NR_SOURCES ? test_sources[i].word : NULL;
}

static enum lcma_source_arg source_arg(unsigned int i)
{
	return test_sources[i].arg;
}

static const char *policy_word(unsigned int i)
{
	return i < NR_POLICIES ? test_policies[i] : NULL;
}

static const struct lcma_spec_words words = {
	.source = source_word,
	.source_arg = source_arg,
	.policy = policy_word,
};

#endif
