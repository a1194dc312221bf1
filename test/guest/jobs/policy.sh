# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# policy - where buffers lie. Each policy puts them where it says: first-fit into the
# first run, best-fit into the shortest, cost where the least has to be moved; each of
# them leaves what was never used in one piece, and each of them has whatever lies
# between pinned pages, to the last page, without one failed claim.
# Which one is faster, and where, is the benchmark's business.
#
# suite: trust
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=64M reserve_mem=32M:8M:lcma
# mem: 256M
# smp: 1
# timeout: 180

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

mib=1048576

# put LINE: allocates; sets $at to the first byte of it, from the region's beginning. What
# the last claim took along would be had first, whatever the policy says.
put()
{
	at=-1
	wait_for 2000 is_settled r
	if [ "$(lcma_try "$1")" != ok ]; then
		fail "$policy: $1"
		return
	fi
	at=$(($(last_buffer r phys) - base_pfn * 4096))
}

# lies FIRST END DESCRIPTION: does what was put last lie there?
lies()
{
	if [ $at -ge "$1" ] && [ $((at + $(last_buffer r bytes))) -le "$2" ]; then
		pass "$policy: $3"
	else
		fail "$policy: $3" "at $at, not from $1 to $2"
	fi
}

check "load" lcma_load "r=32M@cma;s=8M@cma,policy=first-fit;t=8M@cma,policy=best-fit"
is "$(cat $sys/r/policy) $(cat $sys/s/policy) $(cat $sys/t/policy)" \
	"cost first-fit best-fit" "policies are what regions= says"
check "an unknown policy is refused" eval "! echo best >$sys/r/policy 2>/dev/null"
is "$(cat $sys/r/policy)" cost "and changes nothing"
region_pages r
all=$((nr_pages * 4096))

# --- what has never been used is one run ----------------------------------------------

# No process starts or ends between two buffers: a page that one shared with its parent
# keeps a reference until it has gone, and looks pinned. If that page lies beside the last
# buffer, the next one lies after it.
for policy in first-fit best-fit cost; do
	echo $policy >$sys/r/policy
	for size in 64K 3M 100K 1M 12K 7M; do
		echo "$size region=r" >$dev || fail "$policy: $size"
	done
	region_info r
	is "$largest" $((nr_pages - used)) \
		"$policy: $used pages in 6 buffers leave all the rest in one piece"
	expect_write ok "$(((nr_pages - used) * 4))K region=r" "$policy: which can be had"
	lcma_free_all
done

# --- holes ------------------------------------------------------------------------------

# |3M kept|3M hole|64K kept|1M hole|64K kept|the rest|: slots are freed before
# anything else
make_holes()
{
	echo first-fit >$sys/r/policy
	for line in 0 0 0; do
		put $line
	done
	lcma_free >/dev/null
	lcma_free >/dev/null
	for line in 3M 64K 0 64K; do
		put "$line"
	done
	lcma_free >/dev/null
	lcma_free >/dev/null
	buffers r
	is "$nr_buffers" 3 "$policy: three buffers are kept, with holes between them"
}
hole3=$((3 * mib))
hole1=$((6 * mib + 65536))
rest=$((7 * mib + 131072))
for policy in first-fit best-fit cost; do
	make_holes
	echo $policy >$sys/r/policy
	put "512K region=r"
	if [ $policy = first-fit ]; then
		lies $hole3 $((hole3 + 3 * mib)) "512K in the first hole"
	else
		lies $hole1 $((hole1 + mib)) "512K in the shortest hole"
	fi
	put "2M region=r"
	lies $hole3 $((hole3 + 3 * mib)) "2M in the one it fits in"
	put "3M region=r"
	lies $rest $all "3M after them"
	region_info r
	compare "$largest" -eq $(((all - rest - 3 * mib) / 4096)) \
		"$policy: at an end of the rest"
	lcma_free_all
done
identity r "r adds up"

# --- where the least has to be moved -----------------------------------------------------

memhold hold hog free=12288 || bail_out "no program"
memhold ask hog leave $((base_pfn * 4096 + all - 4 * mib))+$((4 * mib)) >/dev/null
# Which leaves that end as it was.
for policy in cost best-fit; do
	echo $policy >$sys/r/policy
	# Here no process ends beside the request either.
	sleep 1
	echo "1M region=r" >$dev || fail "$policy: 1M"
	at=$(($(last_buffer r phys) - base_pfn * 4096))
	if [ $policy = cost ]; then
		lies $((all - 4 * mib)) $all "at the end that is unused"
	else
		lies 0 $mib "at the end that comes first"
	fi
	lcma_free_all
done
is "$(memhold ask hog verify)" ok "the program has what it wrote"
is "$(memhold ask hog end)" ok "and gives it up"

# --- pins -----------------------------------------------------------------------------------

seed
for policy in first-fit best-fit cost; do
	echo $policy >$sys/r/policy
	# Further apart than a block is long: some block holds no pin. If each did, the
	# first request would try them all before it fails.
	every=$((seed % 700 + 65))
	pin -e $every -o $((seed / 700 % every)) $base_pfn "$nr_pages"
	seed=$(((seed * 1103515245 + 12345) & 0x3fffffff))
	longest_gap
	before=$(lcma_info r claims_failed)
	expect_write ok "$((gap * 4))K region=r" \
		"$policy: the longest run between $(nr_pins) pins, $gap pages"
	lcma_free_all
	free_blocks 64
	got=$(lcma_write -t "$blocks" "256K align=256K region=r timeout=60000")
	is "${got##* }" "$blocks" "$policy: every block of 256 KiB without a pin"
	is "$(lcma_info r claims_failed)" "$before" "$policy: and no claim failed"
	lcma_free_all
	expect_write EBUSY "$((gap * 4 + 4))K region=r" "$policy: one page more than the longest run"
	unpin "$policy: what was pinned is unharmed"
done
identity r "r adds up"
check "unload" lcma_unload

finish
