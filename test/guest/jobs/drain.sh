# SPDX-License-Identifier: GPL-2.0-only
#
# Draining, and unloading that is not complete. A drain takes every page back to
# its source, or is refused, names what is in the way, and changes nothing. An
# unload cannot be refused for that: it ends in bounded time, says how much
# stays behind and why, and what stays is never a region again and never freed
# twice, but works on as memory.
# Cannot be shown here: a pin that is dropped in the very moment of giving up.
#
# suite@6.1-armhf: trust
# mem: 256M
# cmdline: cma=96M
# cmdline@6.12-*|7-*: cma=96M reserve_mem=32M:8M:res
# timeout: 150
# smp@6.12-armhf: 1

. /test/lib/tap.sh
. /test/lib/hands.sh

mib=1048576
timeout_file=/sys/module/lcma/parameters/drain_timeout_ms
# A kernel with a time scale needs more time for the same work, all of which
# has to be done before the time is up.
scale=${lcma_scale:-1}
slack_ms=$((1500 * scale))
short_ms=$((700 * scale))
long_ms=$((10000 * scale))

# refused_drain DESCRIPTION LIMIT: sets log and took_ms
refused_drain()
{
	log_mark
	late_begin
	drain_began=$(now_ms)
	check "$1: a drain is refused" \
		sh -c "! echo 1 2>/tmp/why >$sys/$region/drain"
	took_ms=$(($(now_ms) - drain_began))
	late_end
	log=$(log_since)
	is "$(cat $sys/$region/state)" live "$1: the region stays live"
	is "$(accounts $region)" "" "$1: its accounts are right"
}

# hex NUMBER: as the log writes it
hex()
{
	printf '0x%x' "$1"
}

# --- a drain that is asked for ------------------------------------------------------

drains()
{
	region=$1
	region_pages $region
	base_bytes=$((base_pfn * 4096))
	expect_write ok "1M region=$region label=camera" "$region: a buffer"
	phys=$(last_buffer $region phys)
	refused_drain "$region, a buffer"
	in_time $took_ms $slack_ms "$region, a buffer: at once ($took_ms ms)"
	matches "$log" "buffer .*$((1024)) KiB at 0x0*$(printf '%x' $((phys))),.*camera" \
		"$region, a buffer: the log names it"
	expect_write ok "2M region=$region" "$region: goes on serving"
	lcma_free_all
	expect_idle $region "$region: all pages idle"

	echo $short_ms >$timeout_file
	pin -c 1 -o 2500 $base_pfn "$nr_pages"
	refused_drain "$region, a pin"
	compare $took_ms -ge $short_ms "$region, a pin: tried for drain_timeout_ms"
	in_time $took_ms $((short_ms + slack_ms)) "$region, a pin: and not much longer ($took_ms ms)"
	matches "$log" "pfn $pins is pinned" "$region, a pin: the log names the page"
	wait_for 5000 is_settled $region
	expect_idle $region "$region, a pin: all pages idle"

	# So little time that it is up while the kernel is at it.
	for ms in 1 2 3 5 8; do
		echo $ms >$timeout_file
		refused_drain "$region, a pin, $ms ms"
		matches "$log" "pfn $pins is pinned" "$region, a pin, $ms ms: the log names the page"
	done
	wait_for 5000 is_settled $region
	expect_idle $region "$region, a pin, no time: all pages idle"
	echo $long_ms >$timeout_file
	expect_write ok "1M region=$region" "$region, a pin: goes on serving"
	lcma_free_all
	unpin "$region: the pinned page is unharmed"
	log_mark
	check "$region: a drain succeeds" sh -c "echo 1 >$sys/$region/drain"
	is "$(cat $sys/$region/state)" drained "$region: it is drained"
	expect_write ENOENT "1M region=$region" "$region: it serves nothing now"
	is "$(cat $debug/$region/map | wc -l)" 1 "$region: its map is one sentence"
	is "$(lcma_info $region state) $(lcma_info $region system_pages)" "drained 0" \
		"$region: its info can be read"
	check "$region: a second drain is well, too" sh -c "echo 1 >$sys/$region/drain"
	check "$region: what is no number is not" sh -c "! echo maybe 2>/dev/null >$sys/$region/drain"
}

