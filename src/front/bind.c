// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules meet devices: see bind.h.
 *
 *	a driver binds		the first rule that matches counts from here on; without
 *				one, memory-region of the device's node does. The
 *				device gets our operations after its bus has configured
 *				it for DMA and before its driver's probe
 *	it is bound		the module cannot be unloaded; new rules do not touch it
 *	its driver goes		(or probe fails) the operations stay: managed memory, and
 *				buffers that programs still have, are freed through them
 *	it binds again		new rules count. A device that has no buffers begins anew;
 *				one that has keeps its operations
 *	it is removed		the operations go, with the last buffer at the latest
 *	the module goes		no device is bound, no buffer is left: the operations go
 *
 * Why the operations stay: a free that went the kernel's way would reach the kernel's
 * own allocator with our pages. Where regions are carved out of its CMA area, it
 * would believe them its own. 32-bit ARM clears a device's operations when its driver
 * goes, unless a bit says that others set them (compat/dmaops.h). arm64 clears them
 * without such a bit up to some kernel after 6.1. Setting them again when bind.c hears of
 * it leaves a moment in which a program may close, so rules are refused there.
 */
#define pr_fmt(fmt) "lcma: " fmt

#include "front/bind.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "buffer/phandle.h"
#include "compat/buses.h"
#include "compat/dmaops.h"
#include "core/rule.h"
#include "fault.h"
#include "front/dma.h"
#include "front/piece.h"
#include "front/tree.h"
#include "region/region.h"

static char *map;
module_param(map, charp, 0444);
MODULE_PARM_DESC(map,
		 "which devices allocate from which regions through the DMA API: GLOB=REGION[,REGION]...[:min=SIZE][:keep=SIZE][;...], for example \"vivid*=cam,default;*=kernel\"");

/**
 * struct rules - the rules that count
 * @text: as they were given, without the newline
 * @nr: how many
 * @rule: the rules
 */
struct rules {
	char text[LCMA_RULES_BYTES];
	unsigned int nr;
	struct lcma_rule rule[LCMA_MAX_RULES];
};

/* Taken with the device's own lock held; nothing below it takes that one. */
static DEFINE_MUTEX(lock);		/* all of these */
static struct rules *rules;
static LIST_HEAD(clients);
static bool is_closing;
static struct lcma_rule tree_rule;	/* what a device's node says, just now */

/* Why a device that a rule or the device tree names has not got our operations. */
static const char refused_iommu[] = "an IOMMU translates for it";
static const char refused_ops[] = "it has DMA operations of its own";
static const char refused_pool[] = "it may reach a pool of its own only";
static const char refused_secret[] =
	"this guest's memory is encrypted: what a device reads must not be";
static const char refused_late[] =
	"its driver was there before the rule, which counts from the next bind on";
static const char refused_kernel[] =
	"this kernel has no operations of single devices, or clears them when a driver goes";

static struct lcma_dma_client *find_client(const struct device *dev)
{
	struct lcma_dma_client *client;

	list_for_each_entry(client, &clients, link)
		if (client->dev == dev)
			return client;
	return NULL;
}

/* A rule without a name: these regions in order, and what a kernel's own area would have. */
static void make_rule(struct lcma_rule *rule, struct lcma_region *const *regions,
		      unsigned int nr_regions)
{
	unsigned int i;

	*rule = (struct lcma_rule) {
		.list.nr = nr_regions,
		.min_bytes = PAGE_SIZE + 1,
	};
	for (i = 0; i < nr_regions; i++) {
		strscpy(rule->list.names[i], regions[i]->name, LCMA_NAME_BYTES);
		rule->list.steps[i] = i;
	}
}

/* Under lock. Return: what the first phandle of a device's node says, if it is ours. */
static const struct lcma_rule *find_tree_rule(struct device *dev)
{
	struct lcma_region *regions[LCMA_LIST_REGIONS];
	unsigned int nr;

	nr = lcma_phandle_regions(dev, 0, regions, LCMA_LIST_REGIONS);
	if (!nr)
		return NULL;
	make_rule(&tree_rule, regions, min_t(unsigned int, nr, LCMA_LIST_REGIONS));
	return &tree_rule;
}

