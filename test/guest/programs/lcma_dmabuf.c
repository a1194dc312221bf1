// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_dmabuf - a buffer's memory as a program sees it through its descriptor:
 * what can be mapped, that every page is the right one, that nothing of a
 * former holder is left in it. See dmabuf.sh.
 */
#include "program.h"

#include <linux/dma-buf.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>

/* Less than one fault maps; what is at its edges, the mapping job tells. */
#define PAGES		100UL
#define BYTES		(PAGES * PAGE)

static int dev;

/* Each page carries its number. */
static void number_pages(char *map, size_t nr_pages)
{
	size_t i;

	for (i = 0; i < nr_pages; i++)
		fill(map + i * PAGE, PAGE, i);
}

/* Are the pages of a mapping those of the buffer from @first on? */
static bool are_pages(char *map, size_t nr_pages, size_t first)
{
	size_t i;

	for (i = 0; i < nr_pages; i++) {
		if (!has_pattern(map + i * PAGE, PAGE, first + i)) {
			diag("in page %zu of the mapping from page %zu", i,
			     first);
			return false;
		}
	}
	return true;
}

static int numbered_buffer(const char *region)
{
	int fd = need_buffer(dev, region, BYTES);
	char *map = map_buffer(fd, BYTES);

	number_pages(map, PAGES);
	munmap(map, BYTES);
	return fd;
}

/* --- which page is where ------------------------------------------------------------- */

static void test_whole(const char *region)
{
	int fd = need_buffer(dev, region, BYTES);
	char *map = map_buffer(fd, BYTES);
	char *other = map_buffer(fd, BYTES);
	uint32_t seed = 1;
	size_t i, faults = 0;

	ok(is_zero(map, BYTES), "%s: a new buffer is zero", region);
	munmap(map, BYTES);
	map = map_buffer(fd, BYTES);
	for (i = 0; i < 4 * PAGES; i++)
		faults += touch(map + next_random(&seed) % BYTES, i & 1);
	is(faults, 0, "%s: bytes here and there can be touched", region);
	faults = touch(map + BYTES - 1, true) + touch(map, true);
	is(faults, 0, "%s: so can the last and the first", region);
	number_pages(map, PAGES);
	ok(are_pages(map, PAGES, 0), "%s: every page is its own",
	   region);
	ok(are_pages(other, PAGES, 0),
	   "%s: another mapping shows the same", region);
	munmap(map, BYTES);
	munmap(other, BYTES);
	map = map_buffer(fd, BYTES);
	close(fd);
	ok(are_pages(map, PAGES, 0),
	   "%s: a mapping made later, the descriptor closed, too", region);
	munmap(map, BYTES);
}

/*
 * Every part, entered at its first, its middle and its last page: what a fault
 * maps around the page that was touched must be right at the edges, too.
 */
static void test_parts(const char *region)
{
	static const size_t starts[] = { 0, 1, 7, 15, 16, 17, 31, 32, 50, 96, 99 };
	static const size_t lens[] = { 1, 2, 3, 15, 16, 17, 33, 100 };
	int fd = numbered_buffer(region);
	size_t i, j, k, len, nr_parts = 0, wrong = 0;
	char *map;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			len = lens[j];
			if (starts[i] + len > PAGES)
				continue;
			for (k = 0; k < 3; k++) {
				map = map_part(fd, len * PAGE, starts[i] * PAGE);
				wrong += touch(map + (len - 1) * k / 2 * PAGE,
					       false);
				wrong += !are_pages(map, len, starts[i]);
				munmap(map, len * PAGE);
				nr_parts++;
			}
		}
	}
	is(wrong, 0, "%s: %zu mappings of parts show their part", region,
	   nr_parts);
	/* Every single page, touched first, in a mapping of all. */
	for (wrong = 0, i = 0; i < PAGES; i++) {
		map = map_buffer(fd, BYTES);
		wrong += touch(map + i * PAGE + 17, false);
		wrong += !are_pages(map, PAGES, 0);
		munmap(map, BYTES);
	}
	is(wrong, 0, "%s: each page, touched first, is right, and what came with it",
	   region);
	close(fd);
}

