# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# passing - what is in the way of the last buffer of a region for a while is waited
# for: a page whose buffer heads are in use (as a journal's are: the page itself
# shows nothing of it), that is locked for a read, that is being written back, or
# that is pinned for a moment; and a page in quarantine. With a deadline that comes
# first the reason names the page; what stays for good is refused in bounded time.
# testkit makes the page a page of a RAM disk, and holds it. Cannot be shown here: how
# long a real journal or a real disk holds a page.
#
# suite: check
# cmdline: cma=16M
# cmdline@6.12-*|7-*: cma=16M reserve_mem=24M:8M:lcma
# mem: 256M
# modules: brd
# timeout: 240
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

nr_rest=512
nr_kib=$((nr_rest * 4))

# hold KIND MS: all but the last pages of the region have a buffer, and a page of
# these is held. Sets held, its page frame.
hold()
{
	lcma_free_all
	lcma_try "$(((nr_pages - nr_rest) * 4))K region=r" >/dev/null
	is $(($(last_buffer r phys) / 4096)) "$base_pfn" "$1: the rest of the region is left"
	held=$((base_pfn + nr_pages - nr_rest + 100))
	echo "$1 5 $held $2" >$testkit/hold || bail_out "$1: the page cannot be held"
	held=$(printf 0x%x $held)
}

# let_go: at once, and until testkit holds nothing
let_go()
{
	echo now >$testkit/hold
	wait_for 20000 eval "! grep -q pfn $testkit/hold"
}

# waited_for KIND MS: MS is less than lcma waits for it
waited_for()
{
	hold "$1" "$2"
	expect_write ok "${nr_kib}K region=r" "$1: the last buffer is had"
	diag "$1: held for $2 ms, had after $write_ms ms"
	is "$(cat $testkit/hold)" "" "$1: and not before the page was free"
	let_go
}

# too_short KIND WORDS: with a deadline that comes first
too_short()
{
	hold "$1" 60000
	expect_write "ETIMEDOUT|EBUSY" "${nr_kib}K region=r timeout=500" \
		"$1, and a deadline: refused"
	matches "$(lcma_info r last_failure)" "pfn $held $2" \
		"$1, and a deadline: the reason names the page"
	let_go
	expect_write ok "${nr_kib}K region=r" "$1, and a deadline: and then it is had"
}

# for_good KIND WORDS LIMIT_MS: it stays longer than lcma waits
for_good()
{
	hold "$1" 60000
	late_begin
	expect_write EBUSY "${nr_kib}K region=r" "$1 for good: EBUSY"
	late_end
	in_time "$write_ms" $(($3 * slow)) "$1 for good: in bounded time"
	reason=$(lcma_info r last_failure)
	diag "$reason"
	matches "$reason" "pfn $held $2.*, waited [0-9]+ ms for it" \
		"$1 for good: the reason names the page, and how long it was waited for"
	let_go
}

slow=${lcma_scale:-1}
source=cma
can_reserve_mem && source=reserve_mem
check "a RAM disk" modprobe brd rd_nr=1 rd_size=65536
echo x >/dev/ram0	# the kernel accounts writeback to the first writer
exec 5</dev/ram0
testkit_load
check "load" lcma_load "r=8M@$source"
region_pages r
echo first-fit >"$sys/r/policy"

# --- for a while --------------------------------------------------------------

waited_for buffers 600
waited_for pin 300
waited_for lock 600
waited_for writeback 600
too_short buffers "was not moved"
too_short lock "is (locked|pinned)"
too_short writeback "is under I/O"

# --- for good -------------------------------------------------------------------

for_good pin "is pinned" 2000
for_good buffers "was not moved" 5000

# --- another place has nothing to wait for -----------------------------------------

for kind in lock writeback; do
	lcma_free_all
	soon "$kind: nothing is in the pool" pool_is r 0
	held=$((base_pfn + 100))
	wait_for 5000 eval 'echo "$kind 5 $held 60000" >$testkit/hold' ||
		bail_out "no page is held"
	expect_write ok "${nr_kib}K region=r" "$kind: a run that holds no such page is had"
	compare "$(($(last_buffer r phys) / 4096))" -gt "$held" "$kind: it lies after the page"
	compare "$write_ms" -lt $((5000 * slow)) "$kind: and the page was not waited for"
	let_go
done

# --- first come, first served ------------------------------------------------------

# One claim waits for a page that is written back, so other requests, which find no run,
# wait until that has settled. Of these a real-time task comes first, though it came
# later. Then another request frees a buffer, which the pool may keep, and wants half of
# it, before the one that waits can run.
lcma_free_all
for _ in 1 2 3; do
	lcma_try "${nr_kib}K region=r" >/dev/null
done
soon "what is left is the system's" pool_is r 0
held=$((base_pfn + nr_pages - nr_rest + 100))
# A program may have the page at this moment.
wait_for 5000 eval 'echo "writeback 5 $held 60000" >$testkit/hold' ||
	bail_out "no page is held"
write_begin "${nr_kib}K region=r"
wait_for 5000 is_claiming r
knob r keep_high $nr_rest
taskset 1 lcma_write "${nr_kib}K region=r timeout=20000" >/tmp/early &
early=$!
usleep $((300000 * slow))
taskset 1 lcma_write -r "${nr_kib}K region=r timeout=20000" >/tmp/urgent &
urgent=$!
usleep $((300000 * slow))
lcma_free >/dev/null
wait $urgent
matches "$(cat /tmp/urgent)" "^ok " "a real-time task has what becomes unused"
is "$(cat /tmp/early)" "" "and one that came before still waits"
is "$(overtake "$((nr_kib / 2))K region=r timeout=300")" refused \
	"a request that comes later does not get what an earlier one waits for"
wait $early
matches "$(cat /tmp/early)" "^ok " "and that has it"
# Killed when a run is reserved for it, before it runs: then the run is not lost.
taskset 1 lcma_write "${nr_kib}K region=r timeout=20000" >/tmp/killed &
killed=$!
usleep $((300000 * slow))
overtake "4K region=r timeout=300" $killed >/dev/null
wait $killed
is "$?,$(cat /tmp/killed)" 137, "one that has just been given a run is killed"
lcma_free_all
let_go
write_end
is "$outcome" ok "the first one has its run, when its page is free"
knob r keep_high 0
lcma_free_all
wait_for 20000 is_settled r
expect_idle r "and nothing is lost"

# --- no run, but for what is passing ---------------------------------------------

lcma_free_all
lcma_try "$((nr_pages * 4))K region=r" >/dev/null
echo "used 5 $((base_pfn + 77)) 300" >$testkit/hold || bail_out "no page of a buffer is held"
lcma_free_all
nr_held=$(lcma_info r quarantined_pages)
expect_write ok "$((nr_pages * 4))K region=r" \
	"$nr_held pages are in quarantine for a moment: not ENOSPC"
diag "had after $write_ms ms"

# --- nothing is held --------------------------------------------------------------

hold none 0
lcma_free_all
lcma_try "352K region=r" >/dev/null
soon "what is not used is the system's" pool_is r 0
nr_free=$((nr_pages - 88))
for at in 100 777 2000; do
	echo "none 5 $((base_pfn + at)) 0" >$testkit/hold || bail_out "no page at $at"
done
expect_write ok "$((nr_free * 4))K region=r" \
	"nothing is held: all $nr_free pages of the rest in one buffer"

lcma_free_all
expect_idle r "all is well at the end"
check "unload" lcma_unload
finish
