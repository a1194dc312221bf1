// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl who: who holds a buffer now, or what is on a page and who may have pinned
 * it. What the kernel records nowhere is said to be so.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

/* Looking through the page tables of all processes ends after so long. */
#define SEARCH_S	10

/* Of /proc/PID/pagemap */
#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_PFN	((1ULL << 55) - 1)
#define PAGEMAP_BATCH	4096

/**
 * struct inquiry - one question
 * @session: the run of cmactl
 * @root: before /proc and /sys
 * @device: from device_open()
 * @regions: all of them
 * @nr_holders: processes that were found
 * @is_short: the search ended early
 */
struct inquiry {
	struct session *session;
	const char *root;
	int device;
	struct regions regions;
	unsigned int nr_holders;
	bool is_short;
};

__attribute__((format(printf, 3, 4)))
static FILE *open_file(const struct inquiry *inquiry, const char *mode,
		       const char *format, ...)
{
	char path[512];
	int len = snprintf(path, sizeof(path), "%s", inquiry->root);
	va_list ap;

	va_start(ap, format);
	vsnprintf(path + len, sizeof(path) - len, format, ap);
	va_end(ap);
	return fopen(path, mode);
}

static DIR *open_proc(const struct inquiry *inquiry, const char *rest)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/proc%s", inquiry->root, rest);
	return opendir(path);
}

static void comm_of(const struct inquiry *inquiry, const char *pid, char *comm,
		    size_t size)
{
	FILE *file = open_file(inquiry, "re", "/proc/%.20s/comm", pid);

	*comm = '\0';
	if (!file)
		return;
	if (!fgets(comm, size, file))
		*comm = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	fclose(file);
}

/* A process that has it. */
static void tell_holder(struct inquiry *inquiry, const char *pid,
			const char *how)
{
	struct json *json = &inquiry->session->json;
	char comm[64];

	comm_of(inquiry, pid, comm, sizeof(comm));
	inquiry->nr_holders++;
	if (!wants_json(inquiry->session)) {
		printf("  process %s (%s): %s\n", pid, comm, how);
		return;
	}
	json_open(json, NULL, '{');
	json_number(json, "pid", strtoull(pid, NULL, 10));
	json_text(json, "comm", comm);
	json_text(json, "how", how);
	json_close(json, '}');
}

/* Calls @visit for each process. */
static void for_each_process(struct inquiry *inquiry,
			     void (*visit)(struct inquiry *inquiry,
					   const char *pid, uint64_t what),
			     uint64_t what)
{
	DIR *dir = open_proc(inquiry, "");
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			visit(inquiry, entry->d_name, what);
	closedir(dir);
}

/* --- a buffer ------------------------------------------------------------------- */

static bool is_descriptor_of(const struct inquiry *inquiry, const char *pid,
			     const char *fd, uint64_t inode)
{
	FILE *file = open_file(inquiry, "re", "/proc/%.20s/fdinfo/%.20s", pid,
			       fd);
	bool is_inode = false, is_ours = false;
	char line[160];
	uint64_t ino;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "ino: %" SCNu64, &ino) == 1)
			is_inode = ino == inode;
		if (!strncmp(line, "exp_name:", 9))
			is_ours = strstr(line, "lcma");
	}
	if (file)
		fclose(file);
	return is_inode && is_ours;
}

static unsigned int count_descriptors(const struct inquiry *inquiry,
				      const char *pid, uint64_t inode)
{
	struct dirent *entry;
	unsigned int nr = 0;
	char rest[64];
	DIR *dir;

	snprintf(rest, sizeof(rest), "/%.20s/fdinfo", pid);
	dir = open_proc(inquiry, rest);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			nr += is_descriptor_of(inquiry, pid, entry->d_name,
					       inode);
	closedir(dir);
	return nr;
}

/* Mappings keep a buffer without a descriptor. */
static unsigned int count_mappings(const struct inquiry *inquiry,
				   const char *pid, uint64_t inode)
{
	FILE *file = open_file(inquiry, "re", "/proc/%.20s/maps", pid);
	unsigned int nr = 0;
	char line[512];
	uint64_t ino;

	while (file && fgets(line, sizeof(line), file))
		if (strstr(line, "dmabuf") &&
		    sscanf(line, "%*s %*s %*s %*s %" SCNu64, &ino) == 1)
			nr += ino == inode;
	if (file)
		fclose(file);
	return nr;
}

static void visit_holder(struct inquiry *inquiry, const char *pid,
			 uint64_t inode)
{
	const unsigned int fds = count_descriptors(inquiry, pid, inode);
	const unsigned int maps = count_mappings(inquiry, pid, inode);
	char how[80];

	if (!fds && !maps)
		return;
	snprintf(how, sizeof(how), "%u descriptor%s, %u mapping%s", fds,
		 fds == 1 ? "" : "s", maps, maps == 1 ? "" : "s");
	tell_holder(inquiry, pid, how);
}