/* Under lock and device_lock(). Return: the first rule about a device. */
static const struct lcma_rule *find_map_rule(struct device *dev)
{
	const struct lcma_rule_names names = {
		.bus = dev->bus ? dev->bus->name : "",
		.device = dev_name(dev),
		.driver = dev->driver ? dev->driver->name : "",
	};
	unsigned int i;

	for (i = 0; i < rules->nr; i++)
		if (lcma_rule_matches(&rules->rule[i], &names))
			return &rules->rule[i];
	return NULL;
}

/* Under lock and device_lock(). Return: what says which regions a device has; or NULL. */
static const struct lcma_rule *find_rule(struct device *dev)
{
	const struct lcma_rule *rule = find_map_rule(dev) ?: find_tree_rule(dev);

	return rule && rule->list.nr ? rule : NULL;
}

static enum lcma_dma_by by_of(const struct lcma_rule *rule)
{
	return rule == &tree_rule ? LCMA_BY_TREE : LCMA_BY_RULE;
}

static const char *find_refusal(struct device *dev)
{
	if (!LCMA_HAS_DMA_OPS || LCMA_DMA_OPS_VANISH)
		return refused_kernel;
	if (lcma_compat_is_encrypted())
		return refused_secret;
	if (lcma_compat_has_iommu(dev))
		return refused_iommu;
	if (get_dma_ops(dev))
		return refused_ops;
	if (lcma_compat_is_restricted(dev))
		return refused_pool;
	return NULL;
}

/* Under lock, without a buffer: forget a client. */
static void drop_client(struct lcma_dma_client *client)
{
	list_del(&client->link);
	lcma_group_leave(&client->member);
	if (!client->refusal)
		lcma_dma_ops_clear(client);
	lcma_dma_client_put(client);
}

static void set_rule(struct lcma_dma_client *client, const struct lcma_rule *rule,
		     enum lcma_dma_by by)
{
	unsigned int i;

	client->by = by;
	client->rule = *rule;
	for (i = 0; i < rule->list.nr; i++)
		client->regions[i] = lcma_region_find(rule->list.names[i]);
	client->said = 0;
	/* The next allocation, or the end of probe, puts it into a group. */
	lcma_group_leave(&client->member);
}

/* Return: the client; NULL: no memory, and the log says so. */
static struct lcma_dma_client *add_client(struct device *dev,
					  const struct lcma_rule *rule,
					  enum lcma_dma_by by, const char *refusal)
{
	struct lcma_dma_client *client = lcma_dma_client_new(dev);

	if (!client) {
		dev_warn(dev, "lcma: no memory to serve it; its memory comes from the kernel\n");
		return NULL;
	}
	set_rule(client, rule, by);
	strscpy(client->driver, dev->driver ? dev->driver->name : "-",
		sizeof(client->driver));
	client->refusal = refusal;
	list_add_tail(&client->link, &clients);
	if (refusal && refusal != refused_late)
		dev_notice(dev, "lcma: %s%s does not serve it: %s\n",
			   by == LCMA_BY_RULE ? "rule " : "region ",
			   by == LCMA_BY_RULE ? rule->glob : rule->list.names[0],
			   refusal);
	return client;
}

/* Under lock: a device gets our operations. Return: false: the module is being unloaded. */
static bool start_client(struct lcma_dma_client *client)
{
	client->is_bound = client->is_bound || try_module_get(THIS_MODULE);
	if (client->is_bound)
		lcma_dma_ops_set(client);
	else
		drop_client(client);
	return client->is_bound;
}

