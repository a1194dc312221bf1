// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_heap - regions as dma-heaps: for a program that knows the kernel's own
 * heaps there is no difference. See heap.sh.
 *
 *	lcma_heap			the tests
 *	lcma_heap closed FD		ends with 0 if FD is not open
 */
#include "program.h"

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

#define RESERVED	"/dev/dma_heap/reserved"
#define CMA		"/dev/dma_heap/linux,cma"
#define REGION_BYTES	(16 * MIB)

static int dev;
static int heap;
static bool kernel_has_heaps;	/* so the class is the kernel's */

static long heap_call(int from, struct dma_heap_allocation_data *data)
{
	return CALL(ioctl(from, DMA_HEAP_IOCTL_ALLOC, data));
}

/* As libdmabufheap does it. Return: the fd; -errno. */
static int heap_alloc(int from, uint64_t len)
{
	struct dma_heap_allocation_data data = {
		.len = len,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	long ret = heap_call(from, &data);

	return ret ? ret : (int)data.fd;
}

/* --- nodes ------------------------------------------------------------------------- */

static void cannot_open(void *unused MAYBE_UNUSED)
{
	answers(CALL(open(RESERVED, O_RDONLY)), -EACCES,
		"a user opens a heap as it is at first");
}

static void test_nodes(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	struct stat st = {};
	unsigned int i;
	int fd, buffer;

	ok(!stat(RESERVED, &st) && S_ISCHR(st.st_mode),
	   RESERVED " is a character device");
	is(st.st_mode & 0777, 0600, "for root");
	ok(!stat(CMA, &st) && S_ISCHR(st.st_mode), CMA " is one, too");
	ok(stat("/dev/dma_heap/plain", &st), "a region without heap= has none");
	in_child(1000, cannot_open, NULL);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		fd = open(RESERVED, modes[i] | O_CLOEXEC);
		buffer = heap_alloc(fd, PAGE);
		answers(buffer, 0, "a buffer from a heap opened with mode %d",
			modes[i]);
		close(buffer);
		close(fd);
	}
}

static void lies_in(const char *path, const char *region)
{
	struct lcma_buffer_entry entry = {};
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int fd = heap_alloc(from, 5 * PAGE);
	char *map;

	answers(fd, 0, "a buffer from %s", path);
	answers(buffer_info(dev, fd, &entry), 0, "lcma knows it");
	same_text(entry.region, region, "it lies in the heap's region");
	is(entry.bytes, 5 * PAGE, "bytes");
	same_text(entry.label, strrchr(path, '/') + 1, "its label is the heap");
	is(entry.pid, getpid(), "pid");
	is(used_bytes(region), 5 * PAGE, "it is counted");
	is(count_buffers(region), 1, "and listed");
	map = map_buffer(fd, 5 * PAGE);
	ok(is_zero(map, 5 * PAGE), "it is zero");
	fill(map, 5 * PAGE, 1);
	ok(!ioctl(fd, DMA_BUF_IOCTL_SYNC, &(struct dma_buf_sync){
		DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW }), "sync");
	munmap(map, 5 * PAGE);
	close(from);
	is(used_bytes(region), 5 * PAGE, "the heap's file closed, it is there");
	close(fd);
	is(used_bytes(region), 0, "closed, it is gone");

	/* What was dirty is zero again. */
	from = open(path, O_RDONLY | O_CLOEXEC);
	fd = heap_alloc(from, 5 * PAGE);
	map = map_buffer(fd, 5 * PAGE);
	ok(is_zero(map, 5 * PAGE), "the next one is zero");
	munmap(map, 5 * PAGE);
	close(fd);
	close(from);
}

/* Rules match by subsystem and name, whoever wrote them. */
static void is_device_of_class(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char link[64], target[256] = "", region[64] = "", *subsystem;
	struct stat st = {};

	stat(path, &st);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/subsystem",
		 major(st.st_rdev), minor(st.st_rdev));
	if (readlink(link, target, sizeof(target) - 1) < 0)
		target[0] = '\0';
	subsystem = strrchr(target, '/');
	subsystem = subsystem ? subsystem + 1 : target;
	same_text(subsystem, kernel_has_heaps ? "misc" : "dma_heap",
		  "its subsystem");
	if (kernel_has_heaps)
		return;
	snprintf(link, sizeof(link), "/sys/class/dma_heap/%s/lcma_region", name);
	ok(read_text(link, region, sizeof(region)) > 1,
	   "/sys/class/dma_heap/%s tells its region", name);
	region[strcspn(region, "\n")] = '\0';
	ok(*region, "which is %s", region);
}

