// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl plan: would these buffers fit? The module's own core answers, on a map that
 * is cmactl's: an empty one, or a copy of a region's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cmactl.h"
#include "core/plan.h"
#include "debugfs.h"
#include "picture.h"
#include "size.h"

/* So many kinds of buffers are tried in every order: 720 of them. */
#define PERMUTED_WORDS	6

/* The kernel's DMA API aligns to 2^CONFIG_CMA_ALIGNMENT pages at most; 8 is usual. */
#define DMA_API_ORDER	8

/* A bare size above this was probably meant in bytes. */
#define LIKELY_BYTES	(1ULL << 32)

/**
 * struct plan - one plan
 * @session: the run of cmactl
 * @page: bytes of a page
 * @unit: what an empty region begins and ends on, in bytes
 * @is_guess: so it is on most such machines; this kernel was not asked
 * @rule: what holds for an empty region
 * @regions: the regions, as they are now; each has its map
 * @names: their names
 * @mems: the memory of their maps
 * @nr_regions: how many; 0: an empty region
 * @stuck: bytes of them that look as if they could not be moved
 * @has_look: at least one of them was looked at
 * @bytes: how large an empty one is, 0: not asked for
 * @items: the buffers as they were asked for, and where they lie
 * @words: for each, which word of the command line it comes from
 * @nr: how many
 * @fit: how many of them fit, in their order
 * @order: the first order in which all fit, in words; "" if none was found
 * @least: the least size of an empty region, in bytes; 0: there is none
 */
struct plan {
	struct session *session;
	uint64_t page;
	uint64_t unit;
	bool is_guess;
	struct lcma_plan_region rule;
	struct lcma_plan_region *regions;
	char (*names)[LCMA_NAME_SIZE];
	void **mems;
	unsigned int nr_regions;
	uint64_t stuck;
	bool has_look;
	uint64_t bytes;
	struct lcma_plan_item *items;
	unsigned int *words;
	unsigned int nr;
	unsigned int fit;
	char order[512];
	uint64_t least;
};

/* --- what is asked for -------------------------------------------------------- */

/*
 * What migration touches at once: the kernel tells it nowhere but in a region that
 * exists. On 32-bit ARM 8 MiB, with pages of 4 KiB else 4 MiB or the size of a huge
 * page, whichever is larger.
 */
static uint64_t usual_unit(uint64_t page)
{
	struct utsname name;

	if (page == 16384)
		return 32 << 20;
	if (page == 65536)
		return 512 << 20;
	if (!uname(&name) && !strncmp(name.machine, "arm", 3))
		return 8 << 20;
	return 4 << 20;
}

static unsigned long to_pages(const struct plan *plan, uint64_t bytes)
{
	const uint64_t nr = bytes / plan->page + !!(bytes % plan->page);

	return nr < LCMA_MAP_MAX_PAGES ? nr : LCMA_MAP_MAX_PAGES;
}

/* As dma_alloc_coherent() aligns: to the size, rounded up to a power of two. */
static unsigned long dma_api_align(unsigned long nr_pages)
{
	unsigned long align = 1;

	while (align < nr_pages && align < 1UL << DMA_API_ORDER)
		align *= 2;
	return align;
}

static void fill_item(const struct plan *plan, const struct item *word,
		      struct lcma_plan_item *item)
{
	unsigned long align = to_pages(plan, word->align);

	item->nr_pages = to_pages(plan, word->bytes);
	item->start = LCMA_NO_PAGE;
	item->align_pages = align ? align : 1;
	if (!(plan->session->args->given & ARG_DMA_API))
		return;
	align = dma_api_align(item->nr_pages);
	if (item->align_pages < align)
		item->align_pages = align;
}

/* Return: 0; -ENOMEM. */
static int fill_items(struct plan *plan)
{
	const struct args *args = plan->session->args;
	unsigned int i, j;

	plan->items = calloc(ITEM_BUFFERS, sizeof(*plan->items));
	plan->words = calloc(ITEM_BUFFERS, sizeof(*plan->words));
	if (!plan->items || !plan->words)
		return -ENOMEM;
	for (i = 0; i < args->nr_items; i++) {
		for (j = 0; j < args->items[i].count; j++) {
			plan->words[plan->nr] = i;
			fill_item(plan, &args->items[i],
				  &plan->items[plan->nr++]);
		}
		if (args->items[i].is_bare && args->items[i].bytes > LIKELY_BYTES)
			fprintf(stderr, "cmactl: a bare number is KiB; for bytes, write %" PRIu64 "B\n",
				args->items[i].bytes >> 10);
	}
	return 0;
}

