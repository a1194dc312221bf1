// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_ioctl - every call of include/uapi/linux/lcma.h as its manual has it: sizes,
 * pointers, flags, limits and errors. What only an allocation has is lcma_alloc's.
 * See ioctl.sh.
 */
#include "program.h"

#include "layout.h"

#define MAIN_BYTES	(32 * MIB)
#define POOL_BYTES	(16 * MIB)
#define GRAIN_BYTES	(8 * MIB)
#define GRAIN		(64 * KIB)
#define REGIONS		"regions=main=32M@cma;pool=16M@cma,keep=all;" \
			"grain=8M@cma,order=4,align=1M"

static int dev;

/* --- sizes and pointers, for all calls alike ---------------------------------------- */

static int known_fd;		/* a buffer in main */
static char names[8][LCMA_NAME_SIZE];

/**
 * struct sample - a call that works
 * @name: for people
 * @cmd: the call
 * @size: of its structure
 * @first_size: of its first version, which is still served; 0: it has not grown
 * @prepare: makes a good request
 */
struct sample {
	const char *name;
	unsigned int cmd;
	size_t size;
	size_t first_size;
	void (*prepare)(void *arg);
};

static void prepare_nothing(void *arg MAYBE_UNUSED)
{
}

static void prepare_region_list(void *arg)
{
	struct lcma_region_list *list = arg;

	list->nr = ARRAY_SIZE(names);
	list->names = (uintptr_t)names;
}

static void prepare_region_info(void *arg)
{
	strcpy(((struct lcma_region_info *)arg)->name, "main");
}

static void prepare_alloc(void *arg)
{
	((struct lcma_alloc *)arg)->len = PAGE;
}

static void prepare_buffer_info(void *arg)
{
	struct lcma_buffer_info *info = arg;

	info->fd = known_fd;
	info->entry_size = sizeof(info->entry);
}

static void prepare_buffer_list(void *arg)
{
	struct lcma_buffer_list *list = arg;

	strcpy(list->region, "main");
	list->entry_size = sizeof(struct lcma_buffer_entry);
}

static void prepare_failure_list(void *arg)
{
	struct lcma_failure_list *list = arg;

	strcpy(list->region, "main");
	list->entry_size = sizeof(struct lcma_failure_entry);
}

static void prepare_region_map(void *arg)
{
	struct lcma_region_map *map = arg;

	strcpy(map->region, "main");
	map->entry_size = sizeof(struct lcma_map_entry);
}

static const struct sample samples[] = {
	{ "version", LCMA_IOC_VERSION, sizeof(struct lcma_version), 0,
	  prepare_nothing },
	{ "region list", LCMA_IOC_REGION_LIST, sizeof(struct lcma_region_list), 0,
	  prepare_region_list },
	{ "region info", LCMA_IOC_REGION_INFO, sizeof(struct lcma_region_info),
	  offsetof(struct lcma_region_info, claimed), prepare_region_info },
	{ "alloc", LCMA_IOC_ALLOC, sizeof(struct lcma_alloc),
	  offsetof(struct lcma_alloc, below), prepare_alloc },
	{ "buffer info", LCMA_IOC_BUFFER_INFO, sizeof(struct lcma_buffer_info), 0,
	  prepare_buffer_info },
	{ "buffer list", LCMA_IOC_BUFFER_LIST, sizeof(struct lcma_buffer_list), 0,
	  prepare_buffer_list },
	{ "failure list", LCMA_IOC_FAILURE_LIST,
	  sizeof(struct lcma_failure_list), 0, prepare_failure_list },
	{ "region map", LCMA_IOC_REGION_MAP, sizeof(struct lcma_region_map), 0,
	  prepare_region_map },
};

/* A call of alloc gives a buffer: it is not wanted. */
static void let_go(const struct sample *sample, const void *arg)
{
	if (sample->cmd == LCMA_IOC_ALLOC)
		close(((const struct lcma_alloc *)arg)->fd);
}