/* As /sys/kernel/debug/dma_buf/bufinfo has them: after the buffer, one a line. */
static void tell_devices(struct inquiry *inquiry, uint64_t inode)
{
	FILE *file = open_file(inquiry, "re", "/sys/kernel/debug/dma_buf/bufinfo");
	struct json *json = &inquiry->session->json;
	bool is_it = false, is_list = false;
	unsigned int nr_devices = 0;
	char line[256], exporter[64];
	unsigned long ino;

	if (!file) {
		if (!wants_json(inquiry->session))
			printf("  devices: cannot be seen without root and debugfs\n");
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%*x %*x %*x %*x %63s %lu", exporter, &ino) == 2) {
			is_it = ino == inode;
			is_list = false;
		} else if (is_it && strstr(line, "Attached Devices:")) {
			is_list = true;
		} else if (!strncmp(line, "Total", 5)) {
			is_list = false;
		} else if (is_it && is_list && line[strspn(line, "\t ")]) {
			nr_devices++;
			if (wants_json(inquiry->session))
				json_text(json, NULL, line + strspn(line, "\t "));
			else
				printf("  device %s is attached\n",
				       line + strspn(line, "\t "));
		}
	}
	fclose(file);
	if (!nr_devices && !wants_json(inquiry->session))
		printf("  no device is attached: one that is given the address sees what the CPU wrote, and the CPU what it wrote,\n"
		       "  only after DMA_BUF_IOCTL_SYNC, LCMA_IOC_SYNC or cmactl sync\n");
}

static void tell_buffer(struct inquiry *inquiry,
			const struct lcma_buffer_entry *entry)
{
	struct json *json = &inquiry->session->json;
	char size[CMACTL_TEXT_BYTES], age[CMACTL_TEXT_BYTES];

	if (wants_json(inquiry->session)) {
		json_open(json, "buffer", '{');
		buffer_json(json, entry);
		json_close(json, '}');
		json_open(json, "processes", '[');
	} else {
		printf("buffer %s/%" PRIu64 ": %s%s%s, asked for %s ago by %s (pid %d%s, uid %" PRIu32 ")\n",
		       entry->region, (uint64_t)entry->id,
		       size_text(entry->bytes, size),
		       *entry->label ? ", label " : "", entry->label,
		       duration_text(entry->age_ns, age), entry->comm,
		       (int)entry->pid,
		       entry->flags & LCMA_BUFFER_GONE ? ", gone" : "",
		       entry->uid);
	}
	if (entry->inode)
		for_each_process(inquiry, visit_holder, entry->inode);
	if (wants_json(inquiry->session)) {
		json_close(json, ']');
		json_open(json, "devices", '[');
	}
	if (entry->inode)
		tell_devices(inquiry, entry->inode);
	if (wants_json(inquiry->session)) {
		json_close(json, ']');
		return;
	}
	if (entry->flags & LCMA_BUFFER_TEXT)
		printf("  the text device holds it: cmactl free, or cat /dev/cma_test\n");
	else if (entry->flags & LCMA_BUFFER_KERNEL)
		printf("  a kernel module holds it: /sys/kernel/debug/lcma_holders\n");
	else if (!inquiry->nr_holders)
		printf("  no process was found: it may be another user's (try as root), or on its way through a socket, or held by a driver\n");
}

/* A buffer by its number, or by an address in it. */
struct wanted {
	uint64_t id;
	uint64_t phys;
	struct lcma_buffer_entry found;
	bool is_found;
};

static int match(const struct lcma_buffer_entry *entry, void *data)
{
	struct wanted *wanted = data;

	if (wanted->id ? entry->id != wanted->id :
	    !(entry->flags & LCMA_BUFFER_PHYS) || wanted->phys < entry->phys ||
	    wanted->phys - entry->phys >= entry->bytes)
		return 0;
	wanted->found = *entry;
	wanted->is_found = true;
	return 1;
}

/* Everybody's buffers, or this user's. Return: 0; a negative errno. */
static int find_buffer(const struct inquiry *inquiry, const char *region,
		       struct wanted *wanted)
{
	int err = lcma_for_each_buffer(inquiry->device, region, LCMA_LIST_ALL,
				       match, wanted);

	if (err == -EPERM)
		err = lcma_for_each_buffer(inquiry->device, region, 0, match,
					   wanted);
	return err < 0 ? err : 0;
}

/* --- a page --------------------------------------------------------------------- */

