// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver whose device has two regions, and that lets go of nothing itself: a plane in
 * each, where the device reaches it; unbinding, and probes that fail.
 */
#include "apitest.h"

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/kref.h>
#include <linux/pfn.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#define NAME	"lcma_apitest_managed"

/* What probe is to do, and what came of it. */
static struct lcma_region *banks[2];
static bool is_to_fail;
static bool is_early;		/* it is not asked for anything yet */
static struct lcma_buffer *planes[2];
static dma_addr_t addrs[2];
static int came_of_it;

static const struct lcma_buffer_params params = {
	.bytes = SZ_256K, .label = "plane", .flags = LCMA_QUIET,
};

static int get_plane(struct device *dev, unsigned int i)
{
	int err = devm_lcma_device_assign_at(dev, i, banks[i]);

	if (err)
		return err;
	planes[i] = devm_lcma_buffer_alloc_for(dev, i, &params);
	if (IS_ERR(planes[i]))
		return PTR_ERR(planes[i]);
	return devm_lcma_buffer_map(dev, planes[i], DMA_BIDIRECTIONAL, &addrs[i]);
}

static int probe(struct platform_device *pdev)
{
	int err;

	if (is_early)
		return -ENODEV;
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	err = err ?: get_plane(&pdev->dev, 0);
	err = err ?: get_plane(&pdev->dev, 1);
	came_of_it = err;
	return err ?: is_to_fail ? -EIO : 0;
}

static struct platform_driver driver = {
	.probe = probe,
	.driver.name = NAME,
};

static bool lies_in(const struct lcma_buffer *buffer, struct lcma_region *region)
{
	const struct lcma_region_state s = apitest_state(region);

	return lcma_buffer_phys(buffer) - s.base < (phys_addr_t)s.nr_pages << PAGE_SHIFT;
}

/* Bound and unbound; or a probe that fails after it has got everything. */
static void a_driver(struct platform_device *pdev, struct lcma_region *region,
		     struct lcma_region *other, bool fails)
{
	const struct lcma_region_state before = apitest_state(region);
	const struct lcma_region_state before_there = apitest_state(other);
	struct device *dev = &pdev->dev;
	struct lcma_buffer *kept;

	is_to_fail = fails;
	banks[0] = region;
	banks[1] = other;
	if (!OK(!device_attach(dev) == fails && !came_of_it, "a probe that %s",
		fails ? "fails at last" : "succeeds"))
		return;
	if (!fails) {
		OK(lies_in(planes[0], region) && lies_in(planes[1], other),
		   "a plane in each of two banks");
		OK(addrs[0] == lcma_buffer_phys(planes[0]) &&
		   addrs[1] == lcma_buffer_phys(planes[1]), "the device sees each where it is");
		OK(lcma_device_region_at(dev, 0) == region &&
		   lcma_device_region_at(dev, 1) == other &&
		   !lcma_device_region_at(dev, 2), "two regions by number");
		kept = planes[1];
		lcma_buffer_get(kept);
		device_release_driver(dev);
		OK(apitest_settles(region, &before), "unbound: the plane is freed");
		OK(apitest_state(other).used_pages > before_there.used_pages,
		   "but not the one of which there is another reference");
		lcma_buffer_put(kept);
	}
	OK(!lcma_device_region_at(dev, 0) && !lcma_device_region_at(dev, 1),
	   "the device has no regions");
	OK(apitest_settles(region, &before) && apitest_settles(other, &before_there),
	   "everything came back");
}

