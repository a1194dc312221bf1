# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_crowd - B4 of the bench: 16 and 32 threads replace allocations of 7 to 757 pages
# in 320 MiB, in turns with the kernel's CMA, as often on both sides. With four CPUs,
# because it is about doing things at once: so its times are those of an emulator,
# and only what was measured side by side can be compared. Proves nothing by itself;
# test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# smp: 4
# cmdline: cma=648M vmalloc=128M
# timeout: 1200

. /test/lib/tap.sh
. /test/lib/bench.sh

of 960 640
total=${lcma_each:-$of}		# allocations of all threads in a turn
rounds=${lcma_rounds:-1}

# So many are held that three quarters of a part are in use.
measure_crowd()
{
	measure B4 "" crowd threads=$1 hold=$2 each=$((total / $1)) rounds=$rounds \
		min=7 max=757 pool=$idle
}

for k in $keeps; do
	for part in $parts; do
		bench_load 320M $k $part
		measure_crowd 16 10
		measure_crowd 32 5
	done
done
bench_unload
finish
