/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's side of src/core/seam.h: the names that the pure core uses, so that
 * the very same files compile into user-space tests and into cmactl. Slow and
 * obvious on purpose where the kernel is fast.
 */
#ifndef LCMA_HOST_H
#define LCMA_HOST_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint32_t u32;
typedef int64_t s64;
typedef uint64_t u64;

#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define BITS_PER_LONG		(8 * __SIZEOF_LONG__)
#define BIT(n)			(1UL << (n))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	(*(volatile __typeof__(x) *)&(x) = (value))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((a) - 1))

/* As picky as linux/minmax.h: operands of two types do not compile. */
#define host_pick(a, op, b) ({			\
	__typeof__(a) host_a = (a);		\
	__typeof__(b) host_b = (b);		\
						\
	(void)(&host_a == &host_b);		\
	host_a op host_b ? host_a : host_b;	\
})
#define min(a, b)		host_pick(a, <, b)
#define max(a, b)		host_pick(a, >, b)
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min_t(type, a, b)	min((type)(a), (type)(b))

static inline u32 max3(u32 a, u32 b, u32 c)
{
	return max_t(u32, a, max_t(u32, b, c));
}

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *rest)
{
	*rest = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

/* As snprintf(), but what it returns is what it wrote. */
__attribute__((format(printf, 3, 4)))
static inline int scnprintf(char *to, size_t size, const char *format, ...)
{
	va_list ap;
	int len;

	if (!size)
		return 0;
	va_start(ap, format);
	len = vsnprintf(to, size, format, ap);
	va_end(ap);
	return len < size ? len : (int)size - 1;
}

static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

static inline unsigned long hweight_long(unsigned long word)
{
	return __builtin_popcountl(word);
}

static inline int ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	unsigned long p = 1;

	while (p < n)
		p *= 2;
	return p;
}

static inline bool test_bit(unsigned long nr, const unsigned long *map)
{
	return map[nr / BITS_PER_LONG] >> (nr % BITS_PER_LONG) & 1;
}

static inline void __clear_bit(unsigned long nr, unsigned long *map)
{
	map[nr / BITS_PER_LONG] &= ~(1UL << (nr % BITS_PER_LONG));
}

static inline bool __test_and_set_bit(unsigned long nr, unsigned long *map)
{
	const bool was_set = test_bit(nr, map);

	map[nr / BITS_PER_LONG] |= 1UL << (nr % BITS_PER_LONG);
	return was_set;
}

static inline bool __test_and_clear_bit(unsigned long nr, unsigned long *map)
{
	const bool was_set = test_bit(nr, map);

	__clear_bit(nr, map);
	return was_set;
}

static inline void bitmap_fill_range(unsigned long *map, unsigned long start,
				     unsigned long nr, bool set)
{
	while (nr) {
		unsigned long bit = start % BITS_PER_LONG;
		unsigned long room = BITS_PER_LONG - bit;
		unsigned long n = nr < room ? nr : room;
		unsigned long mask = ~0UL >> (BITS_PER_LONG - n) << bit;

		if (set)
			map[start / BITS_PER_LONG] |= mask;
		else
			map[start / BITS_PER_LONG] &= ~mask;
		start += n;
		nr -= n;
	}
}

static inline void bitmap_set(unsigned long *map, unsigned long start,
			      unsigned long nr)
{
	bitmap_fill_range(map, start, nr, true);
}

static inline void bitmap_clear(unsigned long *map, unsigned long start,
				unsigned long nr)
{
	bitmap_fill_range(map, start, nr, false);
}

static inline unsigned long find_next(const unsigned long *map,
				      unsigned long end, unsigned long from,
				      unsigned long invert)
{
	unsigned long word;

	if (from >= end)
		return end;
	word = (map[from / BITS_PER_LONG] ^ invert) &
	       (~0UL << (from % BITS_PER_LONG));
	from -= from % BITS_PER_LONG;
	while (!word) {
		from += BITS_PER_LONG;
		if (from >= end)
			return end;
		word = map[from / BITS_PER_LONG] ^ invert;
	}
	return min(end, from + __ffs(word));
}

static inline unsigned long find_next_bit(const unsigned long *map,
					  unsigned long end, unsigned long from)
{
	return find_next(map, end, from, 0);
}

static inline unsigned long find_next_zero_bit(const unsigned long *map,
					       unsigned long end,
					       unsigned long from)
{
	return find_next(map, end, from, ~0UL);
}

#define for_each_set_bit(bit, map, end)				\
	for ((bit) = find_next_bit(map, end, 0); (bit) < (end);	\
	     (bit) = find_next_bit(map, end, (bit) + 1))

#endif
