# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_load - B11 of the bench: how long `insmod` and `rmmod` take, with one region of
# 256 MiB, with 64 regions of 8 MiB, and, where the kernel has reserve_mem=, with one of
# a reservation. The kernel's side takes 256 MiB out of its own area, and gives them
# back. Proves nothing by itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# cmdline@7-*: cma=520M reserve_mem=264M:8M:res
# timeout: 900

. /test/lib/tap.sh
. /test/lib/bench.sh

reps 3 2
neighbour=/sys/kernel/debug/lcma_testkit/neighbour

# clock: the guest's monotonic clock in $ns (reading it takes 1.5 to 2 ms)
clock()
{
	{ read -r _; read -r _; read -r _ _ ns _; } </proc/timer_list
}

# lap COMMAND...: runs it; how long it took, in $lap_ns
lap()
{
	clock
	lap_began=$ns
	"$@" || bail_out "$*"
	clock
	lap_ns=$((ns - lap_began))
}

# in_turn SOURCE REGIONS MIB BEGIN END: both commands, $reps times
in_turn()
{
	loads='' unloads='' rep=0
	while [ $rep -lt "$reps" ]; do
		lap $4
		loads="$loads${loads:+,}$lap_ns"
		sleep 1
		lap $5
		unloads="$unloads${unloads:+,}$lap_ns"
		sleep 1
		rep=$((rep + 1))
	done
	pass "B11: $1, $2 regions, $3 MiB: $reps times"
	tell B11 "\"source\":\"$1\",\"regions\":$2,\"mib\":$3,\"load_ns\":[$loads],\"unload_ns\":[$unloads]"
}

load_regions()
{
	lcma_load "$regions"
}

take_area()
{
	echo "alloc $((256 * 1048576))" >$neighbour
}

return_area()
{
	echo free all >$neighbour
}

# All of it is shared, so unloading takes all of it back.
keep=0
# shellcheck disable=SC2034	# for lcma_load
lcma_keep=0
regions="bench=256M@cma"
in_turn cma 1 256 load_regions lcma_unload
regions=$(i=1; while [ $i -le 64 ]; do printf '%s' "r$i=8M@cma;"; i=$((i + 1)); done)
regions=${regions%;}
in_turn cma 64 512 load_regions lcma_unload
if can_reserve_mem; then
	regions="bench=256M@reserve_mem:res"
	in_turn reserve_mem 1 256 load_regions lcma_unload
fi
insmod /test/kmod/lcma_testkit.ko || bail_out "lcma_testkit does not load"
in_turn kernel 0 256 take_area return_area
rmmod lcma_testkit
finish
