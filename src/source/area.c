// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas: see area.h.
 *
 * The area is asked for through the DMA API, by a device of our own and
 * without a kernel mapping: then the answer is a struct page, and nothing but
 * the kernel's bitmap of the area remembers it. free_contig_range() gives the
 * pages to the buddy allocator while that bitmap keeps them as taken, so no
 * other user of the area meets us.
 *
 * It is taken unit by unit, because one large allocation, hours after boot,
 * fails on the first pinned page. The area aligns to less than a unit; small
 * fillers push the next allocation to a unit's edge. The first row of
 * neighbouring units that is long enough is kept; everything else goes back
 * whole and at once.
 */
#include "source/area.h"

#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "fault.h"
#include "page/pageblock.h"
#include "source/reason.h"

#define CARVE_ATTRS	(DMA_ATTR_NO_KERNEL_MAPPING | DMA_ATTR_NO_WARN)

/* The DMA API asks the area for more than one page only. */
#define PROBE_PAGES		2

/**
 * struct piece - one allocation from the kernel's area
 * @link: in a list of them, ascending by page frame
 * @pfn: first page frame
 * @nr_pages: how many
 * @handle: the DMA address, which freeing wants to see again
 */
struct piece {
	struct list_head link;
	unsigned long pfn;
	unsigned long nr_pages;
	dma_addr_t handle;
};

/**
 * struct lcma_area - a device, and what it has taken of its area
 * @pdev: the device that asks
 * @units: a piece per unit, ascending
 */
struct lcma_area {
	struct platform_device *pdev;
	struct list_head units;
};

static void free_piece(struct device *dev, struct piece *piece)
{
	dma_free_attrs(dev, piece->nr_pages << PAGE_SHIFT,
		       pfn_to_page(piece->pfn), piece->handle, CARVE_ATTRS);
	kfree(piece);
}

static void free_pieces(struct device *dev, struct list_head *pieces)
{
	struct piece *piece, *next;

	list_for_each_entry_safe(piece, next, pieces, link) {
		list_del(&piece->link);
		free_piece(dev, piece);
	}
}

/*
 * The DMA API silently falls back to the buddy allocator when the area has
 * nothing to give. Only memory of the area is in blocks of its type, and only
 * without a kernel mapping is the cookie the page itself.
 */
static bool piece_is_cma(const struct piece *piece, const void *cookie)
{
	unsigned long pfn;

	if (cookie != pfn_to_page(piece->pfn))
		return false;
	for (pfn = piece->pfn; pfn < piece->pfn + piece->nr_pages;
	     pfn += min(pageblock_nr_pages, piece->nr_pages))
		if (!lcma_pageblock_is_shareable(pfn))
			return false;
	return true;
}

/* Return: a piece; -ENOSPC if the area has none; -ENOMEM. */
static struct piece *alloc_piece(struct device *dev, unsigned long nr_pages)
{
	const size_t bytes = nr_pages << PAGE_SHIFT;
	struct piece *piece;
	void *cookie;

	piece = lcma_fault(CMA_PIECE) ? NULL :
		kzalloc(sizeof(*piece), GFP_KERNEL);
	if (!piece)
		return ERR_PTR(-ENOMEM);
	cookie = lcma_fault(CMA_AREA) ? NULL :
		 dma_alloc_attrs(dev, bytes, &piece->handle,
				 GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN,
				 CARVE_ATTRS);
	if (!cookie) {
		kfree(piece);
		return ERR_PTR(-ENOSPC);
	}
	piece->pfn = PHYS_PFN(dma_to_phys(dev, piece->handle));
	piece->nr_pages = nr_pages;
	if (!piece_is_cma(piece, cookie)) {
		dma_free_attrs(dev, bytes, cookie, piece->handle, CARVE_ATTRS);
		kfree(piece);
		return ERR_PTR(-ENOSPC);
	}
	return piece;
}

static void insert_sorted(struct list_head *pieces, struct piece *new)
{
	struct list_head *at = pieces;
	struct piece *piece;

	list_for_each_entry(piece, pieces, link) {
		if (piece->pfn > new->pfn) {
			at = &piece->link;
			break;
		}
	}
	list_add_tail(&new->link, at);
}

