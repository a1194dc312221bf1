// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzer of the text device's line (src/core/line.c): what was built from the
 * grammar means what it was built from; what is accepted has the grammar's
 * shape and says the same again when it is written out; nothing is read beyond
 * either end.
 */
#include "core/line.h"
#include "complaint.h"
#include "sentence.h"

#define SIZE	"[0-9]+[kKmMgG]?"
#define ADDR	"(0[xX][0-9a-fA-F]+|" SIZE ")"
#define NAME	"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}"
#define COMMON	"align=" SIZE "|region=" NAME "([+,]" NAME "){0,7}|label=[!-~]{1,31}"
#define SHAPE \
	"^[ \t]*(0?|" SIZE "([ \t]+(" COMMON \
	"|timeout=[0-9]+|nowait|at=" ADDR "|below=" ADDR "|boundary=" SIZE "))*" \
	"|prepare[ \t]+" SIZE "([ \t]+(" COMMON "|within=[0-9]+|for=[0-9]+|wait))*)" \
	"[ \t]*\n?$"

static const char * const parts[] = {
	"prepare", "prepare 0", " within=", " for=", "for=5", "wait", "0", "1", "4M", "8m", "16K", "1G", "4096", " ", "\t", "\n", " align=",
	" region=", "a+b", "a,b", " label=", " timeout=", " nowait", "align=1M", "region=cam",
	"label=x", "timeout=100", "nowait", "=", "K", "M", "G", "-", "0x",
	" at=", " below=", " boundary=", "0xfF", "at=0x10", "below=1G", "boundary=1M",
	"18446744073709551615", "18446744073709551616", "17179869184G",
};

static regex_t shape;

static int parse(const struct sentence *s, struct lcma_line *line,
		 const char **why)
{
	char *exact = tap_exact(s->text, s->len_bytes);
	struct lcma_complaint complaint;
	int err;

	memset(line, 0xa5, sizeof(*line));
	err = lcma_line_parse(exact, s->len_bytes, line, &complaint);
	if (err) {
		*why = complaint.what;
		check_complaint(&complaint, exact, s->len_bytes);
	}
	tap_exact_free(exact);
	return err;
}

static void say_blanks(struct sentence *s, unsigned int at_least)
{
	unsigned int n = at_least + (one_in(6) ? below(3) : 0);

	while (n--)
		say_char(s, one_in(4) ? '\t' : ' ');
}

static bool same(const struct lcma_line *a, const struct lcma_line *b)
{
	return a->slot == b->slot && a->nowait == b->nowait &&
	       a->prepare == b->prepare && a->wait == b->wait &&
	       a->hold_ms == b->hold_ms &&
	       a->bytes == b->bytes && a->align_bytes == b->align_bytes &&
	       a->at == b->at && a->below == b->below &&
	       a->boundary_bytes == b->boundary_bytes &&
	       a->timeout_ms == b->timeout_ms && !strcmp(a->region, b->region) &&
	       !strcmp(a->label, b->label);
}

static void tell(const struct sentence *s)
{
	printf("# the line: %s\n", tap_quote(s->text, s->len_bytes));
}

/* One name mostly; to as many as fit. */
static int say_list(struct sentence *s, char *to)
{
	unsigned int more = one_in(3) ? 1 + below(4) : 0;
	char name[LCMA_NAME_BYTES], joint[2] = "";
	char names[5][LCMA_NAME_BYTES];
	unsigned int i, nr = 0;
	int err = 0;

	*to = '\0';
	for (;;) {
		say_some(s, ALNUM, 1, name);
		say_some(s, ALNUM "_-.", below(20), name + 1);
		for (i = 0; i < nr; i++)
			if (!strcmp(names[i], name))
				err = -EINVAL;
		strcpy(names[nr++], name);
		strcat(to, name);
		if (!more--)
			return err;
		*joint = "+,"[below(2)];
		say(s, joint);
		strcat(to, joint);
	}
}

