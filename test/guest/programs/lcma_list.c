// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_list - what a buffer's descriptor and a region's list tell: paging,
 * sizes of entries, owners, what is drained. See ioctl.sh.
 */
#include "program.h"

#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define NR_BUFFERS	40
#define ENTRY		sizeof(struct lcma_buffer_entry)

static int dev;
static int fds[NR_BUFFERS];
static struct lcma_buffer_entry entries[2 * NR_BUFFERS];

static void test_buffer_info(void)
{
	struct lcma_alloc alloc = alloc_for("main", 5 * PAGE - 1);
	struct lcma_buffer_info info = {
		.size = sizeof(info), .entry_size = ENTRY,
	};
	struct stat st;
	struct lcma_buffer_entry *e = &info.entry, zero = {};
	uint64_t age_ns;
	int fd, other;

	prctl(PR_SET_NAME, "list tester");
	alloc.align = 64 * KIB;
	strcpy(alloc.label, "a-label");
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), 0, "a buffer");
	fd = alloc.fd;
	prctl(PR_SET_NAME, "another name");

	info.fd = fd;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, &info), 0, "its info");
	is(info.fd, fd, "fd is what it was");
	is(e->id, alloc.id, "id");
	is(e->bytes, 5 * PAGE, "bytes");
	is(e->align, 64 * KIB, "align is what was asked for");
	is(e->phys % (64 * KIB), 0, "phys is aligned");
	is(e->flags, LCMA_BUFFER_PHYS, "flags: root sees phys, no other owner");
	is(e->pid, getpid(), "pid");
	is(e->uid, 0, "uid");
	is(e->reserved, 0, "reserved");
	is(fstat(fd, &st), 0, "stat of the descriptor");
	is(e->inode, st.st_ino, "inode is the dma-buf's");
	is(list_buffers(dev, "main", 0, entries, 1), 1, "it is listed");
	is(entries[0].inode, st.st_ino, "with its inode");
	is(e->latency_ns, alloc.latency_ns, "latency");
	same_text(e->comm, "list tester", "comm is the process that asked, then");
	same_text(e->region, "main", "region");
	same_text(e->label, "a-label", "label");
	age_ns = e->age_ns;

	sleep_ms(20);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, &info), 0,
		"buffer info again with the same structure");
	ok(e->age_ns >= age_ns + 20000000, "it is older now");
	other = dup(fd);
	info = (struct lcma_buffer_info){
		.size = sizeof(info), .fd = other, .entry_size = ENTRY,
	};
	answers(lcma_call(dev, LCMA_IOC_BUFFER_INFO, &info), 0,
		"info of a duplicate");
	is(e->id, alloc.id, "is the same buffer");
	close(other);
	answers(buffer_info(dev, other, &zero), -EBADF, "info, closed");
	answers(buffer_info(dev, -1, &zero), -EBADF, "info of -1");
	answers(buffer_info(dev, 0x7fffffff, &zero), -EBADF, "info of 2^31 - 1");
	answers(buffer_info(dev, dev, &zero), -EINVAL, "info of the device");
	answers(buffer_info(dev, 0, &zero), -EINVAL, "info of standard input");
	close(fd);
}

static struct lcma_buffer_list list_of(const char *region, uint32_t nr)
{
	struct lcma_buffer_list list = {
		.size = sizeof(list),
		.nr = nr,
		.entry_size = ENTRY,
		.entries = (uintptr_t)entries,
	};

	strcpy(list.region, region);
	return list;
}

/* Are entries from..from+nr-1 those of fds[first...], in their order? */
static bool are_buffers(unsigned int nr, unsigned int first)
{
	struct lcma_buffer_entry e;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		buffer_info(dev, fds[first + i], &e);
		if (e.id != entries[i].id || e.bytes != entries[i].bytes ||
		    e.phys != entries[i].phys ||
		    strcmp(e.label, entries[i].label)) {
			diag("entry %u is id %llu, wanted %llu", i,
			     (unsigned long long)entries[i].id,
			     (unsigned long long)e.id);
			return false;
		}
	}
	return true;
}

static void make_buffers(void)
{
	struct lcma_alloc alloc;
	unsigned int i;

	for (i = 0; i < NR_BUFFERS; i++) {
		alloc = alloc_for("main", (1 + i % 5) * PAGE);
		snprintf(alloc.label, sizeof(alloc.label), "nr-%u", i);
		if (lcma_call(dev, LCMA_IOC_ALLOC, &alloc))
			bail_out("buffer %u: %m", i);
		fds[i] = alloc.fd;
	}
}

