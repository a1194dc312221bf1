// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_fuzz - calls of everything that lcma offers, with arguments that are
 * nearly right. See fuzz.sh.
 *
 *	lcma_fuzz SECONDS SEED
 *
 * Four processes, two of them of two threads that share descriptors and
 * mappings without any agreement: each draws a call, a structure that would be
 * right, and then spoils some of it. Now and then one is killed. The order of
 * what a thread does follows from SEED; how the threads interleave does not.
 */
#include "program.h"

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/uio.h>

#define WORKERS		4
#define NR_FDS		24
#define NR_DEVICES	8	/* of them, devices most of the time */
#define ARENA_BYTES	(64 * MIB)
#define KILL_MS		400
#define REGIONS		"regions=main=32M@cma,heap=fuzz;pool=16M@cma,keep=all;some=16M@cma,keep=1M-4M,order=2"

/* The calls, and what else is done. */
enum { VERSION, REGION_LIST, REGION_INFO, ALLOC, BUFFER_INFO, BUFFER_LIST, NR_CALLS };

static const struct {
	unsigned int cmd;
	size_t size;
	const char *name;
} calls[NR_CALLS] = {
	{ LCMA_IOC_VERSION, sizeof(struct lcma_version), "VERSION" },
	{ LCMA_IOC_REGION_LIST, sizeof(struct lcma_region_list), "REGION_LIST" },
	{ LCMA_IOC_REGION_INFO, sizeof(struct lcma_region_info), "REGION_INFO" },
	{ LCMA_IOC_ALLOC, sizeof(struct lcma_alloc), "ALLOC" },
	{ LCMA_IOC_BUFFER_INFO, sizeof(struct lcma_buffer_info), "BUFFER_INFO" },
	{ LCMA_IOC_BUFFER_LIST, sizeof(struct lcma_buffer_list), "BUFFER_LIST" },
};

union any_call {
	uint32_t size;
	struct lcma_version version;
	struct lcma_region_list region_list;
	struct lcma_region_info region_info;
	struct lcma_alloc alloc;
	struct lcma_buffer_info buffer_info;
	struct lcma_buffer_list buffer_list;
	unsigned char bytes[2 * PAGE];
};

/* Counted in shared memory by all. */
static struct counters {
	volatile int stop;
	unsigned int steps, good[NR_CALLS], refused[NR_CALLS];
	unsigned int lines, lines_refused, frees, maps, touches, faults, forks;
	unsigned int heaps, unloads, zeroed, kills;
	unsigned int wrong;
	char why[240];
} *counters;

#define COUNT(_what)	__atomic_add_fetch(&counters->_what, 1, __ATOMIC_RELAXED)

PRINTF(1, 2)
static void wrong(const char *format, ...)
{
	va_list args;

	if (COUNT(wrong) > 1)
		return;
	va_start(args, format);
	vsnprintf(counters->why, sizeof(counters->why), format, args);
	va_end(args);
}

/* What the threads of a process share. Nothing protects it: that is the idea. */
static volatile int fds[NR_FDS];
static char *arena;
static bool is_alone;

/* What a thread has for itself. */
static __thread uint32_t chance;
static __thread char *last_map;
static __thread char *room;	/* three pages, the last of which is not there */

static uint32_t any(uint32_t n)
{
	return next_random(&chance) % n;
}

static bool one_in(uint32_t n)
{
	return !any(n);
}

/* --- values that are nearly right ----------------------------------------------- */

static uint64_t odd_number(void)
{
	static const uint64_t odd[] = {
		0, 1, 2, 3, 4095, 4096, 4097, 65535, 0x7fffffff, 0x80000000,
		0xfffff000, 0xffffffff, 0x100000000, 0x100001000,
		0x7ffffffffff, 0x7fffffffffffffff, 0x8000000000000000,
		0xfffffffffffff000, 0xffffffffffffffff,
	};

	switch (any(4)) {
	case 0:
		return 1ULL << any(64);
	case 1:
		return ((uint64_t)next_random(&chance) << 32) |
		       next_random(&chance);
	default:
		return odd[any(ARRAY_SIZE(odd))];
	}
}

static uint64_t length(void)
{
	switch (any(16)) {
	case 0:
		return odd_number();
	case 1:
		return any(20 * MIB);
	case 2:
	case 3:
		return any(MIB);
	default:
		return (any(24) + 1) * PAGE;
	}
}

