// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that a test program attaches to its own buffer:
 *
 *	echo FD to|from|both > /sys/kernel/debug/lcma_apitest/attach
 *	echo off > /sys/kernel/debug/lcma_apitest/attach
 *
 * Each line that names a descriptor is one more device, which has the buffer
 * mapped until "off" lets all of them go, the last one first.
 */
#include "apitest.h"

#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define NR_DEVICES	4

static struct visitor {
	struct platform_device *pdev;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	enum dma_data_direction direction;
} visitors[NR_DEVICES];

static DEFINE_MUTEX(lock);	/* visitors, nr_visitors */
static unsigned int nr_visitors;

static int map_visitor(struct visitor *v, int fd)
{
	int err;

	v->pdev = platform_device_register_simple("lcma_apitest_visitor",
						  PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(v->pdev))
		return PTR_ERR(v->pdev);
	err = apitest_can_dma(&v->pdev->dev);
	if (err)
		goto err_unregister;
	v->dmabuf = dma_buf_get(fd);
	err = PTR_ERR_OR_ZERO(v->dmabuf);
	if (err)
		goto err_unregister;
	v->attachment = dma_buf_attach(v->dmabuf, &v->pdev->dev);
	err = PTR_ERR_OR_ZERO(v->attachment);
	if (err)
		goto err_put;
	v->table = apitest_map(v->attachment, v->direction);
	err = PTR_ERR_OR_ZERO(v->table);
	if (err)
		goto err_detach;
	return 0;

err_detach:
	dma_buf_detach(v->dmabuf, v->attachment);
err_put:
	dma_buf_put(v->dmabuf);
err_unregister:
	platform_device_unregister(v->pdev);
	return err;
}

static int add_visitor(int fd, const char *word)
{
	static const char * const words[] = {
		[DMA_BIDIRECTIONAL] = "both",
		[DMA_TO_DEVICE] = "to",
		[DMA_FROM_DEVICE] = "from",
	};
	unsigned int direction;
	int err;

	for (direction = 0; direction < ARRAY_SIZE(words); direction++)
		if (!strcmp(word, words[direction]))
			break;
	if (direction == ARRAY_SIZE(words) || nr_visitors == NR_DEVICES)
		return -EINVAL;
	visitors[nr_visitors].direction = direction;
	err = map_visitor(&visitors[nr_visitors], fd);
	if (!err)
		nr_visitors++;
	return err;
}

/**
 * apitest_detach_all - let go of every device that a program attached
 */
void apitest_detach_all(void)
{
	struct visitor *v;

	mutex_lock(&lock);
	while (nr_visitors) {
		v = &visitors[--nr_visitors];
		apitest_unmap(v->attachment, v->table, v->direction);
		dma_buf_detach(v->dmabuf, v->attachment);
		dma_buf_put(v->dmabuf);
		platform_device_unregister(v->pdev);
	}
	mutex_unlock(&lock);
}

static ssize_t attach_write(struct file *file, const char __user *from,
			    size_t count, loff_t *pos)
{
	char line[32], word[8];
	int fd, err = 0;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';
	if (!strcmp(strim(line), "off")) {
		apitest_detach_all();
		return count;
	}
	if (sscanf(line, "%d %7s", &fd, word) != 2)
		return -EINVAL;
	mutex_lock(&lock);
	err = add_visitor(fd, word);
	mutex_unlock(&lock);
	return err ?: count;
}

const struct file_operations apitest_attach_fops = {
	.owner = THIS_MODULE,
	.write = attach_write,
};
