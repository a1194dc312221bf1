// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma_sweep - lcma's own failure points (src/fault.h): the 1st, 2nd, ... that
 * an operation passes is made to fail, until it is through without one. Then
 * again, with that point and all later ones. See sweep.sh.
 *
 *	lcma_sweep operations REGIONS	lcma is loaded with these, apitest too
 *	lcma_sweep life REGIONS		load, drain, unload; lcma is not loaded
 *	lcma_sweep orders REGIONS	how orders are given; lcma is loaded
 *	lcma_sweep lasting REGIONS	claims that always fail; lcma is not loaded
 */
#include "fault.h"
#include "sweep.h"

/* More than any operation passes. */
#define MAX_POINTS	500

/*
 * A kernel that takes ten times as long loads lcma after every so many failed loads
 * only: what one of them loses is missing then, too.
 */
#define SLOW_LOADS	5

/* What comes of a point that fails once. 0: the operation gets over it. */
#define OUTCOME_ROW(name, error)	{ #name, error },

static struct {
	const char *point;
	int err;
} outcomes[] = {
	LCMA_FAULT_POINTS(OUTCOME_ROW)
};

/* Those that do not end in the point's own error. */
static const struct {
	const char *point;
	int err;
} exceptions[] = {
	{ "WATCH_PROBE", 0 },
	{ "DEBUGFS_DIR", 0 },
	{ "DEBUGFS_FILE", 0 },
	{ "CLAIM_BUSY", 0 },
	{ "CLAIM_NOMEM", 0 },
	{ "UNCLAIM_BLOCK", 0 },
	{ "DMABUF_EXPORT", ENOBUFS },
	{ "DMABUF_FILL", 0 },
	{ "DMABUF_FAULT", 0 },
};

/* Which of them were seen to fail, over all operations. */
static bool was_seen[ARRAY_SIZE(outcomes)];

/* --- orders -------------------------------------------------------------------- */

static void order(const char *text)
{
	long ret = write_text(FAULTS, text);

	if (ret < 0)
		bail_out("order '%s': %s", text, error_name(ret));
}

static void order_off(void)
{
	order("off");
}

static void order_nth(char *text, size_t size, int nth, bool onwards)
{
	snprintf(text, size, "#%d%s", nth, onwards ? "-" : "");
}

/* The row of a point that failed; -1: none did. */
static int row_of(const char *point)
{
	unsigned int i;

	if (!*point)
		return -1;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (!strcmp(outcomes[i].point, point)) {
			was_seen[i] = true;
			return i;
		}
	}
	bail_out("point %s is not known here", point);
	return -1;
}

/* Is this what comes of a failure there? Of a lasting one, more can come. */
static bool is_sensible(int row, bool onwards, long ret)
{
	unsigned int i;

	/* Without regions= the area is looked for before it is asked. */
	if (ret == -ENODEV && !strcmp(outcomes[row].point, "CMA_AREA"))
		return !strcmp(regions[0], "default");
	if (heap_said_enomem) {
		heap_said_enomem = false;
		return onwards || outcomes[row].err == ENOBUFS ||
		       outcomes[row].err == ENOMEM;
	}
	if (ret >= 0)
		return !outcomes[row].err;
	if (!onwards || (outcomes[row].err && outcomes[row].err != ENOMEM))
		return ret == -outcomes[row].err;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (outcomes[i].err && ret == -outcomes[i].err)
			return true;
	/* Claims that fail for good. */
	return ret == -EBUSY;
}

/* --- operations --------------------------------------------------------------------- */

