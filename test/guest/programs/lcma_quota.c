// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_quota - how much an open file and a user may hold: counted to the page,
 * by the process that asked, until it is given back. See quota.sh.
 */
#include "program.h"

#include <sched.h>
#include <sys/prctl.h>

#define PARAMETER(_name)	"/sys/module/lcma/parameters/" _name
#define UNPRIVILEGED		1000

static int dev;

static void limit(const char *file_kib, const char *user_kib)
{
	if (write_text(PARAMETER("quota_file_kib"), file_kib) < 0 ||
	    write_text(PARAMETER("quota_user_kib"), user_kib) < 0)
		bail_out("the limits cannot be set");
}

static void gets(int from, unsigned int kib, long wanted, const char *what)
{
	int fd = alloc_buffer(from, "main", kib * KIB);

	answers(fd, wanted, "%u KiB, %s", kib, what);
	if (fd >= 0)
		close(fd);
}

/* --- a file ------------------------------------------------------------------------ */

static void test_file(void)
{
	struct lcma_version version = { .size = sizeof(version) };
	int other = open_device(), fd, more, copy;
	char *map;

	limit("64", "0");
	lcma_call(dev, LCMA_IOC_VERSION, &version);
	is(version.quota_file, 64 * KIB, "version tells the file's limit");
	is(version.quota_user, 0, "and the user's");
	gets(dev, 68, -EDQUOT, "more than the limit at once");
	fd = need_buffer(dev, "main", 64 * KIB);
	gets(dev, 4, -EDQUOT, "when the limit is reached");
	gets(other, 64, 0, "by another file of the same user");
	gets(dev, 4, -EDQUOT, "when the other has given back");

	copy = dup(dev);
	gets(copy, 4, -EDQUOT, "by a duplicate of the file");
	close(copy);
	copy = dup(fd);
	close(fd);
	gets(dev, 4, -EDQUOT, "with a duplicate of the buffer left");
	map = map_buffer(copy, PAGE);
	close(copy);
	gets(dev, 4, -EDQUOT, "with a mapping of one page left");
	munmap(map, PAGE);
	gets(dev, 64, 0, "when everything is given back");

	fd = need_buffer(dev, "main", 40 * KIB);
	more = need_buffer(dev, "main", 20 * KIB + 1);
	gets(dev, 4, -EDQUOT, "after 40 and 20 and a byte");
	close(more);
	more = need_buffer(dev, "main", 24 * KIB);
	gets(dev, 4, -EDQUOT, "after 40 and 24");
	close(fd);
	gets(dev, 40, 0, "after the 40 are gone");
	gets(dev, 44, -EDQUOT, "but no more");
	close(more);

	/* A limit that was lowered takes nothing away. */
	fd = need_buffer(dev, "main", 64 * KIB);
	limit("16", "0");
	map = map_buffer(fd, 64 * KIB);
	fill(map, 64 * KIB, 1);
	ok(has_pattern(map, 64 * KIB, 1), "a lower limit takes nothing away");
	munmap(map, 64 * KIB);
	gets(dev, 4, -EDQUOT, "above the new limit");
	limit("68", "0");
	gets(dev, 4, 0, "below a higher one");
	gets(dev, 8, -EDQUOT, "not beyond it");
	limit("0", "0");
	gets(dev, 1024, 0, "without a limit");
	close(fd);

	limit("1", "0");
	gets(dev, 4, -EDQUOT, "where not a page is allowed");
	limit("7", "0");
	gets(dev, 4, 0, "where a page and a half are");
	gets(dev, 8, -EDQUOT, "not two");
	limit("4294967295", "4294967295");
	gets(dev, 1024, 0, "where everything is");
	limit("0", "0");
	close(other);
}