static void name(char *to, size_t size)
{
	static const char *const names[] = {
		"main", "pool", "some", "main", "pool", "some", "", "none",
		"mai", "mainn", "MAIN", ".", "..", "main/..", "%s%n",
	};
	size_t i;

	memset(to, 0, size);
	if (one_in(24)) {		/* no NUL in it, or just one, at the end */
		memset(to, 'x', size);
		to[size - 1] = any(2) ? 'x' : '\0';
		return;
	}
	strncpy(to, names[any(ARRAY_SIZE(names))], size - 1);
	if (one_in(24)) {
		i = any(size);
		to[i] = any(256);
	}
}

static int some_fd(void)
{
	switch (any(12)) {
	case 0:
		return -1;
	case 1:
		return any(32);
	case 2:
		return (int)odd_number();
	default:
		return fds[NR_DEVICES + any(NR_FDS - NR_DEVICES)];
	}
}

/* A place in the arena, where mappings come and go. */
static char *some_place(void)
{
	return arena + any(ARENA_BYTES / PAGE) * PAGE;
}

/*
 * Nowhere that is the program's own, which would not survive what is written
 * there: in the arena, in the room, or not in user space at all.
 */
static bool is_harmless(uint64_t pointer)
{
	const uint32_t low = pointer;	/* what a 32-bit kernel makes of it */

	return low < 0x8000 || low >= 0xc0000000 ||
	       (low >= (uintptr_t)arena && low < (uintptr_t)arena + ARENA_BYTES) ||
	       (low >= (uintptr_t)room && low < (uintptr_t)room + 2 * PAGE);
}

static uint64_t some_pointer(void)
{
	uint64_t pointer;

	switch (any(10)) {
	case 0:
		return 0;
	case 1:
		return 0xc0008000;
	case 2:
		pointer = odd_number();
		return is_harmless(pointer) ? pointer : 0xffffffffc0008000;
	case 3:
		return (uintptr_t)(room + 2 * PAGE - any(256));
	case 4:
		return (uintptr_t)(last_map ? last_map : some_place());
	default:
		return (uintptr_t)room;
	}
}

/* A structure that would be right. */
static void make_call(int which, union any_call *call)
{
	memset(call, 0, sizeof(*call));
	call->size = calls[which].size;
	switch (which) {
	case REGION_LIST:
		call->region_list.nr = any(5);
		call->region_list.names = some_pointer();
		break;
	case REGION_INFO:
		name(call->region_info.name, LCMA_NAME_SIZE);
		break;
	case ALLOC:
		call->alloc.flags = one_in(4) ? any(4) : 0;
		call->alloc.len = length();
		call->alloc.align = one_in(3) ? PAGE << any(8) : 0;
		call->alloc.timeout_ms = one_in(3) ? any(40) : 200;
		name(call->alloc.region, LCMA_NAME_SIZE);
		if (one_in(3))
			name(call->alloc.label, LCMA_LABEL_SIZE);
		break;
	case BUFFER_INFO:
		call->buffer_info.fd = some_fd();
		break;
	case BUFFER_LIST:
		name(call->buffer_list.region, LCMA_NAME_SIZE);
		call->buffer_list.flags = any(2);
		call->buffer_list.after_id = one_in(4) ? odd_number() : 0;
		call->buffer_list.nr = any(24);
		call->buffer_list.entry_size = sizeof(struct lcma_buffer_entry);
		call->buffer_list.entries = some_pointer();
		break;
	}
}

/* Spoil a word, a size, or what lies behind the structure. */
static void spoil(int which, union any_call *call)
{
	const size_t size = calls[which].size;
	uint64_t value = odd_number();

	switch (any(6)) {
	case 0:
		call->size = odd_number();
		break;
	case 1:
		call->size = size + any(17) - 8;
		break;
	case 2:
		call->size = size + 8 + any(2 * PAGE - size);
		if (any(2))
			call->bytes[size + any(sizeof(*call) - size)] = 1;
		break;
	case 3:
		call->bytes[any(size)] ^= 1 << any(8);
		break;
	default:
		memcpy(call->bytes + any(size / 8) * 8, &value,
		       any(2) ? 4 : 8);
		break;
	}
}

/* Again so that only what is ours can be written to. */
static void make_harmless(int which, union any_call *call)
{
	struct lcma_buffer_list *list = &call->buffer_list;

	if (which == REGION_LIST && !is_harmless(call->region_list.names))
		call->region_list.names = 0xc0008000;
	if (which == BUFFER_LIST &&
	    (!is_harmless(list->entries) || list->entry_size > PAGE))
		list->entries = 0xc0008000;
}

