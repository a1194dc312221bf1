// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page map of a region: see map.h for the model.
 *
 * The summary is the "longest run" segment tree of the textbooks (each node
 * keeps prefix, suffix and longest, and is the combination of its children);
 * the bitmaps stay the truth, the trees can be computed from them at any time
 * (lcma_map_check()).
 */
#include "core/map.h"

#include "core/bits.h"

#define LEAF_WORDS	(LCMA_LEAF_PAGES / BITS_PER_LONG)

static unsigned long nr_leaves_for(unsigned long nr_pages)
{
	unsigned long leaves = DIV_ROUND_UP(nr_pages, LCMA_LEAF_PAGES);

	return leaves > 1 ? roundup_pow_of_two(leaves) : 1;
}

/* Words of one bitmap: whole leaves, so that a leaf's words always exist. */
static unsigned long nr_words_for(unsigned long nr_pages)
{
	return DIV_ROUND_UP(nr_pages, LCMA_LEAF_PAGES) * LEAF_WORDS;
}

/* A bit for each kind of search that may take a page in this state. */
static unsigned int kinds_of(enum lcma_state state)
{
	static const unsigned int kinds[LCMA_NR_STATES] = {
		[LCMA_SHARED] = BIT(LCMA_KIND_UNUSED) | BIT(LCMA_KIND_SHARED),
		[LCMA_POOL] = BIT(LCMA_KIND_UNUSED) | BIT(LCMA_KIND_POOL),
	};

	return kinds[state];
}

/* One bit a page, for the pages of one word of the bitmaps. */
typedef unsigned long word_fn(const struct lcma_map *map, unsigned int what,
			      unsigned long word);

/* Set where a search of this kind may not go. */
static unsigned long taken_word(const struct lcma_map *map, unsigned int kind,
				unsigned long word)
{
	unsigned long taken = map->used[word];

	if (kind == LCMA_KIND_POOL)
		taken |= ~map->claimed[word];
	else if (kind == LCMA_KIND_SHARED)
		taken |= map->claimed[word];
	return taken;
}

/* Set where it may. */
static unsigned long open_word(const struct lcma_map *map, unsigned int kind,
			       unsigned long word)
{
	return ~taken_word(map, kind, word);
}

/* Set where a page is in any other state. */
static unsigned long other_word(const struct lcma_map *map, unsigned int state,
				unsigned long word)
{
	return (map->used[word] ^ (state & LCMA_BUSY ? ~0UL : 0)) |
	       (map->claimed[word] ^ (state & LCMA_POOL ? ~0UL : 0));
}

/* The first page in [from, end) whose bit is set, or end. */
static __always_inline unsigned long
next_set(const struct lcma_map *map, word_fn *bits_of, unsigned int what,
	 unsigned long from, unsigned long end)
{
	unsigned long word = from / BITS_PER_LONG;
	unsigned long bits;

	if (from >= end)
		return end;
	bits = bits_of(map, what, word) & (~0UL << (from % BITS_PER_LONG));
	while (!bits) {
		if (++word * BITS_PER_LONG >= end)
			return end;
		bits = bits_of(map, what, word);
	}
	return min(end, word * BITS_PER_LONG + __ffs(bits));
}

/* The first taken page in [from, end), or end. */
static unsigned long next_taken(const struct lcma_map *map,
				enum lcma_kind kind, unsigned long from,
				unsigned long end)
{
	return next_set(map, taken_word, kind, from, end);
}

/* The end of the stretch of pages, all in @state, that begins at @from. */
static unsigned long stretch_end(const struct lcma_map *map, unsigned long from,
				 unsigned long end, enum lcma_state state)
{
	return next_set(map, other_word, state, from, end);
}

/* Bits that are set from the first one of a word on. */
static unsigned int ones_below(unsigned long bits)
{
	return bits == ~0UL ? BITS_PER_LONG : __ffs(~bits);
}

