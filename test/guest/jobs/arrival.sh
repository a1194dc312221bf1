# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# arrival - regions that are added while lcma is loaded, drained, and brought back: with
# files, heap and pool; what is refused says why and touches nothing; two at once, beside
# allocations, against an unload; and every failure point. Not here: a source that
# gives other memory than before.
#
# suite: trust
# cmdline: cma=96M
# wide: 6.12-arm64

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

add=$sys/add

# adds LINE: the exit status tells
adds()
{
	echo "$1" >$add 2>/dev/null
}

# refused LINE PATTERN: and the file says why
refused()
{
	if adds "$1"; then
		fail "'$1' is refused"
	else
		matches "$(cat $add)" "$2" "'$1' is refused, and the file says why"
	fi
}

lcma_load "main=16M@cma" || bail_out load
is "$(cat $add)" "" "there is no reason yet"

# --- a new region ---------------------------------------------------------------------

check "a region is added" adds "cam2=16M@cma,keep=0,heap=cam2"
is "$(cat $sys/cam2/state) $(cat $sys/cam2/keep)" "live 0-0" "it is shown"
[ -c /dev/dma_heap/cam2 ] || wait_for 5000 test -c /dev/dma_heap/cam2
check "its heap is there" test -c /dev/dma_heap/cam2
expect_write ok "16M region=cam2" "it serves"
expect_write ok "16M" "a request without a region uses the first one"
expect_write ENOSPC "16M region=cam2" "it is full"
lcma_free_all
identity cam2 "it adds up"
is "$shared" "$nr_pages" "all of it is the system's"
is "$(cmactl regions --json | grep -o '"name": "[a-z0-9]*"' | tr -d '\n')" \
	'"name": "main""name": "cam2"' "programs see it"
check "another, with a pool" adds "pool=8M@cma,keep=all"
expect_write ok "8M region=pool nowait" "which serves at once"

# --- refusals ---------------------------------------------------------------------------

expect_write ok "4M region=main" "a buffer"
log_mark
refused "cam2=8M@cma" "region cam2: there is one of this name$"
refused "x=8M@cma,heap=cam2" "region x: region cam2 has heap=cam2"
refused "x=8M@nowhere" "add=: \"nowhere\" is no source"
refused "x=1G@cma" "region x: wants 1048576 KiB in one piece, the kernel's CMA area can give"
refused "x=8M@cma,align=4G" "region x: no buffer fits"
refused "a=1M@cma;b=1M@cma" "add=: too many regions"
refused "add=8M@cma" "add=: NAME cannot be map or add"
refused "=8M" "add=: NAME needs"
refused "main" "region main is not drained"
refused "nothing" "no region of this name is drained"
refused "" "no region of this name"
matches "$(log_since)" "region x: wants 1048576 KiB" "the log says it, too"
is "$(ls $sys | tr '\n' ' ')" "add cam2 main map pool " "nothing else is there"
identity main "main adds up"
is "$used $(lcma_buffers main)" "1024 1" "and still has its buffer"
lcma_free_all

# --- drained, and brought back ------------------------------------------------------------

echo 512 >$sys/cam2/keep_high
echo first-fit >$sys/cam2/policy
expect_write ok "1M region=cam2" "a buffer in cam2"
check "a drain is refused" eval '! echo 1 >$sys/cam2/drain' 2>/dev/null
lcma_free_all
check "cam2 is drained" eval 'echo 1 >$sys/cam2/drain'
expect_write ENOENT "1M region=cam2" "it serves no longer"
refused "cam2=16M@cma" "region cam2: there is one of this name; it is drained, write its name alone"
place=$(cat $sys/cam2/base)
check "its memory is the source's" adds "other=16M@cma,at=$place"
check "it comes back elsewhere" adds "cam2"
is "$(cat $sys/cam2/state) $(cat $sys/cam2/keep_high) $(cat $sys/cam2/policy)" \
	"live 512 first-fit" "as it was set"
compare "$(($(cat $sys/cam2/base)))" -ne $((place)) "at another address"
expect_write ok "16M region=cam2" "it serves"
word "$(tail -n 1 $debug/cam2/buffers)" phys
is "$word" "$(cat $sys/cam2/base)" "from there"
lcma_free_all
check "drained" eval 'echo 1 >$sys/cam2/drain'
n=0
while adds "fill$n=8M@cma"; do n=$((n + 1)); done
refused "cam2" "region cam2: wants 16384 KiB in one piece"
is "$(cat $sys/cam2/state)" drained "it is still drained"
for region in $sys/fill* $sys/other; do echo 1 >$region/drain; done
check "now it comes back" adds "cam2"
expect_write ok "16M region=cam2" "it serves"
word "$(tail -n 1 $debug/cam2/buffers)" bytes
is "$word" 16777216 "all of it"
lcma_free_all
identity cam2 "it adds up"
check "drained again" cmactl drain cam2
check "and back" cmactl add cam2
matches "$(cmactl add cam2 2>&1)" "EEXIST: region cam2 is not drained" "cmactl has the reason"
check "memory that programs use" memhold hold anon 300
expect_write ok "16M region=cam2" "all of it again"
is "$(memhold ask anon verify)" ok "no program lost any"
lcma_free_all
check "drained while they use it" eval 'echo 1 >$sys/cam2/drain'
check "and back" adds cam2
is "$(memhold ask anon verify)" ok "still none"
memhold ask anon end >/dev/null

