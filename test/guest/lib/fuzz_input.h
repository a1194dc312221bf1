/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz_input.h - what lcma_fuzz asks with: numbers, names, places, structures
 * and lines that are nearly right. All of it follows from the thread's chance,
 * and nothing of it calls lcma.
 */
#ifndef LCMA_TEST_FUZZ_INPUT_H
#define LCMA_TEST_FUZZ_INPUT_H

#include "program.h"

#define NR_FDS		24
#define NR_DEVICES	8	/* of them, devices most of the time */
#define ARENA_BYTES	(64 * MIB)

/* The calls, and what else is done. */
enum { VERSION, REGION_LIST, REGION_INFO, ALLOC, BUFFER_INFO, BUFFER_LIST, FAILURE_LIST,
       PREPARE, REGION_MAP, NR_CALLS };

struct fuzz_call {
	unsigned int cmd;
	size_t size;
	const char *name;
	size_t min_size;	/* of an earlier version; 0: there is none */
};

extern const struct fuzz_call fuzz_calls[NR_CALLS];

union any_call {
	uint32_t size;
	struct lcma_version version;
	struct lcma_region_list region_list;
	struct lcma_region_info region_info;
	struct lcma_alloc alloc;
	struct lcma_buffer_info buffer_info;
	struct lcma_buffer_list buffer_list;
	struct lcma_failure_list failure_list;
	struct lcma_prepare prepare;
	struct lcma_region_map region_map;
	unsigned char bytes[2 * PAGE];
};

/* What the threads of a process share. Nothing protects it: that is the idea. */
extern volatile int fds[NR_FDS];
extern char *arena;

/* What a thread has for itself. */
extern __thread uint32_t chance;
extern __thread char *last_map;
extern __thread char *room;	/* three pages, the last of which is not there */

uint32_t any(uint32_t n);
bool one_in(uint32_t n);

/* --- values that are nearly right ----------------------------------------------- */

uint64_t odd_number(void);
uint64_t length(void);
void name(char *to, size_t size);
int some_fd(void);

/* A place in the arena, where mappings come and go. */
char *some_place(void);

/*
 * Nowhere that is the program's own, which would not survive what is written
 * there: in the arena, in the room, or not in user space at all.
 */
bool is_harmless(uint64_t pointer);
uint64_t some_pointer(void);

/* A structure that would be right. */
void make_call(int which, union any_call *call);

/* Spoil a word, a size, or what lies after the structure. */
void spoil(int which, union any_call *call);

/* Again so that only what is ours can be written to. */
void make_harmless(int which, union any_call *call);
unsigned int odd_command(unsigned int cmd);

/* --- what there is ---------------------------------------------------------------- */

int some_device(void);
int some_buffer(void);

/* Bytes from a place in the arena that stay in it. */
size_t some_length(const char *at);

/* --- lines ------------------------------------------------------------------------ */

size_t make_line(char *line, size_t size);

#endif
