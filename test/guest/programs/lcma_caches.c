// SPDX-License-Identifier: GPL-2.0-only
/* lcma_caches - see caches.sh. */
#include "cache_calls.h"

#include <linux/dma-buf.h>

#define ATTACH		"/sys/kernel/debug/lcma_apitest/attach"
#define LEN		(2 * MIB)

static int dev;

/* A buffer whose cache calls are counted. */
struct subject {
	int fd;
	uint64_t phys;
	char *map;
};

static struct subject find_subject(const char *region)
{
	struct lcma_buffer_entry entry;
	struct subject s;

	s.fd = need_buffer(dev, region, LEN);
	if (buffer_info(dev, s.fd, &entry) || !(entry.flags & LCMA_BUFFER_PHYS))
		bail_out("where is the buffer?");
	s.phys = entry.phys;
	s.map = map_buffer(s.fd, LEN);
	return s;
}

static void drop_subject(struct subject *s)
{
	munmap(s->map, LEN);
	close(s->fd);
}

static void verdict(bool passed, const char *what)
{
	if (!passed)
		show_calls();
	ok(passed, "%s", what);
}

static void attach(const struct subject *s, const char *direction)
{
	char text[32];
	long ret;

	snprintf(text, sizeof(text), "%d %s", s->fd, direction);
	ret = write_text(ATTACH, text);
	if (ret < 0)
		bail_out("no device %s: %s", direction, error_name(ret));
}

static void detach(void)
{
	write_text(ATTACH, "off");
}

static void bracket(const struct subject *s, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };
	long ret = CALL(ioctl(s->fd, DMA_BUF_IOCTL_SYNC, &sync));

	if (ret)
		bail_out("DMA_BUF_IOCTL_SYNC: %s", error_name(ret));
}

static long sync_range(int fd, uint32_t flags, uint64_t offset, uint64_t len)
{
	struct lcma_sync sync = {
		.size = sizeof(sync),
		.flags = flags,
		.fd = fd,
		.offset = offset,
		.len = len,
	};

	return lcma_call(dev, LCMA_IOC_SYNC, &sync);
}

/* --- zeroes reach memory ------------------------------------------------------- */

/* Then the upkeep has nothing left to do, and makes no calls. */
static bool becomes_zero(const char *region, unsigned long long least)
{
	const long long until = now_ms() + 20000;

	while (region_value(region, "pool_zero_pages") < least) {
		if (now_ms() > until)
			return false;
		sleep_ms(20);
	}
	return true;
}

static bool pool_becomes_zero(void)
{
	return becomes_zero("private", region_value("private", "nr_pages"));
}

static struct subject quiet_subject(void)
{
	if (!pool_becomes_zero())
		bail_out("the pool does not become zero");
	return find_subject("private");
}

static void check_zero(const struct subject *s, const char *how)
{
	char text[128];

	read_calls(s->phys, LEN);
	snprintf(text, sizeof(text), "%s: a new buffer was cleaned, all of it",
		 how);
	verdict(covered(cleans, nr_calls, s->phys, LEN), text);
	snprintf(text, sizeof(text), "%s: and never invalidated", how);
	verdict(!count_calls(invalidates), text);
	ok(is_zero(s->map, LEN), "%s: it is zero", how);
}

static void test_claim(void)
{
	struct subject s;

	forget_calls();
	s = find_subject("shared");
	check_zero(&s, "claimed");
	drop_subject(&s);
}

/* Nothing was zeroed in the background, though there was time for it. */
static void stays_as_it_is(const char *what)
{
	const unsigned long long zeroed = region_value("between", "zeroed_pages");

	sleep_ms(500);
	is(region_value("between", "zeroed_pages"), zeroed, "%s", what);
}

/*
 * A claim takes the rest of a free block along, which the pool keeps. Nothing waits for
 * that to be cleaned, and nobody may ever want it: so it is cleaned when it is handed
 * out. What was given back and handed out again is zeroed ahead of the next time.
 */