static void sweep(const struct operation *op, bool onwards)
{
	const char *how = onwards ? "from" : "at";
	const int nr_fds = count_fds();
	struct heard heard;
	const char *wrong;
	char text[32];
	int nth, row;
	long ret;

	/* Each time as the first: what a claim took along would spare the next one. */
	ok(all_idle(), "%s in %s: before it", op->name, region);
	for (nth = 1; nth < MAX_POINTS; nth++) {
		order_nth(text, sizeof(text), nth, onwards);
		log_from_here();
		order(text);
		ret = op->run();
		order("off");
		heard = listen_to_log();
		row = row_of(heard.point);
		if (row < 0) {
			answers(ret, 0, "%s in %s: through after %d points",
				op->name, region, nth - 1);
			return;
		}
		wrong = is_sensible(row, onwards, ret) ? aftermath(op, nr_fds) :
							 "the error is wrong";
		if (wrong)
			diag("%s", wrong);
		ok(!wrong, "%s in %s: fails %s %s (%d): %s", op->name, region,
		   how, heard.point, nth, error_name(ret));
		if (tally->failed > 20)
			bail_out("too much is wrong");
	}
	ok(false, "%s in %s: ends", op->name, region);
}

static void sweep_operations(const char *spec)
{
	unsigned int i, r;

	set_regions(spec);
	log_from_here();
	for (r = 0; regions[r]; r++) {
		region = regions[r];
		for (i = 0; i < nr_operations; i++) {
			if (r && !operations[i].everywhere)
				continue;
			if (operations[i].run() < 0)
				bail_out("%s in %s: does not work at all",
					 operations[i].name, region);
			sweep(&operations[i], false);
			sweep(&operations[i], true);
		}
	}
}

/* --- load, drain, unload --------------------------------------------------------------- */

static unsigned long long at_first;
static bool is_slow;

/* Return: NULL, and lcma is loaded; what is wrong with the next load. */
static const char *loads(const char *spec)
{
	if (load(spec, ""))
		return "the next load fails";
	if (places() != at_first)
		return "the next load gets other memory";
	if (!all_idle())
		return "after the next load memory is not where it belongs";
	return NULL;
}

static const char *loads_and_unloads(const char *spec)
{
	const char *wrong = loads(spec);

	if (wrong)
		return wrong;
	if (unload_lcma())
		return "the next unload fails";
	return left_behind();
}

static const char *after_load(const char *spec, long ret, bool load_again)
{
	const char *wrong;

	if (!ret && unload_lcma())
		return "it cannot be unloaded";
	wrong = left_behind();
	if (wrong)
		diag("left behind: %s", wrong);
	return wrong || !load_again ? wrong : loads_and_unloads(spec);
}

static void sweep_load(const char *spec, bool onwards)
{
	char text[32], more[40];
	struct heard heard;
	const char *wrong;
	int nth, row;
	long ret;

	for (nth = 1; nth < MAX_POINTS; nth++) {
		order_nth(text, sizeof(text), nth, onwards);
		snprintf(more, sizeof(more), "fault=%s", text);
		log_from_here();
		ret = load(spec, more);
		heard = listen_to_log();
		row = row_of(heard.point);
		if (row < 0) {
			answers(ret, 0, "load %s: through after %d points",
				region, nth - 1);
			order_off();
			ok(!after_load(spec, ret, true), "load %s: and again", region);
			return;
		}
		if (!ret)
			order("off");
		wrong = is_sensible(row, onwards, ret) ?
			after_load(spec, ret, !is_slow || nth % SLOW_LOADS == 0) :
			"the error is wrong";
		if (wrong)
			diag("%s", wrong);
		ok(!wrong, "load %s: fails %s %s (%d): %s", region,
		   onwards ? "from" : "at", heard.point, nth, error_name(ret));
		if (!access("/sys/module/lcma", F_OK) || tally->failed > 20)
			bail_out("too much is wrong");
	}
	ok(false, "load %s: ends", region);
}

/* Takes a region back; what fails on the way is tried again. */
static long drain(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/lcma/%s/drain", region);
	return write_text(path, "1");
}

/* Return: 0; -errno. */
static long drain_all(void)
{
	long ret = 0;
	int i;

	for (i = 0; regions[i] && ret >= 0; i++) {
		region = regions[i];
		ret = drain();
	}
	return ret < 0 ? ret : 0;
}

