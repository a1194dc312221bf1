// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl plan: would these buffers fit? See plan.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "plan.h"
#include "size.h"

/* The kernel's DMA API aligns to 2^CONFIG_CMA_ALIGNMENT pages at most; 8 is usual. */
#define DMA_API_ORDER	8

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

unsigned long plan_pages(const struct plan *plan, uint64_t bytes)
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

/* More page frames than an unsigned long counts are no limit. */
static unsigned long to_pfn(const struct plan *plan, uint64_t address)
{
	const uint64_t pfn = address / plan->page;

	return pfn < ULONG_MAX ? pfn : ULONG_MAX;
}

static void fill_item(const struct plan *plan, const struct item *word,
		      struct lcma_plan_item *item)
{
	unsigned long align = plan_pages(plan, word->align);

	*item = (struct lcma_plan_item) {
		.nr_pages = plan_pages(plan, word->bytes),
		.start = LCMA_NO_PAGE,
		.align_pages = align ? align : 1,
		.reach = {
			.at = to_pfn(plan, word->at),
			.below = to_pfn(plan, word->below),
			.boundary = plan_pages(plan, word->boundary),
		},
	};
	/* So large a boundary lies in no region. */
	if (item->reach.boundary == LCMA_MAP_MAX_PAGES)
		item->reach.boundary = 0;
	if (!(plan->session->args->given & ARG_DMA_API))
		return;
	align = dma_api_align(item->nr_pages);
	if (item->align_pages < align)
		item->align_pages = align;
}

/* Return: 0; -EINVAL: an address that no buffer can begin at; -ENOMEM. */
static int fill_items(struct plan *plan)
{
	const struct args *args = plan->session->args;
	unsigned int i, j;

	plan->items = calloc(ITEM_BUFFERS, sizeof(*plan->items));
	plan->words = calloc(ITEM_BUFFERS, sizeof(*plan->words));
	if (!plan->items || !plan->words)
		return -ENOMEM;
	for (i = 0; i < args->nr_items; i++) {
		if (args->items[i].at % plan->page ||
		    (args->items[i].below && args->items[i].below < plan->page))
			return -EINVAL;
		for (j = 0; j < args->items[i].count; j++) {
			plan->words[plan->nr] = i;
			fill_item(plan, &args->items[i],
				  &plan->items[plan->nr++]);
		}
		if (args->items[i].is_bare && args->items[i].bytes < plan->page)
			fprintf(stderr, "cmactl: in a plan a bare number is bytes: for %" PRIu64 " KiB, write %" PRIu64 "K\n",
				args->items[i].bytes, args->items[i].bytes);
	}
	return 0;
}

/* --- the answer --------------------------------------------------------------- */

static bool fits(const struct plan *plan)
{
	return plan->fit == plan->nr;
}

static const char *policy_word(bool is_first_fit)
{
	return is_first_fit ? "first-fit" : "best-fit";
}

static const char *where(const struct plan *plan, char *text, size_t size)
{
	char bytes[CMACTL_TEXT_BYTES];

	if (plan->bytes)
		snprintf(text, size, "an empty region of %s",
			 size_text(plan->bytes, bytes));
	else if (plan->nr_regions == 1)
		snprintf(text, size, "region %s as it is now", plan->names[0]);
	else if (plan->is_list)
		snprintf(text, size, "regions %s as they are now",
			 plan->session->args->region);
	else
		snprintf(text, size, "the %u regions as they are now",
			 plan->nr_regions);
	return text;
}

static uint64_t base_of(const struct plan *plan,
			const struct lcma_plan_item *item)
{
	if (plan->nr_regions)
		return (uint64_t)plan->regions[item->region].base_pfn * plan->page;
	return (uint64_t)plan->rule.base_pfn * plan->page;
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

/* What is needed. */
static void write_least(const struct plan *plan)
{
	const uint64_t least = plan->least ? plan->least : plan->least_sorted;
	char text[CMACTL_TEXT_BYTES], unit[CMACTL_TEXT_BYTES];

	if (!least) {
		printf("least region: there is none, %s\n", plan->rule.is_placed ?
		       "at this address or of any size that was tried" :
		       "it is too much for any");
		return;
	}
	if (plan->least)
		printf("least region: %s, in units of %s%s\n",
		       size_text(plan->least, text),
		       size_text(plan->unit, unit), plan->is_guess ?
		       " (usual on such a machine; --unit says otherwise)" : "");
	else
		printf("least region: there is none in this order\n");
	if (plan->least_sorted)
		printf("least region in another order: %s, %s\n",
		       size_text(plan->least_sorted, text), plan->sorted);
	printf("to reserve it: cma=%" PRIu64 "M and what the kernel's own drivers need, regions=NAME=%" PRIu64 "M@cma\n",
	       least >> 20, least >> 20);
}

static void write_text(const struct plan *plan)
{
	char text[CMACTL_TEXT_BYTES], at[160];

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
	if (plan->other_fit != plan->fit)
		printf("with policy=%s: %u of %u fit in this order\n",
		       policy_word(!plan->rule.is_first_fit), plan->other_fit,
		       plan->nr);
	if (plan->stuck)
		printf("in the way: %s that are pinned or cannot be moved; cmactl map shows where\n",
		       size_text(plan->stuck, text));
	else if (plan->nr_regions && !plan->has_look)
		printf("in the way: not looked at; for root, cmactl counts what is pinned\n");
	write_least(plan);
}

static void item_json(struct json *json, const struct plan *plan, unsigned int i)
{
	const struct lcma_plan_item *item = &plan->items[i];
	const uint64_t offset = (uint64_t)item->start * plan->page;
	const bool is_there = i < plan->fit;

	json_open(json, NULL, '{');
	json_number(json, "bytes", item->nr_pages * plan->page);
	json_number(json, "align", item->align_pages * plan->page);
	if (is_there && plan->nr_regions)
		json_text(json, "region", plan->names[item->region]);
	else
		json_null(json, "region");
	if (is_there)
		json_number(json, "offset", offset);
	else
		json_null(json, "offset");
	if (is_there && base_of(plan, item))
		json_number(json, "phys", base_of(plan, item) + offset);
	else
		json_null(json, "phys");
	json_close(json, '}');
}

static void number_or_null(struct json *json, const char *name, uint64_t value,
			   bool is_known)
{
	if (is_known)
		json_number(json, name, value);
	else
		json_null(json, name);
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
	json_open(json, "fit_by_policy", '{');
	json_number(json, policy_word(plan->rule.is_first_fit), plan->fit);
	json_number(json, policy_word(!plan->rule.is_first_fit),
		    plan->other_fit);
	json_close(json, '}');
	number_or_null(json, "least_bytes", plan->least, plan->least);
	number_or_null(json, "least_sorted_bytes", plan->least_sorted ?
		       plan->least_sorted : plan->least,
		       plan->least_sorted || plan->least);
	json_text(json, "least_order", plan->least_sorted ? plan->sorted :
							    "as given");
	json_number(json, "unit", plan->unit);
	number_or_null(json, "stuck", plan->stuck, plan->has_look);
	json_number(json, "page", plan->page);
	json_open(json, "buffers", '[');
	for (i = 0; i < plan->nr; i++)
		item_json(json, plan, i);
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, '}');
	json_end(json);
}

