// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_reach - what else can reach into a mapping of a buffer: the kernel on
 * behalf of a read() can, a caller that wants its pages is refused with EFAULT. See
 * dmabuf.sh; /dev/ram0 has to be there.
 */
#include "program.h"

#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <sys/uio.h>

#define BYTES	(16 * PAGE)
#define TAG	0xbeef

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif

static int dev;
static int fd;
static char *map;

/* Whatever was tried, the buffer's contents are as they were. */
static void unharmed(const char *what)
{
	ok(has_pattern(map, BYTES, TAG), "%s: the buffer is as it was", what);
}

/* --- what works ---------------------------------------------------------------- */

static void test_copies(void)
{
	static char text[BYTES];
	int pipes[2], pair[2], file;
	size_t got, i;

	file = open("/tmp/data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	fill(text, BYTES, TAG);
	is(write(file, text, BYTES), BYTES, "a file with a pattern");
	is(pread(file, map, BYTES, 0), BYTES, "read() from it into the mapping");
	ok(has_pattern(map, BYTES, TAG), "the pattern is there");
	is(pwrite(file, map, BYTES, BYTES), BYTES, "write() from the mapping");
	is(pread(file, text, BYTES, BYTES), BYTES, "the file is read");
	ok(has_pattern(text, BYTES, TAG), "the pattern is there");

	/* A mapping that was not touched is faulted in on the way. */
	munmap(map, BYTES);
	map = map_buffer(fd, BYTES);
	is(pread(file, map + 100, 3 * PAGE, 100), 3 * PAGE,
	   "read() into a mapping that was not touched, at odd bytes");
	munmap(map, BYTES);
	map = map_buffer(fd, BYTES);
	is(pwrite(file, map, BYTES, 0), BYTES, "write() from such a one");
	unharmed("copies from and to files");
	close(file);
	unlink("/tmp/data");

	if (pipe(pipes))
		bail_out("pipe: %m");
	is(write(pipes[1], map, 4 * PAGE), 4 * PAGE, "into a pipe");
	memset(map, 0, 4 * PAGE);
	for (got = 0; got < 4 * PAGE; got += i) {
		i = read(pipes[0], map + got, 4 * PAGE - got);
		if ((ssize_t)i <= 0)
			break;
	}
	is(got, 4 * PAGE, "and out of it");
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	is(send(pair[0], map, PAGE, 0), PAGE, "into a socket");
	memset(map, 0, PAGE);
	is(recv(pair[1], map, PAGE, MSG_WAITALL), PAGE, "and out of it");
	unharmed("pipes and sockets");
	close(pipes[0]);
	close(pipes[1]);
	close(pair[0]);
	close(pair[1]);
}

/* --- what wants pages -------------------------------------------------------------- */

static void test_o_direct(void)
{
	int ram = open("/dev/ram0", O_RDWR | O_DIRECT | O_CLOEXEC);
	char *bounce = aligned_alloc(PAGE, BYTES);

	if (ram < 0) {
		skip("O_DIRECT", "no /dev/ram0");
		return;
	}
	fill(bounce, BYTES, 4711);
	is(write(ram, bounce, BYTES), BYTES, "O_DIRECT from ordinary memory");
	answers(CALL(pread(ram, map, BYTES, 0)), -EFAULT,
		"O_DIRECT read into the mapping");
	answers(CALL(pwrite(ram, map, BYTES, 0)), -EFAULT,
		"O_DIRECT write from the mapping");
	unharmed("O_DIRECT");
	memset(bounce, 0, BYTES);
	is(pread(ram, bounce, BYTES, 0), BYTES, "O_DIRECT into a bounce buffer");
	memcpy(map, bounce, BYTES);
	ok(has_pattern(map, BYTES, 4711), "which is what works instead");
	fill(map, BYTES, TAG);
	free(bounce);
	close(ram);
}

static void test_vmsplice(void)
{
	struct iovec iov = { map, PAGE };
	int pipes[2];

	if (pipe(pipes))
		bail_out("pipe: %m");
	answers(CALL(vmsplice(pipes[1], &iov, 1, SPLICE_F_NONBLOCK)), -EFAULT,
		"vmsplice() from the mapping");
	answers(CALL(vmsplice(pipes[1], &iov, 1, SPLICE_F_GIFT |
			      SPLICE_F_NONBLOCK)), -EFAULT,
		"vmsplice() as a gift");
	unharmed("vmsplice");
	close(pipes[0]);
	close(pipes[1]);
}

static void test_process_vm(void)
{
	static char text[PAGE];
	struct iovec local = { text, PAGE }, remote = { map, PAGE };
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	answers(CALL(process_vm_readv(getpid(), &local, 1, &remote, 1, 0)),
		-EFAULT, "process_vm_readv() of the mapping");
	answers(CALL(process_vm_writev(getpid(), &local, 1, &remote, 1, 0)),
		-EFAULT, "process_vm_writev()");
	answers(CALL(pread(mem, text, PAGE, (uintptr_t)map)), -EIO,
		"/proc/self/mem, read");
	answers(CALL(pwrite(mem, text, PAGE, (uintptr_t)map)), -EIO,
		"/proc/self/mem, written");
	/* The other way round the kernel copies, and that works. */
	fill(text, PAGE, TAG);
	local.iov_base = map;
	remote.iov_base = text;
	is(process_vm_readv(getpid(), &local, 1, &remote, 1, 0), PAGE,
	   "process_vm_readv() into the mapping, from ordinary memory");
	unharmed("process_vm and mem");
	close(mem);
}

static void test_futex(void)
{
	answers(CALL(syscall(SYS_futex, map, FUTEX_WAKE, 1, NULL, NULL, 0)),
		-EFAULT, "a shared futex in the mapping");
	is(syscall(SYS_futex, map, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL,
		   NULL, 0), 0, "a private one can be there");
	unharmed("futex");
}

static void test_userfaultfd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)map, BYTES },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api)) {
		skip("userfaultfd", "not on this kernel");
		return;
	}
	answers(CALL(ioctl(uffd, UFFDIO_REGISTER, &reg)), -EINVAL,
		"userfaultfd over the mapping");
	unharmed("userfaultfd");
	close(uffd);
}

