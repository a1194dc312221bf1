// SPDX-License-Identifier: GPL-2.0-only
/* sweep.c - see sweep.h. */

#include "sweep.h"

const char *regions[8];

const char *region;

int kmsg = -1;

void log_from_here(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		bail_out("/dev/kmsg: %m");
}

struct heard listen_to_log(void)
{
	static const char fault[] = "lcma: fault: ";
	struct heard heard = {};
	char record[2048], *at;
	ssize_t len;

	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		record[len < 0 ? 0 : len] = '\0';
		heard.lost |= !!strstr(record, "stay ordinary movable memory");
		at = strstr(record, fault);
		if (!at || *heard.point)
			continue;
		at += strlen(fault);
		snprintf(heard.point, sizeof(heard.point), "%.*s",
			 (int)strcspn(at, " "), at);
	}
	return heard;
}

long op_open(void)
{
	long fd = CALL(open(DEVICE, O_RDWR | O_CLOEXEC));

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

void (*no_more_failures)(void);

long text_line(const char *format)
{
	char line[128], answer[256];
	long ret;

	snprintf(line, sizeof(line), format, region);
	ret = write_text(DEVICE, line);
	no_more_failures();
	if (ret >= 0)
		ret = read_text(DEVICE, answer, sizeof(answer));
	return ret == 0 ? -ENOMSG : ret < 0 ? ret : 0;
}

long op_text(void)
{
	return text_line("64K region=%s");
}

long op_text_deadline(void)
{
	return text_line("64K region=%s timeout=60000");
}

long op_text_slot(void)
{
	return text_line("0\n%.0s");
}

long op_text_read(void)
{
	char answer[256];
	long fd = CALL(open(DEVICE, O_RDONLY | O_CLOEXEC));
	long ret;

	if (fd < 0)
		return fd;
	ret = CALL(read(fd, answer, sizeof(answer)));
	close(fd);
	return ret;
}

long on_device(unsigned int cmd, void *arg)
{
	long fd = CALL(open(DEVICE, O_RDWR | O_CLOEXEC));
	long ret;

	if (fd < 0)
		return fd;
	ret = lcma_call(fd, cmd, arg);
	close(fd);
	return ret;
}

long op_version(void)
{
	struct lcma_version version = { .size = sizeof(version) };

	return on_device(LCMA_IOC_VERSION, &version);
}

long op_region_list(void)
{
	char names[8][LCMA_NAME_SIZE];
	struct lcma_region_list list = {
		.size = sizeof(list), .nr = 8, .names = (uintptr_t)names,
	};

	return on_device(LCMA_IOC_REGION_LIST, &list);
}

long op_region_info(void)
{
	struct lcma_region_info info = { .size = sizeof(info) };

	strncpy(info.name, region, sizeof(info.name) - 1);
	return on_device(LCMA_IOC_REGION_INFO, &info);
}

long alloc_fd(uint32_t timeout_ms)
{
	struct lcma_alloc alloc = alloc_for(region, LEN);
	long ret;

	alloc.timeout_ms = timeout_ms;
	ret = on_device(LCMA_IOC_ALLOC, &alloc);
	return ret ? ret : alloc.fd;
}

long closed(long fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

long op_alloc(void)
{
	return closed(alloc_fd(0));
}

long op_alloc_deadline(void)
{
	return closed(alloc_fd(60000));
}

long op_buffer_info(void)
{
	struct lcma_buffer_info info = {
		.size = sizeof(info), .entry_size = sizeof(info.entry),
	};
	long fd = alloc_fd(0), ret;

	if (fd < 0)
		return fd;
	info.fd = fd;
	ret = on_device(LCMA_IOC_BUFFER_INFO, &info);
	close(fd);
	return ret;
}

long op_buffer_list(void)
{
	struct lcma_buffer_entry entries[4];
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.flags = LCMA_LIST_ALL,
		.nr = ARRAY_SIZE(entries),
		.entry_size = sizeof(entries[0]),
		.entries = (uintptr_t)entries,
	};

	strncpy(list.region, region, sizeof(list.region) - 1);
	return on_device(LCMA_IOC_BUFFER_LIST, &list);
}

long op_prepare(void)
{
	struct lcma_prepare prepare = {
		.size = sizeof(prepare),
		.flags = LCMA_PREPARE_F_WAIT,
		.len = 256 * KIB,
		.within_ms = 10000,
	};

	strncpy(prepare.region, region, sizeof(prepare.region) - 1);
	return on_device(LCMA_IOC_PREPARE, &prepare);
}

long op_failure_list(void)
{
	struct lcma_failure_entry entries[2];
	struct lcma_failure_list list = {
		.size = sizeof(list),
		.flags = LCMA_FAILURES_ALL,
		.nr = ARRAY_SIZE(entries),
		.entry_size = sizeof(entries[0]),
		.entries = (uintptr_t)entries,
	};

	strncpy(list.region, region, sizeof(list.region) - 1);
	return on_device(LCMA_IOC_FAILURE_LIST, &list);
}

long use_buffer(int fd)
{
	const struct dma_buf_sync start = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	const struct dma_buf_sync end = { DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW };
	char *map = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	long ret;

	if (map == MAP_FAILED)
		return -errno;
	ret = CALL(ioctl(fd, DMA_BUF_IOCTL_SYNC, &start));
	if (!ret) {
		fill(map, LEN, 7);
		if (!has_pattern(map, LEN, 7))
			ret = -EIO;
		if (!ret)
			ret = CALL(ioctl(fd, DMA_BUF_IOCTL_SYNC, &end));
	}
	munmap(map, LEN);
	return ret;
}

void on_alarm(int number MAYBE_UNUSED)
{
	no_more_failures();
}

long op_map(void)
{
	struct itimerval soon = { .it_value.tv_usec = 300000 };
	long fd = alloc_fd(0), ret;

	if (fd < 0)
		return fd;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
	ret = use_buffer(fd);
	soon.it_value.tv_usec = 0;
	setitimer(ITIMER_REAL, &soon, NULL);
	close(fd);
	return ret;
}

long op_map_by_faults(void)
{
	long ret = write_text(MAP_AT_ONCE, "0");

	if (ret > 0)
		ret = op_map();
	write_text(MAP_AT_ONCE, "1");
	return ret;
}

bool heap_said_enomem;

long op_heap(void)
{
	struct dma_heap_allocation_data data = {
		.len = LEN, .fd_flags = O_RDWR | O_CLOEXEC,
	};
	long heap = CALL(open(HEAP, O_RDWR | O_CLOEXEC));
	long ret;

	if (heap < 0)
		return heap;
	ret = CALL(ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data));
	heap_said_enomem = ret == -ENOMEM;
	close(heap);
	return ret ? ret : closed(data.fd);
}

