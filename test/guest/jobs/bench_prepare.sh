# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_prepare - B10 of the bench: memory is full; lcma is told two seconds ahead that
# 64 MiB will be wanted, and then asked for them. How long the allocation takes, and
# what everything ran from the announcement until the pages were there, less what it
# runs in two seconds without one, by what moving the pages in use costs, and clearing
# and cleaning all. The kernel's side is asked for as much, without an
# announcement. An lcma that knows no `prepare` is not measured. Proves nothing by
# itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900
# expected: page allocation (failure|stall)

. /test/lib/tap.sh
. /test/lib/hands.sh
. /test/lib/bench.sh

lcma_load "bench=64M@cma" || bail_out "lcma does not load"
grep -q ' lcma_region_prepare' /proc/kallsyms || skip_all "this lcma knows no prepare"
lcma_unload

reps 10 3
mib=${lcma_mib:-64}
single_pages

# meter KEY: a number of the bench's meters
meter()
{
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" $bench/result
}

# look: what matters here, in $others_ns $migrated
look()
{
	echo meter >$bench/run
	others_ns=$(meter others_ns)
	migrated=$(meter migrated)
}

# fill: memory is full but for what is to be moved, what the system keeps free
# itself, and 36 MiB: else it is -ENOMEM, or a process is killed
fill()
{
	memhold hold m free=$((mib * 1024 + $(high_kib) + 36864)) ||
		bail_out "memory cannot be filled"
}

# one_rep: memory is filled, 64 MiB are announced, and asked for two seconds later
one_rep()
{
	fill
	look
	quiet_ns=$others_ns
	sleep ${lcma_ahead:-2}
	look
	quiet_ns=$((others_ns - quiet_ns))
	began_ns=$others_ns
	moved=$migrated
	# The bench asks for this alignment, as the kernel's DMA code does.
	echo "prepare ${mib}M align=1M region=bench within=3000 for=5000" >$dev ||
		bail_out "a line that prepares"
	sleep ${lcma_ahead:-2}
	look
	tell prepare "\"busy_ns\":$((others_ns - began_ns)),\"quiet_ns\":$quiet_ns,\"moved\":$((migrated - moved))"
	kernel_first=0		# what was prepared is held for a while only
	measure B10 "" pair size=$((mib * 256)) reps=1 fill=1 wait_ms=500
	memhold ask m end >/dev/null
}

for part in $parts; do
	bench_load 256M 0 $part
	rep=0
	while [ $rep -lt $((reps / 2 + 1)) ]; do
		one_rep
		rep=$((rep + 1))
	done
	fill
	measure move "" move count=256 reps=8
	memhold ask m end >/dev/null
done
bench_unload
finish
