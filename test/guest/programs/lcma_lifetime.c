// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_lifetime - a buffer lives as long as any process holds it
 * and however that process ends, and not a moment longer. See lifetime.sh.
 *
 *	lcma_lifetime			the tests
 *	lcma_lifetime closed FD		ends with 0 if FD is not open
 */
#include "program.h"

#include <poll.h>
#include <pthread.h>
#include <sys/un.h>

#define MAIN_BYTES	(48 * MIB)
#define REGIONS		"regions=main=48M@cma;pool=16M@cma,keep=all"
#define BYTES		(40 * PAGE)
#define SOCKET_PATH	"/tmp/lifetime.socket"

static int dev;

static bool both_idle(long wait_ms)
{
	return is_idle("main", wait_ms) && is_idle("pool", wait_ms);
}

/* --- orders of closing ------------------------------------------------------------- */

static void test_orders(void)
{
	int own = open_device(), fd, other;
	char *map, *second;

	fd = need_buffer(own, "main", BYTES);
	holds(BYTES, "a buffer");
	close(own);
	holds(BYTES, "the device closed");
	map = map_buffer(fd, BYTES);
	fill(map, BYTES, 1);
	close(fd);
	holds(BYTES, "the descriptor closed, a mapping is left");
	ok(has_pattern(map, BYTES, 1), "it shows what was there");
	munmap(map, BYTES);
	holds(0, "the mapping gone");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	munmap(map, BYTES);
	holds(BYTES, "mapped and unmapped");
	close(fd);
	holds(0, "then closed");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, PAGE);
	second = map_part(fd, PAGE, BYTES - PAGE);
	close(fd);
	munmap(map, PAGE);
	holds(BYTES, "a mapping of the last page");
	munmap(second, PAGE);
	holds(0, "no mapping");

	fd = need_buffer(dev, "main", BYTES);
	other = dup(fd);
	close(fd);
	holds(BYTES, "a duplicate");
	fd = fcntl(other, F_DUPFD_CLOEXEC, 100);
	dup2(dev, other);
	holds(BYTES, "a duplicate of it, the first one overwritten");
	close(other);
	close(fd);
	holds(0, "no duplicate");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	close(fd);
	second = mmap(map, BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		      MAP_FIXED, -1, 0);
	holds(0, "another mapping put over it");
	munmap(second, BYTES);
}

/* --- fork and exec -------------------------------------------------------------------- */

/* A child that holds on until its end of a socket is closed. */
static pid_t holder(int *until)
{
	int pair[2];
	pid_t pid;
	char c;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		close(pair[0]);
		read(pair[1], &c, 1);
		_exit(0);
	}
	close(pair[1]);
	*until = pair[0];
	return pid;
}

static int status_of(char *const argv[])
{
	pid_t pid = need_fork();

	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(99);
	}
	return wait_status(pid);
}

static void test_fork_and_exec(void)
{
	int fd = need_buffer(dev, "main", BYTES), until, status;
	char *map = map_buffer(fd, BYTES), number[16];
	pid_t child;

	child = holder(&until);
	munmap(map, BYTES);
	close(fd);
	holds(BYTES, "a child has descriptor and mapping");
	close(until);
	wait_status(child);
	holds(0, "it has ended");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	close(fd);
	child = holder(&until);
	munmap(map, BYTES);
	holds(BYTES, "a child has a mapping only");
	kill_and_wait(child);
	close(until);
	holds(0, "it was killed");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	madvise(map, BYTES, MADV_DONTFORK);
	child = holder(&until);
	munmap(map, BYTES);
	holds(BYTES, "a child has the descriptor, not the mapping");
	kill_and_wait(child);
	close(until);
	close(fd);
	holds(0, "no process has it");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	snprintf(number, sizeof(number), "%d", fd);
	status = status_of((char *[]){ "lcma_lifetime", "closed", number, NULL });
	is(status, 0, "a program that is executed does not have it");
	fcntl(fd, F_SETFD, 0);
	status = status_of((char *[]){ "lcma_lifetime", "closed", number, NULL });
	is(WEXITSTATUS(status), 1, "unless the descriptor is let through");
	munmap(map, BYTES);
	close(fd);
	holds(0, "both programs have ended");
}

