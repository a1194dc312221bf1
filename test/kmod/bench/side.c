// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two sides: lcma_alloc_pages(), and what the kernel's own DMA code calls,
 * dma_alloc_from_contiguous(), a thin cover of cma_alloc(). That is not
 * exported; its address is learned from a kprobe, which is at once removed. Where
 * that cannot be had, the DMA API is called without a kernel mapping, which
 * comes to the same after some hundred instructions more.
 *
 * Both get the alignment that the kernel's DMA code would ask for, and both give pages
 * that are zero in memory, not only in a cache: lcma by LCMA_ZERO; the kernel's are
 * zeroed by init_on_alloc, or else cleared here, and cleaned here, as dma_alloc_attrs()
 * does it, or a driver by dma_map_page().
 */
#include "bench.h"

#include <linux/bitmap.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/vmalloc.h>

/* The largest piece of what is too much, and how many pieces it may have. */
#define SURPLUS_PAGES	2048UL
#define MAX_SURPLUS	64

#define ATTRS	(DMA_ATTR_NO_KERNEL_MAPPING | DMA_ATTR_NO_WARN)

static struct page *(*cma_take)(struct device *dev, size_t count,
				unsigned int align, bool no_warn);
static bool (*cma_give)(struct device *dev, struct page *pages, int count);

static struct platform_device *pdev;

/* What the kernel's area has beyond its part, and neither side gets. */
static struct surplus {
	struct page *pages;
	unsigned long nr;
} surplus[MAX_SURPLUS];
static unsigned int nr_surplus;

/* Where each side's pages lie. */
struct bench_part bench_parts[BENCH_SIDES];

/**
 * bench_resolve - the address of a function that is not exported
 * @symbol: its name
 *
 * Return: where it is; NULL if that cannot be learned here.
 */
void *bench_resolve(const char *symbol)
{
	struct kprobe probe = { .symbol_name = symbol };
	void *address;

	if (register_kprobe(&probe))
		return NULL;
	address = probe.addr;
	unregister_kprobe(&probe);
	if (IS_ENABLED(CONFIG_THUMB2_KERNEL))
		address += 1;
	return address;
}

/**
 * bench_kernel_way - how the kernel's side allocates
 *
 * Return: a word for the result.
 */
const char *bench_kernel_way(void)
{
	return cma_take ? "dma_alloc_from_contiguous" : "dma_alloc_attrs";
}

static unsigned int order_for(unsigned long nr_pages)
{
	return min_t(unsigned int, BENCH_MAX_ORDER,
		     get_order(nr_pages << PAGE_SHIFT));
}

/**
 * bench_clear - clear pages
 * @pages: the first
 * @nr_pages: how many
 */
void bench_clear(struct page *pages, unsigned long nr_pages)
{
	unsigned long pfn = page_to_pfn(pages);

	while (nr_pages--)
		clear_highpage(pfn_to_page(pfn++));
}

/**
 * bench_clean_ns - how long it takes to clean pages out of the CPU's caches
 * @pages: the first
 * @nr_pages: how many
 *
 * Return: nanoseconds; 0 if the pages cannot be mapped for the device.
 */
u64 bench_clean_ns(struct page *pages, unsigned long nr_pages)
{
	const size_t bytes = nr_pages << PAGE_SHIFT;
	u64 took_ns = bench_now_ns();
	dma_addr_t handle;

	handle = dma_map_page(&pdev->dev, pages, 0, bytes, DMA_TO_DEVICE);
	took_ns = bench_now_ns() - took_ns;
	if (dma_mapping_error(&pdev->dev, handle))
		return 0;
	dma_unmap_page(&pdev->dev, handle, bytes, DMA_TO_DEVICE);
	return took_ns;
}

static struct page *lcma_side_alloc(unsigned long nr_pages, int *err)
{
	struct page *pages = lcma_alloc_pages(bench_region, nr_pages,
					      order_for(nr_pages),
					      LCMA_ZERO | LCMA_QUIET);

	*err = PTR_ERR_OR_ZERO(pages);
	return *err ? NULL : pages;
}

static void lcma_side_free(struct page *pages, unsigned long nr_pages)
{
	WARN_ON_ONCE(!lcma_free_pages(bench_region, pages, nr_pages));
}

static struct page *api_alloc(unsigned long nr_pages)
{
	dma_addr_t handle;

	return dma_alloc_attrs(&pdev->dev, nr_pages << PAGE_SHIFT, &handle,
			       GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN,
			       ATTRS);
}

static struct page *kernel_alloc(unsigned long nr_pages, int *err)
{
	struct page *pages;

	pages = cma_take ? cma_take(&pdev->dev, nr_pages, order_for(nr_pages),
				    true) :
			   api_alloc(nr_pages);
	*err = pages ? 0 : -ENOMEM;
	if (pages && !want_init_on_alloc(GFP_KERNEL))
		bench_clear(pages, nr_pages);
	if (pages)
		bench_clean_ns(pages, nr_pages);
	return pages;
}

static void kernel_free(struct page *pages, unsigned long nr_pages)
{
	if (cma_take)
		WARN_ON_ONCE(!cma_give(&pdev->dev, pages, nr_pages));
	else
		dma_free_attrs(&pdev->dev, nr_pages << PAGE_SHIFT, pages,
			       page_to_phys(pages), ATTRS);
}

const struct bench_side bench_sides[BENCH_SIDES] = {
	[BENCH_LCMA] = { "lcma", lcma_side_alloc, lcma_side_free },
	[BENCH_KERNEL] = { "kernel", kernel_alloc, kernel_free },
};