static int answer(struct plan *plan)
{
	const int err = trial_run(plan);

	if (err)
		return fail(plan->session, err, NULL, "plan");
	if (wants_json(plan->session))
		write_json(plan);
	else
		write_text(plan);
	return fits(plan) ? EXIT_OK : EXIT_FAILED;
}

/* --- where -------------------------------------------------------------------- */

/* Can addresses be judged? A user is told none unless all users are. */
static bool is_told(const struct plan *plan, const struct regions *regions)
{
	unsigned int i;
	int at;

	for (i = 0; i < plan->nr; i++)
		if (plan->items[i].reach.at || plan->items[i].reach.below)
			break;
	for (at = 0; i < plan->nr && at < regions->nr; at++)
		if (!(regions->info[at].attrs & LCMA_REGION_PHYS))
			return false;
	return true;
}

/* The regions of the list, one by one. Return: EXIT_OK; else it is reported. */
static int load_list(struct plan *plan, int device, struct regions *regions)
{
	struct args args = *plan->session->args;
	struct session session = *plan->session;
	struct regions one;
	unsigned int i;
	int status = EXIT_OK;

	*regions = (struct regions){
		.info = calloc(plan->list.nr, sizeof(*regions->info)),
	};
	if (!regions->info)
		return fail(plan->session, -ENOMEM, NULL, "plan");
	session.args = &args;
	for (i = 0; status == EXIT_OK && i < plan->list.nr; i++) {
		args.region = plan->list.names[i];
		status = regions_load(&session, device, &one);
		if (status == EXIT_OK)
			regions->info[regions->nr++] = one.info[0];
		regions_free(&one);
	}
	return status;
}

/* In the regions that there are, or in those of --region. */
static int plan_regions(struct plan *plan)
{
	const char *region = plan->session->args->region;
	struct regions regions;
	int device, status, err;

	plan->is_list = region && lcma_list_is_one(region);
	if (plan->is_list && lcma_list_parse(region, &plan->list))
		return fail(plan->session, -EINVAL,
			    "regions are joined by + or commas, each once",
			    "region '%s'", region);
	device = device_open(plan->session, &status);
	if (device < 0) {
		fprintf(stderr, "cmactl: without the module, plan needs --region-size, as in --region-size 96M\n");
		return status;
	}
	status = plan->is_list ? load_list(plan, device, &regions) :
				 regions_load(plan->session, device, &regions);
	if (!status) {
		err = is_told(plan, &regions) ?
		      ground_load(plan, device, &regions) : -EPERM;
		if (err)
			status = fail(plan->session, err, err == -ENOTTY ?
				      "the module is older than this cmactl" :
				      err == -EPERM ?
				      "at= and below= need the region's address, which this user is not told" :
				      NULL, "plan");
		else
			status = answer(plan);
	}
	ground_free(plan);
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
	plan->rule.is_first_fit = args->policy &&
				  !strcmp(args->policy, "first-fit");
	plan->rule.is_placed = args->given & ARG_BASE;
	plan->rule.base_pfn = to_pfn(plan, args->base);
	plan->unit = args->unit_bytes ? args->unit_bytes :
					usual_unit(plan->page);
	plan->is_guess = !args->unit_bytes;
	if (plan->unit < plan->page)
		return fail(plan->session, -EINVAL, "a unit is a page at least",
			    "plan");
	if (args->base % plan->unit)
		return fail(plan->session, -EINVAL,
			    "a region begins on a multiple of its unit", "plan");
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
		.page = session->args->page_bytes,
	};
	int err, status;

	if (!plan.page)
		plan.page = sysconf(_SC_PAGESIZE);
	err = fill_items(&plan);
	if (err)
		status = fail(session, err, err == -EINVAL ?
			      "at= begins a page, and below= is beyond the first one" :
			      NULL, "plan");
	else
		status = session->args->region_bytes ? plan_size(&plan) :
						       plan_regions(&plan);
	free(plan.items);
	free(plan.words);
	return status;
}
