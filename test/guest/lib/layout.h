/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - the ABI's structures are what they were, on 32 bits and on 64:
 * each file that includes this proves it for its compiler. Nothing of it is code.
 */
#ifndef LCMA_TEST_LAYOUT_H
#define LCMA_TEST_LAYOUT_H

#include <stddef.h>

#include <uapi/linux/lcma.h>

/* The numbers hold for 32 and 64 bits alike; what they are may never change. */
#define LAYOUT_AT(_struct, _field, _offset) \
	_Static_assert(offsetof(struct _struct, _field) == (_offset), \
		       #_struct "." #_field)
#define LAYOUT_SIZE(_struct, _size) \
	_Static_assert(sizeof(struct _struct) == (_size), #_struct)

LAYOUT_AT(lcma_version, size, 0);
LAYOUT_AT(lcma_version, flags, 4);
LAYOUT_AT(lcma_version, abi, 8);
LAYOUT_AT(lcma_version, major, 12);
LAYOUT_AT(lcma_version, minor, 16);
LAYOUT_AT(lcma_version, patch, 20);
LAYOUT_AT(lcma_version, nr_regions, 24);
LAYOUT_AT(lcma_version, reserved, 28);
LAYOUT_AT(lcma_version, quota_file, 32);
LAYOUT_AT(lcma_version, quota_user, 40);
LAYOUT_SIZE(lcma_version, 48);

LAYOUT_AT(lcma_region_list, size, 0);
LAYOUT_AT(lcma_region_list, flags, 4);
LAYOUT_AT(lcma_region_list, nr, 8);
LAYOUT_AT(lcma_region_list, reserved, 12);
LAYOUT_AT(lcma_region_list, names, 16);
LAYOUT_SIZE(lcma_region_list, 24);

LAYOUT_AT(lcma_region_info, size, 0);
LAYOUT_AT(lcma_region_info, flags, 4);
LAYOUT_AT(lcma_region_info, name, 8);
LAYOUT_AT(lcma_region_info, origin, 40);
LAYOUT_AT(lcma_region_info, attrs, 120);
LAYOUT_AT(lcma_region_info, reserved, 124);
LAYOUT_AT(lcma_region_info, bytes, 128);
LAYOUT_AT(lcma_region_info, used, 136);
LAYOUT_AT(lcma_region_info, pool, 144);
LAYOUT_AT(lcma_region_info, shared, 152);
LAYOUT_AT(lcma_region_info, busy, 160);
LAYOUT_AT(lcma_region_info, quarantined, 168);
LAYOUT_AT(lcma_region_info, largest, 176);
LAYOUT_AT(lcma_region_info, align, 184);
LAYOUT_AT(lcma_region_info, granule, 192);
LAYOUT_AT(lcma_region_info, unit, 200);
LAYOUT_AT(lcma_region_info, keep_low, 208);
LAYOUT_AT(lcma_region_info, keep_high, 216);
LAYOUT_AT(lcma_region_info, allocs, 224);
LAYOUT_AT(lcma_region_info, frees, 232);
LAYOUT_AT(lcma_region_info, failures, 240);
LAYOUT_AT(lcma_region_info, phys, 248);
LAYOUT_AT(lcma_region_info, claimed, 256);
LAYOUT_AT(lcma_region_info, pool_zero, 264);
LAYOUT_AT(lcma_region_info, decay_ms, 272);
LAYOUT_AT(lcma_region_info, running_claims, 280);
LAYOUT_AT(lcma_region_info, pool_hits, 288);
LAYOUT_AT(lcma_region_info, pool_hits_zero, 296);
LAYOUT_AT(lcma_region_info, spared, 304);
LAYOUT_AT(lcma_region_info, refilled, 312);
LAYOUT_AT(lcma_region_info, decayed, 320);
LAYOUT_AT(lcma_region_info, shrunk, 328);
LAYOUT_AT(lcma_region_info, zeroed, 336);
LAYOUT_AT(lcma_region_info, claims, 344);
LAYOUT_AT(lcma_region_info, claims_failed, 352);
LAYOUT_AT(lcma_region_info, claims_late, 360);
LAYOUT_AT(lcma_region_info, claim_max_us, 368);
LAYOUT_AT(lcma_region_info, wedge, 376);
LAYOUT_AT(lcma_region_info, wedged, 384);
LAYOUT_AT(lcma_region_info, prepared, 392);
LAYOUT_AT(lcma_region_info, prepares, 400);
LAYOUT_AT(lcma_region_info, prepares_used, 408);
LAYOUT_AT(lcma_region_info, prepares_over, 416);
LAYOUT_AT(lcma_region_info, address_bits, 424);
LAYOUT_AT(lcma_region_info, cache, 432);
LAYOUT_SIZE(lcma_region_info, 440);

LAYOUT_AT(lcma_alloc, size, 0);
LAYOUT_AT(lcma_alloc, flags, 4);
LAYOUT_AT(lcma_alloc, len, 8);
LAYOUT_AT(lcma_alloc, align, 16);
LAYOUT_AT(lcma_alloc, timeout_ms, 24);
LAYOUT_AT(lcma_alloc, fd, 28);
LAYOUT_AT(lcma_alloc, region, 32);
LAYOUT_AT(lcma_alloc, label, 64);
LAYOUT_AT(lcma_alloc, latency_ns, 96);
LAYOUT_AT(lcma_alloc, id, 104);
LAYOUT_AT(lcma_alloc, below, 112);
LAYOUT_AT(lcma_alloc, at, 120);
LAYOUT_AT(lcma_alloc, boundary, 128);
LAYOUT_SIZE(lcma_alloc, 136);

LAYOUT_AT(lcma_buffer_entry, id, 0);
LAYOUT_AT(lcma_buffer_entry, bytes, 8);
LAYOUT_AT(lcma_buffer_entry, align, 16);
LAYOUT_AT(lcma_buffer_entry, phys, 24);
LAYOUT_AT(lcma_buffer_entry, latency_ns, 32);
LAYOUT_AT(lcma_buffer_entry, age_ns, 40);
LAYOUT_AT(lcma_buffer_entry, flags, 48);
LAYOUT_AT(lcma_buffer_entry, pid, 52);
LAYOUT_AT(lcma_buffer_entry, uid, 56);
LAYOUT_AT(lcma_buffer_entry, reserved, 60);
LAYOUT_AT(lcma_buffer_entry, comm, 64);
LAYOUT_AT(lcma_buffer_entry, region, 80);
LAYOUT_AT(lcma_buffer_entry, label, 112);
LAYOUT_AT(lcma_buffer_entry, inode, 144);
LAYOUT_SIZE(lcma_buffer_entry, 152);

LAYOUT_AT(lcma_buffer_info, size, 0);
LAYOUT_AT(lcma_buffer_info, flags, 4);
LAYOUT_AT(lcma_buffer_info, fd, 8);
LAYOUT_AT(lcma_buffer_info, entry_size, 12);
LAYOUT_AT(lcma_buffer_info, reserved, 16);
LAYOUT_AT(lcma_buffer_info, entry, 48);
LAYOUT_SIZE(lcma_buffer_info, 200);

LAYOUT_AT(lcma_buffer_list, size, 0);
LAYOUT_AT(lcma_buffer_list, flags, 4);
LAYOUT_AT(lcma_buffer_list, region, 8);
LAYOUT_AT(lcma_buffer_list, after_id, 40);
LAYOUT_AT(lcma_buffer_list, nr, 48);
LAYOUT_AT(lcma_buffer_list, entry_size, 52);
LAYOUT_AT(lcma_buffer_list, entries, 56);
LAYOUT_SIZE(lcma_buffer_list, 64);

LAYOUT_AT(lcma_failure_entry, seq, 0);
LAYOUT_AT(lcma_failure_entry, bytes, 8);
LAYOUT_AT(lcma_failure_entry, align, 16);
LAYOUT_AT(lcma_failure_entry, age_ns, 24);
LAYOUT_AT(lcma_failure_entry, took_ns, 32);
LAYOUT_AT(lcma_failure_entry, longest, 40);
LAYOUT_AT(lcma_failure_entry, longest_phys, 48);
LAYOUT_AT(lcma_failure_entry, aligned, 56);
LAYOUT_AT(lcma_failure_entry, aligned_phys, 64);
LAYOUT_AT(lcma_failure_entry, obstacle_phys, 72);
LAYOUT_AT(lcma_failure_entry, obstacle, 80);
LAYOUT_AT(lcma_failure_entry, err, 84);
LAYOUT_AT(lcma_failure_entry, flags, 88);
LAYOUT_AT(lcma_failure_entry, pid, 92);
LAYOUT_AT(lcma_failure_entry, uid, 96);
LAYOUT_AT(lcma_failure_entry, reserved, 100);
LAYOUT_AT(lcma_failure_entry, comm, 104);
LAYOUT_AT(lcma_failure_entry, region, 120);
LAYOUT_AT(lcma_failure_entry, label, 152);
LAYOUT_AT(lcma_failure_entry, why, 184);
LAYOUT_AT(lcma_failure_entry, at, 504);
LAYOUT_AT(lcma_failure_entry, below, 512);
LAYOUT_AT(lcma_failure_entry, boundary, 520);
LAYOUT_AT(lcma_failure_entry, bound_by, 528);
LAYOUT_AT(lcma_failure_entry, reserved2, 532);
LAYOUT_SIZE(lcma_failure_entry, 536);

LAYOUT_AT(lcma_failure_list, size, 0);
LAYOUT_AT(lcma_failure_list, flags, 4);
LAYOUT_AT(lcma_failure_list, region, 8);
LAYOUT_AT(lcma_failure_list, after_seq, 40);
LAYOUT_AT(lcma_failure_list, nr, 48);
LAYOUT_AT(lcma_failure_list, entry_size, 52);
LAYOUT_AT(lcma_failure_list, entries, 56);
LAYOUT_SIZE(lcma_failure_list, 64);

LAYOUT_AT(lcma_prepare, size, 0);
LAYOUT_AT(lcma_prepare, flags, 4);
LAYOUT_AT(lcma_prepare, len, 8);
LAYOUT_AT(lcma_prepare, align, 16);
LAYOUT_AT(lcma_prepare, within_ms, 24);
LAYOUT_AT(lcma_prepare, hold_ms, 28);
LAYOUT_AT(lcma_prepare, region, 32);
LAYOUT_AT(lcma_prepare, label, 64);
LAYOUT_SIZE(lcma_prepare, 96);

LAYOUT_AT(lcma_map_entry, offset, 0);
LAYOUT_AT(lcma_map_entry, bytes, 8);
LAYOUT_AT(lcma_map_entry, state, 16);
LAYOUT_AT(lcma_map_entry, content, 20);
LAYOUT_SIZE(lcma_map_entry, 24);

LAYOUT_AT(lcma_region_map, size, 0);
LAYOUT_AT(lcma_region_map, flags, 4);
LAYOUT_AT(lcma_region_map, region, 8);
LAYOUT_AT(lcma_region_map, from, 40);
LAYOUT_AT(lcma_region_map, nr, 48);
LAYOUT_AT(lcma_region_map, entry_size, 52);
LAYOUT_AT(lcma_region_map, entries, 56);
LAYOUT_SIZE(lcma_region_map, 64);

_Static_assert(LCMA_ABI == 2, "a new field, flag or call is checked here, too");

_Static_assert(LCMA_IOC_VERSION == 0xbc00, "cmd");
_Static_assert(LCMA_IOC_REGION_LIST == 0xbc01, "cmd");
_Static_assert(LCMA_IOC_REGION_INFO == 0xbc02, "cmd");
_Static_assert(LCMA_IOC_ALLOC == 0xbc03, "cmd");
_Static_assert(LCMA_IOC_BUFFER_INFO == 0xbc04, "cmd");
_Static_assert(LCMA_IOC_BUFFER_LIST == 0xbc05, "cmd");
_Static_assert(LCMA_IOC_FAILURE_LIST == 0xbc07, "cmd");
_Static_assert(LCMA_IOC_PREPARE == 0xbc08, "cmd");
_Static_assert(LCMA_IOC_REGION_MAP == 0xbc09, "cmd");

#undef LAYOUT_AT
#undef LAYOUT_SIZE

#endif
