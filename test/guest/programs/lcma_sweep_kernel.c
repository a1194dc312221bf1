// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_sweep_kernel - the kernel's own fault injection (failslab, fail_page_alloc
 * and fail_usercopy, /proc/self/fail-nth): the 1st, 2nd, ... allocation that the
 * kernel makes during an operation fails, its own allocations among them, or the
 * copy from or to the program. Skipped where the kernel cannot do that. See
 * sweep_kernel.sh.
 *
 *	lcma_sweep_kernel REGIONS SEED	lcma is not loaded
 *
 * A load takes a second and more on a kernel that can do this, so of the
 * allocations of a load and of an unload some are tried, evenly spread; SEED says
 * which.
 */
#include "sweep.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define APITEST_KO	"/test/kmod/lcma_apitest.ko"

/* More than any operation makes. */
#define MANY		1000000

/*
 * An operation that makes more allocations is failed in its last ones: they
 * are lcma's, those before are the loader's.
 */
#define MAX_FAILURES	400

/* Loads that are spent on the allocations of one load, or unload. */
#define MAX_LOADS	50

/* What a caller may be told for that, by lcma or by the kernel. */
static const int errors[] = {
	ENOMEM, ENOBUFS, ENOSPC, EBUSY, ENFILE, EMFILE, ENODEV, EFAULT,
};

static void fail_nth(unsigned int nth)
{
	char text[16];
	long ret;

	snprintf(text, sizeof(text), "%u", nth);
	ret = write_text(FAIL_NTH, text);
	/* This may be what failed, and then no other will. */
	if (ret < 0)
		ret = write_text(FAIL_NTH, text);
	if (ret < 0)
		bail_out(FAIL_NTH ": %s", error_name(ret));
}

/* How many allocations are left until one fails; 0: it has. */
static unsigned int rest;
static bool is_counting;

/* An operation may have ended them itself. */
static void end_failures(void)
{
	unsigned long long left;

	/* As above. */
	if (is_counting) {
		left = read_number(FAIL_NTH);
		rest = left > MANY ? 0 : left;
	}
	is_counting = false;
	fail_nth(0);
}

static void begin_failures(unsigned int nth)
{
	is_counting = true;
	fail_nth(nth);
}

/* Quietly, and where one may sleep and try again, too. */
static bool prepare(const char *kind)
{
	static const char * const settings[][2] = {
		{ "ignore-gfp-wait", "0" },
		{ "ignore-gfp-highmem", "0" },
		{ "min-order", "0" },
		{ "verbose", "0" },
		{ "probability", "0" },
	};
	char path[128];
	unsigned int i;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s", kind);
	if (access(path, F_OK))
		return false;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind,
			 settings[i][0]);
		write_text(path, settings[i][1]);
	}
	return true;
}

static bool is_sensible(long ret)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (ret == -errors[i])
			return true;
	return ret >= 0;
}

/* Where to begin: an operation's number of allocations is counted first. */
static unsigned int first_of(unsigned int nr, const char *name)
{
	diag("%s makes %u allocations", name, nr);
	return nr > MAX_FAILURES ? nr - MAX_FAILURES : 1;
}

static void sweep(const struct operation *op)
{
	const int nr_fds = count_fds();
	unsigned int nth, nr_failed = 0, nr_wrong = 0;
	const char *wrong;
	bool failed;
	long ret;

	begin_failures(MANY);
	op->run();
	end_failures();
	nth = first_of(MANY - rest, op->name);
	for (;; nth++) {
		begin_failures(nth);
		ret = op->run();
		end_failures();
		failed = !rest;
		wrong = is_sensible(ret) ? NULL : "the error is wrong";
		if (!wrong && failed)
			wrong = aftermath(op, nr_fds);
		if (wrong) {
			diag("%s in %s: allocation %u: %s: %s", op->name, region,
			     nth, error_name(ret), wrong);
			nr_wrong++;
		}
		nr_failed += ret < 0;
		if (!failed || nr_wrong > 10)
			break;
	}
	ok(!nr_wrong && ret >= 0,
	   "%s in %s: each allocation fails up to the %uth, %u were fatal",
	   op->name, region, nth - 1, nr_failed);
}

static void operations_in(const char *spec)
{
	unsigned int i, r;

	set_regions(spec);
	for (r = 0; regions[r]; r++) {
		region = regions[r];
		for (i = 0; i < nr_operations; i++)
			if (!r || operations[i].everywhere)
				sweep(&operations[i]);
	}
}