/* What the region's granule adds counts; what fails does not. */
static void test_what_counts(void)
{
	struct lcma_region_info before, after;
	struct lcma_alloc *alloc;
	int fd, i;

	limit("60", "0");
	answers(alloc_buffer(dev, "grain", 4 * KIB), -EDQUOT,
		"a page where a granule of 64 KiB is above the limit");
	is(used_bytes("grain"), 0, "nothing is held after it");
	limit("64", "0");
	fd = alloc_buffer(dev, "grain", 4 * KIB);
	answers(fd, 0, "a page where it is not");
	gets(dev, 4, -EDQUOT, "beside it");
	close(fd);

	region_info(dev, "main", &before);
	fd = need_buffer(dev, "grain", 4 * KIB);
	for (i = 0; i < 20; i++)
		alloc_buffer(dev, "main", 4 * KIB);
	region_info(dev, "main", &after);
	is(after.allocs, before.allocs, "what is over quota disturbs no page");
	close(fd);

	limit("0", "0");
	fd = need_buffer(dev, "main", before.bytes - 4 * KIB);
	limit("64", "64");
	for (i = 0; i < 20; i++) {
		alloc_buffer(dev, "main", 8 * KIB);
		alloc_buffer(dev, "nowhere", 8 * KIB);
	}
	alloc = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*alloc = alloc_for("pool", 8 * KIB);
	mprotect(alloc, PAGE, PROT_READ);
	close(fd);
	for (i = 0; i < 20; i++)
		lcma_call(dev, LCMA_IOC_ALLOC, alloc);
	munmap(alloc, PAGE);
	gets(dev, 64, 0, "after 60 failures of three kinds: none was charged");
	limit("0", "0");
}

/* --- a user -------------------------------------------------------------------------- */

static void others_share(void *unused MAYBE_UNUSED)
{
	int own = open_device();

	gets(own, 128, 0, "by another user");
	gets(own, 132, -EDQUOT, "by another user");
	gets(dev, 128, 0, "by another user, through a file that the first opened");
	gets(dev, 132, -EDQUOT, "by another user, through that file");
}

static long text(const char *line)
{
	return write_text(DEVICE, line);
}

static void text_free(void)
{
	char line[256];

	read_text(DEVICE, line, sizeof(line));
}

static void text_of_another(void *unused MAYBE_UNUSED)
{
	answers(text("128K region=main"), 0, "another user's text buffer");
	answers(text("4K region=main"), -EDQUOT, "is all that it may have");
}

static void test_user(void)
{
	int a, b, first = open_device(), second = open_device();

	limit("0", "128");
	a = need_buffer(first, "main", 64 * KIB);
	b = need_buffer(second, "main", 64 * KIB);
	gets(dev, 4, -EDQUOT, "by a third file of the user");
	gets(first, 4, -EDQUOT, "by the first");
	in_child(UNPRIVILEGED, others_share, NULL);
	answers(text("4K region=main"), -EDQUOT, "a text buffer of the user");
	close(first);
	gets(dev, 4, -EDQUOT, "when a file is closed, but not its buffer");
	close(a);
	gets(dev, 64, 0, "when the buffer is");
	gets(dev, 68, -EDQUOT, "not more");
	answers(text("60K region=main"), 0, "a text buffer");
	gets(dev, 8, -EDQUOT, "beside it");
	answers(text("4K region=main"), 0, "another text buffer");
	answers(text("0"), -EDQUOT, "a slot of the text device");
	close(b);
	answers(text("64K region=main"), 0, "a third, when there is room again");
	text_free();
	text_free();
	gets(dev, 64, 0, "when two are freed");
	text_free();
	gets(dev, 128, 0, "when all are");

	in_child(UNPRIVILEGED, text_of_another, NULL);
	gets(dev, 128, 0, "by the first user, beside it");
	text_free();
	in_child(UNPRIVILEGED, text_of_another, NULL);
	text_free();
	close(second);

	limit("64", "96");
	first = open_device();
	second = open_device();
	a = need_buffer(first, "main", 64 * KIB);
	gets(first, 4, -EDQUOT, "by a file at its limit");
	gets(second, 36, -EDQUOT, "by another, beyond the user's");
	gets(second, 32, 0, "up to it");
	close(a);
	close(first);
	close(second);
	limit("0", "0");
}

