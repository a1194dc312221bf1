// SPDX-License-Identifier: GPL-2.0-only
/*
 * textfile - drive the text device call by call, which a shell cannot.
 *
 *	textfile STEP...
 *	textfile storm PROCESSES OPS SEED [LINE...]
 *
 * Every STEP is one system call on one of ten open files; each prints a word,
 * and the words come out in one line:
 *
 *	FILE:open=MODE		MODE is r, w or rw (a file that was never
 *				opened opens as rw)		ok
 *	FILE:close						ok
 *	FILE:write=TEXT		TEXT knows \n \0 \t \\		bytes written
 *	FILE:pieces=TEXT	writev() of TEXT, cut at each |	bytes written
 *	FILE:send=TEXT		sendfile() of a file with TEXT	bytes written
 *	FILE:splice=TEXT	splice() of a pipe with TEXT	bytes written
 *	FILE:spliceout=N	splice() of N bytes to a pipe	bytes read
 *	FILE:fill=N		N bytes "9", no newline		bytes written
 *	FILE:writebad=N		N bytes from a bad address	bytes written
 *	FILE:read=N		up to N bytes			what was read,
 *				"" quoted, with \n for a newline
 *	FILE:readbad=N		N bytes to a bad address	bytes read
 *	FILE:readedge=G,B	G good bytes, then B bad ones	what was read
 *	FILE:drain		one byte at a time up to the	what was read
 *				end of file
 *	FILE:seek						ok
 *
 * "FILE:" may be left out and is then 0. Instead of its word a failed call
 * prints the name of its errno.
 *
 * storm: processes that write one of the LINEs, chosen at random, or open and
 * read, OPS times each. Prints how often each came out how, and the bytes that
 * reads said were freed:
 *
 *	writes=100 ok=90 reads=95 freed=80 bytes=12345 ENOSPC=10
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_FILES	10
#define PAGE		4096

static const char device[] = "/dev/cma_test";
static int files[NR_FILES] = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

/* Two pages, of which the second cannot be touched. */
static char *edge;

static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "textfile: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(2);
}

static const char *errno_word(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "UNKNOWN";
}

static void print_quoted(const char *text, size_t len)
{
	size_t i;

	putchar('"');
	for (i = 0; i < len; i++) {
		if (text[i] == '\n')
			printf("\\n");
		else
			putchar(text[i]);
	}
	putchar('"');
}

/* TEXT as it is on the command line to bytes; in place. Return: how many. */
static size_t unescape(char *text)
{
	char *from, *to = text;

	for (from = text; *from; from++) {
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		switch (*++from) {
		case 'n': *to++ = '\n'; break;
		case 't': *to++ = '\t'; break;
		case '0': *to++ = '\0'; break;
		case '\\': *to++ = '\\'; break;
		default: die("no such escape: \\%c", *from);
		}
	}
	return to - text;
}

static int open_flags(const char *mode)
{
	if (!strcmp(mode, "r"))
		return O_RDONLY;
	if (!strcmp(mode, "w"))
		return O_WRONLY;
	if (!strcmp(mode, "rw"))
		return O_RDWR;
	die("no such mode: %s", mode);
	return 0;
}

static void print_count(ssize_t ret)
{
	if (ret < 0)
		printf("%s", errno_word(errno));
	else
		printf("%zd", ret);
}

static void print_read(const char *text, ssize_t ret)
{
	if (ret < 0)
		printf("%s", errno_word(errno));
	else
		print_quoted(text, ret);
}

static void drain(int fd)
{
	char text[PAGE];
	size_t len = 0;
	ssize_t ret;

	while (len < sizeof(text) && (ret = read(fd, text + len, 1)) == 1)
		len++;
	if (ret < 0)
		printf("%s", errno_word(errno));
	else
		print_quoted(text, len);
}

static void write_pieces(int fd, char *text)
{
	struct iovec pieces[16];
	int nr = 0;
	char *piece;

	while ((piece = strsep(&text, "|"))) {
		if (nr == 16)
			die("more than 16 pieces");
		pieces[nr].iov_base = piece;
		pieces[nr++].iov_len = unescape(piece);
	}
	print_count(writev(fd, pieces, nr));
}

static void send_file(int fd, char *text)
{
	const size_t len = unescape(text);
	int file = memfd_create("text", 0);
	off_t at = 0;

	if (file < 0 || write(file, text, len) != (ssize_t)len)
		die("memfd: %s", strerror(errno));
	print_count(sendfile(fd, file, &at, len));
	close(file);
}

/* To the file, or, without TEXT, from it. */
static void splice_pipe(int fd, char *text, size_t len)
{
	int ends[2];

	if (pipe(ends))
		die("pipe: %s", strerror(errno));
	if (text) {
		len = unescape(text);
		if (write(ends[1], text, len) != (ssize_t)len)
			die("pipe: %s", strerror(errno));
		print_count(splice(ends[0], NULL, fd, NULL, len, 0));
	} else {
		print_count(splice(fd, NULL, ends[1], NULL, len, 0));
	}
	close(ends[0]);
	close(ends[1]);
}

