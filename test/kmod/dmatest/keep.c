// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that outlives its driver's binding, as of a video device that a program still
 * has open.
 */
#include "dmatest.h"

#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

static struct device *kept_of;
static dma_addr_t kept_at;
static void *kept;

int dmatest_keep(struct device *dev)
{
	if (kept)
		return -EBUSY;
	kept = dma_alloc_coherent(dev, DMATEST_BYTES, &kept_at, GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	kept_of = get_device(dev);
	dmatest_where(dev, "kept", kept_at, DMATEST_BYTES, kept);
	return 0;
}

/* Return: 0; -ENOENT: nothing is kept; what the kernel's call returns. */
int dmatest_table(void)
{
	struct sg_table table;
	int err;

	if (!kept)
		return -ENOENT;
	err = dma_get_sgtable(kept_of, &table, kept, kept_at, DMATEST_BYTES);
	if (!err)
		sg_free_table(&table);
	return err;
}

/*
 * The kept buffer for a program. How it is mapped is compared with what the kernel's own
 * memory would be: no other mapping of it may differ.
 */
int dmatest_mmap(struct file *file, struct vm_area_struct *vma)
{
	const pgprot_t cached = vma->vm_page_prot;
	pgprot_t wanted = cached;
	int err;

	if (!kept)
		return -ENOENT;
	if (!dev_is_dma_coherent(kept_of))
		wanted = pgprot_dmacoherent(cached);
	err = dma_mmap_coherent(kept_of, vma, kept, kept_at, DMATEST_BYTES);
	if (!err && pgprot_val(vma->vm_page_prot) != pgprot_val(wanted))
		err = -EILSEQ;
	return err;
}

void dmatest_let_go(void)
{
	if (!kept)
		return;
	dma_free_coherent(kept_of, DMATEST_BYTES, kept, kept_at);
	put_device(kept_of);
	kept = NULL;
}
