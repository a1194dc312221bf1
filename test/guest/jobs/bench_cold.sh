# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_cold - B2 of the bench: allocate in an empty region, each time as if for the
# first time, beside the kernel's CMA; and 32 small allocations that are held, with
# all that they cost until all is as before. Proves nothing by itself;
# test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900

. /test/lib/tap.sh
. /test/lib/bench.sh

sizes "2 7 16 64 100 256 757 1024 2048 4096 8192 16384" "2 64 757 4096"
reps 17 5
of "1 2 16 64" "2 64"
held_sizes=$of
of 16 2
held_reps=$of

# wedge: at most 0.05 % of the region are held back, a page of each unit; 128K: as
# much, in one piece.
keeps=$(echo "${lcma_keeps:-0,wedge,128K,default,8M}" | tr , ' ')
for k in $keeps; do
	for part in $parts; do
		bench_load 256M $k $part
		for size in $sizes; do
			measure B2 "" pair size=$size reps=$reps pool=$idle
		done
		for size in $held_sizes; do
			measure B2held "" held size=$size count=32 reps=$held_reps pool=$idle
		done
		if [ $k = 0 ] && [ $part = lower ]; then
			tell metadata "\"bytes\":$(lcma_info bench metadata_bytes),\"pages\":$part_pages"
		fi
	done
done
bench_unload
finish