/* A buffer that was passed on is still its first owner's. */
static void test_passed(void)
{
	int pair[2], fd, own;
	pid_t child;
	char c;

	limit("0", "128");
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	fflush(stdout);
	child = need_fork();
	if (!child) {
		become(UNPRIVILEGED);
		own = open_device();
		fd = need_buffer(own, "main", 128 * KIB);
		send_fd(pair[1], "f", 1, fd);
		close(fd);
		_exit(alloc_buffer(own, "main", PAGE) != -EDQUOT);
	}
	fd = receive_fd(pair[0], &c, 1, 0);
	is(wait_status(child), 0, "a buffer that was passed on is the sender's");
	gets(dev, 128, 0, "by the receiver");
	close(fd);
	close(pair[0]);
	close(pair[1]);
	in_child(UNPRIVILEGED, text_of_another, NULL);
	text_free();
	limit("0", "0");
}

/* The device's descriptor was passed on: the caller pays, and the file counts. */
static void uses_passed_file(void *arg)
{
	int *pair = arg;
	char c;
	int passed = receive_fd(pair[0], &c, 1, 0), own = open_device(), fd;

	fd = need_buffer(passed, "main", 96 * KIB);
	gets(passed, 4, -EDQUOT, "by the receiver, at the limit of the sender's file");
	gets(own, 36, -EDQUOT, "by the receiver, beyond its own limit");
	gets(own, 32, 0, "by the receiver, up to it");
	send_fd(pair[0], "f", 1, fd);
	close(fd);
}

static void test_passed_file(void)
{
	int pair[2], file = open_device(), fd;
	char c;

	limit("96", "128");
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	send_fd(pair[1], "f", 1, file);
	in_child(UNPRIVILEGED, uses_passed_file, pair);
	fd = receive_fd(pair[1], &c, 1, 0);
	gets(file, 4, -EDQUOT, "by the sender, through the file whose limit is used");
	limit("0", "128");
	gets(dev, 128, 0, "by the sender: what the receiver asked for is not its");
	close(fd);
	close(file);
	close(pair[0]);
	close(pair[1]);
	limit("0", "0");
}

/* --- user namespaces ------------------------------------------------------------------ */

/* What /etc/subuid would give to a user: other ids, as many as it likes. */
#define SUBUID		100000

/**
 * struct inside - what is done in a user namespace
 * @owner: the user that makes it
 * @depth: how many namespaces, one inside the other
 * @uid: the id there; outside SUBUID more, but for 0, which is the owner
 * @kib: how much is asked for
 * @wanted: the answer
 * @hold: keep it
 */
struct inside {
	uid_t owner;
	int depth;
	uid_t uid;
	unsigned int kib;
	long wanted;
	bool hold;
};

static void write_map(pid_t pid, const char *which, const char *map)
{
	char path[64];
	long ret;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, which);
	ret = write_text(path, map);
	if (ret < 0)
		bail_out("%s: %s", path, error_name(ret));
}

/* Made by a process that has no privilege; a helper that has it gives it ids. */
static void enter_namespace(int depth)
{
	const pid_t self = getpid();
	char map[64], c;
	int ready[2];
	pid_t mapper;

	if (pipe(ready))
		bail_out("pipe: %m");
	snprintf(map, sizeof(map), "0 %u 1\n1 %u 999", depth ? 0 : getuid(),
		 depth ? 1 : SUBUID + 1);
	mapper = need_fork();
	if (!mapper) {
		close(ready[1]);
		read(ready[0], &c, 1);
		setresuid(0, 0, 0);
		write_map(self, "uid_map", map);
		write_map(self, "gid_map", map);
		_exit(0);
	}
	close(ready[0]);
	if (unshare(CLONE_NEWUSER))
		bail_out("unshare: %m");
	/* Its files in /proc are its own, for the helper. */
	prctl(PR_SET_DUMPABLE, 1);
	close(ready[1]);
	if (wait_status(mapper))
		bail_out("no ids for the namespace");
}