/* A line from the grammar, what it means, and whether it is legal. */
static int build(struct sentence *s, struct lcma_line *line)
{
	unsigned int option, seen = 0, n = below(9);
	int err = 0;

	memset(line, 0, sizeof(*line));
	memset(s, 0, sizeof(*s));
	line->align_bytes = 1;
	say_blanks(s, 0);
	if (one_in(20)) {
		line->slot = true;
		if (one_in(2))
			say(s, "0");
		n = 0;
	} else {
		line->prepare = one_in(3);
		if (line->prepare) {
			say(s, "prepare");
			say_blanks(s, 1);
		}
		line->bytes = say_size(s, random_u64(), 10);
	}
	while (n-- && !err) {
		option = below(line->prepare ? 6 : 8);
		if (seen & 1 << option) {
			if (!one_in(10))
				continue;
			err = -EINVAL;
		}
		seen |= 1 << option;
		say_blanks(s, 1);
		switch (option) {
		case 0:
			say(s, "align=");
			line->align_bytes = say_pow2(s, 10);
			break;
		case 1:
			say(s, "region=");
			err = say_list(s, line->region) ?: err;
			break;
		case 2:
			say(s, "label=");
			say_some(s, ALNUM "!~=\"'#;,:%\\/-+*?[]{}()<>|&$^`@_",
				 1 + below(31), line->label);
			break;
		case 3:
			say(s, line->prepare ? "within=" : "timeout=");
			line->timeout_ms = 1 + (line->prepare ? below(LCMA_WITHIN_MAX_MS) :
								below_log(UINT_MAX));
			say_number(s, line->timeout_ms);
			break;
		case 4:
			say(s, line->prepare ? "wait" : "nowait");
			line->wait = line->prepare;
			line->nowait = !line->prepare;
			break;
		case 5:
			if (line->prepare) {
				say(s, "for=");
				line->hold_ms = 1 + below(LCMA_HOLD_MAX_MS);
				say_number(s, line->hold_ms);
				break;
			}
			say(s, "at=");
			line->at = say_address(s);
			break;
		case 6:
			say(s, "below=");
			line->below = say_address(s);
			break;
		case 7:
			say(s, "boundary=");
			line->boundary_bytes = say_pow2(s, 10);
			break;
		}
	}
	say_blanks(s, 0);
	if (one_in(2))
		say(s, "\n");
	if (s->len_bytes > LCMA_LINE_BYTES)
		err = -EINVAL;
	return err;
}

/* Whatever the text is: a legal answer, and one that can be trusted. */
static void judge(const struct sentence *s)
{
	const char *unchanged = "unchanged", *why = unchanged;
	struct lcma_line line, again;
	struct sentence out = {};
	char word[64];
	int err = parse(s, &line, &why);

	CHECK(err == 0 || err == -EINVAL || err == -EFBIG);
	CHECK_EQ(why == unchanged, !err);
	CHECK(why && *why);
	if (err)
		return;

	CHECK(s->len_bytes <= LCMA_LINE_BYTES);
	CHECK(has_shape(&shape, s->text, s->len_bytes));
	CHECK(lcma_is_pow2(line.align_bytes));
	CHECK_EQ(line.slot, !line.bytes && !line.prepare);
	CHECK(memchr(line.region, '\0', sizeof(line.region)));
	CHECK(memchr(line.label, '\0', sizeof(line.label)));
	if (tap.nr_checks_failed || line.slot)
		return;
	CHECK(!(line.bytes & 1023));

	snprintf(word, sizeof(word), "%s%llu", line.prepare ? "prepare " : "",
		 (unsigned long long)line.bytes / 1024);
	say(&out, word);
	if (line.align_bytes > 1) {
		snprintf(word, sizeof(word), " align=%llu",
			 (unsigned long long)line.align_bytes / 1024);
		say(&out, word);
	}
	if (line.at) {
		snprintf(word, sizeof(word), " at=%#llx",
			 (unsigned long long)line.at);
		say(&out, word);
	}
	if (line.below) {
		snprintf(word, sizeof(word), " below=%llu",
			 (unsigned long long)line.below);
		say(&out, word);
	}
	if (line.boundary_bytes) {
		CHECK(lcma_is_pow2(line.boundary_bytes));
		snprintf(word, sizeof(word), " boundary=%llu",
			 (unsigned long long)line.boundary_bytes / 1024);
		say(&out, word);
	}
	if (*line.region) {
		say(&out, " region=");
		say(&out, line.region);
	}
	if (*line.label) {
		say(&out, " label=");
		say(&out, line.label);
	}
	if (line.timeout_ms) {
		snprintf(word, sizeof(word), " %s=%u",
			 line.prepare ? "within" : "timeout", line.timeout_ms);
		say(&out, word);
	}
	if (line.hold_ms) {
		snprintf(word, sizeof(word), " for=%u", line.hold_ms);
		say(&out, word);
	}
	if (line.wait)
		say(&out, " wait");
	if (line.nowait)
		say(&out, " nowait");
	CHECK_EQ(parse(&out, &again, &why), 0);
	CHECK(same(&line, &again));
}

static void round_of_lines(void)
{
	struct lcma_line want, line;
	const char *why = NULL;
	struct sentence s;
	int err;

	err = build(&s, &want);
	CHECK_EQ(parse(&s, &line, &why), err);
	if (!err)
		CHECK(same(&line, &want));
	judge_spoilt(&s, parts, ARRAY_SIZE(parts), judge);
	if (tap.nr_checks_failed)
		tell(&s);
}

int main(void)
{
	shape = compile_shape(SHAPE);
	fuzz("lines: built, damaged and noise", round_of_lines);
	regfree(&shape);
	return tap_finish();
}