static long unload(void)
{
	return unload_lcma();
}

/* Every point that is passed when regions end. What fails is tried again. */
static void sweep_end(const char *spec, const char *name, long (*end)(void))
{
	struct heard heard;
	const char *wrong;
	char text[32];
	int nth;
	long ret;

	if (load(spec, ""))
		bail_out("%s: it does not load", name);
	for (nth = 1; nth < MAX_POINTS; nth++) {
		order_nth(text, sizeof(text), nth, false);
		log_from_here();
		order(text);
		ret = end();
		if (end != unload)
			unload_lcma();
		heard = listen_to_log();
		wrong = ret ? error_name(ret) : left_behind();
		if (!wrong && heard.lost)
			wrong = "memory is lost";
		if (!wrong)
			wrong = loads(spec);
		if (wrong)
			diag("%s", wrong);
		if (row_of(heard.point) < 0) {
			ok(!wrong, "%s %s: through after %d points", name,
			   regions[0], nth - 1);
			unload_lcma();
			return;
		}
		ok(!wrong, "%s %s: gets over %s (%d)", name, regions[0],
		   heard.point, nth);
		if (wrong) {
			unload_lcma();
			if (load(spec, ""))
				bail_out("%s: it no longer loads", name);
		}
	}
	ok(false, "%s: ends", name);
}

static void sweep_life(const char *spec)
{
	set_regions(spec);
	if (load(spec, ""))
		bail_out("it does not load at all");
	at_first = places();
	unload_lcma();
	sweep_load(spec, false);
	if (!is_slow)
		sweep_load(spec, true);
	sweep_end(spec, "drain", drain_all);
	sweep_end(spec, "unload", unload);
}

/* --- claims that always fail ------------------------------------------------------------ */

/*
 * err_line: of a line with a deadline. A claim that fails and shows nothing in the way
 * is tried again until then.
 */
static void fails_for_good(const char *point, int err, int err_line)
{
	struct lcma_region_info info = { .size = sizeof(info) };
	long ret;

	ok(all_idle(), "before %s", point);
	order(point);
	answers(op_alloc(), -err, "%s each time: ALLOC", point);
	answers(text_line("64K region=%s timeout=1500"), -err_line,
		"%s each time: a line with a deadline", point);
	order(point);
	ret = drain();
	answers(ret, -EBUSY, "%s each time: drain", point);
	order("off");
	strncpy(info.name, region, sizeof(info.name) - 1);
	on_device(LCMA_IOC_REGION_INFO, &info);
	ok(!(info.attrs & LCMA_REGION_GONE) && all_idle(),
	   "%s no more: the region serves, nothing is held", point);
	answers(op_alloc(), 0, "%s no more: ALLOC", point);
}

static void lasting(const char *spec)
{
	struct heard heard;
	long ret;

	set_regions(spec);
	if (load(spec, "drain_timeout_ms=500"))
		bail_out("it does not load");
	fails_for_good("CLAIM_BUSY", EBUSY, ETIMEDOUT);
	fails_for_good("CLAIM_NOMEM", ENOMEM, ENOMEM);
	fails_for_good("CLAIM_INTR", EINTR, EINTR);

	order("CLAIM_BUSY");
	log_from_here();
	answers(unload_lcma(), 0, "CLAIM_BUSY each time: unload");
	heard = listen_to_log();
	ok(heard.lost, "the log says that memory is lost");
	ok(!left_behind(), "nothing else is");
	ret = load(spec, "");
	answers(ret, -ENOSPC, "what is lost is not taken again: load");
}

/* --- orders ------------------------------------------------------------------------------ */

