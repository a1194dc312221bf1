// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source "reserve_mem": a named reservation, reserve_mem=64M:8M:lcma on the
 * kernel command line (Linux 6.12 and later). reserved.c takes a part of it.
 */
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "compat/reserve_mem.h"
#include "page/pageblock.h"
#include "source/reason.h"
#include "source/reserved.h"
#include "source/source.h"

/* The reservation that the automatic choice looks for. */
#define DEFAULT_LABEL	"lcma"

static bool find_rmem(const char *label, struct lcma_reservation *rmem)
{
	phys_addr_t start, size;

	rmem->label = *label ? label : DEFAULT_LABEL;
	return lcma_compat_reserve_mem(rmem->label, &start, &size) &&
	       lcma_reservation_set(rmem, rmem->label, start, size);
}

/* So many pages in MiB, in whole units. */
static unsigned long whole_mib(unsigned long nr_pages)
{
	return ALIGN(nr_pages, lcma_unit_pages()) >> (20 - PAGE_SHIFT);
}

static void log_shortage(const struct lcma_spec *spec,
			 const struct lcma_reservation *rmem,
			 const struct lcma_wish *wish)
{
	const unsigned int kib = PAGE_SHIFT - 10;
	char where[80];

	if (spec->at || spec->below)
		lcma_source_limit_text(spec, where, sizeof(where));
	else
		snprintf(where, sizeof(where), " at a multiple of %lu KiB",
			 wish->align_pages << kib);
	lcma_reason_err("region %s: wants %lu KiB in one piece%s, reservation %s at %pa has %lu KiB that are still reserved, unused%s; put reserve_mem=%luM:%luM:%s on the kernel command line, or reboot if an earlier unload left pages behind",
			spec->name, wish->nr_pages << kib, where, rmem->label,
			&rmem->phys, wish->longest << kib,
			wish->is_private ? "" : " and in whole units",
			whole_mib(rmem->end - rmem->first + wish->nr_pages - wish->longest),
			max(wish->align_pages, lcma_unit_pages()) >> (20 - PAGE_SHIFT),
			rmem->label);
}

static int rmem_carve(const struct lcma_spec *spec, struct lcma_carve *carve)
{
	struct lcma_reservation rmem;
	struct lcma_wish wish;
	int err;

	if (!LCMA_HAS_RESERVE_MEM) {
		lcma_reason_err("region %s: reserve_mem= came with Linux 6.12; on this kernel use cma=",
				spec->name);
		return -EOPNOTSUPP;
	}
	if (!find_rmem(spec->source_arg, &rmem)) {
		lcma_reason_err("region %s: no reservation of the name %s; put reserve_mem=%lluM:%luM:%s on the kernel command line",
				spec->name, rmem.label,
				(spec->size_bytes + SZ_1M - 1) >> 20,
				lcma_unit_pages() >> (20 - PAGE_SHIFT), rmem.label);
		return -ENODEV;
	}
	if (spec->size_bytes > (u64)(rmem.end - rmem.first) << PAGE_SHIFT) {
		lcma_reason_err("region %s: wants %llu KiB, reservation %s has %lu KiB; put reserve_mem=%lluM:%luM:%s on the kernel command line",
				spec->name, spec->size_bytes >> 10, rmem.label,
				(rmem.end - rmem.first) << (PAGE_SHIFT - 10),
				(spec->size_bytes + SZ_1M - 1) >> 20,
				max(lcma_source_align_pages(spec), lcma_unit_pages()) >>
				(20 - PAGE_SHIFT), rmem.label);
		return -ENOSPC;
	}

	err = lcma_reserved_take(spec, &rmem, &wish, carve);
	if (err == -ENOSPC)
		log_shortage(spec, &rmem, &wish);
	if (err)
		return err;
	snprintf(carve->origin, sizeof(carve->origin), "reserve_mem:%s",
		 rmem.label);
	/* It took the reservation for data of the kernel, full of pointers. */
	kmemleak_ignore_phys(rmem.phys);
	return 0;
}

static int rmem_suggest(struct lcma_spec *spec, char *why, size_t size_bytes)
{
	const bool is_private = spec->keep_high_bytes == LCMA_KEEP_ALL;
	struct lcma_reservation rmem;

	if (!LCMA_HAS_RESERVE_MEM) {
		snprintf(why, size_bytes,
			 "reserve_mem= came with Linux 6.12, this kernel is older");
		return -ENODEV;
	}
	if (!find_rmem(DEFAULT_LABEL, &rmem)) {
		snprintf(why, size_bytes,
			 "no reservation of the name %s; put reserve_mem=64M:%luM:%s on the kernel command line",
			 DEFAULT_LABEL, lcma_unit_pages() >> (20 - PAGE_SHIFT),
			 DEFAULT_LABEL);
		return -ENODEV;
	}
	spec->size_bytes = (u64)lcma_reservation_pages(&rmem, is_private)
			   << PAGE_SHIFT;
	strscpy(spec->source_arg, DEFAULT_LABEL, sizeof(spec->source_arg));
	return 0;
}

const struct lcma_source lcma_source_reserve_mem = {
	.word = "reserve_mem",
	.arg = LCMA_ARG_OPTIONAL,
	.turn = 10,
	.suggest = rmem_suggest,
	.carve = rmem_carve,
	.give_back = lcma_reserved_give_back,
	.discard = lcma_reserved_discard,
};