/* Bits that are set up to the last one of a word. */
static unsigned int ones_above(unsigned long bits)
{
	return bits == ~0UL ? BITS_PER_LONG : BITS_PER_LONG - 1 - __fls(~bits);
}

/* Set where a run of @nr bits, 1 to BITS_PER_LONG, begins and ends in the word. */
static unsigned long runs_of(unsigned long bits, unsigned int nr)
{
	unsigned int have, step;

	for (have = 1; have < nr && bits; have += step) {
		step = min(have, nr - have);
		bits &= bits >> step;
	}
	return bits;
}

/* The longest run inside a word, if it is longer than @longest; else @longest. */
static unsigned int longest_in(unsigned long bits, unsigned int longest)
{
	unsigned long runs;

	if (longest >= BITS_PER_LONG)
		return longest;
	for (runs = runs_of(bits, longest + 1); runs;
	     runs &= bits >> longest) {
		if (++longest == BITS_PER_LONG)
			break;
	}
	return longest;
}

/* A leaf is read word by word: a page alone costs no more than a long run. */
static __always_inline struct lcma_node
read_leaf(const struct lcma_map *map, enum lcma_kind kind, unsigned long leaf)
{
	unsigned long word = leaf * LEAF_WORDS, bits;
	struct lcma_node node = {};
	unsigned int i, run = 0;

	if (leaf * LCMA_LEAF_PAGES >= map->nr_pages)
		return node;
	for (i = 0; i < LEAF_WORDS; i++, word++) {
		bits = open_word(map, kind, word);
		if (bits == ~0UL) {
			run += BITS_PER_LONG;
			continue;
		}
		run += ones_below(bits);
		if (run == i * BITS_PER_LONG + ones_below(bits))
			node.prefix = run;
		node.longest = max(node.longest, run);
		run = ones_above(bits);
		/* What lies at an edge of the word is counted in a run. */
		bits &= (bits + 1) & (~0UL >> run);
		if (bits)
			node.longest = longest_in(bits, node.longest);
	}
	node.suffix = run;
	node.longest = max(node.longest, run);
	if (run == LCMA_LEAF_PAGES)
		node.prefix = run;
	return node;
}

/* So that no word of it asks which kind it is. */
static struct lcma_node leaf_node(const struct lcma_map *map,
				  enum lcma_kind kind, unsigned long leaf)
{
	if (kind == LCMA_KIND_POOL)
		return read_leaf(map, LCMA_KIND_POOL, leaf);
	if (kind == LCMA_KIND_SHARED)
		return read_leaf(map, LCMA_KIND_SHARED, leaf);
	return read_leaf(map, LCMA_KIND_UNUSED, leaf);
}

/* From one leaf to the root, as far as anything changes. */
static __always_inline void update_path(struct lcma_node *tree, unsigned long at,
					struct lcma_node node, u32 half)
{
	struct lcma_node *old = &tree[at];

	while (!lcma_node_same(old, &node)) {
		*old = node;
		if (at == 1)
			return;
		if (at & 1)
			lcma_node_join(&node, old - 1, &node, half);
		else
			lcma_node_join(&node, &node, old + 1, half);
		at /= 2;
		half *= 2;
		old = &tree[at];
	}
}

/* The node of a leaf after pages in it, from @start to before @end, have changed. */
static __always_inline struct lcma_node
changed_leaf(const struct lcma_map *map, enum lcma_kind kind, unsigned long leaf,
	     u32 start, u32 end, bool is_open)
{
	struct lcma_node node = map->tree[kind][map->nr_leaves + leaf];

	return !is_open && lcma_node_shrink(&node, start, end) ?
	       node : leaf_node(map, kind, leaf);
}