static void reads(const char *wanted, const char *what)
{
	char text[8192];

	read_text(PARAMETERS "fault", text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	same_text(text, wanted, what);
}

static void orders(void)
{
	static const char * const bad[] = {
		"", "#", "#0", "#-", "#1x", "#-1", "1", "CLAIM", "claim_busy",
		"CLAIM_BUSY#", "CLAIM_BUSY#0", "CLAIM_BUSY 1", "CLAIM_BUSY#1#2",
		"OFF", "off#1", "#99999999999999999999",
		"CLAIM_BUSY#00000000000000000000000000000000000000000001",
	};
	char text[8192], row[100];
	struct stat st = {};
	unsigned int i, nr;

	ok(!stat(FAULTS, &st), FAULTS " is there");
	is(st.st_mode & 0777, 0600, "for root");
	ok(!stat(PARAMETERS "fault", &st), "so is the parameter");
	is(st.st_mode & 0777, 0400, "for root, and not to be written");
	reads("off passes=0 failures=0", "off at first");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		answers(write_text(FAULTS, *bad[i] ? bad[i] : "\n"), -EINVAL,
			"order '%s'", bad[i]);
	reads("off passes=0 failures=0", "off still");

	order("BUFFER_NEW#2");
	answers(op_alloc(), 0, "the first pass of BUFFER_NEW");
	reads("BUFFER_NEW#2 passes=1 failures=0", "is counted");
	answers(op_alloc(), -ENOBUFS, "the second one");
	answers(op_alloc(), 0, "the third one");
	reads("BUFFER_NEW#2 passes=3 failures=1", "one has failed");
	read_text(FAULTS, text, sizeof(text));
	ok(strstr(text, "\nBUFFER_NEW passes=3 failures=1\n"), "listed so");
	ok(strstr(text, "\nIOCTL_DATA passes=3 failures=0\n"), "beside others");
	order("  BUFFER_NEW#2-\n");
	answers(op_alloc(), 0, "the first pass");
	answers(op_alloc(), -ENOBUFS, "the second one");
	answers(op_alloc(), -ENOBUFS, "the third one");
	order("off");
	answers(op_alloc(), 0, "off: no more");
	reads("off passes=0 failures=0", "and nothing is counted");

	/* The tests know every point, the module knows every point. */
	read_text(FAULTS, text, sizeof(text));
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		snprintf(row, sizeof(row), "\n%s passes=", outcomes[i].point);
		if (!strstr(text, row))
			ok(false, "%s is a point", outcomes[i].point);
	}
	for (nr = 0, i = 0; text[i]; i++)
		nr += text[i] == '\n';
	is(nr - 1, ARRAY_SIZE(outcomes), "as many points as are known here");
}

/* Which points were made to fail; sweep.sh looks whether each was, once. */
static void note_seen(void)
{
	FILE *seen = fopen("/tmp/seen", "a");
	unsigned int i;

	for (i = 0; seen && i < ARRAY_SIZE(outcomes); i++)
		if (was_seen[i])
			fprintf(seen, "%s\n", outcomes[i].point);
	if (!seen || fclose(seen))
		bail_out("/tmp/seen: %m");
}

static void apply_exceptions(void)
{
	unsigned int i, row;

	for (i = 0; i < ARRAY_SIZE(exceptions); i++) {
		for (row = 0; row < ARRAY_SIZE(outcomes); row++)
			if (!strcmp(outcomes[row].point, exceptions[i].point))
				break;
		if (row == ARRAY_SIZE(outcomes))
			bail_out("%s is no point", exceptions[i].point);
		outcomes[row].err = exceptions[i].err;
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *spec = argc > 2 ? argv[2] : "";

	tap_start();
	apply_exceptions();
	no_more_failures = order_off;
	is_slow = getenv("lcma_scale");
	if (!strcmp(what, "operations"))
		sweep_operations(spec);
	else if (!strcmp(what, "life"))
		sweep_life(spec);
	else if (!strcmp(what, "lasting"))
		lasting(spec);
	else if (!strcmp(what, "orders")) {
		set_regions(spec);
		orders();
	} else
		bail_out("%s: no such sweep", what);
	note_seen();
	return tap_finish();
}