/* A device whose driver is about to probe. Its device_lock() is held. */
static void device_binds(struct device *dev)
{
	struct lcma_dma_client *client, *parent;
	const struct lcma_rule *rule;
	enum lcma_dma_by by;

	mutex_lock(&lock);
	client = find_client(dev);
	/* What an earlier driver had is forgotten, unless buffers are left. */
	if (client && !atomic_read(&client->nr_pieces)) {
		drop_client(client);
		client = NULL;
	}
	parent = client ? NULL : lcma_dma_client_of(dev);
	rule = find_rule(dev);
	by = by_of(rule);
	if (parent) {
		/* A copy of its parent's. It gets its own, and its parent's rule. */
		set_dma_ops(dev, NULL);
		by = rule ? by : parent->by;
		rule = rule ?: &parent->rule;
	}
	if (client) {
		static const struct lcma_rule nothing;

		set_rule(client, rule ?: &nothing, by);
	} else if (rule && rule->list.nr && !is_closing) {
		client = add_client(dev, rule, by, find_refusal(dev));
	}
	/* Fails while the module is being unloaded: then none has buffers. */
	if (client && !client->refusal)
		start_client(client);
	mutex_unlock(&lock);
}

/* After probe: the driver has said what its device reaches. */
static void device_bound(struct device *dev)
{
	struct lcma_dma_client *client;

	mutex_lock(&lock);
	client = find_client(dev);
	if (client && client->is_bound)
		lcma_dma_regroup(client);
	mutex_unlock(&lock);
}

/* A device without a driver, or one whose probe has failed: memory may be left. */
static void device_unbound(struct device *dev)
{
	struct lcma_dma_client *client;

	mutex_lock(&lock);
	client = find_client(dev);
	if (client && client->is_bound) {
		lcma_dma_ops_set(client);
		client->is_bound = false;
		lcma_group_leave(&client->member);
		module_put(THIS_MODULE);
	}
	mutex_unlock(&lock);
	lcma_pieces_reap();
}

/* Under lock: devices that were removed, and whose last buffer is gone by now. */
static void forget_gone(void)
{
	struct lcma_dma_client *client, *next;

	list_for_each_entry_safe(client, next, &clients, link)
		if (client->is_gone && !atomic_read(&client->nr_pieces))
			drop_client(client);
}

static void device_removed(struct device *dev)
{
	struct lcma_dma_client *client;

	lcma_pieces_reap();
	mutex_lock(&lock);
	client = find_client(dev);
	if (client)
		client->is_gone = true;
	forget_gone();
	mutex_unlock(&lock);
}

static int note(struct notifier_block *block, unsigned long what, void *dev)
{
	switch (what) {
	case BUS_NOTIFY_BIND_DRIVER:
		device_binds(dev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		device_bound(dev);
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
	case BUS_NOTIFY_UNBOUND_DRIVER:
		device_unbound(dev);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		device_removed(dev);
		break;
	}
	return NOTIFY_OK;
}

#define BUS_ROW(type)	{ &(type), { .notifier_call = note } },

static struct {
	const struct bus_type *bus;
	struct notifier_block block;
} buses[] = { LCMA_COMPAT_BUSES(BUS_ROW) };

/* One whose driver was there first is told of: it has to be bound again. */
static int look_at_device(struct device *dev, void *nr_late)
{
	const struct lcma_rule *rule;

	device_lock(dev);
	mutex_lock(&lock);
	rule = dev->driver && !is_closing && !find_client(dev) ?
	       find_rule(dev) : NULL;
	if (rule) {
		add_client(dev, rule, by_of(rule), refused_late);
		if (!(*(unsigned int *)nr_late)++)
			dev_notice(dev, "lcma: rule %s: %s\n",
				   *rule->glob ? rule->glob : "of the device tree",
				   refused_late);
	}
	mutex_unlock(&lock);
	device_unlock(dev);
	return 0;
}

static void look_at_devices(void)
{
	unsigned int nr_late = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buses); i++)
		bus_for_each_dev(lcma_compat_bus(buses[i].bus), NULL, &nr_late,
				 look_at_device);
	if (nr_late > 1)
		pr_notice("map=: the same holds for %u more devices\n",
			  nr_late - 1);
}

