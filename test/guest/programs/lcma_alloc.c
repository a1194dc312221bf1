// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_alloc - LCMA_IOC_ALLOC as its manual has it: lengths, alignments, texts,
 * flags, deadlines, and descriptors when there are none. Its structure is tried by
 * lcma_ioctl, as those of all calls. See ioctl.sh.
 */
#include "program.h"

#include <sys/resource.h>

#define MAIN_BYTES	(32 * MIB)
#define POOL_BYTES	(16 * MIB)
#define GRAIN_BYTES	(8 * MIB)
#define GRAIN		(64 * KIB)
#define REGIONS		"regions=main=32M@cma;pool=16M@cma,keep=all;" \
			"grain=8M@cma,order=4,align=1M"

static int dev;

/* Return: the fd, or -errno; nothing may be left after an error. */
static int try_alloc(struct lcma_alloc *alloc, long wanted, const char *what)
{
	const unsigned long used = used_bytes("main");
	const int nr_fds = count_fds();
	const struct lcma_alloc before = *alloc;
	long ret = lcma_call(dev, LCMA_IOC_ALLOC, alloc);

	answers(ret, wanted, "alloc, %s", what);
	if (!ret)
		return alloc->fd;
	ok(!memcmp(&before, alloc, sizeof(before)) &&
	   used_bytes("main") == used && count_fds() == nr_fds,
	   "nothing is held or written after that");
	return ret;
}

/* A buffer that is had, looked at, and closed. */
static void good_alloc(struct lcma_alloc alloc, uint64_t len, const char *what)
{
	struct lcma_buffer_entry entry = {};
	const uint64_t align = alloc.align;
	int fd = try_alloc(&alloc, 0, what);

	if (fd < 0)
		return;
	is(alloc.len, len, "it has %llu bytes", (unsigned long long)len);
	buffer_info(dev, fd, &entry);
	is(entry.phys & ((align ?: 1) - 1), 0, "it lies as aligned as asked");
	ok(entry.id == alloc.id && entry.latency_ns == alloc.latency_ns &&
	   entry.bytes == alloc.len && alloc.latency_ns,
	   "its info says the same: id %llu, %llu ns",
	   (unsigned long long)alloc.id, (unsigned long long)alloc.latency_ns);
	close(fd);
}

static void test_lengths(void)
{
	struct lcma_alloc alloc;

	good_alloc(alloc_for("main", 1), PAGE, "1 byte");
	good_alloc(alloc_for("main", PAGE), PAGE, "a page");
	good_alloc(alloc_for("main", PAGE + 1), 2 * PAGE, "a page and a byte");
	good_alloc(alloc_for("main", 3 * MIB), 3 * MIB, "3 MiB");
	good_alloc(alloc_for("main", MAIN_BYTES), MAIN_BYTES, "the whole region");
	good_alloc(alloc_for("grain", 1), GRAIN, "1 byte where 64 KiB are least");
	good_alloc(alloc_for("grain", GRAIN + 1), 2 * GRAIN, "65 KiB there");
	good_alloc(alloc_for("", PAGE), PAGE, "in any region");
	alloc = alloc_for("main", 0);
	try_alloc(&alloc, -EINVAL, "0 bytes");
	alloc = alloc_for("main", MAIN_BYTES + 1);
	try_alloc(&alloc, -EFBIG, "a byte more than the region");
	alloc = alloc_for("grain", GRAIN_BYTES + 1);
	try_alloc(&alloc, -EFBIG, "a byte more than the region, with a granule");
	alloc = alloc_for("", MAIN_BYTES + 1);
	try_alloc(&alloc, -EFBIG, "a byte more than any region");
	alloc = alloc_for("main", 1ULL << 32);
	try_alloc(&alloc, -EFBIG, "4 GiB");
	alloc = alloc_for("main", (1ULL << 32) + PAGE);
	try_alloc(&alloc, -EFBIG, "4 GiB and a page");
	alloc = alloc_for("main", (1ULL << 44) + PAGE);
	try_alloc(&alloc, -EFBIG, "2^32 pages and one");
	alloc = alloc_for("", ~0ULL);
	try_alloc(&alloc, -EFBIG, "2^64 - 1 bytes");
	alloc = alloc_for("main", 1ULL << 63);
	try_alloc(&alloc, -EFBIG, "2^63 bytes");
}