/* --- sockets ------------------------------------------------------------------------------ */

static int bind_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, SOCKET_PATH);
	unlink(SOCKET_PATH);
	if (bind(sock, (void *)&addr, sizeof(addr)) || listen(sock, 4))
		bail_out("%s: %m", SOCKET_PATH);
	return sock;
}

static int connect_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, SOCKET_PATH);
	while (connect(sock, (void *)&addr, sizeof(addr)))
		sleep_ms(5);
	return sock;
}

/* A process of its own session, which no process waits for. */
static pid_t stranger(void (*run)(void))
{
	pid_t pid, *told = need_shared(PAGE);

	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		setsid();
		pid = need_fork();
		if (!pid) {
			close(dev);
			run();
			_exit(0);
		}
		*told = pid;
		_exit(0);
	}
	wait_status(pid);
	pid = *told;
	munmap(told, PAGE);
	return pid;
}

static void wait_gone(pid_t pid)
{
	while (!kill(pid, 0))
		sleep_ms(2);
}

/* Allocates, fills, sends, and ends before anybody has received. */
static void send_and_die(void)
{
	int own = open_device(), fd = need_buffer(own, "main", BYTES);
	char *map = map_buffer(fd, BYTES);

	fill(map, BYTES, 99);
	if (send_fd(connect_socket(), "f", 1, fd))
		_exit(1);
	kill(getpid(), SIGKILL);
}

/* Receives, changes what it finds, tells so, and ends. */
static void receive_and_change(void)
{
	int sock = connect_socket();
	char c, *map;
	int fd = receive_fd(sock, &c, 1, 0);

	if (fd < 0)
		_exit(1);
	map = map_buffer(fd, BYTES);
	c = has_pattern(map, BYTES, 5) ? 'y' : 'n';
	fill(map, BYTES, 6);
	send(sock, &c, 1, 0);
	recv(sock, &c, 1, 0);
}

static void test_passing(void)
{
	int listener = bind_socket(), sock, fd;
	pid_t pid = stranger(send_and_die);
	char c = 0, *map;

	wait_gone(pid);
	holds(BYTES, "sent, its sender killed");
	sock = accept(listener, NULL, NULL);
	holds(BYTES, "still on its way");
	fd = receive_fd(sock, &c, 1, 0);
	answers(fd, 0, "it is received");
	map = map_buffer(fd, BYTES);
	ok(has_pattern(map, BYTES, 99), "with what the dead sender wrote");
	close(sock);
	close(fd);
	munmap(map, BYTES);
	holds(0, "the receiver has let go");

	pid = stranger(send_and_die);
	wait_gone(pid);
	sock = accept(listener, NULL, NULL);
	holds(BYTES, "sent again, sender killed");
	close(sock);
	ok(both_idle(5000), "and never received: the socket's end frees it");

	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);
	fill(map, BYTES, 5);
	pid = stranger(receive_and_change);
	sock = accept(listener, NULL, NULL);
	answers(send_fd(sock, "f", 1, fd), 0, "sent to a stranger");
	recv(sock, &c, 1, 0);
	is(c, 'y', "the other process has read what was written here");
	ok(has_pattern(map, BYTES, 6), "what it wrote is read here");
	munmap(map, BYTES);
	close(fd);
	holds(BYTES, "it still has the buffer");
	send(sock, "x", 1, 0);
	wait_gone(pid);
	holds(0, "it has ended");
	close(sock);
	close(listener);
	unlink(SOCKET_PATH);
}