/* The neighbour of a buffer in memory is another buffer, and stays so. */
static void test_neighbours(const char *region)
{
	int fds[3], i;
	char *maps[3];

	for (i = 0; i < 3; i++) {
		fds[i] = need_buffer(dev, region, 19 * PAGE);
		maps[i] = map_buffer(fds[i], 19 * PAGE);
		fill(maps[i], 19 * PAGE, 1000 + i);
	}
	for (i = 0; i < 3; i++)
		ok(has_pattern(maps[i], 19 * PAGE, 1000 + i),
		   "%s: buffer %d of 3 side by side holds its own", region, i);
	for (i = 0; i < 3; i++) {
		munmap(maps[i], 19 * PAGE);
		close(fds[i]);
	}
}

static long try_mmap(int fd, size_t len, int prot, int flags, off_t offset)
{
	void *map = mmap(NULL, len, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, len);
	return 0;
}

/* Maps from a page of the file that is beyond a 32-bit system's off_t. */
static void *map_page(size_t bytes, int fd, unsigned long page)
{
#ifdef SYS_mmap2
	return (void *)syscall(SYS_mmap2, NULL, bytes, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, page);
#else
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (off_t)page * PAGE);
#endif
}

static void test_limits(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd = need_buffer(dev, "main", BYTES);

	answers(try_mmap(fd, BYTES, rw, MAP_SHARED, 0), 0, "all of it");
	answers(try_mmap(fd, BYTES - 1, rw, MAP_SHARED, 0), 0, "a byte less");
	answers(try_mmap(fd, PAGE, rw, MAP_SHARED, BYTES - PAGE), 0,
		"the last page");
	answers(try_mmap(fd, BYTES + 1, rw, MAP_SHARED, 0), -EINVAL,
		"a byte more");
	answers(try_mmap(fd, BYTES, rw, MAP_SHARED, PAGE), -EINVAL,
		"all, from the second page");
	answers(try_mmap(fd, 2 * PAGE, rw, MAP_SHARED, BYTES - PAGE), -EINVAL,
		"two pages from the last");
	answers(try_mmap(fd, PAGE, rw, MAP_SHARED, BYTES), -EINVAL,
		"a page after the last");
	answers(try_mmap(fd, PAGE, rw, MAP_SHARED, 1 << 30), -EINVAL,
		"a page far after it");
	ok(map_page(PAGE, fd, 0xffffffff) == MAP_FAILED,
	   "a page 16 TiB after it is refused");
	ok(map_page(2 * PAGE, fd, 0xfffffffe) == MAP_FAILED,
	   "two of them are refused");
	answers(try_mmap(fd, 0, rw, MAP_SHARED, 0), -EINVAL, "nothing");
	answers(try_mmap(fd, PAGE, rw, MAP_SHARED, 1), -EINVAL, "an odd offset");

	answers(try_mmap(fd, BYTES, rw, MAP_PRIVATE, 0), -EINVAL, "private");
	answers(try_mmap(fd, BYTES, PROT_READ, MAP_PRIVATE, 0), -EINVAL,
		"private, only to be read");
	answers(try_mmap(fd, PAGE, PROT_NONE, MAP_PRIVATE, PAGE), -EINVAL,
		"private, not to be touched");
	answers(try_mmap(fd, PAGE, PROT_READ, MAP_PRIVATE | MAP_POPULATE, 0),
		-EINVAL, "private, at once");
	answers(try_mmap(fd, BYTES, PROT_READ, MAP_SHARED, 0), 0,
		"shared, only to be read");
	answers(try_mmap(fd, BYTES, rw, MAP_SHARED_VALIDATE, 0), 0,
		"shared, with flags checked");
	answers(try_mmap(fd, BYTES, rw, MAP_SHARED | MAP_POPULATE, 0), 0,
		"shared, populated");
	answers(try_mmap(fd, BYTES, rw, MAP_SHARED | MAP_LOCKED, 0), 0,
		"shared, locked");
	close(fd);
}

/* --- what happens to a mapping ----------------------------------------------------------- */

static void write_first(void *map)
{
	fill(map, PAGE, 77);
	fill((char *)map + BYTES - PAGE, PAGE, 78);
}

