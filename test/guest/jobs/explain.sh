# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Proves that what cmactl says of a region is so: a pinned page shows in its map and
# counts in a plan; a plan that says "fits" is followed by allocations that do, and
# one that says "does not fit" by one that fails. Cannot prove what a pin's holder is
# called where the kernel has no page owner.
#
# matrix: no
# cmdline: cma=96M
# timeout: 60
# smp@*-debug: 1

. /test/lib/tap.sh
. /test/lib/hands.sh

out=/tmp/out

# ctl WANTED ARGUMENT...: runs cmactl, compares its exit status
ctl()
{
	tap_wanted=$1
	shift
	cmactl "$@" >$out 2>&1 </dev/null
	is $? "$tap_wanted" "cmactl $*"
}

# says PATTERN DESCRIPTION
says()
{
	matches "$(cat $out)" "$1" "$2"
}

check "load" lcma_load "cam=32M@cma,keep=0;gpu=16M@cma,keep=all"

# --- the map and the plan of an empty region -----------------------------------------------

ctl 0 map gpu
says '^the longest unused run is 16 MiB, the longest with nothing in the way 16 MiB' "a private region has nothing in the way"
ctl 0 plan 4M*3 4M,align=4M --region gpu
says 'yes, all 4 fit' "four times 4 MiB are 16 MiB"
ctl 1 plan 4M*4 4K --region gpu
says 'no, 4 of 5 fit in this order; number 5, of 4 KiB' "and nothing more"

# What the plan says, the allocator does.
for size in 4M 4M 4M '4M align=4M'; do
	expect_write ok "$size region=gpu nowait" "$size is there"
done
expect_write ENOSPC '4K region=gpu nowait' "and nothing more"
ctl 0 why --all
says ' asked region gpu for 4 KiB and got ENOSPC' "why names the request"
says '^why:  the region is full' "and the reason"
ctl 1 plan 4K --region gpu
says 'no, 0 of 1 fit' "the plan knows what is used"
ctl 0 map gpu --json
says '"map": "#+"' "and so does the map"
cat /dev/cma_test >/dev/null
ctl 0 plan 2M*2 --region gpu
cmactl free --all >/dev/null

# --- a pin in the way ----------------------------------------------------------------------

region_pages cam
pin -c 1 -o $((nr_pages / 2 + 321)) $base_pfn "$nr_pages"
ctl 0 map cam
says '^# P pinned: in the way' "a pinned page shows in the map"
# On arm64 the page lies in a huge page, which is in the way as a whole.
says '^0x[0-9a-f]+ .*P.* P (4 KiB|2 MiB)' "in its place"
ctl 1 plan 32M --region cam
says '^in the way: (4 KiB|2 MiB) that are pinned' "and counts in a plan"
expect_write EBUSY '32M region=cam' "which is right"
ctl 0 why --all
says '^why:  there was room, but in each place a page was pinned' "why says so"
says "this one is page frame $pins" "and which"
ctl 0 map cam --json
movable=$(sed -n 's/.*"largest_movable": \([0-9]*\).*/\1/p' $out)
compare "$movable" -lt $((32 << 20)) "the longest run that can be had is shorter"
expect_write ok "$((movable >> 10))K region=cam" "and can be had"
lcma_free_all
ctl 0 who "$pins"
says '^page frame 0x[0-9a-f]+, address 0x[0-9a-f]+, in region cam at ' "who tells where a page is"
says '^  flags: .*' "what is on it"
says 'recorded nowhere|the kernel tells no more' "and that nobody knows who pinned it"
ctl 0 metrics
says '^lcma_region_stuck_bytes[{]region="cam"[}] (4096|2097152)$' "the pin is in the metrics"
says '^lcma_region_allocation_seconds_count[{]region="gpu",outcome="failed",bytes_up_to="65536"[}] 1$' "and the failure"
# An ordinary user is not told what is on the pages.
chmod 666 /dev/lcma
as_1000 cmactl plan 32M --region cam >$out 2>&1
is $? 0 "a user's plan does not count the pin"
says 'in the way: not looked at' "and says so"
as_1000 cmactl why >$out 2>&1
says '^No allocation of yours has failed' "others' failures are not told"
as_1000 cmactl why --all >$out 2>&1
is $? 4 "nor by --all"
chmod 600 /dev/lcma
unpin "the pinned page is intact"
ctl 0 plan 32M --region cam
expect_write ok '32M region=cam' "without the pin it fits"
lcma_free_all

# --- who, and the doctor -------------------------------------------------------------------

cmactl alloc 1M --region gpu --label held --hold 60 >/tmp/held 2>&1 &
holder=$!
is_held()
{
	[ -s /tmp/held ]
}
wait_for 20000 is_held
id=$(field "$(tail -n 1 $debug/gpu/buffers)" id)
ctl 0 who "gpu/$id"
says '^buffer gpu/[0-9]+: 1 MiB, label held, asked for .* by cmactl ' "a buffer"
says "^  process $holder \\(cmactl\\): 1 descriptor, 0 mappings" "and who holds it"
kill $holder
wait $holder
ctl 1 who "gpu/$id"
ctl 0 doctor
says '^[^ ]+ reservation +CMA areas of 96 MiB, command line cma=96M' "the doctor sees the reservation"
says '^[^ ]+ device +/dev/lcma can be opened' "and the device"
says '^lcma can be used' "and is content"

# --- how long it took ----------------------------------------------------------------------

ctl 0 latency gpu
says '^gpu +pool +16 MiB +[4-9] ' "four hits of the pool, and one"
says '^gpu +failed +64 KiB +1 ' "and a failure"
is "$(wc -l </sys/kernel/lcma/cam/latency)" 12 "sysfs has a line for each outcome and size"
# Each time lies in its class, so the sum of all times lies between the sums of the ends.
is "$(awk '{
	low = high = nr = from = 0
	for (i = 0; i < 25; i++) {
		to = i == 24 ? 1e12 : from ? from * 2 : i ? 2000 : 1000
		low += $(i + 3) * from
		high += $(i + 3) * to
		nr += $(i + 3)
		from = to
	}
	if (NF != 28 || $28 + 0 < low || $28 + 0 > high)
		print "wrong:", $0
	if (nr)
		used++
} END { print used + 0 }' /sys/kernel/lcma/gpu/latency)" 3 "and the sum of the times is what its classes allow"
ctl 0 metrics --region gpu
says '^lcma_region_allocation_seconds_sum[{]region="gpu",outcome="pool",bytes_up_to="16777216"[}] 0[.]0*[1-9]' "the metrics have the sum in seconds"
failures=$(lcma_info cam failures)
echo 1 >/sys/module/lcma/parameters/slow_ms
expect_write ok '32M label=slow' "a slow allocation"
echo 0 >/sys/module/lcma/parameters/slow_ms
lcma_free_all
ctl 0 failures cam --slow --all
says '^cam 1: .*, 32 MiB, by .*, for slow, tried for ' "is remembered"
says '^  slow, 8192 pages aligned to 1: [0-9]+ ms, ' "with what it waited for"
is "$(lcma_info cam failures)" "$failures" "and is no failure"
ctl 0 why cam --slow --all
says ' asked region cam for 32 MiB, label slow and got it after [0-9]' "why tells it, too"

check "unload" lcma_unload
finish