/*
 * One call with a size of its own; what lies after the structure is @behind,
 * and has to be so afterwards.
 */
static void try_size(const struct sample *sample, uint32_t size, char behind,
		     long wanted, const char *what)
{
	static char arg[2 * PAGE] __attribute__((aligned(8)));
	const size_t known = sample->first_size && size >= sample->first_size &&
			     size < sample->size ? size : sample->size;
	size_t i, changed = 0;
	long ret;

	memset(arg, behind, sizeof(arg));
	memset(arg, 0, known);
	sample->prepare(arg);
	*(uint32_t *)arg = size;
	ret = lcma_call(dev, sample->cmd, arg);
	answers(ret, wanted, "%s, size %u of %zu, %s", sample->name, size,
		sample->size, what);
	for (i = known; i < sizeof(arg); i++)
		changed += arg[i] != behind;
	if (!ret) {
		is(*(uint32_t *)arg, size, "%s: size is what it was",
		   sample->name);
		let_go(sample, arg);
	}
	is(changed, 0, "%s: nothing is written after it", sample->name);
}

static void test_sizes(const struct sample *sample)
{
	const uint32_t size = sample->size;

	try_size(sample, 0, 0, -EINVAL, "none");
	try_size(sample, 4, 0, -EINVAL, "itself only");
	try_size(sample, (sample->first_size ?: size) - 1, 0, -EINVAL,
		 "a byte less than the first version");
	if (sample->first_size) {
		try_size(sample, sample->first_size, (char)0xa5, 0,
			 "the first version");
		try_size(sample, sample->first_size + 8, (char)0xa5, 0,
			 "the first version and a field");
		try_size(sample, size - 1, (char)0xa5, 0, "a byte less");
	}
	try_size(sample, size, (char)0xa5, 0, "exact");
	try_size(sample, size + 1, 0, 0, "a zero more");
	try_size(sample, size + 8, 0, 0, "a field more, 0");
	try_size(sample, PAGE, 0, 0, "a page, 0");
	try_size(sample, PAGE + 1, 0, -E2BIG, "a byte more than a page, 0");
	try_size(sample, 0xffffffff, 0, -E2BIG, "the largest");
	try_size(sample, size + 1, 1, -E2BIG, "a byte more, not 0");
	try_size(sample, size + 8, (char)0xff, -E2BIG, "a field more, not 0");
}

/* The last byte of a larger structure decides as the first does. */
static void test_last_byte(const struct sample *sample)
{
	static char arg[PAGE] __attribute__((aligned(8)));
	const uint32_t size = sample->size + 64;

	memset(arg, 0, sizeof(arg));
	sample->prepare(arg);
	*(uint32_t *)arg = size;
	arg[size - 1] = 1;
	answers(lcma_call(dev, sample->cmd, arg), -E2BIG,
		"%s, only the last byte is not 0", sample->name);
}

static void test_pointers(const struct sample *sample)
{
	const unsigned long used = used_bytes("main");
	const int nr_fds = count_fds();
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *edge = pages + PAGE;
	char *straddling = edge - sample->size + 8;

	munmap(edge, PAGE);
	answers(lcma_call(dev, sample->cmd, NULL), -EFAULT, "%s at NULL",
		sample->name);
	answers(lcma_call(dev, sample->cmd, edge), -EFAULT,
		"%s where nothing is mapped", sample->name);
	answers(lcma_call(dev, sample->cmd, (void *)0xc0008000UL), -EFAULT,
		"%s in the kernel's memory", sample->name);
	sample->prepare(straddling - 8);	/* its end is not read so */
	*(uint32_t *)straddling = sample->size;
	answers(lcma_call(dev, sample->cmd, straddling), -EFAULT,
		"%s, its end not mapped", sample->name);

	memset(pages, 0, PAGE);
	sample->prepare(pages);
	memmove(pages + 8, pages, PAGE - 8);
	*(uint32_t *)(pages + 8) = PAGE;
	answers(lcma_call(dev, sample->cmd, pages + 8), -EFAULT,
		"%s, larger than what is mapped", sample->name);

	memset(pages, 0, PAGE);
	sample->prepare(pages);
	*(uint32_t *)pages = sample->size;
	mprotect(pages, PAGE, PROT_READ);
	answers(lcma_call(dev, sample->cmd, pages), -EFAULT,
		"%s in read-only memory", sample->name);
	mprotect(pages, PAGE, PROT_READ | PROT_WRITE);
	munmap(pages, PAGE);
	is(used_bytes("main"), used, "%s: nothing is held after it",
	   sample->name);
	is(count_fds(), nr_fds, "%s: no descriptor either", sample->name);
}

