# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_mapping - B9 of the bench: a program maps 64 MiB, and writes a word in each page
# for the first time; with pages that are mapped at once, as is the default, and with
# map_at_once=0, by faults. The kernel's CMA has no side of that: each driver maps
# its memory itself. Proves nothing by itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900

. /test/lib/tap.sh
. /test/lib/bench.sh

reps 5 2
mib=${lcma_mib:-64}

bench_load 256M 0 lower
for at_once in 1 0; do
	echo $at_once >/sys/module/lcma/parameters/map_at_once
	if said=$(write_pass bench "$mib" "$reps"); then
		pass "B9: $reps passes over $mib MiB, map_at_once=$at_once"
		tell B9 "\"at_once\":$at_once,\"size_pages\":$((mib * 256)),$said"
	else
		fail "B9, map_at_once=$at_once" "$said"
	fi
done
bench_unload
finish