/* As the kernel's CMA heap aligns: by the size, up to 2^8 pages. */
static void test_alignment(void)
{
	static const size_t pages[] = { 1, 2, 3, 5, 16, 17, 200, 256, 257, 700 };
	struct lcma_buffer_entry entry;
	int odd[ARRAY_SIZE(pages)], fd;
	unsigned int i;
	uint64_t align;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		odd[i] = alloc_buffer(dev, "main", PAGE);
		for (align = PAGE; align < pages[i] * PAGE && align < MIB;
		     align *= 2)
			;
		fd = heap_alloc(heap, pages[i] * PAGE);
		memset(&entry, 0, sizeof(entry));
		buffer_info(dev, fd, &entry);
		ok(fd >= 0 && entry.align == align && !(entry.phys % align),
		   "%zu pages lie at a multiple of %llu KiB: %#llx", pages[i],
		   (unsigned long long)align / 1024,
		   (unsigned long long)entry.phys);
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		close(odd[i]);
}

/* --- the call ------------------------------------------------------------------------- */

static void test_lengths(void)
{
	static const struct {
		uint64_t len;
		long wanted;
		uint64_t bytes;
	} lengths[] = {
		{ 1, 0, PAGE },
		{ PAGE, 0, PAGE },
		{ PAGE + 1, 0, 2 * PAGE },
		{ REGION_BYTES, 0, REGION_BYTES },
		{ 0, -EINVAL, 0 },
		{ REGION_BYTES + 1, -ENOMEM, 0 },
		{ 1ULL << 32, -ENOMEM, 0 },
		{ (1ULL << 44) + PAGE, -ENOMEM, 0 },
		{ ~0ULL, -EINVAL, 0 },
	};
	unsigned int i;
	int fd, rest;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		fd = heap_alloc(heap, lengths[i].len);
		answers(fd, lengths[i].wanted, "%#llx bytes",
			(unsigned long long)lengths[i].len);
		if (fd >= 0)
			is(lseek(fd, 0, SEEK_END), lengths[i].bytes, "size");
		close(fd);
	}
	rest = heap_alloc(heap, REGION_BYTES);
	answers(heap_alloc(heap, PAGE), -ENOMEM, "a page of a full region");
	close(rest);
	is(used_bytes("main"), 0, "nothing is held after all that");
}

static void try_data(struct dma_heap_allocation_data data, long wanted,
		     const char *what)
{
	const int nr_fds = count_fds();
	long ret = heap_call(heap, &data);

	answers(ret, wanted, "%s", what);
	if (!ret)
		close(data.fd);
	ok(count_fds() == nr_fds && !used_bytes("main"),
	   "nothing is held after that");
}

static void test_flags(void)
{
	struct dma_heap_allocation_data data = { .len = PAGE };
	int fd;

	try_data((struct dma_heap_allocation_data){ .len = PAGE, .fd = 1 },
		 -EINVAL, "fd that is not 0");
	try_data((struct dma_heap_allocation_data){ .len = PAGE, .fd = -1 },
		 -EINVAL, "fd -1");
	try_data((struct dma_heap_allocation_data){ .len = PAGE,
						    .heap_flags = 1 },
		 -EINVAL, "a heap flag");
	try_data((struct dma_heap_allocation_data){ .len = PAGE,
						    .heap_flags = 1ULL << 63 },
		 -EINVAL, "the last heap flag");
	try_data((struct dma_heap_allocation_data){ .len = PAGE,
						    .fd_flags = O_NONBLOCK },
		 -EINVAL, "O_NONBLOCK for the descriptor");
	try_data((struct dma_heap_allocation_data){ .len = PAGE,
						    .fd_flags = O_APPEND },
		 -EINVAL, "O_APPEND");
	try_data((struct dma_heap_allocation_data){ .len = PAGE,
						    .fd_flags = 1u << 31 },
		 -EINVAL, "an unknown flag");
	try_data((struct dma_heap_allocation_data){ .len = PAGE }, 0,
		 "no flag at all");

	answers(heap_call(heap, &data), 0, "without O_CLOEXEC");
	fd = data.fd;
	is(fcntl(fd, F_GETFD), 0, "it is not close-on-exec");
	is(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY, "and only to be read");
	ok(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
	   MAP_FAILED && errno == EACCES, "its mapping cannot be written");
	close(fd);
	is(data.len, PAGE, "len is what it was");

	data = (struct dma_heap_allocation_data){
		.len = PAGE, .fd_flags = O_RDWR | O_CLOEXEC,
	};
	answers(heap_call(heap, &data), 0, "with O_RDWR and O_CLOEXEC");
	fd = data.fd;
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	is(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR, "and readable and writable");
	close(fd);
}