static void test_fork(void)
{
	int fd = numbered_buffer("main");
	char *touched = map_buffer(fd, BYTES);
	char *untouched = map_buffer(fd, BYTES);

	touch(touched, true);
	in_child(0, write_first, touched);
	ok(has_pattern(touched, PAGE, 77) &&
	   has_pattern(touched + BYTES - PAGE, PAGE, 78),
	   "what a child writes its parent sees");
	number_pages(touched, PAGES);
	in_child(0, write_first, untouched);
	ok(has_pattern(untouched, PAGE, 77) &&
	   has_pattern(untouched + BYTES - PAGE, PAGE, 78),
	   "also where the parent had touched nothing");
	ok(has_pattern(touched, PAGE, 77), "the other mapping shows it as well");
	munmap(touched, BYTES);
	munmap(untouched, BYTES);
	close(fd);
}

static void test_mremap(void)
{
	int fd = numbered_buffer("main");
	char *room = mmap(NULL, 4 * BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *map = map_buffer(fd, BYTES), *moved;

	touch(map + 3 * PAGE, true);	/* some pages are there, most are not */
	moved = mremap(map, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_FIXED,
		       room + BYTES);
	ok(moved == room + BYTES, "a mapping moves");
	ok(are_pages(moved, PAGES, 0), "with its pages");
	is(touch(map, false), SIGSEGV, "nothing is left where it was");

	errno = 0;
	ok(mremap(moved, BYTES, BYTES + PAGE, 0) == MAP_FAILED &&
	   (errno == EFAULT || errno == ENOMEM),
	   "it does not grow where it is");
	errno = 0;
	ok(mremap(moved, BYTES, BYTES + PAGE, MREMAP_MAYMOVE) == MAP_FAILED &&
	   errno == EFAULT, "nor when it may move");
	ok(mremap(moved, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED,
	   "nor a part of it");
	ok(mremap(moved, 0, BYTES, MREMAP_MAYMOVE) == MAP_FAILED,
	   "it cannot be doubled");
	ok(mremap(moved, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		  NULL) == MAP_FAILED, "nor left behind");
	ok(are_pages(moved, PAGES, 0), "all of this did no harm");

	/* A part moves: its offset has to go with it. */
	map = mremap(moved + 30 * PAGE, 20 * PAGE, 20 * PAGE,
		     MREMAP_MAYMOVE | MREMAP_FIXED, room);
	ok(map == room && are_pages(room, 20, 30), "a part moves");
	ok(are_pages(moved, 30, 0) &&
	   are_pages(moved + 50 * PAGE, 50, 50), "the rest stays");
	is(touch(moved + 30 * PAGE, false), SIGSEGV, "with a hole between");
	ok(mremap(room, 20 * PAGE, 7 * PAGE, 0) == room, "a part shrinks");
	ok(are_pages(room, 7, 30), "to its first pages");
	munmap(room, 4 * BYTES);
	close(fd);
}

static void test_munmap(void)
{
	int fd = numbered_buffer("main");
	char *map = map_buffer(fd, BYTES);

	close(fd);
	munmap(map + 40 * PAGE, 5 * PAGE);
	ok(are_pages(map, 40, 0), "before a hole");
	ok(are_pages(map + 45 * PAGE, 55, 45), "and after it");
	is(touch(map + 40 * PAGE, false), SIGSEGV, "not in it");
	is(touch(map + 45 * PAGE - 1, false), SIGSEGV, "up to its end");
	holds(BYTES, "a mapping with a hole");
	munmap(map, 44 * PAGE);
	munmap(map + 46 * PAGE, 54 * PAGE);
	ok(are_pages(map + 45 * PAGE, 1, 45), "one page is left");
	holds(BYTES, "a page's mapping");
	munmap(map + 45 * PAGE, PAGE);
	holds(0, "no mapping");
}

static void test_mprotect(void)
{
	int fd = numbered_buffer("main");
	char *map = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fd, 0);

	is(touch(map, true), SIGSEGV, "what is read-only cannot be written");
	ok(are_pages(map, PAGES, 0), "but read");
	ok(!mprotect(map, BYTES, PROT_READ | PROT_WRITE),
	   "it may become writable");
	number_pages(map, PAGES);
	ok(!mprotect(map + 20 * PAGE, 20 * PAGE, PROT_NONE), "a part of it less");
	is(touch(map + 20 * PAGE, false), SIGSEGV, "that cannot be read");
	is(touch(map + 39 * PAGE, true), SIGSEGV, "nor written");
	is(touch(map + 19 * PAGE, true) + touch(map + 40 * PAGE, true), 0,
	   "what is beside it can");
	mprotect(map, BYTES, PROT_READ);
	mprotect(map, BYTES, PROT_READ | PROT_WRITE);
	ok(are_pages(map, PAGES, 0), "and back: every page is its own");
	ok(remap_file_pages(map, PAGE, 0, 50, 0) ||
	   are_pages(map, 1, 50), "remap_file_pages: that page, or none");
	ok(remap_file_pages(map, PAGE, 0, PAGES, 0), "none after the last");
	munmap(map, BYTES);
	close(fd);
}

/* Advice that the kernel takes or not: the contents stay. */
static void test_advice(void)
{
	static const int advice[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK,
		MADV_DOFORK, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE,
		MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK,
		MADV_KEEPONFORK, 20 /* COLD */, 21 /* PAGEOUT */,
		22 /* POPULATE_READ */, 23 /* POPULATE_WRITE */,
		24 /* DONTNEED_LOCKED */, 25 /* COLLAPSE */,
	};
	int fd = numbered_buffer("main");
	char *map = map_buffer(fd, BYTES);
	unsigned char incore[PAGES];
	unsigned int i, taken = 0;

	touch(map, true);
	for (i = 0; i < ARRAY_SIZE(advice); i++)
		taken += !madvise(map, BYTES, advice[i]);
	diag("%u of %zu kinds of advice were taken", taken, ARRAY_SIZE(advice));
	ok(are_pages(map, PAGES, 0), "advice does no harm");
	mlock(map, BYTES);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	ok(are_pages(map, PAGES, 0), "nor does locking");
	munlockall();
	mincore(map, BYTES, incore);
	msync(map, BYTES, MS_SYNC | MS_INVALIDATE);
	ok(are_pages(map, PAGES, 0), "nor msync and mincore");
	munmap(map, BYTES);
	close(fd);
}

/* --- when it is filled ------------------------------------------------------------- */

#define FILL_PAGES	2048UL		/* two steps of the module */
#define MAP_AT_ONCE	"/sys/module/lcma/parameters/map_at_once"

/* Faults of one pass over a fresh mapping. */
static long faults_of(int fd, int flags, bool with_mlock)
{
	struct rusage before, after;
	char *map = mmap(NULL, FILL_PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | flags, fd, 0);
	size_t i;

	if (map == MAP_FAILED)
		bail_out("mmap with flags %#x: %m", flags);
	if (with_mlock)
		mlock(map, FILL_PAGES * PAGE);
	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < FILL_PAGES; i++)
		*(volatile char *)(map + i * PAGE) = 1;
	getrusage(RUSAGE_SELF, &after);
	munmap(map, FILL_PAGES * PAGE);
	return after.ru_minflt - before.ru_minflt;
}

