// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices: see dev.h. What is read and written is text.c's, the ioctls are
 * ioctl.c's. Both devices are one piece of code; /dev/lcma has no read and no
 * write, so that a group that may allocate cannot free text buffers.
 */
#include "front/dev.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "buffer/account.h"
#include "buffer/prepared.h"
#include "fault.h"
#include "front/ioctl.h"
#include "front/text.h"
#include "life/door.h"

/**
 * struct dev_file - an open file
 * @visitor: the process that opened it
 * @account: who is charged
 * @reader: how far its first read has got; of the text device
 */
struct dev_file {
	struct lcma_visitor visitor;
	struct lcma_account *account;
	struct lcma_text_reader reader;
};

static int dev_open(struct inode *inode, struct file *file)
{
	const struct miscdevice *device = file->private_data;
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
	lcma_door_enter(&df->visitor, device->name);
	df->account = account;
	lcma_text_open(&df->reader);
	file->private_data = df;
	return stream_open(inode, file);
}

static int dev_release(struct inode *inode, struct file *file)
{
	struct dev_file *df = file->private_data;

	lcma_prepared_forget(df->account);
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

/* A writev() is one call and one line, however many pieces it has. */
static ssize_t dev_write_iter(struct kiocb *kiocb, struct iov_iter *from)
{
	return lcma_text_write(from);
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dev_file *df = file->private_data;

	return lcma_ioctl(df->account, cmd, arg);
}

/*
 * There is no splice_write: what comes through a pipe comes page by page, and
 * it is not known where a line ends. splice() and sendfile() get EINVAL.
 */
static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.release = dev_release,
	.read = dev_read,
	.write_iter = dev_write_iter,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static const struct file_operations program_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.release = dev_release,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* In the order in which they appear. */
static struct miscdevice devices[] = {
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "cma_test",
		.fops = &text_fops,
	},
	{
		.minor = MISC_DYNAMIC_MINOR,
		.name = "lcma",
		.fops = &program_fops,
	},
};

/**
 * lcma_dev_init - let the devices appear
 *
 * Context: while the module loads, after the regions are there.
 * Return: 0; what misc_register() returns, -EEXIST among them.
 */
int lcma_dev_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		err = lcma_fault(DEV_REGISTER) ?: misc_register(&devices[i]);
		if (err)
			goto err_deregister;
	}
	return 0;

err_deregister:
	while (i--)
		misc_deregister(&devices[i]);
	return err;
}

/**
 * lcma_dev_exit - remove the devices, and free the text device's buffers
 *
 * Context: while the module unloads; may sleep. No file is open.
 */
void lcma_dev_exit(void)
{
	unsigned int i = ARRAY_SIZE(devices);

	while (i--)
		misc_deregister(&devices[i]);
	lcma_text_free_all();
}
