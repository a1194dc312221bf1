// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_prepare - memory that is prepared by LCMA_IOC_PREPARE. See prepare.sh.
 *
 *	lcma_prepare calls	every error, use, expiry, end of the file and of the process
 *	lcma_prepare hits N MIB NS	N times: prepare MIB, wait until they are held,
 *				allocate; one line: how many allocations took NS at most,
 *				how many failed, how long the longest one took
 */
#include "layout.h"
#include "program.h"

#define HOLD_MS		20000

static int dev;

static struct lcma_prepare prepare_for(const char *region, uint64_t len)
{
	struct lcma_prepare p = {
		.size = sizeof(p),
		.flags = LCMA_PREPARE_F_WAIT,
		.len = len,
		.within_ms = 10000,
		.hold_ms = HOLD_MS,
	};

	strncpy(p.region, region, sizeof(p.region) - 1);
	return p;
}

static long prepare(int from, uint64_t len)
{
	struct lcma_prepare p = prepare_for("main", len);

	return lcma_call(from, LCMA_IOC_PREPARE, &p);
}

static void prepared_is(unsigned long kib, const char *what)
{
	is(region_value("main", "prepared_pages") * (PAGE / KIB), kib, "%s", what);
}

static void all_idle(const char *what)
{
	ok(is_idle("main", 5000), "%s: all idle", what);
}

static void test_errors(void)
{
	struct {
		struct lcma_prepare p;
		uint64_t more;
	} large = { .p = prepare_for("main", MIB), .more = 1 };
	struct lcma_prepare p;

#define WRONG(wanted, what, change) do {				\
		p = prepare_for("main", MIB);				\
		change;							\
		answers(lcma_call(dev, LCMA_IOC_PREPARE, &p), wanted, what); \
	} while (0)
	WRONG(-EINVAL, "too short a structure", p.size -= 8);
	WRONG(-EOPNOTSUPP, "an unknown flag", p.flags |= 4);
	WRONG(-EINVAL, "an odd alignment", p.align = 3 * PAGE);
	WRONG(-EFBIG, "larger than the region", p.len = 65 * MIB);
	WRONG(-EFBIG, "larger than any memory", p.len = ~0ULL);
	WRONG(-EINVAL, "too long until it is there", p.within_ms = 10001);
	WRONG(-EINVAL, "too long a hold", p.hold_ms = 60001);
	WRONG(-ENOENT, "no such region", strcpy(p.region, "none"));
	WRONG(-ENOENT, "cancelling in no such region",
	      (p.len = 0, strcpy(p.region, "none")));
	WRONG(-EINVAL, "a region without NUL", memset(p.region, 'x', sizeof(p.region)));
	WRONG(-EINVAL, "a label without NUL", memset(p.label, 'x', sizeof(p.label)));
	WRONG(-EINVAL, "a label of two words", strcpy(p.label, "two words"));
#undef WRONG
	large.p.size = sizeof(large);
	answers(lcma_call(dev, LCMA_IOC_PREPARE, &large), -E2BIG,
		"a field that is not known");
	answers(lcma_call(dev, _IOW(LCMA_IOC_MAGIC, 8, struct lcma_prepare), &p), -ENOTTY,
		"another number");
	prepared_is(0, "an error prepares nothing");
	all_idle("errors");
}

static void test_use(void)
{
	const unsigned long long used = region_value("main", "prepares_used");
	struct lcma_alloc small = alloc_for("main", MIB);
	struct lcma_alloc alloc = alloc_for("main", 4 * MIB);
	uint64_t claims;
	char *map;
	long ret;

	answers(prepare(dev, 4 * MIB), 0, "4 MiB are prepared");
	prepared_is(4096, "4 MiB are held");
	ret = lcma_call(dev, LCMA_IOC_ALLOC, &small);
	answers(ret, 0, "1 MiB is allocated");
	prepared_is(4096, "a smaller allocation leaves it alone");
	close(small.fd);

	claims = region_value("main", "claims");
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), 0,
		"4 MiB are allocated without waiting");
	is(region_value("main", "claims"), claims, "nothing is claimed for it");
	is(region_value("main", "prepares_used"), used + 1, "it is what was prepared");
	prepared_is(0, "nothing is held then");
	is(used_bytes("main"), 4 * MIB, "4 MiB are used");
	map = map_buffer(alloc.fd, 4 * MIB);
	ok(!map[0] && !memcmp(map, map + 1, 4 * MIB - 1), "it is zero");
	munmap(map, 4 * MIB);
	close(alloc.fd);
	all_idle("a buffer is freed");
}

static void test_fit(void)
{
	struct lcma_alloc alloc = alloc_for("main", 3 * MIB);
	int fd;

	answers(prepare(dev, 8 * MIB), 0, "8 MiB are prepared");
	answers(prepare(dev, 4 * MIB), 0, "and 4 MiB");
	prepared_is(12 * 1024, "both are held");
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), 0, "3 MiB are allocated");
	prepared_is(8 * 1024, "of the shorter one");
	fd = need_buffer(dev, "main", 8 * MIB);
	prepared_is(0, "8 MiB are the other one");
	close(alloc.fd);
	close(fd);
	all_idle("what was left went back");
}