/* --- descriptors ------------------------------------------------------------------ */

static void keep_fd_at(unsigned int at, int fd)
{
	int old = fds[at];

	fds[at] = fd;
	/* Never what stdin, stdout and stderr are. */
	if (old > 2)
		close(old);
}

static void keep_fd(int fd)
{
	keep_fd_at(NR_DEVICES + any(NR_FDS - NR_DEVICES), fd);
}

static int some_device(void)
{
	return fds[any(one_in(8) ? NR_FDS : NR_DEVICES)];
}

static int some_buffer(void)
{
	return fds[one_in(8) ? any(NR_FDS) :
		   NR_DEVICES + any(NR_FDS - NR_DEVICES)];
}

static int open_something(void)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK };

	if (one_in(8))
		return open("/dev/dma_heap/fuzz", O_RDWR | O_CLOEXEC);
	if (one_in(16))
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	return open(DEVICE, modes[any(ARRAY_SIZE(modes))] | O_CLOEXEC);
}

static void spoil_descriptors(void)
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
	case 3:			/* the number stays, and belongs to nobody */
		if (fd > 2)
			close(fd);
		break;
	case 4:
		fcntl(fd, F_SETFL, any(2) ? O_NONBLOCK : 0);
		break;
	}
}

/* --- ioctls ----------------------------------------------------------------------- */

static bool is_documented(int err)
{
	static const int documented[] = {
		EFAULT, EINVAL, E2BIG, ENOTTY, ENOENT, ENOSPC, EBUSY, ENOMEM,
		ENOBUFS, EAGAIN, ETIMEDOUT, EINTR, EDQUOT, EMFILE, ENFILE,
		EBADF, EPERM,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented); i++)
		if (documented[i] == err)
			return true;
	return false;
}

/* What no structure that succeeded can have had. */
static void judge(int which, const union any_call *asked)
{
	const struct lcma_alloc *a = &asked->alloc;

	if (asked->size < calls[which].size || asked->size > PAGE)
		wrong("%s: succeeded with size %u", calls[which].name,
		      asked->size);
	if (which != ALLOC)
		return;
	if (a->flags & ~3u || !a->len || (a->align & (a->align - 1)))
		wrong("ALLOC: succeeded with flags %#x, len %llu, align %#llx",
		      a->flags, (unsigned long long)a->len,
		      (unsigned long long)a->align);
	if (!memchr(a->region, 0, LCMA_NAME_SIZE) ||
	    !memchr(a->label, 0, LCMA_LABEL_SIZE))
		wrong("ALLOC: succeeded with a text without NUL");
}

/* A buffer that nobody else can have touched. */
static void check_new(const struct lcma_alloc *asked,
		      const struct lcma_alloc *got)
{
	char *map;
	size_t i;

	if (got->len < asked->len || got->len % PAGE)
		wrong("ALLOC: %llu bytes asked for, %llu given",
		      (unsigned long long)asked->len,
		      (unsigned long long)got->len);
	if (!is_alone || got->len > MIB)
		return;
	map = mmap(NULL, got->len, PROT_READ | PROT_WRITE, MAP_SHARED, got->fd,
		   0);
	if (map == MAP_FAILED) {
		wrong("ALLOC: no mapping of %llu bytes: %s",
		      (unsigned long long)got->len, strerrorname_np(errno));
		return;
	}
	for (i = 0; i < got->len; i += 4)
		if (*(uint32_t *)(map + i))
			break;
	if (i < got->len)
		wrong("ALLOC: byte %zu of a new buffer is not 0", i);
	COUNT(zeroed);
	memset(map, 0xa5, got->len);
	munmap(map, got->len);
}

static unsigned int odd_command(unsigned int cmd)
{
	switch (any(4)) {
	case 0:
		return _IOWR(LCMA_IOC_MAGIC, _IOC_NR(cmd), struct lcma_alloc);
	case 1:
		return _IO(LCMA_IOC_MAGIC, any(256));
	case 2:
		return _IO(any(256), _IOC_NR(cmd));
	default:
		return next_random(&chance);
	}
}

