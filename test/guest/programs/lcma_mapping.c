// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_mapping - how often a program that has mapped a buffer faults, and what its
 * mapping costs. See mapping.sh, and mapping_cost.sh (`lcma_mapping time`).
 */
#include "program.h"

#include <linux/dma-heap.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#define MAP_AT_ONCE	"/sys/module/lcma/parameters/map_at_once"
#define HEAP		"/dev/dma_heap/mapping"
#define UNMAP		"/sys/kernel/debug/lcma_testkit/unmap"

#define BYTES		buffer_bytes
#define PAGES		(BYTES / PAGE)
/* A fault fills this much, by an entry for each page, or by one for all. */
#define GROUP_BYTES	(256 * KIB)
#define HUGE_BYTES	(2 * MIB)
/* Faults of the program's own, and those at the ends of an odd mapping. */
#define FEW		6

static int dev;

/* Of each buffer: small, because every page of it is looked at again and again. */
static size_t buffer_bytes = 16 * MIB;

/* Can this kernel map by entries of 2 MiB? */
static bool has_huge;

/* Mappings begin a page after a multiple of 2 MiB, not at one. */
static bool is_odd;

/* How many faults a mapping is filled by. */
static long nr_groups(void)
{
	return has_huge && !is_odd ? BYTES / HUGE_BYTES :
				     BYTES / GROUP_BYTES + is_odd;
}

static void look_at_kernel(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	has_huge = sizeof(long) == 8 && major * 100 + minor >= 612;
	diag("entries of 2 MiB: %s", has_huge ? "yes" : "no");
}

static long nr_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

/* Faults of a pass over all pages. */
static long pass(char *map, size_t bytes, bool write)
{
	const long before = nr_faults();
	size_t at;

	for (at = 0; at < bytes; at += PAGE) {
		if (write)
			*(volatile uint32_t *)(map + at) = pattern(1, at / PAGE);
		else
			(void)*(volatile uint32_t *)(map + at);
	}
	return nr_faults() - before;
}

/* Is each page of the mapping the one that a write pass numbered? */
static bool is_numbered(char *map, size_t bytes)
{
	size_t at;

	for (at = 0; at < bytes; at += PAGE)
		if (*(volatile uint32_t *)(map + at) != pattern(1, at / PAGE))
			return false;
	return true;
}

static int need_aligned_buffer(void)
{
	struct lcma_alloc alloc = alloc_for("main", BYTES);
	long ret;

	alloc.align = HUGE_BYTES;
	ret = lcma_call(dev, LCMA_IOC_ALLOC, &alloc);
	if (ret)
		bail_out("no aligned buffer: %s", error_name(ret));
	return alloc.fd;
}

/* Where a mapping may be made that lies as is_odd says. */
static char *need_place(size_t bytes)
{
	char *room = mmap(NULL, bytes + 2 * HUGE_BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *at = (char *)(((uintptr_t)room + HUGE_BYTES - 1) & -HUGE_BYTES);

	if (room == MAP_FAILED)
		bail_out("no addresses for %zu bytes: %m", bytes);
	munmap(room, bytes + 2 * HUGE_BYTES);
	return at + (is_odd ? PAGE : 0);
}

static char *need_map_at(char *at, int fd, size_t bytes, int prot)
{
	char *map = mmap(at, bytes, prot, MAP_SHARED, fd, 0);

	if (map != at)
		bail_out("mmap of %zu bytes for %d at %p: %m", bytes, prot, at);
	return map;
}

static char *need_map(int fd, size_t bytes, int prot)
{
	return need_map_at(need_place(bytes), fd, bytes, prot);
}

/* A value of /proc/self/status, in KiB. */
static long status_kib(const char *key)
{
	static char text[8 * KIB];
	char *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, key);
	return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

static void set_at_once(bool at_once)
{
	answers(write_text(MAP_AT_ONCE, at_once ? "1" : "0"), 0, "map_at_once=%d",
		at_once);
}

/* --- faults of a first pass, and of the next ones ------------------------------------- */

static void test_passes(const char *how, long most)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd = need_aligned_buffer();
	const long rss = status_kib("VmRSS:"), tables = status_kib("VmPTE:");
	char *map = need_map(fd, BYTES, rw);
	long nr;

	nr = pass(map, BYTES, true);
	ok(nr <= most + FEW, "%s: a first pass that writes takes %ld faults",
	   how, nr);
	nr = pass(map, BYTES, true);
	ok(nr <= FEW, "%s: a second one takes %ld", how, nr);
	ok(is_numbered(map, BYTES), "%s: every page is its own", how);
	nr = status_kib("VmRSS:") - rss;
	ok(nr <= 1024, "%s: the mapping counts as no memory of the process (%ld KiB)",
	   how, nr);
	nr = status_kib("VmPTE:") - tables;
	if (has_huge && !is_odd)
		ok(nr <= 16, "%s: its page tables take %ld KiB", how, nr);
	else
		diag("%s: its page tables take %ld KiB", how, nr);
	munmap(map, BYTES);

	map = need_map(fd, BYTES, rw);
	nr = pass(map, BYTES, false);
	ok(nr <= most + FEW, "%s: a first pass that reads takes %ld", how, nr);
	nr = pass(map, BYTES, true);
	ok(nr <= FEW, "%s: one that writes after it takes %ld", how, nr);
	munmap(map, BYTES);

	map = need_map(fd, BYTES, PROT_WRITE);
	nr = pass(map, BYTES, true);
	ok(nr <= most + FEW, "%s: a mapping that is only to be written: %ld",
	   how, nr);
	munmap(map, BYTES);
	close(fd);
}