/* --- planning ----------------------------------------------------------------- */

/* A copy of a map. Return: its memory, the caller's to free; NULL. */
static void *copy_map(const struct lcma_map *from, struct lcma_map *to)
{
	void *mem = malloc(lcma_map_bytes(from->nr_pages));
	struct lcma_stretch s;
	unsigned long at;

	if (!mem)
		return NULL;
	lcma_map_init(to, mem, from->nr_pages, LCMA_SHARED);
	for (at = 0; lcma_map_stretch(from, at, from->nr_pages, &s);
	     at += s.nr_pages)
		if (s.state != LCMA_SHARED)
			lcma_map_move(to, s.start, s.nr_pages, LCMA_SHARED,
				      s.state);
	return mem;
}

/* A region's map that a plan may use up. */
struct copy {
	struct lcma_map map;
	void *mem;
};

/* In the regions as they are. Return: how many fit; negative: no memory. */
static int plan_now(const struct plan *plan, struct lcma_plan_item *items)
{
	const unsigned int nr = plan->nr_regions;
	struct lcma_plan_region *at = calloc(nr, sizeof(*at));
	struct copy *copies = calloc(nr, sizeof(*copies));
	int fit = -ENOMEM;
	unsigned int i;

	for (i = 0; at && copies && i < nr; i++) {
		at[i] = plan->regions[i];
		at[i].map = &copies[i].map;
		copies[i].mem = copy_map(plan->regions[i].map, at[i].map);
		if (!copies[i].mem)
			break;
	}
	if (i == nr)
		fit = lcma_plan(at, nr, items, plan->nr);
	while (copies && i--)
		free(copies[i].mem);
	free(copies);
	free(at);
	return fit;
}

/* In an empty region of that size. Return: how many fit; negative: no memory. */
static int plan_empty(const struct plan *plan, uint64_t bytes,
		      struct lcma_plan_item *items)
{
	const unsigned long nr_pages = to_pages(plan, bytes);
	const unsigned long unit = to_pages(plan, plan->unit);
	void *mem = malloc(lcma_map_bytes(nr_pages));
	unsigned int i;

	if (!mem)
		return -ENOMEM;
	i = plan->nr;
	if (!lcma_plan_fits_empty(&plan->rule, mem, nr_pages, unit, items,
				  plan->nr))
		for (i = 0; i < plan->nr; i++)
			if (items[i].start == LCMA_NO_PAGE)
				break;
	free(mem);
	return i;
}

static int try_plan(const struct plan *plan, struct lcma_plan_item *items)
{
	unsigned int i;

	for (i = 0; i < plan->nr; i++)
		items[i].start = LCMA_NO_PAGE;
	return plan->nr_regions ? plan_now(plan, items) :
				  plan_empty(plan, plan->bytes, items);
}

/* In that order of words. Return: 1: all fit; 0; negative: no memory. */
static int try_order(const struct plan *plan, const unsigned int *words,
		     unsigned int nr_words, struct lcma_plan_item *scratch)
{
	unsigned int i, j, nr = 0;
	int fit;

	for (i = 0; i < nr_words; i++)
		for (j = 0; j < plan->nr; j++)
			if (plan->words[j] == words[i])
				scratch[nr++] = plan->items[j];
	fit = try_plan(plan, scratch);
	return fit < 0 ? fit : fit == (int)plan->nr;
}

static bool next_permutation(unsigned int *words, unsigned int nr)
{
	unsigned int i, j, k, word;

	for (i = nr - 1; i && words[i - 1] > words[i]; i--)
		;
	if (!i)
		return false;
	for (j = nr - 1; words[j] < words[i - 1]; j--)
		;
	word = words[j];
	words[j] = words[i - 1];
	words[i - 1] = word;
	for (k = nr - 1; i < k; i++, k--) {
		word = words[k];
		words[k] = words[i];
		words[i] = word;
	}
	return true;
}

static void name_order(struct plan *plan, const unsigned int *words,
		       unsigned int nr)
{
	const struct args *args = plan->session->args;
	char size[CMACTL_TEXT_BYTES];
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < nr && at < sizeof(plan->order); i++) {
		const struct item *item = &args->items[words[i]];

		at += snprintf(plan->order + at, sizeof(plan->order) - at,
			       "%s%" PRIu32 " x %s", i ? ", then " : "",
			       item->count, size_text(item->bytes, size));
	}
}

