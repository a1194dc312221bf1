// SPDX-License-Identifier: GPL-2.0-only
/*
 * liblcma against the double of the device (fake.c): what each function asks
 * for and returns, older and newer callers among them. Not what memory does.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../unit/tap.h"

#include "liblcma.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static int device;

static void open_tells_why_not(void)
{
	CHECK_EQ(lcma_open("/dev/none"), -ENODEV);
	CHECK_EQ(lcma_open("/dev/null"), -ENOTTY);
	setenv("FAKE_OPEN", "13", 1);
	CHECK_EQ(lcma_open("/dev/fake"), -EACCES);
	unsetenv("FAKE_OPEN");
	setenv("LCMA_DEVICE", "/dev/none", 1);
	CHECK_EQ(lcma_open(NULL), -ENODEV);
	setenv("LCMA_DEVICE", "/dev/fake", 1);
	device = lcma_open(NULL);
	CHECK(device >= 0);
	CHECK_EQ(fcntl(device, F_GETFD), FD_CLOEXEC);
	lcma_close(-ENODEV);
}

static void versions_of_any_size(void)
{
	union {
		struct lcma_version version;
		char room[sizeof(struct lcma_version) + 16];
	} u;

	memset(&u, 0xff, sizeof(u));
	CHECK_EQ(lcma_get_version(device, &u.version), 0);
	CHECK_EQ(u.version.abi, LCMA_ABI);
	CHECK_EQ(u.version.nr_regions, 2);
	CHECK_EQ((unsigned char)u.room[sizeof(u.version)], 0xff);
	/* A caller of tomorrow finds 0 in what is not known today. */
	CHECK_EQ(lcma_get_version_sized(device, &u.version, sizeof(u)), 0);
	CHECK_EQ(u.room[sizeof(u) - 1], 0);
	CHECK_EQ(lcma_get_version_sized(device, &u.version, 8), -EINVAL);
	CHECK_EQ(lcma_get_version(1, &u.version), -ENOTTY);
	CHECK_EQ(lcma_get_version(-1, &u.version), -EBADF);
}

/* /dev/lcma for programs, the text device for lines and where there is no other. */
static void the_right_device_is_opened(void)
{
	static const struct {
		const char *nodes;
		int open, open_text;	/* 0: a descriptor */
	} worlds[] = {
		{ "lt", 0, 0 }, { "lT", 0, -EACCES }, { "t", 0, 0 },
		{ "T", -EACCES, -EACCES }, { "Lt", -EACCES, 0 },
		{ "", -ENODEV, -ENODEV },
	};
	char *said = strdup(getenv("LCMA_DEVICE"));
	size_t i;
	int fd;

	unsetenv("LCMA_DEVICE");
	for (i = 0; i < ARRAY_SIZE(worlds); i++) {
		setenv("FAKE_NODES", worlds[i].nodes, 1);
		fd = lcma_open(NULL);
		CHECK_EQ(fd < 0 ? fd : 0, worlds[i].open);
		/* What is for programs takes no lines. */
		if (fd >= 0 && strchr(worlds[i].nodes, 'l'))
			CHECK_EQ(write(fd, "4K\n", 3), -1);
		lcma_close(fd);
		fd = lcma_open_text(NULL);
		CHECK_EQ(fd < 0 ? fd : 0, worlds[i].open_text);
		lcma_close(fd);
	}
	setenv("FAKE_NODES", "lt", 1);
	fd = lcma_open("/dev/cma_test");
	CHECK(fd >= 0);
	lcma_close(fd);
	unsetenv("FAKE_NODES");
	setenv("LCMA_DEVICE", said, 1);
	fd = lcma_open_text(NULL);
	CHECK(fd >= 0);
	lcma_close(fd);
	free(said);
}

static void regions_are_counted(void)
{
	char names[2][LCMA_NAME_SIZE] = { "", "untouched" };

	CHECK_EQ(lcma_get_regions(device, NULL, 0), 2);
	CHECK_EQ(lcma_get_regions(device, names, 1), 2);
	CHECK(!strcmp(names[0], "cam"));
	CHECK(!strcmp(names[1], "untouched"));
	CHECK_EQ(lcma_get_regions(device, names, 2), 2);
	CHECK(!strcmp(names[1], "gpu"));
}