/* A pass of the program's own may fault, too, but not often. */
static void test_filled(const char *region)
{
	const long least = FILL_PAGES / 512, most = FILL_PAGES / 64, few = 4;
	int fd = need_buffer(dev, region, FILL_PAGES * PAGE);
	long nr;

	nr = faults_of(fd, 0, false);
	ok(nr <= few, "%s: a mapping is filled when it is made (%ld faults)",
	   region, nr);
	nr = faults_of(fd, MAP_POPULATE, false);
	ok(nr <= few, "%s: with MAP_POPULATE, too (%ld)", region, nr);
	nr = faults_of(fd, 0, true);
	ok(nr <= few, "%s: with mlock(), too (%ld)", region, nr);
	nr = faults_of(fd, MAP_LOCKED, false);
	ok(nr <= few, "%s: with MAP_LOCKED, too (%ld)", region, nr);

	answers(write_text(MAP_AT_ONCE, "0"), 0, "map_at_once=0");
	nr = faults_of(fd, 0, false);
	ok(nr >= least && nr <= most + few,
	   "%s: a mapping is filled by faults, 64 to 512 pages each (%ld)", region, nr);
	nr = faults_of(fd, MAP_LOCKED, false);
	ok(nr <= few, "%s: but with MAP_LOCKED when it is made (%ld)", region,
	   nr);
	mlockall(MCL_FUTURE);
	nr = faults_of(fd, 0, false);
	munlockall();
	ok(nr <= few, "%s: and after mlockall(MCL_FUTURE) (%ld)", region, nr);
	answers(write_text(MAP_AT_ONCE, "1"), 0, "map_at_once=1");
	close(fd);
}

/* Several threads fault in one fresh mapping at once. */
struct race {
	char *map;
	uint32_t seed;
	int wrong;
};

