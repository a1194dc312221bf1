// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of policies: see policy.h. And the two that look at no page.
 */
#include "alloc/policy.h"

#include "core/parse.h"

/* The options come in this order. */
static unsigned int rank_as_they_come(struct lcma_region *region,
				      const struct lcma_fit *fit,
				      unsigned long room,
				      struct lcma_option *options,
				      unsigned int nr)
{
	return nr;
}

const struct lcma_policy lcma_policy_best_fit = {
	.word = "best-fit",
	.rank = rank_as_they_come,
};

const struct lcma_policy lcma_policy_first_fit = {
	.word = "first-fit",
};

#define POLICY_ROW(name)	&lcma_policy_##name,

static const struct lcma_policy * const policies[] = {
	LCMA_POLICIES(POLICY_ROW)
};

/**
 * lcma_policy - the policy with a number
 * @policy: the number, from a spec or lcma_policy_parse()
 *
 * Context: any.
 * Return: the policy.
 */
const struct lcma_policy *lcma_policy(unsigned int policy)
{
	return policies[policy];
}

/**
 * lcma_policy_word - the word of the policy with a number
 * @policy: the number
 *
 * Context: any.
 * Return: a constant string; NULL if there is no such policy.
 */
const char *lcma_policy_word(unsigned int policy)
{
	return policy < ARRAY_SIZE(policies) ? policies[policy]->word : NULL;
}

/**
 * lcma_policy_parse - the number of the policy that a text names
 * @text: the word; one newline at its end is allowed
 *
 * Context: any.
 * Return: the number; -EINVAL.
 */
int lcma_policy_parse(const char *text)
{
	return lcma_choice_parse(lcma_policy_word, text);
}
