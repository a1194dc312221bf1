/* SPDX-License-Identifier: MIT */
/*
 * liblcma: contiguous buffers for programs, without the ioctls.
 *
 *	int device = lcma_open(NULL);
 *	uint64_t bytes = 8 << 20;
 *	struct lcma_options options = LCMA_OPTIONS_INIT;
 *	void *memory;
 *
 *	options.label = "camera";
 *	int buffer = lcma_allocate(device, &bytes, &options);
 *	if (buffer < 0)
 *		die(lcma_strerror(buffer));
 *	lcma_map(buffer, LCMA_ACCESS_RW, &memory, &bytes);
 *	lcma_begin_cpu(buffer, LCMA_ACCESS_RW);
 *	memset(memory, 0xff, bytes);
 *	lcma_end_cpu(buffer, LCMA_ACCESS_RW);
 *	lcma_unmap(memory, bytes);
 *	lcma_free(buffer);
 *
 * A device and a buffer are file descriptors, close-on-exec. A buffer is a
 * dma-buf: hand the descriptor to a driver, or send it over a socket to a process; its
 * memory goes back when the last descriptor, mapping and attachment is gone.
 *
 * Functions that can fail return a negative errno and leave errno unspecified;
 * lcma_strerror() has a sentence for it, with what to do. The library keeps no
 * state: every function may be called from any thread, at any time.
 *
 * Structures of the kernel (struct lcma_region_info and others) are described
 * in <linux/lcma.h>. The functions with sizes in them are what a C or C++ program
 * calls: it keeps working with a newer library or module, and one compiled with
 * newer headers finds 0 in the fields that an older module does not know. The
 * names without _sized are exported as well, for ctypes and the like: they know
 * the structures of ABI 2, and will not grow.
 */
#ifndef LIBLCMA_H
#define LIBLCMA_H

#include <stddef.h>
#include <stdint.h>

#include <linux/lcma.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The devices, unless the environment's LCMA_DEVICE says another. */
#define LCMA_DEVICE_PATH	"/dev/lcma"	/* ioctls, for programs */
#define LCMA_TEXT_PATH		"/dev/cma_test"	/* lines and ioctls */

/* What the CPU does with a buffer. */
#define LCMA_ACCESS_READ	1
#define LCMA_ACCESS_WRITE	2
#define LCMA_ACCESS_RW		(LCMA_ACCESS_READ | LCMA_ACCESS_WRITE)

/**
 * lcma_open - open the device
 * @path: its path; NULL: LCMA_DEVICE from the environment (not in a set-user-ID
 *	program), else LCMA_DEVICE_PATH, or where that does not exist (a module
 *	of ABI 1) LCMA_TEXT_PATH
 *
 * Return: a descriptor; -ENODEV no such device, the module is not loaded;
 * -EACCES not allowed; -ENOTTY this is another device, or an lcma without
 * ioctls; another error of open().
 */
int lcma_open(const char *path);

/**
 * lcma_open_text - open the text device, for lines to be written and read
 * @path: its path; NULL: LCMA_DEVICE from the environment (not in a set-user-ID
 *	program), else LCMA_TEXT_PATH
 *
 * It has the ioctls, too. Whoever may open it may free everybody's text buffers.
 *
 * Return: as lcma_open().
 */
int lcma_open_text(const char *path);

/**
 * lcma_close - close the device
 * @device: from lcma_open(); negative: nothing is done
 *
 * Buffers live on.
 */
void lcma_close(int device);

/**
 * lcma_library_version - which library this is
 *
 * Return: "0.1.0", of the library that is linked, not of the header.
 */
const char *lcma_library_version(void);

/**
 * lcma_get_version - which module answers, and its limits
 * @device: from lcma_open()
 * @version: is filled in
 *
 * Return: 0; -ENOTTY.
 */
int lcma_get_version(int device, struct lcma_version *version);
#define lcma_get_version(device, version) \
	lcma_get_version_sized(device, version, sizeof(struct lcma_version))
int lcma_get_version_sized(int device, struct lcma_version *version,
			   size_t size);