static void step(char *word)
{
	static char buffer[1 << 16];
	unsigned int file = 0;
	char *value;
	size_t len;

	if (word[0] >= '0' && word[0] <= '9' && word[1] == ':') {
		file = word[0] - '0';
		word += 2;
	}
	value = strchr(word, '=');
	if (value)
		*value++ = '\0';
	else
		value = word + strlen(word);

	if (!strcmp(word, "open")) {
		files[file] = open(device, open_flags(value));
		printf("%s", files[file] < 0 ? errno_word(errno) : "ok");
		return;
	}
	if (files[file] < 0)
		files[file] = open(device, O_RDWR);
	if (files[file] < 0)
		die("%s: %s", device, strerror(errno));

	len = strcmp(word, "write") ? strtoul(value, NULL, 10) : 0;
	if (len > sizeof(buffer))
		die("%zu is more than I can", len);
	if (!strcmp(word, "close")) {
		printf("%s", close(files[file]) ? errno_word(errno) : "ok");
		files[file] = -1;
	} else if (!strcmp(word, "write")) {
		len = unescape(value);
		print_count(write(files[file], value, len));
	} else if (!strcmp(word, "pieces")) {
		write_pieces(files[file], value);
	} else if (!strcmp(word, "send")) {
		send_file(files[file], value);
	} else if (!strcmp(word, "splice")) {
		splice_pipe(files[file], value, 0);
	} else if (!strcmp(word, "spliceout")) {
		splice_pipe(files[file], NULL, strtoul(value, NULL, 10));
	} else if (!strcmp(word, "fill")) {
		memset(buffer, '9', len);
		print_count(write(files[file], buffer, len));
	} else if (!strcmp(word, "writebad")) {
		print_count(write(files[file], edge + PAGE, len));
	} else if (!strcmp(word, "read")) {
		print_read(buffer, read(files[file], buffer, len));
	} else if (!strcmp(word, "readbad")) {
		print_count(read(files[file], edge + PAGE, len));
	} else if (!strcmp(word, "readedge")) {
		char *comma = strchr(value, ',');

		if (!comma)
			die("readedge=GOOD,BAD");
		print_read(edge + PAGE - len,
			   read(files[file], edge + PAGE - len,
				len + strtoul(comma + 1, NULL, 10)));
	} else if (!strcmp(word, "drain")) {
		drain(files[file]);
	} else if (!strcmp(word, "seek")) {
		printf("%s", lseek(files[file], 0, SEEK_SET) < 0 ?
		       errno_word(errno) : "ok");
	} else {
		die("no such step: %s", word);
	}
}

/* --- storm ---------------------------------------------------------------- */

struct tally {
	unsigned long writes, ok, reads, freed;
	unsigned long long bytes;
	unsigned long failed[256];
};

static unsigned int next_random(unsigned int *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void storm_write(struct tally *tally, const char *line)
{
	int fd = open(device, O_WRONLY);

	tally->writes++;
	if (fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line))
		tally->ok++;
	else
		tally->failed[errno & 255]++;
	close(fd);
}

static void storm_read(struct tally *tally)
{
	char text[PAGE];
	char *bytes;
	ssize_t ret;
	int fd = open(device, O_RDONLY);

	tally->reads++;
	ret = read(fd, text, sizeof(text) - 1);
	if (fd < 0 || ret < 0) {
		tally->failed[errno & 255]++;
	} else if (ret) {
		text[ret] = '\0';
		bytes = strstr(text, " bytes=");
		tally->freed++;
		tally->bytes += bytes ? strtoull(bytes + 7, NULL, 10) : 0;
	}
	close(fd);
}

static void storm_process(struct tally *tally, unsigned long ops,
			  unsigned int seed, int nr_lines, char **lines)
{
	unsigned int state = seed * 2654435761u + 1;

	while (ops--) {
		unsigned int r = next_random(&state);

		if (r & 1024)
			storm_write(tally, lines[(r >> 12) % nr_lines]);
		else
			storm_read(tally);
	}
}

static int storm(int argc, char **argv)
{
	static char *usual[] = { "0", "4", "1000", "2M align=64K", "512K" };
	unsigned long processes, ops, seed, i, j;
	struct tally *tallies, sum = { 0 };
	int status = 0, child;

	if (argc < 3)
		die("storm PROCESSES OPS SEED [LINE...]");
	processes = strtoul(argv[0], NULL, 10);
	ops = strtoul(argv[1], NULL, 10);
	seed = strtoul(argv[2], NULL, 10);
	argc -= 3;
	argv += 3;
	if (!argc) {
		argc = sizeof(usual) / sizeof(*usual);
		argv = usual;
	}
	tallies = mmap(NULL, processes * sizeof(*tallies),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (tallies == MAP_FAILED)
		die("no memory");
	for (i = 0; i < processes; i++) {
		if (fork())
			continue;
		storm_process(&tallies[i], ops, seed + i, argc, argv);
		_exit(0);
	}
	while (wait(&child) > 0)
		status |= child;
	for (i = 0; i < processes; i++) {
		sum.writes += tallies[i].writes;
		sum.ok += tallies[i].ok;
		sum.reads += tallies[i].reads;
		sum.freed += tallies[i].freed;
		sum.bytes += tallies[i].bytes;
		for (j = 0; j < 256; j++)
			sum.failed[j] += tallies[i].failed[j];
	}
	printf("writes=%lu ok=%lu reads=%lu freed=%lu bytes=%llu", sum.writes,
	       sum.ok, sum.reads, sum.freed, sum.bytes);
	for (j = 0; j < 256; j++)
		if (sum.failed[j])
			printf(" %s=%lu", errno_word(j), sum.failed[j]);
	printf("\n");
	return status != 0;
}

int main(int argc, char **argv)
{
	int i;

	if (argc > 1 && !strcmp(argv[1], "storm"))
		return storm(argc - 2, argv + 2);

	edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (edge == MAP_FAILED || mprotect(edge + PAGE, PAGE, PROT_NONE))
		die("no memory");
	for (i = 1; i < argc; i++) {
		if (i > 1)
			putchar(' ');
		step(argv[i]);
	}
	putchar('\n');
	return 0;
}
