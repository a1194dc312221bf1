// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_step.c - see fuzz_step.h. */

#include "fuzz_step.h"

void keep_fd_at(unsigned int at, int fd)
{
	int old = fds[at];

	fds[at] = fd;
	/* Never what stdin, stdout and stderr are. */
	if (old > 2)
		close(old);
}

void keep_fd(int fd)
{
	keep_fd_at(NR_DEVICES + any(NR_FDS - NR_DEVICES), fd);
}

int open_something(void)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK };

	if (one_in(8))
		return open("/dev/dma_heap/fuzz", O_RDWR | O_CLOEXEC);
	if (one_in(16))
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	return open(one_in(2) ? DEVICE : PROGRAMS, modes[any(ARRAY_SIZE(modes))] | O_CLOEXEC);
}

void spoil_descriptors(void)
{
	const unsigned int at = any(NR_FDS);
	int fd = fds[at];

	switch (any(8)) {
	default:
		fd = open_something();
		if (fd >= 0)
			keep_fd_at(any(NR_DEVICES), fd);
		break;
	case 1:
		fd = dup(fd);
		if (fd >= 0)
			keep_fd(fd);
		break;
	case 2:
		fds[at] = -1;
		/* fall through */
	case 3:			/* the number stays, and belongs to no file */
		if (fd > 2)
			close(fd);
		break;
	case 4:
		fcntl(fd, F_SETFL, any(2) ? O_NONBLOCK : 0);
		break;
	}
}

void call_lcma(void)
{
	/* Allocations most of all. */
	const int which = one_in(2) ? ALLOC : (int)any(NR_CALLS);
	unsigned int cmd = fuzz_calls[which].cmd;
	int fd = some_device(), i;
	union any_call asked, *arg = (void *)room;
	bool is_spoiled = one_in(3), is_elsewhere = false;
	long ret;

	make_call(which, &asked);
	for (i = any(4); is_spoiled && i >= 0; i--)
		spoil(which, &asked);
	make_harmless(which, &asked);
	if (one_in(32))
		cmd = odd_command(cmd);

	switch (any(24)) {
	case 0:			/* the end of it is not there */
		arg = (void *)(room + 2 * PAGE - any(fuzz_calls[which].size));
		is_elsewhere = true;
		break;
	case 1:
		arg = (void *)(uintptr_t)some_pointer();
		is_elsewhere = true;
		break;
	case 2:
		arg = (void *)(room + any(64));
		memcpy(arg, &asked, fuzz_calls[which].size);
		break;
	default:
		memcpy(arg, &asked, sizeof(asked));
		break;
	}
	ret = CALL(ioctl(fd, cmd, arg));
	if (ret < 0 && cmd == fuzz_calls[which].cmd)
		COUNT(refused[which]);
	/* It is not known what the number was a descriptor of just now. */
	if (is_elsewhere || cmd != fuzz_calls[which].cmd)
		return;
	if (ret < 0) {
		if (!is_documented(-ret))
			wrong("%s: %s", fuzz_calls[which].name, error_name(ret));
		return;
	}
	COUNT(good[which]);
	judge(which, &asked);
	if (which == ALLOC) {
		check_new(&asked.alloc, &arg->alloc);
		keep_fd(arg->alloc.fd);
	}
}

void call_heap(void)
{
	struct dma_heap_allocation_data data = {
		.len = length(),
		.fd_flags = one_in(4) ? odd_number() : O_RDWR | O_CLOEXEC,
		.heap_flags = one_in(8) ? odd_number() : 0,
		.fd = one_in(8) ? odd_number() : 0,
	};
	int heap = open("/dev/dma_heap/fuzz", O_RDWR | O_CLOEXEC);

	if (!CALL(ioctl(heap, one_in(16) ? odd_command(0) :
			DMA_HEAP_IOCTL_ALLOC, &data))) {
		COUNT(heaps);
		keep_fd(data.fd);
	}
	if (heap >= 0)
		close(heap);
}

void call_buffer(void)
{
	const int fd = some_buffer();
	struct dma_buf_sync sync = {
		.flags = one_in(4) ? odd_number() : any(8),
	};
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };
	char text[64];

	switch (any(7)) {
	case 0:
	case 1:
		ioctl(fd, DMA_BUF_IOCTL_SYNC, one_in(16) ?
		      (void *)(uintptr_t)some_pointer() : &sync);
		break;
	case 2:
		ioctl(fd, DMA_BUF_SET_NAME, (void *)(uintptr_t)some_pointer());
		break;
	case 3:
		ioctl(fd, _IO(DMA_BUF_BASE, any(8)), room);
		break;
	case 4:
		lseek(fd, one_in(2) ? 0 : (off_t)odd_number(), any(4));
		break;
	case 5:
		poll(&poll_fd, 1, 0);
		break;
	case 6:
		/* Not of the device: that frees, and is done elsewhere. */
		if (lseek(fd, 0, SEEK_END) > 0)
			CALL(read(fd, text, sizeof(text)));
		break;
	}
}