/* Several leaves: all of them, then what stands above them, to the root. */
static void update_leaves(struct lcma_map *map, enum lcma_kind kind,
			  unsigned long start, unsigned long end, bool is_open)
{
	const u32 length = is_open ? LCMA_LEAF_PAGES : 0;
	const struct lcma_node inside = { length, length, length };
	struct lcma_node *tree = map->tree[kind], node;
	struct lcma_node *leaves = tree + map->nr_leaves;
	unsigned long first = start / LCMA_LEAF_PAGES;
	unsigned long last = (end - 1) / LCMA_LEAF_PAGES;
	u32 half = LCMA_LEAF_PAGES;
	unsigned long i;

	if (start % LCMA_LEAF_PAGES)
		leaves[first] = changed_leaf(map, kind, first,
					     start % LCMA_LEAF_PAGES,
					     LCMA_LEAF_PAGES, is_open);
	if (end % LCMA_LEAF_PAGES)
		leaves[last] = changed_leaf(map, kind, last, 0,
					    end % LCMA_LEAF_PAGES, is_open);
	for (i = DIV_ROUND_UP(start, LCMA_LEAF_PAGES); i < end / LCMA_LEAF_PAGES; i++)
		leaves[i] = inside;

	first += map->nr_leaves;
	last += map->nr_leaves;
	for (;; half *= 2) {
		first /= 2;
		last /= 2;
		if (first == last)
			break;
		for (i = first; i <= last; i++)
			lcma_node_join(&tree[i], &tree[2 * i], &tree[2 * i + 1],
				       half);
	}
	lcma_node_join(&node, &tree[2 * first], &tree[2 * first + 1], half);
	update_path(tree, first, node, 2 * half);
}

/*
 * Bring a tree up to date after the pages of [start, end), which were open to this kind
 * of search or were all taken, have become the other. Leaves that lie inside need not
 * be read, nor one that has only lost pages at an edge of a run.
 */
static void update_tree(struct lcma_map *map, enum lcma_kind kind,
			unsigned long start, unsigned long end, bool is_open)
{
	const unsigned long leaf = start / LCMA_LEAF_PAGES;
	const unsigned long at = map->nr_leaves + leaf;
	struct lcma_node node;

	if ((end - 1) / LCMA_LEAF_PAGES != leaf) {
		update_leaves(map, kind, start, end, is_open);
		return;
	}
	node = changed_leaf(map, kind, leaf, start % LCMA_LEAF_PAGES,
			    end - leaf * LCMA_LEAF_PAGES, is_open);
	update_path(map->tree[kind], at, node, LCMA_LEAF_PAGES);
}

/**
 * lcma_map_bytes - memory that a map needs
 * @nr_pages: pages in the region, 1 to LCMA_MAP_MAX_PAGES - 1
 *
 * Return: how many bytes lcma_map_init() wants.
 */
size_t lcma_map_bytes(unsigned long nr_pages)
{
	return 2 * nr_words_for(nr_pages) * sizeof(unsigned long) +
	       LCMA_NR_KINDS * 2 * nr_leaves_for(nr_pages) *
	       sizeof(struct lcma_node);
}

/**
 * lcma_map_init - make a map whose pages are all in one state
 * @map: the map
 * @mem: lcma_map_bytes() bytes, aligned to a long; stays the owner's
 * @nr_pages: pages in the region, 1 to LCMA_MAP_MAX_PAGES - 1
 * @state: what all of them are
 */
void lcma_map_init(struct lcma_map *map, void *mem, unsigned long nr_pages,
		   enum lcma_state state)
{
	const unsigned long nr_words = nr_words_for(nr_pages);
	const unsigned long nr_leaves = nr_leaves_for(nr_pages);
	unsigned long *words = mem;
	struct lcma_node *nodes = (void *)(words + 2 * nr_words);
	enum lcma_kind kind;

	memset(mem, 0, lcma_map_bytes(nr_pages));
	memset(map, 0, sizeof(*map));
	map->nr_pages = nr_pages;
	map->nr_leaves = nr_leaves;
	map->used = words;
	map->claimed = words + nr_words;
	map->nr_in[state] = nr_pages;
	map->nr_pool_runs = state == LCMA_POOL;

