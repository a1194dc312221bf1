// SPDX-License-Identifier: GPL-2.0-only
/* fuzz_input.c - see fuzz_input.h. */

#include "fuzz_input.h"

#include <stddef.h>

const struct fuzz_call fuzz_calls[NR_CALLS] = {
	{ LCMA_IOC_VERSION, sizeof(struct lcma_version), "VERSION", 0 },
	{ LCMA_IOC_REGION_LIST, sizeof(struct lcma_region_list), "REGION_LIST", 0 },
	{ LCMA_IOC_REGION_INFO, sizeof(struct lcma_region_info), "REGION_INFO",
	  offsetof(struct lcma_region_info, phys) + sizeof(uint64_t) },
	{ LCMA_IOC_ALLOC, sizeof(struct lcma_alloc), "ALLOC",
	  offsetof(struct lcma_alloc, below) },
	{ LCMA_IOC_BUFFER_INFO, sizeof(struct lcma_buffer_info), "BUFFER_INFO", 0 },
	{ LCMA_IOC_BUFFER_LIST, sizeof(struct lcma_buffer_list), "BUFFER_LIST", 0 },
	{ LCMA_IOC_FAILURE_LIST, sizeof(struct lcma_failure_list), "FAILURE_LIST", 0 },
	{ LCMA_IOC_PREPARE, sizeof(struct lcma_prepare), "PREPARE", 0 },
	{ LCMA_IOC_REGION_MAP, sizeof(struct lcma_region_map), "REGION_MAP", 0 },
};

volatile int fds[NR_FDS];

char *arena;

__thread uint32_t chance;

__thread char *last_map;

__thread char *room;

uint32_t any(uint32_t n)
{
	return next_random(&chance) % n;
}

bool one_in(uint32_t n)
{
	return !any(n);
}

uint64_t odd_number(void)
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

uint64_t length(void)
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

void name(char *to, size_t size)
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

int some_fd(void)
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

char *some_place(void)
{
	return arena + any(ARENA_BYTES / PAGE) * PAGE;
}

bool is_harmless(uint64_t pointer)
{
	const uint32_t low = pointer;	/* what a 32-bit kernel makes of it */

	return low < 0x8000 || low >= 0xc0000000 ||
	       (low >= (uintptr_t)arena && low < (uintptr_t)arena + ARENA_BYTES) ||
	       (low >= (uintptr_t)room && low < (uintptr_t)room + 2 * PAGE);
}

uint64_t some_pointer(void)
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

void make_call(int which, union any_call *call)
{
	memset(call, 0, sizeof(*call));
	call->size = fuzz_calls[which].size;
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
		call->buffer_info.entry_size = sizeof(struct lcma_buffer_entry);
		break;
	case BUFFER_LIST:
		name(call->buffer_list.region, LCMA_NAME_SIZE);
		call->buffer_list.flags = any(2);
		call->buffer_list.after_id = one_in(4) ? odd_number() : 0;
		call->buffer_list.nr = any(24);
		call->buffer_list.entry_size = sizeof(struct lcma_buffer_entry);
		call->buffer_list.entries = some_pointer();
		break;
	case FAILURE_LIST:
		name(call->failure_list.region, LCMA_NAME_SIZE);
		call->failure_list.flags = any(4);
		call->failure_list.after_seq = one_in(4) ? odd_number() : 0;
		call->failure_list.nr = any(24);
		call->failure_list.entry_size = sizeof(struct lcma_failure_entry);
		call->failure_list.entries = some_pointer();
		break;
	case PREPARE:
		call->prepare.flags = one_in(2) ? 0 : any(2) ? LCMA_PREPARE_F_WAIT :
				      LCMA_PREPARE_F_QUIET;
		call->prepare.len = one_in(3) ? 0 : length();
		call->prepare.align = one_in(3) ? PAGE << any(8) : 0;
		call->prepare.within_ms = 1 + any(100);
		call->prepare.hold_ms = 1 + any(100);
		name(call->prepare.region, LCMA_NAME_SIZE);
		if (one_in(3))
			name(call->prepare.label, LCMA_LABEL_SIZE);
		break;
	case REGION_MAP:
		name(call->region_map.region, LCMA_NAME_SIZE);
		call->region_map.flags = any(2);
		call->region_map.from = one_in(4) ? odd_number() :
					(uint64_t)any(1 << 14) * PAGE;
		call->region_map.nr = any(120);
		call->region_map.entry_size = sizeof(struct lcma_map_entry);
		call->region_map.entries = some_pointer();
		break;
	}
}

void spoil(int which, union any_call *call)
{
	const size_t size = fuzz_calls[which].size;
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

void make_harmless(int which, union any_call *call)
{
	struct lcma_buffer_list *list = &call->buffer_list;

	if (which == REGION_LIST && !is_harmless(call->region_list.names))
		call->region_list.names = 0xc0008000;
	/* These have the same fields. */
	if ((which == BUFFER_LIST || which == FAILURE_LIST ||
	     which == REGION_MAP) &&
	    (!is_harmless(list->entries) || list->entry_size > PAGE))
		list->entries = 0xc0008000;
}

unsigned int odd_command(unsigned int cmd)
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

int some_device(void)
{
	return fds[any(one_in(8) ? NR_FDS : NR_DEVICES)];
}

int some_buffer(void)
{
	return fds[one_in(8) ? any(NR_FDS) :
		   NR_DEVICES + any(NR_FDS - NR_DEVICES)];
}

size_t some_length(const char *at)
{
	const size_t left = arena + ARENA_BYTES - at;
	size_t len = (any(one_in(8) ? 4096 : 40) + 1) * PAGE;

	return len < left ? len : left;
}

size_t make_line(char *line, size_t size)
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