void write_line(void)
{
	char line[1200];
	size_t len = make_line(line, sizeof(line) / 2);
	struct iovec iov[2] = { { line, len / 2 }, { line + len / 2, len - len / 2 } };
	int fd = some_device();
	long ret;

	if (one_in(16))
		ret = CALL(write(fd, (void *)(uintptr_t)some_pointer(),
				 odd_number() & 0xffff));
	else if (one_in(16))
		ret = CALL(writev(fd, iov, 2));
	else if (one_in(16))
		ret = CALL(pwrite(fd, line, len, any(100)));
	else
		ret = CALL(write(fd, line, len));
	if (ret < 0)
		COUNT(lines_refused);
	else
		COUNT(lines);
}

void read_line(void)
{
	char text[256];
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	long ret;

	if (one_in(8))
		ret = CALL(read(fd, (void *)(uintptr_t)some_pointer(),
				any(sizeof(text))));
	else
		ret = CALL(read(fd, text, any(sizeof(text)) + 1));
	if (ret > 0)
		COUNT(frees);
	while (ret > 0 && any(2))
		ret = CALL(read(fd, text, any(16)));
	if (fd >= 0)
		close(fd);
}

void map_something(void)
{
	char *at = some_place(), *to = some_place();
	size_t len = some_length(at);
	const int fd = some_buffer();

	switch (any(8)) {
	case 0:
	case 1:
	case 2:
		at = mmap(at, len, one_in(4) ? any(8) : PROT_READ | PROT_WRITE,
			  (one_in(8) ? MAP_PRIVATE : MAP_SHARED) |
			  MAP_FIXED | (one_in(8) ? MAP_POPULATE : 0) |
			  (one_in(32) ? MAP_LOCKED : 0),
			  fd, one_in(3) ? (off_t)(any(64) * PAGE) :
			  one_in(16) ? (off_t)(odd_number() & ~(PAGE - 1)) : (off_t)0);
		if (at != MAP_FAILED) {
			COUNT(maps);
			last_map = at;
		}
		break;
	case 3:
		munmap(at, len);
		break;
	case 4:
		mmap(at, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED |
		     MAP_NORESERVE, -1, 0);
		break;
	case 5:
		(void)!mremap(at, len, some_length(to), MREMAP_MAYMOVE | MREMAP_FIXED, to);
		break;
	case 6:
		mprotect(at, len, any(8));
		break;
	case 7:
		madvise(at, len, any(26));
		break;
	}
}

void touch_something(void)
{
	char *at = last_map && any(4) ? last_map + any(4) * PAGE : some_place();

	at += any(PAGE);
	COUNT(touches);
	if (touch(at, any(2)))
		COUNT(faults);
}

void pass_mapping(void)
{
	char *at = last_map ? last_map : some_place();
	struct iovec iov = { at, some_length(at) };
	int pair[2];

	switch (any(3)) {
	case 0:
		if (pipe2(pair, O_CLOEXEC | O_NONBLOCK))
			return;
		CALL(vmsplice(pair[1], &iov, 1, SPLICE_F_NONBLOCK));
		CALL(read(pair[0], some_place(), PAGE));
		close(pair[0]);
		close(pair[1]);
		break;
	case 1:
		mlock(at, PAGE);
		munlock(at, PAGE);
		break;
	case 2:
		msync(at, iov.iov_len, MS_SYNC);
		break;
	}
}

void look_around(void)
{
	static const char *const files[] = {
		"/sys/kernel/debug/lcma/main/info",
		"/sys/kernel/debug/lcma/main/buffers",
		"/sys/kernel/debug/lcma/main/map",
		"/sys/kernel/debug/lcma/some/quarantine",
		"/sys/kernel/debug/lcma/pool/map",
		"/sys/kernel/lcma/main/last_failure",
		"/sys/kernel/lcma/some/used_pages",
		"/sys/kernel/debug/dma_buf/bufinfo",
	};
	static const char *const quotas[] = { "0", "0", "8192", "4294967296", "-1", "x" };
	char text[PAGE];

	switch (any(4)) {
	case 0:
		write_text("/sys/kernel/lcma/main/drain", one_in(2) ? "maybe" : "2x");
		break;
	case 1:
		write_text("/sys/module/lcma/parameters/quota_file_kib",
			   quotas[any(ARRAY_SIZE(quotas))]);
		break;
	default:
		read_text(files[any(ARRAY_SIZE(files))], text, sizeof(text));
		break;
	}
}

void try_unload(void)
{
	long ret = unload_lcma();

	COUNT(unloads);
	if (ret != -EAGAIN && ret != -EBUSY)
		wrong("unloading in use: %s", error_name(ret));
}

void fork_something(void)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		for (i = any(20); i > 0; i--)
			step();
		_exit(0);
	}
	if (pid > 0) {
		COUNT(forks);
		if (any(2))
			kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

__thread int depth;

void step(void)
{
	const uint32_t what = any(256);

	COUNT(steps);
	if (what < 90)
		call_lcma();
	else if (what < 130)
		map_something();
	else if (what < 165)
		touch_something();
	else if (what < 185)
		spoil_descriptors();
	else if (what < 205)
		call_buffer();
	else if (what < 222)
		write_line();
	else if (what < 238)
		read_line();
	else if (what < 244)
		call_heap();
	else if (what < 250)
		pass_mapping();
	else if (what < 254)
		look_around();
	else if (what == 254)
		try_unload();
	else if (!depth) {
		depth++;
		fork_something();
		depth--;
	}
}