	if (state & LCMA_BUSY)
		bitmap_set(map->used, 0, nr_pages);
	if (state & LCMA_POOL)
		bitmap_set(map->claimed, 0, nr_pages);
	/* What lies past the end must look taken to every search. */
	bitmap_set(map->used, nr_pages, nr_words * BITS_PER_LONG - nr_pages);

	for (kind = 0; kind < LCMA_NR_KINDS; kind++) {
		map->tree[kind] = nodes + kind * 2 * nr_leaves;
		update_tree(map, kind, 0, nr_pages, kinds_of(state) & BIT(kind));
	}
}

/**
 * lcma_map_state - the state of one page
 * @map: the map
 * @page: the page's index, less than the region's size
 *
 * Return: its state.
 */
enum lcma_state lcma_map_state(const struct lcma_map *map, unsigned long page)
{
	return (test_bit(page, map->used) ? LCMA_BUSY : 0) |
	       (test_bit(page, map->claimed) ? LCMA_POOL : 0);
}

/**
 * lcma_map_all_in - are all pages of a range in one state?
 * @map: the map
 * @start: first page
 * @nr_pages: how many; the range lies inside the region
 * @state: the state in question
 *
 * Return: true if they are.
 */
bool lcma_map_all_in(const struct lcma_map *map, unsigned long start,
		     unsigned long nr_pages, enum lcma_state state)
{
	const unsigned long end = start + nr_pages;
	const struct lcma_node *leaves;
	unsigned long at = start, stop;

	if ((state != LCMA_POOL && state != LCMA_SHARED) || nr_pages < LCMA_LEAF_PAGES)
		return stretch_end(map, start, end, state) == end;
	/* Of a whole leaf its summary knows that. */
	leaves = map->tree[state == LCMA_POOL ? LCMA_KIND_POOL : LCMA_KIND_SHARED] +
		 map->nr_leaves;
	for (; at < end; at = stop) {
		stop = (at / LCMA_LEAF_PAGES + 1) * LCMA_LEAF_PAGES;
		if (at % LCMA_LEAF_PAGES == 0 && stop <= end) {
			if (leaves[at / LCMA_LEAF_PAGES].longest < LCMA_LEAF_PAGES)
				return false;
			continue;
		}
		stop = min(stop, end);
		if (stretch_end(map, at, stop, state) < stop)
			return false;
	}
	return true;
}

/* By how many runs the pool grows when this range, none of it pool, joins it. */
static int runs_gained(const struct lcma_map *map, unsigned long start,
		       unsigned long end)
{
	int nr_runs = 1;

	if (start && lcma_map_state(map, start - 1) == LCMA_POOL)
		nr_runs--;
	if (end < map->nr_pages && lcma_map_state(map, end) == LCMA_POOL)
		nr_runs--;
	return nr_runs;
}

/**
 * lcma_map_move - bring a range of pages from one state into another
 * @map: the map
 * @start: first page
 * @nr_pages: how many, at least 1
 * @from: the state they are all in
 * @to: the state they are all to be in
 *
 * Return: false, and nothing changed, if the range is not inside the region or
 * not all of its pages are in @from: that is a bug of the caller, which warns.
 */
bool lcma_map_move(struct lcma_map *map, unsigned long start,
		   unsigned long nr_pages, enum lcma_state from,
		   enum lcma_state to)
{
	const unsigned int changed = kinds_of(from) ^ kinds_of(to);
	enum lcma_kind kind;

	if (!nr_pages || start >= map->nr_pages ||
	    nr_pages > map->nr_pages - start ||
	    !lcma_map_all_in(map, start, nr_pages, from))
		return false;