/* Tells what it got, and holds that until the other end of @until is closed. */
static void ask_inside(const struct inside *in, int report, int until)
{
	long fd;
	char c;
	int i;

	if (in->owner && (setresgid(in->owner, in->owner, 0) ||
			  setresuid(in->owner, in->owner, 0)))
		bail_out("uid %u: %m", in->owner);
	for (i = 0; i < in->depth; i++)
		enter_namespace(i);
	if (setresuid(in->uid, in->uid, in->uid))
		bail_out("uid %u inside: %m", in->uid);
	fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	fd = alloc_buffer(fd, "main", in->kib * KIB);
	write(report, &fd, sizeof(fd));
	read(until, &c, 1);
	_exit(0);
}

/* Return: what is to be closed for it to let go; -1: it has. */
static int from_inside(const struct inside *in, const char *what)
{
	int report[2], until[2];
	long ret = -EPIPE;
	pid_t pid;

	if (pipe(report) || pipe2(until, O_CLOEXEC))
		bail_out("pipe: %m");
	fflush(stdout);
	pid = need_fork();
	if (!pid) {
		close(report[0]);
		close(until[1]);
		ask_inside(in, report[1], until[0]);
	}
	close(report[1]);
	close(until[0]);
	read(report[0], &ret, sizeof(ret));
	close(report[0]);
	answers(ret, in->wanted, "%u KiB, %s", in->kib, what);
	if (in->hold)
		return until[1];
	close(until[1]);
	wait_status(pid);
	return -1;
}

static void outside_beside_them(void *unused MAYBE_UNUSED)
{
	int own = open_device();

	gets(own, 36, -EDQUOT, "by the owner itself, outside");
	gets(own, 32, 0, "by the owner itself, up to its limit");
}

static void not_the_owner(void *unused MAYBE_UNUSED)
{
	int own = open_device();

	gets(own, 128, 0, "by another user, which owns no namespace");
}

static void test_namespaces(void)
{
	const uid_t owner = UNPRIVILEGED;
	int first, fd;

	if (access("/proc/self/ns/user", F_OK)) {
		skip("user namespaces", "this kernel has none");
		return;
	}
	/* Debian's own switch, where there is one. */
	write_text("/proc/sys/kernel/unprivileged_userns_clone", "1");
	limit("0", "128");
	first = from_inside(&(struct inside) { owner, 1, 1, 96, 0, true },
			    "by the first id of a user's namespace");
	from_inside(&(struct inside) { owner, 1, 2, 36, -EDQUOT, false },
		    "by another id of another namespace of the user");
	from_inside(&(struct inside) { owner, 1, 2, 32, 0, false },
		    "by it, up to the owner's limit");
	from_inside(&(struct inside) { owner, 3, 3, 36, -EDQUOT, false },
		    "in a namespace in a namespace in a namespace");
	from_inside(&(struct inside) { owner, 3, 3, 32, 0, false },
		    "there, up to the owner's limit");
	from_inside(&(struct inside) { owner, 1, 0, 36, -EDQUOT, false },
		    "by the owner, inside");
	in_child(owner, outside_beside_them, NULL);
	in_child(owner + 1, not_the_owner, NULL);
	/* The same id on its own is not free of charge either. */
	from_inside(&(struct inside) { 0, 0, SUBUID + 1, 36, -EDQUOT, false },
		    "by the id that holds it, outside");
	close(first);
	wait_status(-1);
	from_inside(&(struct inside) { owner, 1, 2, 128, 0, false },
		    "inside, when it has been let go");
	in_child(owner, others_share, NULL);

	/* Once, however many of the namespaces are its own. */
	first = from_inside(&(struct inside) { owner, 3, 0, 128, 0, true },
			    "by the owner, three namespaces deep");
	close(first);
	wait_status(-1);

	fd = need_buffer(dev, "main", 128 * KIB);
	from_inside(&(struct inside) { 0, 1, 1, 128, 0, false },
		    "in a namespace of root's, which has used its own limit");
	from_inside(&(struct inside) { 0, 1, 1, 132, -EDQUOT, false },
		    "there, beyond the limit of that id");
	close(fd);
	limit("0", "0");
}