static void call_lcma(void)
{
	/* Allocations most of all. */
	const int which = one_in(2) ? ALLOC : (int)any(NR_CALLS);
	unsigned int cmd = calls[which].cmd;
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
		arg = (void *)(room + 2 * PAGE - any(calls[which].size));
		is_elsewhere = true;
		break;
	case 1:
		arg = (void *)(uintptr_t)some_pointer();
		is_elsewhere = true;
		break;
	case 2:
		arg = (void *)(room + any(64));
		memcpy(arg, &asked, calls[which].size);
		break;
	default:
		memcpy(arg, &asked, sizeof(asked));
		break;
	}
	ret = CALL(ioctl(fd, cmd, arg));
	if (ret < 0 && cmd == calls[which].cmd)
		COUNT(refused[which]);
	/* What the number was a descriptor of just now, nobody can tell. */
	if (is_elsewhere || cmd != calls[which].cmd)
		return;
	if (ret < 0) {
		if (!is_documented(-ret))
			wrong("%s: %s", calls[which].name, error_name(ret));
		return;
	}
	COUNT(good[which]);
	judge(which, &asked);
	if (which == ALLOC) {
		check_new(&asked.alloc, &arg->alloc);
		keep_fd(arg->alloc.fd);
	}
}

static void call_heap(void)
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

static void call_buffer(void)
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

/* --- lines ---------------------------------------------------------------------------- */

static size_t make_line(char *line, size_t size)
{
	static const char *const words[] = {
		"align=4K", "align=64K", "align=1M", "align=3", "align=",
		"region=main", "region=pool", "region=some", "region=none",
		"label=fuzz", "label=", "timeout=1", "timeout=50",
		"timeout=99999999999", "nowait", "nowait=1", "=", "region",
		"\t", "label=\303\274", "region=mainmainmainmainmainmainmainmain",
	};
	static const char *const sizes[] = {
		"0", "", "4", "64", "64K", "1M", "3M", "17M", "1G", "4G",
		"16777216G", "18446744073709551615", "18446744073709551616",
		"-1", "0x10", "4k", "1.5M", "K", " 4", "99999999999999999999",
	};
	size_t len, at;
	int i;

	len = snprintf(line, size, "%s", any(2) ? sizes[2 + any(4)] :
					 sizes[any(ARRAY_SIZE(sizes))]);
	for (i = any(4); i > 0; i--)
		len += snprintf(line + len, size - len, " %s",
				words[any(ARRAY_SIZE(words))]);
	if (any(2))
		line[len++] = '\n';
	for (i = one_in(4) ? 1 + any(4) : 0; i > 0 && len; i--) {
		at = any(len);
		switch (any(4)) {
		case 0:
			line[at] ^= 1 << any(8);
			break;
		case 1:
			line[at] = any(256);
			break;
		case 2:
			memmove(line + at, line + at + 1, len - at - 1);
			len--;
			break;
		case 3:
			if (2 * len < size) {
				memcpy(line + len, line, len);
				len *= 2;
			}
			break;
		}
	}
	return len;
}

static void write_line(void)
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

static void read_line(void)
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

/* --- mappings -------------------------------------------------------------------------- */

/* Bytes from a place in the arena that stay in it. */
static size_t some_length(const char *at)
{
	const size_t left = arena + ARENA_BYTES - at;
	size_t len = (any(one_in(8) ? 4096 : 40) + 1) * PAGE;

	return len < left ? len : left;
}

static void map_something(void)
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

static void touch_something(void)
{
	char *at = last_map && any(4) ? last_map + any(4) * PAGE : some_place();

	at += any(PAGE);
	COUNT(touches);
	if (touch(at, any(2)))
		COUNT(faults);
}

/* The kernel's own accesses to a mapping. */
static void pass_mapping(void)
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

/* --- the rest ----------------------------------------------------------------------------- */

static void look_around(void)
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

static void try_unload(void)
{
	long ret = unload_lcma();

	COUNT(unloads);
	if (ret != -EAGAIN && ret != -EBUSY)
		wrong("unloading in use: %s", error_name(ret));
}

static void step(void);

/* A child has all that its parent has, for a moment. */
static void fork_something(void)
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

static __thread int depth;

static void step(void)
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

/* What a thread begins with. */
struct start {
	uint32_t seed;
	char *room;
};

static void *thread(void *arg)
{
	const struct start *start = arg;

	chance = start->seed | 1;
	room = start->room;
	while (!counters->stop)
		step();
	return NULL;
}

static char *make_room(void)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + 2 * PAGE, PAGE, PROT_NONE))
		_exit(1);
	return at;
}