/* Sockets that lie in each other's queues: the kernel collects them. */
static void test_cycle(void)
{
	int pair[2], other[2], fd = need_buffer(dev, "main", BYTES), i;

	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair);
	send_fd(pair[0], "f", 1, fd);
	send_fd(pair[0], "s", 1, pair[0]);
	send_fd(pair[0], "s", 1, pair[1]);
	close(fd);
	holds(BYTES, "in a socket that holds itself");
	close(pair[0]);
	close(pair[1]);
	/* The collector runs when another one that was in flight is closed. */
	for (i = 0; i < 100 && used_bytes("main"); i++) {
		socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, other);
		send_fd(other[0], "s", 1, other[1]);
		close(other[0]);
		close(other[1]);
		sleep_ms(20);
	}
	holds(0, "collected");
}

/* --- kill -9 --------------------------------------------------------------------------------- */

static void *hold_more(void *arg)
{
	int *to = arg;
	int fd = need_buffer(dev, "main", BYTES);

	touch(map_buffer(fd, BYTES), true);
	write(*to, "r", 1);
	pause();
	return NULL;
}

/* Several threads with buffers, mappings, duplicates, something in a queue. */
static void test_kill_holder(void)
{
	int pipes[2], pair[2], i, fd, round;
	pthread_t thread;
	pid_t child;
	char c;

	for (round = 0; round < 5; round++) {
		if (pipe(pipes))
			bail_out("pipe: %m");
		fflush(stdout);
		child = need_fork();
		if (!child) {
			dev = open_device();
			for (i = 0; i < 3; i++)
				pthread_create(&thread, NULL, hold_more,
					       &pipes[1]);
			socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
			for (i = 0; i < 6; i++) {
				fd = need_buffer(dev, i & 1 ? "main" : "pool",
						 (i + 1) * 11 * PAGE);
				fill(map_buffer(fd, 11 * PAGE), 11 * PAGE, i);
				dup(fd);
				send_fd(pair[0], "f", 1, fd);
				if (i & 2)
					close(fd);
			}
			write(pipes[1], "r", 1);
			pause();
		}
		for (i = 0; i < 4; i++)
			read(pipes[0], &c, 1);
		if (!round)
			is(count_buffers("main") + count_buffers("pool"), 9,
			   "nine buffers in a process");
		kill_and_wait(child);
		ok(!used_bytes("main") && !used_bytes("pool"),
		   "killed: when it has been waited for, all are gone");
		close(pipes[0]);
		close(pipes[1]);
	}
	ok(both_idle(2000), "every page is back");
}

/*
 * Memory of the system's, so much that it lies in the region, too: the kernel
 * turns to CMA when that is more than half of what is free. Claims have to
 * migrate then, and must find a place.
 */
static pid_t occupy(size_t bytes)
{
	int pipes[2];
	pid_t pid;
	char c;

	if (pipe(pipes))
		bail_out("pipe: %m");
	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		memset(mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 0x77, bytes);
		write(pipes[1], "r", 1);
		pause();
	}
	read(pipes[0], &c, 1);
	close(pipes[0]);
	close(pipes[1]);
	return pid;
}

static unsigned long meminfo_kib(const char *key)
{
	char text[4 * KIB], *at;

	read_text("/proc/meminfo", text, sizeof(text));
	at = strstr(text, key);
	return at ? strtoul(at + strlen(key) + 1, NULL, 10) : 0;
}

static unsigned long info_value(const char *key)
{
	static char text[8 * KIB];
	char *at;

	read_text("/sys/kernel/debug/lcma/main/info", text, sizeof(text));
	at = strstr(text, key);
	return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

/*
 * Kill a caller after so many milliseconds. Return: true if that was before it
 * had its buffer; *moved: pages were on their way just then.
 */
static bool kill_caller(uint32_t timeout_ms, long after_us, bool *moved)
{
	struct lcma_alloc alloc = alloc_for("main", MAIN_BYTES);
	bool early;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		alloc.timeout_ms = timeout_ms;
		_exit(lcma_call(dev, LCMA_IOC_ALLOC, &alloc) ? 1 : 0);
	}
	usleep(after_us);
	*moved = region_value("main", "busy_pages") != 0;
	kill(pid, SIGKILL);
	status = wait_status(pid);
	early = WIFSIGNALED(status);
	if (!early && WEXITSTATUS(status))
		diag("the allocation failed");
	return early;
}

