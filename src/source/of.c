// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "of": a node below /reserved-memory of the device tree, by its label
 * property or else by its name.
 *
 *	reusable, shared-dma-pool	a CMA area of its own: the kernel gives it to a
 *					device of ours, and area.c takes units of it
 *	neither reusable nor no-map	the kernel has only set it aside: reserved.c
 *
 *	no-map				the kernel does not map it: reserved.c takes page
 *					frames, nomap.c maps them
 *
 * What the kernel did with a node is not what the node says: it frees one that it
 * refuses, and has no memory for one that it could not place. So each carver judges
 * the pages, not the node.
 *
 * The kernel makes no devices of such nodes and loads no module for them. So without
 * regions= every node with a compatible of ours becomes a region, in the words of
 * regions=: its properties are options.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fault.h"
#include "page/pageblock.h"
#include "source/answer.h"
#include "source/area.h"
#include "source/nomap.h"
#include "source/reason.h"
#include "source/reserved.h"
#include "source/source.h"

/* A node that the automatic choice takes. */
#define COMPATIBLE	"lcma,region"

/* Room for a list of names in a message. */
#define NAMES_BYTES	160

/**
 * struct node - a node below /reserved-memory
 * @np: the node, with a reference
 * @rmem: what the kernel made of it
 */
struct node {
	struct device_node *np;
	struct reserved_mem *rmem;
};

/**
 * struct pool - what a carve of a reusable node remembers
 * @rmem: the node's area
 * @area: what was taken of it
 */
struct pool {
	struct reserved_mem *rmem;
	struct lcma_area *area;
};

static const char *full_name(const struct device_node *np)
{
	return kbasename(np->full_name);
}

/* The label, or NULL. */
static const char *label_of(const struct device_node *np)
{
	const char *label;

	return of_property_read_string(np, "label", &label) ? NULL : label;
}

/* Can regions= have it after "of:"? */
static bool can_be_said(const char *label)
{
	return *label && strlen(label) < LCMA_SOURCE_ARG_BYTES &&
	       lcma_is_printable(label) && !strpbrk(label, ";,=");
}

static const char *name_of(const struct device_node *np)
{
	const char *label = label_of(np);

	return label && can_be_said(label) ? label : full_name(np);
}

/* Does a name without a label mean this node? With its address, or without. */
static bool has_name(const struct device_node *np, const char *name)
{
	const char *full = full_name(np);
	const size_t len = strcspn(full, "@");

	return !strcmp(full, name) ||
	       (strlen(name) == len && !strncmp(full, name, len));
}

static bool has_label(const struct device_node *np, const char *name)
{
	const char *label = label_of(np);

	return label && !strcmp(label, name);
}

/*
 * The node that @matches; how many do. Only the first one is returned, with a
 * reference.
 */
static unsigned int find_by(struct device_node *root, const char *name,
			    bool (*matches)(const struct device_node *np,
					    const char *name),
			    struct device_node **found)
{
	struct device_node *np;
	unsigned int nr = 0;

	for_each_available_child_of_node(root, np)
		if (matches(np, name) && !nr++)
			*found = of_node_get(np);
	return nr;
}

static void log_names(const struct lcma_spec *spec, struct device_node *root)
{
	struct device_node *np;
	char names[NAMES_BYTES];
	size_t len = 0;

	if (!root) {
		lcma_reason_err("region %s: the machine has no device tree with /reserved-memory in it; use cma or reserve_mem",
				spec->name);
		return;
	}
	*names = '\0';
	for_each_available_child_of_node(root, np)
		len += scnprintf(names + len, sizeof(names) - len, " %s",
				 name_of(np));
	lcma_reason_err("region %s: no node below /reserved-memory has the label or the name %s, and status okay; there are:%s",
			spec->name, spec->source_arg, len ? names : " none");
}

/* Has the kernel set memory aside for it? */
static bool look_up(struct device_node *np, struct node *node)
{
	node->np = np;
	node->rmem = of_reserved_mem_lookup(np);
	return node->rmem && node->rmem->size;
}

/* Return: 0, and a reference to the node; -ENODEV; -EINVAL. */
static int find_node(const struct lcma_spec *spec, struct node *node)
{
	struct device_node *root = of_find_node_by_path("/reserved-memory");
	const char *name = spec->source_arg;
	struct device_node *np = NULL;
	unsigned int nr = 0;

	if (root)
		nr = find_by(root, name, has_label, &np) ?:
		     find_by(root, name, has_name, &np);
	if (!nr)
		log_names(spec, root);
	of_node_put(root);
	if (nr > 1) {
		lcma_reason_err("region %s: %u nodes below /reserved-memory are called %s; give each a label of its own, or write the name with its address (of:%s)",
				spec->name, nr, name, full_name(np));
		of_node_put(np);
		return -EINVAL;
	}
	if (!nr)
		return -ENODEV;
	if (look_up(np, node))
		return 0;
	lcma_reason_err("region %s: the kernel could not reserve memory for node %s, see the boot log; is its address free, and its size not too large?",
			spec->name, full_name(np));
	of_node_put(np);
	return -ENODEV;
}