/* It may lie anywhere, even at an odd address. */
static void test_odd_address(const struct sample *sample)
{
	static char room[PAGE];
	union {
		char bytes[512];
		uint64_t aligned;
	} arg = {};

	sample->prepare(arg.bytes);
	*(uint32_t *)arg.bytes = sample->size;
	memcpy(room + 1, arg.bytes, sample->size);
	answers(lcma_call(dev, sample->cmd, room + 1), 0,
		"%s at an odd address", sample->name);
	memcpy(arg.bytes, room + 1, sample->size);
	let_go(sample, arg.bytes);
}

/* The second word is for flags, in every structure, and every bit is looked at. */
static void test_unknown_flags(const struct sample *sample)
{
	static const uint32_t known[] = {
		[_IOC_NR(LCMA_IOC_ALLOC)] = LCMA_ALLOC_F_NOWAIT |
					    LCMA_ALLOC_F_QUIET,
		[_IOC_NR(LCMA_IOC_BUFFER_LIST)] = LCMA_LIST_ALL,
		[_IOC_NR(LCMA_IOC_FAILURE_LIST)] = LCMA_FAILURES_ALL |
						   LCMA_FAILURES_SLOW,
		[_IOC_NR(LCMA_IOC_REGION_MAP)] = LCMA_MAP_LOOK,
	};
	const unsigned int nr = _IOC_NR(sample->cmd);
	union {
		char bytes[512];
		uint32_t words[2];
		uint64_t aligned;
	} arg;
	unsigned int bit, wrong = 0;

	for (bit = 0; bit < 32; bit++) {
		if (nr < ARRAY_SIZE(known) && known[nr] & 1U << bit)
			continue;
		memset(&arg, 0, sizeof(arg));
		sample->prepare(arg.bytes);
		arg.words[0] = sample->size;
		arg.words[1] = 1U << bit;
		wrong += lcma_call(dev, sample->cmd, &arg) != -EOPNOTSUPP;
	}
	is(wrong, 0, "%s: every unknown flag is EOPNOTSUPP", sample->name);
}

/* Reserved room is checked as fields are that this version does not know. */
static void test_reserved(void)
{
	struct lcma_region_list list = { .size = sizeof(list), .reserved = 1 };
	struct lcma_buffer_info info;
	unsigned int i;

	answers(lcma_call(dev, LCMA_IOC_REGION_LIST, &list), -E2BIG,
		"region list, reserved is not 0");
	for (i = 0; i < ARRAY_SIZE(info.reserved); i++) {
		info = (struct lcma_buffer_info){
			.size = sizeof(info), .fd = known_fd,
			.entry_size = sizeof(info.entry),
		};
		info.reserved[i] = 1ULL << 63;
		answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, &info), -E2BIG,
			"buffer info, reserved[%u] is not 0", i);
	}
}

