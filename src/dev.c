// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cma_test: see dev.h. What is read and written is text.c's, the ioctls
 * are ioctl.c's.
 */
#include "dev.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "account.h"
#include "door.h"
#include "fault.h"
#include "ioctl.h"
#include "text.h"

/**
 * struct dev_file - an open file
 * @visitor: who opened it
 * @account: who is charged
 * @reader: how far its first read has got
 */
struct dev_file {
	struct lcma_visitor visitor;
	struct lcma_account *account;
	struct lcma_text_reader reader;
};

static int dev_open(struct inode *inode, struct file *file)
{
	struct lcma_account *account;
	struct dev_file *df;

	if (!lcma_doors_are_open())
		return -ENODEV;
	df = lcma_fault(DEV_FILE) ? NULL : kzalloc(sizeof(*df), GFP_KERNEL);
	if (!df)
		return -ENOBUFS;
	account = lcma_account_open();
	if (IS_ERR(account)) {
		kfree(df);
		return PTR_ERR(account);
	}
	lcma_door_enter(&df->visitor, "cma_test");
	df->account = account;
	lcma_text_open(&df->reader);
	file->private_data = df;
	return stream_open(inode, file);
}

static int dev_release(struct inode *inode, struct file *file)
{
	struct dev_file *df = file->private_data;

	lcma_account_put(df->account);
	lcma_door_leave(&df->visitor);
	kfree(df);
	return 0;
}

static ssize_t dev_read(struct file *file, char __user *to, size_t len_bytes,
			loff_t *pos)
{
	struct dev_file *df = file->private_data;

	return lcma_text_read(&df->reader, to, len_bytes);
}

static ssize_t dev_write(struct file *file, const char __user *from,
			 size_t len_bytes, loff_t *pos)
{
	return lcma_text_write(from, len_bytes);
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dev_file *df = file->private_data;

	return lcma_ioctl(df->account, cmd, arg);
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.release = dev_release,
	.read = dev_read,
	.write = dev_write,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice dev_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cma_test",
	.fops = &dev_fops,
};

/**
 * lcma_dev_init - let the device appear
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; what misc_register() returns, -EEXIST among them.
 */
int lcma_dev_init(void)
{
	return lcma_fault(DEV_REGISTER) ?: misc_register(&dev_misc);
}

/**
 * lcma_dev_exit - the device and the text device's buffers are no more
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_dev_exit(void)
{
	misc_deregister(&dev_misc);
	lcma_text_free_all();
}