static void test_read_only(void)
{
	struct dma_heap_allocation_data data = {
		.len = PAGE, .fd_flags = O_RDONLY | O_CLOEXEC,
	};
	char *map;

	heap_call(heap, &data);
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, data.fd, 0);
	ok(map != MAP_FAILED, "a read-only descriptor is mapped");
	ok(mprotect(map, PAGE, PROT_READ | PROT_WRITE),
	   "what is mapped so does not become writable");
	munmap(map, PAGE);
	close(data.fd);
}

static void without_fds(void *unused MAYBE_UNUSED)
{
	struct rlimit limit = { 64, 64 };

	setrlimit(RLIMIT_NOFILE, &limit);
	while (dup(dev) >= 0)
		;
	answers(heap_alloc(heap, PAGE), -EMFILE, "no descriptor left");
}

static void test_errors(void)
{
	struct dma_heap_allocation_data *data =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int nr_fds = count_fds();
	struct lcma_version version = { .size = sizeof(version) };

	answers(heap_call(heap, NULL), -EFAULT, "at NULL");
	answers(heap_call(heap, (void *)0xc0008000UL), -EFAULT,
		"in the kernel's memory");
	data->len = PAGE;
	mprotect(data, PAGE, PROT_READ);
	answers(heap_call(heap, data), -EFAULT, "in read-only memory");
	munmap(data, PAGE);
	answers(CALL(ioctl(heap, _IOWR('H', 1, *data), NULL)), -ENOTTY,
		"another call of dma-heap");
	answers(CALL(ioctl(heap, 0x5401, &version)), -ENOTTY, "a terminal's");
	answers(lcma_call(heap, LCMA_IOC_VERSION, &version), -ENOTTY,
		"a call of lcma's device on a heap");
	answers(CALL(ioctl(dev, DMA_HEAP_IOCTL_ALLOC, &version)), -ENOTTY,
		"a heap's call on lcma's device");
	ok(read(heap, &version, 4) < 0 && write(heap, &version, 4) < 0,
	   "a heap is not read or written");
	in_child(0, without_fds, NULL);
	ok(count_fds() == nr_fds && !used_bytes("main"),
	   "nothing is held after all that");
}

static void test_quota(void)
{
	int other = open(CMA, O_RDONLY | O_CLOEXEC), fd, second;

	write_text("/sys/module/lcma/parameters/quota_file_kib", "64");
	fd = heap_alloc(heap, 64 * KIB);
	answers(fd, 0, "64 KiB, which a file may have");
	answers(heap_alloc(heap, PAGE), -EDQUOT, "a page more");
	second = heap_alloc(other, 64 * KIB);
	answers(second, 0, "64 KiB from another heap");
	write_text("/sys/module/lcma/parameters/quota_user_kib", "128");
	answers(alloc_buffer(dev, "main", PAGE), -EDQUOT,
		"heaps count for the user");
	close(fd);
	fd = alloc_buffer(dev, "main", 64 * KIB);
	answers(fd, 0, "what is given back, too");
	close(fd);
	close(second);
	write_text("/sys/module/lcma/parameters/quota_file_kib", "0");
	write_text("/sys/module/lcma/parameters/quota_user_kib", "0");
	close(other);
}

static void test_exec(void)
{
	struct dma_heap_allocation_data data = { .len = PAGE };
	char number[16];
	pid_t child;
	int status;

	heap_call(heap, &data);
	snprintf(number, sizeof(number), "%d", (int)data.fd);
	child = need_fork();
	if (!child) {
		execl("/proc/self/exe", "lcma_heap", "closed", number, NULL);
		_exit(99);
	}
	status = wait_status(child);
	is(WEXITSTATUS(status), 1, "without O_CLOEXEC exec lets it through");
	close(data.fd);
}

/* --- loading and unloading ------------------------------------------------------------- */