testkit_load
area
fits_mib=$(fill_area $mib)
free_area
regions="r=40M@cma"
can_reserve_mem && regions="$regions;m=32M@reserve_mem:res"
memory=$(meminfo MemTotal)
check "load" lcma_load "$regions"
can_reserve_mem && memory_more=32768 || memory_more=0
is "$(meminfo MemTotal)" $((memory + memory_more)) "the system has what was reserved, in addition"
drains r
is "$(fill_area $mib)" $fits_mib "r: the kernel's CMA can have the whole area, with lcma loaded"
is "$(neighbours_in $base_bytes $((40 * mib)))" 40 "r: and all of the region"
free_area
if can_reserve_mem; then
	drains m
	is "$(field "$(page_counts $base_pfn "$nr_pages")" as_booted)" "$nr_pages" \
		"m: every page is Reserved, with one reference"
fi
is "$(meminfo MemTotal)" "$memory" "and the system has what it had"
check "unload" lcma_unload

# --- an unload that is not complete ---------------------------------------------------

# unload_with_pin: a page of the region's third unit is pinned; sets lost_pfn,
# the unit's first page
unload_with_pin()
{
	region=$1
	region_pages $region
	lost_pfn=$((base_pfn + 2 * unit_pages))
	old_base=$base_pfn
	echo $short_ms >$timeout_file
	pin -c 1 -o 77 $lost_pfn "$unit_pages"
	log_mark
	late_begin
	before=$(now_ms)
	check "$region, a pin: rmmod" lcma_unload
	took_ms=$(($(now_ms) - before))
	late_end
	in_time $took_ms $((short_ms + 2 * slack_ms)) "$region, a pin: bounded ($took_ms ms)"
	log=$(log_since)
	matches "$log" "pfn $pins is pinned" "$region, a pin: the log names the page"
	matches "$log" "region $region: .* KiB given back .*; $((unit_pages * 4)) KiB stay ordinary movable memory" \
		"$region, a pin: and says how much stays"
}

# outside_lost DESCRIPTION: the region of region_pages holds no lost page
outside_lost()
{
	if [ $((base_pfn + nr_pages)) -le $lost_pfn ] ||
	   [ "$base_pfn" -ge $((lost_pfn + unit_pages)) ]; then
		pass "$1"
	else
		fail "$1" "pages $base_pfn+$nr_pages, lost $lost_pfn"
	fi
}

# lost_is_memory DESCRIPTION: programs can use the pages of the lost unit
lost_is_memory()
{
	pin -c 0 -e 0 -k $lost_pfn "$unit_pages"
	kept=$(sed -n 's/^ready .*kept=//p' /tmp/pins)
	compare "$kept" -ge $((unit_pages / 2)) "$1: its pages work as memory ($kept of $unit_pages)"
	unpin "$1: and keep what is written to them"
}

check "load" lcma_load "r=40M@cma"
unload_with_pin r
check "r: can be loaded again" lcma_load "r=40M@cma"
region_pages r
outside_lost "r: elsewhere"
expect_write ok 40M "r: and serves"
check "r: unload" lcma_unload
log_mark
check "r: more than what is left in one piece is refused" \
	sh -c '! insmod /lcma.ko regions=r=88M@cma 2>/dev/null'
matches "$(log_since)" "wants 90112 KiB.*can give [0-9]* KiB.*cma=" "r: with a sentence"
unpin "r: the pinned page was never touched"
lost_is_memory "r: what stayed behind"
fill_area $mib >/dev/null
is "$(neighbours_in $((lost_pfn * 4096)) $((unit_pages * 4096)))" 0 \
	"r: the kernel's CMA does not have it, either"
is "$(wc -l <$testkit/neighbour)" $((fits_mib - unit_pages / 256)) "r: but all the rest"
free_area

