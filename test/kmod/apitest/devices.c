// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions of devices.
 */
#include "apitest.h"

#include <linux/kref.h>
#include <linux/pfn.h>
#include <linux/platform_device.h>

static struct platform_device *forgotten;

static bool is_in(struct lcma_region *region, struct page *page)
{
	struct lcma_region_state s = apitest_state(region);

	return page_to_pfn(page) - PHYS_PFN(s.base) < s.nr_pages;
}

static unsigned int references(struct device *dev)
{
	return kref_read(&dev->kobj.kref);
}

/* A device allocates where it should, and only frees there. */
static void allocates_in(struct device *dev, struct lcma_region *region,
			 struct lcma_region *other)
{
	const struct lcma_region_state before = apitest_state(region);
	const struct lcma_region_state before_there = apitest_state(other);
	struct page *pages, *there;

	pages = lcma_alloc_from_contiguous(dev, 32, 4, 0);
	there = lcma_alloc_pages(other, 32, 4, 0);
	if (!OK(!IS_ERR(pages) && !IS_ERR(there), "pages for a device"))
		return;
	OK(is_in(region, pages) && IS_ALIGNED(page_to_pfn(pages), 16),
	   "they lie in its region, aligned");
	OK(!lcma_release_from_contiguous(dev, there, 32),
	   "another region's pages are not the device's to free");
	OK(!lcma_release_from_contiguous(dev, NULL, 32), "nor is no page");
	OK(lcma_release_from_contiguous(dev, pages, 32), "its own are");
	OK(!lcma_release_from_contiguous(dev, pages, 32), "once");
	OK(lcma_free_pages(other, there, 32), "the others by their region");
	FAILS(lcma_alloc_from_contiguous(dev, before.nr_pages + 1, 0, 0),
	      -EFBIG, "its region's limits are the device's");
	FAILS(lcma_alloc_from_contiguous(dev, 1, 0, BIT(7)), -EOPNOTSUPP,
	      "an unknown flag: EOPNOTSUPP");
	OK(apitest_settles(region, &before) &&
	   apitest_settles(other, &before_there), "everything came back");
}

void apitest_devices(struct lcma_region *region)
{
	struct lcma_region *other = lcma_region_find("classic");
	struct platform_device *a, *b;
	struct page *page;
	unsigned int refs;

	a = platform_device_register_simple("lcma_apitest_a", -1, NULL, 0);
	b = platform_device_register_simple("lcma_apitest_b", -1, NULL, 0);
	if (!OK(!IS_ERR(a) && !IS_ERR(b) && other && other != region,
		"two devices, two regions"))
		return;
	refs = references(&a->dev);
	OK(!lcma_device_region(&a->dev), "a device has no region at first");
	OK(!lcma_device_region(NULL), "nor has no device");
	lcma_device_release(&a->dev);
	page = lcma_alloc_from_contiguous(&a->dev, 4, 0, 0);
	OK(!IS_ERR(page) && lcma_release_from_contiguous(&a->dev, page, 4),
	   "without one it allocates anywhere");
	page = lcma_alloc_from_contiguous(NULL, 4, 0, 0);
	OK(!IS_ERR(page) && lcma_release_from_contiguous(NULL, page, 4),
	   "so does no device");

	OK(lcma_device_assign(NULL, region) == -EINVAL, "no device: EINVAL");
	OK(lcma_device_assign(&a->dev, NULL) == -EINVAL, "no region: EINVAL");
	OK(lcma_device_share(&b->dev, &a->dev) == -ENOENT,
	   "nothing to share: ENOENT");
	OK(lcma_device_share(&b->dev, NULL) == -ENOENT,
	   "no device to share with: ENOENT");

	OK(!lcma_device_assign(&a->dev, region), "assigned");
	OK(lcma_device_region(&a->dev) == region, "and found");
	OK(references(&a->dev) == refs + 1, "the device is held");
	allocates_in(&a->dev, region, other);
	OK(!lcma_device_region(&b->dev), "another device has none still");
	OK(lcma_device_share(NULL, &a->dev) == -EINVAL,
	   "share with no device: EINVAL");
	OK(!lcma_device_share(&b->dev, &a->dev), "shared");
	OK(lcma_device_region(&b->dev) == region, "both have it");
	allocates_in(&b->dev, region, other);

	OK(!lcma_device_assign(&a->dev, other), "assigned another one");
	OK(references(&a->dev) == refs + 1, "the device is held once");
	OK(lcma_device_region(&a->dev) == other &&
	   lcma_device_region(&b->dev) == region, "the other one keeps its region");
	allocates_in(&a->dev, other, region);
	OK(!lcma_device_share(&a->dev, &a->dev) &&
	   lcma_device_region(&a->dev) == other, "shared with itself");

	lcma_device_release(&a->dev);
	OK(!lcma_device_region(&a->dev), "released");
	OK(references(&a->dev) == refs, "the device is let go");
	lcma_device_release(&a->dev);
	OK(references(&a->dev) == refs, "and not twice");
	OK(lcma_device_region(&b->dev) == region, "the other one has its region");
	lcma_device_release(&b->dev);
	lcma_device_release(NULL);
	platform_device_unregister(a);
	platform_device_unregister(b);
}

/* A client that forgets: lcma has to let go of the device when it goes. */
void apitest_forget(struct lcma_region *region)
{
	forgotten = platform_device_register_simple("lcma_apitest_forgotten",
						    -1, NULL, 0);
	OK(!IS_ERR(forgotten) && !lcma_device_assign(&forgotten->dev, region),
	   "a device that is not released");
}

void apitest_devices_exit(void)
{
	if (!IS_ERR_OR_NULL(forgotten))
		platform_device_unregister(forgotten);
}