static bool is_no_map(const struct node *node)
{
	return of_property_read_bool(node->np, "no-map");
}

/* Has the kernel made a CMA area of it? */
static bool is_area(const struct node *node)
{
	const struct reserved_mem_ops *ops = lcma_answer_of_kernel(node->rmem);

	return ops && ops->device_init &&
	       of_property_read_bool(node->np, "reusable");
}

static void set_reservation(const struct node *node,
			    struct lcma_reservation *reservation)
{
	lcma_reservation_set(reservation, name_of(node->np), node->rmem->base,
			     node->rmem->size);
	reservation->has_pages = !is_no_map(node);
}

/* Memory that a driver of the kernel's gets when it asks for it. */
static int refuse_foreign(const struct lcma_spec *spec, const struct node *node)
{
	lcma_reason_err("region %s: node %s is shared-dma-pool without reusable: the kernel gives it to the device that names it; make it compatible = \"%s\" alone",
			spec->name, full_name(node->np), COMPATIBLE);
	return -EBUSY;
}

static int refuse_size(const struct lcma_spec *spec, const struct node *node)
{
	lcma_reason_err("region %s: wants %llu KiB, node %s has %llu KiB; make it larger, in its reg or size",
			spec->name, spec->size_bytes >> 10, full_name(node->np),
			(u64)node->rmem->size >> 10);
	return -ENOSPC;
}

static void log_reserved_shortage(const struct lcma_spec *spec,
				  const struct node *node,
				  const struct lcma_reservation *reservation,
				  const struct lcma_wish *wish)
{
	const unsigned int kib = PAGE_SHIFT - 10;
	const unsigned long taken = lcma_reservation_taken(reservation);
	char where[80] = "";
	const char *why = "is it memory, and what did the boot log say of it?";

	if (taken)
		why = "other regions have the rest";
	else if (wish->longest)
		why = "give it more in reg or size; or reboot, if an earlier unload left pages";
	if (spec->at || spec->below)
		lcma_source_limit_text(spec, where, sizeof(where));
	else
		snprintf(where, sizeof(where), " at a multiple of %lu KiB",
			 wish->align_pages << kib);
	lcma_reason_err("region %s: wants %lu KiB in one piece%s, node %s at %pa has %lu KiB that are still reserved, unused%s, and %lu KiB that regions have: %s",
			spec->name, wish->nr_pages << kib, where, full_name(node->np),
			&node->rmem->base, wish->longest << kib,
			wish->is_private ? "" : " and in whole units", taken << kib, why);
}

static int carve_reserved(const struct lcma_spec *spec, const struct node *node,
			  struct lcma_carve *carve)
{
	struct lcma_reservation reservation;
	struct lcma_wish wish;
	int err;

	set_reservation(node, &reservation);
	if (is_no_map(node) && !lcma_nomap_is_unmapped(&reservation)) {
		lcma_reason_err("region %s: node %s says no-map, but the kernel has mapped it, see the boot log",
				spec->name, full_name(node->np));
		return -EBUSY;
	}
	err = lcma_reserved_take(spec, &reservation, &wish, carve);
	if (err == -ENOSPC)
		log_reserved_shortage(spec, node, &reservation, &wish);
	if (err || carve->has_pages)
		return err;
	err = lcma_nomap_map(spec, carve);
	if (err)
		lcma_reserved_discard(carve);
	return err;
}

static void log_area_shortage(const struct lcma_spec *spec,
			      const struct node *node,
			      const struct lcma_row *want)
{
	const unsigned long unit_pages = lcma_unit_pages();
	const unsigned int kib = PAGE_SHIFT - 10;
	char where[80];

	lcma_source_limit_text(spec, where, sizeof(where));
	lcma_reason_err("region %s: wants %lu KiB in one piece%s, node %s has %llu KiB at %pa and can give %lu KiB now (in units of %lu KiB, on their edges)%s",
			spec->name, (want->nr_units * unit_pages) << kib,
			where, full_name(node->np), (u64)node->rmem->size >> 10,
			&node->rmem->base,
			(want->longest * unit_pages) << kib, unit_pages << kib,
			want->longest ? "; make it larger" :
					": others hold it, or it has no whole unit");
}

