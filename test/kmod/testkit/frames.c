// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf as others see it: how the CPU's page tables map it, and what a device gets.
 *
 *	echo FD ADDRESS > frames; cat frames
 *
 * ADDRESS is where the writer has mapped it. A line of words:
 *
 *	user, kernel	wb, wc, uncached: what the tables say, of that mapping and of vmap()
 *	iomem		1: vmap() says that it is not to be used as memory
 *	device, bytes	where a device of ours with 32 bits sees it, in one piece
 *	pages		1: the scatterlist has struct pages
 *	words		the first word through the kernel's mapping
 *
 * or err=ERRNO of attaching and mapping.
 */
#include "testkit.h"

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/iosys-map.h>
#include <linux/kernel.h>
#include <linux/lcma.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>

LCMA_IMPORT_DMA_BUF;

static char answer[160];

#if defined(CONFIG_ARM64)
static const char *attribute(unsigned long address)
{
	u64 par;

	asm volatile("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1" : "=r" (par) :
		     "r" (address));
	if (par & 1)
		return "none";
	switch (par >> 56) {
	case 0xff:
		return "wb";
	case 0x44:
		return "wc";
	default:
		return "uncached";
	}
}
#elif defined(CONFIG_ARM) && !defined(CONFIG_ARM_LPAE)
static const char *attribute(unsigned long address)
{
	struct mm_struct *mm = current->active_mm;
	pgd_t *pgd = pgd_offset(mm, address);
	pmd_t *pmd = pmd_offset(pud_offset(p4d_offset(pgd, address), address),
				address);
	pte_t *table, pte;

	if ((pmd_val(*pmd) & 3) != 1)
		return "none";
	table = kmap_local_page(pmd_page(*pmd));
	pte = table[pte_index(address)];
	kunmap_local(table);
	switch (pte_val(pte) & L_PTE_MT_MASK) {
	case L_PTE_MT_WRITEBACK:
	case L_PTE_MT_WRITEALLOC:
		return "wb";
	case L_PTE_MT_BUFFERABLE:
	case L_PTE_MT_DEV_WC:
		return "wc";
	default:
		return "uncached";
	}
}
#else
static const char *attribute(unsigned long address)
{
	return "unknown";
}
#endif

static int look_at_kernel(struct dma_buf *dmabuf, char *text, size_t size)
{
	struct iosys_map map;
	u32 word;
	int err, len;

	dma_resv_lock(dmabuf->resv, NULL);
	err = dma_buf_vmap(dmabuf, &map);
	dma_resv_unlock(dmabuf->resv);
	if (err)
		return scnprintf(text, size, " kernel=%d", err);
	word = iosys_map_rd(&map, 0, u32);
	len = scnprintf(text, size, " kernel=%s iomem=%d word=%#x",
			attribute((unsigned long)map.vaddr), map.is_iomem, word);
	dma_resv_lock(dmabuf->resv, NULL);
	dma_buf_vunmap(dmabuf, &map);
	dma_resv_unlock(dmabuf->resv);
	return len;
}

/* A kernel that checks dma-bufs makes the page of what it maps unreadable. */
static bool has_page(const struct scatterlist *sg)
{
	unsigned long link = sg->page_link;

	if (IS_ENABLED(CONFIG_DMABUF_DEBUG))
		link ^= ~0xffUL;
	return link & ~SG_PAGE_LINK_MASK;
}

static int look_at_table(struct dma_buf_attachment *attachment, char *text,
			 size_t size)
{
	struct sg_table *table;
	dma_addr_t addr;
	int len;

	dma_resv_lock(attachment->dmabuf->resv, NULL);
	table = dma_buf_map_attachment(attachment, DMA_BIDIRECTIONAL);
	dma_resv_unlock(attachment->dmabuf->resv);
	if (IS_ERR(table))
		return scnprintf(text, size, " err=%ld", PTR_ERR(table));
	addr = sg_dma_address(table->sgl);
	len = scnprintf(text, size, " device=%pad bytes=%u pages=%d", &addr,
			table->nents == 1 ? sg_dma_len(table->sgl) : 0,
			has_page(table->sgl));
	dma_resv_lock(attachment->dmabuf->resv, NULL);
	dma_buf_unmap_attachment(attachment, table, DMA_BIDIRECTIONAL);
	dma_resv_unlock(attachment->dmabuf->resv);
	return len;
}

static int look_at_device(struct dma_buf *dmabuf, char *text, size_t size)
{
	struct dma_buf_attachment *attachment;
	struct platform_device *device;
	int len;

	device = platform_device_register_simple("lcma_testkit_frames", -1,
						 NULL, 0);
	if (IS_ERR(device))
		return scnprintf(text, size, " err=%ld", PTR_ERR(device));
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(32));
	dma_set_max_seg_size(&device->dev, UINT_MAX);
	attachment = dma_buf_attach(dmabuf, &device->dev);
	if (IS_ERR(attachment)) {
		len = scnprintf(text, size, " err=%ld", PTR_ERR(attachment));
	} else {
		len = look_at_table(attachment, text, size);
		dma_buf_detach(dmabuf, attachment);
	}
	platform_device_unregister(device);
	return len;
}

static ssize_t frames_write(struct file *file, const char __user *from,
			    size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	struct dma_buf *dmabuf;
	unsigned long address;
	int err = testkit_line(line, from, len_bytes);
	int fd, len;

	if (err)
		return err;
	if (sscanf(line, "%i %li", &fd, &address) != 2)
		return -EINVAL;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	len = scnprintf(answer, sizeof(answer), "user=%s", attribute(address));
	len += look_at_kernel(dmabuf, answer + len, sizeof(answer) - len);
	look_at_device(dmabuf, answer + len, sizeof(answer) - len);
	dma_buf_put(dmabuf);
	return len_bytes;
}

static int frames_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%s\n", answer);
	return 0;
}

static int frames_open(struct inode *inode, struct file *file)
{
	return single_open(file, frames_show, NULL);
}

static const struct file_operations frames_fops = {
	.owner = THIS_MODULE,
	.open = frames_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = frames_write,
};

/**
 * frames_init - make the file
 * @dir: where
 */
void frames_init(struct dentry *dir)
{
	debugfs_create_file("frames", 0600, dir, NULL, &frames_fops);
}