static void a_region_is_found_by_name(void)
{
	struct lcma_region_info info;

	CHECK_EQ(lcma_get_region(device, "gpu", &info), 0);
	CHECK_EQ(info.bytes, 16 << 20);
	CHECK_EQ(info.attrs & LCMA_REGION_PRIVATE, LCMA_REGION_PRIVATE);
	CHECK_EQ(lcma_get_region(device, "none", &info), -ENOENT);
	CHECK_EQ(lcma_get_region(device, "", &info), -ENOENT);
	/* One byte too long for any region. */
	CHECK_EQ(lcma_get_region(device, "12345678901234567890123456789012",
				 &info), -ENOENT);
}

static void a_buffer_from_birth_to_death(void)
{
	struct lcma_options options = LCMA_OPTIONS_INIT;
	struct lcma_buffer_entry entry;
	uint64_t bytes = 5000;
	char *memory;
	void *address;
	int buffer, other;

	options.region = "gpu";
	options.label = "two words";
	options.align = 1 << 16;
	buffer = lcma_allocate(device, &bytes, &options);
	CHECK(buffer >= 0);
	CHECK_EQ(bytes, 8192);
	CHECK_EQ(fcntl(buffer, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(lcma_get_buffer(device, buffer, &entry), 0);
	CHECK_EQ(entry.bytes, 8192);
	CHECK_EQ(entry.align, 1 << 16);
	CHECK(!strcmp(entry.label, "two words"));
	/* The fake shows what it was told. */
	options.at = 0x123456789000;
	other = lcma_allocate(device, &bytes, &options);
	CHECK_EQ(lcma_get_buffer(device, other, &entry), 0);
	CHECK_EQ(entry.phys, 0x123456789000);
	close(other);
	options.at = 0;
	options.below = 1 << 27;
	options.boundary = 1 << 24;
	other = lcma_allocate(device, &bytes, &options);
	CHECK_EQ(lcma_get_buffer(device, other, &entry), 0);
	CHECK_EQ(entry.phys, (1 << 27) - 8192);
	CHECK_EQ(entry.align, 1 << 24);
	close(other);
	/* A program of the first version knows none of this. */
	options.size = offsetof(struct lcma_options, below);
	options.align = 0;
	other = lcma_allocate(device, &bytes, &options);
	CHECK_EQ(lcma_get_buffer(device, other, &entry), 0);
	CHECK(entry.align != 1 << 24);
	close(other);
	CHECK_EQ(lcma_get_buffer(device, buffer, &entry), 0);
	CHECK(!strcmp(entry.region, "gpu"));

	bytes = 0;
	CHECK_EQ(lcma_map(buffer, 0, &address, &bytes), -EINVAL);
	CHECK_EQ(lcma_map(buffer, 4, &address, &bytes), -EINVAL);
	CHECK_EQ(lcma_map(buffer, LCMA_ACCESS_RW, &address, &bytes), 0);
	CHECK_EQ(bytes, 8192);
	CHECK_EQ(lcma_begin_cpu(buffer, LCMA_ACCESS_RW), 0);
	memory = address;
	memory[8191] = 1;
	CHECK_EQ(lcma_end_cpu(buffer, LCMA_ACCESS_RW), 0);
	CHECK_EQ(lcma_begin_cpu(buffer, 0), -EINVAL);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_START | LCMA_SYNC_RW,
			   100, 4000), 0);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_END | LCMA_SYNC_WRITE,
			   8191, 0), 0);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_END, 0, 0), -EINVAL);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_READ, 8192, 0), -EINVAL);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_READ, 1, 8192), -EINVAL);
	CHECK_EQ(lcma_sync(device, buffer, LCMA_SYNC_READ | 8, 0, 0),
		 -EOPNOTSUPP);
	CHECK_EQ(lcma_prepare(device, &(struct lcma_prepare) { .len = 4096 }), 0);
	CHECK_EQ(lcma_prepare(device, &(struct lcma_prepare) { .flags = 4 }),
		 -EOPNOTSUPP);
	CHECK_EQ(lcma_end_cpu(device, LCMA_ACCESS_READ), -ENOTTY);
	CHECK_EQ(lcma_unmap(address, bytes), 0);
	CHECK_EQ(lcma_map(buffer, LCMA_ACCESS_READ, &address, NULL), 0);
	CHECK_EQ(((char *)address)[8191], 1);
	CHECK_EQ(lcma_unmap(address, 8192), 0);
	CHECK_EQ(lcma_unmap((char *)address + 1, 8192), -EINVAL);
	lcma_free(buffer);
	CHECK_EQ(fcntl(buffer, F_GETFD), -1);
	CHECK_EQ(lcma_get_buffer(device, buffer, &entry), -EBADF);
	CHECK_EQ(lcma_get_buffer(device, device, &entry), -EINVAL);
	CHECK_EQ(lcma_map(buffer, LCMA_ACCESS_RW, &address, &bytes), -EBADF);
	lcma_free(-EBUSY);
}