/* Every region of every rule is there. Return: 0; -ENOENT, and the log names it. */
static int check_regions(const struct rules *fresh)
{
	const struct lcma_rule *rule;
	unsigned int i, k;

	for (i = 0; i < fresh->nr; i++) {
		rule = &fresh->rule[i];
		for (k = 0; k < rule->list.nr; k++) {
			if (lcma_region_find(rule->list.names[k]))
				continue;
			pr_err("map=: rule %s: there is no region %s\n",
			       rule->glob, rule->list.names[k]);
			return -ENOENT;
		}
	}
	return 0;
}

/* Return: 0; -EINVAL, -E2BIG, -ENOENT, -EOPNOTSUPP, and the log says why. */
static int understand(const char *text, size_t len_bytes, struct rules *fresh)
{
	struct lcma_complaint complaint;
	char why[LCMA_COMPLAINT_BYTES];
	int nr;

	if (len_bytes && text[len_bytes - 1] == '\n')
		len_bytes--;
	if (len_bytes >= sizeof(fresh->text)) {
		pr_err("map=: longer than %zu bytes\n", sizeof(fresh->text) - 1);
		return -E2BIG;
	}
	memcpy(fresh->text, text, len_bytes);
	fresh->text[len_bytes] = '\0';
	nr = strlen(fresh->text) == len_bytes ?
	     lcma_rules_parse(fresh->text, fresh->rule, LCMA_MAX_RULES,
			      &complaint) : -EINVAL;
	if (nr == -EINVAL && strlen(fresh->text) != len_bytes) {
		pr_err("map=: a NUL at character %zu\n", strlen(fresh->text) + 1);
		return nr;
	}
	if (nr < 0) {
		lcma_complaint_text(&complaint, fresh->text, len_bytes, why,
				    sizeof(why));
		pr_err("map=: %s\n", why);
		return nr;
	}
	fresh->nr = nr;
	if (nr && !LCMA_HAS_DMA_OPS) {
		pr_err("map=: this kernel has no DMA operations of single devices (CONFIG_ARCH_HAS_DMA_OPS)\n");
		return -EOPNOTSUPP;
	}
	if (nr && LCMA_DMA_OPS_VANISH) {
		pr_err("map=: this kernel clears a device's DMA operations when its driver goes; memory that a program still has would then be freed to the kernel\n");
		return -EOPNOTSUPP;
	}
	return check_regions(fresh);
}

/* Return: rules; ERR_PTR as understand(), and -ENOMEM. */
static struct rules *new_rules(const char *text, size_t len_bytes)
{
	struct rules *fresh;
	int err;

	fresh = lcma_fault(DMA_RULES) ? NULL :
		kvzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return ERR_PTR(-ENOMEM);
	err = understand(text, len_bytes, fresh);
	if (!err)
		return fresh;
	kvfree(fresh);
	return ERR_PTR(err);
}

/**
 * lcma_bind_rules_set - other rules from now on
 * @text: the rules; "": none
 * @len_bytes: how long; one newline at its end is allowed
 *
 * Devices that are bound keep theirs until they are unbound.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL malformed; -E2BIG too long; -ENOENT no such region; -EOPNOTSUPP
 * this kernel has no operations of single devices; -ENOMEM. The log says why.
 */
int lcma_bind_rules_set(const char *text, size_t len_bytes)
{
	struct rules *fresh = new_rules(text, len_bytes), *old;

	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	mutex_lock(&lock);
	old = rules;
	rules = fresh;
	mutex_unlock(&lock);
	kvfree(old);
	look_at_devices();
	return 0;
}

/**
 * lcma_bind_rules_show - the rules, as they were given
 * @to: where to
 * @size_bytes: its size
 *
 * Context: process, may sleep.
 * Return: how long they are, without the NUL.
 */
size_t lcma_bind_rules_show(char *to, size_t size_bytes)
{
	size_t len_bytes;

	mutex_lock(&lock);
	len_bytes = scnprintf(to, size_bytes, "%s", rules->text);
	mutex_unlock(&lock);
	return len_bytes;
}

