# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# exhaust - a region is filled to ENOSPC in buffers of several sizes and
# alignments, and emptied, and after every step every page is accounted for:
# used + busy + pool + shared is all of it, largest_pages is exact, keep= is
# kept, ENOSPC comes exactly when no run fits (test/guest/programs/fragment.c checks all of
# that against its model). On both sources, with keep=0 and keep=LOW-HIGH.
# The system leaves the region in peace here; pressure and files are about that.
#
# suite@6.1-armhf: trust
# matrix: no
# cmdline: cma=80M
# cmdline@6.12-*|7-*: cma=56M reserve_mem=32M:8M:lcma reserve_mem=4M:1M:odd

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# filled REGION SIZE ALIGN N: N buffers fit, then ENOSPC, and all of them back
filled()
{
	answer=$(fragment -r "$1" fill "$2" "$3")
	case $answer in
	*": $((2 * $4 + 2)) steps, $4 allocated, 1 times ENOSPC, $4 freed")
		pass "region $1 holds $4 buffers of $2, aligned to $3" ;;
	*)
		fail "region $1 holds $4 buffers of $2, aligned to $3" "$answer" ;;
	esac
}

second="plain2=24M@cma"
can_reserve_mem && second="plain2=24M@reserve_mem"
check "load" load "plain=24M@cma;some=8M@cma,keep=0-3M;$second"
echo 0 >$sys/some/decay_ms

# What is asked for and what a region has are multiples; only the last size
# leaves a rest.
for region in plain plain2; do
	identity $region "region $region adds up from the start"
	is "$shared $pool $largest $keep" "6144 0 6144 0-0" \
		"keep=0: all of it is the system's"
	filled $region 24M 4K 1
	filled $region 8M 8M 3
	filled $region 256K 4K 96
	filled $region 5M 4K 4
	filled $region 4K 512K 48
	identity $region "region $region adds up at the end"
	is "$shared $pool $largest" "6144 0 6144" "and all of it is the system's"
done

# keep=LOW-HIGH: what is freed stays, up to HIGH; the rest goes back.
identity some "region some adds up from the start"
is "$pool $shared $keep" "768 1280 0-768" "HIGH is kept from the start"
expect_write ok "2M region=some nowait" "2 MiB of the 3 kept, at once"
region_info some
is "$used $pool $shared $claims" "512 256 1280 0" "without a claim"
expect_write EAGAIN "2M region=some nowait" "no 2 MiB are kept now"
expect_write ok "4M region=some" "4 MiB by a claim"
region_info some
is "$used" 1536 "6 MiB are used"
free_pages=$((pool + shared))
is $free_pages 512 "2 MiB are not"
check "the first is freed" cat $dev
identity some "adds up"
is "$pool" 768 "the pool is full again"
check "the second is freed" cat $dev
identity some "adds up"
is "$pool $shared" "768 1280" "and no more than full"
filled some 512K 4K 16
filled some 3M 4K 2
filled some 16K 64K 128
identity some "region some adds up at the end"
is "$pool $shared $largest" "768 1280 2048" "what is kept is kept"

# Failures are counted and told.
region_info plain
before=$failures
expect_write ok "20M region=plain" "most of a region"
expect_write ENOSPC "5M region=plain align=1M" "more than is left"
region_info plain
is "$failures" $((before + 1)) "one more failure is counted"
matches "$last_failure" "^-ENOSPC, 1280 pages aligned to 256: the longest unused run is 1024 pages at 0x[0-9a-f]+, the longest that is aligned so 1024 pages at 0x" \
	"the last failure is told: what, how aligned, what there was"
check "unload with a buffer" lcma_unload

finish