/* The kernel's own area behind a device of ours. Return: as lcma_area_take(). */
static int take_of_pool(const struct lcma_spec *spec, const struct node *node,
			struct pool *pool, struct lcma_carve *carve)
{
	const struct reserved_mem_ops *ops = lcma_answer_of_kernel(pool->rmem);
	struct device *dev = lcma_area_device(pool->area);
	struct lcma_row want;
	int err;

	err = lcma_area_row(spec, &want) ?: lcma_fault(OF_AREA) ?:
	      ops->device_init(pool->rmem, dev);
	if (err)
		return err;
	err = lcma_area_take(pool->area, &want, carve);
	if (err && ops->device_release)
		ops->device_release(pool->rmem, dev);
	if (err == -ENOSPC)
		log_area_shortage(spec, node, &want);
	return err;
}

static int carve_area(const struct lcma_spec *spec, const struct node *node,
		      struct lcma_carve *carve)
{
	struct pool *pool;
	int err;

	pool = lcma_fault(OF_CARVE) ? NULL : kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return -ENOMEM;
	pool->rmem = node->rmem;
	pool->area = lcma_area_open();
	if (IS_ERR(pool->area)) {
		err = PTR_ERR(pool->area);
		goto err_free;
	}
	err = take_of_pool(spec, node, pool, carve);
	if (err)
		goto err_close;
	carve->private = pool;
	return 0;

err_close:
	lcma_area_close(pool->area);
err_free:
	kfree(pool);
	return err;
}

static int carve_node(const struct lcma_spec *spec, const struct node *node,
		      struct lcma_carve *carve)
{
	if (lcma_answer_of_kernel(node->rmem) && !is_area(node))
		return refuse_foreign(spec, node);
	if (spec->size_bytes > node->rmem->size)
		return refuse_size(spec, node);
	return is_area(node) ? carve_area(spec, node, carve) :
			       carve_reserved(spec, node, carve);
}

static int of_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	struct node node;
	int err;

	err = find_node(spec, &node);
	if (err)
		return err;
	err = carve_node(spec, &node, carve);
	if (!err)
		snprintf(carve->origin, sizeof(carve->origin), "of:%s",
			 name_of(node.np));
	of_node_put(node.np);
	return err;
}

static void of_give_back(struct lcma_carve *carve, unsigned long start_pfn,
			 unsigned long nr_pages)
{
	struct pool *pool = carve->private;

	if (carve->is_kernel_cma)
		lcma_area_give_back(pool->area, start_pfn, nr_pages);
	else
		lcma_reserved_give_back(carve, start_pfn, nr_pages);
}

static void of_discard(struct lcma_carve *carve)
{
	const struct reserved_mem_ops *ops;
	struct pool *pool = carve->private;

	if (!carve->has_pages)
		lcma_nomap_unmap(carve);
	if (!carve->is_kernel_cma) {
		lcma_reserved_discard(carve);
		return;
	}
	ops = lcma_answer_of_kernel(pool->rmem);
	if (ops->device_release)
		ops->device_release(pool->rmem, lcma_area_device(pool->area));
	lcma_area_close(pool->area);
	kfree(pool);
}

/* How large a region of the whole node can be. */
static unsigned long whole_pages(const struct node *node, bool is_private)
{
	struct lcma_reservation reservation;

	set_reservation(node, &reservation);
	return lcma_reservation_pages(&reservation, is_private && !is_area(node));
}

/* The first node of ours with room; of any room, if the region has no size. */
static int of_suggest(struct lcma_spec *spec, char *why, size_t size_bytes)
{
	struct device_node *root = of_find_node_by_path("/reserved-memory");
	const bool is_private = spec->keep_high_bytes == LCMA_KEEP_ALL;
	struct lcma_reservation reservation;
	struct device_node *np;
	struct node node;
	int err = -ENODEV;
	u64 bytes, taken;

	if (root)
		snprintf(why, size_bytes,
			 "no node below /reserved-memory of the device tree has compatible = \"%s\", and room",
			 COMPATIBLE);
	else
		snprintf(why, size_bytes,
			 "the machine has no device tree with /reserved-memory in it");
	for_each_available_child_of_node(root, np) {
		if (!of_device_is_compatible(np, COMPATIBLE) ||
		    !look_up(np, &node))
			continue;
		set_reservation(&node, &reservation);
		bytes = (u64)whole_pages(&node, is_private) << PAGE_SHIFT;
		taken = (u64)lcma_reservation_taken(&reservation) << PAGE_SHIFT;
		if (bytes - min(bytes, taken) < max(spec->size_bytes, 1ULL))
			continue;
		spec->size_bytes = bytes;
		strscpy(spec->source_arg, name_of(np), sizeof(spec->source_arg));
		of_node_put(np);
		err = 0;
		break;
	}
	of_node_put(root);
	return err;
}

