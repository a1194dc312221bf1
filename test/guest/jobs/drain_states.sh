# SPDX-License-Identifier: GPL-2.0-only
#
# A drain owns every page. A pool that is scattered over an idle region is no
# obstacle, for a drain or an unload; a quarantined page that is let go while a
# drain waits comes back; no signal to rmmod costs memory; a drain that waits can
# be killed, and nothing is lost; two drains at once, and drains beside requests,
# keep all accounting right. After each unload the next load gets the same memory.
# Cannot be shown here: a signal at every moment.
#
# suite: trust
# mem: 512M
# cmdline: cma=96M
# timeout: 300
# smp: 2

. /test/lib/tap.sh
. /test/lib/hands.sh

timeout_file=/sys/module/lcma/parameters/drain_timeout_ms
first_base=

# loaded OPTIONS: r=64M at the same place each time
loaded()
{
	check "load" lcma_load "r=64M@cma,heap=comb$1"
	region_pages r
	: "${first_base:=$base_pfn}"
	is "$base_pfn $nr_pages" "$first_base 16384" "all of r, at the same place"
}

# all_back DESCRIPTION: the unload before gave everything back
all_back()
{
	matches "$(log_since)" "region r: 65536 KiB given back" "$1: all of it was given back"
}

# scatter: every second of 8192 pieces is in the pool
scatter()
{
	echo 0 >$sys/r/decay_ms
	echo 8192 >$sys/r/keep_high
	echo 8192 >$sys/r/keep_low
	is "$(comb comb 8192 8192)" 8192 "$1: 8192 buffers, allocated and freed"
	pool=$(cat $sys/r/pool_pages)
	largest=$(tr -d '\n' <$debug/r/map | grep -o . | sort -u | tr -d '\n')
	diag "pool_pages=$pool map=$largest"
	compare "$pool" -ge 8000 "$1: half of the region is in the pool"
}

# --- a scattered pool ---------------------------------------------------------------

testkit_load
loaded ",keep=0"
scatter "a scattered pool"
claims=$(lcma_info r claims)
before=$(now_ms)
check "a scattered pool: drain" sh -c "echo 1 >$sys/r/drain"
diag "drain took $(($(now_ms) - before)) ms, $(($(lcma_info r claims) - claims)) claims"
compare $(($(lcma_info r claims) - claims)) -le 40 "a scattered pool: few calls"
is "$(cat $sys/r/state)" drained "a scattered pool: drained"
check "unload" lcma_unload

loaded ",keep=0"
scatter "a scattered pool again"
log_mark
before=$(now_ms)
check "a scattered pool again: unload" lcma_unload
diag "rmmod took $(($(now_ms) - before)) ms"
all_back "a scattered pool again"

# --- pages that are let go meanwhile -------------------------------------------------

# hold_page: a page of a buffer that is gone is held; sets held
hold_page()
{
	expect_write ok "1M region=r" "$1: a buffer"
	held=$(printf '0x%x' $(($(last_buffer r phys) / 4096 + 17)))
	echo "$held" >$testkit/pin
	lcma_free >/dev/null
	is "$(lcma_info r quarantined_pages)" 1 "$1: one page is quarantined"
}

loaded ",keep=0"
hold_page "let go during a drain"
(usleep 700000; echo all >$testkit/unpin) &
helper=$!
before=$(now_ms)
check "let go during a drain: it succeeds" sh -c "echo 1 >$sys/r/drain"
compare $(($(now_ms) - before)) -ge 500 "let go during a drain: it waited ($(($(now_ms) - before)) ms)"
wait $helper
is "$(cat $sys/r/state)" drained "let go during a drain: drained"
# The quarantine's own work was due a second after the page came in.
check "let go during a drain: unload at once" lcma_unload
usleep 1300000

loaded ",keep=0"
hold_page "let go during rmmod"
log_mark
(usleep 700000; echo all >$testkit/unpin) &
helper=$!
before=$(now_ms)
check "let go during rmmod: unload" lcma_unload
diag "rmmod took $(($(now_ms) - before)) ms"
wait $helper
all_back "let go during rmmod"

# --- a drain that waits is killed ------------------------------------------------------

