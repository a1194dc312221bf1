// SPDX-License-Identifier: GPL-2.0-only
/*
 * A double of the device, of buffers and of debugfs, linked into cmactl and
 * into the tests of liblcma instead of the system's calls (ld --wrap). It keeps
 * the contract of <linux/lcma.h> on sizes and reserved fields, as the module
 * does; it has no memory, and says nothing of locking or of timing.
 *
 *	FAKE_STATE=FILE		text buffers, kept from one process to the next
 *	FAKE_ROOT=DIR		stands for / below /sys/kernel
 *	FAKE_OPEN=ERRNO		the device cannot be opened
 *	FAKE_ALLOC=ERRNO	nothing can be allocated
 *	FAKE_SLOW=MS		an allocation takes so long
 *	FAKE_DIRTY=1		a new buffer is not zeroed
 *	FAKE_CORRUPT=1		a buffer changes by itself
 *	FAKE_LEAK=1		a buffer stays listed when it is gone
 *	FAKE_NO_MORE=1		a batch holds one buffer at most
 *	FAKE_USER=1		not root: no addresses, no LCMA_LIST_ALL
 *	FAKE_DEBUG=ERRNO	debugfs cannot be read
 *	FAKE_UNMOUNTED=1	nor is it mounted
 *	FAKE_OLD=1		an older module: it tells no map
 *	FAKE_LINE=FILE		gets the line that was written to the device
 *
 *	FAKE_NODES=lt		/dev/lcma (l), /dev/cma_test (t) are there; an
 *				upper-case letter: but not for this user
 *
 * The device is there at /dev/fake, too, and takes lines and ioctls there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/lcma.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NR_FDS		256
#define NR_BUFFERS	64

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_read(int fd, void *to, size_t len);
ssize_t __real_write(int fd, const void *from, size_t len);
int __real_ioctl(int fd, unsigned long request, ...);
FILE *__real_fopen(const char *path, const char *mode);
int __real_statfs(const char *path, struct statfs *fs);

int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_read(int fd, void *to, size_t len);
ssize_t __wrap_write(int fd, const void *from, size_t len);
int __wrap_ioctl(int fd, unsigned long request, ...);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
int __wrap_statfs(const char *path, struct statfs *fs);
int __wrap_statfs64(const char *path, struct statfs *fs);

static enum { FD_NONE, FD_DEVICE, FD_PROGRAMS, FD_BUFFER } kinds[NR_FDS];
static bool has_read[NR_FDS];
static struct lcma_buffer_entry of_fd[NR_FDS];

static struct state {
	uint64_t last_id;
	uint32_t nr;
	struct lcma_buffer_entry entries[NR_BUFFERS];
} *state;

static const char *const names[] = { "cam", "gpu" };

static int setting(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : 0;
}

/* By several threads and processes at once. */
static void make_buffer(struct lcma_buffer_entry *e, const char *region,
			uint64_t bytes, uint32_t flags, const char *comm,
			const char *label)
{
	memset(e, 0, sizeof(*e));
	e->id = __atomic_add_fetch(&state->last_id, 1, __ATOMIC_RELAXED);
	e->bytes = bytes;
	e->align = 4096;
	e->phys = 0x7a800000 + (e->id << 20);
	e->latency_ns = 1234567;
	e->age_ns = 90000000000ULL - e->id * 1000000000ULL;
	e->flags = flags;
	e->pid = flags & LCMA_BUFFER_KERNEL ? 0 : getpid();
	e->uid = getuid();
	e->inode = flags & LCMA_BUFFER_TEXT ? 0 : 4000 + e->id;
	snprintf(e->comm, sizeof(e->comm), "%s", comm);
	snprintf(e->region, sizeof(e->region), "%s", region);
	snprintf(e->label, sizeof(e->label), "%s", label);
}

static void add_buffer(const char *region, uint64_t bytes, uint32_t flags,
		       const char *comm, const char *label)
{
	make_buffer(&state->entries[state->nr++], region, bytes, flags, comm,
		    label);
}