/**
 * bench_in_part - is an allocation where it has to be?
 * @side: whose it is
 * @pages: the first page
 * @nr_pages: how many
 *
 * Return: true if it lies in the side's part.
 */
bool bench_in_part(unsigned int side, const struct page *pages,
		   unsigned long nr_pages)
{
	const struct bench_part *part = &bench_parts[side];
	unsigned long pfn = page_to_pfn(pages);

	return pfn >= part->first_pfn &&
	       pfn + nr_pages <= part->first_pfn + part->nr_pages;
}

static void drop_surplus(void)
{
	while (nr_surplus--)
		kernel_free(surplus[nr_surplus].pages, surplus[nr_surplus].nr);
	nr_surplus = 0;
}

/*
 * Whatever else the kernel has is taken: what is left of the unit in which some
 * driver had a page already.
 */
static int hold_surplus(void)
{
	unsigned long nr = SURPLUS_PAGES;
	struct page *pages;
	int err;

	/* The DMA API would go on with other memory. */
	while (cma_take && nr) {
		pages = kernel_alloc(nr, &err);
		if (!pages) {
			nr /= 2;
			continue;
		}
		if (nr_surplus == MAX_SURPLUS) {
			kernel_free(pages, nr);
			pr_err("lcma_bench: the kernel's area is larger than twice the region\n");
			return -EFBIG;
		}
		surplus[nr_surplus].pages = pages;
		surplus[nr_surplus++].nr = nr;
	}
	return 0;
}

/*
 * The kernel's part is what it has beside the region in the same area, so it is
 * in the same zone; and as large: it is asked for so much in one piece, and for
 * the rest, which is held.
 */
static int find_kernel_part(void)
{
	struct bench_part *ours = &bench_parts[BENCH_LCMA];
	struct bench_part *theirs = &bench_parts[BENCH_KERNEL];
	struct page *pages;
	int err;

	pages = kernel_alloc(ours->nr_pages, &err);
	if (!pages) {
		pr_err("lcma_bench: the kernel has no %lu pages left\n",
		       ours->nr_pages);
		return err;
	}
	theirs->first_pfn = page_to_pfn(pages);
	theirs->nr_pages = ours->nr_pages;
	err = hold_surplus();
	kernel_free(pages, ours->nr_pages);
	if (err)
		return err;
	if ((theirs->first_pfn < ours->first_pfn + ours->nr_pages &&
	     ours->first_pfn < theirs->first_pfn + theirs->nr_pages) ||
	    page_zone(pfn_to_page(theirs->first_pfn)) !=
	    page_zone(pfn_to_page(ours->first_pfn))) {
		pr_err("lcma_bench: the kernel's %lu pages at %#lx are not as the region's at %#lx\n",
		       theirs->nr_pages, theirs->first_pfn, ours->first_pfn);
		return -ENODEV;
	}
	return 0;
}

/**
 * bench_walk_ns - how long the kernel looks at pages that it does not have
 *
 * Its search begins at the start of the area. Pages below its part are lcma's, or
 * held here, so each search passes over their bits: a handicap that no area of
 * its own has. test/bench/report subtracts it.
 *
 * Return: nanoseconds of such a walk; 0 if nothing lies below the part.
 */
u64 bench_walk_ns(void)
{
	const struct bench_part *ours = &bench_parts[BENCH_LCMA];
	const struct bench_part *theirs = &bench_parts[BENCH_KERNEL];
	unsigned long nr_below = 0, *bits;
	u64 took_ns, least_ns = U64_MAX;
	unsigned int i;

	if (ours->first_pfn < theirs->first_pfn)
		nr_below += ours->nr_pages;
	for (i = 0; i < nr_surplus; i++)
		if (page_to_pfn(surplus[i].pages) < theirs->first_pfn)
			nr_below += surplus[i].nr;
	bits = nr_below ? vzalloc(BITS_TO_LONGS(nr_below) * sizeof(long)) : NULL;
	if (!bits)
		return 0;
	bitmap_fill(bits, nr_below);
	for (i = 0; i < 3; i++) {
		took_ns = bench_now_ns();
		if (find_next_zero_bit(bits, nr_below, 0) != nr_below)
			pr_err("lcma_bench: a bit got lost\n");
		took_ns = bench_now_ns() - took_ns;
		least_ns = min(least_ns, took_ns);
	}
	vfree(bits);
	return least_ns;
}

/**
 * bench_sides_init - find both sides
 *
 * Return: 0; -ENODEV if they are not alike; or what failed.
 */
int bench_sides_init(void)
{
	struct lcma_region_state state;
	int err;

	pdev = platform_device_register_simple("lcma-bench",
					       PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	err = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		goto err_unregister;
	cma_take = bench_resolve("dma_alloc_from_contiguous");
	cma_give = bench_resolve("dma_release_from_contiguous");
	if (!cma_give)
		cma_take = NULL;
	lcma_region_describe(bench_region, &state);
	bench_parts[BENCH_LCMA].first_pfn = PHYS_PFN(state.base);
	bench_parts[BENCH_LCMA].nr_pages = state.nr_pages;
	err = find_kernel_part();
	if (!err)
		return 0;
	drop_surplus();
err_unregister:
	platform_device_unregister(pdev);
	return err;
}

/**
 * bench_sides_exit - forget them
 */
void bench_sides_exit(void)
{
	drop_surplus();
	platform_device_unregister(pdev);
}