	if ((from ^ to) & LCMA_BUSY)
		lcma_bits_fill(map->used, start, nr_pages, to & LCMA_BUSY);
	if ((from ^ to) & LCMA_POOL)
		lcma_bits_fill(map->claimed, start, nr_pages, to & LCMA_POOL);
	map->nr_in[from] -= nr_pages;
	map->nr_in[to] += nr_pages;
	if (to == LCMA_POOL && from != LCMA_POOL)
		map->nr_pool_runs += runs_gained(map, start, start + nr_pages);
	else if (from == LCMA_POOL && to != LCMA_POOL)
		map->nr_pool_runs -= runs_gained(map, start, start + nr_pages);

	for (kind = 0; kind < LCMA_NR_KINDS; kind++)
		if (changed & BIT(kind))
			update_tree(map, kind, start, start + nr_pages,
				    kinds_of(to) & BIT(kind));
	return true;
}

/* A search on its way from left to right. */
struct walk {
	const struct lcma_map *map;
	enum lcma_kind kind;
	unsigned long nr_pages;	/* how long the run must be */
	unsigned long pos;	/* all before this page has been judged */
	unsigned long run;	/* pages of the open run that ends at pos */
};

/* Judge the pages of one leaf from walk->pos on. True: run begins at pos. */
static bool walk_leaf(struct walk *walk, unsigned long leaf)
{
	const unsigned long end = (leaf + 1) * LCMA_LEAF_PAGES;
	unsigned long bits, runs, skip;

	for (; walk->pos < end; walk->pos += BITS_PER_LONG - skip) {
		skip = walk->pos % BITS_PER_LONG;
		bits = open_word(walk->map, walk->kind,
				 walk->pos / BITS_PER_LONG) & (~0UL << skip);
		/* A run that goes on, or begins, at this page. */
		if (walk->run + ones_below(bits >> skip) >= walk->nr_pages) {
			walk->pos -= walk->run;
			return true;
		}
		if (bits >> skip == ~0UL >> skip) {
			walk->run += BITS_PER_LONG - skip;
			continue;
		}
		runs = walk->nr_pages < BITS_PER_LONG ?
		       runs_of(bits, walk->nr_pages) : 0;
		if (runs) {
			walk->pos += __ffs(runs) - skip;
			return true;
		}
		walk->run = ones_above(bits);
	}
	return false;
}

/* The same from the middle of a leaf on; its bits are read if they matter. */
static bool walk_rest_of_leaf(struct walk *walk, unsigned long leaf)
{
	const struct lcma_map *map = walk->map;
	const struct lcma_node *n = &map->tree[walk->kind][map->nr_leaves + leaf];
	const unsigned long end = (leaf + 1) * LCMA_LEAF_PAGES;

	if (n->longest >= walk->nr_pages)
		return walk_leaf(walk, leaf);
	walk->run = min_t(unsigned long, n->suffix, end - walk->pos);
	walk->pos = end;
	return false;
}

/* Judge a whole subtree that begins at walk->pos: down once, never up. */
static bool walk_subtree(struct walk *walk, unsigned long node,
			 unsigned long nr_pages)
{
	const struct lcma_node *tree = walk->map->tree[walk->kind];
	bool inside = false;

	for (;;) {
		const struct lcma_node *n = &tree[node];

		if (walk->run + n->prefix >= walk->nr_pages) {
			walk->pos -= walk->run;
			return true;
		}
		if (n->longest >= walk->nr_pages) {
			if (nr_pages == LCMA_LEAF_PAGES)
				return walk_leaf(walk, node -
						 walk->map->nr_leaves);
			inside = true;
			nr_pages /= 2;
			node *= 2;
			continue;
		}
		walk->run = n->prefix == nr_pages ?
			    walk->run + nr_pages : n->suffix;
		walk->pos += nr_pages;
		/* Not in the left half: across the middle, or in the right. */
		if (!inside || node & 1)
			return false;
		node++;
	}
}