/* The first unit of such a row, or NULL. */
static struct piece *find_row(struct list_head *units, struct lcma_row *want)
{
	struct piece *piece, *first = NULL, *previous = NULL;
	unsigned long row = 0;

	list_for_each_entry(piece, units, link) {
		if (!previous || previous->pfn + previous->nr_pages != piece->pfn)
			row = 0;
		previous = piece;
		if (!lcma_source_may_end(want->spec, piece->pfn + piece->nr_pages))
			break;
		if (!row && !lcma_source_may_begin(want->spec, piece->pfn))
			continue;
		if (!row++)
			first = piece;
		want->longest = max(want->longest, row);
		if (row == want->nr_units)
			return first;
	}
	return NULL;
}

/*
 * Ask once more. A unit that lies well joins @units; what lies badly is
 * exchanged for a filler up to the next edge, so that the next one lies well.
 */
static int gather_one(struct device *dev, unsigned long unit_pages,
		      struct list_head *units, struct list_head *fillers)
{
	struct piece *piece, *filler;
	unsigned long gap;

	piece = alloc_piece(dev, unit_pages);
	if (IS_ERR(piece))
		return PTR_ERR(piece);

	gap = ALIGN(piece->pfn, unit_pages) - piece->pfn;
	if (!gap) {
		insert_sorted(units, piece);
		return 0;
	}
	free_piece(dev, piece);
	filler = alloc_piece(dev, gap);
	if (IS_ERR(filler))
		return PTR_ERR(filler);
	list_add(&filler->link, fillers);
	return 0;
}

/* Move the row that begins at @first from @units to @row. */
static void keep_row(struct piece *first, unsigned long nr_units,
		     struct list_head *units, struct list_head *row)
{
	struct piece *piece = first, *next;

	while (nr_units--) {
		next = list_next_entry(piece, link);
		list_move_tail(&piece->link, row);
		piece = next;
	}
}

static int gather_units(struct device *dev, struct lcma_row *want,
			struct list_head *row)
{
	const unsigned long unit_pages = lcma_unit_pages();
	struct piece *first = NULL;
	LIST_HEAD(fillers);
	LIST_HEAD(units);
	int err;

	do {
		err = gather_one(dev, unit_pages, &units, &fillers);
		if (!err)
			first = find_row(&units, want);
	} while (!err && !first);

	if (first) {
		keep_row(first, want->nr_units, &units, row);
		err = 0;
	}
	free_pieces(dev, &fillers);
	free_pieces(dev, &units);
	return err;
}

static struct platform_device *make_device(void)
{
	struct platform_device *pdev;
	int err;

	pdev = ERR_PTR(lcma_fault(CMA_DEVICE)) ?:
	       platform_device_register_simple("lcma", PLATFORM_DEVID_AUTO,
					       NULL, 0);
	if (IS_ERR(pdev))
		return pdev;
	err = lcma_fault(CMA_MASK) ?:
	      dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err) {
		platform_device_unregister(pdev);
		return ERR_PTR(err);
	}
	return pdev;
}

/**
 * lcma_area_open - a device that can take pieces of its area
 *
 * Its area is the kernel's default one, unless the caller gives the device another.
 *
 * Context: process, may sleep.
 * Return: the area, of which nothing is taken; ERR_PTR: -ENOMEM; -EIO the device
 * could not reach all memory; what platform_device_register_simple() returns.
 */
struct lcma_area *lcma_area_open(void)
{
	struct lcma_area *area;
	int err;

	area = lcma_fault(CMA_CARVE) ? NULL : kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&area->units);
	area->pdev = make_device();
	if (IS_ERR(area->pdev)) {
		err = PTR_ERR(area->pdev);
		kfree(area);
		return ERR_PTR(err);
	}
	return area;
}

/**
 * lcma_area_device - the device that asks
 * @area: the area
 *
 * Context: any.
 * Return: the device, which lives as long as the area.
 */
struct device *lcma_area_device(struct lcma_area *area)
{
	return &area->pdev->dev;
}

/**
 * lcma_area_close - the end
 * @area: the area. A unit that was not given back stays taken in the kernel's
 *	bitmap of the area for good, and its pages are ordinary movable memory.
 *
 * Context: process, may sleep.
 */
void lcma_area_close(struct lcma_area *area)
{
	struct piece *piece, *next;

	list_for_each_entry_safe(piece, next, &area->units, link) {
		list_del(&piece->link);
		kfree(piece);
	}
	platform_device_unregister(area->pdev);
	kfree(area);
}