/* The entry is the last, and has a size of its own. */
static void test_entry_size(void)
{
	const uint32_t first = offsetof(struct lcma_buffer_entry, inode);
	const uint32_t head = offsetof(struct lcma_buffer_info, entry);
	struct {
		struct lcma_buffer_info info;
		uint64_t more[2];
	} big;
	struct lcma_buffer_info *info = &big.info;

	memset(&big, 0, sizeof(big));
	info->fd = known_fd;
	info->size = head + first;
	info->entry_size = first;
	info->entry.inode = 77;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, info), 0,
		"buffer info, an entry of the first version");
	is(info->entry.bytes, PAGE, "is filled in");
	is(info->entry.inode, 77, "and nothing after it");
	info->entry_size = first - 1;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, info), -EINVAL,
		"an entry that is a byte smaller");
	info->entry_size = first + 1;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, info), -EINVAL,
		"an entry that is larger than its room");
	info->entry_size = 0xffffffff;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, info), -EINVAL,
		"an entry of 2^32 - 1");
	memset(&big, 0, sizeof(big));
	info->fd = known_fd;
	info->size = sizeof(big);
	info->entry_size = sizeof(info->entry) + sizeof(big.more);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, info), 0,
		"an entry of a program that is newer");
	ok(info->entry.inode, "is filled in");
	is(big.more[0] | big.more[1], 0, "up to what the module knows");
}

/* --- calls that there are not ----------------------------------------------------------- */

static void test_unknown_calls(void)
{
	static const unsigned int cmds[] = {
		_IO(LCMA_IOC_MAGIC, _IOC_NR(LCMA_IOC_REGION_MAP) + 1),
		_IO(LCMA_IOC_MAGIC, 255), _IO('H', 0), _IO(0, 0),
		_IO(LCMA_IOC_MAGIC + 1, 0),
		_IOW(LCMA_IOC_MAGIC, 0, struct lcma_version),
		_IOR(LCMA_IOC_MAGIC, 0, struct lcma_version),
		_IOWR(LCMA_IOC_MAGIC, 3, struct lcma_alloc),
		_IOC(_IOC_NONE, LCMA_IOC_MAGIC, 0, 40), 0x5401 /* TCGETS */,
		0xffffff00,
	};
	struct lcma_version version = { .size = sizeof(version) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		answers(lcma_call(dev, cmds[i], &version), -ENOTTY,
			"call %#x", cmds[i]);
	answers(lcma_call(dev, _IO(LCMA_IOC_MAGIC, 255), NULL), -ENOTTY,
		"an unknown call at NULL");
}

static void test_open_modes(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	struct lcma_version version;
	unsigned int i;
	int fd, buffer;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		fd = open(DEVICE, modes[i]);
		version = (struct lcma_version){ .size = sizeof(version) };
		answers(lcma_call(fd, LCMA_IOC_VERSION, &version), 0,
			"version of a file of mode %d", modes[i]);
		buffer = alloc_buffer(fd, "main", PAGE);
		answers(buffer, 0, "a buffer from a file of mode %d", modes[i]);
		close(buffer);
		close(fd);
	}
	is(lseek(dev, 0, SEEK_CUR), -1, "the device cannot seek");
}

/* --- version, regions -------------------------------------------------------------------- */

static void test_version(void)
{
	struct lcma_version v;

	memset(&v, 0xff, sizeof(v));
	v.size = sizeof(v);
	v.flags = 0;
	answers(lcma_call(dev, LCMA_IOC_VERSION, &v), 0,
		"version, its fields full of ones");
	is(v.abi, 2, "the ABI's number");
	is(v.nr_regions, 3, "three regions");
	is(v.quota_file, 0, "no limit for a file");
	is(v.quota_user, 0, "no limit for a user");
	ok(v.major < 1000 && v.minor < 1000 && v.patch < 1000 &&
	   (v.major || v.minor || v.patch), "module version %u.%u.%u", v.major,
	   v.minor, v.patch);
}

static long region_names(uint32_t *nr, void *to)
{
	struct lcma_region_list list = {
		.size = sizeof(list), .nr = *nr, .names = (uintptr_t)to,
	};
	long ret = lcma_call(dev, LCMA_IOC_REGION_LIST, &list);

	*nr = list.nr;
	return ret;
}