static void test_rest(void)
{
	unsigned long long zeroed, hits = region_value("between", "pool_hits_zero");
	bool is_small = true;
	struct subject s, other;
	int i;

	/* A region that is loaded so begins with a full pool. */
	write_text("/sys/kernel/lcma/between/keep_high", "4096");
	forget_calls();
	s = find_subject("between");
	/* A pageblock of arm64 is as large as the buffer: a claim takes nothing along there. */
	ok(region_value("between", "pool_pages") >= LEN / PAGE || sizeof(long) == 8,
	   "rest: the pool keeps it");
	read_calls(0, ~0ULL);
	for (i = 0; i < nr_calls; i++)
		if ((calls[i].phys < s.phys || calls[i].phys >= s.phys + LEN) &&
		    calls[i].len > 64 * KIB)
			is_small = false;
	verdict(is_small, "rest: it is not cleaned for the caller");
	stays_as_it_is("rest: nor in the background");
	other = find_subject("between");
	check_zero(&other, "rest");
	memset(other.map, 0x5a, LEN);
	drop_subject(&other);
	stays_as_it_is("rest: nor is it zeroed when it was used once");

	forget_calls();
	other = find_subject("between");
	is(region_value("between", "pool_hits_zero"), hits, "rest: it had to be zeroed so far");
	check_zero(&other, "rest, again");
	memset(other.map, 0x5a, LEN);
	zeroed = region_value("between", "zeroed_pages");
	forget_calls();
	drop_subject(&other);
	ok(becomes_zero("between", LEN / PAGE), "rest: what was used twice becomes zero");
	stays_as_it_is("rest: and no more than that");
	is(region_value("between", "zeroed_pages"), zeroed + LEN / PAGE,
	   "rest: in the background");
	other = find_subject("between");
	is(region_value("between", "pool_hits_zero"), hits + 1,
	   "rest: a buffer needs no zeroing then");
	check_zero(&other, "rest, ahead");
	drop_subject(&other);
	drop_subject(&s);
}

/*
 * Fill the pool with what a program wrote. The calls since then: the trace begins
 * before the pages are given up, because the upkeep may begin at once.
 */
static void dirty_pool(void)
{
	const int nr = region_value("private", "nr_pages") * PAGE / LEN;
	struct subject all[16];
	int i;

	for (i = 0; i < nr && i < 16; i++) {
		all[i] = find_subject("private");
		memset(all[i].map, 0x5a, LEN);
	}
	forget_calls();
	while (i--)
		drop_subject(&all[i]);
}

static void test_pool(void)
{
	struct subject s;

	dirty_pool();
	s = find_subject("private");
	check_zero(&s, "pool");
	drop_subject(&s);
}

/* What the upkeep zeroes is clean before it counts as zero. */
static void test_background(void)
{
	unsigned long long hits;
	struct subject s;

	dirty_pool();
	ok(pool_becomes_zero(), "background: the pool becomes zero");
	hits = region_value("private", "pool_hits_zero");
	s = find_subject("private");
	is(region_value("private", "pool_hits_zero"), hits + 1,
	   "background: a buffer needs no zeroing then");
	check_zero(&s, "background");
	drop_subject(&s);
}

/* --- no device is attached ---------------------------------------------------------- */