static void numbers(struct device *dev, struct device *part, struct lcma_region *region,
		    struct lcma_region *other)
{
	OK(lcma_device_assign_at(dev, LCMA_DEVICE_REGIONS, region) == -EINVAL,
	   "a number that is too large: EINVAL");
	OK(lcma_device_assign_at(NULL, 0, region) == -EINVAL &&
	   lcma_device_assign_at(dev, 1, NULL) == -EINVAL, "no device, no region: EINVAL");
	FAILS(lcma_buffer_alloc_for(dev, 0, &params), -ENODEV, "no region: ENODEV");
	FAILS(lcma_buffer_alloc_for(NULL, 0, &params), -ENODEV, "no device: ENODEV");
	OK(!lcma_device_assign_at(dev, 1, other), "the second region only");
	OK(!lcma_device_region(dev) && lcma_device_region_at(dev, 1) == other,
	   "is not the first");
	FAILS(lcma_buffer_alloc_for(dev, 0, &params), -ENODEV, "the first is missing: ENODEV");
	FAILS(lcma_buffer_alloc_for(dev, LCMA_DEVICE_REGIONS, &params), -ENODEV,
	      "a number that is too large: ENODEV");
	OK(!lcma_device_assign(dev, region), "the first as well");
	OK(lcma_device_region(dev) == region && lcma_device_region_at(dev, 1) == other,
	   "leaves the second alone");
	OK(!lcma_device_region_named(dev, "planes"), "without a node there are no names");
	OK(!lcma_device_share(part, dev), "shared with a part of the device");
	OK(lcma_device_region_at(part, 0) == region &&
	   lcma_device_region_at(part, 1) == other &&
	   !lcma_device_region_at(part, 2), "which has both, in the same order");
	lcma_device_release(part);
	lcma_device_release(dev);
	OK(!lcma_device_region_at(dev, 0) && !lcma_device_region_at(dev, 1),
	   "both are taken away");
}

/* A device that reaches nothing, half of a region, all. */
static void partly(struct device *dev, struct lcma_region *region)
{
	const struct lcma_region_state s = apitest_state(region);
	const u64 middle = s.base + ((u64)s.nr_pages << PAGE_SHIFT) / 2;
	const u64 was = dev->coherent_dma_mask;
	struct lcma_buffer *held[8];
	unsigned int i, nr = 0, nr_below = 0;

	if (!OK(!lcma_device_assign(dev, region), "a region"))
		return;
	OK(lcma_device_reaches(dev, region) == LCMA_REACHES_ALL, "all is reached");
	dev->coherent_dma_mask = s.base - 1;
	OK(lcma_device_reaches(dev, region) == LCMA_REACHES_NONE, "nothing is reached");
	FAILS(lcma_buffer_alloc_for(dev, 0, &params), -EOPNOTSUPP, "out of reach: EOPNOTSUPP");
	dev->coherent_dma_mask = middle - 1;
	OK(lcma_device_reaches(dev, region) == LCMA_REACHES_PART, "half is reached");
	for (; nr < ARRAY_SIZE(held); nr++) {
		held[nr] = lcma_buffer_alloc_for(dev, 0, &(struct lcma_buffer_params) {
			.bytes = SZ_2M, .flags = LCMA_QUIET });
		if (IS_ERR(held[nr]))
			break;
		nr_below += lcma_buffer_phys(held[nr]) + lcma_buffer_bytes(held[nr]) <= middle;
	}
	OK(nr && nr == nr_below, "%u buffers lie in that half", nr);
	OK(nr * (u64)SZ_2M <= middle - s.base, "and no more than fit");
	FAILS(lcma_buffer_alloc_for(dev, 0, &(struct lcma_buffer_params) {
		.bytes = middle - s.base + PAGE_SIZE, .flags = LCMA_QUIET }), -ENOSPC,
	      "more than half: ENOSPC");
	for (i = 0; i < nr; i++)
		lcma_buffer_put(held[i]);
	FAILS(lcma_buffer_alloc_for(dev, 0, &(struct lcma_buffer_params) {
		.bytes = SZ_2M, .limits.below = s.base + SZ_1M, .flags = LCMA_QUIET }),
	      -ENOSPC, "a stricter limit of the caller's counts: ENOSPC");
	held[0] = lcma_buffer_alloc_for(dev, 0, &(struct lcma_buffer_params) {
		.bytes = middle - s.base, .limits.below = U64_MAX, .flags = LCMA_QUIET });
	if (OK(!IS_ERR(held[0]), "a laxer one does not")) {
		OK(lcma_buffer_phys(held[0]) == s.base, "all of the half is handed out");
		lcma_buffer_put(held[0]);
	}
	dev->coherent_dma_mask = was;
	lcma_device_release(dev);
}

