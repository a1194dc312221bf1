/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Surveys: which places a policy would try before all the others.
 */
#ifndef LCMA_SURVEY_H
#define LCMA_SURVEY_H

#include "core/place.h"
#include "region/region.h"

void lcma_survey_begin(const struct lcma_region *region, const struct lcma_fit *fit,
		       struct lcma_place *place);
void lcma_survey(struct lcma_region *region, const struct lcma_fit *fit,
		 struct lcma_place *place);

#endif
