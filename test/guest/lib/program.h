/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program.h - what the guest's test programs share: results as TAP, calls of
 * lcma, its module, its accounts, patterns in memory, children.
 *
 * A job runs a program by run_program (program.sh). Results are counted in
 * shared memory, so a child may report, too, while its parent waits for it.
 */
#ifndef LCMA_TEST_PROGRAM_H
#define LCMA_TEST_PROGRAM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define _FILE_OFFSET_BITS 64

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <uapi/linux/lcma.h>

#define DEVICE		"/dev/cma_test"
#define PROGRAMS	"/dev/lcma"	/* ioctls only */
#define PAGE		4096UL	/* what most programs count in, see page_bytes() */
#define KIB		1024UL
#define MIB		(1024UL * KIB)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAYBE_UNUSED	__attribute__((unused))
#define PRINTF(f, a)	__attribute__((format(printf, f, a), unused))

/* --- results --------------------------------------------------------------- */

struct tally {
	int count;
	int failed;
};
extern struct tally *tally;
void tap_start(void);

/* Return: the exit status. */
int tap_finish(void);

PRINTF(1, 2)
void diag(const char *format, ...);

PRINTF(1, 2)
void bail_out(const char *format, ...);

PRINTF(2, 3)
bool ok(bool passed, const char *format, ...);
void skip(const char *what, const char *why);

PRINTF(3, 4)
bool is(long long got, long long wanted, const char *format, ...);
const char *error_name(long ret);

/* got: 0 or more, or -errno; wanted: 0, or -errno. */
PRINTF(3, 4)
bool answers(long got, long wanted, const char *format, ...);
bool same_text(const char *got, const char *wanted,
	       const char *what);

/* --- time and chance --------------------------------------------------------- */

/* Bytes of a page of this kernel: 4, 16 or 64 KiB. */
unsigned long page_bytes(void);

long long now_ms(void);
void sleep_ms(long ms);
uint32_t next_random(uint32_t *state);

/* --- files ------------------------------------------------------------------ */

/* Return: -errno, or what the call returned. */
#define CALL(call) ({ \
	long _ret = (call); \
	_ret == -1 ? -(long)errno : _ret; \
})

long write_text(const char *path, const char *text);

/* Return: bytes; text is terminated; -errno. */
long read_text(const char *path, char *text, size_t size);
unsigned long long read_number(const char *path);
int count_fds(void);

/* --- the module --------------------------------------------------------------- */

/* Programs count pages: regions keep nothing unless they say so. */
long load_lcma(const char *parameters);
long unload_lcma(void);
void need_lcma(const char *parameters);
unsigned long long region_value(const char *region,
				const char *key);
unsigned long used_bytes(const char *region);
int count_buffers(const char *region);

/* --- calls -------------------------------------------------------------------- */

long lcma_call(int dev, unsigned int cmd, void *arg);
int open_device(void);
struct lcma_alloc alloc_for(const char *region, uint64_t len);

/* Return: the buffer's fd; -errno. */
int alloc_buffer(int dev, const char *region, uint64_t len);
int need_buffer(int dev, const char *region, uint64_t len);
long buffer_info(int dev, int fd, struct lcma_buffer_entry *entry);
long region_info(int dev, const char *region,
		 struct lcma_region_info *info);

/* A region's own buffers, or everybody's. Return: how many; -errno. */
long list_buffers(int dev, const char *region, uint32_t flags,
		  struct lcma_buffer_entry *entries, uint32_t nr);
char *map_part(int fd, size_t len, off_t offset);
char *map_buffer(int fd, size_t len);

/* --- accounts ------------------------------------------------------------------ */

/*
 * Nothing is used or busy, and every idle page is where the region's idle
 * pages belong. What a killed caller left behind may take a moment to settle.
 */
bool is_idle(const char *region, long wait_ms);

PRINTF(2, 3)
void holds(unsigned long bytes, const char *format, ...);

/* --- patterns -------------------------------------------------------------------- */

/* What stands at a word of a buffer that carries a tag; never 0. */
uint32_t pattern(uint32_t tag, size_t word);
void fill(void *map, size_t len, uint32_t tag);

/* Return: the first byte that differs, or len. */
size_t first_difference(const void *map, size_t len, uint32_t tag);
bool has_pattern(const void *map, size_t len, uint32_t tag);
bool is_zero(const void *map, size_t len);

/* --- children ---------------------------------------------------------------------- */

/* What a process and its children have in common; zero at first. */
void *need_shared(size_t len);
pid_t need_fork(void);
int wait_status(pid_t pid);
void become(uid_t uid);

/* Run something in a child, as a user; its results count. */
void in_child(uid_t uid, void (*run)(void *), void *arg);
void kill_and_wait(pid_t pid);

/* --- faults ------------------------------------------------------------------------ */

extern __thread sigjmp_buf fault_jump;
extern __thread volatile bool fault_expected;
void on_fault(int number);
void catch_faults(void);

/* Return: 0, or the signal that touching the byte got. */
int touch(volatile char *at, bool write);

/* --- descriptors over sockets --------------------------------------------------------- */

/* Return: 0; -errno. */
long send_fd(int sock, const void *text, size_t len, int fd);

/* Return: the descriptor; -errno, -EAGAIN among them. */
long receive_fd(int sock, void *text, size_t len, int flags);

#endif