/* The first page >= from where a run of nr_pages begins, or LCMA_NO_PAGE. */
static unsigned long first_run(const struct lcma_map *map, enum lcma_kind kind,
			       unsigned long from, unsigned long nr_pages)
{
	struct walk walk = {
		.map = map,
		.kind = kind,
		.nr_pages = nr_pages,
		.pos = from,
	};
	unsigned long node, size;
	unsigned int up;

	if (from >= map->nr_pages || nr_pages > map->nr_pages - from ||
	    map->tree[kind][1].longest < nr_pages)
		return LCMA_NO_PAGE;

	node = map->nr_leaves + from / LCMA_LEAF_PAGES;
	size = LCMA_LEAF_PAGES;
	if (from % LCMA_LEAF_PAGES) {
		if (walk_rest_of_leaf(&walk, from / LCMA_LEAF_PAGES))
			return walk.pos;
		node++;
	}
	/*
	 * Each time the largest subtree that begins at this page: a left child (an
	 * even number) begins where its parent does.
	 */
	while (walk.pos < map->nr_pages) {
		up = __ffs(node);
		node >>= up;
		size <<= up;
		if (walk_subtree(&walk, node, size))
			return walk.pos;
		node++;
	}
	return LCMA_NO_PAGE;
}

/**
 * lcma_map_seek - the first place where a run fits, in instalments
 * @map: the map
 * @kind: which pages it may be made of
 * @fit: length, alignment and limits
 * @from: first page to consider; afterwards, if the budget was used up, where
 *	the next call goes on
 * @budget: how many looks, counted down. A run that lies badly costs one, and
 *	one more if its aligned part is long enough. With budget left over,
 *	"not found" is exact.
 *
 * Without alignment and boundary the cost is logarithmic in the size of the region.
 * With them every run that is long enough but lies badly costs as much again;
 * a caller that must not hold a lock for long gives a budget.
 *
 * Return: the lowest fitting page, or LCMA_NO_PAGE.
 */
unsigned long lcma_map_seek(const struct lcma_map *map, enum lcma_kind kind,
			    const struct lcma_fit *fit, unsigned long *from,
			    unsigned int *budget)
{
	unsigned long start, next;

	while (*budget) {
		--*budget;
		start = first_run(map, kind, max(*from, fit->first),
				  fit->nr_pages);
		if (start == LCMA_NO_PAGE)
			return LCMA_NO_PAGE;

		/* Without alignment and limits every run lies well. */
		next = fit->align_mask | fit->boundary_mask | fit->end ?
		       lcma_fit_next(fit, start) : start;
		if (next == start || next == LCMA_NO_PAGE)
			return next;
		/* It lies badly; the run may still be long enough. */
		*from = next;
	}
	return LCMA_NO_PAGE;
}

/**
 * lcma_map_find - the first place where a run fits
 * @map: the map
 * @kind: which pages it may be made of
 * @fit: length, alignment and limits
 * @from: first page to consider
 * @budget: as for lcma_map_seek(); NULL: any number of looks
 *
 * Return: the lowest fitting page, or LCMA_NO_PAGE.
 */
unsigned long lcma_map_find(const struct lcma_map *map, enum lcma_kind kind,
			    const struct lcma_fit *fit, unsigned long from,
			    unsigned int *budget)
{
	unsigned int any = UINT_MAX;

	return lcma_map_seek(map, kind, fit, &from, budget ?: &any);
}

/**
 * lcma_map_may_fit - is there a place where a run fits?
 * @map: the map
 * @kind: which pages it may be made of
 * @fit: length, alignment and limits
 * @budget: as for lcma_map_seek()
 *
 * Return: false if there is none; true if there is, or when the budget is used up.
 */
bool lcma_map_may_fit(const struct lcma_map *map, enum lcma_kind kind,
		      const struct lcma_fit *fit, unsigned int budget)
{
	return lcma_map_find(map, kind, fit, 0, &budget) != LCMA_NO_PAGE ||
	       !budget;
}

/**
 * lcma_map_stretch - the pages in one state from a page on
 * @map: the map
 * @from: first page
 * @end: exclusive end; nothing after it is looked at
 * @stretch: the answer
 *
 * Return: false if @from is not before @end.
 */
