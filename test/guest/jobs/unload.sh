# SPDX-License-Identifier: GPL-2.0-only
#
# Unloading a module that is in use. An open file of the text device keeps it
# loaded, and so does a call that is under way, for as long as it takes; buffers
# of the text device do not: unloading frees them, and their memory is back at
# its source. Refused unloading changes nothing.
# Cannot be shown here: rmmod --force, and a refusal in the few instructions
# between open() and the reference.
#
# suite@6.1-armhf: trust
# mem: 848M
# cmdline: cma=64M@0x90000000
# cmdline@*-arm64|*-amd64: cma=64M
# timeout: 120

. /test/lib/tap.sh
. /test/lib/hands.sh

stays_loaded()
{
	check "$1: rmmod is refused" sh -c '! rmmod lcma 2>/dev/null'
	is_loaded && pass "$1: it is loaded" || fail "$1: it is loaded"
	is "$(cat $sys/r/state)" live "$1: and serves"
}

testkit_load
area
check "load" lcma_load "r=56M@cma"
region_pages r
base_bytes=$((base_pfn * 4096))

exec 7<>$dev
stays_loaded "an open file"
echo 1M >&7
matches "$(cat <&7)" '^freed .* bytes=1048576 ' "an open file: it can still be used"
stays_loaded "an open file that was read"
exec 7<&-
expect_idle r "closed, nothing is held"

# A reader and a writer that never stop.
(while :; do echo 64K >$dev; done) 2>/dev/null &
busy1=$!
(while :; do cat $dev >/dev/null; done) 2>/dev/null &
busy2=$!
i=0
refused=0
# Between two opens it may be idle, so a refusal is not certain: what counts is
# that nothing breaks. With both files open it is.
exec 7>$dev 8<$dev
while [ $i -lt 10 ]; do
	rmmod lcma 2>/dev/null || refused=$((refused + 1))
	i=$((i + 1))
done
kill $busy1 $busy2
wait $busy1 $busy2
exec 7>&- 8<&-
is $refused 10 "a reader and a writer at work: rmmod is refused each time"
is "$(accounts r)" "" "and the accounts are right"
lcma_free_all
expect_idle r "nothing is held"

# A write that is stuck in the kernel for a second or more.
pin -c 0 -e 0 -k $base_pfn "$nr_pages"
write_begin 56M
wait_for 5000 is_claiming r || fail "a long call has begun"
stays_loaded "a call under way"
is_gone $writer && fail "a call under way: still" || pass "a call under way: still"
kill -KILL $writer
wait_for 5000 is_gone $writer
wait_for 10000 is_settled r
expect_idle r "its writer is killed, nothing is held"

# The writer is gone by its deadline, its call perhaps not: unloading waits.
write_begin "56M timeout=60000"
wait_for 5000 is_claiming r
kill -KILL $writer
wait_for 5000 is_gone $writer
# 56 MiB have to be moved: how long that takes is the host's affair.
echo 60000 >/sys/module/lcma/parameters/drain_timeout_ms
before=$(now_ms)
check "unload with an abandoned call that may still run" lcma_unload
diag "rmmod took $(($(now_ms) - before)) ms"
is "$(dmesg | grep -c 'stay ordinary movable memory')" 0 "everything went back"
unpin "what was in the pages is unharmed"
fill_area 1048576 >/dev/null
is "$(neighbours_in $base_bytes $((nr_pages * 4096)))" $((nr_pages / 256)) \
	"the kernel's own CMA can allocate all of it"
free_area

# Buffers alone.
check "load again" lcma_load "r=56M@cma"
is "$(lcma_info r base)" "$(printf '0x%x' $base_bytes)" "at the same place"
write_begin 56M
wait_for 5000 is_claiming r
check "a drain while a call is under way is refused, or had been first" \
	sh -c "! echo 1 2>/dev/null >$sys/r/drain || test \$(cat $sys/r/state) = drained"
write_end
is "$outcome $(cat $sys/r/state)" "ok live" "the call has its buffer, the region serves"
lcma_free_all
expect_idle r "and it is freed"
expect_write ok 0 "a buffer in a slot"
expect_write ok 20M "a large buffer"
expect_write ok "4K label=last" "a small buffer"
check "unload with buffers" lcma_unload
is "$(dmesg | grep -c 'stay ordinary movable memory')" 0 "everything went back, buffers and all"
[ ! -e $dev ] && pass "the device is gone" || fail "the device is gone"
[ ! -e $sys ] && [ ! -e $debug ] && pass "and the views" || fail "and the views"
fill_area 1048576 >/dev/null
is "$(neighbours_in $base_bytes $((nr_pages * 4096)))" $((nr_pages / 256)) \
	"and the kernel's own CMA can allocate all of it"
free_area

# Who has a file of a view open sees an error afterwards, nothing worse.
check "load once more" lcma_load "r=56M@cma"
expect_write ok 56M "all of it can be had"
exec 7<$sys/r/used_pages
check "an open file in sysfs: unload" lcma_unload
check "an open file in sysfs: reading fails afterwards" sh -c '! cat <&7 2>/dev/null'
exec 7<&-
check "and load" lcma_load "r=56M@cma"
exec 7<$debug/r/info
stays_loaded "an open file in debugfs"
exec 7<&-
check "closed: unload" lcma_unload
finish
