// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment - allocate and free through the text device, and hold every answer
 * against a model.
 *
 *	fragment [-r REGION] [-0] [-s SEED] random OPS MAX_KIB
 *	fragment [-r REGION] fill SIZE [ALIGN]
 *
 * random: OPS random allocations and frees; then everything is freed. -0: slots
 * ("0") as well as sizes; they go to the first region that has room, so only
 * where there is one. fill: as many buffers of SIZE as there is room for, then
 * everything is freed. SIZE and ALIGN as the device takes them, with K or M.
 *
 * The model knows which pages are used, and in what order buffers are freed: the
 * lowest slot first, then the oldest. It does not know where a buffer will be
 * placed, that is lcma's to choose, but after every step it checks
 *
 *	success		there was a run that is long enough and aligned; the
 *			buffer is inside the region, aligned, as long as asked
 *			for, and overlaps no other
 *	ENOSPC		there was none. Nothing else may be answered.
 *	a read		freed the buffer whose turn it was, and says so rightly
 *	buffers		lists exactly the model's, oldest first
 *	info		used + busy + pool + shared = all, claimed = used + pool,
 *			used and largest_free as the model has them, busy 0, the
 *			pool within keep=, and exactly what keep= makes of it
 *			when a buffer was freed
 *
 * so nobody else may allocate from the region meanwhile. The first thing that
 * is wrong is printed, and the exit status is 1. The region must be empty.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE		4096ULL
#define MAX_BUFFERS	16384
#define NR_SLOTS	10

struct buffer {
	unsigned long number;		/* its label is fNUMBER */
	int slot;			/* -1: sized */
	unsigned long start, nr_pages;	/* in pages of the region */
};

struct info {
	unsigned long nr_pages, used, claimed, busy, pool, shared, largest;
	unsigned long quarantined;
};

static const char device[] = "/dev/cma_test";
static const char *region = "default";
static bool with_slots;
static unsigned int seed;

/* The region. */
static unsigned long long base;
static unsigned long nr_pages, keep_high;

/* The model. */
static unsigned char *used;		/* a byte a page */
static struct buffer buffers[MAX_BUFFERS];	/* oldest first */
static unsigned int nr_buffers;

static unsigned long step_number, nr_allocs, nr_full, nr_frees, next_number;
static char step_text[128];
static struct info before;

static void wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("seed %u, step %lu (%s): ", seed, step_number, step_text);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	exit(1);
}

static void die(const char *what)
{
	printf("fragment: %s: %s\n", what, strerror(errno));
	exit(2);
}

static unsigned int random_below(unsigned int n)
{
	static unsigned long long state;

	if (!state)
		state = seed * 0x9e3779b97f4a7c15ULL + 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % n;
}