/**
 * lcma_get_regions - the names of the regions
 * @device: from lcma_open()
 * @names: room for the names, in the order in which a request without a region
 *	tries them; may be NULL if @nr is 0
 * @nr: how many names fit
 *
 * Return: how many regions there are, which may be more than @nr.
 */
int lcma_get_regions(int device, char (*names)[LCMA_NAME_SIZE], uint32_t nr);

/**
 * lcma_get_region - what a region is and has left
 * @device: from lcma_open()
 * @name: of the region
 * @info: is filled in
 *
 * Return: 0; -ENOENT no such region.
 */
int lcma_get_region(int device, const char *name,
		    struct lcma_region_info *info);
#define lcma_get_region(device, name, info) \
	lcma_get_region_sized(device, name, info, \
			      sizeof(struct lcma_region_info))
int lcma_get_region_sized(int device, const char *name,
			  struct lcma_region_info *info, size_t size);

/**
 * struct lcma_options - what a buffer has to be like
 * @size: sizeof(struct lcma_options); LCMA_OPTIONS_INIT sets it
 * @flags: LCMA_ALLOC_F_NOWAIT, LCMA_ALLOC_F_QUIET
 * @align: of the physical address in bytes, a power of two; 0: the region's
 * @timeout_ms: deadline from now; 0: none
 * @reserved: 0
 * @region: its name, or several, "a+b" or "a,b", 31 characters together; NULL or "":
 *	the first that can
 * @label: what it is for, up to 31 printable characters, no blanks; NULL or "":
 *	none
 * @below: the physical address before which the buffer ends, as 1 << 27 for a device
 *	with 27 address bits; 0: anywhere
 * @at: the physical address at which it begins; 0: anywhere
 * @boundary: it crosses no multiple of this, a power of two not smaller than the
 *	buffer; 0: it may
 *
 * @at, and a @below that is no power of two, need CAP_SYS_RAWIO, or phys_for_all.
 */
struct lcma_options {
	size_t size;
	uint64_t align;
	uint32_t flags;
	uint32_t timeout_ms;
	uint64_t reserved;
	const char *region;
	const char *label;
	uint64_t below;
	uint64_t at;
	uint64_t boundary;
};

#define LCMA_OPTIONS_INIT \
	{ sizeof(struct lcma_options), 0, 0, 0, 0, NULL, NULL, 0, 0, 0 }

/**
 * lcma_allocate - allocate a zeroed buffer
 * @device: from lcma_open()
 * @bytes: in: how many are wanted; out: how many it has
 * @options: what it has to be like; NULL: the defaults
 *
 * Return: the buffer; -EINVAL @bytes is 0, @align no power of two, @label too
 * long, not printable or with blanks, @boundary too small, @at no multiple of the
 * page size; -EPERM @at or @below, see there; -E2BIG also @below, @at or @boundary and
 * a module that does not know them; -EOPNOTSUPP an unknown flag; -E2BIG options
 * that this library does not know; the errors of LCMA_IOC_ALLOC.
 */
int lcma_allocate(int device, uint64_t *bytes,
		  const struct lcma_options *options);

/**
 * lcma_free - let go of a buffer
 * @buffer: from lcma_allocate(), or received; negative: nothing is done
 *
 * Only close(): other descriptors and mappings still hold the buffer.
 */
void lcma_free(int buffer);

/**
 * lcma_get_buffer - what is known of a buffer
 * @device: from lcma_open()
 * @buffer: the buffer
 * @entry: is filled in
 *
 * Return: 0; -EBADF; -EINVAL not a buffer of lcma.
 */
int lcma_get_buffer(int device, int buffer, struct lcma_buffer_entry *entry);
#define lcma_get_buffer(device, buffer, entry) \
	lcma_get_buffer_sized(device, buffer, entry, \
			      sizeof(struct lcma_buffer_entry))
int lcma_get_buffer_sized(int device, int buffer,
			  struct lcma_buffer_entry *entry, size_t size);

/**
 * lcma_list_buffers - the buffers of a region, oldest first, a batch at a time
 * @device: from lcma_open()
 * @region: the region's name
 * @flags: 0: those of this user; LCMA_LIST_ALL: everybody's
 * @after_id: 0, then the id of the last entry of the batch before
 * @entries: room for the batch
 * @nr: how many fit
 *
 * Return: how many were written, 0 at the end; -ENOENT no such
 * region; -EPERM LCMA_LIST_ALL without CAP_SYS_ADMIN.
 */