static void load_state(void)
{
	const char *path = getenv("FAKE_STATE");
	bool is_new;
	int fd;

	if (state)
		return;
	fd = path ? __real_open(path, O_RDWR | O_CREAT, 0600) :
		    memfd_create("state", 0);
	is_new = lseek(fd, 0, SEEK_END) == 0;
	if (fd < 0 || (is_new && ftruncate(fd, sizeof(*state))))
		abort();
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	__real_close(fd);
	if (is_new) {
		add_buffer("cam", 4 << 20, LCMA_BUFFER_TEXT, "sh", "camera");
		/* A command name may be anything. */
		add_buffer("cam", 12288, LCMA_BUFFER_TEXT,
			   "\033[31m\"\\\n\xff\xc3\xbc", "");
		add_buffer("gpu", 1 << 20, LCMA_BUFFER_KERNEL, "kworker/0:1",
			   "scanout");
	}
}

/* --- ioctls -------------------------------------------------------------------- */

/* As copy_struct_from_user() does it; then the flags, the second word of all. */
static int take(void *to, size_t known, uint32_t flags, const void *from)
{
	const char *bytes = from;
	uint32_t size, asked, i;

	memcpy(&size, from, sizeof(size));
	if (size < known)
		return -EINVAL;
	for (i = known; i < size; i++)
		if (bytes[i])
			return -E2BIG;
	memset(to, 0, known);
	memcpy(to, from, known);
	memcpy(&asked, (const char *)to + sizeof(size), sizeof(asked));
	return asked & ~flags ? -EOPNOTSUPP : 0;
}

static int give(void *to, const void *from, size_t known)
{
	uint32_t size;

	memcpy(&size, to, sizeof(size));
	memcpy(to, from, size < known ? size : known);
	return 0;
}

static int do_version(void *arg)
{
	struct lcma_version v;
	int err = take(&v, sizeof(v), 0, arg);

	if (err)
		return err;
	v.abi = LCMA_ABI;
	v.minor = 1;
	v.nr_regions = 2;
	v.quota_user = 16 << 20;
	return give(arg, &v, sizeof(v));
}

static int do_region_list(void *arg)
{
	struct lcma_region_list l;
	int err = take(&l, sizeof(l), 0, arg);
	char (*to)[LCMA_NAME_SIZE] = (void *)(uintptr_t)l.names;
	uint32_t i;

	if (err)
		return err;
	for (i = 0; i < 2 && i < l.nr; i++)
		snprintf(to[i], LCMA_NAME_SIZE, "%s", names[i]);
	l.nr = 2;
	return give(arg, &l, sizeof(l));
}

static int find(const char *name)
{
	int i;

	if (!memchr(name, '\0', LCMA_NAME_SIZE))
		return -EINVAL;
	for (i = 0; i < 2; i++)
		if (!strcmp(names[i], name))
			return i;
	return -ENOENT;
}

static int do_region_info(void *arg)
{
	struct lcma_region_info r;
	int err = take(&r, sizeof(r), 0, arg);
	int i = err ? err : find(r.name);

	if (i < 0)
		return i;
	snprintf(r.origin, sizeof(r.origin), i ? "reserve_mem:gpu" : "cma");
	r.attrs = i ? LCMA_REGION_PRIVATE : LCMA_REGION_SHAREABLE;
	r.bytes = i ? 16 << 20 : 64 << 20;
	r.used = i ? 1 << 20 : (4 << 20) + 12288;
	r.pool = i ? r.bytes - r.used : 0;
	r.shared = r.bytes - r.used - r.pool;
	r.largest = 12 << 20;
	r.align = 4096;
	r.granule = 4096;
	r.unit = 8 << 20;
	r.keep_high = i ? ~0ULL : 0;
	r.keep_low = r.keep_high;
	r.allocs = 7;
	r.claimed = r.used + r.pool;
	r.claim_max_us = 1234;
	if (!setting("FAKE_USER")) {
		r.attrs |= LCMA_REGION_PHYS;
		r.phys = i ? 0x90000000 : 0x7a800000;
	}
	return give(arg, &r, sizeof(r));
}

