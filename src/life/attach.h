/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching regions: from the module parameter, or a line at run time, to regions that
 * serve.
 */
#ifndef LCMA_ATTACH_H
#define LCMA_ATTACH_H

struct lcma_region;

int lcma_attach_all(void);
struct lcma_region *lcma_attach_new(const char *text);
void lcma_attach_publish(struct lcma_region *region);
void lcma_attach_drop(struct lcma_region *region);
int lcma_attach_again(const char *name);
void lcma_attach_rest(unsigned long *cma_pages, unsigned long *fixed_pages,
		      unsigned long *fixed_free_pages);
void lcma_attach_share(void);
void lcma_detach_all(void);

#endif