static const char *const flag_names[] = {
	"locked", "error", "referenced", "uptodate", "dirty", "lru", "active",
	"slab", "writeback", "reclaim", "free (buddy)", "mmap", "anon",
	"swapcache", "swapbacked", "head", "tail", "huge", "unevictable",
	"hwpoison", "nopage", "ksm", "thp", "offline", "zero_page", "idle",
	"pgtable",
};

/* A number of a file that has one for each page frame. */
static bool read_number(const struct inquiry *inquiry, const char *name,
			uint64_t pfn, uint64_t *value)
{
	FILE *file = open_file(inquiry, "re", "/proc/%s", name);
	bool is_read;

	if (!file)
		return false;
	is_read = !fseeko(file, pfn * sizeof(*value), SEEK_SET) &&
		  fread(value, sizeof(*value), 1, file) == 1;
	fclose(file);
	return is_read;
}

static void flags_text(uint64_t flags, char *text, size_t size)
{
	size_t i, at = 0;

	*text = '\0';
	for (i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++)
		if (flags >> i & 1 && at < size)
			at += snprintf(text + at, size - at, "%s%s",
				       at ? " " : "", flag_names[i]);
}

static bool has_run_out(struct inquiry *inquiry, time_t began)
{
	inquiry->is_short |= time(NULL) - began > SEARCH_S;
	return inquiry->is_short;
}

/* Does a range of addresses map the page? */
static bool range_maps(FILE *pagemap, uint64_t first, uint64_t end,
		       uint64_t pfn, uint64_t *batch)
{
	size_t i, nr;

	if (fseeko(pagemap, first * sizeof(*batch), SEEK_SET))
		return false;
	for (; first < end; first += nr) {
		nr = end - first < PAGEMAP_BATCH ? end - first : PAGEMAP_BATCH;
		nr = fread(batch, sizeof(*batch), nr, pagemap);
		if (!nr)
			return false;
		for (i = 0; i < nr; i++)
			if (batch[i] & PAGEMAP_PRESENT &&
			    (batch[i] & PAGEMAP_PFN) == pfn)
				return true;
	}
	return false;
}

static void visit_mapper(struct inquiry *inquiry, const char *pid, uint64_t pfn)
{
	FILE *maps = open_file(inquiry, "re", "/proc/%.20s/maps", pid);
	FILE *pagemap = open_file(inquiry, "re", "/proc/%.20s/pagemap", pid);
	uint64_t *batch = malloc(PAGEMAP_BATCH * sizeof(*batch));
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const time_t began = time(NULL);
	uint64_t first, end;
	char line[512], how[256], name[200];

	while (batch && maps && pagemap && fgets(line, sizeof(line), maps)) {
		*name = '\0';
		if (has_run_out(inquiry, began) ||
		    sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %199[^\n]",
			   &first, &end, name) < 2)
			break;
		if (!range_maps(pagemap, first / page, end / page, pfn, batch))
			continue;
		snprintf(how, sizeof(how), "maps it, in %s",
			 *name ? name : "memory of its own");
		tell_holder(inquiry, pid, how);
		break;
	}
	free(batch);
	if (maps)
		fclose(maps);
	if (pagemap)
		fclose(pagemap);
}

/* What CONFIG_PAGE_OWNER knows, if it is built in and switched on. */
static bool tell_owner(struct inquiry *inquiry, uint64_t pfn)
{
	FILE *file = open_file(inquiry, "re", "/sys/kernel/debug/page_owner");
	char line[512], head[512] = "";
	struct json *json = &inquiry->session->json;
	bool is_it = false;
	uint64_t at;

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "Page allocated", 14))
			snprintf(head, sizeof(head), "%s", line);
		if (sscanf(line, "PFN %" SCNi64, &at) != 1 || at != pfn)
			continue;
		is_it = true;
		break;
	}
	if (file)
		fclose(file);
	if (wants_json(inquiry->session) && is_it)
		json_text(json, "page_owner", head);
	else if (wants_json(inquiry->session))
		json_null(json, "page_owner");
	else if (is_it)
		printf("  page_owner: %s\n", head);
	return is_it;
}

/* The region that a page lies in; NULL. */
static const struct lcma_region_info *region_of(const struct inquiry *inquiry,
						uint64_t phys)
{
	int i;

	for (i = 0; i < inquiry->regions.nr; i++) {
		const struct lcma_region_info *info = &inquiry->regions.info[i];

		if (info->attrs & LCMA_REGION_PHYS && phys >= info->phys &&
		    phys - info->phys < info->bytes)
			return info;
	}
	return NULL;
}

