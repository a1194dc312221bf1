/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings of a buffer: for programs, by mmap(), and for the kernel.
 *
 * User mappings are of page frames, not of pages. So get_user_pages() refuses
 * them: no pin can outlive the buffer, and FOLL_LONGTERM does not meet CMA pages,
 * which it could neither pin nor move.
 */
#ifndef LCMA_MAPPING_H
#define LCMA_MAPPING_H

#include <linux/pgtable.h>

struct lcma_buffer;
struct vm_area_struct;

pgprot_t lcma_mapping_protection(const struct lcma_buffer *buffer, pgprot_t prot);
int lcma_mapping_user(struct lcma_buffer *buffer, struct vm_area_struct *vma);
void *lcma_mapping_pages(const struct lcma_buffer *buffer, pgprot_t prot);
void *lcma_mapping_kernel(const struct lcma_buffer *buffer);
void lcma_mapping_drop(const struct lcma_buffer *buffer, void *vaddr);

#endif