static void test_region_list(void)
{
	static const char *const wanted[] = { "main", "pool", "grain" };
	char whole[LCMA_NAME_SIZE] = {};
	unsigned int i;
	uint32_t nr = 0;

	answers(region_names(&nr, NULL), 0, "region list, room for none");
	is(nr, 3, "tells how many there are");

	memset(names, 0xa5, sizeof(names));
	nr = 1;
	answers(region_names(&nr, names), 0, "region list, room for one");
	is(nr, 3, "tells how many there are");
	same_text(names[0], "main", "the first one");
	is(names[1][0], (char)0xa5, "no more is written than fits");

	memset(names, 0xa5, sizeof(names));
	nr = ARRAY_SIZE(names);
	answers(region_names(&nr, names), 0, "region list, room for more");
	is(nr, 3, "tells how many there are");
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		memset(whole, 0, sizeof(whole));
		strcpy(whole, wanted[i]);
		ok(!memcmp(names[i], whole, sizeof(whole)),
		   "region %u is %s, padded with NULs", i, wanted[i]);
	}
	is(names[3][0], (char)0xa5, "and nothing after the last");
	nr = 3;
	answers(region_names(&nr, (void *)8), -EFAULT, "names nowhere");
	nr = 0xffffffff;
	memset(names, 0, sizeof(names));
	answers(region_names(&nr, names), 0, "region list, room for 2^32 - 1");
}

static bool adds_up(const struct lcma_region_info *info)
{
	return info->used + info->pool + info->shared + info->busy ==
	       info->bytes;
}

/* Every number, as sysfs has it: pages there are bytes here. */
static void test_numbers(const char *name, const struct lcma_region_info *info)
{
#define PAGES(_file, _field) \
	{ #_file, offsetof(struct lcma_region_info, _field), PAGE }
#define COUNT(_file) { #_file, offsetof(struct lcma_region_info, _file), 1 }
	static const struct {
		const char *file;
		size_t offset;
		uint64_t scale;
	} numbers[] = {
		PAGES(nr_pages, bytes), PAGES(unit_pages, unit),
		PAGES(align_pages, align), PAGES(granule_pages, granule),
		PAGES(keep_low, keep_low), PAGES(keep_high, keep_high),
		COUNT(decay_ms), PAGES(used_pages, used),
		PAGES(claimed_pages, claimed), PAGES(busy_pages, busy),
		PAGES(pool_pages, pool), PAGES(pool_zero_pages, pool_zero),
		PAGES(shared_pages, shared),
		PAGES(quarantined_pages, quarantined),
		PAGES(largest_pages, largest), COUNT(running_claims),
		COUNT(allocs), COUNT(frees), COUNT(failures),
		COUNT(pool_hits), COUNT(pool_hits_zero),
		PAGES(spared_pages, spared), PAGES(refilled_pages, refilled),
		PAGES(decayed_pages, decayed), PAGES(shrunk_pages, shrunk),
		PAGES(zeroed_pages, zeroed), COUNT(claims),
		COUNT(claims_failed), COUNT(claims_late), COUNT(claim_max_us),
		COUNT(wedge), PAGES(wedged_pages, wedged),
		PAGES(prepared_pages, prepared), COUNT(prepares),
		COUNT(prepares_used), COUNT(prepares_over),
		COUNT(address_bits),
	};
#undef PAGES
#undef COUNT
	uint64_t value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		memcpy(&value, (const char *)info + numbers[i].offset,
		       sizeof(value));
		is(value, region_value(name, numbers[i].file) * numbers[i].scale,
		   "%s: %s", name, numbers[i].file);
	}
}

/* Two looks find the same only when nothing is zeroed in the background any longer. */
static void wait_for_zeroes(const char *name)
{
	const uint64_t pages = region_value(name, "pool_pages");
	unsigned int i;

	for (i = 0; i < 6000 && region_value(name, "pool_zero_pages") != pages; i++)
		usleep(10000);
}

