// SPDX-License-Identifier: MIT
/*
 * The smallest program: a contiguous buffer with liblcma. program.c does the same
 * with nothing but ioctls.
 *
 *	example_library
 */
#include <liblcma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every call of the library returns a negative errno when it fails. */
static int need(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "%s: %s\n", what, lcma_strerror(ret));
		exit(1);
	}
	return ret;
}

int main(void)
{
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t bytes = 4 << 20;
	int device, buffer;
	void *memory;

	device = need(lcma_open(NULL), "open");

	/* All of these may stay as they are. cmactl list shows the label. */
	options.label = "library";
	options.align = 1 << 20;
	options.timeout_ms = 2000;
	buffer = need(lcma_allocate(device, &bytes, &options), "allocate");
	need(lcma_map(buffer, LCMA_ACCESS_RW, &memory, &bytes), "map");

	/* Only between these two calls may the CPU look at the memory or write to it. */
	need(lcma_begin_cpu(buffer, LCMA_ACCESS_WRITE), "begin");
	memset(memory, 0xff, bytes);
	need(lcma_end_cpu(buffer, LCMA_ACCESS_WRITE), "end");
	printf("%llu bytes, written\n", (unsigned long long)bytes);

	/* The memory goes back when mapping and descriptor are gone. */
	lcma_unmap(memory, bytes);
	lcma_free(buffer);
	lcma_close(device);
	return 0;
}
