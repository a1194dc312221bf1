// SPDX-License-Identifier: GPL-2.0-only
/* program.c - see program.h. */

#include "program.h"

struct tally *tally;

void tap_start(void)
{
	const char *count = getenv("TAP_COUNT");

	setvbuf(stdout, NULL, _IOLBF, 0);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		exit(2);
	tally->count = count ? atoi(count) : 0;
}

int tap_finish(void)
{
	const char *path = getenv("TAP_REPORT");
	FILE *report = path ? fopen(path, "w") : NULL;

	if (report) {
		fprintf(report, "%d %d\n", tally->count, tally->failed);
		fclose(report);
	}
	return tally->failed ? 1 : 0;
}

void diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

void bail_out(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("Bail out! ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	exit(1);
}

bool ok(bool passed, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tally->count++;
	if (!passed)
		tally->failed++;
	printf("%sok %d - ", passed ? "" : "not ", tally->count);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	return passed;
}

void skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tally->count, what, why);
}

bool is(long long got, long long wanted, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (got != wanted)
		diag("got %lld (%#llx), wanted %lld (%#llx)", got, got, wanted,
		     wanted);
	return ok(got == wanted, "%s", text);
}

const char *error_name(long ret)
{
	const char *name = ret < 0 ? strerrorname_np(-ret) : "ok";

	return name ? name : "?";
}

bool answers(long got, long wanted, const char *format, ...)
{
	const bool passed = wanted ? got == wanted : got >= 0;
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!passed)
		diag("got %s, wanted %s", error_name(got), error_name(wanted));
	return ok(passed, "%s: %s", text, error_name(wanted));
}

bool same_text(const char *got, const char *wanted,
	       const char *what)
{
	if (strcmp(got, wanted))
		diag("got '%s', wanted '%s'", got, wanted);
	return ok(!strcmp(got, wanted), "%s", what);
}

unsigned long page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

long write_text(const char *path, const char *text)
{
	long fd = CALL(open(path, O_WRONLY | O_CLOEXEC));
	long ret;

	if (fd < 0)
		return fd;
	ret = CALL(write(fd, text, strlen(text)));
	close(fd);
	return ret;
}

long read_text(const char *path, char *text, size_t size)
{
	long fd = CALL(open(path, O_RDONLY | O_CLOEXEC));
	long ret;
	size_t len = 0;

	text[0] = '\0';
	if (fd < 0)
		return fd;
	while ((ret = CALL(read(fd, text + len, size - 1 - len))) > 0)
		len += ret;
	text[len] = '\0';
	close(fd);
	return ret < 0 ? ret : (long)len;
}

unsigned long long read_number(const char *path)
{
	char text[64];

	if (read_text(path, text, sizeof(text)) < 0)
		return ~0ULL;
	return strtoull(text, NULL, 0);
}

int count_fds(void)
{
	int fd, nr = 0;

	for (fd = 0; fd < 1024; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

long load_lcma(const char *parameters)
{
	long fd = CALL(open("/lcma.ko", O_RDONLY | O_CLOEXEC));
	char text[1024];
	long ret;

	if (fd < 0)
		return fd;
	snprintf(text, sizeof(text), "default_keep=0 %s", parameters);
	ret = CALL(syscall(SYS_finit_module, (int)fd, text, 0));
	close(fd);
	return ret;
}

long unload_lcma(void)
{
	return CALL(syscall(SYS_delete_module, "lcma", O_NONBLOCK));
}

void need_lcma(const char *parameters)
{
	long ret = load_lcma(parameters);

	if (ret)
		bail_out("lcma does not load with %s: %s", parameters,
			 error_name(ret));
}

unsigned long long region_value(const char *region,
				const char *key)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/lcma/%s/%s", region, key);
	return read_number(path);
}

unsigned long used_bytes(const char *region)
{
	return region_value(region, "used_pages") * page_bytes();
}

int count_buffers(const char *region)
{
	static char text[256 * KIB];
	char path[128], *at = text;
	int nr = 0;

	snprintf(path, sizeof(path), "/sys/kernel/debug/lcma/%s/buffers",
		 region);
	if (read_text(path, text, sizeof(text)) < 0)
		return -1;
	while ((at = strchr(at, '\n'))) {
		nr++;
		at++;
	}
	return nr;
}

long lcma_call(int dev, unsigned int cmd, void *arg)
{
	return CALL(ioctl(dev, cmd, arg));
}

int open_device(void)
{
	int dev = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (dev < 0)
		bail_out("%s: %m", DEVICE);
	return dev;
}

struct lcma_alloc alloc_for(const char *region, uint64_t len)
{
	struct lcma_alloc alloc = { .size = sizeof(alloc), .len = len };

	strncpy(alloc.region, region, sizeof(alloc.region) - 1);
	return alloc;
}

int alloc_buffer(int dev, const char *region, uint64_t len)
{
	struct lcma_alloc alloc = alloc_for(region, len);
	long ret = lcma_call(dev, LCMA_IOC_ALLOC, &alloc);

	return ret ? ret : alloc.fd;
}

int need_buffer(int dev, const char *region, uint64_t len)
{
	int fd = alloc_buffer(dev, region, len);

	if (fd < 0)
		bail_out("no buffer of %llu bytes in %s: %s",
			 (unsigned long long)len, region, error_name(fd));
	return fd;
}

long buffer_info(int dev, int fd, struct lcma_buffer_entry *entry)
{
	struct lcma_buffer_info info = {
		.size = sizeof(info), .fd = fd, .entry_size = sizeof(info.entry),
	};
	long ret = lcma_call(dev, LCMA_IOC_BUFFER_INFO, &info);

	*entry = info.entry;
	return ret;
}

long region_info(int dev, const char *region,
		 struct lcma_region_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	strncpy(info->name, region, sizeof(info->name) - 1);
	return lcma_call(dev, LCMA_IOC_REGION_INFO, info);
}

long list_buffers(int dev, const char *region, uint32_t flags,
		  struct lcma_buffer_entry *entries, uint32_t nr)
{
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.flags = flags,
		.nr = nr,
		.entry_size = sizeof(*entries),
		.entries = (uintptr_t)entries,
	};
	long ret;

	strncpy(list.region, region, sizeof(list.region) - 1);
	ret = lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list);
	return ret ? ret : (long)list.nr;
}