# --- at once -------------------------------------------------------------------------------

echo 1 >$sys/pool/drain 2>/dev/null
shown=$(ls -d $sys/*/ | wc -l)
for i in 1 2 3; do
	adds "l$i=4M@cma" & left=$!
	adds "r$i=4M@cma" & right=$!
	adds "same$i=4M@cma" & one=$!
	adds "same$i=4M@cma" & other=$!
	won=0
	wait $left && won=$((won + 1))
	wait $right && won=$((won + 1))
	wait $one && won=$((won + 10))
	wait $other && won=$((won + 10))
	is "$won" 12 "round $i: both of two names, one of two of one name"
	for region in l$i r$i same$i; do echo 1 >$sys/$region/drain; done
done
is "$(ls -d $sys/*/ | wc -l)" $((shown + 9)) "as many are shown"

# Beside allocations: whoever names no region may land in any.
tenants_end=/tmp/end
rm -f $tenants_end
(while [ ! -e $tenants_end ]; do lcma_write "1M" >/dev/null; cat $dev >/dev/null; done) & busy=$!
for i in 1 2 3; do
	adds l$i || fail "l$i comes back beside allocations"
	wait_for 20000 eval "echo 1 >$sys/l$i/drain" || fail "l$i drains beside allocations"
done
: >$tenants_end
wait $busy
lcma_free_all
pass "three came and went beside allocations"

# --- every failure point --------------------------------------------------------------------

# A point must not fail for what still goes back.
for state in "$sys"/*/state; do
	region=$(basename "$(dirname "$state")")
	[ "$(cat "$state")" != live ] || soon "$region settles" is_settled "$region"
done

faults=/sys/kernel/debug/lcma_faults
# sweep LINE DESCRIPTION: until it succeeds
sweep()
{
	point=1
	while [ $point -lt 100 ]; do
		echo "#$point" >$faults
		if adds "$1"; then
			echo off >$faults
			break
		fi
		echo off >$faults
		[ ! -e /dev/dma_heap/swept ] || [ "$1" = swept ] || fail "$2: point $point leaves a heap"
		[ "$1" = swept ] || [ ! -e $sys/swept ] || fail "$2: point $point leaves a directory"
		point=$((point + 1))
	done
	compare $point -gt "$3" "$2: $((point - 1)) points failed, then it worked"
}
sweep "swept=8M@cma,keep=0,heap=swept" "adding" 8
wait_for 5000 test -c /dev/dma_heap/swept
check "its heap is there" test -c /dev/dma_heap/swept
expect_write ok "8M region=swept" "it serves"
lcma_free_all
check "it is drained" eval 'echo 1 >$sys/swept/drain'
# Other threads pass points, too: not each of these fails the bringing back.
nr_failed=0
for point in 1 2 3 4 5 6 7 8; do
	echo "#$point" >$faults
	if adds swept; then
		echo off >$faults
		echo 1 >$sys/swept/drain || fail "bringing back: it is drained after point $point"
	else
		echo off >$faults
		nr_failed=$((nr_failed + 1))
	fi
done
compare $nr_failed -gt 0 "bringing back: $nr_failed points of 8 failed it"
check "then it is brought back" adds swept
expect_write ok "8M region=swept" "it serves"
lcma_free_all
soon "it is all given back" pool_is swept 0
# It may have no debugfs: the last point that failed may have been there.
is "$(cat $sys/swept/used_pages)" 0 "nothing is used"
echo 1 >$sys/swept/drain

# --- against an unload -----------------------------------------------------------------------

for i in 1 2 3; do
	(n=0; while [ $n -lt 20 ] && [ -e $add ]; do n=$((n + 1)); adds "u$n=4M@cma"; done) & busy=$!
	[ $i = 1 ] || usleep $((i * 30000))
	soon "round $i: it is unloaded beside arrivals" lcma_unload
	wait $busy
	# What was not given back would be missed here.
	check "round $i: all memory is back" lcma_load "main=72M@cma"
done
check "unload" lcma_unload
finish
