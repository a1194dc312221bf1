// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_quota - how much an open file and a user may hold: counted to the page,
 * by whoever asked, until it is given back. See quota.sh.
 */
#include "program.h"

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
	is(after.allocs, before.allocs, "what is over quota disturbs nobody");
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
	gets(dev, 4, -EDQUOT, "by another user, from a file that the first opened");
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
	answers(text("4K region=main"), -EDQUOT, "is all that he may have");
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
	gets(dev, 128, 0, "by the first user, all the same");
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

/* --- all at once ------------------------------------------------------------------------ */

/* Takes pages until none is left. Ends with how many it got. */
static void take_all(int go)
{
	int own = open_device(), nr = 0;
	char c;

	read(go, &c, 1);
	while (nr < 200 && alloc_buffer(own, "main", PAGE) >= 0)
		nr++;
	read(go, &c, 1);
	_exit(nr);
}

static void test_race(void)
{
	int go[2], i, nr = 0, status;

	limit("0", "256");
	if (pipe(go))
		bail_out("pipe: %m");
	fflush(stdout);
	for (i = 0; i < 4; i++) {
		if (!need_fork()) {
			close(go[1]);
			become(UNPRIVILEGED);
			take_all(go[0]);
		}
	}
	write(go[1], "xxxx", 4);
	sleep_ms(1500);
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
