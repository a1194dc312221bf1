/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test cases, told in TAP (testanything.org): "ok 3 - name" or "not ok 3 -
 * name" for each, the plan "1..N" last. So a program that dies on its way has
 * no plan, and test/unit/run counts that as a failure.
 *
 * A case is what stands between tap_begin() and tap_end(): a function of a
 * table (tap_run()), or one row of a table of inputs. Every CHECK() in it may
 * fail; what failed is told in "# " lines before the verdict.
 */
#ifndef LCMA_TEST_TAP_H
#define LCMA_TEST_TAP_H

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <sanitizer/asan_interface.h>

/*
 * A test program that is silent while it uses more CPU time than this hangs. Not
 * so much time on a clock, which passes while others have the CPU; and the core
 * never sleeps.
 */
#define TAP_HANG_S	60

/* Failed checks of one case that are told; the rest are only counted. */
#define TAP_MAX_TOLD	10

struct tap_case {
	const char *name;
	void (*run)(void);
};

#define TAP_CASE(fn)	{ #fn, fn }

static struct {
	unsigned int nr_cases;
	unsigned int nr_failed;
	unsigned int nr_checks_failed;	/* of the case that runs */
} tap;

static inline void tap_hangs(int sig)
{
	static const char say[] = "# hang: no end in sight, giving up\n";

	if (write(STDOUT_FILENO, say, sizeof(say) - 1) < 0)
		_exit(4);
	_exit(3);
}

/* From now on, @hangs is called if TAP_HANG_S passes. */
static inline void tap_limit(void (*hangs)(int sig))
{
	const struct itimerval limit = { .it_value.tv_sec = TAP_HANG_S };

	signal(SIGPROF, hangs);
	setitimer(ITIMER_PROF, &limit, NULL);
}

static inline void tap_begin(void)
{
	tap.nr_checks_failed = 0;
	tap_limit(tap_hangs);
}

__attribute__((format(printf, 1, 2)))
static inline void tap_end(const char *name, ...)
{
	va_list args;

	tap.nr_cases++;
	if (tap.nr_checks_failed) {
		tap.nr_failed++;
		if (tap.nr_checks_failed > TAP_MAX_TOLD)
			printf("# and %u more\n",
			       tap.nr_checks_failed - TAP_MAX_TOLD);
	}
	printf("%s %u - ", tap.nr_checks_failed ? "not ok" : "ok",
	       tap.nr_cases);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

static inline bool tap_check(bool good, const char *file, int line,
			     const char *what)
{
	if (good)
		return true;
	if (tap.nr_checks_failed++ < TAP_MAX_TOLD)
		printf("# %s:%d: not so: %s\n", file, line, what);
	return false;
}

static inline bool tap_check_eq(unsigned long long got,
				unsigned long long want, const char *file,
				int line, const char *what)
{
	if (got == want)
		return true;
	if (tap.nr_checks_failed++ < TAP_MAX_TOLD)
		printf("# %s:%d: %s is %lld (%#llx), wanted %lld (%#llx)\n",
		       file, line, what, got, got, want, want);
	return false;
}

/* Both say whether it was so; a case goes on after a failed check. */
#define CHECK(cond)	tap_check(cond, __FILE__, __LINE__, #cond)
#define CHECK_EQ(got, want) \
	tap_check_eq((unsigned long long)(got), (unsigned long long)(want), \
		     __FILE__, __LINE__, #got)

static inline void tap_run(const struct tap_case *cases, size_t nr_cases)
{
	size_t i;

	for (i = 0; i < nr_cases; i++) {
		tap_begin();
		cases[i].run();
		tap_end("%s", cases[i].name);
	}
}

static inline int tap_finish(void)
{
	printf("1..%u\n", tap.nr_cases);
	return tap.nr_failed || !tap.nr_cases;
}

/* A text for a name or a diagnostic: what does not print is escaped. */
static inline const char *tap_quote(const char *text, size_t len_bytes)
{
	static char buf[4 * 256 + 8];
	char *to = buf;
	size_t i;

	*to++ = '"';
	for (i = 0; i < len_bytes && to < buf + sizeof(buf) - 8; i++) {
		unsigned char c = text[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '#')
			to += sprintf(to, "\\x%02x", c);
		else
			*to++ = c;
	}
	*to++ = '"';
	*to = '\0';
	return buf;
}

#define TAP_EXACT_BEFORE	16

/*
 * A copy that neither ends nor begins any later or earlier than the text: a
 * read of one byte before or after it is one that ASan sees.
 */
static inline char *tap_exact(const char *text, size_t len_bytes)
{
	char *mem = malloc(TAP_EXACT_BEFORE + len_bytes);

	if (!mem)
		abort();
	memcpy(mem + TAP_EXACT_BEFORE, text, len_bytes);
	__asan_poison_memory_region(mem, TAP_EXACT_BEFORE);
	return mem + TAP_EXACT_BEFORE;
}

static inline void tap_exact_free(char *text)
{
	__asan_unpoison_memory_region(text - TAP_EXACT_BEFORE,
				      TAP_EXACT_BEFORE);
	free(text - TAP_EXACT_BEFORE);
}

#endif
