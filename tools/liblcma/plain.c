// SPDX-License-Identifier: MIT
/*
 * The names without _sized, as symbols: for ctypes and the like, which have no
 * headers. In C and C++ these names are macros that hand the compiler's sizes
 * to the _sized functions. Here the sizes are those of ABI 2 and stay so, for
 * a caller has laid out its structures by hand.
 */
#include "liblcma.h"

#include <stddef.h>

#define UP_TO(_struct, _field) \
	(offsetof(struct _struct, _field) + sizeof(((struct _struct *)0)->_field))

#define VERSION_SIZE	UP_TO(lcma_version, quota_user)
#define REGION_SIZE	UP_TO(lcma_region_info, prepares_over)
#define ENTRY_SIZE	UP_TO(lcma_buffer_entry, inode)
#define FAILURE_SIZE	UP_TO(lcma_failure_entry, why)

int (lcma_get_version)(int device, struct lcma_version *version)
{
	return lcma_get_version_sized(device, version, VERSION_SIZE);
}

int (lcma_get_region)(int device, const char *name,
		      struct lcma_region_info *info)
{
	return lcma_get_region_sized(device, name, info, REGION_SIZE);
}

int (lcma_get_buffer)(int device, int buffer, struct lcma_buffer_entry *entry)
{
	return lcma_get_buffer_sized(device, buffer, entry, ENTRY_SIZE);
}

int (lcma_prepare)(int device, struct lcma_prepare *prepare)
{
	return lcma_prepare_sized(device, prepare, sizeof(*prepare));
}

int (lcma_list_failures)(int device, const char *region, uint32_t flags,
			 uint64_t after_seq, struct lcma_failure_entry *entries,
			 uint32_t nr)
{
	return lcma_list_failures_sized(device, region, flags, after_seq,
					entries, nr, FAILURE_SIZE);
}

int (lcma_get_map)(int device, const char *region, uint32_t flags,
		   uint64_t *from, struct lcma_map_entry *entries, uint32_t nr)
{
	return lcma_get_map_sized(device, region, flags, from, entries, nr,
				  sizeof(*entries));
}

int (lcma_list_buffers)(int device, const char *region, uint32_t flags,
			uint64_t after_id, struct lcma_buffer_entry *entries,
			uint32_t nr)
{
	return lcma_list_buffers_sized(device, region, flags, after_id, entries,
				       nr, ENTRY_SIZE);
}

int (lcma_for_each_buffer)(int device, const char *region, uint32_t flags,
			   lcma_visitor visit, void *data)
{
	return lcma_for_each_buffer_sized(device, region, flags, visit, data,
					  ENTRY_SIZE);
}