static int do_alloc(void *arg)
{
	struct lcma_alloc a;
	int err = take(&a, sizeof(a), 3, arg);
	int i = err ? err : *a.region ? find(a.region) : 0;

	if (i < 0)
		return i;
	if (!a.len || (a.align & (a.align - 1)) || a.id ||
	    !memchr(a.label, '\0', sizeof(a.label)))
		return -EINVAL;
	if (a.len > (i ? 16 << 20 : 64 << 20))
		return -EFBIG;
	if (setting("FAKE_ALLOC"))
		return -setting("FAKE_ALLOC");
	usleep(setting("FAKE_SLOW") * 1000);
	a.len = (a.len + 4095) / 4096 * 4096;
	a.fd = memfd_create("buffer", MFD_CLOEXEC);
	if (a.fd < 0 || a.fd >= NR_FDS || ftruncate(a.fd, a.len))
		abort();
	kinds[a.fd] = FD_BUFFER;
	make_buffer(&of_fd[a.fd], names[i], a.len, 0, "fake", a.label);
	if (setting("FAKE_LEAK") && !state->entries[NR_BUFFERS - 1].id) {
		state->entries[NR_BUFFERS - 1].id = 1;
		add_buffer(names[i], a.len, 0, "fake", a.label);
	}
	if (setting("FAKE_DIRTY") && pwrite(a.fd, "x", 1, 777) != 1)
		abort();
	if (a.align)
		of_fd[a.fd].align = a.align;
	if (a.at)
		of_fd[a.fd].phys = a.at;
	else if (a.below)
		of_fd[a.fd].phys = a.below - a.len;
	if (a.boundary)
		of_fd[a.fd].align = a.boundary;
	a.id = of_fd[a.fd].id;
	a.latency_ns = of_fd[a.fd].latency_ns;
	return give(arg, &a, sizeof(a));
}

static void censor(struct lcma_buffer_entry *e)
{
	if (setting("FAKE_USER"))
		e->phys = 0;
	else
		e->flags |= LCMA_BUFFER_PHYS;
}

static int do_buffer_info(void *arg)
{
	struct lcma_buffer_info b;
	int err = take(&b, sizeof(b), 0, arg);

	if (err)
		return err;
	if (b.entry_size < sizeof(b.entry) ||
	    b.entry_size > b.size - offsetof(struct lcma_buffer_info, entry))
		return -EINVAL;
	if (b.fd < 0 || b.fd >= NR_FDS || fcntl(b.fd, F_GETFD) < 0)
		return -EBADF;
	if (kinds[b.fd] != FD_BUFFER)
		return -EINVAL;
	b.entry = of_fd[b.fd];
	censor(&b.entry);
	return give(arg, &b, sizeof(b));
}

static int do_buffer_list(void *arg)
{
	struct lcma_buffer_list l;
	struct lcma_buffer_entry e;
	int err = take(&l, sizeof(l), LCMA_LIST_ALL, arg);
	uint32_t i, nr = 0, room = setting("FAKE_NO_MORE") ? 1 : l.nr;

	if (!err)
		err = find(l.region);
	if (err < 0)
		return err;
	if (l.entry_size < sizeof(e))
		return -EINVAL;
	if (l.flags & LCMA_LIST_ALL && setting("FAKE_USER"))
		return -EPERM;
	for (i = 0; i < state->nr && nr < l.nr && nr < room; i++) {
		e = state->entries[i];
		if (strcmp(e.region, l.region) || e.id <= l.after_id)
			continue;
		censor(&e);
		memcpy((char *)(uintptr_t)l.entries + nr++ * l.entry_size, &e,
		       sizeof(e));
	}
	l.nr = nr;
	return give(arg, &l, sizeof(l));
}