static void test_region(const char *name, uint64_t bytes, uint32_t attrs)
{
	struct lcma_region_info info;

	wait_for_zeroes(name);
	answers(region_info(dev, name, &info), 0, "info of region %s", name);
	is(info.bytes, bytes, "%s: bytes", name);
	is(info.attrs & ~LCMA_REGION_PHYS, attrs, "%s: attrs", name);
	ok(info.attrs & LCMA_REGION_PHYS, "%s: root sees its address", name);
	is(info.phys, region_value(name, "base"), "%s: which is sysfs' base",
	   name);
	same_text(info.name, name, "its name");
	same_text(info.origin, "cma", "its origin");
	ok(adds_up(&info), "%s: used + pool + shared + busy is all", name);
	is(info.quarantined, 0, "%s: nothing is quarantined", name);
	test_numbers(name, &info);
}

static void test_region_info(void)
{
	struct lcma_region_info info, again;
	char text[LCMA_NAME_SIZE + 1] = {};
	int fd;

	test_region("main", MAIN_BYTES, LCMA_REGION_SHAREABLE);
	test_region("pool", POOL_BYTES, LCMA_REGION_SHAREABLE |
					LCMA_REGION_PRIVATE);
	test_region("grain", GRAIN_BYTES, LCMA_REGION_SHAREABLE);
	region_info(dev, "main", &info);
	is(info.align, PAGE, "main: align");
	is(info.granule, PAGE, "main: granule");
	is(info.keep_low, 0, "main: keep_low");
	is(info.keep_high, 0, "main: keep_high");
	region_info(dev, "pool", &info);
	ok(info.keep_high >= POOL_BYTES, "pool: keep_high is at least all");
	is(info.pool, POOL_BYTES, "pool: everything can be had at once");
	region_info(dev, "grain", &info);
	is(info.align, MIB, "grain: align");
	is(info.granule, GRAIN, "grain: granule");

	region_info(dev, "main", &info);
	fd = need_buffer(dev, "main", 3 * PAGE);
	again = info;
	again.attrs = again.reserved = ~0U;
	again.bytes = again.phys = again.failures = ~0ULL;
	answers(lcma_call(dev, LCMA_IOC_REGION_INFO, &again), 0,
		"out fields are not looked at");
	is(again.used, info.used + 3 * PAGE, "a buffer is counted");
	is(again.allocs, info.allocs + 1, "so is its allocation");
	ok(adds_up(&again), "everything adds up");
	close(fd);
	answers(lcma_call(dev, LCMA_IOC_REGION_INFO, &again), 0,
		"region info again with the same structure");
	is(again.used, info.used, "the buffer is gone");
	is(again.frees, info.frees + 1, "its return is counted");

	answers(region_info(dev, "nowhere", &info), -ENOENT, "no such region");
	answers(region_info(dev, "mai", &info), -ENOENT, "half a name");
	answers(region_info(dev, "", &info), -ENOENT, "no name");
	memset(text, 'm', LCMA_NAME_SIZE);
	memcpy(info.name, text, LCMA_NAME_SIZE);
	info.size = sizeof(info);
	answers(lcma_call(dev, LCMA_IOC_REGION_INFO, &info), -EINVAL,
		"a name without its NUL");
	memset(info.name, 'x', sizeof(info.name));
	strcpy(info.name, "main");
	answers(lcma_call(dev, LCMA_IOC_REGION_INFO, &info), 0,
		"what stands after the NUL does not count");
}

int main(void)
{
	unsigned int i;
	int nr_fds;

	tap_start();
	need_lcma(REGIONS);
	dev = open_device();
	nr_fds = count_fds();

	test_version();
	test_region_list();
	test_region_info();
	test_unknown_calls();
	test_open_modes();
	known_fd = need_buffer(dev, "main", PAGE);
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		test_sizes(&samples[i]);
		test_last_byte(&samples[i]);
		test_pointers(&samples[i]);
		test_odd_address(&samples[i]);
		test_unknown_flags(&samples[i]);
	}
	test_reserved();
	test_entry_size();
	close(known_fd);

	ok(is_idle("main", 2000) && is_idle("pool", 2000) &&
	   is_idle("grain", 2000), "every region is idle");
	is(count_fds(), nr_fds, "no descriptor is left open");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