/* From the first of a number of allocations that is tried on to the next. */
static unsigned int step_of(unsigned int first, unsigned int nr)
{
	return (nr - first) / MAX_LOADS + 1;
}

/*
 * To remove a node the kernel has to find memory for its name, and leaves the node
 * where it is if there is none.
 */
static void remove_nodes(void)
{
	unlink(DEVICE);
	unlink(HEAP);
}

static void fail_loads(const char *spec, unsigned int seed)
{
	unsigned int nth, step, nr_tried = 0, nr_failed = 0, nr_wrong = 0;
	unsigned long long at_first;
	const char *wrong;
	bool failed;
	long ret;

	if (load(spec, ""))
		bail_out("it does not load at all");
	at_first = places();
	unload_lcma();
	begin_failures(MANY);
	load(spec, "");
	end_failures();
	nth = first_of(MANY - rest, "load");
	step = step_of(nth, MANY - rest);
	unload_lcma();
	for (nth += seed % step;; nth += step, nr_tried++) {
		begin_failures(nth);
		ret = load(spec, "");
		end_failures();
		failed = !rest;
		wrong = is_sensible(ret) ? NULL : "the error is wrong";
		if (!ret && unload_lcma())
			wrong = "it cannot be unloaded";
		if (!wrong)
			wrong = left_behind();
		if (!wrong && failed &&
		    (load(spec, "") || places() != at_first || unload_lcma()))
			wrong = "the next load fails, or gets other memory";
		if (wrong) {
			diag("load: allocation %u: %s: %s", nth, error_name(ret),
			     wrong);
			nr_wrong++;
		}
		nr_failed += ret < 0;
		if (!failed || nr_wrong > 10)
			break;
	}
	ok(!nr_wrong && !ret,
	   "load: %u of the allocations up to the %uth fail, %u were fatal",
	   nr_tried, nth, nr_failed);
}

/* Unloading cannot fail. */
static void fail_unloads(const char *spec, unsigned int seed)
{
	unsigned int nth, step, nr_tried = 0, nr_wrong = 0;
	const char *wrong;
	bool failed;
	long ret;

	if (load(spec, ""))
		bail_out("it no longer loads");
	begin_failures(MANY);
	unload_lcma();
	end_failures();
	nth = first_of(MANY - rest, "unload");
	step = step_of(nth, MANY - rest);
	for (nth += seed % step;; nth += step, nr_tried++) {
		if (load(spec, ""))
			bail_out("it no longer loads");
		begin_failures(nth);
		ret = unload_lcma();
		end_failures();
		failed = !rest;
		/* The name was not even read. */
		if (ret == -EFAULT)
			ret = unload_lcma();
		remove_nodes();
		wrong = ret ? error_name(ret) : left_behind();
		if (wrong)
			diag("unload: allocation %u: %s", nth, wrong);
		nr_wrong += !!wrong;
		if (!failed || nr_wrong > 10)
			break;
	}
	ok(!nr_wrong, "unload: gets over %u failures up to the %uth allocation",
	   nr_tried, nth);
}

static long load_apitest(void)
{
	long fd = CALL(open(APITEST_KO, O_RDONLY | O_CLOEXEC));
	long ret;

	if (fd < 0)
		return fd;
	ret = CALL(syscall(SYS_finit_module, (int)fd, "", 0));
	close(fd);
	return ret;
}

int main(int argc, char **argv)
{
	const char *spec = argc > 1 ? argv[1] : "";
	const unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	bool slab, pages, copies;

	tap_start();
	no_more_failures = end_failures;
	slab = prepare("failslab");
	pages = prepare("fail_page_alloc");
	copies = prepare("fail_usercopy");
	if ((!slab && !pages) || access(FAIL_NTH, F_OK)) {
		skip("every allocation of the kernel's",
		     "this kernel cannot inject faults");
		return tap_finish();
	}
	diag("failslab %s, fail_page_alloc %s, fail_usercopy %s",
	     slab ? "yes" : "no", pages ? "yes" : "no", copies ? "yes" : "no");
	if (load(spec, "") || load_apitest())
		bail_out("lcma or its client does not load");
	operations_in(spec);
	if (CALL(syscall(SYS_delete_module, "lcma_apitest", O_NONBLOCK)) ||
	    unload_lcma())
		bail_out("lcma or its client cannot be unloaded");
	fail_loads(spec, seed);
	fail_unloads(spec, seed);
	return tap_finish();
}