long op_buffers_view(void)
{
	static char text[64 * KIB];
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/lcma/%s/buffers", region);
	return read_text(path, text, sizeof(text));
}

long api(const char *attempt)
{
	char line[64];

	snprintf(line, sizeof(line), "%s %s", attempt, region);
	return write_text(APITEST, line);
}

long op_api_pages(void)
{
	return api("try_pages");
}

long op_api_buffer(void)
{
	return api("try_buffer");
}

long op_api_export(void)
{
	return api("try_export");
}

long op_api_attach(void)
{
	return api("try_attach");
}

long op_api_vmap(void)
{
	return api("try_vmap");
}

long op_api_assign(void)
{
	return api("try_assign");
}

long op_api_managed(void)
{
	return api("try_managed");
}

const struct operation operations[] = {
	{ "open", op_open, false },
	{ "text line", op_text, true },
	{ "text line with a deadline", op_text_deadline, false },
	{ "text slot", op_text_slot, false },
	{ "text read", op_text_read, false },
	{ "VERSION", op_version, false },
	{ "REGION_LIST", op_region_list, false },
	{ "REGION_INFO", op_region_info, false },
	{ "ALLOC", op_alloc, false },
	{ "ALLOC with a deadline", op_alloc_deadline, true },
	{ "BUFFER_INFO", op_buffer_info, false },
	{ "BUFFER_LIST", op_buffer_list, false },
	{ "FAILURE_LIST", op_failure_list, false },
	{ "PREPARE", op_prepare, false },
	{ "mmap, touch, sync", op_map, true },
	{ "mmap that faults fill", op_map_by_faults, false },
	{ "heap", op_heap, false },
	{ "debugfs buffers", op_buffers_view, false },
	{ "lcma_alloc_pages", op_api_pages, true },
	{ "lcma_buffer_alloc", op_api_buffer, false },
	{ "lcma_buffer_export", op_api_export, false },
	{ "attach, map, CPU access", op_api_attach, false },
	{ "kernel mapping", op_api_vmap, true },
	{ "lcma_device_assign", op_api_assign, false },
	{ "devm_lcma_buffer_map and the like", op_api_managed, false },
};