static void test_alignments(void)
{
	static const uint64_t aligns[] = {
		1, 2, 512, PAGE, 64 * KIB, MIB, 8 * MIB, 16 * MIB,
	};
	int odd = need_buffer(dev, "main", PAGE);
	struct lcma_alloc alloc;
	unsigned int i;
	char what[64];

	for (i = 0; i < ARRAY_SIZE(aligns); i++) {
		alloc = alloc_for("main", 3 * PAGE);
		alloc.align = aligns[i];
		snprintf(what, sizeof(what), "aligned to %llu",
			 (unsigned long long)aligns[i]);
		good_alloc(alloc, 3 * PAGE, what);
	}
	close(odd);
	alloc = alloc_for("grain", PAGE);
	alloc.align = PAGE;
	i = try_alloc(&alloc, 0, "aligned less than the region aligns");
	close(i);
	alloc = alloc_for("main", PAGE);
	alloc.align = 3;
	try_alloc(&alloc, -EINVAL, "aligned to 3");
	alloc.align = 3 * PAGE;
	try_alloc(&alloc, -EINVAL, "aligned to 3 pages");
	alloc.align = ~0ULL;
	try_alloc(&alloc, -EINVAL, "aligned to 2^64 - 1");
	alloc.align = 1ULL << 63;
	try_alloc(&alloc, -ENOSPC, "aligned to 2^63");
	alloc.align = 1ULL << 44;
	try_alloc(&alloc, -ENOSPC, "aligned to 2^44");
	alloc.align = 1ULL << 32;
	try_alloc(&alloc, -ENOSPC, "aligned to 4 GiB");
	alloc.align = 1ULL << 31;
	try_alloc(&alloc, -ENOSPC, "aligned to 2 GiB, where no memory is");
}

static void test_texts(void)
{
	static const char *const bad[] = {
		"with blank", "tab\t", "line\n", "bell\a", "del\x7f",
		"high\xc3\xa4", " ",
	};
	struct lcma_buffer_entry entry;
	struct lcma_alloc alloc;
	unsigned int i;
	int fd;

	alloc = alloc_for("main", PAGE);
	memset(alloc.label, '~', LCMA_LABEL_SIZE - 1);
	fd = try_alloc(&alloc, 0, "the longest label");
	buffer_info(dev, fd, &entry);
	same_text(entry.label, alloc.label, "the label is kept whole");
	close(fd);
	memset(alloc.label, 'x', LCMA_LABEL_SIZE);
	try_alloc(&alloc, -EINVAL, "a label without its NUL");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		alloc = alloc_for("main", PAGE);
		strcpy(alloc.label, bad[i]);
		try_alloc(&alloc, -EINVAL, "a label that cannot be printed");
	}
	alloc = alloc_for("main", PAGE);
	memset(alloc.label, '\n', sizeof(alloc.label));
	strcpy(alloc.label, "cam");
	memset(alloc.region, '\n', sizeof(alloc.region));
	strcpy(alloc.region, "main");
	fd = try_alloc(&alloc, 0, "texts with something after their NUL");
	buffer_info(dev, fd, &entry);
	same_text(entry.label, "cam", "the label ends at its NUL");
	ok(!memchr(entry.label, '\n', sizeof(entry.label)),
	   "what stood after it is not told");
	close(fd);

	alloc = alloc_for("main", PAGE);
	memset(alloc.region, 'm', sizeof(alloc.region));
	try_alloc(&alloc, -EINVAL, "a region without its NUL");
	alloc = alloc_for("nowhere", PAGE);
	try_alloc(&alloc, -ENOENT, "no such region");
	alloc = alloc_for("main2", PAGE);
	try_alloc(&alloc, -ENOENT, "more than a region's name");
}

static void test_flags(void)
{
	struct lcma_region_info before, after;
	struct lcma_alloc alloc;
	int fd, rest;

	alloc = alloc_for("main", PAGE);
	alloc.flags = 1 << 2;
	try_alloc(&alloc, -EOPNOTSUPP, "the first unknown flag");
	alloc.flags = 1u << 31 | LCMA_ALLOC_F_QUIET;
	try_alloc(&alloc, -EOPNOTSUPP, "the last flag");
	alloc = alloc_for("main", PAGE);
	alloc.fd = -7;
	alloc.id = alloc.latency_ns = 99;
	fd = try_alloc(&alloc, 0, "out fields that are not 0");
	close(fd);

	alloc = alloc_for("main", PAGE);
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	try_alloc(&alloc, -EAGAIN, "nowait, where there is no pool");
	alloc = alloc_for("pool", PAGE);
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	good_alloc(alloc, PAGE, "nowait, from the pool");
	alloc = alloc_for("", PAGE);
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	fd = try_alloc(&alloc, 0, "nowait, in any region");
	is(used_bytes("pool"), PAGE, "takes the one with a pool");
	rest = need_buffer(dev, "pool", POOL_BYTES - PAGE);
	alloc = alloc_for("pool", PAGE);
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	try_alloc(&alloc, -ENOSPC, "nowait, from a pool that is empty");
	close(rest);
	close(fd);

	region_info(dev, "main", &before);
	rest = need_buffer(dev, "main", MAIN_BYTES - 16 * PAGE);
	alloc = alloc_for("main", 17 * PAGE);
	try_alloc(&alloc, -ENOSPC, "a page more than is left");
	region_info(dev, "main", &after);
	is(after.failures, before.failures + 1, "the failure is counted");
	is(after.largest, 16 * PAGE, "largest tells what fits");
	alloc.flags = LCMA_ALLOC_F_QUIET;
	try_alloc(&alloc, -ENOSPC, "quiet");
	region_info(dev, "main", &after);
	is(after.failures, before.failures + 1, "a quiet failure is not counted");
	alloc.len = 16 * PAGE;
	fd = try_alloc(&alloc, 0, "quiet, what is left");
	alloc = alloc_for("main", PAGE);
	try_alloc(&alloc, -ENOSPC, "in a full region");
	alloc = alloc_for("", PAGE);
	close(try_alloc(&alloc, 0, "in any region, the first being full"));
	close(fd);
	close(rest);
}

