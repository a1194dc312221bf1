// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_frames - a buffer of a region that is not ordinary cached memory, as programs, the
 * kernel and devices see it (testkit's frames). See of.sh.
 *
 *	lcma_frames REGION ATTRIBUTE PAGES ERRNO
 *
 * ATTRIBUTE: wb, wc or uncached, of every mapping. PAGES: 1 if a device's scatterlist has
 * pages. ERRNO: what a device gets that does not see caches, or 0.
 */
#include "program.h"

#define FRAMES	"/sys/kernel/debug/lcma_testkit/frames"
#define BYTES	(2 * MIB)

static char text[256];

/* The value of a word in the answer. */
static const char *value(const char *key)
{
	static char found[64];
	const char *at = strstr(text, key);
	size_t len;

	if (!at)
		return "";
	at += strlen(key);
	len = strcspn(at, " \n");
	snprintf(found, sizeof(found), "%.*s", (int)len, at);
	return found;
}

static void look(int fd, const char *map)
{
	char line[64];

	snprintf(line, sizeof(line), "%d %#lx", fd, (unsigned long)map);
	answers(write_text(FRAMES, line), 0, "testkit looks at it");
	if (read_text(FRAMES, text, sizeof(text)) < 0)
		bail_out("testkit has no answer");
	diag("%s", text);
}

int main(int argc, char **argv)
{
	struct lcma_buffer_entry entry = {};
	struct lcma_region_info info;
	struct lcma_sync sync = { .size = sizeof(sync),
				  .flags = LCMA_SYNC_RW | LCMA_SYNC_START };
	const char *name, *attribute;
	char path[64];
	long err;
	int dev, fd, pipe_fds[2];
	volatile uint32_t *words;
	char *map;
	size_t i;
	bool zero = true;

	tap_start();
	if (argc != 5)
		bail_out("usage");
	name = argv[1];
	attribute = argv[2];
	err = -atol(argv[4]);
	dev = open_device();
	if (region_info(dev, name, &info))
		bail_out("no region %s", name);
	is(!!(info.attrs & LCMA_REGION_NO_PAGES), atoi(argv[3]) ? 0 : 1,
	   "%s: the ioctl tells whether it has pages", name);
	is(!!(info.attrs & LCMA_REGION_WC), !strcmp(attribute, "wc"),
	   "and whether it is write-combining");
	is(!!(info.attrs & LCMA_REGION_UNCACHED), !strcmp(attribute, "uncached"),
	   "and whether it is uncached");
	is(info.cache, !strcmp(attribute, "wb") ? LCMA_REGION_CACHE_WB :
	   !strcmp(attribute, "wc") ? LCMA_REGION_CACHE_WC :
				      LCMA_REGION_CACHE_UNCACHED,
	   "and how it is mapped");
	snprintf(path, sizeof(path), "/sys/kernel/lcma/%s/cache", name);
	if (read_text(path, text, sizeof(text)) < 0)
		bail_out("%s: %m", path);
	text[strcspn(text, "\n")] = '\0';
	same_text(text, attribute, "sysfs has the word");

	fd = need_buffer(dev, name, BYTES);
	map = map_buffer(fd, BYTES);
	words = (volatile uint32_t *)map;
	for (i = 0; i < BYTES / 4; i++)
		zero &= !words[i];
	ok(zero, "a buffer is zero");
	for (i = 0; i < BYTES / 4; i++)
		words[i] = pattern(7, i);
	look(fd, map);
	same_text(value("user="), attribute, "the program's mapping");
	same_text(value("kernel="), attribute, "the kernel's mapping");
	is(atoi(value("iomem=")), !strcmp(attribute, "uncached"),
	   "only what is mapped as registers is called so");
	is(strtoul(value("word="), NULL, 0), pattern(7, 0),
	   "the kernel reads what the program wrote");
	if (err) {
		is(atoi(value("err=")), err, "a device that sees no cache is refused");
	} else if (!buffer_info(dev, fd, &entry)) {
		is(strtoull(value("device="), NULL, 0), entry.phys,
		   "a device gets its address");
		is(strtoull(value("bytes="), NULL, 0), BYTES, "in one piece");
		is(atoi(value("pages=")), atoi(argv[3]), "with pages, or without");
	}
	sync.fd = fd;
	answers(lcma_call(dev, LCMA_IOC_SYNC, &sync), err, "a synchronisation answers");

	/* A pipe copies from it; nothing pins it. */
	if (!pipe(pipe_fds))
		answers(CALL(write(pipe_fds[1], map, 4096)), 4096, "write() reads it");
	munmap(map, BYTES);
	close(fd);
	ok(is_idle(name, 5000), "the buffer went back");
	/* The next owner finds nothing of it. */
	fd = need_buffer(dev, name, BYTES);
	map = map_buffer(fd, BYTES);
	words = (volatile uint32_t *)map;
	for (zero = true, i = 0; i < BYTES / 4; i++)
		zero &= !words[i];
	ok(zero, "and the next one is zero");
	return tap_finish();
}
