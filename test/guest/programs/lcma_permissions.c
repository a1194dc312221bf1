// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_permissions - what an ordinary user may do and see, and what every
 * single capability adds. See permissions.sh.
 */
#include "program.h"

#include <linux/capability.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define SYS(_file)	"/sys/kernel/lcma/main/" _file
#define PARAMETER(_n)	"/sys/module/lcma/parameters/" _n

static int dev;
static int roots_fd;		/* a buffer of root's */
static struct lcma_buffer_entry entries[16];

/* --- what one sees ----------------------------------------------------------------- */

static void sees_phys(bool wanted, const char *who)
{
	struct lcma_buffer_entry entry = {};
	struct lcma_region_info info;

	region_info(dev, "main", &info);
	ok(!!(info.attrs & LCMA_REGION_PHYS) == wanted &&
	   !!info.phys == wanted, "%s %s the region's address", who,
	   wanted ? "sees" : "does not see");
	buffer_info(dev, roots_fd, &entry);
	ok(!!(entry.flags & LCMA_BUFFER_PHYS) == wanted &&
	   !!entry.phys == wanted, "%s %s a buffer's address", who,
	   wanted ? "sees" : "does not see");
}

static void lists_all(long wanted, const char *who)
{
	const long nr = list_buffers(dev, "main", LCMA_LIST_ALL, entries, 16);

	answers(nr, wanted, "%s asks for everybody's buffers", who);
	answers(list_buffers(dev, "main", LCMA_LIST_ALL, entries, 0), wanted,
		"%s asks for none of them", who);
}

/* --- an ordinary user ----------------------------------------------------------------- */

static void cannot_write(const char *path)
{
	answers(CALL(open(path, O_WRONLY)), -EACCES, "to write %s", path);
}

static void test_files(void)
{
	static const char *const readable[] = {
		SYS("nr_pages"), SYS("unit_pages"), SYS("used_pages"),
		SYS("claimed_pages"), SYS("busy_pages"), SYS("pool_pages"),
		SYS("shared_pages"), SYS("quarantined_pages"),
		SYS("largest_pages"), SYS("source"), SYS("keep"),
		SYS("state"), PARAMETER("quota_user_kib"),
		PARAMETER("quota_file_kib"), PARAMETER("phys_for_all"),
	};
	static const char *const refused[] = {
		SYS("base"), SYS("drain"), "/sys/kernel/debug/lcma",
		"/sys/kernel/debug/lcma/main/info",
		"/sys/kernel/debug/lcma/main/buffers",
		"/sys/kernel/debug/lcma/main/quarantine",
	};
	char text[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(readable); i++) {
		ok(read_text(readable[i], text, sizeof(text)) > 0,
		   "a user reads %s", readable[i]);
		cannot_write(readable[i]);
	}
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		answers(CALL(open(refused[i], O_RDONLY)), -EACCES, "to read %s",
			refused[i]);
	cannot_write(SYS("drain"));
	cannot_write(SYS("base"));
	answers(unload_lcma(), -EPERM, "to unload");
}

static void test_user(void *unused MAYBE_UNUSED)
{
	struct lcma_version version = { .size = sizeof(version) };
	struct lcma_buffer_entry entry = {};
	char names[4][LCMA_NAME_SIZE], text[256];
	struct lcma_region_list list = {
		.size = sizeof(list), .nr = 4, .names = (uintptr_t)names,
	};
	struct lcma_region_info info;
	struct lcma_alloc alloc;
	int inherited = dev, fd, more;
	char *map;

	dev = open_device();
	answers(lcma_call(dev, LCMA_IOC_VERSION, &version), 0, "version");
	answers(lcma_call(dev, LCMA_IOC_REGION_LIST, &list), 0, "region list");
	answers(region_info(dev, "main", &info), 0, "region info");
	is(info.bytes, 16 * MIB, "with the region's size");
	fd = alloc_buffer(dev, "main", 3 * PAGE);
	answers(fd, 0, "a buffer");
	map = map_buffer(fd, 3 * PAGE);
	ok(is_zero(map, 3 * PAGE), "that is zero");
	fill(map, 3 * PAGE, 1);
	alloc = alloc_for("pool", PAGE);
	alloc.flags = LCMA_ALLOC_F_NOWAIT | LCMA_ALLOC_F_QUIET;
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), 0, "a buffer at once");

	answers(buffer_info(dev, fd, &entry), 0, "its info");
	is(entry.uid, 1000, "it is user 1000's");
	is(entry.flags, 0, "without flags");
	is(entry.phys, 0, "without its address");
	sees_phys(false, "a user");
	answers(buffer_info(dev, roots_fd, &entry), 0,
		"info of root's buffer, by its descriptor");
	is(entry.uid, 0, "it is root's");

	is(list_buffers(dev, "main", 0, entries, 16), 1,
	   "the user's own buffer is listed, not root's nor another user's");
	is(entries[0].uid, 1000, "as the user's");
	is(entries[0].phys, 0, "without its address");
	lists_all(-EPERM, "a user");
	is(list_buffers(inherited, "main", 0, entries, 16), 1,
	   "root's file does not make a user root");
	answers(list_buffers(inherited, "main", LCMA_LIST_ALL, entries, 16),
		-EPERM, "not to see all either");
	more = alloc_buffer(inherited, "main", PAGE);
	buffer_info(dev, more, &entry);
	is(entry.uid, 1000, "what the user gets from it is the user's");
	close(more);

	answers(write_text(DEVICE, "8K region=main"), 0, "a text buffer");
	is(list_buffers(dev, "main", 0, entries, 16), 2, "is listed");
	is(entries[1].flags, LCMA_BUFFER_TEXT, "as the text device's");
	ok(read_text(DEVICE, text, sizeof(text)) > 0, "and freed");
	test_files();
}