static void show_client(struct seq_file *m, struct lcma_dma_client *client)
{
	const struct lcma_rule *rule = &client->rule;
	struct device *dev = client->dev;
	unsigned int i;

	seq_printf(m, "device=%s bus=%s driver=%s by=%s rule=%s regions=",
		   dev_name(dev), dev->bus ? dev->bus->name : "-",
		   client->is_bound || client->refusal ? client->driver : "-",
		   lcma_dma_by_word(client->by), *rule->glob ? rule->glob : "-");
	for (i = 0; i < rule->list.nr; i++)
		seq_printf(m, "%s%s", !i ? "" :
			   rule->list.steps[i] == rule->list.steps[i - 1] ? "+" : ",",
			   rule->list.names[i]);
	seq_printf(m, "%s min=%llu group=%u reached=%u keep=%lu state=%s coherent=%d buffers=%d bytes=%ld allocs=%d",
		   rule->list.nr ? "" : "-", rule->min_bytes,
		   client->member.number, client->member.nr_reached,
		   client->member.region ? client->member.keep_pages << PAGE_SHIFT : 0,
		   client->refusal ? "refused" :
		   client->is_gone ? "removed" :
		   client->is_bound ? "bound" : "unbound",
		   dev_is_dma_coherent(dev), atomic_read(&client->nr_pieces),
		   atomic_long_read(&client->nr_bytes),
		   atomic_read(&client->nr_allocs));
	for (i = 0; i < LCMA_NR_DMA_WHY; i++)
		seq_printf(m, " left_%s=%d", lcma_dma_why_word(i),
			   atomic_read(&client->nr_left[i]));
	seq_printf(m, " why=%s\n", client->refusal ?: "-");
}

/* Does a notifier tell of this device? */
static bool is_on_known_bus(const struct device *dev)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buses); i++)
		if (dev->bus == buses[i].bus)
			return true;
	return false;
}

/* Under lock: a device for which nothing counted when its driver was bound, or none was. */
static int serve_new(struct device *dev, const struct lcma_rule *rule)
{
	const char *refusal = find_refusal(dev);
	struct lcma_dma_client *client;

	if (is_closing)
		return -ENODEV;
	client = add_client(dev, rule, LCMA_BY_DRIVER, refusal);
	if (!client)
		return -ENOMEM;
	if (refusal)
		return -EOPNOTSUPP;
	return start_client(client) ? 0 : -ENODEV;
}

/**
 * lcma_bind_memory - a driver asks for the memory of a node of the device tree
 * @dev: for which device; it may be on no bus
 * @regions: the regions that lie in the node
 * @nr_regions: how many, at least 1, at most LCMA_LIST_REGIONS
 *
 * From then on the device allocates there, whichever phandle its driver has asked for
 * before. A rule of map= that names the device comes first: it stays as it is.
 *
 * Context: process, may sleep; in a driver's probe.
 * Return: 0; -EOPNOTSUPP it cannot be served, and the log says why; -ENODEV the module
 * is being unloaded; -ENOMEM.
 */
int lcma_bind_memory(struct device *dev, struct lcma_region *const *regions,
		     unsigned int nr_regions)
{
	struct lcma_dma_client *client;
	struct lcma_rule rule;
	int err = 0;

	make_rule(&rule, regions, nr_regions);
	mutex_lock(&lock);
	client = find_client(dev);
	if (!client) {
		if (find_map_rule(dev))
			dev_notice(dev, "lcma: a rule of map= leaves it to the kernel, whatever the device tree says\n");
		else
			err = serve_new(dev, &rule);
	} else if (client->refusal) {
		err = -EOPNOTSUPP;
	} else if (client->by != LCMA_BY_RULE) {
		set_rule(client, &rule, LCMA_BY_DRIVER);
		client->is_gone = false;
		if (!start_client(client))
			err = -ENODEV;
	}
	mutex_unlock(&lock);
	return err;
}

/**
 * lcma_bind_memory_release - a driver does not need a node's memory any longer
 * @dev: the device that it has asked for
 *
 * Buffers that are left stay valid. A device on a bus keeps its regions until its
 * driver goes.
 *
 * Context: process, may sleep.
 */