/* A list of regions, from a module. */
static void lists(struct lcma_region *region, struct lcma_region *other)
{
	struct lcma_buffer_params list = {
		.bytes = SZ_256K, .regions = "private+classic", .flags = LCMA_QUIET };
	struct lcma_buffer *a = lcma_buffer_alloc(NULL, &list);
	struct lcma_buffer *b = lcma_buffer_alloc(NULL, &list);

	if (OK(!IS_ERR(a) && !IS_ERR(b), "two buffers of a list")) {
		OK(lies_in(a, region) != lies_in(b, region) &&
		   lies_in(a, other) != lies_in(b, other), "lie in one region each");
		lcma_buffer_put(a);
		lcma_buffer_put(b);
	}
	list.regions = "private,classic";
	a = lcma_buffer_alloc(NULL, &list);
	b = lcma_buffer_alloc(NULL, &list);
	if (OK(!IS_ERR(a) && !IS_ERR(b), "two buffers of an ordered list")) {
		OK(lies_in(a, region) && lies_in(b, region), "lie in the first region");
		lcma_buffer_put(a);
		lcma_buffer_put(b);
	}
	list.regions = "private+nowhere";
	FAILS(lcma_buffer_alloc(NULL, &list), -ENOENT, "a name that is none: ENOENT");
	list.regions = "private,,classic";
	FAILS(lcma_buffer_alloc(NULL, &list), -EINVAL, "an empty name: EINVAL");
	list.regions = "private+private";
	FAILS(lcma_buffer_alloc(NULL, &list), -EINVAL, "a name twice: EINVAL");
}

/* A mapping is the only one that has a reference: the buffer stays until it goes. */
static void mapped_only(struct platform_device *pdev, struct lcma_region *region)
{
	const struct lcma_region_state before = apitest_state(region);
	unsigned long nr_used;
	struct lcma_buffer *buffer;
	dma_addr_t addr;

	is_to_fail = false;
	if (!OK(device_attach(&pdev->dev) == 1 && !came_of_it, "bound again"))
		return;
	nr_used = apitest_state(region).used_pages;
	buffer = lcma_buffer_alloc(region, &params);
	if (!OK(!IS_ERR(buffer), "a buffer that is nothing of a device's"))
		return;
	OK(!devm_lcma_buffer_map(&pdev->dev, buffer, DMA_BIDIRECTIONAL, &addr) &&
	   addr == lcma_buffer_phys(buffer), "is mapped for one");
	lcma_buffer_put(buffer);
	OK(apitest_state(region).used_pages > nr_used,
	   "and stays when its owner puts it");
	device_release_driver(&pdev->dev);
	OK(apitest_settles(region, &before), "until the driver goes");
}

/* A device that is gone, and of which somebody has a reference. */
static void removed(struct lcma_region *region, struct lcma_region *other)
{
	const struct lcma_region_state before = apitest_state(region);
	struct platform_device *pdev;
	struct lcma_buffer *buffer;

	pdev = platform_device_register_full(&(struct platform_device_info) {
		.name = NAME "_removed", .id = -1, .dma_mask = DMA_BIT_MASK(32) });
	if (!OK(!IS_ERR(pdev), "one more device"))
		return;
	OK(!lcma_device_assign_at(&pdev->dev, 0, region), "it has a region");
	get_device(&pdev->dev);
	platform_device_unregister(pdev);
	OK(lcma_device_region_at(&pdev->dev, 0) == region, "and keeps it when it goes");
	buffer = lcma_buffer_alloc_for(&pdev->dev, 0, &params);
	if (OK(!IS_ERR(buffer) && lies_in(buffer, region), "memory for it is there"))
		lcma_buffer_put(buffer);
	OK(!lcma_device_assign_at(&pdev->dev, 1, other) &&
	   lcma_device_region_at(&pdev->dev, 1) == other, "it can be assigned another region");
	lcma_device_release(&pdev->dev);
	OK(!lcma_device_region_at(&pdev->dev, 0) && !lcma_device_region_at(&pdev->dev, 1),
	   "and loses both");
	FAILS(lcma_buffer_alloc_for(&pdev->dev, 0, &params), -ENODEV, "then: ENODEV");
	OK(kref_read(&pdev->dev.kobj.kref) == 1, "lcma has let go of it");
	put_device(&pdev->dev);
	OK(apitest_settles(region, &before), "everything came back");
}

/* A device that is assigned a drained region: the assignment waits for its memory. */
static struct platform_device *waiting;