int lcma_list_buffers(int device, const char *region, uint32_t flags,
		      uint64_t after_id, struct lcma_buffer_entry *entries,
		      uint32_t nr);
#define lcma_list_buffers(device, region, flags, after_id, entries, nr) \
	lcma_list_buffers_sized(device, region, flags, after_id, entries, nr, \
				sizeof(struct lcma_buffer_entry))
int lcma_list_buffers_sized(int device, const char *region, uint32_t flags,
			    uint64_t after_id,
			    struct lcma_buffer_entry *entries, uint32_t nr,
			    size_t entry_size);

/**
 * lcma_visitor - sees one buffer
 * @entry: the buffer, valid during the call
 * @data: what lcma_for_each_buffer() was given
 *
 * Return: 0 to go on; anything else ends the walk.
 */
typedef int (*lcma_visitor)(const struct lcma_buffer_entry *entry, void *data);

/**
 * lcma_for_each_buffer - show every buffer of a region to a function
 * @device: from lcma_open()
 * @region: the region's name
 * @flags: as for lcma_list_buffers()
 * @visit: the function
 * @data: is handed on to it
 *
 * A buffer that comes or goes meanwhile may be seen or not, others are seen
 * once.
 *
 * Return: 0; what @visit returned, if not 0; the errors of lcma_list_buffers().
 */
int lcma_for_each_buffer(int device, const char *region, uint32_t flags,
			 lcma_visitor visit, void *data);
#define lcma_for_each_buffer(device, region, flags, visit, data) \
	lcma_for_each_buffer_sized(device, region, flags, visit, data, \
				   sizeof(struct lcma_buffer_entry))
int lcma_for_each_buffer_sized(int device, const char *region, uint32_t flags,
			       lcma_visitor visit, void *data,
			       size_t entry_size);

/**
 * lcma_list_failures - which allocations failed in a region, oldest first
 * @device: from lcma_open()
 * @region: the region's name; it remembers its last 16 failures
 * @flags: 0: those of this user; LCMA_FAILURES_ALL: everybody's
 * @after_seq: 0, or the number of the last one that is known
 * @entries: room for the answer
 * @nr: how many fit
 *
 * Return: how many were written; -ENOENT no such region; -EPERM
 * LCMA_FAILURES_ALL without CAP_SYS_ADMIN; -ENOTTY an older module.
 */
int lcma_list_failures(int device, const char *region, uint32_t flags,
		       uint64_t after_seq, struct lcma_failure_entry *entries,
		       uint32_t nr);
#define lcma_list_failures(device, region, flags, after_seq, entries, nr) \
	lcma_list_failures_sized(device, region, flags, after_seq, entries, nr, \
				 sizeof(struct lcma_failure_entry))
int lcma_list_failures_sized(int device, const char *region, uint32_t flags,
			     uint64_t after_seq,
			     struct lcma_failure_entry *entries, uint32_t nr,
			     size_t entry_size);

/**
 * lcma_get_map - what a region looks like
 * @device: from lcma_open()
 * @region: the region's name
 * @flags: LCMA_MAP_LOOK: look at the system's pages, too
 * @from: in: 0, or what the last call left there; out: where to go on
 * @entries: room for the answer
 * @nr: how many fit
 *
 * Return: how many were written; 0 at the region's end, or if it is drained; -ENOENT
 * no such region; -EPERM LCMA_MAP_LOOK without CAP_SYS_ADMIN; -ENOTTY an older
 * module.
 */
int lcma_get_map(int device, const char *region, uint32_t flags,
		 uint64_t *from, struct lcma_map_entry *entries, uint32_t nr);
#define lcma_get_map(device, region, flags, from, entries, nr) \
	lcma_get_map_sized(device, region, flags, from, entries, nr, \
			   sizeof(struct lcma_map_entry))
int lcma_get_map_sized(int device, const char *region, uint32_t flags,
		       uint64_t *from, struct lcma_map_entry *entries,
		       uint32_t nr, size_t entry_size);

