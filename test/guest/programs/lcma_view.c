// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_view - what a program writes into a buffer stands, for the kernel, at
 * the address that lcma tells: a probe reads it through the kernel's linear
 * mapping. For regions in lowmem. See ioctl.sh.
 */
#include "program.h"

#define PAGES		50UL
#define BYTES		(PAGES * PAGE)
#define TRACING		"/sys/kernel/debug/tracing/"
#define PAGE_OFFSET	0xc0000000UL

static unsigned long ram_start(void)
{
	FILE *iomem = fopen("/proc/iomem", "r");
	unsigned long start = 0;
	char line[256];

	while (iomem && fgets(line, sizeof(line), iomem)) {
		if (strstr(line, "System RAM")) {
			start = strtoul(line, NULL, 16);
			break;
		}
	}
	fclose(iomem);
	return start;
}

/* A probe that notes the first word of every page. Return: 0; -errno. */
static long set_probe(unsigned long vaddr)
{
	char text[PAGES * 32 + 64];
	size_t len, i;

	len = sprintf(text, "p:lcma_view sys_getppid");
	for (i = 0; i < PAGES; i++)
		len += sprintf(text + len, " w%zu=@%#lx:x32", i,
			       vaddr + i * PAGE);
	return write_text(TRACING "kprobe_events", text);
}

static void test_view(int dev, const char *region)
{
	static char trace[64 * KIB];
	struct lcma_buffer_entry entry = {};
	int fd = need_buffer(dev, region, BYTES);
	char *map = map_buffer(fd, BYTES), *at, word[16];
	size_t i, wrong = 0;
	long ret;

	for (i = 0; i < PAGES; i++)
		fill(map + i * PAGE, PAGE, i);
	buffer_info(dev, fd, &entry);
	write_text(TRACING "trace", "\n");
	ret = set_probe(PAGE_OFFSET + (entry.phys - ram_start()));
	if (ret < 0) {
		diag("kprobe_events: %s", error_name(ret));
		skip("what the kernel sees", "no probe could be set");
	} else {
		write_text(TRACING "events/kprobes/lcma_view/enable", "1");
		syscall(SYS_getppid);
		write_text(TRACING "events/kprobes/lcma_view/enable", "0");
		read_text(TRACING "trace", trace, sizeof(trace));
		for (i = 0; i < PAGES; i++) {
			sprintf(word, " w%zu=0x", i);
			at = strstr(trace, word);
			wrong += !at || strtoul(at + strlen(word), NULL, 16) !=
					pattern(i, 0);
		}
		if (wrong)
			diag("%s", trace);
		is(wrong, 0, "%s: the kernel sees every page where lcma says",
		   region);
		write_text(TRACING "kprobe_events", "-:lcma_view");
	}
	munmap(map, BYTES);
	close(fd);
}

int main(void)
{
	int dev;

	tap_start();
	need_lcma("regions=main=16M@cma;pool=8M@cma,keep=all");
	dev = open_device();
	test_view(dev, "main");
	test_view(dev, "pool");
	close(dev);
	answers(unload_lcma(), 0, "unload");
	return tap_finish();
}