static int do_sync(void *arg)
{
	struct lcma_sync s;
	int err = take(&s, sizeof(s), LCMA_SYNC_RW | LCMA_SYNC_END, arg);
	off_t bytes;

	if (err)
		return err;
	bytes = lseek(s.fd, 0, SEEK_END);
	if (bytes < 0)
		return -errno;
	return !(s.flags & LCMA_SYNC_RW) || s.offset >= (uint64_t)bytes ||
	       s.len > (uint64_t)bytes - s.offset ? -EINVAL : 0;
}

static int do_prepare(void *arg)
{
	struct lcma_prepare p;

	return take(&p, sizeof(p), LCMA_PREPARE_F_WAIT | LCMA_PREPARE_F_QUIET, arg);
}

/* FAKE_WHY: two failures, of this process and of another one. */
static int do_failure_list(void *arg)
{
	struct lcma_failure_list l;
	struct lcma_failure_entry e = {
		.seq = 1,
		.bytes = 4 << 20,
		.align = 4096,
		.age_ns = 1000,
		.took_ns = 1200000,
		.longest = 2 << 20,
		.longest_phys = 0x7a900000,
		.aligned = 1 << 20,
		.obstacle = LCMA_HELD_BY_PIN,
		.obstacle_phys = 0x7a801000,
		.err = EBUSY,
		.pid = getpid(),
		.comm = "fake",
		.region = "cam",
		.label = "frame",
		.why = "-EBUSY, 1024 pages aligned to 1: page 0x7a801 is \"pinned\"",
	};
	int err = take(&l, sizeof(l), LCMA_FAILURES_ALL | LCMA_FAILURES_SLOW, arg);
	char *to;
	uint32_t nr = 0;

	if (!err)
		err = find(l.region);
	if (err < 0)
		return err;
	if (l.flags & LCMA_FAILURES_ALL && setting("FAKE_USER"))
		return -EPERM;
	/* FAKE_ERRNO: the first one is of that kind, with that obstacle. */
	if (setting("FAKE_ERRNO"))
		e.err = setting("FAKE_ERRNO");
	if (l.flags & LCMA_FAILURES_SLOW)
		e.err = 0;
	if (getenv("FAKE_OBSTACLE"))
		e.obstacle = setting("FAKE_OBSTACLE");
	if (setting("FAKE_LONGEST"))
		e.longest = setting("FAKE_LONGEST");
	e.bound_by = setting("FAKE_BOUND");
	if (setting("FAKE_WANT"))
		e.bytes = setting("FAKE_WANT");
	if (getenv("FAKE_ERRNO") && l.nr)
		l.nr = 1;
	to = (char *)(uintptr_t)l.entries;
	if (setting("FAKE_WHY") && !err && l.nr)
		memcpy(to + nr++ * l.entry_size, &e, sizeof(e));
	if (setting("FAKE_WHY") && !err && l.nr > nr) {
		e.seq = 2;
		e.pid = 1;
		e.flags = LCMA_FAILURE_GONE | LCMA_FAILURE_KERNEL |
			  LCMA_FAILURE_PHYS;
		strcpy(e.why, "-ENOSPC, of somebody else");
		memcpy(to + nr++ * l.entry_size, &e, sizeof(e));
	}
	l.nr = nr;
	return give(arg, &l, sizeof(l));
}

/*
 * As big as do_region_info() says. FAKE_OLD: a module without this call.
 *
 *	cam	4 MiB and 12 KiB used; 52 KiB in use; a pin; the rest is free
 *	gpu	1 MiB used, the rest is pool
 */