/* Which order fits? Return: 0; -ENOMEM. */
static int find_order(struct plan *plan)
{
	static const char *const names[] = {
		[LCMA_PLAN_LARGE_FIRST] = "the largest first",
		[LCMA_PLAN_ALIGNED_FIRST] = "the most aligned first",
		[LCMA_PLAN_SMALL_FIRST] = "the smallest first",
	};
	const size_t bytes = plan->nr * sizeof(*plan->items);
	struct lcma_plan_item *scratch = malloc(bytes);
	const unsigned int nr_words = plan->session->args->nr_items;
	unsigned int i, words[ITEM_WORDS];
	int fit = scratch ? 0 : -ENOMEM;

	for (i = 0; i < LCMA_PLAN_NR_ORDERS && !fit; i++) {
		memcpy(scratch, plan->items, bytes);
		lcma_plan_sort(scratch, plan->nr, i);
		fit = try_plan(plan, scratch);
		fit = fit < 0 ? fit : fit == (int)plan->nr;
		if (fit > 0)
			snprintf(plan->order, sizeof(plan->order), "%s",
				 names[i]);
	}
	for (i = 0; i < nr_words; i++)
		words[i] = i;
	if (nr_words <= PERMUTED_WORDS) {
		while (!fit && next_permutation(words, nr_words))
			fit = try_order(plan, words, nr_words, scratch);
		if (fit > 0 && !*plan->order)
			name_order(plan, words, nr_words);
	}
	free(scratch);
	return fit < 0 ? fit : 0;
}

/* The least size of an empty region. Return: 0; -ENOMEM. */
static int find_least(struct plan *plan)
{
	const size_t bytes = plan->nr * sizeof(*plan->items);
	const unsigned long unit = to_pages(plan, plan->unit);
	struct lcma_plan_item *scratch = malloc(bytes);
	unsigned long most;
	void *mem = NULL;

	if (!scratch)
		return -ENOMEM;
	memcpy(scratch, plan->items, bytes);
	most = lcma_plan_ceiling(&plan->rule, unit, scratch, plan->nr);
	if (most < LCMA_MAP_MAX_PAGES) {
		mem = malloc(lcma_map_bytes(most));
		if (mem)
			plan->least = plan->page *
				lcma_plan_least(&plan->rule, mem, unit, scratch,
						plan->nr);
	}
	free(mem);
	free(scratch);
	return mem || most >= LCMA_MAP_MAX_PAGES ? 0 : -ENOMEM;
}

/* --- the answer --------------------------------------------------------------- */

static bool fits(const struct plan *plan)
{
	return plan->fit == plan->nr;
}

static const char *where(const struct plan *plan, char *text, size_t size)
{
	char bytes[CMACTL_TEXT_BYTES];

	if (plan->bytes)
		snprintf(text, size, "an empty region of %s",
			 size_text(plan->bytes, bytes));
	else if (plan->nr_regions == 1)
		snprintf(text, size, "region %s as it is now", plan->names[0]);
	else
		snprintf(text, size, "the %u regions as they are now",
			 plan->nr_regions);
	return text;
}

/* A row for each word of the command line. */
static void write_table(const struct plan *plan)
{
	static const char *const heads[] = {
		"SIZE", "ALIGN", "COUNT", "FIT", "<REGION", "FIRST AT", NULL
	};
	const struct args *args = plan->session->args;
	struct table table = { .heads = heads };
	const struct lcma_plan_item *first;
	unsigned int i, at = 0, nr_fit;

	for (i = 0; i < args->nr_items; i++, at += args->items[i - 1].count) {
		first = &plan->items[at];
		nr_fit = plan->fit <= at ? 0 : plan->fit - at;
		if (nr_fit > args->items[i].count)
			nr_fit = args->items[i].count;
		table_size(&table, args->items[i].bytes);
		table_size(&table, first->align_pages * plan->page);
		table_number(&table, args->items[i].count);
		table_number(&table, nr_fit);
		table_cell(&table, nr_fit && plan->nr_regions ?
				   plan->names[first->region] : "");
		if (nr_fit)
			table_size(&table, (uint64_t)first->start * plan->page);
		else
			table_cell(&table, "");
	}
	table_write(&table, stdout, "");
}