void apitest_managed_gone(struct lcma_region *region)
{
	struct lcma_region *other = lcma_region_find("private");
	struct platform_device *part;
	struct lcma_buffer *buffer;
	struct device *dev;

	OK(lcma_region_find("classic") == region, "a drained region is found");
	waiting = platform_device_register_full(&(struct platform_device_info) {
		.name = NAME "_gone", .id = -1, .dma_mask = DMA_BIT_MASK(32) });
	if (!OK(!IS_ERR(waiting) && other, "a device"))
		return;
	dev = &waiting->dev;
	OK(!lcma_device_assign_at(dev, 0, region), "a drained region is assigned");
	OK(lcma_device_region(dev) == region, "and is the device's");
	FAILS(lcma_buffer_alloc_for(dev, 0, &params), -ENOENT, "but has no memory: ENOENT");
	FAILS(lcma_alloc_from_contiguous(dev, 1, 0, 0), -ENOENT, "nor pages: ENOENT");
	OK(!lcma_device_assign_at(dev, 1, other), "a second one that is there");
	buffer = lcma_buffer_alloc_for(dev, 1, &params);
	if (OK(!IS_ERR(buffer) && lies_in(buffer, other), "serves the device"))
		lcma_buffer_put(buffer);
	part = platform_device_register_simple(NAME "_part", -1, NULL, 0);
	if (!OK(!IS_ERR(part), "a part of the device"))
		return;
	OK(!lcma_device_share(&part->dev, dev) && lcma_device_region(&part->dev) == region,
	   "the drained one is shared as well");
	lcma_device_release(&part->dev);
	platform_device_unregister(part);
}

/* The region was brought back: what was assigned meanwhile, or before, serves. */
void apitest_managed_back(struct lcma_region *region)
{
	struct lcma_buffer *buffer;

	if (!OK(!IS_ERR_OR_NULL(waiting), "a device"))
		return;
	OK(lcma_device_region(&waiting->dev) == region, "it still has the region");
	buffer = lcma_buffer_alloc_for(&waiting->dev, 0, &params);
	if (OK(!IS_ERR(buffer) && lies_in(buffer, region), "which has memory again"))
		lcma_buffer_put(buffer);
	lcma_device_release(&waiting->dev);
	platform_device_unregister(waiting);
	waiting = NULL;
}

void apitest_managed(struct lcma_region *region)
{
	struct lcma_region *other = lcma_region_find("classic");
	struct platform_device *pdev, *part;

	pdev = platform_device_register_full(&(struct platform_device_info) {
		.name = NAME, .id = -1, .dma_mask = DMA_BIT_MASK(32) });
	part = platform_device_register_simple(NAME "_part", -1, NULL, 0);
	if (!OK(!IS_ERR(pdev) && !IS_ERR(part) && other && other != region,
		"two devices, two regions"))
		return;
	numbers(&pdev->dev, &part->dev, region, other);
	platform_device_unregister(part);
	removed(region, other);
	partly(&pdev->dev, region);
	lists(region, other);
	if (OK(!platform_driver_register(&driver), "a driver")) {
		device_release_driver(&pdev->dev);
		a_driver(pdev, region, other, false);
		a_driver(pdev, region, other, true);
		mapped_only(pdev, region);
		platform_driver_unregister(&driver);
	}
	platform_device_unregister(pdev);
}

/*
 * What the bus allocates for itself does not count as ours: a failure there can leave the
 * kernel's own links in sysfs behind.
 */
static unsigned int pause_failures(void)
{
	unsigned int nth = 0;

#ifdef CONFIG_FAULT_INJECTION
	swap(nth, current->fail_nth);
#endif
	return nth;
}

static void resume_failures(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

/* The driver is bound, and unbound. Return: 0; the first error. */
static int try_driver(struct platform_device *pdev, unsigned int *nth)
{
	int err;

	is_early = true;
	err = platform_driver_register(&driver);
	is_early = false;
	if (err)
		return err;
	/* The bus does not ask the driver if it has no memory itself. */
	came_of_it = -ENOMEM;
	resume_failures(*nth);
	err = device_attach(&pdev->dev);
	*nth = pause_failures();
	platform_driver_unregister(&driver);
	return err < 0 ? err : came_of_it;
}

/* Return: 0; the first error; nothing is left of it either way. */
int apitest_try_managed(struct lcma_region *region)
{
	unsigned int nth = pause_failures();
	struct platform_device *pdev;
	int err;

	pdev = platform_device_register_full(&(struct platform_device_info) {
		.name = NAME, .id = -1, .dma_mask = DMA_BIT_MASK(32) });
	if (IS_ERR(pdev)) {
		err = PTR_ERR(pdev);
	} else {
		banks[0] = region;
		banks[1] = region;
		is_to_fail = false;
		err = try_driver(pdev, &nth);
		platform_device_unregister(pdev);
	}
	resume_failures(nth);
	return err;
}
