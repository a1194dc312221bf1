// SPDX-License-Identifier: MIT
/*
 * The calls: see liblcma.h.
 */
#include "liblcma.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

/* lcma_for_each_buffer() lists as many buffers at a time as fit here. */
#define BATCH_BYTES	8192

/* Addresses of large mappings are multiples of this. */
#define HUGE_BYTES	((size_t)2 << 20)

/* The first version of the options ended here. */
#define OPTIONS_SIZE_MIN \
	(offsetof(struct lcma_options, label) + sizeof(const char *))

static int call(int device, unsigned long request, void *argument)
{
	return ioctl(device, request, argument) < 0 ? -errno : 0;
}

/* Return: 0; @err if the text and its NUL do not fit, nothing copied then. */
static int copy_text(char *to, size_t size, const char *from, int err)
{
	size_t len = from ? strlen(from) : 0;

	if (len >= size)
		return err;
	memset(to, 0, size);
	if (len)
		memcpy(to, from, len);
	return 0;
}

static int open_path(const char *path)
{
	struct lcma_version version;
	int device, err;

	device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	err = lcma_get_version(device, &version);
	if (err) {
		close(device);
		return err == -EINVAL ? -ENOTTY : err;
	}
	return device;
}

/* What the caller or the environment says; NULL: neither does. */
static const char *wanted_path(const char *path)
{
	if (!path)
		path = secure_getenv("LCMA_DEVICE");
	return path && *path ? path : NULL;
}

int lcma_open(const char *path)
{
	int device;

	path = wanted_path(path);
	if (path)
		return open_path(path);
	device = open_path(LCMA_DEVICE_PATH);
	/* A module of ABI 1 has one device for all. */
	return device == -ENODEV ? open_path(LCMA_TEXT_PATH) : device;
}

int lcma_open_text(const char *path)
{
	path = wanted_path(path);
	return open_path(path ? path : LCMA_TEXT_PATH);
}

void lcma_close(int device)
{
	if (device >= 0)
		close(device);
}

const char *lcma_library_version(void)
{
	return LIBLCMA_VERSION;
}

int lcma_get_version_sized(int device, struct lcma_version *version,
			   size_t size)
{
	memset(version, 0, size);
	version->size = size;
	return call(device, LCMA_IOC_VERSION, version);
}

int lcma_get_regions(int device, char (*names)[LCMA_NAME_SIZE], uint32_t nr)
{
	struct lcma_region_list list = {
		.size = sizeof(list),
		.nr = nr,
		.names = (uintptr_t)names,
	};
	int err = call(device, LCMA_IOC_REGION_LIST, &list);

	return err ? err : (int)list.nr;
}

int lcma_get_region_sized(int device, const char *name,
			  struct lcma_region_info *info, size_t size)
{
	int err;

	memset(info, 0, size);
	info->size = size;
	err = copy_text(info->name, sizeof(info->name), name, -ENOENT);
	return err ? err : call(device, LCMA_IOC_REGION_INFO, info);
}

/* What the caller's version of the options says, in ours. */
static int read_options(const struct lcma_options *from,
			struct lcma_options *options)
{
	const char *bytes = (const char *)from;
	size_t i;

