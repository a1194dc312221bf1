// SPDX-License-Identifier: MIT
/*
 * What an errno means here: section "Errors" of lcma(4) says the same.
 */
#include "liblcma.h"

#include <errno.h>
#include <string.h>

static const struct {
	int err;
	const char *name;
	const char *sentence;	/* NULL: the C library's is as good */
} errors[] = {
	{ EINVAL, "EINVAL",
	  "the request is malformed: a size of 0, an alignment that is no power of two, a label that is not 1 to 31 printable ASCII characters without blanks, a line on a device that takes none, or a file that is not one of lcma's buffers" },
	{ ENOENT, "ENOENT",
	  "there is no such region, or it was drained; 'cmactl regions' shows what there is" },
	{ EEXIST, "EEXIST",
	  "there is a region, or a heap, of this name already" },
	{ EFBIG, "EFBIG",
	  "larger than the region; ask for less, or load lcma with a larger region (regions=)" },
	{ ENOSPC, "ENOSPC",
	  "no unused run of the region is long enough, or all ten slots are taken; free buffers ('cmactl list' says whose they are), or make the region larger" },
	{ EBUSY, "EBUSY",
	  "every place held a page that could not be moved in time; last_failure in the region's info names it. End what pins it, make the region larger, or keep memory back with keep=" },
	{ ENOMEM, "ENOMEM",
	  "the pages in the way could be moved, but there is no memory to move them to; free some (a lowmem region needs lowmem)" },
	{ ENOBUFS, "ENOBUFS",
	  "the kernel has no memory for lcma's own structures; free some" },
	{ EAGAIN, "EAGAIN",
	  "nowait: there are unused runs, but none in the pool; load lcma with keep= for the region, or wait" },
	{ ETIMEDOUT, "ETIMEDOUT",
	  "the deadline passed before the memory was free; allow more time, or keep memory back with keep=" },
	{ EINTR, "EINTR", "a signal ended the call" },
	{ EDQUOT, "EDQUOT",
	  "over the quota of this open file or this user; free buffers, or have the administrator raise quota_file_kib or quota_user_kib" },
	{ EOPNOTSUPP, "EOPNOTSUPP",
	  "not possible on this kernel or with this memory, or a flag that this lcma does not know" },
	{ E2BIG, "E2BIG",
	  "the program asks for something that this lcma does not know; load a newer module" },
	{ ENODEV, "ENODEV",
	  "there is no such device: the module is not loaded ('modprobe lcma'; if that fails, the kernel log says what to put on the kernel command line)" },
	{ EACCES, "EACCES",
	  "not allowed to open the device; be root, or join the group that owns it (video, with lcma's udev rule)" },
	{ EPERM, "EPERM",
	  "only the administrator (CAP_SYS_ADMIN) may do that; to name an address needs CAP_SYS_RAWIO" },
	{ ENOTTY, "ENOTTY",
	  "this device does not answer as lcma does: another device, or an older lcma" },
	{ EOVERFLOW, "EOVERFLOW",
	  "larger than this program's address space" },
	{ EBADF, "EBADF", NULL },
	{ EFAULT, "EFAULT", NULL },
	{ EMFILE, "EMFILE", NULL },
	{ ENFILE, "ENFILE", NULL },
	{ EIO, "EIO", NULL },
	{ ENXIO, "ENXIO", NULL },
};

#define NR_ERRORS	(sizeof(errors) / sizeof(errors[0]))

const char *lcma_strerror(int err)
{
	size_t i;

	err = err < 0 ? -err : err;
	for (i = 0; i < NR_ERRORS; i++)
		if (errors[i].err == err && errors[i].sentence)
			return errors[i].sentence;
	return strerror(err);
}

const char *lcma_errorname(int err)
{
	size_t i;

	err = err < 0 ? -err : err;
	for (i = 0; i < NR_ERRORS; i++)
		if (errors[i].err == err)
			return errors[i].name;
	return "E?";
}
