// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_crowd - eight processes at once allocate, fill, verify, pass, fork and
 * die, by chance; a ninth holds memory that has to move out of their way. See
 * crowd.sh.
 *
 *	lcma_crowd SECONDS SEED
 */
#include "complaint.h"

#define WORKERS		8
#define HELD		10
#define MAIN_BYTES	(48 * MIB)
#define REGIONS		"regions=main=48M@cma;pool=16M@cma,keep=all"

/* What they all count in shared memory. */
static struct counters {
	volatile int stop;
	unsigned int allocs, verified, sent, received, forks, suicides;
	unsigned int full, later, late, busy, nomem;
} *counters;

#define COUNT(_what)	__atomic_add_fetch(&counters->_what, 1, __ATOMIC_RELAXED)

/**
 * struct held - a buffer that a worker has
 * @fd: its descriptor
 * @map: its mapping
 * @len: bytes
 * @tag: what it is filled with
 */
struct held {
	int fd;
	char *map;
	uint32_t len;
	uint32_t tag;
};

/* What goes with a descriptor over the socket. */
struct message {
	uint32_t len;
	uint32_t tag;
};

static int dev;
static int sockets[2];		/* all send on the one, receive on the other */
static uint32_t seed;
static struct held held[HELD];
static unsigned int nr_held;

static uint32_t chance(uint32_t below)
{
	return next_random(&seed) % below;
}

static void verify(const struct held *h)
{
	size_t at = first_difference(h->map, h->len, h->tag);

	COUNT(verified);
	if (at < h->len)
		wrong("buffer of %u bytes with tag %#x: byte %#zx is %#x",
		      h->len, h->tag, at, *(uint32_t *)(h->map + at));
}

static void release(unsigned int i)
{
	struct held h = held[i];

	held[i] = held[--nr_held];
	if (chance(2)) {
		munmap(h.map, h.len);
		close(h.fd);
	} else {
		close(h.fd);
		munmap(h.map, h.len);
	}
}

static void count_error(long err)
{
	switch (err) {
	case -ENOSPC: COUNT(full); break;
	case -EAGAIN: COUNT(later); break;
	case -ETIMEDOUT: COUNT(late); break;
	case -EBUSY: COUNT(busy); break;
	case -ENOMEM: COUNT(nomem); break;
	default: wrong("an allocation failed with %s", error_name(err));
	}
}

static struct lcma_alloc draw_request(void)
{
	static const char *const regions[] = { "main", "main", "pool", "" };
	const uint32_t pages = 1 + chance(chance(12) ? 48 : 1024);
	struct lcma_alloc alloc = alloc_for(regions[chance(4)], pages * PAGE);

	if (!chance(3))
		alloc.align = PAGE << chance(9);
	if (!chance(4))
		alloc.timeout_ms = 1 + chance(200);
	if (!chance(4))
		alloc.flags = LCMA_ALLOC_F_NOWAIT;
	return alloc;
}

static void allocate(void)
{
	struct lcma_alloc alloc = draw_request();
	struct held *h = &held[nr_held];
	long ret;

	if (nr_held == HELD)
		return release(chance(nr_held));
	ret = lcma_call(dev, LCMA_IOC_ALLOC, &alloc);
	if (ret)
		return count_error(ret);
	COUNT(allocs);
	*h = (struct held){ alloc.fd, NULL, alloc.len, next_random(&seed) };
	h->map = mmap(NULL, h->len, PROT_READ | PROT_WRITE, MAP_SHARED, h->fd,
		      0);
	if (h->map == MAP_FAILED) {
		wrong("mmap: %m");
		close(h->fd);
		return;
	}
	if (!is_zero(h->map, h->len))
		wrong("a new buffer of %u bytes is not zero", h->len);
	fill(h->map, h->len, h->tag);
	nr_held++;
}

static void pass(unsigned int i)
{
	struct message message = { held[i].len, held[i].tag };

	if (send_fd(sockets[0], &message, sizeof(message), held[i].fd))
		return;
	COUNT(sent);
	if (chance(2))
		release(i);
}

static void receive(void)
{
	struct message message;
	struct held *h = &held[nr_held];
	long fd;

	if (nr_held == HELD)
		return release(chance(nr_held));
	fd = receive_fd(sockets[1], &message, sizeof(message), MSG_DONTWAIT);
	if (fd < 0) {
		if (fd != -EAGAIN)
			wrong("nothing received: %s", error_name(fd));
		return;
	}
	COUNT(received);
	*h = (struct held){ fd, NULL, message.len, message.tag };
	h->map = mmap(NULL, h->len, PROT_READ, MAP_SHARED, fd, 0);
	if (h->map == MAP_FAILED) {
		wrong("mmap of what was received: %m");
		close(fd);
		return;
	}
	verify(h);
	nr_held++;
}

/* A child has everything, too, and some more, and may die of it. */
static void branch(void)
{
	unsigned int i;
	pid_t pid;

	COUNT(forks);
	pid = fork();
	if (!pid) {
		seed ^= 0x5bd1e995;
		allocate();
		for (i = 0; i < nr_held; i++)
			verify(&held[i]);
		if (chance(2)) {
			COUNT(suicides);
			kill(getpid(), SIGKILL);
		}
		_exit(0);
	}
	if (pid > 0)
		wait_status(pid);
}