const size_t nr_operations = ARRAY_SIZE(operations);

bool settles(int dev, const char *name)
{
	const long long until = now_ms() + SETTLE_MS;
	struct lcma_region_info info;

	do {
		if (!region_info(dev, name, &info) && !info.used &&
		    !info.busy && !info.quarantined &&
		    info.pool <= info.keep_high + info.wedged &&
		    info.pool + info.shared == info.bytes)
			return true;
		sleep_ms(10);
	} while (now_ms() < until);
	diag("%s: used %llu, busy %llu, pool %llu, shared %llu, held %llu of %llu, %d buffers",
	     name, info.used, info.busy, info.pool, info.shared,
	     info.quarantined, info.bytes, count_buffers(name));
	return false;
}

bool all_idle(void)
{
	const int dev = open_device();
	bool idle = true;
	int i;

	for (i = 0; regions[i]; i++)
		idle &= settles(dev, regions[i]);
	close(dev);
	return idle;
}

const char *aftermath(const struct operation *op, int nr_fds)
{
	if (count_fds() != nr_fds)
		return "a descriptor is left";
	if (!all_idle())
		return "memory is left";
	if (op->run() < 0)
		return "the next one fails";
	return all_idle() ? NULL : "memory is left by the next one";
}

bool any_entry(const char *path, const char *begins)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (dir && (entry = readdir(dir)))
		found |= !strncmp(entry->d_name, begins, strlen(begins));
	if (dir)
		closedir(dir);
	return found;
}

bool any_worker(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[300], comm[32];
	bool found = false;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (read_text(path, comm, sizeof(comm)) > 0)
			found |= !strncmp(comm, "lcma/", 5);
	}
	if (dir)
		closedir(dir);
	return found;
}

bool outlives_its_end(void)
{
	const long long until = now_ms() + SETTLE_MS;

	while (any_worker()) {
		if (now_ms() > until)
			return true;
		sleep_ms(10);
	}
	return false;
}

const char *left_behind(void)
{
	if (!access("/sys/module/lcma", F_OK))
		return "the module";
	if (!access(DEVICE, F_OK))
		return DEVICE;
	if (!access(HEAP, F_OK))
		return HEAP;
	if (!access("/sys/kernel/lcma", F_OK))
		return "a directory in sysfs";
	if (!access("/sys/kernel/debug/lcma", F_OK) || !access(FAULTS, F_OK) ||
	    !access("/sys/kernel/debug/lcma_holders", F_OK))
		return "something in debugfs";
	if (any_entry("/sys/bus/platform/devices", "lcma."))
		return "a platform device";
	return outlives_its_end() ? "a worker" : NULL;
}

unsigned long long places(void)
{
	unsigned long long sum = 0;
	int i;

	for (i = 0; regions[i]; i++)
		sum = sum * 31 + region_value(regions[i], "base");
	return sum;
}

long load(const char *spec, const char *more)
{
	char parameters[256];

	snprintf(parameters, sizeof(parameters), "regions=\"%s\" %s", spec, more);
	return load_lcma(parameters);
}

void set_regions(const char *spec)
{
	unsigned int i = 0;

	memset(regions, 0, sizeof(regions));
	while (*spec && i < ARRAY_SIZE(regions) - 1) {
		regions[i++] = strndup(spec, strcspn(spec, "="));
		spec += strcspn(spec, ";");
		spec += *spec == ';';
	}
	if (!i)
		regions[0] = "default";
	region = regions[0];
}
