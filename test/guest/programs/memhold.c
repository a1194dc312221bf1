// SPDX-License-Identifier: GPL-2.0-only
/*
 * memhold - memory and files whose every word is known, and where they lie.
 *
 *	memhold hold NAME MIB [lock]	a process that holds MIB of anonymous
 *	memhold hold NAME free=KIB [lock]	memory, or as much as leaves
 *			MemFree at KIB; comes back when it is filled. lock: it
 *			is mlock()ed.
 *	memhold ask NAME verify		"ok", or how many pages are wrong
 *	memhold ask NAME count RANGE...	"IN of ALL": its pages in the ranges
 *	memhold ask NAME leave RANGE...	gives up its pages in the ranges
 *	memhold ask NAME try RANGE LINE	writes LINE to the text device, or allocates
 *			for `ioctl MIB REGION`, held until it ends; "ok" or the
 *			errno. Gives up 8 MiB of its pages outside of RANGE right
 *			after it, before anything else needs memory.
 *	memhold ask NAME end		gives up everything
 *
 *	memhold write FILE MIB		a file with known contents
 *	memhold verify FILE		"ok", or which bytes are wrong
 *	memhold count FILE RANGE...	"IN of ALL": pages of its page cache
 *
 * A RANGE is PHYS+BYTES. Where a page lies is read from /proc/self/pagemap, so
 * count is for root, and reads in what of a file was not in memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/lcma.h>

#include "meminfo.h"

#define PAGE		4096UL
#define PAGE_WORDS	(PAGE / sizeof(uint32_t))
#define FILL_BATCH	256UL		/* pages between two looks at MemFree */
#define MAX_RANGES	256
#define SPARE_PAGES	2048

#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_PFN	((1ULL << 55) - 1)

struct range {
	uint64_t start, end;
};

static struct range ranges[MAX_RANGES];
static unsigned int nr_ranges;

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "memhold: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(2);
}

/* --- contents ------------------------------------------------------------- */

static uint32_t seed_of(const char *name)
{
	uint32_t hash = 2166136261u;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 16777619u;
	return hash;
}

static void fill_page(uint32_t *page, uint32_t seed, unsigned long number)
{
	uint32_t word = seed + number * 2654435761u;
	unsigned long i;

	for (i = 0; i < PAGE_WORDS; i++, word += 0x9e3779b9u)
		page[i] = word;
}

static bool page_is_right(const uint32_t *page, uint32_t seed,
			  unsigned long number)
{
	uint32_t word = seed + number * 2654435761u;
	unsigned long i;

	for (i = 0; i < PAGE_WORDS; i++, word += 0x9e3779b9u)
		if (page[i] != word)
			return false;
	return true;
}

/* --- where pages lie -------------------------------------------------------- */

static void add_range(const char *text)
{
	char *plus;
	uint64_t start = strtoull(text, &plus, 0);

	if (*plus != '+' || nr_ranges == MAX_RANGES)
		die("what range is this: %s", text);
	ranges[nr_ranges++] = (struct range) {
		start, start + strtoull(plus + 1, NULL, 0)
	};
}

static bool in_ranges(uint64_t phys)
{
	unsigned int i;

	for (i = 0; i < nr_ranges; i++)
		if (phys >= ranges[i].start && phys < ranges[i].end)
			return true;
	return false;
}

/* Calls @each for every present page: its number, and if it is in a range. */
static void for_pages(const char *memory, unsigned long nr_pages,
		      void (*each)(unsigned long page, bool in))
{
	static uint64_t entries[4096];
	int fd = open("/proc/self/pagemap", O_RDONLY);
	unsigned long page, n, i;

	if (fd < 0)
		die("pagemap: %s", strerror(errno));
	for (page = 0; page < nr_pages; page += n) {
		n = nr_pages - page < 4096 ? nr_pages - page : 4096;
		if (pread64(fd, entries, n * 8,
			    ((uintptr_t)memory / PAGE + page) * 8) !=
		    (ssize_t)(n * 8))
			die("pagemap: %s", strerror(errno));
		for (i = 0; i < n; i++) {
			if (!(entries[i] & PAGEMAP_PRESENT))
				continue;
			if (!(entries[i] & PAGEMAP_PFN))
				die("pagemap hides page frames: not root?");
			each(page + i,
			     in_ranges((entries[i] & PAGEMAP_PFN) * PAGE));
		}
	}
	close(fd);
}

static unsigned long count_in, count_all;

static void count_page(unsigned long page, bool in)
{
	(void)page;
	count_all++;
	count_in += in;
}

/* --- the holder ------------------------------------------------------------- */

static char *memory;
static unsigned char *has;	/* a byte a page: filled, and not given up */
static unsigned long nr_filled;