static void test_unload(void)
{
	struct stat st;
	int fd = heap_alloc(heap, PAGE);

	close(dev);
	answers(unload_lcma(), -EAGAIN, "unload with a heap open");
	close(heap);
	answers(unload_lcma(), -EAGAIN, "unload with a heap's buffer");
	close(fd);
	answers(unload_lcma(), 0, "unload");
	ok(stat(RESERVED, &st) && stat(CMA, &st), "the nodes are gone");
}

static void test_names(void)
{
	static const char *const bad[] = {
		"a=8M@cma,heap=x;b=8M@cma,heap=x",
		"a=8M@cma,heap=linux,cma;b=8M@cma,heap=linux,cma",
		"a=8M@cma,heap=", "a=8M@cma,heap=,x", "a=8M@cma,heap=x,",
		"a=8M@cma,heap=x,,y", "a=8M@cma,heap=a/b", "a=8M@cma,heap=..",
		"a=8M@cma,heap=.x", "a=8M@cma,heap=x,.y", "a=8M@cma,heap=%s",
		"a=8M@cma,heap=x,heap=y",
		"a=8M@cma,heap=12345678901234567890123456789012",
	};
	char parameters[256];
	struct stat st;
	unsigned int i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(parameters, sizeof(parameters), "regions=%s", bad[i]);
		ret = load_lcma(parameters);
		answers(ret, -EINVAL, "load with %s", bad[i]);
		if (!ret)
			unload_lcma();
	}
	ret = load_lcma("regions=a=8M@cma,heap=1234567890123456789012345678901,keep=all;a2=8M@cma,heap=x,y,z,keep=4M");
	answers(ret, 0, "load with the longest name, and one of three parts");
	ok(!stat("/dev/dma_heap/1234567890123456789012345678901", &st),
	   "the longest name");
	ok(!stat("/dev/dma_heap/x,y,z", &st), "the name of three parts");
	is(region_value("a", "pool_pages"), 8 * MIB / PAGE,
	   "the option after a name counts");
	answers(unload_lcma(), 0, "unload");
}

/* The name that kernels from 6.17 on give to the heap of their own area. */
static void test_default_name(void)
{
	int own, fd;

	need_lcma("regions=main=64M@cma,heap=default_cma_region");
	own = open("/dev/dma_heap/default_cma_region", O_RDONLY | O_CLOEXEC);
	ok(own >= 0, "/dev/dma_heap/default_cma_region is there");
	/* rpicam-apps, 3040x4056 in 8 bits and padding: five of 64 MiB, then ENOMEM. */
	for (fd = 0; heap_alloc(own, 12443648) >= 0; fd++)
		;
	is(fd, 5, "five buffers of 12,443,648 bytes lie in 64 MiB");
	answers(heap_alloc(own, 12443648), -ENOMEM, "the next one is ENOMEM");
	close_range(own, ~0U, 0);
	answers(unload_lcma(), 0, "unload");
}

static void test_drained(void)
{
	struct dma_heap_allocation_data data = { .len = PAGE };
	int own;

	need_lcma("regions=main=8M@cma,heap=reserved");
	own = open(RESERVED, O_RDONLY | O_CLOEXEC);
	answers(write_text("/sys/kernel/lcma/main/drain", "1"), 0,
		"its region is drained");
	answers(heap_call(own, &data), -ENOMEM, "a buffer from its heap");
	close(own);
	answers(unload_lcma(), 0, "unload");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "closed"))
		return fcntl(atoi(argv[2]), F_GETFD) >= 0;

	tap_start();
	kernel_has_heaps = !access("/sys/class/dma_heap", F_OK);
	need_lcma("regions=main=16M@cma,heap=reserved;other=16M@cma,heap=linux,cma,keep=all;plain=8M@cma");
	dev = open_device();
	heap = open(RESERVED, O_RDONLY | O_CLOEXEC);

	test_nodes();
	lies_in(RESERVED, "main");
	lies_in(CMA, "other");
	is_device_of_class(RESERVED);
	is_device_of_class(CMA);
	test_alignment();
	test_lengths();
	test_flags();
	test_read_only();
	test_errors();
	test_quota();
	test_exec();
	ok(is_idle("main", 2000) && is_idle("other", 2000),
	   "every region is idle");
	test_unload();
	test_names();
	test_default_name();
	test_drained();
	return tap_finish();
}