loaded ",keep=8M-16M"
echo $((20000 * ${lcma_scale:-1})) >$timeout_file
hold_page "a drain is killed"
sh -c "echo 1 >$sys/r/drain" 2>/dev/null &
drainer=$!
is_draining()
{
	[ "$(cat $sys/r/state)" = draining ]
}
check "a drain is killed: it waits" wait_for 5000 is_draining
usleep 300000
expect_write ENOENT "1M region=r" "a drain is killed: nothing is served meanwhile"
kill -KILL $drainer
if wait_for 5000 is_gone $drainer; then
	compare $waited_ms -le $((500 * ${lcma_scale:-1})) "a drain is killed: gone after $waited_ms ms"
else
	fail "a drain is killed: gone"
fi
wait $drainer 2>/dev/null
is "$(cat $sys/r/state)" live "a drain is killed: the region is live"
wait_for 5000 is_settled r
is "$(accounts r)" "" "a drain is killed: accounts are right"
expect_write ok "2M region=r" "a drain is killed: and serves"
lcma_free >/dev/null
is_trimmed()
{
	[ "$(cat $sys/r/pool_pages)" -le 4096 ]
}
check "a drain is killed: the pool is as large as it may be" wait_for 5000 is_trimmed

# --- two at once -----------------------------------------------------------------------

sh -c "echo 1 >$sys/r/drain" 2>/dev/null &
one=$!
sh -c "echo 1 >$sys/r/drain" 2>/dev/null &
two=$!
usleep 500000
kill -KILL $two
wait_for 5000 is_gone $two && pass "two drains: the second can be killed while it waits for the first" ||
	fail "two drains: the second can be killed while it waits for the first"
wait $two 2>/dev/null
sh -c "echo 1 >$sys/r/drain" 2>/dev/null &
two=$!
echo all >$testkit/unpin
wait $one
is $? 0 "two drains: the first succeeds"
wait $two
is $? 0 "two drains: and so does the second"
is "$(cat $sys/r/state)" drained "two drains: drained"
check "unload" lcma_unload

# --- signals to rmmod --------------------------------------------------------------------

# signalled SIGNAL: rmmod gets it while the region is full of a program's pages
signalled()
{
	loaded ",keep=0"
	pin -c 0 -e 0 -k $base_pfn "$nr_pages"
	system=$(lcma_info r system_pages)
	compare "$system" -ge $((nr_pages / 2)) "$1 to rmmod: the region is full of a program's pages ($system)"
	log_mark
	rmmod lcma 2>/dev/null &
	remover=$!
	wait_for 5000 sh -c "[ ! -e $dev ]"
	usleep 30000
	kill -"$1" $remover
	usleep 50000
	kill -"$1" $remover 2>/dev/null
	wait $remover 2>/dev/null
	wait_for 20000 sh -c '! grep -q "^lcma " /proc/modules'
	all_back "$1 to rmmod"
	unpin "$1 to rmmod: the program's pages are unharmed"
}
signalled TERM
signalled KILL

# --- beside requests ------------------------------------------------------------------------

loaded ",keep=2M-8M"
echo 1000 >$timeout_file
echo 200 >$sys/r/decay_ms
(while :; do echo "1M region=r" >$dev; echo "64K region=r nowait" >$dev; done) 2>/dev/null &
busy1=$!
(while :; do cat $dev >/dev/null; done) 2>/dev/null &
busy2=$!
(while :; do comb comb 64 8192; done) >/dev/null 2>&1 &
busy3=$!
i=0
nr_drained=0
while [ $i -lt 12 ]; do
	echo 1 2>/dev/null >$sys/r/drain && nr_drained=$((nr_drained + 1))
	[ "$(cat $sys/r/state)" != drained ] || break
	[ $((i % 4)) != 3 ] || echo 1 >/proc/sys/vm/compact_memory
	i=$((i + 1))
done 2>/dev/null
kill $busy1 $busy2 $busy3
wait $busy1 $busy2 $busy3 2>/dev/null
diag "beside requests: $i drains were refused, $nr_drained succeeded"
wait_for 5000 is_settled r
is "$(accounts r)" "" "beside requests: accounts are right"
lcma_free_all
echo 10000 >$timeout_file
check "beside requests: the last drain succeeds" sh -c "echo 1 >$sys/r/drain"
is "$(cat $sys/r/state)" drained "beside requests: drained"
check "unload" lcma_unload
is "$(dmesg | grep -c 'stay ordinary movable memory')" 0 "nothing was lost in all of this"
loaded ",keep=0"
check "unload" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish
