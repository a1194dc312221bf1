# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# wedge - with wedge=1 the first page of each unit stays in the pool, whatever keep=
# says, and nothing else does. It serves a small request, is given up for a large one
# and for a drain, and comes back; a large run takes no more claims than without. How
# much faster small claims are is the bench's business.
#
# suite: check
# suite@6.12-armhf: trust
# wide: 6.12-arm64
# cmdline: cma=56M
# cmdline@6.12-*|7-*: cma=56M reserve_mem=40M:8M:lcma
# mem: 384M
# timeout: 120

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# stays DESCRIPTION: the first page of each unit, and no other one
stays()
{
	soon "$1: the pool is what stays" pool_is main "$nr_units"
	is "$(lcma_info main wedged_pages)" "$nr_units" "$1: a page a unit"
	identity main "$1: the region adds up"
	is "$used" 0 "$1: nothing is used"
}

lcma_load "main=32M@cma,keep=0,wedge=1" || bail_out "lcma does not load"
region_pages main
nr_units=$((nr_pages / unit_pages))
is "$(cat $sys/main/wedge)" 1 "wedge=1"
stays "load"

expect_write ok "4K region=main nowait" "a page at once"
lcma_free_all
stays "after a page"

before=$(lcma_info main claims)
expect_write ok "8K region=main" "two pages"
is "$(lcma_info main claims)" $((before + 1)) "by one claim"
compare "$(lcma_info main spared_pages)" -lt $((unit_pages / 4)) "of a small block, beside a page that stays"
lcma_free_all
stays "after two pages"

before=$(lcma_info main claims)
expect_write ok "$((unit_pages * 8))K region=main" "two units"
# Where free pages of both are in the lists of the CPUs, or the run begins in a unit.
compare "$(lcma_info main claims)" -le $((before + 2)) "by two claims at most"
lcma_free_all
stays "after two units"

before=$(lcma_info main claims)
expect_write ok "$((nr_pages * 4))K region=main" "all of it"
is "$(lcma_info main claims)" $((before + 1)) "by one claim"
expect_write ENOSPC "4K region=main" "nothing is left"
lcma_free_all
stays "after all of it"

knob main wedge 0
soon "wedge=0: nothing stays" pool_is main 0
is "$(lcma_info main wedged_pages)" 0 "wedge=0: and is told so"
knob main wedge 1
expect_write ok "$((nr_pages * 4))K region=main" "all of it"
lcma_free_all
stays "wedge=1"
check "a drain succeeds" eval "echo 1 >$sys/main/drain"
is "$(cat $sys/main/state)" drained "main is drained"
check "lcma is unloaded" lcma_unload
for bad in 2 -1 yes; do
	check "wedge=$bad is refused" eval "! lcma_load main=32M@cma,wedge=$bad"
done
lcma_load "main=32M@cma,keep=1M-4M,wedge=1" || bail_out "lcma does not load"
soon "with keep= it is one page a unit more" pool_is main $((1024 + nr_units))
knob main decay_ms 100
soon "an idle pool decays to both" pool_is main $((256 + nr_units))
identity main "the region adds up"
check "lcma is unloaded" lcma_unload
matches "$(dmesg)" "region main: 32768 KiB given back" "and all is given back"
finish