static int do_region_map(void *arg)
{
	static const struct lcma_map_entry cam[] = {
		{ 0, 4 << 20, LCMA_STATE_USED, 0 },
		{ 4 << 20, 12288, LCMA_STATE_USED, 0 },
		{ 0x403000, 53248, LCMA_STATE_SHARED, LCMA_CONTENT_IN_USE },
		{ 0x410000, 4096, LCMA_STATE_SHARED, LCMA_CONTENT_PIN },
		{ 0x411000, 0x3bef000, LCMA_STATE_SHARED, LCMA_CONTENT_UNUSED },
	}, gpu[] = {
		{ 0, 1 << 20, LCMA_STATE_USED, 0 },
		{ 1 << 20, 15 << 20, LCMA_STATE_POOL, 0 },
	};
	struct lcma_region_map m;
	int err = take(&m, sizeof(m), LCMA_MAP_LOOK, arg);
	int i = err ? err : find(m.region);
	uint32_t at, nr = 0, all = i ? 2 : 5;
	struct lcma_map_entry e;

	if (i < 0)
		return i;
	if (m.flags & LCMA_MAP_LOOK && setting("FAKE_USER"))
		return -EPERM;
	for (at = 0; at < all && nr < m.nr; at++) {
		e = i ? gpu[at] : cam[at];
		if (e.offset < m.from || (setting("FAKE_NO_MORE") && nr))
			continue;
		if (!(m.flags & LCMA_MAP_LOOK))
			e.content = LCMA_CONTENT_UNSEEN;
		memcpy((char *)(uintptr_t)m.entries + nr++ * m.entry_size, &e,
		       sizeof(e));
		m.from = e.offset + e.bytes;
	}
	m.nr = nr;
	return give(arg, &m, sizeof(m));
}

static int device_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case LCMA_IOC_VERSION:
		return do_version(arg);
	case LCMA_IOC_REGION_LIST:
		return do_region_list(arg);
	case LCMA_IOC_REGION_INFO:
		return do_region_info(arg);
	case LCMA_IOC_ALLOC:
		return do_alloc(arg);
	case LCMA_IOC_BUFFER_INFO:
		return do_buffer_info(arg);
	case LCMA_IOC_FAILURE_LIST:
		return do_failure_list(arg);
	case LCMA_IOC_BUFFER_LIST:
		return do_buffer_list(arg);
	case LCMA_IOC_PREPARE:
		return do_prepare(arg);
	case LCMA_IOC_SYNC:
		return do_sync(arg);
	case LCMA_IOC_REGION_MAP:
		return setting("FAKE_OLD") ? -ENOTTY : do_region_map(arg);
	default:
		return -ENOTTY;
	}
}

/* The first call is interrupted, as a device's fence may be. */
static int buffer_ioctl(int fd, unsigned long request, const void *arg)
{
	static bool again;
	struct dma_buf_sync sync;

	if (request != DMA_BUF_IOCTL_SYNC)
		return -ENOTTY;
	memcpy(&sync, arg, sizeof(sync));
	if (sync.flags & ~DMA_BUF_SYNC_VALID_FLAGS_MASK ||
	    !(sync.flags & DMA_BUF_SYNC_RW))
		return -EINVAL;
	if (setting("FAKE_CORRUPT") && sync.flags == DMA_BUF_SYNC_READ &&
	    pwrite(fd, "x", 1, 2000) != 1)
		abort();
	again = !again;
	return again ? -EINTR : 0;
}

/* --- the calls -------------------------------------------------------------------- */