static void test_alone(void)
{
	struct subject s = quiet_subject();

	forget_calls();
	bracket(&s, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	read_calls(0, ~0ULL);
	verdict(covered(invalidates, nr_calls, s.phys, LEN) &&
		stays_within(s.phys, LEN),
		"alone: START invalidates exactly the buffer");
	verdict(cleaned_before_invalidated(), "alone: which is clean by then");

	forget_calls();
	bracket(&s, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	read_calls(0, ~0ULL);
	verdict(covered(cleans, nr_calls, s.phys, LEN) &&
		stays_within(s.phys, LEN),
		"alone: END cleans exactly the buffer");
	verdict(!count_calls(invalidates), "alone: and invalidates nothing");
	drop_subject(&s);
}

static void check_range(const struct subject *s, uint64_t offset, uint64_t len)
{
	/* Caches work in lines, lcma in pieces of 256 bytes. */
	const uint64_t end = offset + (len ? len : LEN - offset);
	const uint64_t phys = (s->phys + offset) & ~255ULL;
	const uint64_t bytes = ((s->phys + end + 255) & ~255ULL) - phys;
	char text[128];

	forget_calls();
	answers(sync_range(s->fd, LCMA_SYNC_START | LCMA_SYNC_RW, offset, len),
		0, "range %#llx + %#llx: START", (unsigned long long)offset,
		(unsigned long long)len);
	read_calls(0, ~0ULL);
	snprintf(text, sizeof(text), "range %#llx + %#llx: exactly that is invalidated, and clean by then",
		 (unsigned long long)offset, (unsigned long long)len);
	verdict(covered(invalidates, nr_calls, phys, bytes) &&
		stays_within(phys, bytes) && cleaned_before_invalidated(), text);

	forget_calls();
	answers(sync_range(s->fd, LCMA_SYNC_END | LCMA_SYNC_RW, offset, len),
		0, "range %#llx + %#llx: END", (unsigned long long)offset,
		(unsigned long long)len);
	read_calls(0, ~0ULL);
	snprintf(text, sizeof(text), "range %#llx + %#llx: exactly that is cleaned",
		 (unsigned long long)offset, (unsigned long long)len);
	verdict(covered(cleans, nr_calls, phys, bytes) &&
		stays_within(phys, bytes) && !count_calls(invalidates), text);
}

static void check_ranges(const struct subject *s)
{
	check_range(s, 0, 1);
	check_range(s, 0, LEN);
	check_range(s, 0, 0);
	check_range(s, 5000, 70000);
	check_range(s, LEN - 1, 0);
	check_range(s, LEN - PAGE, PAGE);
}

static void test_refusals(void)
{
	struct subject s = quiet_subject();
	int foreign = syscall(SYS_memfd_create, "foreign", 0);
	struct lcma_sync sync = {
		.size = sizeof(sync),
		.flags = LCMA_SYNC_READ,
		.fd = s.fd,
		.reserved = 1,
	};

	forget_calls();
	answers(sync_range(s.fd, LCMA_SYNC_READ, LEN, 0), -EINVAL,
		"a range that begins at the end");
	answers(sync_range(s.fd, LCMA_SYNC_READ, LEN + PAGE, 0), -EINVAL,
		"a range that begins after it");
	answers(sync_range(s.fd, LCMA_SYNC_READ, PAGE, LEN), -EINVAL,
		"a range that ends after it");
	answers(sync_range(s.fd, LCMA_SYNC_READ, PAGE, ~0ULL - 8), -EINVAL,
		"a length that wraps around");
	answers(sync_range(s.fd, LCMA_SYNC_READ, ~0ULL, 2), -EINVAL,
		"an offset that wraps around");
	answers(sync_range(s.fd, LCMA_SYNC_END, 0, 0), -EINVAL,
		"neither READ nor WRITE");
	answers(sync_range(s.fd, LCMA_SYNC_READ | 1 << 3, 0, 0), -EOPNOTSUPP,
		"an unknown flag");
	answers(lcma_call(dev, LCMA_IOC_SYNC, &sync), -E2BIG,
		"a reserved field that is not 0");
	answers(sync_range(foreign, LCMA_SYNC_READ, 0, 0), -EINVAL,
		"what is no dma-buf");
	close(foreign);
	answers(sync_range(foreign, LCMA_SYNC_READ, 0, 0), -EBADF,
		"what is not open");
	read_calls(0, ~0ULL);
	is(nr_calls, 0, "nothing is done for what is refused");
	drop_subject(&s);
}

/* --- devices are attached ---------------------------------------------------------- */

/*
 * Whatever devices have the buffer: a bracket of one program never discards
 * what another one wrote, or what was written without a bracket.
 */
static void check_order(const char *first, const char *second)
{
	struct subject s = quiet_subject();
	char text[128];

	forget_calls();
	attach(&s, first);
	if (second)
		attach(&s, second);
	read_calls(s.phys, LEN);
	second = second ? second : "nobody";
	snprintf(text, sizeof(text), "%s and %s: mapping cleans and does not invalidate",
		 first, second);
	verdict(covered(cleans, nr_calls, s.phys, LEN) &&
		!count_calls(invalidates), text);

	forget_calls();
	bracket(&s, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	read_calls(s.phys, LEN);
	snprintf(text, sizeof(text), "%s and %s: START invalidates all, and only what is clean",
		 first, second);
	verdict(covered(invalidates, nr_calls, s.phys, LEN) &&
		cleaned_before_invalidated(), text);

	forget_calls();
	bracket(&s, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	read_calls(s.phys, LEN);
	snprintf(text, sizeof(text), "%s and %s: END cleans and does not invalidate",
		 first, second);
	verdict(covered(cleans, nr_calls, s.phys, LEN) &&
		!count_calls(invalidates), text);

	forget_calls();
	check_range(&s, 3 * PAGE, 5 * PAGE);

	forget_calls();
	detach();
	read_calls(s.phys, LEN);
	snprintf(text, sizeof(text), "%s and %s: unmapping invalidates only what is clean",
		 first, second);
	verdict(cleaned_before_invalidated(), text);
	drop_subject(&s);
}

static void test_devices(void)
{
	check_order("from", NULL);
	check_order("to", NULL);
	check_order("both", NULL);
	check_order("from", "to");
	check_order("to", "from");
	check_order("from", "from");
}

int main(void)
{
	struct subject s;

	tap_start();
	dev = open_device();
	test_claim();
	test_rest();
	test_pool();
	test_background();
	test_alone();
	s = quiet_subject();
	check_ranges(&s);
	drop_subject(&s);
	test_refusals();
	test_devices();
	return tap_finish();
}