static void test_paging(void)
{
	static const unsigned int sizes[] = { 1, 7, 15, 16, 17, 32, 39, 40, 41 };
	struct lcma_buffer_list list;
	unsigned int i, seen, pages;
	bool in_order;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		list = list_of("main", sizes[i]);
		seen = pages = 0;
		in_order = true;
		do {
			list.nr = sizes[i];
			memset(entries, 0xa5, sizeof(entries));
			if (lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list)) {
				diag("after %u: %m", seen);
				break;
			}
			if (list.nr > sizes[i] || !are_buffers(list.nr, seen) ||
			    *(unsigned char *)&entries[list.nr] != 0xa5)
				in_order = false;
			seen += list.nr;
			if (list.nr)
				list.after_id = entries[list.nr - 1].id;
		} while (list.nr && ++pages <= NR_BUFFERS);
		ok(in_order && seen == NR_BUFFERS,
		   "%u at a time: all %u, oldest first, each once", sizes[i],
		   seen);
	}
}

static void test_list_limits(void)
{
	struct lcma_buffer_list list = list_of("main", 0);
	uint64_t last_id;

	list.entries = 0;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0,
		"room for none, nowhere");
	is(list.nr, 0, "none is written");
	list = list_of("main", 2 * NR_BUFFERS);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0, "room for more");
	is(list.nr, NR_BUFFERS, "all are written");
	last_id = entries[NR_BUFFERS - 1].id;
	list = list_of("main", 0x7fffffff);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0,
		"room for 2^31 - 1");
	is(list.nr, NR_BUFFERS, "all are written");
	list = list_of("main", 0x80000000);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EINVAL,
		"room for 2^31");
	list = list_of("main", 8);
	list.after_id = last_id;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0, "after the last");
	is(list.nr, 0, "there is none");
	list = list_of("main", 8);
	list.after_id = ~0ULL;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0, "after 2^64 - 1");
	is(list.nr, 0, "there is none");
	list = list_of("pool", 8);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0,
		"a region without buffers");
	is(list.nr, 0, "there is none");

	list = list_of("nowhere", 8);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -ENOENT,
		"list of no region");
	list = list_of("", 8);
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -ENOENT,
		"list without a name");
	list = list_of("main", 8);
	memset(list.region, 'm', sizeof(list.region));
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EINVAL,
		"list, a name without its NUL");
	list = list_of("main", 8);
	list.flags = 1 << 1;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EOPNOTSUPP,
		"list, the first unknown flag");
	list.flags = 1u << 31 | LCMA_LIST_ALL;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EOPNOTSUPP,
		"list, the last flag");
	list = list_of("main", 8);
	list.entries = 8;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EFAULT,
		"entries nowhere");
	list.entries = 0xc0008000;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EFAULT,
		"entries in the kernel's memory");
}

static void test_entry_sizes(void)
{
	static unsigned char room[NR_BUFFERS * (ENTRY + 24)]
		__attribute__((aligned(8)));
	struct lcma_buffer_list list = list_of("main", 8);
	const struct lcma_buffer_entry *e;
	unsigned int i, j, wrong = 0;

	list.entry_size = 0;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EINVAL,
		"entries of 0 bytes");
	list.entry_size = offsetof(struct lcma_buffer_entry, inode) - 1;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EINVAL,
		"entries a byte too small");
	list.entry_size = ENTRY + 24;
	list.nr = NR_BUFFERS;
	list.entries = (uintptr_t)room;
	memset(room, 0xa5, sizeof(room));
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), 0,
		"entries of a program that is newer");
	is(list.nr, NR_BUFFERS, "all are written");
	for (i = 0; i < NR_BUFFERS; i++) {
		e = (void *)(room + i * (ENTRY + 24));
		memcpy(&entries[i], e, ENTRY);
		for (j = 0; j < 24; j++)
			wrong += ((unsigned char *)(e + 1))[j] != 0xa5;
	}
	ok(are_buffers(NR_BUFFERS, 0), "each in its place");
	is(wrong, 0, "what is between them is left as it was");
	list.entry_size = 0x80000000;
	list.nr = 3;
	list.entries = (uintptr_t)room;
	answers(lcma_call(dev, LCMA_IOC_BUFFER_LIST, &list), -EFAULT,
		"entries of 2 GiB");
}

static void test_gaps(void)
{
	struct lcma_buffer_entry e;
	uint64_t last_id = 0;
	long i, nr;
	int fd;

	nr = list_buffers(dev, "main", 0, entries, NR_BUFFERS);
	last_id = entries[nr - 1].id;
	for (i = 1; i < NR_BUFFERS; i += 2)
		close(fds[i]);
	nr = list_buffers(dev, "main", 0, entries, NR_BUFFERS);
	is(nr, NR_BUFFERS / 2, "every other buffer is closed: the rest is listed");
	for (i = 0; i < nr; i++)
		fds[i] = fds[2 * i];
	ok(are_buffers(nr, 0), "still oldest first");
	fd = need_buffer(dev, "main", PAGE);
	buffer_info(dev, fd, &e);
	ok(e.id > last_id, "a number is not used twice");
	close(fd);
	for (i = 0; i < nr; i++)
		close(fds[i]);
	is(list_buffers(dev, "main", LCMA_LIST_ALL, entries, 1), 0,
	   "all are closed, none is listed");
}