/*
 * Where nothing has to move the kernel's call does not look for signals: what
 * it got after its caller had been killed must still be given back.
 */
static void test_late(void)
{
	int i, nr_early = 0, nr_dirty = 0;
	unsigned long late;
	uint32_t seed = 9;
	bool moved;

	for (i = 0; i < 16 && !nr_dirty; i++) {
		nr_early += kill_caller(60000, next_random(&seed) % 40000,
					&moved);
		nr_dirty += !is_idle("main", 10000);
	}
	late = info_value("claims_late: ");
	diag("of %d callers %d were killed in time; %lu calls ended later",
	     i, nr_early, late);
	ok(nr_early && late, "callers were killed before their pages came");
	is(nr_dirty, 0, "each time every page came back");
}

static unsigned long reserves_kib(void)
{
	char text[32];

	read_text("/proc/sys/vm/min_free_kbytes", text, sizeof(text));
	return strtoul(text, NULL, 10);
}

static void test_kill_caller(void)
{
	int i, nr_early = 0, nr_moved = 0, nr_dirty = 0;
	/* Half of what is left is the area's, and of no use to the kernel itself. */
	pid_t system = occupy((meminfo_kib("MemFree") - reserves_kib() / 2) * KIB -
			      70 * MIB);
	unsigned long before = info_value("system_pages: ");
	uint32_t seed = 4;
	bool moved;

	diag("the system uses %lu of %lu pages of main", before,
	     MAIN_BYTES / PAGE);
	ok(before > 500, "the system uses the region's pages");
	for (i = 0; i < 24 && !nr_dirty; i++) {
		nr_early += kill_caller(i & 1 ? 60000 : 0,
					next_random(&seed) % 60000, &moved);
		nr_moved += moved;
		nr_dirty += !is_idle("main", 10000);
	}
	diag("of %d callers %d were killed in time, %d while pages moved",
	     i, nr_early, nr_moved);
	ok(nr_early > 3 && nr_moved > 1,
	   "callers were killed while their allocation migrated");
	is(nr_dirty, 0, "each time every page came back");
	kill_and_wait(system);
}

/* --- unloading --------------------------------------------------------------------------------- */

static void refused(const char *what)
{
	answers(unload_lcma(), -EAGAIN, "unload with %s", what);
}

static void test_unload(void)
{
	int fd, until, pair[2];
	pid_t child;
	char *map;

	refused("an open device");
	fd = need_buffer(dev, "main", BYTES);
	close(dev);
	refused("a descriptor of a buffer");
	map = map_buffer(fd, BYTES);
	fill(map, BYTES, 3);
	close(fd);
	refused("a mapping");
	is(used_bytes("main"), BYTES, "a refusal changes nothing");
	ok(has_pattern(map, BYTES, 3), "the mapping neither");
	child = holder(&until);
	munmap(map, BYTES);
	refused("a mapping in a child");
	kill_and_wait(child);
	close(until);
	answers(unload_lcma(), 0, "unload, the child killed");

	need_lcma(REGIONS);
	dev = open_device();
	fd = need_buffer(dev, "pool", BYTES);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	send_fd(pair[0], "f", 1, fd);
	close(fd);
	close(dev);
	refused("a descriptor on its way");
	close(pair[0]);
	close(pair[1]);
	is_idle("pool", 5000);
	answers(unload_lcma(), 0, "unload, the socket closed");

	need_lcma(REGIONS);
	write_text(DEVICE, "1M");
	is(count_buffers("main"), 1, "a text buffer");
	answers(unload_lcma(), 0, "does not keep the module loaded");
	need_lcma(REGIONS);
	ok(both_idle(0), "loaded again: nothing is held");
	dev = open_device();
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "closed"))
		return fcntl(atoi(argv[2]), F_GETFD) >= 0;

	tap_start();
	need_lcma(REGIONS);
	dev = open_device();

	test_orders();
	test_fork_and_exec();
	test_passing();
	test_cycle();
	test_kill_holder();
	test_late();
	test_kill_caller();
	test_unload();

	ok(both_idle(2000), "every region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