static void write_text(const struct plan *plan)
{
	char text[CMACTL_TEXT_BYTES], unit[CMACTL_TEXT_BYTES], at[80];

	write_table(plan);
	printf("\nin %s: ", where(plan, at, sizeof(at)));
	if (fits(plan))
		printf("yes, all %u fit in this order\n", plan->nr);
	else
		printf("no, %u of %u fit in this order; number %u, of %s, does not\n",
		       plan->fit, plan->nr, plan->fit + 1,
		       size_text(plan->items[plan->fit].nr_pages * plan->page,
				 text));
	if (!fits(plan))
		printf("in another order: %s%s\n", *plan->order ? "yes, " : "no",
		       *plan->order ? plan->order : ", none that was tried");
	if (plan->stuck)
		printf("in the way: %s that are pinned or cannot be moved; cmactl map shows where\n",
		       size_text(plan->stuck, text));
	else if (plan->nr_regions && !plan->has_look)
		printf("in the way: not looked at; for root, cmactl counts what is pinned\n");
	if (!plan->least) {
		printf("least region: there is none, it is too much for any\n");
		return;
	}
	printf("least region: %s, in units of %s%s\n",
	       size_text(plan->least, text), size_text(plan->unit, unit),
	       plan->is_guess ? " (usual on such a machine; --unit says otherwise)" :
				"");
	printf("to reserve it: cma=%" PRIu64 "M and what the kernel's own drivers need, regions=NAME=%" PRIu64 "M@cma\n",
	       plan->least >> 20, plan->least >> 20);
}

static void write_json(const struct plan *plan)
{
	struct json *json = &plan->session->json;
	unsigned int i;

	json_open(json, NULL, '{');
	json_open(json, "plan", '{');
	json_bool(json, "fits", fits(plan));
	json_number(json, "fit", plan->fit);
	json_text(json, "order", fits(plan) ? "as given" : plan->order);
	if (plan->least)
		json_number(json, "least_bytes", plan->least);
	else
		json_null(json, "least_bytes");
	json_number(json, "unit", plan->unit);
	if (plan->has_look)
		json_number(json, "stuck", plan->stuck);
	else
		json_null(json, "stuck");
	json_number(json, "page", plan->page);
	json_open(json, "buffers", '[');
	for (i = 0; i < plan->nr; i++) {
		json_open(json, NULL, '{');
		json_number(json, "bytes", plan->items[i].nr_pages * plan->page);
		json_number(json, "align", plan->items[i].align_pages * plan->page);
		if (i < plan->fit && plan->nr_regions)
			json_text(json, "region", plan->names[plan->items[i].region]);
		else
			json_null(json, "region");
		if (i < plan->fit)
			json_number(json, "offset", (uint64_t)plan->items[i].start *
						    plan->page);
		else
			json_null(json, "offset");
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, '}');
	json_end(json);
}

static int answer(struct plan *plan)
{
	const int fit = try_plan(plan, plan->items);
	int err = fit < 0 ? fit : 0;

	if (!err) {
		plan->fit = fit;
		if (!fits(plan))
			err = find_order(plan);
	}
	if (!err)
		err = find_least(plan);
	if (err)
		return fail(plan->session, err, NULL, "plan");
	if (wants_json(plan->session))
		write_json(plan);
	else
		write_text(plan);
	return fits(plan) ? EXIT_OK : EXIT_FAILED;
}

/* A map of a region: what is stuck counts as used. Return: 0; a negative errno. */
static int load_map(struct plan *plan, int device,
		    const struct lcma_region_info *info, unsigned int at)
{
	const unsigned long nr_pages = to_pages(plan, info->bytes);
	struct lcma_plan_region *region = &plan->regions[at];
	struct picture picture;
	unsigned long start, end;
	size_t i;
	int err = picture_look(device, info->name, &picture);

	if (!err) {
		region->map = calloc(1, sizeof(*region->map));
		plan->mems[at] = malloc(lcma_map_bytes(nr_pages));
		if (!region->map || !plan->mems[at])
			err = -ENOMEM;
	}
	if (!err)
		lcma_map_init(region->map, plan->mems[at], nr_pages,
			      LCMA_SHARED);
	plan->has_look |= !err && picture.has_look;
	for (i = 0; !err && i < picture.nr; i++) {
		const struct lcma_map_entry *piece = &picture.pieces[i];
		enum lcma_state state = (enum lcma_state)piece->state;

		if (piece_is_stuck(piece)) {
			state = LCMA_USED;
			plan->stuck += piece->bytes;
		}
		start = piece->offset / plan->page;
		end = start + piece->bytes / plan->page;
		if (state != LCMA_SHARED && state < LCMA_NR_STATES &&
		    end <= nr_pages)
			lcma_map_move(region->map, start, end - start,
				      LCMA_SHARED, state);
	}
	picture_free(&picture);
	return err;
}

