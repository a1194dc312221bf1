# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# passing - what is in the way of the last buffer of a region for a while is waited
# for: a page whose buffer heads are in use (as a journal's are: the page itself
# shows nothing of it), that is locked for a read, that is being written back, or
# that is pinned for a moment; and a page in quarantine. With a deadline that comes
# first the reason names the page; what stays for good is refused in bounded time.
# And a candidate that only a claim can tell from a hopeless one is found.
# testkit holds the pages, which are buffers of a RAM disk, as of a file system on it. Cannot be shown here:
# how long a real journal or a real disk holds a page.
# A draft: only its loading has been seen to work so far, so no suite runs it
# (`qemu/run-tests --kernel ID passing` does).
#
# suite: draft
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=16M reserve_mem=48M:8M:lcma
# mem: 256M
# modules: brd
# timeout: 240
# smp@*-debug: 1

# shellcheck source=test/guest/tap.sh
. /test/tap.sh
# shellcheck source=test/guest/hands.inc.sh
. /test/hands.inc.sh

slow=${lcma_patience:-1}
nr_rest=512

# fill: the region with page cache, then all of it but its last pages with a buffer.
# Sets rest_pfn.
fill()
{
	lcma_free_all
	echo 3 >/proc/sys/vm/drop_caches
	memhold hold ballast free=8192 || bail_out "no ballast"
	memhold ask ballast leave "$((base_pfn * 4096))+$((nr_pages * 4096))" >/dev/null
	echo "5 8000" >$testkit/buffers
	memhold ask ballast end >/dev/null
	lcma_try "$(((nr_pages - nr_rest) * 4))K region=r" >/dev/null
	phys=$(last_buffer r phys)
	rest_pfn=$base_pfn
	[ $((phys / 4096)) != "$base_pfn" ] ||
		rest_pfn=$((base_pfn + nr_pages - nr_rest))
}

# hold KIND MS [SKIP]: a page of the rest, after so many. Sets held, its page frame.
hold()
{
	fill
	echo "$1 $((rest_pfn + ${3-0})) $((nr_rest - ${3-0})) $(($2 * slow))" >$testkit/hold ||
		bail_out "no page of the rest is fit for $1: $(look "$rest_pfn" $nr_rest)"
	held=$(field "$(cat $testkit/hold)" pfn)
}

# let_go: until testkit holds nothing any longer
let_go()
{
	wait_for 20000 eval "! grep -q pfn $testkit/hold"
}

# waited_for KIND MS WHAT
waited_for()
{
	hold "$1" "$2"
	expect_write ok "$((nr_rest * 4))K region=r" "$3: the last buffer is had"
	diag "$held: after $write_ms ms"
	let_go
}

# too_short KIND WORDS WHAT: with a deadline that comes first
too_short()
{
	hold "$1" 6000
	expect_write "ETIMEDOUT|EBUSY" "$((nr_rest * 4))K region=r timeout=$((1500 * slow))" \
		"$3, and a deadline: refused"
	compare "$write_ms" -le $((3500 * slow)) "$3, and a deadline: in time ($write_ms ms)"
	matches "$(lcma_info r last_failure)" "pfn $held $2" \
		"$3, and a deadline: the reason names the page"
	let_go
	expect_write ok "$((nr_rest * 4))K region=r" "$3: and then it is had"
}

source=cma
can_reserve_mem && source=reserve_mem
check "a RAM disk" modprobe brd rd_nr=1 rd_size=65536
exec 5</dev/ram0
testkit_load
check "load" lcma_load "r=24M@$source"
region_pages r

# --- for a while --------------------------------------------------------------

waited_for buffers 1200 "buffer heads in use"
waited_for pin 200 "a short pin"
waited_for lock 1200 "a read"
waited_for writeback 1200 "writeback"
too_short buffers "was not moved" "buffer heads in use"
too_short lock "is (locked|pinned)" "a read"
too_short writeback "is under I/O" "writeback"

# --- found by a claim alone -----------------------------------------------------

# The longer side of the held page: it has one candidate, or nearly so. (Whatever the
# policy would look at first.)
echo first-fit >"$sys/r/policy"
hold buffers 8000 100
at=$((held - rest_pfn))
side=$((nr_rest - 1 - at))
[ $side -ge $at ] || side=$at
expect_write ok "$((side * 4))K region=r" \
	"beside a page that only a claim shows (page $at of $nr_rest): $side pages"
compare "$write_ms" -lt $((7000 * slow)) "without waiting for it ($write_ms ms)"
let_go
echo cost >"$sys/r/policy"

# --- in quarantine --------------------------------------------------------------

fill
lcma_free_all
lcma_try "$((nr_pages * 4))K region=r" >/dev/null
echo "$((base_pfn + 77))" >$testkit/pin
lcma_free_all
is "$(lcma_info r quarantined_pages)" 1 "a page is in quarantine"
(usleep $((100000 * slow)); echo all >$testkit/unpin) &
expect_write ok "$((nr_pages * 4))K region=r" "which is waited for ($write_ms ms)"
wait $!

# --- for good -------------------------------------------------------------------

fill
i=0
while ! echo "$((rest_pfn + i)) 1" >$testkit/pin 2>/dev/null; do
	i=$((i + 1))
	[ $i -lt $nr_rest ] || bail_out "nothing to pin"
done
failed=$(lcma_info r claims_failed)
expect_write EBUSY "$((nr_rest * 4))K region=r" "pinned for good: EBUSY"
compare "$write_ms" -le $((4000 * slow)) "in bounded time ($write_ms ms)"
matches "$(lcma_info r last_failure)" \
	"$(printf 'pfn 0x%x is pinned' $((rest_pfn + i)))" "the reason names the pin"
failed=$(($(lcma_info r claims_failed) - failed))
compare $failed -le 8 "and few claims were made ($failed)"
echo all >$testkit/unpin

hold buffers 12000
expect_write EBUSY "$((nr_rest * 4))K region=r" "buffer heads in use for long: EBUSY"
compare "$write_ms" -le $((9000 * slow)) "in bounded time ($write_ms ms)"
compare "$write_ms" -ge 2500 "not before it has waited"
matches "$(lcma_info r last_failure)" "pfn $held was not moved" \
	"the reason names the page"
let_go
lcma_free_all
expect_idle r "all is well at the end"
check "unload" lcma_unload
finish
