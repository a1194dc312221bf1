/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sentences for the fuzzers of the two parsers: built from parts whose meaning
 * is known, damaged, or plain noise; and the shape of a grammar as a regular
 * expression, by which to judge what a parser accepts.
 */
#ifndef LCMA_TEST_SENTENCE_H
#define LCMA_TEST_SENTENCE_H

#include <regex.h>

#include "random.h"

#define SENTENCE_MAX	16384

struct sentence {
	char text[SENTENCE_MAX];
	size_t len_bytes;
};

static inline void say(struct sentence *s, const char *words)
{
	const size_t len_bytes = strlen(words);

	if (s->len_bytes + len_bytes >= SENTENCE_MAX)
		abort();
	memcpy(s->text + s->len_bytes, words, len_bytes + 1);
	s->len_bytes += len_bytes;
}

static inline void say_char(struct sentence *s, char c)
{
	const char word[2] = { c };

	say(s, word);
}

/* Some characters out of a set; also written to to[], which holds them. */
static inline void say_some(struct sentence *s, const char *set,
			    unsigned int len, char *to)
{
	unsigned int i;

	for (i = 0; i < len; i++) {
		to[i] = set[below(strlen(set))];
		say_char(s, to[i]);
	}
	to[len] = '\0';
}

#define ALNUM	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static inline void say_name(struct sentence *s, char *to)
{
	say_some(s, ALNUM, 1, to);
	say_some(s, ALNUM "_-.", below(31), to + 1);
}

static inline void say_number(struct sentence *s, uint64_t n)
{
	char word[32];

	if (one_in(10))
		say(s, "000");
	snprintf(word, sizeof(word), "%llu", (unsigned long long)n);
	say(s, word);
}

static inline uint64_t random_u64(void)
{
	return one_in(20) ? -1ULL - below(3) : rnd() >> below(64);
}

/*
 * A size, in one of the ways in which it can be written; bare_shift is log2 of
 * what a bare number counts. A size that the text cannot say is rounded down
 * to one that it can.
 */
static inline uint64_t say_size(struct sentence *s, uint64_t bytes,
				unsigned int bare_shift)
{
	static const char units[] = "kmgKMG";
	unsigned int unit = below(7);
	unsigned int shift = unit < 6 ? 10 * (unit % 3 + 1) : bare_shift;

	if (unit < 6 && bytes & ((1ULL << shift) - 1) &&
	    (!(bytes >> shift) || one_in(2))) {
		unit = 6;
		shift = bare_shift;
	}
	if (!(bytes >> shift))
		bytes = 1ULL << shift;
	say_number(s, bytes >> shift);
	if (unit < 6)
		say_char(s, units[unit]);
	return bytes >> shift << shift;
}

static inline uint64_t say_pow2(struct sentence *s, unsigned int bare_shift)
{
	return say_size(s, 1ULL << (bare_shift + below(64 - bare_shift)),
			bare_shift);
}

/* An address, not 0, in one of the ways in which it can be written. */
static inline uint64_t say_address(struct sentence *s)
{
	const uint64_t address = random_u64() | one_in(4) << 20;
	char word[32];

	if (!address || one_in(2))
		return say_size(s, address ? address : 1, 0);
	snprintf(word, sizeof(word), one_in(2) ? "0x%llx" : "0X00%llX",
		 (unsigned long long)address);
	say(s, word);
	return address;
}

/* Change, insert, drop, double, swap: mostly with what the grammar is made of */
static inline void damage(struct sentence *s, const char * const *parts,
			  size_t nr_parts)
{
	unsigned int hits = 1 + below_log(6);

	while (hits--) {
		size_t at = below(s->len_bytes + 1);
		size_t rest = s->len_bytes - at;
		const char *part = parts[below(nr_parts)];
		size_t len = strlen(part);

		switch (below(6)) {
		case 0:		/* another character */
			if (rest)
				s->text[at] = one_in(2) ? rnd() :
					" \t\n\r,;:=@-.0K"[below(13)];
			break;
		case 1:		/* one or a few fewer */
			len = below_log(rest + 1);
			memmove(s->text + at, s->text + at + len, rest - len);
			s->len_bytes -= len;
			break;
		case 2:		/* a part of the grammar in between */
			if (s->len_bytes + len >= SENTENCE_MAX)
				break;
			memmove(s->text + at + len, s->text + at, rest);
			memcpy(s->text + at, part, len);
			s->len_bytes += len;
			break;
		case 3:		/* the end is missing */
			if (one_in(4))
				s->len_bytes = at;
			break;
		case 4:		/* something is there twice */
			len = below(rest + 1);
			if (s->len_bytes + len >= SENTENCE_MAX)
				break;
			memmove(s->text + at + len, s->text + at, rest);
			s->len_bytes += len;
			break;
		case 5:		/* one bit */
			if (rest)
				s->text[at] ^= 1 << below(8);
			break;
		}
	}
	s->text[s->len_bytes] = '\0';
}

/* Noise: bytes, or parts of the grammar in any order. */
static inline void babble(struct sentence *s, const char * const *parts,
			  size_t nr_parts)
{
	unsigned int words = below_log(30);

	s->len_bytes = 0;
	while (words--)
		if (one_in(5))
			s->text[s->len_bytes++] = rnd();
		else
			say(s, parts[below(nr_parts)]);
	s->text[s->len_bytes] = '\0';
}

/* As it is, damaged again and again, and as noise; until a check fails. */
static inline void judge_spoilt(struct sentence *s, const char * const *parts,
				size_t nr_parts,
				void (*judge)(const struct sentence *s))
{
	int i;

	judge(s);
	for (i = 0; i < 8 && !tap.nr_checks_failed; i++) {
		damage(s, parts, nr_parts);
		judge(s);
		if (tap.nr_checks_failed || i % 3 == 2)
			break;
	}
	if (tap.nr_checks_failed)
		return;
	babble(s, parts, nr_parts);
	judge(s);
}

static inline regex_t compile_shape(const char *shape)
{
	regex_t regex;

	if (regcomp(&regex, shape, REG_EXTENDED | REG_NOSUB))
		abort();
	return regex;
}

/* The regular expression begins with ^ and ends with $; a NUL is a byte. */
static inline bool has_shape(const regex_t *shape, const char *text,
			     size_t len_bytes)
{
	regmatch_t part = { .rm_so = 0, .rm_eo = len_bytes };

	return !regexec(shape, text, 1, &part, REG_STARTEND);
}

#endif