	memset(options, 0, sizeof(*options));
	if (!from)
		return 0;
	if (from->size < OPTIONS_SIZE_MIN)
		return -EINVAL;
	for (i = sizeof(*options); i < from->size; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(options, from, from->size < sizeof(*options) ?
			      from->size : sizeof(*options));
	return options->reserved ? -E2BIG : 0;
}

int lcma_allocate(int device, uint64_t *bytes,
		  const struct lcma_options *options)
{
	struct lcma_alloc alloc = { .size = sizeof(alloc), .len = *bytes };
	struct lcma_options o;
	int err;

	err = read_options(options, &o);
	if (!err)
		err = copy_text(alloc.region, sizeof(alloc.region), o.region,
				-ENOENT);
	if (!err)
		err = copy_text(alloc.label, sizeof(alloc.label), o.label,
				-EINVAL);
	if (err)
		return err;
	alloc.flags = o.flags;
	alloc.align = o.align;
	alloc.timeout_ms = o.timeout_ms;
	alloc.below = o.below;
	alloc.at = o.at;
	alloc.boundary = o.boundary;
	err = call(device, LCMA_IOC_ALLOC, &alloc);
	if (err)
		return err;
	*bytes = alloc.len;
	return alloc.fd;
}

void lcma_free(int buffer)
{
	if (buffer >= 0)
		close(buffer);
}

int lcma_get_buffer_sized(int device, int buffer,
			  struct lcma_buffer_entry *entry, size_t size)
{
	/* The entry stands last, so that it can grow. */
	const size_t head = offsetof(struct lcma_buffer_info, entry);
	union {
		struct lcma_buffer_info info;
		char room[1024];
	} u;
	int err;

	memset(&u, 0, sizeof(u));
	if (size > sizeof(u) - head)
		return -E2BIG;
	u.info.size = head + size;
	u.info.fd = buffer;
	u.info.entry_size = size;
	err = call(device, LCMA_IOC_BUFFER_INFO, &u);
	if (!err)
		memcpy(entry, u.room + head, size);
	return err;
}

int lcma_list_buffers_sized(int device, const char *region, uint32_t flags,
			    uint64_t after_id,
			    struct lcma_buffer_entry *entries, uint32_t nr,
			    size_t entry_size)
{
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.flags = flags,
		.after_id = after_id,
		.nr = nr,
		.entry_size = entry_size,
		.entries = (uintptr_t)entries,
	};
	int err;

	err = copy_text(list.region, sizeof(list.region), region, -ENOENT);
	if (err)
		return err;
	/* An older module leaves alone what it does not know. */
	if (nr)
		memset(entries, 0, nr * entry_size);
	err = call(device, LCMA_IOC_BUFFER_LIST, &list);
	return err ? err : (int)list.nr;
}

int lcma_for_each_buffer_sized(int device, const char *region, uint32_t flags,
			       lcma_visitor visit, void *data,
			       size_t entry_size)
{
	_Alignas(struct lcma_buffer_entry) char batch[BATCH_BYTES];
	const struct lcma_buffer_entry *entry;
	uint32_t room;
	uint64_t after_id = 0;
	int i, nr, ret;

	if (entry_size < sizeof(entry->id) || entry_size > sizeof(batch))
		return -EINVAL;
	room = sizeof(batch) / entry_size;
	do {
		nr = lcma_list_buffers_sized(device, region, flags, after_id,
					     (void *)batch, room, entry_size);
		for (i = 0; i < nr; i++) {
			entry = (const void *)(batch + i * entry_size);
			after_id = entry->id;
			ret = visit(entry, data);
			if (ret)
				return ret;
		}
	} while (nr > 0);
	return nr;
}

int lcma_list_failures_sized(int device, const char *region, uint32_t flags,
			     uint64_t after_seq,
			     struct lcma_failure_entry *entries, uint32_t nr,
			     size_t entry_size)
{
	struct lcma_failure_list list = {
		.size = sizeof(list),
		.flags = flags,
		.after_seq = after_seq,
		.nr = nr,
		.entry_size = entry_size,
		.entries = (uintptr_t)entries,
	};
	int err;

	err = copy_text(list.region, sizeof(list.region), region, -ENOENT);
	if (err)
		return err;
	/* An older module leaves alone what it does not know. */
	if (nr)
		memset(entries, 0, nr * entry_size);
	err = call(device, LCMA_IOC_FAILURE_LIST, &list);
	return err ? err : (int)list.nr;
}

