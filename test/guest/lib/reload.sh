# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# reload.sh - what the jobs reload and reload_hundred share: they differ in the
# number of rounds, and so in how small a leak they see.
#
# rounds: how often lcma is loaded and unloaded

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

# A slow kernel takes ten times as long for each.
[ -z "${lcma_scale-}" ] || rounds=20
mib=1048576
regions="r=16M@cma"
can_reserve_mem && regions="$regions;m=16M@reserve_mem:res"

# kernel_kib: what the kernel has for itself
kernel_kib()
{
	echo 3 >/proc/sys/vm/drop_caches
	echo $(($(meminfo SUnreclaim) + $(meminfo VmallocUsed) + $(meminfo KernelStack)))
}

# one_round: quiet; sets why if something is wrong
one_round()
{
	why=
	insmod /lcma.ko "regions=$regions" || { why="load"; return; }
	read -r at <$sys/r/base
	[ "$at" = "$base_r" ] ||
		{ why="r is at $at, not at $base_r"; return; }
	if [ -n "$base_m" ]; then
		read -r at <$sys/m/base
		[ "$at" = "$base_m" ] ||
			{ why="m is at $at, not at $base_m"; return; }
	fi
	echo "alloc 300000" >$testkit/neighbour || { why="neighbour, loaded"; return; }
	if [ $((round % 4)) = 0 ]; then
		got=$(lcma_try "$((round % 5 + 1))M region=r")
		[ "$got" = ok ] || { why="buffer: $got"; return; }
		[ $((round % 8)) = 0 ] || lcma_free >/dev/null
	fi
	rmmod lcma || { why="unload"; return; }
	echo "alloc 300000" >$testkit/neighbour || { why="neighbour, unloaded"; return; }
	[ $((round % 4)) != 0 ] || neighbours_are_well
}

# Eight pieces, from four rounds, all of the kernel's area.
neighbours_are_well()
{
	[ "$(neighbours_in "$area_first" $((area_end - area_first)))" = 8 ] ||
		why="a neighbour is missing or outside the area: $(cat $testkit/neighbour)"
	free_area
}

testkit_load
area
fits_mib=$(fill_area $mib)
free_area
area_pages=$(((area_end - area_first) / 4096))
check "the first load" lcma_load "$regions"
base_r=$(cat $sys/r/base)
base_m=
can_reserve_mem && base_m=$(cat $sys/m/base)
check "and unload" lcma_unload
pin -c 0 -e 0 -k -l 50 $((area_first / 4096)) $area_pages
cma_free=$(meminfo CmaFree)

round=1
before=
began=$(now_ms)
while [ $round -le $rounds ]; do
	one_round
	[ -z "$why" ] || break
	[ $round != 10 ] || before=$(kernel_kib)
	round=$((round + 1))
done
if [ -z "$why" ]; then
	pass "$rounds rounds: the same page frames each time, neighbours served"
else
	fail "$rounds rounds" "round $round: $why"
	dmesg | tail -n 5 | sed 's/^/# /'
fi
diag "a round took $((($(now_ms) - began) / rounds)) ms"
after=$(kernel_kib)
if [ -e /sys/kernel/debug/kmemleak ]; then
	skip "the kernel's own memory has not grown" "kmemleak looks, and has lists that grow"
else
	compare $((after - ${before:-0})) -le 120 \
		"the kernel's own memory has not grown: $before KiB after 10 rounds, $after KiB after $rounds"
fi
is "$(dmesg | grep -c 'stay ordinary movable memory')" 0 "each unload was complete"
now=$(meminfo CmaFree)
diag "CmaFree: $cma_free KiB before the rounds, $now KiB after them"
occupied "the program's pages are unharmed"
unpin "and when it ends, too"

is "$(fill_area $mib)" "$fits_mib" "the kernel's CMA can have the whole area"
is "$(neighbours_in $((base_r)) $((16 * mib)))" 16 "and all that was carved"
free_area
if can_reserve_mem; then
	counts=$(page_counts $((base_m / 4096)) 4096)
	is "$(field "$counts" as_booted)" 4096 "reserve_mem: every page is Reserved, with one reference"
	matches "$(dmesg | grep 'region m:' | tail -n 1)" 'given back to reserve_mem:res' "and the log says so"
fi
check "and once more" lcma_load "$regions"
is "$(cat $sys/r/base)" "$base_r" "at the same place"
check "unload" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish
