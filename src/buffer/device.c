// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: see device.h. A region can be assigned to any number of devices;
 * sharing copies one device's region to another (as CMA v14 did for the parts
 * of a media pipeline).
 */
#include "buffer/device.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "fault.h"

/**
 * struct assignment - a device and its region
 * @link: in assignments
 * @dev: the device, with a reference
 * @region: the region
 */
struct assignment {
	struct list_head link;
	struct device *dev;
	struct lcma_region *region;
};

/* Protects assignments; lookups happen where the caller may not sleep. */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(assignments);

static struct assignment *find_assignment(struct device *dev)
{
	struct assignment *a;

	list_for_each_entry(a, &assignments, link)
		if (a->dev == dev)
			return a;
	return NULL;
}

/**
 * lcma_device_assign - say which region a device allocates from
 * @dev: the device
 * @region: the region
 *
 * A device that had another region has this one afterwards. What it has
 * allocated stays where it is: free it before, or by region.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if either is NULL; -ENOMEM.
 */
int lcma_device_assign(struct device *dev, struct lcma_region *region)
{
	struct assignment *fresh, *old;
	unsigned long flags;

	if (!dev || !region)
		return -EINVAL;
	fresh = lcma_fault(DEVICE_ASSIGN) ? NULL :
		kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	fresh->dev = get_device(dev);
	fresh->region = region;

	spin_lock_irqsave(&lock, flags);
	old = find_assignment(dev);
	if (old)
		old->region = region;
	else
		list_add(&fresh->link, &assignments);
	spin_unlock_irqrestore(&lock, flags);
	if (old) {
		put_device(dev);
		kfree(fresh);
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(lcma_device_assign, LCMA_NS);

/**
 * lcma_device_share - give a device the region of another one
 * @dev: the device
 * @from: the device that has a region
 *
 * Context: process, may sleep.
 * Return: 0; -ENOENT if @from has none; -EINVAL; -ENOMEM.
 */
int lcma_device_share(struct device *dev, struct device *from)
{
	struct lcma_region *region = lcma_device_region(from);

	return region ? lcma_device_assign(dev, region) : -ENOENT;
}
EXPORT_SYMBOL_NS_GPL(lcma_device_share, LCMA_NS);

/**
 * lcma_device_release - take a device's region away
 * @dev: the device; nothing happens if it had none
 *
 * Call it before the device goes away, and before your module does.
 *
 * Context: process.
 */
void lcma_device_release(struct device *dev)
{
	struct assignment *a;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	a = find_assignment(dev);
	if (a)
		list_del(&a->link);
	spin_unlock_irqrestore(&lock, flags);
	if (a) {
		put_device(a->dev);
		kfree(a);
	}
}
EXPORT_SYMBOL_NS_GPL(lcma_device_release, LCMA_NS);

/**
 * lcma_device_region - which region does a device allocate from?
 * @dev: the device, or NULL
 *
 * Context: any.
 * Return: the region; NULL if none was assigned.
 */
struct lcma_region *lcma_device_region(struct device *dev)
{
	struct lcma_region *region = NULL;
	struct assignment *a;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	a = find_assignment(dev);
	if (a)
		region = a->region;
	spin_unlock_irqrestore(&lock, flags);
	return region;
}
EXPORT_SYMBOL_NS_GPL(lcma_device_region, LCMA_NS);

/**
 * lcma_devices_forget - drop what clients forgot to release
 *
 * Context: while the module unloads.
 */
void lcma_devices_forget(void)
{
	struct assignment *a, *next;

	list_for_each_entry_safe(a, next, &assignments, link) {
		list_del(&a->link);
		put_device(a->dev);
		kfree(a);
	}
}
