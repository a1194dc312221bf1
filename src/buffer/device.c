// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: see device.h. A region can be assigned to any number of devices, and a
 * device can have several, by number; sharing copies one device's regions to another
 * (as CMA v14 did for the parts of a media pipeline). What was not assigned is as
 * memory-region of the device's node says.
 */
#include "buffer/device.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "buffer/phandle.h"
#include "fault.h"

/**
 * struct assignment - a device and its regions
 * @link: in assignments
 * @dev: the device, with a reference
 * @regions: the regions by number; NULL: not assigned
 */
struct assignment {
	struct list_head link;
	struct device *dev;
	struct lcma_region *regions[LCMA_DEVICE_REGIONS];
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

/* What is NULL in @regions stays as it is. Return: 0; -ENOMEM. */
static int assign(struct device *dev,
		  struct lcma_region *const regions[LCMA_DEVICE_REGIONS])
{
	struct assignment *fresh, *a;
	unsigned long flags;
	unsigned int i;

	fresh = lcma_fault(DEVICE_ASSIGN) ? NULL :
		kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	fresh->dev = get_device(dev);

	spin_lock_irqsave(&lock, flags);
	a = find_assignment(dev);
	if (!a) {
		list_add(&fresh->link, &assignments);
		swap(a, fresh);
	}
	for (i = 0; i < LCMA_DEVICE_REGIONS; i++)
		a->regions[i] = regions[i] ?: a->regions[i];
	spin_unlock_irqrestore(&lock, flags);
	if (fresh) {
		put_device(dev);
		kfree(fresh);
	}
	return 0;
}

/**
 * lcma_device_assign_at - say which region a device allocates from, for one number
 * @dev: the device
 * @index: the number, below LCMA_DEVICE_REGIONS; 0 is the one of lcma_device_region()
 * @region: the region
 *
 * A device that had another region there has this one afterwards. What it has
 * allocated stays where it is: free it before, or by region. lcma_device_release()
 * takes all of a device's regions away.
 *
 * A region that is drained, or is being drained, is assigned like any other, as one that
 * is drained later stays assigned: it can be brought back. Until then allocations fail
 * with -ENOENT.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if either is NULL, or for a number that is too large; -ENOMEM.
 */
int lcma_device_assign_at(struct device *dev, unsigned int index,
			  struct lcma_region *region)
{
	struct lcma_region *regions[LCMA_DEVICE_REGIONS] = { };

	if (!dev || !region || index >= LCMA_DEVICE_REGIONS)
		return -EINVAL;
	regions[index] = region;
	return assign(dev, regions);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_assign_at, LCMA_NS);

/**
 * lcma_device_assign - say which region a device allocates from
 * @dev: the device
 * @region: the region
 *
 * lcma_device_assign_at() with the number 0.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL if either is NULL; -ENOMEM.
 */
int lcma_device_assign(struct device *dev, struct lcma_region *region)
{
	return lcma_device_assign_at(dev, 0, region);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_assign, LCMA_NS);

/**
 * lcma_device_share - give a device the regions of another one
 * @dev: the device
 * @from: the device that has regions, drained ones included
 *
 * Context: process, may sleep.
 * Return: 0; -ENOENT if @from has none; -EINVAL; -ENOMEM.
 */
int lcma_device_share(struct device *dev, struct device *from)
{
	struct lcma_region *regions[LCMA_DEVICE_REGIONS];
	unsigned int i, nr = 0;

	for (i = 0; i < LCMA_DEVICE_REGIONS; i++) {
		regions[i] = lcma_device_region_at(from, i);
		nr += !!regions[i];
	}
	if (!nr)
		return -ENOENT;
	return dev ? assign(dev, regions) : -EINVAL;
}
EXPORT_SYMBOL_NS_GPL(lcma_device_share, LCMA_NS);

/**
 * lcma_device_release - take a device's regions away
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
 * lcma_device_region_at - which region has a device at a number?
 * @dev: the device, or NULL
 * @index: the number
 *
 * What was assigned; else the first region in the node that memory-region of the device's
 * node names there. Either may be drained.
 *
 * Context: any.
 * Return: the region; NULL: none.
 */
struct lcma_region *lcma_device_region_at(struct device *dev, unsigned int index)
{
	struct lcma_region *region = NULL;
	struct assignment *a;
	unsigned long flags;

	if (index >= LCMA_DEVICE_REGIONS)
		return NULL;
	spin_lock_irqsave(&lock, flags);
	a = find_assignment(dev);
	if (a)
		region = a->regions[index];
	spin_unlock_irqrestore(&lock, flags);
	return region ?: lcma_phandle_region(dev, index);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_region_at, LCMA_NS);

/**
 * lcma_device_region - which region does a device allocate from?
 * @dev: the device, or NULL
 *
 * Context: any.
 * Return: the region of the number 0; NULL: none.
 */
struct lcma_region *lcma_device_region(struct device *dev)
{
	return lcma_device_region_at(dev, 0);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_region, LCMA_NS);

/**
 * lcma_device_region_named - which region has a device by this name?
 * @dev: the device, or NULL
 * @name: as in memory-region-names of its node
 *
 * Context: any.
 * Return: the region; NULL: none.
 */
struct lcma_region *lcma_device_region_named(struct device *dev, const char *name)
{
	const int index = lcma_phandle_index(dev, name);

	return index < 0 ? NULL : lcma_device_region_at(dev, index);
}
EXPORT_SYMBOL_NS_GPL(lcma_device_region_named, LCMA_NS);

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