static void *touch_all(void *arg)
{
	struct race *race = arg;
	size_t i, at;

	for (i = 0; i < 4 * PAGES; i++) {
		at = next_random(&race->seed) % PAGES;
		race->wrong += touch(race->map + at * PAGE, false) ||
			       *(volatile uint32_t *)(race->map + at * PAGE) !=
			       pattern(at, 0);
	}
	return NULL;
}

static void test_threads(void)
{
	int fd = numbered_buffer("main"), round, i, wrong = 0;
	struct race races[4] = {};
	pthread_t threads[4];
	char *map;

	for (round = 0; round < 40; round++) {
		map = map_buffer(fd, BYTES);
		for (i = 0; i < 4; i++) {
			races[i].map = map;
			races[i].seed = round * 4 + i + 1;
			pthread_create(&threads[i], NULL, touch_all, &races[i]);
		}
		for (i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
		munmap(map, BYTES);
	}
	for (i = 0; i < 4; i++)
		wrong += races[i].wrong;
	is(wrong, 0, "four threads touch one fresh mapping, 40 times");
	close(fd);
}

/* --- the descriptor ------------------------------------------------------------------------- */

static void test_descriptor(void)
{
	static const struct {
		uint64_t flags;
		long wanted;
	} syncs[] = {
		{ DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ, 0 },
		{ DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ, 0 },
		{ DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE, 0 },
		{ DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE, 0 },
		{ DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW, 0 },
		{ DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW, 0 },
		{ DMA_BUF_SYNC_START, -EINVAL },
		{ DMA_BUF_SYNC_END, -EINVAL },
		{ 8 | DMA_BUF_SYNC_RW, -EINVAL },
	};
	int fd = numbered_buffer("main"), pipes[2];
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT };
	struct dma_buf_sync sync;
	char text[512], path[64];
	unsigned int i;
	char *map;

	is(lseek(fd, 0, SEEK_END), BYTES, "seeking tells the size");
	is(lseek(fd, 0, SEEK_SET), 0, "and goes back");
	answers(CALL(lseek(fd, 5, SEEK_SET)), -EINVAL, "it goes nowhere else");
	answers(CALL(read(fd, text, 16)), -EINVAL, "read() from it");
	answers(CALL(write(fd, text, 16)), -EINVAL, "write() to it");
	answers(CALL(pread(fd, text, 16, 0)), -ESPIPE, "pread()");
	answers(CALL(pwrite(fd, text, 16, 0)), -ESPIPE, "pwrite()");
	ok(ftruncate(fd, PAGE) && ftruncate(fd, 2 * BYTES),
	   "its size is fixed");
	if (pipe(pipes))
		bail_out("pipe: %m");
	ok(splice(fd, NULL, pipes[1], NULL, PAGE, SPLICE_F_NONBLOCK) < 0,
	   "splice() from it is refused");
	close(pipes[0]);
	close(pipes[1]);
	for (i = 0; i < ARRAY_SIZE(syncs); i++) {
		sync.flags = syncs[i].flags;
		answers(CALL(ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync)),
			syncs[i].wanted, "sync with %#llx",
			(unsigned long long)sync.flags);
	}
	answers(CALL(ioctl(fd, DMA_BUF_SET_NAME, "frame")), 0, "it has a name");
	answers(CALL(ioctl(fd, LCMA_IOC_VERSION, text)), -ENOTTY,
		"lcma's calls are for the device");
	is(poll(&pollfd, 1, 0), 1, "no fence is on it");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	read_text(path, text, sizeof(text));
	ok(strstr(text, "exp_name:\tlcma\n"), "fdinfo says whose it is");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ok(open(path, O_RDWR) < 0, "it cannot be opened by its path");
	map = map_buffer(fd, BYTES);
	ok(are_pages(map, PAGES, 0), "all of this did no harm");
	munmap(map, BYTES);
	close(fd);
}

/* The flags of the mapping of an address. */
static void vm_flags(const void *at, char *flags, size_t size)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long start, end;
	bool inside = false;
	char line[512];

	flags[0] = '\0';
	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2 &&
		    strchr(line, '-') < strchr(line, ' '))
			inside = (uintptr_t)at >= start && (uintptr_t)at < end;
		else if (inside && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, size, "%s", line + 8);
	}
	fclose(smaps);
}