static void test_ends(void)
{
	struct lcma_prepare p = prepare_for("main", 4 * MIB);
	unsigned long long over = region_value("main", "prepares_over");
	int other = open_device(), i;
	pid_t child;

	p.hold_ms = 1000;
	answers(lcma_call(dev, LCMA_IOC_PREPARE, &p), 0, "held for a second");
	prepared_is(4096, "it is held");
	sleep_ms(3000);
	prepared_is(0, "not three seconds later");
	is(region_value("main", "prepares_over"), over + 1, "its time was over");
	all_idle("its time is over");

	answers(prepare(dev, 4 * MIB), 0, "prepared");
	answers(prepare(other, 2 * MIB), 0, "and by another file");
	answers(prepare(dev, 0), 0, "not needed");
	prepared_is(2048, "the other file's stays");
	close(other);
	prepared_is(0, "until that file is closed");
	all_idle("cancelled");

	child = fork();
	if (!child) {
		other = open_device();
		_exit(prepare(other, 4 * MIB) || pause());
	}
	for (i = 0; i < 500 && !region_value("main", "prepared_pages"); i++)
		sleep_ms(20);
	prepared_is(4096, "a child's is held");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (i = 0; i < 500 && region_value("main", "prepared_pages"); i++)
		sleep_ms(20);
	prepared_is(0, "not when it is killed");
	all_idle("killed");

	/* Killed in the middle: what it still gets goes back. */
	child = fork();
	if (!child) {
		other = open_device();
		_exit(prepare(other, 32 * MIB) || pause());
	}
	sleep_ms(20);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ok(is_idle("main", 20000), "killed while it waits: all idle");

	for (i = 0; i < 8; i++)
		if (prepare(dev, MIB))
			break;
	is(i, 8, "eight at a time");
	answers(prepare(dev, MIB), -ENOBUFS, "and no ninth");
	answers(prepare(dev, 0), 0, "none is needed");
	for (i = 0; i < 8; i++)
		if (prepare(dev, MIB))
			break;
	is(i, 8, "so eight can be prepared at once");
	answers(prepare(dev, 0), 0, "nor are these needed");
	all_idle("eight again");
}

static void test_need(void)
{
	int fd;

	answers(prepare(dev, 60 * MIB), 0, "60 of 64 MiB are prepared");
	fd = alloc_buffer(dev, "main", 4 * KIB);
	answers(fd < 0 ? fd : 0, 0, "one page is elsewhere");
	prepared_is(60 * 1024, "60 MiB are held");
	close(fd);
	fd = alloc_buffer(dev, "main", 8 * MIB);
	answers(fd < 0 ? fd : 0, 0, "8 MiB would fail otherwise");
	prepared_is(0, "they end what is prepared");
	if (fd >= 0)
		close(fd);
	all_idle("needed");
}

static void test_quota(void)
{
	static const char limit[] = "/sys/module/lcma/parameters/quota_file_kib";
	int fd;

	write_text(limit, "4096");
	answers(prepare(dev, 5 * MIB), -EDQUOT, "more than the quota");
	answers(prepare(dev, 4 * MIB), 0, "all of the quota");
	answers(prepare(dev, 4 * KIB), -EDQUOT, "and a page");
	fd = alloc_buffer(dev, "main", 4 * MIB);
	answers(fd < 0 ? fd : 0, 0, "the allocation pays with it");
	prepared_is(0, "and has used it");
	answers(prepare(dev, 4 * KIB), -EDQUOT, "the allocation is charged");
	if (fd >= 0)
		close(fd);
	answers(prepare(dev, 4 * MIB), 0, "all of it again");
	answers(prepare(dev, 0), 0, "not needed");
	fd = alloc_buffer(dev, "main", 2 * MIB);
	answers(fd < 0 ? fd : 0, 0, "a cancelled one is not charged");
	if (fd >= 0)
		close(fd);
	write_text(limit, "0");
	all_idle("quota");
}

static int hits(int times, uint64_t bytes, unsigned long long limit_ns)
{
	unsigned long long longest_ns = 0;
	int i, in_time = 0, failed = 0;

	for (i = 0; i < times; i++) {
		struct lcma_alloc alloc = alloc_for("main", bytes);

		if (prepare(dev, bytes) || lcma_call(dev, LCMA_IOC_ALLOC, &alloc)) {
			failed++;
			continue;
		}
		if (alloc.latency_ns <= limit_ns)
			in_time++;
		if (alloc.latency_ns > longest_ns)
			longest_ns = alloc.latency_ns;
		close(alloc.fd);
		sleep_ms(100);
	}
	printf("%d %d %llu\n", in_time, failed, longest_ns);
	return 0;
}

int main(int argc, char **argv)
{
	dev = open_device();
	if (argc == 5 && !strcmp(argv[1], "hits"))
		return hits(atoi(argv[2]), atoi(argv[3]) * MIB, atoll(argv[4]));
	if (argc != 2 || strcmp(argv[1], "calls"))
		return 2;
	tap_start();
	test_errors();
	test_use();
	test_fit();
	test_ends();
	test_need();
	test_quota();
	return tap_finish();
}
