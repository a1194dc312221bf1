# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# islands - a pool whose pages lie scattered, each by itself (test/kmod/comb), and
# a request so large that it has to go across them: with each policy it succeeds,
# with a few calls, and every page is accounted for. Longer than one hold of the
# lock may reserve, so it is reserved in pieces. An idle pool at its low mark is
# gathered into one piece, and what is too much for a pool leaves it so that its
# longest run remains.
# How long the lock is held is not shown here: that is test/unit/bench_hold.
#
# suite: trust
# mem: 512M
# cmdline: cma=128M
# timeout: 200

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

order=/sys/kernel/debug/lcma_comb

# has_at_once LINE: it is there, and freed again; for wait_for
has_at_once()
{
	[ "$(lcma_try "$1 nowait")" = ok ] && lcma_free_all
}

# comb EVERY: of 32 MiB every so manieth page is in the pool, alone
comb()
{
	comb_pages=$((8192 / $1))
	knob r keep_low 0
	knob r keep_high 0
	wait_for 20000 pool_is r 0
	knob r keep_high 8192
	echo "hold r 8192 $1" >$order || fail "32 MiB for the comb"
	knob r keep_high 0
	wait_for 20000 pool_is r 0
	knob r keep_high $comb_pages
	echo drop >$order || fail "the comb's teeth"
	is "$(cat $sys/r/pool_pages)" $comb_pages "every ${1}th page of 32 MiB is in the pool, alone"
}

lcma_load "r=64M@cma,keep=0;whole=40M@cma,keep=all" || bail_out "lcma does not load"
check "the comb is loaded" insmod /test/kmod/lcma_comb.ko
knob r decay_ms 0

for policy in cost best-fit first-fit; do
	echo $policy >$sys/r/policy
	for every in 2 4 64; do
		comb $every
		before=$(lcma_info r claims)
		expect_write ok "48M region=r" "$policy: 48 MiB across $comb_pages of them"
		claims=$(($(lcma_info r claims) - before))
		compare $claims -le 20 "with $claims calls"
		lcma_free_all
		identity r "r adds up"
	done
done

# What can be had without them takes none of them.
comb 4
expect_write ok "16M region=r" "16 MiB beside the comb"
is "$(cat $sys/r/pool_pages)" $comb_pages "takes none of its pages"
lcma_free_all

# A pool that is too large gives up what is alone. (Half of 4 MiB is 512 pages, and
# 2048 pages lie scattered.)
comb 4
knob r keep_high $((comb_pages + 1024))
expect_write ok "4M region=r" "4 MiB"
lcma_free_all
knob r keep_high 1024
soon "a pool that is trimmed" pool_is r 1024
expect_write ok "3M region=r nowait" "has kept its long runs"
lcma_free_all

# A promise that is scattered is worth little: it is gathered when it is idle.
comb 4
expect_write EAGAIN "4M region=r nowait" "4 MiB of a scattered pool"
knob r keep_low $comb_pages
# Who looks too often is in the way: it counts as a user of the pool.
usleep 4000000
soon "an idle pool is gathered" has_at_once "4M region=r"
soon "and is as large as before" pool_is r $comb_pages
identity r "r adds up"
before=$(lcma_info r refilled_pages)
usleep 2500000
is "$(lcma_info r refilled_pages)" "$before" "and then left alone"

# A pool that serves a request which is longer than one hold takes.
expect_write ok "40M region=whole nowait" "40 MiB of a pool at once"
is "$(cat $sys/whole/pool_pages)" 0 "is all of it"
lcma_free_all
identity whole "whole adds up"
# While it is being taken, piece by piece, a small one does not get into its way.
for round in 1 2 3 4; do
	lcma_write "36M region=whole nowait" >/tmp/answer.1 &
	lcma_write "4M region=whole nowait" >/tmp/answer.2 &
	wait
	matches "$(cat /tmp/answer.1) $(cat /tmp/answer.2)" "ok .*ok " \
		"round $round: 36 and 4 MiB of 40 at the same time"
	lcma_free_all
done
identity whole "whole adds up"
check "the comb is unloaded" rmmod lcma_comb
check "unload" lcma_unload
finish