/*
 * Mappings of parts, at addresses and from pages that are aligned and that are not,
 * entered at their first, middle and last page: what a fault maps beside the page
 * that was touched is right up to the edges, and there is nothing after them.
 */
static void test_edges(const char *how)
{
	static const size_t addresses[] = { 0, 1, 255, 511 };
	static const size_t firsts[] = { 0, 1, 511, 512, 513 };
	static const size_t lens[] = { 1, 2, 511, 512, 513, 1025 };
	const size_t room_bytes = 8 * MIB;
	int fd = need_aligned_buffer(), nr = 0, wrong = 0;
	char *map = need_map(fd, BYTES, PROT_READ | PROT_WRITE), *room, *part;
	unsigned int a, f, l, k;
	size_t i, len;

	pass(map, BYTES, true);
	room = mmap(NULL, room_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	room = (char *)(((uintptr_t)room + HUGE_BYTES - 1) & -HUGE_BYTES);
	for (k = 0; k < 3; k++)
	for (a = 0; a < ARRAY_SIZE(addresses); a++)
	for (f = 0; f < ARRAY_SIZE(firsts); f++)
	for (l = 0; l < ARRAY_SIZE(lens); l++) {
		len = lens[l];
		part = mmap(room + addresses[a] * PAGE, len * PAGE,
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			    firsts[f] * PAGE);
		if (part == MAP_FAILED)
			bail_out("mmap of a part: %m");
		wrong += touch(part + (len - 1) * k / 2 * PAGE, k & 1);
		for (i = 0; i < len; i++)
			wrong += *(volatile uint32_t *)(part + i * PAGE) !=
				 pattern(1, firsts[f] + i);
		wrong += touch(part + len * PAGE, false) != SIGSEGV;
		mmap(part, len * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		nr++;
	}
	is(wrong, 0, "%s: %d mappings of parts show their part", how, nr);
	munmap(map, BYTES);
	close(fd);
}

/* --- taken away ------------------------------------------------------------------------ */

static void test_unmapped(const char *how)
{
	int fd = need_aligned_buffer();
	char *map = need_map(fd, BYTES, PROT_READ | PROT_WRITE);
	char *other = need_map(fd, BYTES, PROT_READ);
	const long groups = nr_groups();
	char text[16];
	long nr;

	pass(map, BYTES, true);
	pass(other, BYTES, false);
	snprintf(text, sizeof(text), "%d", fd);
	answers(write_text(UNMAP, text), 0, "%s: its mappings are taken away",
		how);
	nr = pass(map, BYTES, false);
	ok(nr >= groups && nr <= groups + FEW,
	   "%s: each group of the one is filled anew: %ld faults", how, nr);
	nr = pass(other, BYTES, false);
	ok(nr >= groups && nr <= groups + FEW, "%s: so is the other's: %ld",
	   how, nr);
	nr = pass(map, BYTES, true);
	ok(nr <= FEW, "%s: then it can be written: %ld", how, nr);
	ok(is_numbered(other, BYTES), "%s: every page is its own", how);
	is(touch(other, true), SIGSEGV, "%s: what is read-only stays so", how);
	munmap(map, BYTES);
	munmap(other, BYTES);
	close(fd);
}

/* --- access ------------------------------------------------------------------------------ */

/* A buffer whose descriptor cannot be written through. */
static int read_only_buffer(void)
{
	struct dma_heap_allocation_data data = {
		.len = BYTES, .fd_flags = O_RDONLY | O_CLOEXEC,
	};
	int heap = open(HEAP, O_RDWR | O_CLOEXEC);

	if (heap < 0 || ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
		bail_out("%s: %m", HEAP);
	close(heap);
	return data.fd;
}

static void test_read_only(const char *how)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd = read_only_buffer();
	char *map;

	ok(mmap(NULL, BYTES, rw, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "%s: what was opened for reading is not mapped for writing", how);
	map = need_map(fd, BYTES, PROT_READ);
	ok(pass(map, BYTES, false) <= (long)(BYTES / GROUP_BYTES) + FEW &&
	   is_zero(map, BYTES), "%s: but for reading", how);
	is(touch(map, true), SIGSEGV, "%s: it cannot be written", how);
	answers(CALL(mprotect(map, BYTES, rw)), -EACCES,
		"%s: nor made writable", how);
	is(touch(map + BYTES - 1, true), SIGSEGV, "%s: still not written", how);
	munmap(map, BYTES);
	close(fd);
}

/*
 * Where no hardware sets the dirty bit (ARM), each clean entry shows by a fault of
 * the first write: so a pass that takes one for each tells that a mapping that
 * could not be written had no dirty entry.
 */
static void test_clean(const char *how)
{
	int fd = need_aligned_buffer();
	char *map = need_map(fd, BYTES, PROT_READ);
	long nr;

	pass(map, BYTES, false);
	is(touch(map, true), SIGSEGV, "%s: a mapping to be read cannot be written",
	   how);
	answers(CALL(mprotect(map, BYTES, PROT_READ | PROT_WRITE)), 0,
		"%s: it is made writable", how);
	nr = pass(map, BYTES, true);
	if (sizeof(long) == 4)
		ok(nr >= (long)PAGES && nr <= (long)PAGES + FEW,
		   "%s: none of its entries was dirty: %ld faults", how, nr);
	else
		diag("%s: the pass that dirties it takes %ld faults", how, nr);
	ok(is_numbered(map, BYTES), "%s: every page is its own", how);
	nr = pass(map, BYTES, true);
	ok(nr <= FEW, "%s: once dirty, it stays so (%ld)", how, nr);
	answers(CALL(mprotect(map, BYTES, PROT_READ)), 0,
		"%s: the right to write is taken", how);
	is(touch(map + PAGE, true), SIGSEGV, "%s: from dirty pages, too", how);
	munmap(map, BYTES);
	close(fd);
}

/* Access comes later; what is seen then must be the buffer, whatever was put there. */
static void test_no_access(const char *how)
{
	int fd = need_aligned_buffer();
	char *map = need_map(fd, BYTES, PROT_READ | PROT_WRITE), *none;
	long nr;

	pass(map, BYTES, true);
	none = need_map(fd, BYTES, PROT_NONE);
	is(touch(none, false), SIGSEGV, "%s: without access it cannot be read",
	   how);
	answers(CALL(mprotect(none, BYTES, PROT_READ)), 0,
		"%s: it is made readable", how);
	ok(is_numbered(none, BYTES), "%s: it shows the buffer", how);
	munmap(none, BYTES);

	none = need_map(fd, BYTES, PROT_NONE);
	answers(CALL(mprotect(none, BYTES, PROT_READ | PROT_WRITE)), 0,
		"%s: another is made writable", how);
	ok(is_numbered(none, PAGE), "%s: it shows the buffer, too", how);
	nr = pass(none, BYTES, true);
	ok(nr <= nr_groups() + FEW,
	   "%s: a pass that writes takes %ld faults", how, nr);
	munmap(none, BYTES);
	munmap(map, BYTES);
	close(fd);
}

/* A process that refuses large entries has its mappings filled at once, too. */
static void test_refused(void)
{
	int fd = need_aligned_buffer();
	char *map;
	long nr;

	is_odd = false;
	set_at_once(true);
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)) {
		skip("large entries cannot be refused", "no such prctl");
		close(fd);
		return;
	}
	map = need_map(fd, BYTES, PROT_READ | PROT_WRITE);
	nr = pass(map, BYTES, true);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	ok(nr <= FEW, "without large entries a first pass takes %ld faults", nr);
	ok(is_numbered(map, BYTES), "every page is its own");
	munmap(map, BYTES);
	close(fd);
}

/* --- cut, moved, inherited -------------------------------------------------------------- */

/* Odd ends, holes and moves may cost a table or two, not a fault for each page. */
static void test_cut(const char *how)
{
	const long most = BYTES / GROUP_BYTES + FEW;
	int fd = need_aligned_buffer();
	char *map = need_map(fd, BYTES, PROT_READ | PROT_WRITE), *moved, *room;
	const size_t from = 3 * MIB + 5 * PAGE, len = 8 * MIB;
	long nr;

	pass(map, BYTES, true);
	mprotect(map + 17 * PAGE, 3 * PAGE, PROT_READ);
	is(touch(map + 18 * PAGE, true), SIGSEGV,
	   "%s: three pages are read-only", how);
	is(touch(map + 16 * PAGE, true) + touch(map + 20 * PAGE, true), 0,
	   "%s: those beside them are not", how);
	mprotect(map + 17 * PAGE, 3 * PAGE, PROT_READ | PROT_WRITE);
	nr = pass(map, BYTES, true);
	ok(nr <= most, "%s: a pass after that takes %ld faults", how, nr);

	room = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	moved = mremap(map + from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
		       room);
	ok(moved == room, "%s: a part moves", how);
	nr = pass(map, from, false) + pass(map + from + len, BYTES - from - len,
					   false) + pass(moved, len, false);
	ok(nr <= most, "%s: a pass over the parts takes %ld faults", how, nr);
	ok(is_numbered(map, from) &&
	   *(uint32_t *)moved == pattern(1, from / PAGE) &&
	   *(uint32_t *)(map + from + len) == pattern(1, (from + len) / PAGE),
	   "%s: each page went with it, or stayed", how);
	is(touch(map + from, false), SIGSEGV, "%s: a hole is left", how);
	munmap(map, BYTES);
	munmap(moved, len);
	close(fd);
}

/* A child of a program that has a buffer mapped. */
static void test_inherited(const char *how, long most)
{
	int fd = need_aligned_buffer();
	char *map = need_map(fd, BYTES, PROT_READ | PROT_WRITE);
	long *nr = need_shared(sizeof(*nr) * 2);
	pid_t child;

	pass(map, BYTES, true);
	fflush(stdout);
	child = need_fork();
	if (!child) {
		nr[0] = pass(map, BYTES, true);
		nr[1] = is_numbered(map, BYTES);
		_exit(0);
	}
	wait_status(child);
	ok(nr[1], "%s: a child sees every page", how);
	ok(nr[0] <= most + FEW, "%s: a child's write pass takes %ld faults", how,
	   nr[0]);
	nr[0] = pass(map, BYTES, true);
	ok(nr[0] <= FEW, "%s: its parent's next one %ld", how, nr[0]);
	munmap(map, BYTES);
	munmap(nr, sizeof(*nr) * 2);
	close(fd);
}

static void test_all(bool at_once, bool odd)
{
	char how[32];

	is_odd = odd;
	snprintf(how, sizeof(how), "%s, %s", at_once ? "at once" : "by faults",
		 odd ? "odd" : "aligned");
	set_at_once(at_once);
	test_passes(how, at_once ? 0 : nr_groups());
	test_edges(how);
	test_unmapped(how);
	test_read_only(how);
	test_clean(how);
	test_no_access(how);
	test_cut(how);
	test_inherited(how, nr_groups());
}

/* --- what it costs ------------------------------------------------------------------------- */

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void take_time(bool at_once, bool odd)
{
	const long faults = nr_faults();
	int fd = need_aligned_buffer();
	long long at[5];
	char *map, *place;
	long tables;

	is_odd = odd;
	set_at_once(at_once);
	place = need_place(BYTES);
	at[0] = now_ns();
	map = need_map_at(place, fd, BYTES, PROT_READ | PROT_WRITE);
	at[1] = now_ns();
	pass(map, BYTES, true);
	at[2] = now_ns();
	tables = status_kib("VmPTE:");
	at[3] = now_ns();
	munmap(map, BYTES);
	at[4] = now_ns();
	diag("bench {\"case\":\"mapping\",\"at_once\":%d,\"odd\":%d,\"mmap_ns\":%lld,\"pass_ns\":%lld,\"munmap_ns\":%lld,\"faults\":%ld,\"tables_kib\":%ld}",
	     at_once, odd, at[1] - at[0], at[2] - at[1], at[4] - at[3],
	     nr_faults() - faults, tables);
	close(fd);
}

int main(int argc, char **argv)
{
	tap_start();
	catch_faults();
	need_lcma("regions=main=128M@cma,heap=mapping");
	dev = open_device();
	look_at_kernel();

	if (argc > 1 && !strcmp(argv[1], "time")) {
		buffer_bytes = 64 * MIB;
		for (int i = 0; i < 12; i++)
			take_time(i & 1, i & 2);
	} else {
		test_all(true, false);
		test_all(false, true);
		if (has_huge) {
			test_all(true, true);
			test_all(false, false);
		}
		test_refused();
	}
	ok(is_idle("main", 5000), "the region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