/* All that the program needs is mapped before there are holes in the arena. */
static void work(uint32_t seed, bool alone)
{
	const struct rlimit limit = { 96, 96 };
	struct start starts[2] = {
		{ seed, make_room() }, { seed * 0x9e3779b1u, make_room() },
	};
	pthread_t other;
	int i;

	is_alone = alone;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGPIPE, SIG_IGN);	/* of a pipe that the other thread closed */
	catch_faults();
	arena = mmap(NULL, ARENA_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		_exit(1);
	for (i = 0; i < NR_FDS; i++)
		fds[i] = i < NR_DEVICES ? open(DEVICE, O_RDWR | O_CLOEXEC) : -1;
	if (!alone && pthread_create(&other, NULL, thread, &starts[1]))
		_exit(1);
	thread(&starts[0]);
	_exit(0);
}

static pid_t start(uint32_t *state, int nr)
{
	const uint32_t seed = next_random(state);
	pid_t pid = need_fork();

	if (!pid)
		work(seed, nr % 2);
	return pid;
}

static void run(long seconds, uint32_t seed)
{
	const long long until = now_ms() + seconds * 1000;
	pid_t pids[WORKERS];
	uint32_t state = seed;
	int i, status;

	fflush(stdout);
	for (i = 0; i < WORKERS; i++)
		pids[i] = start(&state, i);
	while (now_ms() < until && !counters->wrong) {
		sleep_ms(KILL_MS);
		i = next_random(&state) % WORKERS;
		if (waitpid(pids[i], &status, WNOHANG) == pids[i]) {
			wrong("a worker ended by itself, with status %#x", status);
		} else {
			kill_and_wait(pids[i]);
			COUNT(kills);
		}
		pids[i] = start(&state, i);
	}
	counters->stop = 1;
	for (i = 0; i < WORKERS; i++)
		wait_status(pids[i]);
}

static void free_text(void)
{
	char text[256];

	while (read_text(DEVICE, text, sizeof(text)) > 0)
		;
}

int main(int argc, char **argv)
{
	const long seconds = argc > 1 ? atol(argv[1]) : 20;
	const uint32_t seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	unsigned long long base[2], all;
	struct counters *c;
	int dev, i;

	tap_start();
	counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counters == MAP_FAILED)
		bail_out("no memory");
	c = counters;
	need_lcma(REGIONS);
	base[0] = region_value("main", "base");
	all = region_value("main", "nr_pages");
	dev = open_device();	/* so that no attempt to unload succeeds */
	run(seconds, seed | 1);
	diag("%u steps, %u maps, %u touches of which %u faulted, %u forks, %u killed",
	     c->steps, c->maps, c->touches, c->faults, c->forks, c->kills);
	diag("%u lines, %u refused, %u reads freed, %u from the heap, %u attempts to unload",
	     c->lines, c->lines_refused, c->frees, c->heaps, c->unloads);
	for (i = 0; i < NR_CALLS; i++)
		diag("%s: %u good, %u refused", calls[i].name, c->good[i],
		     c->refused[i]);

	if (!ok(!c->wrong, "every answer is one that the manual has"))
		diag("%s; %u in all; seed %u", c->why, c->wrong, seed);
	for (i = 0; i < NR_CALLS; i++)
		ok(c->good[i] > 0 && c->refused[i] > 0,
		   "%s was good sometimes, and sometimes refused", calls[i].name);
	ok(c->lines && c->lines_refused && c->frees, "so were lines, and reads freed");
	ok(c->maps && c->faults && c->faults < c->touches,
	   "mappings were touched, and missed");
	ok(c->zeroed > 0, "%u buffers were looked at, whether they are zeroed",
	   c->zeroed);
	ok(c->unloads > 0, "unloading was tried, and refused");

	/* Nobody has anything any more. */
	free_text();
	write_text("/sys/module/lcma/parameters/quota_file_kib", "0");
	ok(is_idle("main", 5000), "main: nothing is held at the end");
	ok(is_idle("pool", 5000), "pool: nothing is held at the end");
	is(region_value("some", "used_pages"), 0, "some: nothing is used at the end");
	is(region_value("some", "quarantined_pages"), 0, "some: nor held by anybody");
	i = need_buffer(dev, "main", all * PAGE);
	ok(i >= 0, "all of main can be had");
	close(i);
	close(dev);
	answers(unload_lcma(), 0, "unload");
	need_lcma(REGIONS);
	base[1] = region_value("main", "base");
	ok(base[0] == base[1], "loaded again, main is where it was");
	answers(unload_lcma(), 0, "unload again");
	return tap_finish();
}