void lcma_bind_memory_release(struct device *dev)
{
	struct lcma_dma_client *client;
	bool was_bound = false;

	if (is_on_known_bus(dev))
		return;
	lcma_pieces_reap();
	mutex_lock(&lock);
	client = find_client(dev);
	if (client) {
		was_bound = client->is_bound;
		client->is_bound = false;
		lcma_group_leave(&client->member);
		client->is_gone = true;
	}
	forget_gone();
	mutex_unlock(&lock);
	if (was_bound)
		module_put(THIS_MODULE);
}

/**
 * lcma_bind_show - which device has which regions, and why
 * @m: where to; a line a device
 *
 * Context: process, may sleep.
 */
void lcma_bind_show(struct seq_file *m)
{
	struct lcma_dma_client *client;

	mutex_lock(&lock);
	forget_gone();
	list_for_each_entry(client, &clients, link) {
		/* Its masks may have changed since its last allocation. */
		if (client->is_bound)
			lcma_dma_regroup(client);
		show_client(m, client);
	}
	mutex_unlock(&lock);
}

/**
 * lcma_bind_show_holders - which devices keep the module loaded
 * @m: where to; a line a device
 *
 * Buffers that a device has are listed as buffers.
 *
 * Context: process, may sleep.
 */
void lcma_bind_show_holders(struct seq_file *m)
{
	struct lcma_dma_client *client;

	mutex_lock(&lock);
	list_for_each_entry(client, &clients, link)
		if (client->is_bound)
			seq_printf(m, "device=%s driver=%s rule=%s\n",
				   dev_name(client->dev), client->driver,
				   *client->rule.glob ? client->rule.glob : "-");
	mutex_unlock(&lock);
}

/**
 * lcma_bind_init - understand map=
 *
 * Context: while the module loads, after the regions are there; may sleep.
 * Return: 0; as lcma_bind_rules_set().
 */
int lcma_bind_init(void)
{
	const char *text = map ?: "";
	struct rules *fresh = new_rules(text, strlen(text));

	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	rules = fresh;
	return 0;
}

/**
 * lcma_bind_start - the rules count from now on
 *
 * Context: the last steps of loading; may sleep.
 */
void lcma_bind_start(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(buses); i++) {
		err = bus_register_notifier(lcma_compat_bus(buses[i].bus),
					    &buses[i].block);
		if (err)
			pr_warn("map=: devices on bus %s are not seen (%pe)\n",
				buses[i].bus->name, ERR_PTR(err));
	}
	lcma_tree_claim();
	look_at_devices();
}

/* A client that nothing is left of, out of the list; NULL: there is none. */
static struct lcma_dma_client *take_client(void)
{
	struct lcma_dma_client *client;

	mutex_lock(&lock);
	client = list_first_entry_or_null(&clients, struct lcma_dma_client, link);
	if (client)
		list_del(&client->link);
	mutex_unlock(&lock);
	return client;
}

/**
 * lcma_bind_stop - no device has anything of ours left
 *
 * Context: while the module unloads; may sleep. No device is bound with our operations,
 * and none has a buffer: each of them keeps the module.
 */
void lcma_bind_stop(void)
{
	struct lcma_dma_client *client;
	size_t i;

	lcma_tree_stop();
	mutex_lock(&lock);
	is_closing = true;
	mutex_unlock(&lock);
	/* One that binds meanwhile loses its operations in device_binds(). */
	while ((client = take_client())) {
		device_lock(client->dev);
		lcma_group_leave(&client->member);
		if (!client->refusal)
			lcma_dma_ops_clear(client);
		device_unlock(client->dev);
		lcma_dma_client_put(client);
	}
	for (i = 0; i < ARRAY_SIZE(buses); i++)
		bus_unregister_notifier(lcma_compat_bus(buses[i].bus),
					&buses[i].block);
	lcma_pieces_reap_stop();
}

/**
 * lcma_bind_exit - forget the rules
 *
 * Context: after lcma_bind_stop(), or when a step of loading after lcma_bind_init()
 * has failed.
 */
void lcma_bind_exit(void)
{
	kvfree(rules);
	rules = NULL;
}