# A page of a buffer that is held while the module goes.
check "load" lcma_load "r=16M@cma"
region_pages r
expect_write ok 1M "r: a buffer"
held=$(hex $(($(last_buffer r phys) / 4096 + 30)))
echo "$held" >$testkit/pin
lcma_free >/dev/null
is "$(lcma_info r quarantined_pages)" 1 "r: a page of it is quarantined"
expect_write ok "1M label=living" "r: another buffer"
held2=$(hex $(($(last_buffer r phys) / 4096 + 250)))
echo "$held2" >$testkit/pin
lost_pfn=$((held / unit_pages * unit_pages))
log_mark
late_begin
before=$(now_ms)
check "r, held pages of buffers: rmmod" lcma_unload
took_ms=$(($(now_ms) - before))
late_end
in_time $took_ms $((long_ms + slack_ms)) "r, held pages of buffers: bounded"
matches "$(log_since)" "pfn $held of a buffer that is gone" "r, held pages of buffers: the log names the first"
matches "$(log_since)" "pfn $held2 of a buffer that is gone" "r, held pages of buffers: and the second"
is "$(field "$(page_counts "$held" 1)" ref1)" 1 "r: only the holder has it now"
check "r: can be loaded again" lcma_load "r=16M@cma"
region_pages r
outside_lost "r: elsewhere"
check "r: unload" lcma_unload
echo "$held" >$testkit/unpin
echo "$held2" >$testkit/unpin
lost_is_memory "r: the unit of the held pages"

if can_reserve_mem; then
	check "load" lcma_load "m=32M@reserve_mem:res"
	unload_with_pin m
	counts=$(page_counts $old_base 8192)
	is "$(field "$counts" as_booted)" $((8192 - unit_pages)) "m: the other units are Reserved again"
	is "$(field "$(page_counts $lost_pfn $unit_pages)" reserved)" 0 "m: and no page of the lost one"
	log_mark
	check "m: the whole reservation is refused now" \
		sh -c '! insmod /lcma.ko regions=m=32M@reserve_mem:res 2>/dev/null'
	# The third of its units is lost.
	row=$((8192 - 3 * unit_pages))
	[ $row -ge $((2 * unit_pages)) ] || row=$((2 * unit_pages))
	matches "$(log_since)" "wants 32768 KiB.*has $((row * 4)) KiB" "m: with a sentence"
	is "$(field "$(page_counts $old_base 8192)" as_booted)" $((8192 - unit_pages)) "m: refused, nothing has changed"
	check "m: what is left in one piece is not" lcma_load "m=16M@reserve_mem:res"
	region_pages m
	outside_lost "m: it is elsewhere"
	expect_write ok 16M "m: and serves"
	check "m: unload" lcma_unload
	unpin "m: the pinned page was never touched"
	lost_is_memory "m: what stayed behind"
	is "$(field "$(page_counts $old_base 8192)" as_booted)" $((8192 - unit_pages)) "m: the others are as before"
fi

if can_reserve_mem; then
	# A private region that has no unit: its pages are Reserved all the time.
	check "p: load" lcma_load "p=4M@reserve_mem:res,keep=all"
	region_pages p
	first=$base_pfn
	expect_write ok 1M "p: a buffer"
	held=$(hex $(($(last_buffer p phys) / 4096 + 30)))
	echo "$held" >$testkit/pin
	check "p, a held page: rmmod" lcma_unload
	is "$(field "$(page_counts "$base_pfn" "$nr_pages")" as_booted)" $((nr_pages - 1)) \
		"p: all others are Reserved, with one reference"
	check "p: load again" lcma_load "p=4M@reserve_mem:res,keep=all"
	region_pages p
	compare "$base_pfn" -gt $((held)) "p: after the page that is held"
	check "p: unload" lcma_unload
	echo "$held" >$testkit/unpin
	check "p: let go, load" lcma_load "p=4M@reserve_mem:res,keep=all"
	region_pages p
	is "$base_pfn" "$first" "p: at the same place as at first"
	check "p: unload" lcma_unload
fi

# Everything that there is, filled and compared: nothing is in two hands.
pin -c 0 -e 0 -k -l 12 $((area_first / 4096)) $(((area_end - area_first) / 4096))
check "load beside a full memory" lcma_load "r=16M@cma"
expect_write "ok|EBUSY|ENOMEM" 8M "a buffer, or an honest refusal"
occupied "no page of memory has changed"
lcma_free_all
check "unload" lcma_unload
unpin "and none at the end"
check "testkit unloads" rmmod lcma_testkit
finish