/**
 * enum form - how a property is written
 * @STRING: a string, as after the option's =
 * @CELL: a cell with a number
 * @FLAG: it is there, or not
 */
enum form { STRING, CELL, FLAG };

static const struct {
	const char *property;
	const char *option;
	enum form form;
} properties[] = {
	{ "lcma,keep", "keep", STRING },
	{ "lcma,align", "align", CELL },
	{ "lcma,policy", "policy", STRING },
	{ "lcma,order", "order", CELL },
	{ "lcma,wedge", "wedge", FLAG },
	{ "lcma,cache", "cache", STRING },
	/* Its value may hold commas, so it is the last. */
	{ "lcma,heap", "heap", STRING },
};

/* ",keep=all" and the like. Return: how many characters. */
static size_t write_option(const struct device_node *np, unsigned int i,
			   char *text, size_t size_bytes)
{
	const char *property = properties[i].property;
	const char *value;
	u32 number;

	switch (properties[i].form) {
	case STRING:
		if (of_property_read_string(np, property, &value))
			return 0;
		return scnprintf(text, size_bytes, ",%s=%s",
				 properties[i].option, value);
	case CELL:
		if (of_property_read_u32(np, property, &number))
			return 0;
		return scnprintf(text, size_bytes, ",%s=%u",
				 properties[i].option, number);
	default:
		if (!of_property_read_bool(np, property))
			return 0;
		return scnprintf(text, size_bytes, ",%s=1",
				 properties[i].option);
	}
}

/* A region's name has fewer kinds of characters than a label or a node's name. */
static void region_name(struct device_node *root, const struct device_node *np,
			char *name)
{
	struct device_node *first = NULL;
	const char *from = label_of(np);
	size_t i, len;

	if (from) {
		len = strlen(from);
	} else {
		from = full_name(np);
		len = strcspn(from, "@");
		strscpy(name, from, min_t(size_t, len + 1, LCMA_NAME_BYTES));
		if (find_by(root, name, has_name, &first) > 1)
			len = strlen(from);
		of_node_put(first);
	}
	len = min_t(size_t, len, LCMA_NAME_BYTES - 1);
	for (i = 0; i < len; i++)
		name[i] = isalnum(from[i]) || strchr("_-.", from[i]) ?
			  from[i] : '-';
	name[len] = '\0';
}

/* One region, as in regions=. Return: how many characters. */
static size_t write_region(struct device_node *root, const struct node *node,
			   char *text, size_t size_bytes)
{
	char name[LCMA_NAME_BYTES];
	const char *keep = "";
	unsigned int i;
	size_t len;

	of_property_read_string(node->np, "lcma,keep", &keep);
	region_name(root, node->np, name);
	len = scnprintf(text, size_bytes, "%s=%luK@of:%s", name,
			whole_pages(node, !strcmp(keep, "all")) <<
			(PAGE_SHIFT - 10), name_of(node->np));
	for (i = 0; i < ARRAY_SIZE(properties); i++)
		len += write_option(node->np, i, text + len, size_bytes - len);
	return len;
}

/*
 * Every node with a compatible of ours. One that the kernel could not reserve is left
 * out, and named.
 */
static int of_describe(char *text, size_t size_bytes)
{
	struct device_node *root = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	struct node node;
	size_t len = 0;

	*text = '\0';
	for_each_available_child_of_node(root, np) {
		if (!of_device_is_compatible(np, COMPATIBLE))
			continue;
		if (!look_up(np, &node)) {
			pr_warn("the kernel could not reserve memory for node %s of the device tree, see the boot log: it is no region\n",
				full_name(np));
			continue;
		}
		if (len)
			len += scnprintf(text + len, size_bytes - len, ";");
		len += write_region(root, &node, text + len, size_bytes - len);
	}
	of_node_put(root);
	if (len + 1 < size_bytes)
		return 0;
	lcma_reason_err("the device tree has too many regions");
	return -ENOSPC;
}

const struct lcma_source lcma_source_of = {
	.word = "of",
	.arg = LCMA_ARG_REQUIRED,
	.turn = 15,
	.suggest = of_suggest,
	.describe = of_describe,
	.carve = of_carve,
	.give_back = of_give_back,
	.discard = of_discard,
};