/**
 * lcma_map - map a whole buffer, shared
 * @buffer: the buffer
 * @access: LCMA_ACCESS_READ, LCMA_ACCESS_WRITE or both
 * @address: out: where it is
 * @bytes: out: how large it is; may be NULL
 *
 * Do not access the memory outside lcma_begin_cpu() and lcma_end_cpu(). It
 * cannot be the buffer of O_DIRECT, vmsplice() or io_uring fixed buffers
 * (EFAULT). The mapping holds the buffer, with or without the descriptor.
 *
 * A mapping of 2 MiB or more begins at a multiple of 2 MiB where the address space
 * allows (64-bit programs). On arm64 and amd64, from Linux 6.12 on, the kernel then
 * maps a buffer that was allocated with an alignment of 2 MiB by 2 MiB at a time.
 *
 * Return: 0; -EOVERFLOW it does not fit into the address space at all; errors
 * of lseek() and mmap().
 */
int lcma_map(int buffer, int access, void **address, uint64_t *bytes);

/**
 * lcma_unmap - undo lcma_map()
 * @address: what it gave
 * @bytes: what it gave
 *
 * Return: 0; -EINVAL.
 */
int lcma_unmap(void *address, uint64_t bytes);

/**
 * lcma_begin_cpu - the CPU is about to access the buffer
 * @buffer: the buffer
 * @access: what it is going to do, LCMA_ACCESS_*
 *
 * Afterwards the CPU sees what devices have written.
 *
 * Return: 0; -EINVAL; -ENOTTY not a dma-buf.
 */
int lcma_begin_cpu(int buffer, int access);

/**
 * lcma_end_cpu - the CPU is done
 * @buffer: the buffer
 * @access: the same as at lcma_begin_cpu()
 *
 * Afterwards devices see what the CPU has written.
 *
 * Return: as lcma_begin_cpu().
 */
int lcma_end_cpu(int buffer, int access);

/**
 * lcma_sync - the same for a part of a buffer
 * @device: from lcma_open()
 * @buffer: the buffer
 * @flags: LCMA_SYNC_START or LCMA_SYNC_END, with LCMA_SYNC_READ, LCMA_SYNC_WRITE
 *	or both: what the CPU is about to do with it, or has done
 * @offset: first byte of the part
 * @bytes: how many; 0: to the end of the buffer
 *
 * Return: 0; -EINVAL neither READ nor WRITE, a part that is not within the
 * buffer, or not a buffer of lcma; -EOPNOTSUPP another flag; -EBADF.
 */
int lcma_sync(int device, int buffer, uint32_t flags, uint64_t offset,
	      uint64_t bytes);

/**
 * lcma_prepare - memory will be wanted soon
 * @device: from lcma_open(); what is prepared is not held any longer when it is closed
 * @prepare: how much, where and when; its size is set here
 *
 * The region empties that much in the background and holds it until an allocation uses
 * it or the time is over. len 0: what was prepared through @device is not needed. With
 * LCMA_PREPARE_F_WAIT it returns when the memory is there.
 *
 * Return: 0; -ENOENT, -EFBIG, -EINVAL, -ENOSPC, -EDQUOT, -ENOBUFS; with
 * LCMA_PREPARE_F_WAIT also -EBUSY, -ENOMEM, -ETIMEDOUT, -EINTR; -ENOTTY the module is
 * older.
 */
int lcma_prepare(int device, struct lcma_prepare *prepare);
#define lcma_prepare(device, prepare) \
	lcma_prepare_sized(device, prepare, sizeof(struct lcma_prepare))
int lcma_prepare_sized(int device, struct lcma_prepare *prepare, size_t size);

/**
 * lcma_strerror - what an error means here, and what to do
 * @err: a negative errno from one of these functions, or a positive one
 *
 * Return: a constant sentence without a full stop; for an errno that has no
 * meaning of its own here, what the C library says.
 */
const char *lcma_strerror(int err);

/**
 * lcma_errorname - an error's name
 * @err: a negative errno, or a positive one
 *
 * Return: "ENOSPC"; "E?" for one that lcma does not use.
 */
const char *lcma_errorname(int err);

#ifdef __cplusplus
}
#endif

#endif /* LIBLCMA_H */
