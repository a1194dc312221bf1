# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# blocks - idle pages go back in blocks of 256, as the kernel's own __free_pages()
# sees it (by kprobe). A page that another holder references meanwhile, the first of
# a block or one inside it, does not go before its holder lets go, and nothing else
# is lost. Where a block cannot be made, as by fault injection, all goes back page by
# page. On a kernel whose accounting wants single pages, the same without the count. On
# Linux 7.2 and later free_contig_range() would warn. Cannot be shown here: a reference that is taken
# between two steps of the same call.
#
# suite: check
# suite@6.1-armhf: trust
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

tracing=/sys/kernel/debug/tracing
block=256

# watch: from here on each block of 256 pages that is freed is written to the trace
watch()
{
	frees_blocks || { diag "lcma frees no blocks on this kernel"; return; }
	[ -e $tracing/kprobe_events ] || return
	case $(uname -m) in
	aarch64) order_arg=%x1 ;;
	x86_64) order_arg=%si ;;
	*) order_arg=%r1 ;;
	esac
	echo "p:lcma_free __free_pages order=$order_arg:u32" >$tracing/kprobe_events ||
		bail_out "no kprobe on __free_pages"
	echo "order == 8" >$tracing/events/kprobes/lcma_free/filter
	echo 1 >$tracing/events/kprobes/lcma_free/enable
	is_watching=yes
}

unwatch()
{
	[ "$is_watching" = yes ] || return
	echo 0 >$tracing/events/kprobes/lcma_free/enable
	echo >$tracing/kprobe_events
}

# fill: all pages of the region are in its pool
fill()
{
	knob main keep_high "$nr_pages"
	expect_write ok "$((nr_pages * 4))K region=main" "$1: all of the region"
	lcma_free_all
	is "$(cat $sys/main/pool_pages)" "$nr_pages" "$1: is idle, and kept"
}

# give_back BLOCKS DESCRIPTION: so many of them go back whole
give_back()
{
	[ "$is_watching" != yes ] || echo >$tracing/trace
	knob main keep_high 0
	soon "$2: all goes back" pool_is main 0
	identity main "$2: the region adds up"
	is "$shared" "$nr_pages" "$2: all of it is the system's"
	[ "$is_watching" = yes ] || return
	is "$(grep -c lcma_free: $tracing/trace)" "$1" "$2: $1 blocks of $block pages"
}

# held_by_other PAGE DESCRIPTION
held_by_other()
{
	held=$(printf 0x%x $((base_pfn + $1)))
	fill "$2"
	echo "$held" >$testkit/pin || bail_out "$2: page $held cannot be held"
	give_back "$3" "$2"
	is "$(cat $testkit/pin)" "pfn=$held refcount=1" "$2: its holder has it still"
	expect_write "EBUSY|ETIMEDOUT" "$((nr_pages * 4))K region=main timeout=300" \
		"$2: all of the region"
	echo "$held" >$testkit/unpin
}

is_watching=no
lcma_load "main=32M@cma,keep=0-32M" || bail_out "lcma does not load"
testkit_load
region_pages main
knob main decay_ms 0
watch
nr_blocks=$((nr_pages / block))

fill "whole"
give_back $nr_blocks "whole"

held_by_other $((block * 3 + 77)) "inside a block" $((nr_blocks - 1))
held_by_other $((block * 5 + block - 1)) "last of a block" $((nr_blocks - 1))
# The others of its block go by the allocator's own halves.
held_by_other $((block * 7)) "first of a block" $nr_blocks

fill "fault"
if [ -e /sys/kernel/debug/lcma_faults ]; then
	echo UNCLAIM_BLOCK >/sys/kernel/debug/lcma_faults
	give_back 0 "fault"
	echo off >/sys/kernel/debug/lcma_faults
fi

# Not from the first page of a block on.
fill "parts"
expect_write ok "12K region=main" "the first three pages"
[ "$is_watching" != yes ] || echo >$tracing/trace
knob main keep_high 0
soon "parts: the rest goes back" pool_is main 0
[ "$is_watching" != yes ] ||
	is "$(grep -c lcma_free: $tracing/trace)" $((nr_blocks - 1)) \
		"parts: all blocks but the first"
knob main keep_high "$nr_pages"
lcma_free_all
fill "at last"
unwatch
check "testkit unloads" rmmod lcma_testkit
check "lcma is unloaded" lcma_unload
matches "$(dmesg)" "region main: 32768 KiB given back" "and all is given back"
finish