bool lcma_map_stretch(const struct lcma_map *map, unsigned long from,
		      unsigned long end, struct lcma_stretch *stretch)
{
	if (from >= end)
		return false;
	stretch->start = from;
	stretch->state = lcma_map_state(map, from);
	/* A summary knows where a run ends; other pages have to be read. */
	if (stretch->state == LCMA_POOL)
		end = min(end, lcma_map_run_end(map, LCMA_KIND_POOL, from));
	else if (stretch->state == LCMA_SHARED)
		end = min(end, lcma_map_run_end(map, LCMA_KIND_SHARED, from));
	else
		end = stretch_end(map, from, end, stretch->state);
	stretch->nr_pages = end - from;
	return true;
}

/**
 * lcma_map_run_end - where a run ends
 * @map: the map
 * @kind: which pages it is made of
 * @from: a page inside the region
 *
 * It does not look at every page: the cost is logarithmic in the size of the
 * region.
 *
 * Return: the first page from @from on that is not of this kind, or the
 * region's size.
 */
unsigned long lcma_map_run_end(const struct lcma_map *map, enum lcma_kind kind,
			       unsigned long from)
{
	unsigned long node = from / LCMA_LEAF_PAGES;
	unsigned long end = (node + 1) * LCMA_LEAF_PAGES;
	unsigned long size = LCMA_LEAF_PAGES;
	unsigned long stop = next_taken(map, kind, from, end);

	if (stop < end)
		return stop;
	/* As in first_run(): the largest subtree that begins at this page. */
	node += map->nr_leaves + 1;
	while (end < map->nr_pages) {
		while (!(node & 1)) {
			node /= 2;
			size *= 2;
		}
		if (map->tree[kind][node].prefix < size)
			return end + map->tree[kind][node].prefix;
		end += size;
		node++;
	}
	return map->nr_pages;
}

/**
 * lcma_map_longest - length of the longest run
 * @map: the map
 * @kind: which pages it is made of
 *
 * Return: pages; 0 if there is none.
 */
unsigned long lcma_map_longest(const struct lcma_map *map, enum lcma_kind kind)
{
	return map->tree[kind][1].longest;
}

static bool check_tree(const struct lcma_map *map, enum lcma_kind kind)
{
	const struct lcma_node *tree = map->tree[kind];
	unsigned long half = LCMA_LEAF_PAGES;
	unsigned long first = map->nr_leaves;
	struct lcma_node want;
	unsigned long i;

	for (i = 0; i < map->nr_leaves; i++) {
		want = leaf_node(map, kind, i);
		if (!lcma_node_same(&tree[first + i], &want))
			return false;
	}
	for (first /= 2; first; first /= 2, half *= 2) {
		for (i = first; i < 2 * first; i++) {
			lcma_node_join(&want, &tree[2 * i], &tree[2 * i + 1], half);
			if (!lcma_node_same(&tree[i], &want))
				return false;
		}
	}
	return true;
}

/**
 * lcma_map_check - do bitmaps, counters and summaries agree?
 * @map: the map
 *
 * For tests: reads the whole map.
 *
 * Return: true if they do.
 */
bool lcma_map_check(const struct lcma_map *map)
{
	unsigned long count[LCMA_NR_STATES] = {};
	unsigned long page, nr_pool_runs = 0;
	bool was_pool = false;
	enum lcma_kind kind;
	int state;

	for (page = 0; page < map->nr_pages; page++) {
		state = lcma_map_state(map, page);
		count[state]++;
		nr_pool_runs += state == LCMA_POOL && !was_pool;
		was_pool = state == LCMA_POOL;
	}
	if (nr_pool_runs != map->nr_pool_runs)
		return false;
	for (state = 0; state < LCMA_NR_STATES; state++)
		if (count[state] != map->nr_in[state])
			return false;
	for (kind = 0; kind < LCMA_NR_KINDS; kind++)
		if (!check_tree(map, kind))
			return false;
	return true;
}
