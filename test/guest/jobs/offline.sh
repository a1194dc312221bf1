# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# offline - memory is taken offline and online again, as for hot-unplug, beside a
# region and beneath it, while buffers come and go. Both isolate pageblocks, so
# each may have to wait for the other, but neither harms it; beneath a region no
# memory can be taken away. (32-bit ARM has no memory hotplug, and on arm64 what
# was there at boot stays.)
#
# suite: trust
# kernels: 7-amd64
# cmdline: cma=96M
# mem: 1G
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

blocks=/sys/devices/system/memory
[ -e $blocks/block_size_bytes ] || skip_all "this kernel has no memory hotplug"
block_bytes=$((0x$(cat $blocks/block_size_bytes)))

# state_of BLOCK WORD: the exit status tells whether the kernel did it. It tries for
# ever where a page is pinned, so not without a limit.
state_of()
{
	timeout 30 sh -c "echo $2 >$blocks/memory$1/state" 2>/dev/null
}

# come_and_go: buffers of several sizes, until /tmp/stop is there; counts those
# that were had and those that were refused for another reason than "in the way"
come_and_go()
{
	had=0
	strange=
	while [ ! -e /tmp/stop ]; do
		for size in 64K 1M 5M 16M; do
			answer=$(lcma_try "$size region=r label=go")
			case $answer in
			ok) had=$((had + 1)) ;;
			EBUSY | ENOMEM) ;;
			*) strange="$strange $size:$answer" ;;
			esac
		done
		lcma_free_all
	done
	echo "$had$strange" >/tmp/had
}

lcma_load "r=64M@cma" || bail_out "lcma does not load"
region_pages r
first=$((base_pfn * 4096 / block_bytes))
last=$(((base_pfn + nr_pages - 1) * 4096 / block_bytes))
memory=$(meminfo MemTotal)

come_and_go &
goer=$!

beside=0
back=0
rounds=0
while [ $rounds -lt 3 ]; do
	for dir in "$blocks"/memory[0-9]*; do
		block=${dir##*memory}
		[ "$block" -lt $first ] || [ "$block" -gt $last ] || continue
		state_of "$block" offline || continue
		beside=$((beside + 1))
		state_of "$block" online && back=$((back + 1))
	done
	rounds=$((rounds + 1))
done
compare $beside -ge 3 "memory beside the region goes offline ($beside times)"
is $back $beside "and comes back"
is "$(meminfo MemTotal)" "$memory" "all of it"

refused=0
block=$first
while [ $block -le $last ]; do
	state_of $block offline || refused=$((refused + 1))
	is "$(cat $blocks/memory$block/state)" online "block $block beneath the region stays"
	block=$((block + 1))
done
is $refused $((last - first + 1)) "and the writer is told so"

: >/tmp/stop
wait $goer
read -r had strange </tmp/had
compare "$had" -ge 20 "meanwhile buffers came and went ($had)"
is "$strange" "" "and no other errors than pages in the way, or no memory"

expect_idle r "the region adds up"
expect_write ok "$((nr_pages / 256))M region=r" "and can be had as a whole"
is "$(lcma_try "64K region=r")" ENOSPC "it is full"
lcma_free_all
expect_idle r "all of it is idle"
check "unload" lcma_unload
finish
