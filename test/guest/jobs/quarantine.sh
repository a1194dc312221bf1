# SPDX-License-Identifier: GPL-2.0-only
#
# Quarantine. A page of a buffer that is still held when the buffer
# is freed stays used: it is counted and listed, never handed out, never given
# to the system; the rest of the buffer comes back; and when it is let go, it
# comes back by itself. A drain waits for such a page for drain_timeout_ms, is then
# refused, and names it.
# In a classic region (keep=0), a private one, and one of reserve_mem.
# Cannot be shown here: what a page that is held would have been written to; and
# holders that come and go by the second.
#
# suite@6.12-armhf: trust
# mem: 256M
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=64M reserve_mem=16M:8M:res
# smp@*-debug: 1

. /test/lib/tap.sh
. /test/lib/hands.sh

timeout_file=/sys/module/lcma/parameters/drain_timeout_ms
scale=${lcma_scale:-1}
short_ms=$((700 * scale))

pin_page()
{
	echo "$1 ${2-1}" >$testkit/pin || bail_out "testkit could not pin $1"
}

unpin_page()
{
	echo "$1" >$testkit/unpin || bail_out "testkit did not hold $1"
}

# fill_around PFN: takes all of the region that can be had, in pieces of 64 KiB
# and then of single pages
fill_around()
{
	lcma_write -t 9999 "1M region=$region" >/dev/null
	lcma_write -t 9999 "64K region=$region" >/dev/null
	lcma_write -t 9999 "4K region=$region" >/dev/null
}

# overlapping PFN: buffers that hold this page
overlapping()
{
	sed 's/.* phys=\([^ ]*\) bytes=\([^ ]*\).*/\1 \2/' $debug/$region/buffers |
	while read -r phys bytes; do
		first=$((phys / 4096))
		[ $(($1)) -lt $first ] || [ $(($1)) -ge $((first + bytes / 4096)) ] ||
			echo "$phys $bytes"
	done
}

quarantine_in()
{
	region=$1
	region_pages $region
	keep=$(lcma_info $region keep)

	expect_write ok "1M region=$region" "$region: a buffer"
	pfn=$(($(last_buffer $region phys) / 4096))
	held=$(printf '0x%x' $((pfn + 17)))
	held2=$(printf '0x%x' $((pfn + 200)))
	pin_page $held
	pin_page $held2 3
	freed=$(lcma_free)
	is "$(field "$freed" bytes)" 1048576 "$region: is freed while pages of it are held"
	is "$(lcma_info $region quarantined_pages)" 4 "$region: they are quarantined"
	is "$(cat $sys/$region/quarantined_pages)" 4 "$region: in sysfs, too"
	expect_used $region 4 "$region: they stay used, the others do not"
	is "$(head -n 1 $debug/$region/quarantine)" "pfn=$held refcount=2" \
		"$region: the list names the first"
	is "$(grep -c 'refcount=2$' $debug/$region/quarantine)" 4 "$region: and all of them"
	idle=shared_pages
	[ "$keep" = all ] && idle=pool_pages
	is "$(lcma_info $region $idle)" $((nr_pages - 4)) "$region: the others are where idle pages belong"
	is "$(lcma_free)" "" "$region: the buffer is gone"

	expect_write ENOSPC "$((nr_pages * 4))K region=$region" "$region: all of it: no such run"
	fill_around
	expect_used $region "$nr_pages" "$region: everything else can be had"
	is "$(overlapping $held)$(overlapping $((held2 + 2)))" "" "$region: but never the pages that are held"
	lcma_free_all
	expect_used $region 4 "$region: which stay when all buffers are gone"

	unpin_page $held2
	if wait_for 5000 info_is $region quarantined_pages 3; then
		pass "$region: one is let go and comes back by itself ($waited_ms ms)"
	else
		fail "$region: one is let go and comes back by itself"
	fi
	matches "$(cat $debug/$region/quarantine)" "^pfn=$held " "$region: another stays"
	log_mark
	echo $short_ms >$timeout_file
	late_begin
	before=$(now_ms)
	check "$region: a drain is refused" sh -c "! echo 1 >$sys/$region/drain"
	took_ms=$(($(now_ms) - before))
	late_end
	compare $took_ms -ge $short_ms "$region: after it has waited for the page"
	in_time $took_ms $((short_ms + 2000 * scale)) "$region: and not much longer ($took_ms ms)"
	echo $((10000 * scale)) >$timeout_file
	matches "$(log_since)" "pfn $held .*held" "$region: and the log names the page"
	is "$(cat $sys/$region/state)" live "$region: it goes on serving"
	expect_used $region 3 "$region: with the same pages held"
	expect_write ok "1M region=$region" "$region: a buffer is to be had"
	lcma_free >/dev/null

	unpin_page all
	if wait_for 5000 info_is $region quarantined_pages 0; then
		pass "$region: the last ones come back by themselves ($waited_ms ms)"
	else
		fail "$region: the last ones come back by themselves"
	fi
	expect_idle $region "$region: nothing is held at the end"
	expect_write ok "$((nr_pages * 4))K region=$region" "$region: and all of it can be had"
	lcma_free >/dev/null
	check "$region: a drain succeeds now" sh -c "echo 1 >$sys/$region/drain"
	is "$(cat $sys/$region/state)" drained "$region: it is drained"
}

testkit_load
regions="classic=16M@cma;private=8M@cma,keep=all;some=16M@cma,keep=1M-2M"
can_reserve_mem && regions="$regions;res=16M@reserve_mem:res"
check "load" lcma_load "$regions"
quarantine_in classic
quarantine_in private
can_reserve_mem && quarantine_in res
check "unload" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish
