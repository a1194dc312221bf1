// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads of cmactl stress that have ordinary memory: see stress.h. Lcma
 * moves it about to make room, and pins keep it from being moved; neither may
 * change a byte of it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "stress.h"

#define PAGE_BYTES	4096
#define PIPE_PAGES	16
#define PIN_PAGES	1024

static void pause_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

static char *get_memory(struct stress *stress, size_t bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		stress_complain(stress, &stress->odd, "%zu bytes of memory: %s",
				bytes, strerror(errno));
		return NULL;
	}
	return at;
}

static void compare_page(struct stress *stress, const char *page, uint32_t tag,
			 const char *what)
{
	size_t at = stress_compare(page, PAGE_BYTES, tag);

	STRESS_COUNT(stress->checked_bytes, PAGE_BYTES);
	STRESS_COUNT(stress->moved, 1);
	if (at < PAGE_BYTES)
		stress_complain(stress, &stress->corrupt,
				"%s, tag %#x: word %#zx is %#x", what, tag, at,
				*(const uint32_t *)(page + at));
}

/* Compare those of a range that have a pattern, and fill the others. */
static void refresh(struct stress *stress, char *memory, bool *is_filled,
		    size_t first, size_t end, uint32_t tag)
{
	size_t i;

	for (i = first; i < end; i++) {
		char *page = memory + i * PAGE_BYTES;

		if (is_filled[i])
			compare_page(stress, page, tag + i, "memory");
		else
			stress_fill(page, PAGE_BYTES, tag + i);
		is_filled[i] = true;
	}
}

/* Part is dropped and filled again, so that fresh pages come into the region. */
void stress_fill_memory(struct stress *stress, uint64_t bytes, unsigned int nr)
{
	struct chance chance = chance_from(stress->seed, nr);
	const size_t nr_pages = bytes / PAGE_BYTES;
	const uint32_t tag = nr << 24;
	char *memory = get_memory(stress, nr_pages * PAGE_BYTES);
	bool *is_filled = calloc(nr_pages, sizeof(*is_filled));
	size_t first, end;

	if (!memory || !is_filled) {
		free(is_filled);
		return;
	}
	refresh(stress, memory, is_filled, 0, nr_pages, tag);
	while (!stress->stop) {
		first = chance_any(&chance, nr_pages);
		end = first + 1 + chance_any(&chance, 256);
		end = end < nr_pages ? end : nr_pages;
		if (!chance_any(&chance, 4)) {
			madvise(memory + first * PAGE_BYTES,
				(end - first) * PAGE_BYTES, MADV_DONTNEED);
			memset(is_filled + first, 0, end - first);
		}
		refresh(stress, memory, is_filled, first, end, tag);
		pause_ms(chance_any(&chance, 5));
	}
	refresh(stress, memory, is_filled, 0, nr_pages, tag);
	munmap(memory, nr_pages * PAGE_BYTES);
	free(is_filled);
}

/* Return: how many pages are in the pipe now. */
static size_t pin(struct stress *stress, int to, char *page, uint32_t tag)
{
	struct iovec iov = { page, PAGE_BYTES };

	stress_fill(page, PAGE_BYTES, tag);
	if (vmsplice(to, &iov, 1, SPLICE_F_NONBLOCK) != PAGE_BYTES)
		return 0;
	STRESS_COUNT(stress->pins, 1);
	return 1;
}

void stress_pin(struct stress *stress, unsigned int nr)
{
	struct chance chance = chance_from(stress->seed, nr);
	char *memory = get_memory(stress, PIN_PAGES * PAGE_BYTES);
	uint32_t tags[PIPE_PAGES], page[PAGE_BYTES / 4];
	uint32_t next_tag = nr << 24;
	size_t i, in_pipe;
	int ends[2];

	if (!memory)
		return;
	if (pipe2(ends, O_CLOEXEC)) {
		stress_complain(stress, &stress->odd, "pipe: %s",
				strerror(errno));
		munmap(memory, PIN_PAGES * PAGE_BYTES);
		return;
	}
	do {
		/* A page that is in the pipe is not written to. */
		const size_t first = chance_any(&chance, PIN_PAGES - PIPE_PAGES);

		for (in_pipe = 0; in_pipe < PIPE_PAGES; in_pipe++) {
			tags[in_pipe] = next_tag++;
			if (!pin(stress, ends[1],
				 memory + (first + in_pipe) * PAGE_BYTES,
				 tags[in_pipe]))
				break;
		}
		pause_ms(chance_any(&chance, 60));
		for (i = 0; i < in_pipe; i++) {
			if (read(ends[0], page, PAGE_BYTES) != PAGE_BYTES)
				stress_complain(stress, &stress->odd,
						"pipe: less than a page");
			else
				compare_page(stress, (char *)page, tags[i],
					     "a pinned page");
		}
		madvise(memory, PIN_PAGES * PAGE_BYTES, MADV_DONTNEED);
	} while (!stress->stop);
	close(ends[0]);
	close(ends[1]);
	munmap(memory, PIN_PAGES * PAGE_BYTES);
}