/* A send that may take its pages: refused, or copied. */
static void test_zerocopy(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t len = sizeof(addr);
	int to = socket(AF_INET, SOCK_STREAM, 0), from, at;
	long ret;
	char *copy = malloc(BYTES);

	from = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(to, (void *)&addr, len) || listen(to, 1) ||
	    getsockname(to, (void *)&addr, &len) ||
	    connect(from, (void *)&addr, len) ||
	    setsockopt(from, SOL_SOCKET, SO_ZEROCOPY, &(int){ 1 },
		       sizeof(int))) {
		skip("MSG_ZEROCOPY", "no network");
		return;
	}
	at = accept(to, NULL, NULL);
	ret = CALL(send(from, map, BYTES, MSG_ZEROCOPY));
	answers(ret, -EFAULT, "MSG_ZEROCOPY from the mapping");
	is(send(from, map, BYTES, 0), BYTES, "an ordinary send");
	is(recv(at, copy, BYTES, MSG_WAITALL), BYTES, "arrives");
	ok(has_pattern(copy, BYTES, TAG), "whole");
	unharmed("MSG_ZEROCOPY");
	free(copy);
	close(at);
	close(from);
	close(to);
}

/* --- io_uring --------------------------------------------------------------------------- */

struct ring {
	int fd;
	char *sq;
	char *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static bool ring_open(struct ring *ring)
{
	const int rw = PROT_READ | PROT_WRITE;

	ring->fd = syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return false;
	ring->sq = mmap(NULL, PAGE, rw, MAP_SHARED, ring->fd,
			IORING_OFF_SQ_RING);
	ring->cq = mmap(NULL, PAGE, rw, MAP_SHARED, ring->fd,
			IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, PAGE, rw, MAP_SHARED, ring->fd,
			  IORING_OFF_SQES);
	return ring->sq != MAP_FAILED && ring->cq != MAP_FAILED &&
	       ring->sqes != MAP_FAILED;
}

static unsigned int *ring_word(char *ring, unsigned int at)
{
	return (unsigned int *)(ring + at);
}

/* One read of a file into memory. Return: what it came to. */
static long ring_read(struct ring *ring, int file, void *to, size_t len)
{
	unsigned int *tail = ring_word(ring->sq, ring->params.sq_off.tail);
	unsigned int *head = ring_word(ring->cq, ring->params.cq_off.head);
	struct io_uring_cqe *cqes = (void *)(ring->cq + ring->params.cq_off.cqes);
	unsigned int slot = *tail & (ring->params.sq_entries - 1);
	long ret;

	memset(&ring->sqes[slot], 0, sizeof(*ring->sqes));
	ring->sqes[slot].opcode = IORING_OP_READ;
	ring->sqes[slot].fd = file;
	ring->sqes[slot].addr = (uintptr_t)to;
	ring->sqes[slot].len = len;
	*ring_word(ring->sq, ring->params.sq_off.array + 4 * slot) = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	ret = CALL(syscall(SYS_io_uring_enter, ring->fd, 1, 1,
			   IORING_ENTER_GETEVENTS, NULL, 0));
	if (ret != 1)
		return ret < 0 ? ret : -EIO;
	ret = cqes[*head & (ring->params.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return ret;
}

static void test_io_uring(void)
{
	static char text[BYTES] __attribute__((aligned(4096)));
	struct iovec iov = { map, BYTES };
	struct ring ring = {};
	int file;

	if (!ring_open(&ring)) {
		diag("io_uring: %m");
		skip("io_uring", "not on this kernel");
		return;
	}
	answers(CALL(syscall(SYS_io_uring_register, ring.fd,
			     IORING_REGISTER_BUFFERS, &iov, 1)), -EFAULT,
		"the mapping as a fixed buffer of io_uring");
	iov.iov_base = text;
	answers(CALL(syscall(SYS_io_uring_register, ring.fd,
			     IORING_REGISTER_BUFFERS, &iov, 1)), 0,
		"ordinary memory as one");
	file = open("/tmp/data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	fill(text, BYTES, TAG);
	is(write(file, text, BYTES), BYTES, "a file with a pattern");
	memset(map, 0, BYTES);
	is(ring_read(&ring, file, map, BYTES), BYTES,
	   "io_uring still reads into the mapping, as read() does");
	unharmed("io_uring");
	close(file);
	unlink("/tmp/data");
	close(ring.fd);
}

int main(void)
{
	tap_start();
	need_lcma("regions=main=32M@cma");
	dev = open_device();
	fd = need_buffer(dev, "main", BYTES);
	map = map_buffer(fd, BYTES);

	test_copies();
	test_o_direct();
	test_vmsplice();
	test_process_vm();
	test_futex();
	test_userfaultfd();
	test_zerocopy();
	test_io_uring();

	/* No page was kept: else it would be quarantined now. */
	munmap(map, BYTES);
	close(fd);
	ok(is_idle("main", 2000), "the region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