static void fill(uint32_t seed, unsigned long max_pages,
		 unsigned long free_kib, bool lock)
{
	unsigned long batch;

	memory = mmap(NULL, max_pages * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	has = calloc(max_pages, 1);
	if (memory == MAP_FAILED || !has)
		die("no room for %lu pages", max_pages);
	if (lock && mlock2(memory, max_pages * PAGE, MLOCK_ONFAULT))
		die("mlock: %s", strerror(errno));
	for (; nr_filled < max_pages; nr_filled++) {
		if (!(nr_filled % FILL_BATCH)) {
			if (free_kib && mem_free_kib() <
					free_kib + FILL_BATCH * PAGE / 1024)
				break;
			/* In one go: a fault for each is slow when emulated. */
			batch = max_pages - nr_filled;
			if (batch > FILL_BATCH)
				batch = FILL_BATCH;
			madvise(memory + nr_filled * PAGE, batch * PAGE,
				MADV_POPULATE_WRITE);
		}
		fill_page((uint32_t *)(memory + nr_filled * PAGE), seed,
			  nr_filled);
		has[nr_filled] = 1;
	}
}

static void leave_page(unsigned long page, bool in)
{
	if (!in)
		return;
	if (madvise(memory + page * PAGE, PAGE, MADV_DONTNEED))
		die("madvise: %s", strerror(errno));
	has[page] = 0;
}

static unsigned long spare[SPARE_PAGES], nr_spare;

static void note_spare(unsigned long page, bool in)
{
	if (!in && nr_spare < SPARE_PAGES)
		spare[nr_spare++] = page;
}

/*
 * A claim that found no room to migrate to leaves what room there is inside the
 * region, where the kernel's own data cannot go: the next fork would be for the
 * OOM killer. So between the write and the giving up nothing is allocated.
 */
/* Return: 0 or -1; errno. */
static int request(int dev, const char *line)
{
	struct lcma_alloc alloc = { .size = sizeof(alloc) };
	unsigned int mib;

	if (sscanf(line, "ioctl %u %31s", &mib, alloc.region) != 2)
		return write(dev, line, strlen(line)) < 0 ? -1 : 0;
	alloc.len = (uint64_t)mib << 20;
	return ioctl(dev, LCMA_IOC_ALLOC, &alloc);
}

static const char *try_line(const char *line)
{
	int fd = open("/dev/cma_test", O_RDWR), error = 0;
	const char *name;

	if (fd < 0)
		return "no device";
	nr_spare = 0;
	for_pages(memory, nr_filled, note_spare);
	if (request(fd, line) < 0)
		error = errno;
	while (nr_spare--)
		leave_page(spare[nr_spare], true);
	close(fd);
	if (!error)
		return "ok";
	name = strerrorname_np(error);
	return name ? name : "UNKNOWN";
}

static void answer(int to, uint32_t seed, char *question)
{
	char *word = strtok(question, " "), *arg;
	unsigned long page, nr_wrong = 0, first_wrong = 0;

	nr_ranges = 0;
	if (!strcmp(word, "try")) {
		add_range(strtok(NULL, " "));
		dprintf(to, "%s\n", try_line(strtok(NULL, "")));
		return;
	}
	while ((arg = strtok(NULL, " ")))
		add_range(arg);
	if (!strcmp(word, "verify")) {
		for (page = nr_filled; page-- > 0;) {
			if (!has[page] ||
			    page_is_right((uint32_t *)(memory + page * PAGE),
					  seed, page))
				continue;
			nr_wrong++;
			first_wrong = page;
		}
		if (nr_wrong)
			dprintf(to, "%lu of %lu pages are wrong, the first is %lu\n",
				nr_wrong, nr_filled, first_wrong);
		else
			dprintf(to, "ok\n");
	} else if (!strcmp(word, "count")) {
		count_in = 0;
		count_all = 0;
		for_pages(memory, nr_filled, count_page);
		dprintf(to, "%lu of %lu\n", count_in, count_all);
	} else if (!strcmp(word, "leave")) {
		for_pages(memory, nr_filled, leave_page);
		dprintf(to, "ok\n");
	} else if (!strcmp(word, "end")) {
		munmap(memory, nr_filled * PAGE);
		dprintf(to, "ok\n");
		exit(0);
	} else {
		dprintf(to, "no such question: %s\n", word);
	}
}

/* A socket that is in no file system. Return: bytes of the address. */
static socklen_t address_of(const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) +
	       snprintf(address->sun_path, sizeof(address->sun_path),
			"%cmemhold-%s", '\0', name);
}

static void serve(int sock, uint32_t seed)
{
	char question[16384];
	ssize_t ret;
	int to;

	for (;;) {
		to = accept(sock, NULL, NULL);
		if (to < 0)
			die("accept: %s", strerror(errno));
		ret = read(to, question, sizeof(question) - 1);
		if (ret > 0) {
			question[ret] = '\0';
			answer(to, seed, question);
		}
		close(to);
	}
}

