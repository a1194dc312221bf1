# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_warm - B1 of the bench: allocate and free with a warm pool, in pages that
# are zero and in pages that are not, beside the kernel's CMA. Proves nothing by
# itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 600

. /test/lib/tap.sh
. /test/lib/bench.sh

sizes "1 2 7 16 64 256 757 1024" "1 64 1024"
reps 16 4

for k in $keeps; do
	for part in $parts; do
		bench_load 256M $k $part
		for size in $sizes; do
			# Warms the pool: what was freed stays, as far as keep allows. From
			# the second time on what was freed is handed out again, and is
			# zeroed in the background from then on.
			measure warmup "" pair size=1024 reps=3
			measure B1 '"zero":true,' pair size=$size reps=$reps
			measure B1 '"zero":false,' pair size=$size reps=$reps soil=1
		done
	done
done
bench_unload
finish