static bool is_first_fit(const char *region)
{
	char line[32] = "";
	FILE *file;

	if (sysfs_open(region, "policy", &file))
		return false;
	if (!fgets(line, sizeof(line), file))
		*line = '\0';
	fclose(file);
	return !strncmp(line, "first-fit", 9);
}

/* Return: 0; a negative errno. */
static int load_region(struct plan *plan, int device,
		       const struct lcma_region_info *info, unsigned int at)
{
	struct lcma_plan_region *region = &plan->regions[at];

	region->align_pages = to_pages(plan, info->align);
	region->granule_pages = to_pages(plan, info->granule);
	/* Without its address: regions begin on a unit. */
	region->base_pfn = info->attrs & LCMA_REGION_PHYS ?
			   (unsigned long)(info->phys / plan->page) : 0;
	region->is_first_fit = is_first_fit(info->name);
	snprintf(plan->names[at], LCMA_NAME_SIZE, "%s", info->name);
	if (!at) {
		plan->rule = *region;
		plan->unit = info->unit;
	}
	return load_map(plan, device, info, at);
}

static int load_regions(struct plan *plan, int device,
			const struct regions *regions)
{
	int i, err = 0;

	plan->regions = calloc(regions->nr, sizeof(*plan->regions));
	plan->names = calloc(regions->nr, sizeof(*plan->names));
	plan->mems = calloc(regions->nr, sizeof(*plan->mems));
	if (!plan->regions || !plan->names || !plan->mems)
		return -ENOMEM;
	for (i = 0; !err && i < regions->nr; i++) {
		err = load_region(plan, device, &regions->info[i], i);
		plan->nr_regions++;
	}
	return err;
}

static void free_regions(struct plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->nr_regions; i++) {
		free(plan->regions[i].map);
		free(plan->mems[i]);
	}
	free(plan->regions);
	free(plan->names);
	free(plan->mems);
}

/* In the regions that there are, or in --region. */
static int plan_regions(struct plan *plan)
{
	struct regions regions;
	int device, status, err;

	device = device_open(plan->session, &status);
	if (device < 0) {
		fprintf(stderr, "cmactl: without the module, plan needs --region-size, as in --region-size 96M\n");
		return status;
	}
	status = regions_load(plan->session, device, &regions);
	if (!status) {
		err = regions.nr ? load_regions(plan, device, &regions) :
				   -ENOENT;
		if (err)
			status = fail(plan->session, err, err == -ENOTTY ?
				      "the module is older than this cmactl" :
				      NULL, "plan");
		else
			status = answer(plan);
	}
	free_regions(plan);
	regions_free(&regions);
	lcma_close(device);
	return status;
}

/* An empty region that need not exist. */
static int plan_size(struct plan *plan)
{
	const struct args *args = plan->session->args;

	plan->bytes = args->region_bytes;
	plan->rule.align_pages = 1;
	plan->rule.granule_pages = 1;
	plan->unit = args->unit_bytes ? args->unit_bytes :
					usual_unit(plan->page);
	plan->is_guess = !args->unit_bytes;
	if (plan->unit < plan->page)
		return fail(plan->session, -EINVAL, "a unit is a page at least",
			    "plan");
	if (plan->bytes % plan->page)
		return fail(plan->session, -EINVAL,
			    "a region consists of whole pages", "plan");
	if (plan->bytes / plan->page >= LCMA_MAP_MAX_PAGES)
		return fail(plan->session, -EFBIG, "no region is so large",
			    "plan");
	return answer(plan);
}

int cmd_plan(struct session *session)
{
	struct plan plan = {
		.session = session,
		.page = sysconf(_SC_PAGESIZE),
	};
	int err = fill_items(&plan), status;

	if (err)
		status = fail(session, err, NULL, "plan");
	else
		status = session->args->region_bytes ? plan_size(&plan) :
						       plan_regions(&plan);
	free(plan.items);
	free(plan.words);
	return status;
}
