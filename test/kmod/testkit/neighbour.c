// SPDX-License-Identifier: GPL-2.0-only
/*
 * The neighbour: a device like any other, that takes memory of the kernel's
 * own default CMA area through the DMA API, without a kernel mapping.
 *
 *	echo alloc BYTES > neighbour		one allocation, or -ENOMEM
 *	echo fill BYTES FIRST END > neighbour	allocations of that size until
 *						the area [FIRST, END), addresses,
 *						has no more of them
 *	echo free PHYS > neighbour		one; `free all`: all
 *	cat neighbour				phys=0x... bytes=..., oldest first
 *
 * The DMA API falls back to the buddy allocator when the area has nothing;
 * that is why fill must be told where the area is, and why a test looks at the
 * addresses.
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#define ATTRS	(DMA_ATTR_NO_KERNEL_MAPPING | DMA_ATTR_NO_WARN)

/**
 * struct piece - one allocation
 * @link: in pieces, oldest first
 * @bytes: its size
 * @cookie: what the DMA API gave
 * @handle: its DMA address
 */
struct piece {
	struct list_head link;
	size_t bytes;
	void *cookie;
	dma_addr_t handle;
};

static struct platform_device *pdev;
static LIST_HEAD(pieces);
static DEFINE_MUTEX(pieces_lock);

static u64 phys_of(const struct piece *piece)
{
	return dma_to_phys(&pdev->dev, piece->handle);
}

static struct piece *alloc_piece(size_t bytes)
{
	struct piece *piece = kzalloc(sizeof(*piece), GFP_KERNEL);

	if (!piece)
		return NULL;
	piece->bytes = bytes;
	piece->cookie = dma_alloc_attrs(&pdev->dev, bytes, &piece->handle,
					GFP_KERNEL | __GFP_NORETRY |
					__GFP_NOWARN, ATTRS);
	if (!piece->cookie) {
		kfree(piece);
		return NULL;
	}
	list_add_tail(&piece->link, &pieces);
	return piece;
}

static void free_piece(struct piece *piece)
{
	list_del(&piece->link);
	dma_free_attrs(&pdev->dev, piece->bytes, piece->cookie, piece->handle,
		       ATTRS);
	kfree(piece);
}

static int fill(size_t bytes, u64 first, u64 end)
{
	struct piece *piece;

	while (!fatal_signal_pending(current)) {
		piece = alloc_piece(bytes);
		if (!piece)
			break;
		if (phys_of(piece) < first || phys_of(piece) + bytes > end) {
			free_piece(piece);
			break;
		}
		cond_resched();
	}
	return 0;
}

/* Free the piece at an address, or (@all) every one. */
static int free_pieces(u64 phys, bool all)
{
	struct piece *piece, *next;
	int err = all ? 0 : -ENOENT;

	list_for_each_entry_safe(piece, next, &pieces, link) {
		if (all || phys_of(piece) == phys) {
			free_piece(piece);
			err = 0;
		}
	}
	return err;
}

static int obey(const char *line)
{
	u64 bytes, first, end;

	if (sscanf(line, "alloc %lli", &bytes) == 1 && bytes)
		return alloc_piece(bytes) ? 0 : -ENOMEM;
	if (sscanf(line, "fill %lli %lli %lli", &bytes, &first, &end) == 3 &&
	    bytes)
		return fill(bytes, first, end);
	if (!strcmp(line, "free all"))
		return free_pieces(0, true);
	if (sscanf(line, "free %lli", &first) == 1)
		return free_pieces(first, false);
	return -EINVAL;
}

static ssize_t neighbour_write(struct file *file, const char __user *from,
			       size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	int err = testkit_line(line, from, len_bytes);

	if (err)
		return err;
	mutex_lock(&pieces_lock);
	err = obey(line);
	mutex_unlock(&pieces_lock);
	return err ? err : len_bytes;
}

static int neighbour_show(struct seq_file *m, void *unused)
{
	const struct piece *piece;

	mutex_lock(&pieces_lock);
	list_for_each_entry(piece, &pieces, link)
		seq_printf(m, "phys=%#llx bytes=%zu\n", phys_of(piece),
			   piece->bytes);
	mutex_unlock(&pieces_lock);
	return 0;
}

static int neighbour_open(struct inode *inode, struct file *file)
{
	return single_open(file, neighbour_show, NULL);
}

static const struct file_operations neighbour_fops = {
	.owner = THIS_MODULE,
	.open = neighbour_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
	.write = neighbour_write,
};

/**
 * neighbour_init - make the device and the file
 * @dir: where
 *
 * Return: 0; or the errno of what could not be made.
 */
int neighbour_init(struct dentry *dir)
{
	int err;

	pdev = platform_device_register_simple("lcma-testkit",
					       PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	err = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err) {
		platform_device_unregister(pdev);
		return err;
	}
	debugfs_create_file("neighbour", 0600, dir, NULL, &neighbour_fops);
	return 0;
}

/**
 * neighbour_exit - give everything back
 */
void neighbour_exit(void)
{
	free_pieces(0, true);
	platform_device_unregister(pdev);
}