int lcma_get_map_sized(int device, const char *region, uint32_t flags,
		       uint64_t *from, struct lcma_map_entry *entries,
		       uint32_t nr, size_t entry_size)
{
	struct lcma_region_map map = {
		.size = sizeof(map),
		.flags = flags,
		.from = *from,
		.nr = nr,
		.entry_size = entry_size,
		.entries = (uintptr_t)entries,
	};
	int err;

	err = copy_text(map.region, sizeof(map.region), region, -ENOENT);
	if (err)
		return err;
	/* An older module leaves alone what it does not know. */
	if (nr)
		memset(entries, 0, nr * entry_size);
	err = call(device, LCMA_IOC_REGION_MAP, &map);
	if (err)
		return err;
	*from = map.from;
	return map.nr;
}

/*
 * An address for so much that one entry of a higher page table (2 MiB) can map what
 * stands there: free at the moment, and a hint, which mmap() need not follow.
 * Return: NULL: any.
 */
static void *find_address(size_t bytes)
{
	uintptr_t at;
	void *p;

	/* 32-bit kernels have no such entries, and no addresses to waste. */
	if (sizeof(void *) < 8 || bytes < HUGE_BYTES)
		return NULL;
	p = mmap(NULL, bytes + HUGE_BYTES, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	at = ((uintptr_t)p + HUGE_BYTES - 1) & ~(uintptr_t)(HUGE_BYTES - 1);
	munmap(p, bytes + HUGE_BYTES);
	return (void *)at;
}

int lcma_map(int buffer, int access, void **address, uint64_t *bytes)
{
	int prot = PROT_NONE;
	off_t end;
	void *p;

	if (!access || (access & ~LCMA_ACCESS_RW))
		return -EINVAL;
	if (access & LCMA_ACCESS_READ)
		prot |= PROT_READ;
	if (access & LCMA_ACCESS_WRITE)
		prot |= PROT_WRITE;
	end = lseek(buffer, 0, SEEK_END);
	if (end < 0)
		return -errno;
	if ((uint64_t)end > SIZE_MAX)
		return -EOVERFLOW;
	/* A dma-buf can only be sought to its end and to its beginning. */
	lseek(buffer, 0, SEEK_SET);
	p = mmap(find_address(end), end, prot, MAP_SHARED, buffer, 0);
	if (p == MAP_FAILED)
		return -errno;
	*address = p;
	if (bytes)
		*bytes = end;
	return 0;
}

int lcma_unmap(void *address, uint64_t bytes)
{
	if (bytes > SIZE_MAX)
		return -EINVAL;
	return munmap(address, bytes) ? -errno : 0;
}

static int sync_cpu(int buffer, int access, uint64_t when)
{
	struct dma_buf_sync sync = { .flags = when };
	int err;

	if (!access || (access & ~LCMA_ACCESS_RW))
		return -EINVAL;
	if (access & LCMA_ACCESS_READ)
		sync.flags |= DMA_BUF_SYNC_READ;
	if (access & LCMA_ACCESS_WRITE)
		sync.flags |= DMA_BUF_SYNC_WRITE;
	do {
		err = call(buffer, DMA_BUF_IOCTL_SYNC, &sync);
	} while (err == -EINTR || err == -EAGAIN);
	return err;
}

int lcma_sync(int device, int buffer, uint32_t flags, uint64_t offset,
	      uint64_t bytes)
{
	struct lcma_sync sync = {
		.size = sizeof(sync),
		.flags = flags,
		.fd = buffer,
		.offset = offset,
		.len = bytes,
	};
	int err;

	do {
		err = call(device, LCMA_IOC_SYNC, &sync);
	} while (err == -EINTR || err == -EAGAIN);
	return err;
}

int lcma_prepare_sized(int device, struct lcma_prepare *prepare, size_t size)
{
	prepare->size = size;
	return call(device, LCMA_IOC_PREPARE, prepare);
}

int lcma_begin_cpu(int buffer, int access)
{
	return sync_cpu(buffer, access, DMA_BUF_SYNC_START);
}

int lcma_end_cpu(int buffer, int access)
{
	return sync_cpu(buffer, access, DMA_BUF_SYNC_END);
}