/* So that the kernel can map them by 2 MiB at a time. */
static void large_mappings_are_aligned(void)
{
	const uint64_t two_mib = 2 << 20;
	uint64_t bytes = 2 * two_mib + 4096;
	struct lcma_options options = LCMA_OPTIONS_INIT;
	void *address[3];
	int buffer, i;

	options.region = "cam";
	buffer = lcma_allocate(device, &bytes, &options);
	CHECK(buffer >= 0);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(lcma_map(buffer, LCMA_ACCESS_RW, &address[i], &bytes),
			 0);
		CHECK_EQ(bytes, 2 * two_mib + 4096);
		if (sizeof(void *) == 8)
			CHECK_EQ((uintptr_t)address[i] % two_mib, 0);
		((char *)address[i])[bytes - 1] = i + 1;
		CHECK_EQ(((char *)address[0])[bytes - 1], i + 1);
	}
	for (i = 0; i < 3; i++)
		CHECK_EQ(lcma_unmap(address[i], bytes), 0);
	lcma_free(buffer);
}

static void entries_of_any_size(void)
{
	struct {
		struct lcma_buffer_entry entry;
		uint64_t more;
	} grown;
	uint64_t bytes = 4096;
	int buffer = lcma_allocate(device, &bytes, NULL);

	memset(&grown, 0xff, sizeof(grown));
	CHECK_EQ(lcma_get_buffer_sized(device, buffer, &grown.entry,
				       sizeof(grown)), 0);
	CHECK_EQ(grown.entry.bytes, 4096);
	CHECK_EQ(grown.more, 0);
	CHECK_EQ(lcma_get_buffer_sized(device, buffer, &grown.entry, 4096),
		 -E2BIG);
	CHECK_EQ(lcma_get_buffer_sized(device, buffer, &grown.entry, 8),
		 -EINVAL);
	memset(&grown, 0xff, sizeof(grown));
	CHECK_EQ(lcma_list_buffers_sized(device, "gpu", 0, 0, &grown.entry, 1,
					 sizeof(grown)), 1);
	CHECK_EQ(grown.entry.bytes, 1 << 20);
	CHECK_EQ(grown.more, 0);
	lcma_free(buffer);
}

static void options_of_any_size(void)
{
	struct {
		struct lcma_options options;
		uint64_t more;
	} grown = { .options = LCMA_OPTIONS_INIT };
	uint64_t bytes = 4096;
	int buffer;

	grown.options.size = sizeof(grown);
	buffer = lcma_allocate(device, &bytes, &grown.options);
	CHECK(buffer >= 0);
	lcma_free(buffer);
	grown.more = 1;
	CHECK_EQ(lcma_allocate(device, &bytes, &grown.options), -E2BIG);
	grown.options.size = 8;
	CHECK_EQ(lcma_allocate(device, &bytes, &grown.options), -EINVAL);
	grown.options.size = 0;
	CHECK_EQ(lcma_allocate(device, &bytes, &grown.options), -EINVAL);
	grown.options.size = sizeof(grown.options);
	grown.options.reserved = 1;
	CHECK_EQ(lcma_allocate(device, &bytes, &grown.options), -E2BIG);
}

static void refusals_change_nothing(void)
{
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t bytes = 0;

	CHECK_EQ(lcma_allocate(device, &bytes, NULL), -EINVAL);
	bytes = 1ULL << 40;
	CHECK_EQ(lcma_allocate(device, &bytes, NULL), -EFBIG);
	CHECK_EQ(bytes, 1ULL << 40);
	bytes = 4096;
	options.align = 3;
	CHECK_EQ(lcma_allocate(device, &bytes, &options), -EINVAL);
	options.align = 0;
	options.flags = 1U << 31;
	CHECK_EQ(lcma_allocate(device, &bytes, &options), -EOPNOTSUPP);
	options.flags = 0;
	options.label = "12345678901234567890123456789012";
	CHECK_EQ(lcma_allocate(device, &bytes, &options), -EINVAL);
	options.label = NULL;
	options.region = "12345678901234567890123456789012";
	CHECK_EQ(lcma_allocate(device, &bytes, &options), -ENOENT);
	setenv("FAKE_ALLOC", "16", 1);
	CHECK_EQ(lcma_allocate(device, &bytes, NULL), -EBUSY);
	unsetenv("FAKE_ALLOC");
	CHECK_EQ(bytes, 4096);
}