char *map_part(int fd, size_t len, off_t offset)
{
	char *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 offset);

	if (map == MAP_FAILED)
		bail_out("mmap of %zu bytes from %ld: %m", len, (long)offset);
	return map;
}

char *map_buffer(int fd, size_t len)
{
	return map_part(fd, len, 0);
}

/* Whose buffers there are. */
static void tell_buffers(const char *region)
{
	char text[4 * KIB], path[128], *line, *rest = text;

	snprintf(path, sizeof(path), "/sys/kernel/debug/lcma/%s/buffers",
		 region);
	read_text(path, text, sizeof(text));
	while ((line = strsep(&rest, "\n")))
		if (*line)
			diag("%s", line);
}

bool is_idle(const char *region, long wait_ms)
{
	const long long until = now_ms() + wait_ms;
	unsigned long long used, busy, pool, shared, all, held;
	char keep[32], path[128];

	snprintf(path, sizeof(path), "/sys/kernel/lcma/%s/keep", region);
	read_text(path, keep, sizeof(keep));
	all = region_value(region, "nr_pages");
	do {
		used = region_value(region, "used_pages");
		busy = region_value(region, "busy_pages");
		pool = region_value(region, "pool_pages");
		shared = region_value(region, "shared_pages");
		held = region_value(region, "quarantined_pages");
		if (!used && !busy && !held && !count_buffers(region) &&
		    (strncmp(keep, "all", 3) ? shared : pool) == all)
			return true;
		sleep_ms(20);
	} while (now_ms() < until);
	diag("%s: used %llu, busy %llu, pool %llu, shared %llu, held %llu of %llu, %d buffers",
	     region, used, busy, pool, shared, held, all,
	     count_buffers(region));
	tell_buffers(region);
	return false;
}

void holds(unsigned long bytes, const char *format, ...)
{
	unsigned long got = used_bytes("main");
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (got != bytes)
		diag("main: %lu bytes are used, wanted %lu", got, bytes);
	ok(got == bytes && count_buffers("main") == !!bytes,
	   "%s: %lu KiB are used, %s buffer is listed", text, bytes / KIB,
	   bytes ? "one" : "no");
}

uint32_t pattern(uint32_t tag, size_t word)
{
	const uint32_t mixed = tag * 0x85ebca6bu + word * 0x9e3779b1u;

	return (mixed ^ mixed >> 15) | 1;
}

void fill(void *map, size_t len, uint32_t tag)
{
	uint32_t *words = map;
	size_t i;

	for (i = 0; i < len / 4; i++)
		words[i] = pattern(tag, i);
}

size_t first_difference(const void *map, size_t len, uint32_t tag)
{
	const uint32_t *words = map;
	size_t i;

	for (i = 0; i < len / 4; i++)
		if (words[i] != pattern(tag, i))
			return i * 4;
	return len;
}

bool has_pattern(const void *map, size_t len, uint32_t tag)
{
	size_t at = first_difference(map, len, tag);

	if (at < len)
		diag("byte %#zx is %#x, wanted %#x", at,
		     ((const uint32_t *)map)[at / 4], pattern(tag, at / 4));
	return at == len;
}

bool is_zero(const void *map, size_t len)
{
	const uint32_t *words = map;
	size_t i;

	for (i = 0; i < len / 4; i++) {
		if (words[i]) {
			diag("byte %#zx is %#x, wanted 0", i * 4, words[i]);
			return false;
		}
	}
	return true;
}

void *need_shared(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		bail_out("no %zu bytes to share: %m", len);
	return at;
}

pid_t need_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork: %m");
	return pid;
}

int wait_status(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		bail_out("uid %u: %m", uid);
}

void in_child(uid_t uid, void (*run)(void *), void *arg)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		if (uid)
			become(uid);
		run(arg);
		fflush(stdout);
		_exit(0);
	}
	status = wait_status(pid);
	if (status)
		ok(false, "the child ended with status %#x", status);
}

void kill_and_wait(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_status(pid);
}

__thread sigjmp_buf fault_jump;

__thread volatile bool fault_expected;

void on_fault(int number)
{
	if (fault_expected)
		siglongjmp(fault_jump, number);
	signal(number, SIG_DFL);
	raise(number);
}

void catch_faults(void)
{
	struct sigaction action = { .sa_handler = on_fault };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int touch(volatile char *at, bool write)
{
	volatile int number;

	number = sigsetjmp(fault_jump, 1);
	if (!number) {
		fault_expected = true;
		if (write)
			*at = *at;
		else
			(void)*at;
	}
	fault_expected = false;
	return number;
}

long send_fd(int sock, const void *text, size_t len, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec iov = { (void *)text, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	long ret;

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	ret = CALL(sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL));
	return ret < 0 ? ret : 0;
}

long receive_fd(int sock, void *text, size_t len, int flags)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct iovec iov = { text, len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	long ret = CALL(recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC));
	int fd;

	if (ret < 0)
		return ret;
	if (!msg.msg_controllen || control.head.cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}
