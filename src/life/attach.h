/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching regions: from the module parameter to regions that serve.
 */
#ifndef LCMA_ATTACH_H
#define LCMA_ATTACH_H

int lcma_attach_all(void);
void lcma_attach_rest(unsigned long *cma_pages, unsigned long *fixed_pages,
		      unsigned long *fixed_free_pages);
void lcma_attach_share(void);
void lcma_detach_all(void);

#endif