static int count(const struct lcma_buffer_entry *entry, void *data)
{
	unsigned int *nr = data;

	CHECK(!strcmp(entry->region, "cam"));
	return ++*nr == 99 ? 7 : 0;
}

static int stop(const struct lcma_buffer_entry *entry, void *data)
{
	*(uint64_t *)data = entry->id;
	return 7;
}

static void lists_are_read_on(void)
{
	struct lcma_buffer_entry entries[8];
	unsigned int nr = 0;
	uint64_t id = 0;

	CHECK_EQ(lcma_list_buffers(device, "cam", 0, 0, entries, 8), 2);
	CHECK_EQ(lcma_list_buffers(device, "cam", 0, entries[0].id, entries, 8),
		 1);
	CHECK_EQ(lcma_list_buffers(device, "cam", 0, entries[0].id, entries, 8),
		 0);
	CHECK_EQ(lcma_list_buffers(device, "cam", 0, 0, NULL, 0), 0);
	CHECK_EQ(lcma_list_buffers(device, "none", 0, 0, entries, 8), -ENOENT);
	CHECK_EQ(lcma_list_buffers(device, "cam", 64, 0, entries, 8), -EOPNOTSUPP);
	CHECK_EQ(lcma_for_each_buffer(device, "cam", 0, count, &nr), 0);
	CHECK_EQ(nr, 2);
	/* However few come at a time, all of them come. */
	setenv("FAKE_NO_MORE", "1", 1);
	nr = 0;
	CHECK_EQ(lcma_for_each_buffer(device, "cam", 0, count, &nr), 0);
	CHECK_EQ(nr, 2);
	unsetenv("FAKE_NO_MORE");
	CHECK_EQ(lcma_for_each_buffer(device, "cam", 0, stop, &id), 7);
	CHECK_EQ(id, 1);
	CHECK_EQ(lcma_for_each_buffer(device, "none", 0, count, &nr), -ENOENT);
	setenv("FAKE_USER", "1", 1);
	CHECK_EQ(lcma_for_each_buffer(device, "cam", LCMA_LIST_ALL, count, &nr),
		 -EPERM);
	unsetenv("FAKE_USER");
	CHECK_EQ(lcma_for_each_buffer_sized(device, "cam", 0, count, &nr, 4),
		 -EINVAL);
}

static void every_error_has_a_sentence(void)
{
	static const int errors[] = {
		EINVAL, ENOENT, EFBIG, E2BIG, ENOSPC, EBUSY, ENOMEM, ENOBUFS, EAGAIN,
		ETIMEDOUT, EINTR, EDQUOT, EOPNOTSUPP, ENODEV, EACCES, EPERM,
		ENOTTY, EOVERFLOW,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		const char *sentence = lcma_strerror(-errors[i]);

		CHECK(sentence == lcma_strerror(errors[i]));
		CHECK(strcmp(sentence, strerror(errors[i])));
		CHECK(sentence[strlen(sentence) - 1] != '.');
		CHECK(!strcmp(lcma_errorname(-errors[i]),
			      strerrorname_np(errors[i])));
	}
	CHECK(!strcmp(lcma_strerror(-EMFILE), strerror(EMFILE)));
	CHECK(!strcmp(lcma_errorname(EXDEV), "E?"));
}

static const struct tap_case cases[] = {
	TAP_CASE(open_tells_why_not),
	TAP_CASE(versions_of_any_size),
	TAP_CASE(the_right_device_is_opened),
	TAP_CASE(regions_are_counted),
	TAP_CASE(a_region_is_found_by_name),
	TAP_CASE(a_buffer_from_birth_to_death),
	TAP_CASE(large_mappings_are_aligned),
	TAP_CASE(entries_of_any_size),
	TAP_CASE(options_of_any_size),
	TAP_CASE(refusals_change_nothing),
	TAP_CASE(lists_are_read_on),
	TAP_CASE(every_error_has_a_sentence),
};

int main(void)
{
	tap_run(cases, ARRAY_SIZE(cases));
	lcma_close(device);
	return tap_finish();
}