static int hold(const char *name, const char *how_much, bool lock)
{
	const uint32_t seed = seed_of(name);
	unsigned long max_pages, free_kib = 0;
	struct sockaddr_un address;
	int sock, null, victim, ready[2], i;
	char byte;

	if (!strncmp(how_much, "free=", 5)) {
		free_kib = strtoul(how_much + 5, NULL, 10);
		max_pages = sysconf(_SC_PHYS_PAGES);
	} else {
		max_pages = strtoul(how_much, NULL, 10) * 256;
	}
	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	if (sock < 0 || pipe(ready) ||
	    bind(sock, (struct sockaddr *)&address,
		 address_of(name, &address)) || listen(sock, 4))
		die("%s: %s", name, strerror(errno));
	if (fork()) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			die("%s could not hold all of %s", name, how_much);
		return 0;
	}
	/* If memory runs out, this process is to blame, not the test. */
	victim = open("/proc/self/oom_score_adj", O_WRONLY);
	null = open("/dev/null", O_RDWR);
	if (victim < 0 || write(victim, "1000", 4) != 4 || null < 0)
		die("%s", strerror(errno));
	fill(seed, max_pages, free_kib, lock);
	/* The reader of what the shell prints must not wait for this process. */
	for (i = 0; i < 3; i++)
		dup2(null, i);
	if (write(ready[1], "", 1) != 1)
		die("no process waits for %s", name);
	close(ready[0]);
	close(ready[1]);
	serve(sock, seed);
	return 0;
}

static int ask(const char *name, int argc, char **argv)
{
	struct sockaddr_un address;
	char text[16384] = "";
	int i, sock = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t len = 0;
	ssize_t ret;

	if (sock < 0 || connect(sock, (struct sockaddr *)&address,
				address_of(name, &address))) {
		printf("%s is not there: %s\n", name, strerror(errno));
		return 1;
	}
	for (i = 0; i < argc; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				i ? " " : "", argv[i]);
	if (write(sock, text, len) != (ssize_t)len)
		die("%s: %s", name, strerror(errno));
	len = 0;
	while ((ret = read(sock, text, sizeof(text))) > 0) {
		fwrite(text, 1, ret, stdout);
		len += ret;
	}
	if (!len)
		printf("%s said nothing\n", name);
	return !len;
}

/* --- files ------------------------------------------------------------------ */

static int write_file(const char *path, unsigned long mib)
{
	static uint32_t block[16][PAGE_WORDS];
	const uint32_t seed = seed_of(path);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	unsigned long page, i;

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	for (page = 0; page < mib * 256; page += 16) {
		for (i = 0; i < 16; i++)
			fill_page(block[i], seed, page + i);
		if (write(fd, block, sizeof(block)) != sizeof(block))
			die("%s: %s", path, strerror(errno));
	}
	return close(fd) != 0;
}

static int verify_file(const char *path)
{
	static uint32_t block[16][PAGE_WORDS];
	const uint32_t seed = seed_of(path);
	int fd = open(path, O_RDONLY);
	unsigned long page = 0, i;
	ssize_t ret;

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	while ((ret = read(fd, block, sizeof(block))) == sizeof(block)) {
		for (i = 0; i < 16; i++)
			if (!page_is_right(block[i], seed, page + i)) {
				printf("page %lu is wrong\n", page + i);
				return 1;
			}
		page += 16;
	}
	if (ret || !page) {
		printf("page %lu: read returned %zd: %s\n", page, ret,
		       strerror(errno));
		return 1;
	}
	printf("ok\n");
	return 0;
}

static int count_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	volatile const char *file;
	unsigned long page, nr_pages;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die("%s: %s", path, strerror(errno));
	nr_pages = st.st_size / PAGE;
	file = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	for (page = 0; page < nr_pages; page++)
		(void)file[page * PAGE];
	for_pages((const char *)file, nr_pages, count_page);
	printf("%lu of %lu\n", count_in, count_all);
	return 0;
}

int main(int argc, char **argv)
{
	const char *word = argc > 2 ? argv[1] : "";
	int i;

	if (!strcmp(word, "hold") && argc >= 4)
		return hold(argv[2], argv[3], argc > 4);
	if (!strcmp(word, "ask") && argc >= 4)
		return ask(argv[2], argc - 3, argv + 3);
	if (!strcmp(word, "write") && argc == 4)
		return write_file(argv[2], strtoul(argv[3], NULL, 10));
	if (!strcmp(word, "verify"))
		return verify_file(argv[2]);
	if (!strcmp(word, "count")) {
		for (i = 3; i < argc; i++)
			add_range(argv[i]);
		return count_file(argv[2]);
	}
	die("usage: hold NAME MIB|free=KIB [lock], ask NAME WHAT [RANGE...], write FILE MIB, verify FILE, count FILE RANGE...");
	return 2;
}
