// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "cma": a part of the kernel's own default CMA area (cma=96M on the
 * kernel command line, or CONFIG_CMA_SIZE_*).
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
#define pr_fmt(fmt) "lcma: " fmt

#include "source/source.h"

#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "fault.h"
#include "page/pageblock.h"
#include "source/system.h"

#define CARVE_ATTRS	(DMA_ATTR_NO_KERNEL_MAPPING | DMA_ATTR_NO_WARN)

/*
 * The automatic choice leaves half of the area to the kernel's own users: at least a
 * unit each.
 */
#define SUGGEST_MIN_UNITS	2

/* What a cma= that lcma names leaves for them, beside what is asked for. */
#define KERNEL_SHARE_PAGES	(SZ_16M >> PAGE_SHIFT)

/* Room for a sentence that says why there is no memory. */
#define WHY_BYTES		240

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
 * struct cma_carve - what a carve remembers
 * @pdev: the device that asked
 * @units: a piece per unit, ascending
 */
struct cma_carve {
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

/**
 * struct row - the neighbouring units that are wanted
 * @nr_units: how many
 * @align_pages: the first one's page frame is a multiple of this
 * @longest: how many such a row had at most
 */
struct row {
	unsigned long nr_units;
	unsigned long align_pages;
	unsigned long longest;
};

/* The first unit of such a row, or NULL. */
static struct piece *find_row(struct list_head *units, struct row *want)
{
	struct piece *piece, *first = NULL, *previous = NULL;
	unsigned long row = 0;

	list_for_each_entry(piece, units, link) {
		if (!previous || previous->pfn + previous->nr_pages != piece->pfn)
			row = 0;
		previous = piece;
		if (!row && !IS_ALIGNED(piece->pfn, want->align_pages))
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

static int gather_units(struct device *dev, struct row *want,
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

/* Return: 0, also if there is no area (*nr_pages is 0); -ENOMEM. */
static int measure_area(struct device *dev, unsigned long *nr_pages)
{
	struct piece *piece = alloc_piece(dev, PROBE_PAGES);

	*nr_pages = 0;
	if (IS_ERR(piece))
		return PTR_ERR(piece) == -ENOSPC ? 0 : PTR_ERR(piece);
	*nr_pages = area_pages(piece->pfn);
	free_piece(dev, piece);
	return 0;
}

/*
 * The size of the kernel's area: any piece of it tells where it is.
 * Return: 0, also if there is none (*nr_pages is 0); -ENOMEM.
 */
static int find_area(unsigned long *nr_pages)
{
	struct platform_device *pdev = make_device();
	int err;

	*nr_pages = 0;
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	err = measure_area(&pdev->dev, nr_pages);
	platform_device_unregister(pdev);
	return err;
}

/**
 * struct advice - what to put on the kernel command line
 * @is_known: what stands there can be known
 * @word: the value of the cma= that stands there; "": none
 * @word_pages: how much that asks for
 * @text: a sentence
 */
struct advice {
	bool is_known;
	char word[LCMA_SYSTEM_WORD_BYTES];
	unsigned long word_pages;
	char text[160];
};

/* "put cma=64M in place of cma=32M": the value to write, which the machine may have. */
static void advise(struct advice *advice, const struct lcma_system *system,
		   unsigned long nr_pages)
{
	const unsigned long mib = 20 - PAGE_SHIFT;
	char place[LCMA_SYSTEM_WORD_BYTES + 24] = "";

	nr_pages = ALIGN(nr_pages, lcma_unit_pages());
	if (nr_pages >= system->all_pages) {
		snprintf(advice->text, sizeof(advice->text),
			 "ask for less: the machine has no more than %lu MiB of memory in all",
			 system->all_pages >> mib);
		return;
	}
	if (*advice->word)
		snprintf(place, sizeof(place), " in place of cma=%s",
			 advice->word);
	snprintf(advice->text, sizeof(advice->text),
		 "put cma=%luM on the kernel command line%s",
		 nr_pages >> mib, place);
}

static void read_command_line(struct advice *advice)
{
	advice->is_known = lcma_system_cma_word(advice->word,
						sizeof(advice->word));
	advice->word_pages = memparse(advice->word, NULL) >> PAGE_SHIFT;
}

/*
 * No area at all is not an area that is too small: to ask for a larger one, where the
 * kernel could not reserve what it was asked for, makes it worse.
 */
static void explain_no_area(const struct lcma_system *system,
			    unsigned long want_pages, char *why,
			    size_t size_bytes)
{
	struct advice advice;

	read_command_line(&advice);
	if (advice.word_pages) {
		snprintf(why, size_bytes,
			 "the kernel has no CMA area although cma=%s was asked for: it could not reserve it, see the boot log; use a smaller one",
			 advice.word);
		return;
	}
	advise(&advice, system, want_pages + KERNEL_SHARE_PAGES);
	snprintf(why, size_bytes, "the kernel has no CMA area; %s%s",
		 advice.is_known ? "" :
		 "if cma= is on its command line already it could not reserve that, see the boot log, and a smaller one may do; else ",
		 advice.text);
}

static void log_shortage(const char *name, struct device *dev,
			 const struct row *want)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned int kib = PAGE_SHIFT - 10;
	const unsigned long missing = (want->nr_units - want->longest) *
				      unit_pages;
	unsigned long area_pages;
	struct lcma_system system;
	struct advice advice;
	char why[WHY_BYTES], at[48] = "";

	lcma_system_look(&system);
	if (!system.cma_pages) {
		explain_no_area(&system, want->nr_units * unit_pages, why,
				sizeof(why));
		pr_err("region %s: %s\n", name, why);
		return;
	}
	if (want->align_pages > unit_pages)
		snprintf(at, sizeof(at), " at a multiple of %lu KiB",
			 want->align_pages << kib);
	if (measure_area(dev, &area_pages) || !area_pages)
		area_pages = system.cma_pages;
	read_command_line(&advice);
	advise(&advice, &system,
	       (advice.word_pages ?: area_pages) + missing +
	       want->align_pages - min(want->align_pages, unit_pages));
	pr_err("region %s: wants %lu KiB in one piece%s, the kernel's CMA area can give %lu KiB now (in units of %lu KiB, on their edges)%s; %s\n",
	       name, (want->nr_units * unit_pages) << kib, at,
	       (want->longest * unit_pages) << kib, unit_pages << kib,
	       want->longest ? "" : ": others hold it", advice.text);
}

static int cma_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	const unsigned long unit_pages = lcma_unit_pages();
	struct row want = { .align_pages = lcma_source_align_pages(spec) };
	struct cma_carve *cma;
	int err;

	if (!LCMA_HAS_CMA) {
		pr_err("region %s: this kernel was built without CONFIG_CMA, so there is no cma= area; use reserve_mem\n",
		       spec->name);
		return -EOPNOTSUPP;
	}
	if (spec->size_bytes >> PAGE_SHIFT >= LCMA_MAP_MAX_PAGES) {
		pr_err("region %s: %llu KiB is more than one region can be\n",
		       spec->name, spec->size_bytes >> 10);
		return -EFBIG;
	}
	want.nr_units = DIV_ROUND_UP((unsigned long)(spec->size_bytes >> PAGE_SHIFT) +
				     !!offset_in_page(spec->size_bytes), unit_pages);

	cma = lcma_fault(CMA_CARVE) ? NULL : kzalloc(sizeof(*cma), GFP_KERNEL);
	if (!cma)
		return -ENOMEM;
	INIT_LIST_HEAD(&cma->units);
	cma->pdev = make_device();
	if (IS_ERR(cma->pdev)) {
		err = PTR_ERR(cma->pdev);
		goto err_free;
	}

	err = gather_units(&cma->pdev->dev, &want, &cma->units);
	if (err == -ENOSPC)
		log_shortage(spec->name, &cma->pdev->dev, &want);
	if (err)
		goto err_unregister;

	carve->base_pfn = list_first_entry(&cma->units, struct piece, link)->pfn;
	carve->nr_pages = want.nr_units * unit_pages;
	carve->chunk_pages = unit_pages;
	carve->shareable = true;
	carve->is_kernel_cma = true;
	strscpy(carve->origin, "cma", sizeof(carve->origin));
	carve->private = cma;
	return 0;

err_unregister:
	platform_device_unregister(cma->pdev);
err_free:
	kfree(cma);
	return err;
}

static void cma_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			  unsigned long nr_pages)
{
	struct cma_carve *cma = carve->private;
	struct piece *piece, *next;

	list_for_each_entry_safe(piece, next, &cma->units, link) {
		if (piece->pfn >= start_pfn &&
		    piece->pfn < start_pfn + nr_pages) {
			list_del(&piece->link);
			free_piece(&cma->pdev->dev, piece);
		}
	}
}

/*
 * A unit that was not given back stays taken in the kernel's bitmap of the
 * area for good, and its pages are ordinary movable memory.
 */
static void cma_discard(struct lcma_carve *carve)
{
	struct cma_carve *cma = carve->private;
	struct piece *piece, *next;

	list_for_each_entry_safe(piece, next, &cma->units, link) {
		list_del(&piece->link);
		kfree(piece);
	}
	platform_device_unregister(cma->pdev);
	kfree(cma);
}

static int cma_suggest(struct lcma_spec *spec, char *why, size_t size_bytes)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned long want_pages = SUGGEST_MIN_UNITS * unit_pages;
	struct lcma_system system;
	struct advice advice;
	unsigned long nr_pages;
	int err;