static void dump_core(char *map)
{
	signal(SIGABRT, SIG_DFL);
	fill(map, 8 * MIB, 1);
	abort();
}

static void test_dumps(void)
{
	int fd = need_buffer(dev, "main", 8 * MIB);
	char *map = map_buffer(fd, 8 * MIB);
	char flags[512], old[256];
	struct stat st = {};
	pid_t child;
	int status;

	vm_flags(map, flags, sizeof(flags));
	diag("VmFlags:%s", flags);
	ok(strstr(flags, " pf ") && strstr(flags, " io ") &&
	   strstr(flags, " de ") && strstr(flags, " dd ") &&
	   strstr(flags, " sh "), "flags of the mapping: pf, io, de, dd, sh");

	read_text("/proc/sys/kernel/core_pattern", old, sizeof(old));
	write_text("/proc/sys/kernel/core_pattern", "/tmp/core");
	fflush(stdout);
	child = need_fork();
	if (!child) {
		syscall(SYS_prlimit64, 0, 4 /* CORE */,
			&(uint64_t[]){ ~0ULL, ~0ULL }, NULL);
		dump_core(map);
	}
	status = wait_status(child);
	write_text("/proc/sys/kernel/core_pattern", old);
	ok(WIFSIGNALED(status) && !stat("/tmp/core", &st) &&
	   st.st_size > 0 && st.st_blocks * 512 < (long)(4 * MIB),
	   "a core dump is there, without the buffer: %ld KiB",
	   (long)st.st_blocks / 2);
	unlink("/tmp/core");
	munmap(map, 8 * MIB);
	close(fd);
}

/* --- zeroes ------------------------------------------------------------------------------------ */

/*
 * Dirty a buffer of one size, free it, and look at what a buffer of another
 * finds there. Counts those that lay where the dirty one had been.
 */
static void test_zero(const char *region)
{
	static const size_t sizes[][2] = {
		{ 1, 1 }, { 16, 16 }, { 100, 7 }, { 7, 100 }, { 255, 257 },
		{ 256, 256 }, { 1024, 1024 }, { 1024, 1000 }, { 1, 2048 },
		{ 2048, 1 }, { 2048, 2048 },
	};
	unsigned int i, round, reused = 0, dirty = 0;
	struct lcma_buffer_entry before, after;
	size_t first, second;
	char *map;
	int fd, rest;

	/*
	 * A pool prefers runs that are zero already: leave it room for the
	 * largest buffer only.
	 */
	rest = need_buffer(dev, region, region_value(region, "nr_pages") * PAGE -
				     2048 * PAGE);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			first = sizes[i][0] * PAGE;
			second = sizes[i][1] * PAGE;
			fd = need_buffer(dev, region, first);
			buffer_info(dev, fd, &before);
			map = map_buffer(fd, first);
			memset(map, 0x5a, first);
			munmap(map, first);
			close(fd);
			fd = need_buffer(dev, region, second);
			buffer_info(dev, fd, &after);
			map = map_buffer(fd, second);
			dirty += !is_zero(map, second);
			munmap(map, second);
			close(fd);
			reused += before.phys < after.phys + second &&
				  after.phys < before.phys + first;
		}
	}
	close(rest);
	is(dirty, 0, "%s: a new buffer is zero where another was dirty", region);
	ok(reused >= round * i / 4, "%s: %u of %u lay where the dirty one had",
	   region, reused, round * i);
}

int main(void)
{
	tap_start();
	catch_faults();
	need_lcma("regions=main=32M@cma;pool=16M@cma,keep=all");
	dev = open_device();

	test_whole("main");
	test_whole("pool");
	test_parts("main");
	test_parts("pool");
	test_neighbours("main");
	test_neighbours("pool");
	test_limits();
	test_fork();
	test_mremap();
	test_munmap();
	test_mprotect();
	test_advice();
	test_threads();
	test_filled("main");
	test_filled("pool");
	/* The same again, with faults. */
	write_text(MAP_AT_ONCE, "0");
	test_whole("main");
	test_parts("main");
	test_parts("pool");
	test_limits();
	test_fork();
	test_mremap();
	test_munmap();
	test_mprotect();
	test_threads();
	write_text(MAP_AT_ONCE, "1");
	test_descriptor();
	test_dumps();
	test_zero("main");
	test_zero("pool");

	ok(is_idle("main", 2000) && is_idle("pool", 2000),
	   "every region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