static int result(int ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* Return: the kind of a node; FD_NONE: no node of ours; a negative errno. */
static int node(const char *path)
{
	const char *nodes = getenv("FAKE_NODES");
	char letter;

	if (!strcmp(path, "/dev/fake"))
		return FD_DEVICE;
	if (!strcmp(path, "/dev/lcma"))
		letter = 'l';
	else if (!strcmp(path, "/dev/cma_test"))
		letter = 't';
	else
		return FD_NONE;
	if (nodes && strchr(nodes, letter - 'a' + 'A'))
		return -EACCES;
	if (!nodes || !strchr(nodes, letter))
		return -ENOENT;
	return letter == 'l' ? FD_PROGRAMS : FD_DEVICE;
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int fd, mode, kind;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	kind = node(path);
	if (kind < 0)
		return result(kind);
	if (kind == FD_NONE)
		return __real_open(path, flags, mode);
	if (setting("FAKE_OPEN"))
		return result(-setting("FAKE_OPEN"));
	load_state();
	fd = memfd_create("device", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
	if (fd < 0 || fd >= NR_FDS)
		abort();
	kinds[fd] = kind;
	has_read[fd] = false;
	return fd;
}

int __wrap_open64(const char *path, int flags, ...)
{
	return __wrap_open(path, flags, 0);
}

int __wrap_close(int fd)
{
	if (fd >= 0 && fd < NR_FDS)
		kinds[fd] = FD_NONE;
	return __real_close(fd);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (fd >= 0 && fd < NR_FDS &&
	    (kinds[fd] == FD_DEVICE || kinds[fd] == FD_PROGRAMS))
		return result(device_ioctl(request, arg));
	if (fd >= 0 && fd < NR_FDS && kinds[fd] == FD_BUFFER)
		return result(buffer_ioctl(fd, request, arg));
	return __real_ioctl(fd, request, arg);
}

/* The oldest text buffer; slots are not played. */
ssize_t __wrap_read(int fd, void *to, size_t len)
{
	struct lcma_buffer_entry e;
	char phys[20];
	uint32_t i;

	if (fd < 0 || fd >= NR_FDS || kinds[fd] != FD_DEVICE)
		return __real_read(fd, to, len);
	for (i = 0; i < state->nr; i++)
		if (state->entries[i].flags & LCMA_BUFFER_TEXT)
			break;
	if (i == state->nr || has_read[fd])
		return 0;
	has_read[fd] = true;
	e = state->entries[i];
	state->nr--;
	memmove(&state->entries[i], &state->entries[i + 1],
		(state->nr - i) * sizeof(e));
	snprintf(phys, sizeof(phys), "%#llx", (unsigned long long)e.phys);
	return snprintf(to, len,
			"freed slot=- bytes=%llu phys=%s region=%s label=%s held_ms=5210\n",
			(unsigned long long)e.bytes,
			setting("FAKE_USER") ? "-" : phys, e.region,
			*e.label ? e.label : "-");
}

ssize_t __wrap_write(int fd, const void *from, size_t len)
{
	char line[300], label[LCMA_LABEL_SIZE] = "", region[32] = "cam", *word;
	unsigned long long kib;

	if (fd >= 0 && fd < NR_FDS && kinds[fd] == FD_PROGRAMS)
		return result(-EINVAL);
	if (fd < 0 || fd >= NR_FDS || kinds[fd] != FD_DEVICE)
		return __real_write(fd, from, len);
	if (setting("FAKE_ALLOC"))
		return result(-setting("FAKE_ALLOC"));
	snprintf(line, sizeof(line), "%.*s", (int)len, (const char *)from);
	if (getenv("FAKE_LINE")) {	/* for the test to compare */
		FILE *file = __real_fopen(getenv("FAKE_LINE"), "w");

		fputs(line, file);
		fclose(file);
	}
	if (sscanf(line, "%lluK", &kib) != 1 || line[len - 1] != '\n')
		return result(-EINVAL);
	word = strstr(line, " label=");
	if (word)
		sscanf(word, " label=%31s", label);
	word = strstr(line, " region=");
	if (word)
		sscanf(word, " region=%31s", region);
	add_buffer(region, kib << 10, LCMA_BUFFER_TEXT, "cmactl", label);
	return len;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *root = getenv("FAKE_ROOT");
	char other[4096];

	if (!root || strncmp(path, "/sys/kernel/", 12))
		return __real_fopen(path, mode);
	if (setting("FAKE_DEBUG") && !strncmp(path, "/sys/kernel/debug/", 18)) {
		errno = setting("FAKE_DEBUG");
		return NULL;
	}
	snprintf(other, sizeof(other), "%s%s", root, path);
	return __real_fopen(other, mode);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __wrap_fopen(path, mode);
}

int __wrap_statfs(const char *path, struct statfs *fs)
{
	int ret = __real_statfs(path, fs);

	if (getenv("FAKE_ROOT"))
		fs->f_type = setting("FAKE_UNMOUNTED") ? 0 : DEBUGFS_MAGIC;
	return ret;
}

int __wrap_statfs64(const char *path, struct statfs *fs)
{
	return __wrap_statfs(path, fs);
}
