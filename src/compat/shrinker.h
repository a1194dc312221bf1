/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one shrinker, on every kernel: from 6.7 on shrinkers are allocated by the
 * kernel. Only shrink.c uses this.
 */
#ifndef LCMA_COMPAT_SHRINKER_H
#define LCMA_COMPAT_SHRINKER_H

#include <linux/errno.h>
#include <linux/shrinker.h>

/**
 * struct lcma_compat_shrinker - a shrinker on any kernel
 * @count: as in struct shrinker
 * @scan: as in struct shrinker
 * @batch: objects that one call of @scan is asked for
 * @shrinker: the kernel's
 */
struct lcma_compat_shrinker {
	unsigned long (*count)(struct shrinker *shrinker,
			       struct shrink_control *control);
	unsigned long (*scan)(struct shrinker *shrinker,
			      struct shrink_control *control);
	long batch;
#ifdef SHRINKER_ALLOCATED
	struct shrinker *shrinker;
#else
	struct shrinker shrinker;
#endif
};

#ifdef SHRINKER_ALLOCATED
static inline int lcma_compat_shrinker_add(struct lcma_compat_shrinker *s)
{
	s->shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE, "lcma");
	if (!s->shrinker)
		return -ENOMEM;
	s->shrinker->count_objects = s->count;
	s->shrinker->scan_objects = s->scan;
	s->shrinker->batch = s->batch;
	shrinker_register(s->shrinker);
	return 0;
}

static inline void lcma_compat_shrinker_remove(struct lcma_compat_shrinker *s)
{
	shrinker_free(s->shrinker);
}
#else
static inline int lcma_compat_shrinker_add(struct lcma_compat_shrinker *s)
{
	s->shrinker = (struct shrinker) {
		.count_objects = s->count,
		.scan_objects = s->scan,
		.seeks = DEFAULT_SEEKS,
		.batch = s->batch,
		.flags = SHRINKER_NUMA_AWARE,
	};
	return register_shrinker(&s->shrinker, "lcma");
}

static inline void lcma_compat_shrinker_remove(struct lcma_compat_shrinker *s)
{
	unregister_shrinker(&s->shrinker);
}
#endif

#endif