/* A user of the group: may allocate, and cannot touch text buffers. */
static void in_the_group(void *unused MAYBE_UNUSED)
{
	struct iovec piece = { (char *)"4K", 2 };
	struct lcma_version version = { .size = sizeof(version) };
	struct lcma_alloc alloc = alloc_for("main", PAGE);
	int programs, ends[2];
	char text[64];

	answers(CALL(open(DEVICE, O_RDWR)), -EACCES,
		"a user of the group opens the text device");
	programs = open(PROGRAMS, O_RDWR | O_CLOEXEC);
	ok(programs >= 0, "a user of the group opens " PROGRAMS);
	answers(lcma_call(programs, LCMA_IOC_VERSION, &version), 0,
		"where calls have the same numbers: version");
	answers(lcma_call(programs, LCMA_IOC_ALLOC, &alloc), 0, "a buffer");
	close(alloc.fd);
	is(list_buffers(programs, "main", 0, entries, 16), 0,
	   "a user does not see root's text buffer");
	answers(CALL(read(programs, text, sizeof(text))), -EINVAL,
		"a read there");
	answers(CALL(write(programs, "4K\n", 3)), -EINVAL, "a write");
	answers(CALL(writev(programs, &piece, 1)), -EINVAL, "a writev");
	if (pipe(ends))
		bail_out("pipe: %m");
	answers(CALL(splice(programs, NULL, ends[1], NULL, 64, 0)), -EINVAL,
		"a splice from there");
	write(ends[1], "4K\n", 3);
	answers(CALL(splice(ends[0], NULL, programs, NULL, 3, 0)), -EINVAL,
		"a splice to there");
	is(lseek(programs, 0, SEEK_CUR), -1, "it cannot seek");
	ok(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, programs, 0) == MAP_FAILED,
	   "nor be mapped");
	close(ends[0]);
	close(ends[1]);
	answers(list_buffers(programs, "main", LCMA_LIST_ALL, entries, 16),
		-EPERM, "to see everybody's buffers");
	close(programs);
}

static char text_room[256];

static void as_member(void *unused MAYBE_UNUSED)
{
	const gid_t video = 44;

	if (setgroups(1, &video) || setgid(1000) || setuid(1000))
		bail_out("to be a member: %m");
	in_the_group(NULL);
}

static void test_doors(void)
{
	struct stat st = {};

	ok(!stat(PROGRAMS, &st) && S_ISCHR(st.st_mode),
	   PROGRAMS " is a character device");
	is(st.st_mode & 0777, 0600, "for root, until a rule says otherwise");
	stat(DEVICE, &st);
	is(st.st_mode & 0777, 0600, DEVICE " is root's");
	/* As 60-lcma.rules does. */
	if (chown(PROGRAMS, 0, 44) || chmod(PROGRAMS, 0660))
		bail_out(PROGRAMS ": %m");
	answers(write_text(DEVICE, "16K region=main label=roots"), 0,
		"root has a text buffer");
	is(used_bytes("main"), 16 * KIB, "of 16 KiB");
	in_child(0, as_member, NULL);
	is(used_bytes("main"), 16 * KIB, "it is still there");
	ok(read_text(DEVICE, text_room, sizeof(text_room)) > 0,
	   "root frees it");
}

static void hold_one(void *arg)
{
	int *pipes = arg, fd;
	char c;

	fd = need_buffer(open_device(), "main", PAGE);
	write(pipes[1], "r", 1);
	while (read(pipes[2], &c, 1) > 0)
		;
	close(fd);
}

/* --- capabilities ------------------------------------------------------------------------ */

static void set_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ mask, mask, 0 }, { mask >> 32, mask >> 32, 0 },
	};

	if (syscall(SYS_capset, &header, data))
		bail_out("capset: %m");
}

/**
 * struct powers - a process with some capabilities
 * @who: for people
 * @uid: whose
 * @mask: capabilities
 * @sees_phys: what it may
 * @lists_all: what it may: 0, or -EPERM
 */
struct powers {
	const char *who;
	uid_t uid;
	uint64_t mask;
	bool sees_phys;
	long lists_all;
};

#define CAP(_name)	(1ULL << CAP_##_name)
#define EVERYTHING	((1ULL << 38) - 1)