/* --- all at once ------------------------------------------------------------------------ */

/* Takes pages until none is left, and says so. Ends with how many it got. */
static void take_all(int go, int done)
{
	int own = open_device(), nr = 0;
	char c;

	read(go, &c, 1);
	while (nr < 200 && alloc_buffer(own, "main", PAGE) >= 0)
		nr++;
	write(done, &c, 1);
	read(go, &c, 1);
	_exit(nr);
}

static void test_race(void)
{
	int go[2], done[2], i, nr = 0, status;
	char c;

	limit("0", "256");
	if (pipe(go) || pipe(done))
		bail_out("pipe: %m");
	fflush(stdout);
	for (i = 0; i < 4; i++) {
		if (!need_fork()) {
			close(go[1]);
			close(done[0]);
			become(UNPRIVILEGED);
			take_all(go[0], done[1]);
		}
	}
	close(done[1]);
	write(go[1], "xxxx", 4);
	/* However long that takes. Of one that died, the pipe tells the end. */
	for (i = 0; i < 4 && read(done[0], &c, 1) == 1; i++)
		;
	is(used_bytes("main"), 256 * KIB,
	   "four processes take what they can: the limit to the page");
	close(go[1]);
	for (i = 0; i < 4; i++) {
		wait(&status);
		nr += WEXITSTATUS(status);
	}
	is(nr, 64, "64 pages among them");
	is(used_bytes("main"), 0, "they have ended, nothing is held");
	limit("0", "128");
	in_child(UNPRIVILEGED, text_of_another, NULL);
	text_free();
	limit("0", "0");
}

static void test_parameters(void)
{
	struct stat st;

	ok(!stat(PARAMETER("quota_file_kib"), &st) &&
	   (st.st_mode & 0777) == 0644, "quota_file_kib: 0644");
	ok(!stat(PARAMETER("quota_user_kib"), &st) &&
	   (st.st_mode & 0777) == 0644, "quota_user_kib: 0644");
	is(read_number(PARAMETER("quota_file_kib")), 0, "no limit at first");
	is(read_number(PARAMETER("quota_user_kib")), 0, "for users either");
	answers(write_text(PARAMETER("quota_file_kib"), "many"), -EINVAL,
		"a limit that is no number");
	ok(write_text(PARAMETER("quota_file_kib"), "-1") < 0,
	   "a limit below 0 is refused");
	ok(write_text(PARAMETER("quota_user_kib"), "99999999999999999999") < 0,
	   "a limit beyond numbers is refused");
	is(read_number(PARAMETER("quota_file_kib")), 0, "it is as it was");
}

int main(void)
{
	tap_start();
	need_lcma("regions=main=24M@cma;grain=8M@cma,order=4;pool=8M@cma,keep=all");
	chmod(DEVICE, 0666);
	dev = open_device();

	test_parameters();
	test_file();
	test_what_counts();
	test_user();
	test_passed();
	test_passed_file();
	test_namespaces();
	test_race();

	ok(is_idle("main", 2000) && is_idle("grain", 2000) &&
	   is_idle("pool", 2000), "every region is idle");
	close(dev);
	answers(unload_lcma(), 0, "unload");

	need_lcma("regions=main=8M@cma quota_file_kib=8 quota_user_kib=12");
	dev = open_device();
	gets(dev, 8, 0, "limits can be given at load");
	gets(dev, 12, -EDQUOT, "and hold");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