static void tell_flags(struct inquiry *inquiry, uint64_t pfn)
{
	struct json *json = &inquiry->session->json;
	uint64_t flags = 0, count = 0;
	char text[400];
	const bool has_flags = read_number(inquiry, "kpageflags", pfn, &flags);
	const bool has_count = read_number(inquiry, "kpagecount", pfn, &count);

	flags_text(flags, text, sizeof(text));
	if (wants_json(inquiry->session)) {
		if (has_flags)
			json_text(json, "flags", text);
		else
			json_null(json, "flags");
		if (has_count)
			json_number(json, "mapped", count);
		else
			json_null(json, "mapped");
		return;
	}
	if (!has_flags)
		printf("  what is on it cannot be seen without root\n");
	else
		printf("  flags: %s\n", *text ? text : "none");
	if (has_count)
		printf("  page tables map it %" PRIu64 " times\n", count);
}

static void tell_page(struct inquiry *inquiry, uint64_t pfn)
{
	const uint64_t phys = pfn * sysconf(_SC_PAGESIZE);
	const struct lcma_region_info *info = region_of(inquiry, phys);
	struct json *json = &inquiry->session->json;
	struct wanted wanted = { .phys = phys };

	if (wants_json(inquiry->session)) {
		json_number(json, "pfn", pfn);
		if (info)
			json_text(json, "region", info->name);
		else
			json_null(json, "region");
	} else {
		printf("page frame 0x%" PRIx64 ", address 0x%" PRIx64 ", ", pfn,
		       phys);
		if (info)
			printf("in region %s at +0x%" PRIx64 "\n", info->name,
			       phys - (uint64_t)info->phys);
		else
			printf("in no region that this user is told the address of\n");
	}
	if (info && !find_buffer(inquiry, info->name, &wanted) &&
	    wanted.is_found) {
		tell_buffer(inquiry, &wanted.found);
		return;
	}
	tell_flags(inquiry, pfn);
	tell_owner(inquiry, pfn);
	if (wants_json(inquiry->session))
		json_open(json, "processes", '[');
	for_each_process(inquiry, visit_mapper, pfn);
	if (wants_json(inquiry->session)) {
		json_close(json, ']');
		return;
	}
	if (inquiry->is_short)
		printf("  not all processes were looked through: it took too long\n");
	if (inquiry->nr_holders)
		printf("  who pinned a page is recorded nowhere; one of these may have, or a driver for it\n");
	else
		printf("  no process was found that maps it: a pipe (vmsplice), a file's cache, or a driver may hold it, and the kernel tells no more\n");
}

/* --- the command ------------------------------------------------------------------ */

/* REGION/ID. Return: false if it is none. */
static bool read_buffer(const char *text, char *region, uint64_t *id)
{
	const char *slash = strchr(text, '/');

	if (!slash || slash == text || slash - text >= LCMA_NAME_SIZE ||
	    number_parse(slash + 1, UINT64_MAX, id) || !*id)
		return false;
	memcpy(region, text, slash - text);
	region[slash - text] = '\0';
	return true;
}

/* 0x7a801 or 501761. Return: false if it is none. */
static bool read_pfn(const char *text, uint64_t *pfn)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*pfn = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return !errno && !*end && *pfn < 1ULL << 52;
}

static int ask(struct inquiry *inquiry)
{
	struct session *session = inquiry->session;
	const char *what = session->args->what;
	char region[LCMA_NAME_SIZE];
	struct wanted wanted = { 0 };
	uint64_t pfn = 0;
	int err;

	if (read_buffer(what, region, &wanted.id)) {
		err = find_buffer(inquiry, region, &wanted);
		if (!err && !wanted.is_found)
			return fail(session, -ENOENT,
				    "there is no such buffer, or it is another user's",
				    "buffer %s", what);
		if (err)
			return fail(session, err, NULL, "buffer %s", what);
	} else if (!read_pfn(what, &pfn)) {
		return fail(session, -EINVAL,
			    "it is neither REGION/ID, as in cam/3, nor a page frame, as in 0x7a801",
			    "'%s'", what);
	}
	if (wants_json(session))
		json_open(&session->json, NULL, '{');
	if (wanted.is_found)
		tell_buffer(inquiry, &wanted.found);
	else
		tell_page(inquiry, pfn);
	if (wants_json(session)) {
		json_close(&session->json, '}');
		json_end(&session->json);
	}
	return EXIT_OK;
}

int cmd_who(struct session *session)
{
	struct inquiry inquiry = {
		.session = session,
		.root = session->args->root ? session->args->root : "",
	};
	int status;

	inquiry.device = device_open(session, &status);
	if (inquiry.device < 0)
		return status;
	status = regions_load(session, inquiry.device, &inquiry.regions);
	if (!status)
		status = ask(&inquiry);
	regions_free(&inquiry.regions);
	lcma_close(inquiry.device);
	return status;
}