	if (!LCMA_HAS_CMA) {
		snprintf(why, size_bytes,
			 "this kernel was built without CONFIG_CMA");
		return -ENODEV;
	}
	err = find_area(&nr_pages);
	if (err)
		return err;
	if (!nr_pages) {
		lcma_system_look(&system);
		if (system.cma_pages)
			snprintf(why, size_bytes,
				 "the kernel's CMA area has nothing to give now: its %lu KiB are in use",
				 system.cma_pages << (PAGE_SHIFT - 10));
		else
			explain_no_area(&system, want_pages, why, size_bytes);
		return -ENODEV;
	}
	if (nr_pages < want_pages) {
		lcma_system_look(&system);
		read_command_line(&advice);
		advise(&advice, &system, want_pages + KERNEL_SHARE_PAGES);
		snprintf(why, size_bytes,
			 "the kernel's CMA area has %lu KiB, %lu KiB (%u units of %lu KiB) are wanted; %s",
			 nr_pages << (PAGE_SHIFT - 10),
			 want_pages << (PAGE_SHIFT - 10), SUGGEST_MIN_UNITS,
			 unit_pages << (PAGE_SHIFT - 10), advice.text);
		return -ENODEV;
	}
	spec->size_bytes = (u64)round_down(nr_pages / 2, unit_pages) << PAGE_SHIFT;
	return 0;
}

const struct lcma_source lcma_source_cma = {
	.word = "cma",
	.arg = LCMA_ARG_NONE,
	.turn = 20,
	.suggest = cma_suggest,
	.carve = cma_carve,
	.give_back = cma_give_back,
	.discard = cma_discard,
};