static const struct powers powers[] = {
	{ "root", 0, EVERYTHING, true, 0 },
	{ "root without CAP_SYS_RAWIO", 0, EVERYTHING & ~CAP(SYS_RAWIO),
	  false, 0 },
	{ "root without CAP_SYS_ADMIN", 0, EVERYTHING & ~CAP(SYS_ADMIN),
	  true, -EPERM },
	{ "root without any", 0, 0, false, -EPERM },
	{ "a user with CAP_SYS_RAWIO", 1000, CAP(SYS_RAWIO), true, -EPERM },
	{ "a user with CAP_SYS_ADMIN", 1000, CAP(SYS_ADMIN), false, 0 },
	{ "a user with all others", 1000,
	  EVERYTHING & ~(CAP(SYS_ADMIN) | CAP(SYS_RAWIO)), false, -EPERM },
};

static void with_powers(void *arg)
{
	const struct powers *p = arg;

	prctl(PR_SET_KEEPCAPS, 1);
	if (p->uid)
		become(p->uid);
	set_capabilities(p->mask);
	sees_phys(p->sees_phys, p->who);
	lists_all(p->lists_all, p->who);
}

/* A user that is root of its own user namespace has no rights here. */
static void in_namespace(void *unused MAYBE_UNUSED)
{
	struct lcma_buffer_entry entry = {};
	int fd;

	prctl(PR_SET_DUMPABLE, 1);	/* else /proc/self is root's */
	if (unshare(CLONE_NEWUSER)) {
		diag("unshare: %m");
		skip("a user namespace", "not allowed here");
		return;
	}
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", "0 1000 1");
	is(getuid(), 0, "a user is root in its own namespace");
	sees_phys(false, "root of a namespace");
	lists_all(-EPERM, "root of a namespace");
	fd = need_buffer(dev, "main", PAGE);
	buffer_info(dev, fd, &entry);
	is(entry.uid, 0, "its buffer is, there, root's");
	buffer_info(dev, roots_fd, &entry);
	is(entry.uid, 65534, "the real root's is of user nobody");
	close(fd);
}

static void as_user_sees(void *wanted)
{
	char text[160];

	sees_phys(wanted != NULL, "a user");
	answers(write_text(DEVICE, "64K region=main"), 0, "a line of a user");
	if (read_text(DEVICE, text, sizeof(text)) <= 0)
		text[0] = '\0';
	ok(!!strstr(text, "phys=0x") == (wanted != NULL) &&
	   !!strstr(text, "phys=- ") == (wanted == NULL),
	   "what it reads from the device tells where it was: %s",
	   wanted ? "yes" : "no");
}

static void test_root(void)
{
	char text[64];

	ok(read_text(SYS("base"), text, sizeof(text)) > 0, "root reads base");
	ok(read_text(SYS("drain"), text, sizeof(text)) < 0,
	   "nobody reads drain");
	answers(write_text(SYS("drain"), "0"), -EINVAL, "drain, 0 written");
	answers(write_text(SYS("drain"), "maybe"), -EINVAL, "drain, a word");
	answers(write_text(SYS("drain"), ""), 0, "drain, nothing");
	ok(write_text(SYS("used_pages"), "0") < 0, "a count cannot be written");
	answers(write_text(PARAMETER("phys_for_all"), "1"), 0,
		"phys_for_all can be set");
	in_child(1000, as_user_sees, "");
	answers(write_text(PARAMETER("phys_for_all"), "0"), 0, "and unset");
	in_child(1000, as_user_sees, NULL);
}

static void cannot_open(void *unused MAYBE_UNUSED)
{
	answers(CALL(open(DEVICE, O_RDONLY)), -EACCES,
		"a user opens the device as it is at first, to read");
	answers(CALL(open(DEVICE, O_WRONLY)), -EACCES, "to write");
}

int main(void)
{
	int pipes[4];
	unsigned int i;
	pid_t other;
	char c;

	tap_start();
	need_lcma("regions=main=16M@cma;pool=8M@cma,keep=all");
	in_child(1000, cannot_open, NULL);
	test_doors();
	chmod(DEVICE, 0666);
	dev = open_device();
	roots_fd = need_buffer(dev, "main", 2 * PAGE);

	if (pipe(pipes) || pipe(pipes + 2))
		bail_out("pipe: %m");
	fflush(stdout);
	other = need_fork();
	if (!other) {
		close(roots_fd);
		close(pipes[3]);
		become(1001);
		hold_one(pipes);
		_exit(0);
	}
	read(pipes[0], &c, 1);
	is(list_buffers(dev, "main", LCMA_LIST_ALL, entries, 16), 2,
	   "root sees its buffer and another user's");
	is(entries[1].uid, 1001, "as that user's");
	is(list_buffers(dev, "main", 0, entries, 16), 1,
	   "or, on request, only its own");

	in_child(1000, test_user, NULL);
	for (i = 0; i < ARRAY_SIZE(powers); i++)
		in_child(0, with_powers, (void *)&powers[i]);
	in_child(1000, in_namespace, NULL);
	test_root();

	close(pipes[3]);
	wait_status(other);
	close(roots_fd);
	ok(is_idle("main", 2000) && is_idle("pool", 2000),
	   "every region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