/* How many pages around this one are in blocks of the area's type? */
static unsigned long area_pages(unsigned long pfn)
{
	const struct zone *zone = page_zone(pfn_to_page(pfn));
	unsigned long first = ALIGN_DOWN(pfn, pageblock_nr_pages);
	unsigned long end = first + pageblock_nr_pages;

	while (zone_spans_pfn(zone, first - pageblock_nr_pages) &&
	       pfn_valid(first - pageblock_nr_pages) &&
	       lcma_pageblock_is_shareable(first - pageblock_nr_pages))
		first -= pageblock_nr_pages;
	while (zone_spans_pfn(zone, end) && pfn_valid(end) &&
	       lcma_pageblock_is_shareable(end))
		end += pageblock_nr_pages;
	return end - first;
}

/**
 * lcma_area_measure - how large is the area?
 * @area: the area; any piece of it tells where it is
 * @nr_pages: the answer; 0: there is none, or nothing of it can be had
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM.
 */
int lcma_area_measure(struct lcma_area *area, unsigned long *nr_pages)
{
	struct device *dev = lcma_area_device(area);
	struct piece *piece = alloc_piece(dev, PROBE_PAGES);

	*nr_pages = 0;
	if (IS_ERR(piece))
		return PTR_ERR(piece) == -ENOSPC ? 0 : PTR_ERR(piece);
	*nr_pages = area_pages(piece->pfn);
	free_piece(dev, piece);
	return 0;
}

/**
 * lcma_area_row - which units does a region want?
 * @spec: the region
 * @row: the answer, which points to @spec
 *
 * Context: process.
 * Return: 0; or, and the log says so: -EFBIG more than one region can be; -EINVAL at=
 * is no place for a unit.
 */
int lcma_area_row(const struct lcma_spec *spec, struct lcma_row *row)
{
	const unsigned long unit_pages = lcma_unit_pages();

	if (spec->size_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES) {
		lcma_reason_err("region %s: %llu KiB is more than one region can be",
				spec->name, spec->size_bytes >> 10);
		return -EFBIG;
	}
	if (spec->at & (((u64)unit_pages << PAGE_SHIFT) - 1)) {
		lcma_reason_err("region %s: at= has to be a multiple of %lu KiB, the unit in which memory is shared",
				spec->name, unit_pages << (PAGE_SHIFT - 10));
		return -EINVAL;
	}
	*row = (struct lcma_row) {
		.spec = spec,
		.nr_units = DIV_ROUND_UP((unsigned long)(spec->size_bytes >> PAGE_SHIFT) +
					 !!offset_in_page(spec->size_bytes), unit_pages),
	};
	return 0;
}

/**
 * lcma_area_take - take neighbouring units
 * @area: an area of which nothing is taken
 * @want: which; @want->longest is an answer, also after an error
 * @carve: is filled in, but for its source, its origin and the source's own
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC if it cannot give so many; -ENOMEM. Nothing is taken then.
 */
int lcma_area_take(struct lcma_area *area, struct lcma_row *want,
		   struct lcma_carve *carve)
{
	const unsigned long unit_pages = lcma_unit_pages();
	int err = gather_units(lcma_area_device(area), want, &area->units);

	if (err)
		return err;
	carve->base_pfn = list_first_entry(&area->units, struct piece, link)->pfn;
	carve->nr_pages = want->nr_units * unit_pages;
	carve->chunk_pages = unit_pages;
	carve->shareable = true;
	carve->is_kernel_cma = true;
	carve->has_pages = true;
	return 0;
}

/**
 * lcma_area_give_back - return units
 * @area: the area
 * @start_pfn: first page frame, of a unit; all pages are claimed
 * @nr_pages: how many, whole units
 *
 * Context: process, may sleep.
 */
void lcma_area_give_back(struct lcma_area *area, unsigned long start_pfn,
			 unsigned long nr_pages)
{
	struct piece *piece, *next;

	list_for_each_entry_safe(piece, next, &area->units, link) {
		if (piece->pfn >= start_pfn &&
		    piece->pfn < start_pfn + nr_pages) {
			list_del(&piece->link);
			free_piece(lcma_area_device(area), piece);
		}
	}
}
