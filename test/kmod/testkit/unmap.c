// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file's user mappings, taken away as a mover of its pages would do it:
 *
 *	echo FD > unmap		all of them, in whichever process; what touches them
 *				next faults
 */
#include "testkit.h"

#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>

static ssize_t unmap_write(struct file *file, const char __user *from,
			   size_t len_bytes, loff_t *pos)
{
	char line[TESTKIT_LINE_BYTES];
	struct file *mapped;
	unsigned int fd;
	int err = testkit_line(line, from, len_bytes);

	if (!err)
		err = kstrtouint(line, 0, &fd);
	if (err)
		return err;
	mapped = fget(fd);
	if (!mapped)
		return -EBADF;
	unmap_mapping_range(mapped->f_mapping, 0, 0, 1);
	fput(mapped);
	return len_bytes;
}

static const struct file_operations unmap_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = unmap_write,
};

/**
 * unmap_init - make the file
 * @dir: where
 */
void unmap_init(struct dentry *dir)
{
	debugfs_create_file("unmap", 0200, dir, NULL, &unmap_fops);
}