static char *read_view(const char *name)
{
	static char text[1 << 21];
	char path[256];
	ssize_t ret;
	size_t len = 0;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/lcma/%s/%s", region,
		 name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die(path);
	while ((ret = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += ret;
	if (ret < 0)
		die(path);
	close(fd);
	text[len] = '\0';
	return text;
}

static const char *value_of(const char *text, const char *key)
{
	static char line[64];
	const char *at;

	snprintf(line, sizeof(line), "%s: ", key);
	at = strstr(text, line);
	if (!at)
		wrong("info has no %s", key);
	return at + strlen(line);
}

static unsigned long number_of(const char *text, const char *key)
{
	return strtoul(value_of(text, key), NULL, 0);
}

static void read_info(struct info *info)
{
	const char *text = read_view("info");

	info->nr_pages = number_of(text, "\nnr_pages");
	info->used = number_of(text, "\nused_pages");
	info->claimed = number_of(text, "\nclaimed_pages");
	info->busy = number_of(text, "\nbusy_pages");
	info->pool = number_of(text, "\npool_pages");
	info->shared = number_of(text, "\nshared_pages");
	info->quarantined = number_of(text, "\nquarantined_pages");
	info->largest = number_of(text, "\nlargest_pages");
}

static void look_at_region(void)
{
	const char *text = read_view("info");
	const char *keep = value_of(text, "\nkeep");
	const char *dash = strchr(keep, '-');

	base = strtoull(value_of(text, "\nbase"), NULL, 16);
	nr_pages = number_of(text, "\nnr_pages");
	keep_high = nr_pages;
	if (strncmp(keep, "all", 3) && dash)
		keep_high = strtoul(dash + 1, NULL, 10);
}

/* --- the model ------------------------------------------------------------ */

static unsigned long model_longest(void)
{
	unsigned long i, row = 0, longest = 0;

	for (i = 0; i < nr_pages; i++) {
		row = used[i] ? 0 : row + 1;
		if (row > longest)
			longest = row;
	}
	return longest;
}

static bool model_fits(unsigned long want, unsigned long long align)
{
	unsigned long start = 0, i;

	while (start + want <= nr_pages) {
		unsigned long long phys = base + start * PAGE;

		if (phys % align) {
			start += (align - phys % align) / PAGE;
			continue;
		}
		for (i = 0; i < want && !used[start + i]; i++)
			;
		if (i == want)
			return true;
		start += i + 1;
	}
	return false;
}

static unsigned long model_used(void)
{
	unsigned long i, n = 0;

	for (i = 0; i < nr_pages; i++)
		n += used[i];
	return n;
}

/* The buffer that the next read has to free. */
static unsigned int model_next(void)
{
	unsigned int i, next = 0;

	for (i = 0; i < nr_buffers; i++)
		if (buffers[i].slot >= 0 &&
		    (buffers[next].slot < 0 ||
		     buffers[i].slot < buffers[next].slot))
			next = i;
	return next;
}

static int model_free_slot(void)
{
	bool taken[NR_SLOTS] = { false };
	unsigned int i;

	for (i = 0; i < nr_buffers; i++)
		if (buffers[i].slot >= 0)
			taken[buffers[i].slot] = true;
	for (i = 0; i < NR_SLOTS; i++)
		if (!taken[i])
			return i;
	return -1;
}

/* --- checks --------------------------------------------------------------- */

/* What the pool has no room for goes back in a moment: it has two seconds for that. */
static void read_settled(struct info *info)
{
	unsigned int tries = 2000;

	do {
		read_info(info);
	} while ((info->pool > keep_high || info->busy) && tries-- &&
		 !usleep(1000));
}

static void check_info(void)
{
	struct info now;

	read_settled(&now);
	if (now.used + now.busy + now.pool + now.shared != nr_pages)
		wrong("used %lu + busy %lu + pool %lu + shared %lu is not %lu",
		      now.used, now.busy, now.pool, now.shared, nr_pages);
	if (now.claimed != now.used + now.pool)
		wrong("claimed %lu is not used %lu + pool %lu", now.claimed,
		      now.used, now.pool);
	if (now.used != model_used())
		wrong("used %lu, the model has %lu", now.used, model_used());
	if (now.busy || now.quarantined)
		wrong("%lu pages busy, %lu quarantined, in a quiet region",
		      now.busy, now.quarantined);
	if (now.largest != model_longest())
		wrong("largest_free %lu, the model has %lu", now.largest,
		      model_longest());
	if (now.pool > keep_high)
		wrong("pool %lu, but keep allows %lu", now.pool, keep_high);
	if (keep_high == nr_pages && now.shared)
		wrong("a private region shares %lu pages", now.shared);
	before = now;
}

/* After a free: what may be kept is kept. */
static void check_kept(unsigned long pool_before, unsigned long nr_freed)
{
	unsigned long pool = pool_before + nr_freed;

	if (pool > keep_high)
		pool = keep_high;
	if (before.pool != pool)
		wrong("%lu pages freed into a pool of %lu, keep %lu: pool is %lu",
		      nr_freed, pool_before, keep_high, before.pool);
}

/* The listing, against the model; a slot has no label of ours. */
static void check_listing(void)
{
	char *text = read_view("buffers"), *line, *rest = text;
	unsigned long long phys, bytes, id, last_id = 0;
	unsigned int i = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		const struct buffer *b = &buffers[i];
		char label[40], want[40] = "-";

		if (sscanf(line, "id=%llu region=%*s phys=%llx bytes=%llu align=%*u latency_us=%*u age_ms=%*d pins=%*d pid=%*d label=%39s",
			   &id, &phys, &bytes, label) != 4)
			wrong("what is this: %s", line);
		if (i == nr_buffers)
			wrong("one buffer too many is listed: %s", line);
		if (id <= last_id)
			wrong("not the oldest first: %s", line);
		last_id = id;
		if (b->slot < 0)
			snprintf(want, sizeof(want), "f%lu", b->number);
		if (phys != base + b->start * PAGE ||
		    bytes != b->nr_pages * PAGE || strcmp(label, want))
			wrong("buffer %u has to be %s, %lu pages at %#llx; listed: %s",
			      i, want, b->nr_pages, base + b->start * PAGE,
			      line);
		i++;
	}
	if (i != nr_buffers)
		wrong("%u buffers are listed, the model has %u", i, nr_buffers);
}

/* --- steps ---------------------------------------------------------------- */

/* Where did it go? The last line of the listing tells. */
static void note_buffer(int slot, unsigned long number, unsigned long want,
			unsigned long long align)
{
	struct buffer *b = &buffers[nr_buffers];
	char *text = read_view("buffers");
	size_t len = strlen(text);
	unsigned long long phys, bytes;
	unsigned long i;

	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	text = strrchr(text, '\n') ? strrchr(text, '\n') + 1 : text;
	if (sscanf(text, "id=%*u region=%*s phys=%llx bytes=%llu", &phys,
		   &bytes) != 2)
		wrong("the new buffer is not listed: %s", text);
	if (bytes != want * PAGE)
		wrong("%lu pages were asked for: %s", want, text);
	if (phys % align)
		wrong("alignment %#llx was asked for: %s", align, text);
	if (phys < base || phys + bytes > base + nr_pages * PAGE)
		wrong("outside of the region: %s", text);
	if (nr_buffers == MAX_BUFFERS)
		wrong("too many buffers for me");
	*b = (struct buffer) {
		.number = number, .slot = slot,
		.start = (phys - base) / PAGE, .nr_pages = want,
	};
	for (i = b->start; i < b->start + want; i++) {
		if (used[i])
			wrong("page %lu has two owners: %s", i, text);
		used[i] = 1;
	}
	nr_buffers++;
}

/* Return: 0 or a positive errno. */
static int write_line(const char *line)
{
	int fd = open(device, O_WRONLY), err = 0;
	ssize_t ret;

	if (fd < 0)
		die(device);
	ret = write(fd, line, strlen(line));
	if (ret < 0)
		err = errno;
	else if (ret != (ssize_t)strlen(line))
		wrong("a write of %zd bytes", ret);
	close(fd);
	return err;
}

static int allocate(int slot, const char *line, unsigned long number,
		    unsigned long want, unsigned long long align)
{
	bool fits = want <= nr_pages && model_fits(want, align);
	int err;

	step_number++;
	snprintf(step_text, sizeof(step_text), "%s", line);
	err = write_line(line);
	if (!err) {
		if (!fits)
			wrong("it succeeded, but there is no such run");
		note_buffer(slot, number, want, align);
		nr_allocs++;
	} else if (err == ENOSPC) {
		if (fits)
			wrong("ENOSPC, but there is a run that fits");
		nr_full++;
	} else {
		wrong("%s; there is %s run that fits", strerrorname_np(err),
		      fits ? "a" : "no");
	}
	check_info();
	return err;
}

static void allocate_slot(void)
{
	int slot = model_free_slot();

	step_number++;
	snprintf(step_text, sizeof(step_text), "0");
	if (slot >= 0) {
		step_number--;
		allocate(slot, "0", 0, (slot + 1) * 256, PAGE);
		return;
	}
	if (write_line("0") != ENOSPC)
		wrong("the eleventh slot is not ENOSPC");
	nr_full++;
	check_info();
}

static unsigned long random_kib(unsigned int max_kib)
{
	unsigned int kind = random_below(20);

	if (kind < 10)
		return 1 + random_below(64);
	if (kind < 17)
		return 1 + random_below(1024);
	return 1 + random_below(max_kib);
}

static void allocate_random(unsigned int max_kib)
{
	static const unsigned int aligns_kib[] = { 0, 0, 0, 64, 256, 1024, 8192 };
	const unsigned long kib = random_kib(max_kib);
	const unsigned int align_kib = aligns_kib[random_below(7)];
	char line[128];
	size_t len;

	len = snprintf(line, sizeof(line), "%lu region=%s label=f%lu", kib,
		       region, ++next_number);
	if (align_kib)
		snprintf(line + len, sizeof(line) - len, " align=%uK",
			 align_kib);
	allocate(-1, line, next_number, (kib * 1024 + PAGE - 1) / PAGE,
		 align_kib ? align_kib * 1024ULL : PAGE);
}

static void free_one(void)
{
	const unsigned long pool_before = before.pool;
	unsigned int next = model_next();
	struct buffer b = buffers[next];
	char text[512], want[256], slot[12] = "-", label[32] = "-";
	ssize_t ret;
	int fd = open(device, O_RDONLY);

	step_number++;
	snprintf(step_text, sizeof(step_text), "read");
	if (fd < 0)
		die(device);
	ret = read(fd, text, sizeof(text) - 1);
	if (ret < 0)
		wrong("read: %s", strerrorname_np(errno));
	text[ret] = '\0';
	if (read(fd, want, 1))
		wrong("no end of file after: %s", text);
	close(fd);
	if (!nr_buffers) {
		if (ret)
			wrong("freed, where nothing was: %s", text);
		check_info();
		return;
	}

	if (b.slot >= 0)
		snprintf(slot, sizeof(slot), "%d", b.slot);
	else
		snprintf(label, sizeof(label), "f%lu", b.number);
	snprintf(want, sizeof(want),
		 "freed slot=%s bytes=%llu phys=%#llx region=%s label=%s held_ms=",
		 slot, b.nr_pages * PAGE, base + b.start * PAGE, region, label);
	if (strncmp(text, want, strlen(want)) || text[ret - 1] != '\n')
		wrong("got '%s', wanted '%s'", text, want);

	memset(used + b.start, 0, b.nr_pages);
	memmove(&buffers[next], &buffers[next + 1],
		(nr_buffers - next - 1) * sizeof(*buffers));
	nr_buffers--;
	nr_frees++;
	check_info();
	check_kept(pool_before, b.nr_pages);
}

static void free_all(void)
{
	while (nr_buffers)
		free_one();
	free_one();
	check_listing();
	if (before.largest != nr_pages)
		wrong("all is freed, but the largest run is %lu",
		      before.largest);
}

static void run_random(unsigned long ops, unsigned int max_kib)
{
	unsigned long i;
	bool filling = true;

	for (i = 0; i < ops; i++) {
		/* In tides: up to full, down to a third, up again. */
		if (before.used * 10 > nr_pages * 9)
			filling = false;
		else if (before.used * 3 < nr_pages)
			filling = true;
		if (random_below(100) >= (filling ? 75u : 40u))
			free_one();
		else if (with_slots && !random_below(8))
			allocate_slot();
		else
			allocate_random(max_kib);
		if (!(i % 16))
			check_listing();
	}
	check_listing();
	free_all();
}

static unsigned long long size_of(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	switch (*end) {
	case 'M': return n << 20;
	case 'K': return n << 10;
	}
	errno = EINVAL;
	die(text);
	return 0;
}

static void run_fill(const char *size, const char *align)
{
	const unsigned long want = (size_of(size) + PAGE - 1) / PAGE;
	char line[128];
	int err;

	do {
		snprintf(line, sizeof(line), "%s region=%s label=f%lu align=%s",
			 size, region, ++next_number, align);
		err = allocate(-1, line, next_number, want, size_of(align));
	} while (!err);
	check_listing();
	free_all();
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "r:s:0")) != -1) {
		if (opt == 'r')
			region = optarg;
		else if (opt == 's')
			seed = strtoul(optarg, NULL, 10);
		else if (opt == '0')
			with_slots = true;
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	look_at_region();
	used = calloc(nr_pages, 1);
	if (!used)
		die("no memory");
	snprintf(step_text, sizeof(step_text), "start");
	check_info();
	check_listing();

	if (argc == 3 && !strcmp(argv[0], "random"))
		run_random(strtoul(argv[1], NULL, 10),
			   strtoul(argv[2], NULL, 10));
	else if (argc >= 2 && !strcmp(argv[0], "fill"))
		run_fill(argv[1], argc > 2 ? argv[2] : "4K");
	else
		return 2;
	printf("seed %u: %lu steps, %lu allocated, %lu times ENOSPC, %lu freed\n",
	       seed, step_number, nr_allocs, nr_full, nr_frees);
	return 0;
}