static void map_again(struct held *h)
{
	size_t from = chance(h->len / PAGE) * PAGE;
	size_t at;

	munmap(h->map, h->len);
	h->map = mmap(NULL, h->len, PROT_READ, MAP_SHARED, h->fd, 0);
	if (h->map == MAP_FAILED) {
		wrong("mmap again: %m");
		return;
	}
	at = from + chance(PAGE / 4) * 4;
	if (*(uint32_t *)(h->map + at) != pattern(h->tag, at / 4))
		wrong("mapped again, byte %#zx is wrong", at);
}

static void step(void)
{
	const uint32_t what = chance(16);

	if (what < 6 || !nr_held)
		allocate();
	else if (what < 9)
		verify(&held[chance(nr_held)]);
	else if (what < 11)
		release(chance(nr_held));
	else if (what < 12)
		pass(chance(nr_held));
	else if (what < 14)
		receive();
	else if (what < 15)
		branch();
	else
		map_again(&held[chance(nr_held)]);
}

static void work(uint32_t own_seed)
{
	int nr_fds;

	seed = own_seed | 1;
	dev = open_device();
	nr_fds = count_fds();
	while (!counters->stop)
		step();
	while (nr_held) {
		verify(&held[0]);
		release(0);
	}
	if (count_fds() != nr_fds)
		wrong("%d descriptors at the end, %d at the beginning",
		      count_fds(), nr_fds);
	_exit(0);
}

static pid_t start_worker(uint32_t own_seed)
{
	pid_t pid;

	fflush(stdout);
	pid = need_fork();
	if (!pid)
		work(own_seed);
	return pid;
}

/* --- the one that is in the way ------------------------------------------------------------ */

static char *load;
static size_t load_bytes;

static void fill_memory(void)
{
	char text[4 * KIB], *at;

	read_text("/proc/meminfo", text, sizeof(text));
	at = strstr(text, "MemFree:");
	load_bytes = (strtoul(at + 8, NULL, 10) * KIB - 90 * MIB) & ~(MIB - 1);
	load = mmap(NULL, load_bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (load == MAP_FAILED)
		bail_out("no %zu bytes", load_bytes);
	/* The crowd's children need not have it. */
	madvise(load, load_bytes, MADV_DONTFORK);
	fill(load, load_bytes, 0x10ad);
}

static void check_sums(const char *region)
{
	struct lcma_region_info info;

	region_info(dev, region, &info);
	if (info.used + info.pool + info.shared + info.busy != info.bytes)
		wrong("%s: %llu + %llu + %llu + %llu is not %llu", region,
		      info.used, info.pool, info.shared, info.busy,
		      info.bytes);
}

/* Let them run; now and then one is killed, and another begins. */
static unsigned int run_crowd(uint32_t first_seed, int seconds)
{
	const long long until = now_ms() + 1000 * seconds;
	pid_t workers[WORKERS];
	unsigned int i, nr_killed = 0;
	int status;

	seed = first_seed;
	for (i = 0; i < WORKERS; i++)
		workers[i] = start_worker(next_random(&seed));
	while (now_ms() < until) {
		sleep_ms(300 + chance(500));
		check_sums("main");
		check_sums("pool");
		i = chance(WORKERS);
		kill_and_wait(workers[i]);
		nr_killed++;
		workers[i] = start_worker(next_random(&seed));
	}
	counters->stop = 1;
	for (i = 0; i < WORKERS; i++) {
		status = wait_status(workers[i]);
		if (status)
			wrong("a worker ended with status %#x", status);
	}
	return nr_killed;
}

static void check_end(const char *region)
{
	struct lcma_region_info info;

	ok(is_idle(region, 10000), "%s: every page is where it belongs", region);
	region_info(dev, region, &info);
	is(info.frees, info.allocs, "%s: what was allocated was freed: %llu",
	   region, (unsigned long long)info.allocs);
}

int main(int argc, char **argv)
{
	const int seconds = argc > 1 ? atoi(argv[1]) : 30;
	const uint32_t first_seed = (argc > 2 ? strtoul(argv[2], NULL, 0) : 1) | 1;
	struct counters *c;
	unsigned int nr_killed;

	tap_start();
	need_lcma(REGIONS);
	counters = c = need_shared(sizeof(*c));
	hear_complaints();
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets);
	dev = open_device();
	fill_memory();

	nr_killed = run_crowd(first_seed, seconds);
	diag("%u buffers, %u times verified, %u sent, %u received, %u forks, %u suicides, %u murders",
	     c->allocs, c->verified, c->sent, c->received, c->forks,
	     c->suicides, nr_killed);
	diag("refused: %u full, %u not in the pool, %u too late, %u busy, %u no memory",
	     c->full, c->later, c->late, c->busy, c->nomem);
	no_complaint("nothing was wrong in any process");
	ok(c->allocs > 10u * seconds && c->received && nr_killed && c->suicides,
	   "there was a crowd");
	ok(has_pattern(load, load_bytes, 0x10ad),
	   "%lu MiB that had to make room are as they were",
	   load_bytes / MIB);

	close(sockets[0]);
	close(sockets[1]);
	check_end("main");
	check_end("pool");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