static void test_deadlines(void)
{
	struct lcma_alloc alloc;
	long long began;
	long ret;
	int fd, i;

	alloc = alloc_for("main", MIB);
	alloc.timeout_ms = 60000;
	good_alloc(alloc, MIB, "with a minute");
	alloc.timeout_ms = 0xffffffff;
	began = now_ms();
	good_alloc(alloc, MIB, "with 49 days");
	ok(now_ms() - began < 10000, "which are not waited for");
	/*
	 * Zeroing 16 MiB of the pool takes longer than a millisecond, here, if
	 * they have just been freed, and not been zeroed in the background.
	 */
	for (i = 0; i < 2; i++) {
		alloc = alloc_for("pool", POOL_BYTES);
		fd = try_alloc(&alloc, 0, "16 MiB without a deadline");
		close(fd);
	}
	diag("that took %llu us", alloc.latency_ns / 1000);
	if (alloc.latency_ns < 4000000) {
		skip("16 MiB in a millisecond", "this machine is too fast");
		return;
	}
	for (i = 0, ret = 0; i < 5 && !ret; i++) {
		alloc = alloc_for("pool", POOL_BYTES);
		alloc.timeout_ms = 1;
		began = now_ms();
		ret = lcma_call(dev, LCMA_IOC_ALLOC, &alloc);
		if (!ret)
			close(alloc.fd);
	}
	if (!ret) {
		skip("16 MiB in a millisecond", "what zeroes in the background is faster");
		return;
	}
	answers(ret, -ETIMEDOUT, "16 MiB in a millisecond, sooner or later");
	ok(now_ms() - began < 5000, "it is told in time");
	ok(is_idle("pool", 5000), "the pool has everything back");
	/* And whatever comes of this, nothing may be lost. */
	alloc = alloc_for("main", MAIN_BYTES);
	alloc.timeout_ms = 1;
	fd = lcma_call(dev, LCMA_IOC_ALLOC, &alloc) ? -1 : alloc.fd;
	diag("32 MiB of main in a millisecond: %s", fd < 0 ? "no" : "yes");
	close(fd);
}

/* --- no descriptors ---------------------------------------------------------------------------- */

static void without_fds(void *unused MAYBE_UNUSED)
{
	struct lcma_region_info before, after;
	struct rlimit limit = { 64, 64 };
	struct lcma_alloc alloc;

	region_info(dev, "main", &before);
	setrlimit(RLIMIT_NOFILE, &limit);
	while (dup(dev) >= 0)
		;
	alloc = alloc_for("main", PAGE);
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), -EMFILE,
		"alloc without a descriptor left");
	close(10);
	region_info(dev, "main", &after);
	is(after.used, before.used, "it holds nothing");
	is(after.allocs, before.allocs, "it has disturbed no page");
	alloc = alloc_for("main", PAGE);
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), 0, "with one left");
	is(alloc.fd, 10, "it is that one");
}

/* The system's limit counts when the buffer is there already. */
static void without_files(void *unused MAYBE_UNUSED)
{
	struct lcma_alloc alloc = alloc_for("main", PAGE);

	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), -ENFILE,
		"alloc when the system's files are used up");
}

static void test_descriptors(void)
{
	const unsigned long used = used_bytes("main");
	struct lcma_region_info before, after;
	struct lcma_alloc alloc;
	int many[200];
	char max[32];
	unsigned int i;
	int fd;

	alloc = alloc_for("main", PAGE);
	fd = try_alloc(&alloc, 0, "to look at its descriptor");
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "close-on-exec");
	is(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR, "readable and writable");
	close(fd);

	in_child(0, without_fds, NULL);
	is(used_bytes("main"), used, "nothing is left of that");
	read_text("/proc/sys/fs/file-max", max, sizeof(max));
	region_info(dev, "main", &before);
	/* The kernel counts roughly: few files may pass for none. */
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	write_text("/proc/sys/fs/file-max", "1\n");
	in_child(1000, without_files, NULL);
	write_text("/proc/sys/fs/file-max", max);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		close(many[i]);
	region_info(dev, "main", &after);
	is(after.used, before.used, "the buffer has gone back");
	is(after.frees - before.frees, after.allocs - before.allocs,
	   "and is counted as freed");
}

int main(void)
{
	int nr_fds;

	tap_start();
	need_lcma(REGIONS);
	dev = open_device();
	nr_fds = count_fds();

	test_lengths();
	test_alignments();
	test_texts();
	test_flags();
	test_deadlines();
	test_descriptors();

	ok(is_idle("main", 2000) && is_idle("pool", 2000) &&
	   is_idle("grain", 2000), "every region is idle");
	is(count_fds(), nr_fds, "no descriptor is left open");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