static void test_text_buffers(void)
{
	long nr;
	char line[256];

	answers(write_text(DEVICE, "20K align=64K label=text region=pool"), 0,
		"a text buffer");
	nr = list_buffers(dev, "pool", 0, entries, 2);
	is(nr, 1, "its user has it in its list");
	is(entries[0].flags, LCMA_BUFFER_TEXT | LCMA_BUFFER_PHYS,
	   "as the text device's");
	is(entries[0].bytes, 20 * KIB, "bytes");
	is(entries[0].align, 64 * KIB, "align");
	is(entries[0].pid, getpid(), "pid is the writer's");
	is(entries[0].inode, 0, "no inode: it is no dma-buf");
	same_text(entries[0].label, "text", "label");
	ok(read_text(DEVICE, line, sizeof(line)) > 0, "a read frees it");
	is(list_buffers(dev, "pool", LCMA_LIST_ALL, entries, 1), 0,
	   "it is no longer listed");
}

/* --- process ids --------------------------------------------------------------------- */

static void inside(int outer_fd, int to)
{
	struct lcma_buffer_entry e;
	int fd;

	buffer_info(dev, outer_fd, &e);
	is(e.pid, 0, "in another pid namespace: a buffer from outside has pid 0");
	is(list_buffers(dev, "main", LCMA_LIST_ALL, entries, 4), 1,
	   "but is listed");
	fd = need_buffer(dev, "main", PAGE);
	buffer_info(dev, fd, &e);
	is(e.pid, 1, "one's own has the pid of inside");
	if (send_fd(to, "x", 1, fd))
		ok(false, "it is sent");
}

static void test_pids(void)
{
	struct lcma_buffer_entry e;
	int pair[2], outer, fd;
	pid_t child;
	char c;

	outer = need_buffer(dev, "main", PAGE);
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
	fflush(stdout);
	/* What unshare() changes is for children of this process only. */
	child = need_fork();
	if (!child) {
		if (unshare(CLONE_NEWPID))
			bail_out("unshare: %m");
		child = need_fork();
		if (!child) {
			inside(outer, pair[1]);
			fflush(stdout);
			_exit(0);
		}
		/* As the outer namespace calls the inner one's init. */
		wait_status(child);
		_exit(send(pair[1], &child, sizeof(child), 0) < 0);
	}
	fd = receive_fd(pair[0], &c, 1, 0);
	recv(pair[0], &child, sizeof(child), 0);
	wait_status(-1);
	answers(buffer_info(dev, fd, &e), 0, "outside: info of a buffer from inside");
	is(e.pid, child, "it has the pid of outside, though its process is gone");
	close(fd);
	close(outer);
	close(pair[0]);
	close(pair[1]);
}

static void test_drained(void)
{
	struct lcma_region_info info;
	struct lcma_alloc alloc;
	int fd = need_buffer(dev, "pool", PAGE);
	struct lcma_version version = { .size = sizeof(version) };

	answers(write_text("/sys/kernel/lcma/pool/drain", "1"), -EBUSY,
		"a region with a buffer is not drained");
	region_info(dev, "pool", &info);
	ok(!(info.attrs & LCMA_REGION_GONE), "it goes on");
	close(fd);
	fd = need_buffer(dev, "pool", PAGE);
	close(fd);
	answers(write_text("/sys/kernel/lcma/pool/drain", "1"), 0,
		"without one, it is");
	answers(region_info(dev, "pool", &info), 0, "it still answers");
	ok(info.attrs & LCMA_REGION_GONE, "as one that is gone");
	is(info.used, 0, "nothing is used there");
	lcma_call(dev, LCMA_IOC_VERSION, &version);
	is(version.nr_regions, 2, "it is still counted");
	alloc = alloc_for("pool", PAGE);
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), -ENOENT,
		"a buffer from there");
	alloc.flags = LCMA_ALLOC_F_NOWAIT;
	answers(lcma_call(dev, LCMA_IOC_ALLOC, &alloc), -ENOENT,
		"nowait, from there");
	is(list_buffers(dev, "pool", LCMA_LIST_ALL, entries, 1), 0,
	   "its list is empty");
	fd = alloc_buffer(dev, "", PAGE);
	answers(fd, 0, "a buffer from any region");
	close(fd);
}

int main(void)
{
	tap_start();
	need_lcma("regions=main=32M@cma;pool=16M@cma,keep=all");
	dev = open_device();

	test_buffer_info();
	make_buffers();
	test_paging();
	test_list_limits();
	test_entry_sizes();
	test_gaps();
	test_text_buffers();
	test_pids();
	ok(is_idle("main", 2000) && is_idle("pool", 2000),
	   "every region is idle");
	test_drained();
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
